"""How common a label is in an archive: the model's probabilities, corrected by a coded sample.

Two estimators, chosen by ``benchmarks/prevalence.py``:

- ``adjusted``: the mean probability in the archive, corrected by its means over the sample's passages with and without
  the label (Bella, Ferri, Hernández-Orallo and Ramírez-Quintana, "Quantification via probability estimators", ICDM
  2010; the same by labels given is Rogan and Gladen's, American Journal of Epidemiology 107(1), 1978, which errs more).
  It holds for a sample of other letters, if the model errs alike on both.
- ``difference``: the mean probability, plus what the sample's codes exceed it by. It holds for a sample drawn at random
  from the archive itself, and then whatever the model does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mhnlp.annotations.corpus import AnnotatedCorpus
from mhnlp.annotations.tables import read_annotations
from mhnlp.bootstrap import draw_sums, estimate, sum_by_letter
from mhnlp.errors import MhnlpError
from mhnlp.estimate import Estimate
from mhnlp.evaluation import to_scheme, warn_of_seen
from mhnlp.frames import require, texts_of
from mhnlp.model import Model, load_model

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MIN_SAMPLE = 50
"""Coded passages below which a correction is worth little."""
MIN_LETTERS = 10
LEAST_SKILL = 0.1
"""How much larger the mean probability of a label must be where it is coded than elsewhere, to be corrected."""


@dataclass(frozen=True)
class LabelShare:
    """Share of the passages of an archive that have a label.

    Parameters
    ----------
    label
        The label.
    counted
        Share that the model gives it, uncorrected.
    corrected
        Corrected for the model's mistakes; not a number where the model cannot tell the label.
    """

    label: str
    counted: float
    corrected: Estimate


@dataclass(frozen=True)
class Prevalence:
    """How common each label is in an archive.

    Parameters
    ----------
    method
        ``"adjusted"`` or ``"difference"``.
    passages, sample
        Numbers of passages of the archive and of the coded sample.
    shares
        Each label's.
    warnings
        What is to be known before a figure is reported.
    """

    method: str
    passages: int
    sample: int
    shares: tuple[LabelShare, ...]
    warnings: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Give a table, a row a label."""
        import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

        rows = [(each.label, each.counted, *vars(each.corrected).values()) for each in self.shares]
        return pd.DataFrame(rows, columns=["label", "counted", "corrected", "low", "high"])


def prevalence(
    table: pd.DataFrame,
    sample: AnnotatedCorpus | str | Path,
    *,
    model: Model | str | Path | None = None,
    at_random: bool = False,
) -> Prevalence:
    """Estimate how common each label is in an archive, corrected for the model's mistakes, with intervals by letter.

    Parameters
    ----------
    table
        Labels of the archive as `LabelledLetters.to_frame` gives them, made by `model`.
    sample
        Coded passages that the model was not trained on: a corpus, or what `read_annotations` takes.
    model
        The model, or its name or folder; by default the package's own.
    at_random
        Whether the sample was drawn at random from this archive, as the random share of `suggest` is. Then the
        estimate holds whatever the model does; else it holds if the model errs on the archive as on the sample.

    Raises
    ------
    MhnlpError
        If columns are missing, or the labels differ.

    Examples
    --------
    >>> import mhnlp
    >>> labels = mhnlp.classify(mhnlp.example_letter(), model="fast").to_frame()
    >>> sample = AnnotatedCorpus("sample", mhnlp.load_corpus()[:200])
    >>> prevalence(labels, sample, model="fast").shares[3].label
    'shelter'
    """
    model = model if isinstance(model, Model) else load_model(model)
    scheme = model.card.scheme
    corpus = sample if isinstance(sample, AnnotatedCorpus) else read_annotations(sample, scheme)
    if not set(corpus.scheme.labels) <= set(scheme.labels):
        raise MhnlpError(f"the sample's labels are {corpus.scheme.labels}, the model's {scheme.labels}")
    columns = [f"p_{label}" for label in corpus.scheme.labels]
    require(table, ("letter", "pillars", "sentiment", *columns))
    counted = _counted(table, corpus.scheme.labels)
    method = "difference" if at_random else "adjusted"
    shares = estimate_shares(
        table[columns].to_numpy(dtype=np.float64),
        table["letter"].astype(str).tolist(),
        to_scheme(model.classifier.predict_proba(corpus.texts), scheme, corpus.scheme),
        corpus.y,
        corpus.letters,
        method=method,
    )
    labelled = tuple(
        LabelShare(label, count, share)
        for label, count, share in zip(corpus.scheme.labels, counted, shares, strict=True)
    )
    warnings = (*warn_of_seen(model, corpus), *_warnings(corpus, labelled))
    return Prevalence(method, len(table), len(corpus), labelled, warnings)


def estimate_shares(
    archive: Floats,
    archive_letters: list[str],
    given: Floats,
    gold: NDArray[np.int_],
    letters: list[str],
    *,
    method: str,
) -> list[Estimate]:
    """Estimate the share of each label in an archive, with an interval by drawing letters of both.

    Parameters
    ----------
    archive, archive_letters
        Probabilities in the archive, or labels given as zeros and ones, shape (n_archive, n_labels), and the letter
        of each passage.
    given, gold, letters
        The same of the sample, and its codes, shape (n_sample, n_labels), and the letter of each passage.
    method
        ``"adjusted"``, ``"difference"``, or ``"counted"`` for the mean in the archive as it is.
    """
    size = np.ones((len(archive), 1))
    sums = sum_by_letter(np.hstack([archive, size]), archive_letters)
    kinds = np.stack([gold, given, gold * given, np.ones_like(given)], axis=1)
    counts = sum_by_letter(kinds, letters)
    values = _shares(sums.sum(axis=0)[None], counts.sum(axis=0)[None], method)[0]
    draws = _shares(draw_sums(sums), draw_sums(counts, seed=1), method)
    return [_with_interval(value, draws[:, k]) for k, value in enumerate(values)]


def _shares(sums: Floats, counts: Floats, method: str) -> Floats:
    """Shares from sums over an archive, shape (draws, n_labels + 1), and over a sample, (draws, 4, n_labels)."""
    counted = sums[:, :-1] / sums[:, -1:]
    if method == "counted":
        return counted
    gold, given, both, size = np.moveaxis(counts, 1, 0)
    if method == "difference":
        return np.asarray(np.clip(counted + (gold - given) / size, 0, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        hits, false = both / gold, (given - both) / (size - gold)
        skill = hits - false
        return np.asarray(np.where(skill > LEAST_SKILL, np.clip((counted - false) / skill, 0, 1), np.nan))


def _with_interval(value: float, draws: Floats) -> Estimate:
    # A correction that fails on many draws is none.
    if not np.isfinite(value) or np.isfinite(draws).mean() < 0.9:
        return Estimate(np.nan, np.nan, np.nan)
    return estimate(value, draws)


def _counted(table: pd.DataFrame, labels: tuple[str, ...]) -> list[float]:
    """Share of the archive's passages that are given each label."""
    own = [
        {*pillars.split(), str(sentiment)}
        for pillars, sentiment in zip(texts_of(table["pillars"]), table["sentiment"], strict=True)
    ]
    return [sum(label in each for each in own) / len(own) for label in labels]


def _warnings(corpus: AnnotatedCorpus, shares: tuple[LabelShare, ...]) -> tuple[str, ...]:
    told = []
    letters = len(set(corpus.letters))
    if len(corpus) < MIN_SAMPLE or letters < MIN_LETTERS:
        told.append(f"a sample of {len(corpus)} passages of {letters} letters is small; code more to be sure")
    unknown = [each.label for each in shares if not np.isfinite(each.corrected.value)]
    if unknown:
        told.append(f"the model tells {', '.join(unknown)} too badly on this sample for a correction")
    return tuple(told)
