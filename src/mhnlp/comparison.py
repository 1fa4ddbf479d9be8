"""Two models on the same letters: differences with intervals, paired by letter."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from mhnlp.annotations.corpus import AnnotatedCorpus
from mhnlp.annotations.tables import read_annotations
from mhnlp.bootstrap import counts_by_letter, draw_sums, estimate, f1
from mhnlp.catalogue import CARD
from mhnlp.errors import ModelError
from mhnlp.evaluation import HeldOut, seen_by, to_scheme, warn_of_seen
from mhnlp.model import Model, load_model

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from mhnlp.estimate import Estimate

    Floats = NDArray[np.float64]
    Indicators = NDArray[np.int_]

MIN_LETTERS = 10
"""Letters below which a comparison decides nothing."""


@dataclass(frozen=True)
class Difference:
    """F1 of a label, or macro-F1, of two models, and the second less the first."""

    label: str
    old: float
    new: float
    difference: Estimate

    @property
    def verdict(self) -> str:
        """``"better"``, ``"worse"``, or ``"no clear difference"`` where the interval holds zero."""
        if self.difference.low > 0:
            return "better"
        return "worse" if self.difference.high < 0 else "no clear difference"


@dataclass(frozen=True)
class Comparison:
    """How a new model does beside an old one on the same letters.

    Parameters
    ----------
    old, new, data
        Names of the models and of the passages.
    passages, letters
        How many there are.
    pillars, sentiment
        Difference in macro-F1.
    labels
        Difference in F1 of each label.
    warnings
        What is to be known before a figure is reported.
    """

    old: str
    new: str
    data: str
    passages: int
    letters: int
    pillars: Difference
    sentiment: Difference
    labels: tuple[Difference, ...]
    warnings: tuple[str, ...] = ()

    @property
    def is_worse(self) -> bool:
        """Whether the new model has the lower mean of both macro-F1."""
        return self.pillars.difference.value + self.sentiment.difference.value < 0

    @property
    def conclusion(self) -> str:
        """What follows, in a sentence."""
        parts = [f"{each.verdict} on {each.label} ({each.difference})" for each in (self.pillars, self.sentiment)]
        few = f"; {self.letters} letters are few, code more to be sure" if self.letters < MIN_LETTERS else ""
        return f"{self.new!r} beside {self.old!r}: {' and '.join(parts)}{few}."

    def to_frame(self) -> pd.DataFrame:
        """Give a table, a row a label, and first the macro-F1 of pillars and sentiment."""
        import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

        rows = [
            {**asdict(each), "difference": each.difference.value, "low": each.difference.low}
            | {"high": each.difference.high, "verdict": each.verdict}
            for each in (self.pillars, self.sentiment, *self.labels)
        ]
        return pd.DataFrame(rows, columns=["label", "old", "new", "difference", "low", "high", "verdict"])


def compare(
    old: Model | str | Path, new: Model | str | Path, data: AnnotatedCorpus | str | Path | None = None
) -> Comparison:
    """Compare two models on the same coded letters, by a bootstrap over letters that draws the same for both.

    Parameters
    ----------
    old, new
        The models, or their names or folders.
    data
        Coded passages, at best of letters that neither was trained on: a corpus, or what `read_annotations` takes. By
        default, for a model that was just trained, the letters that were held out in its training and that the old
        model was not trained on.

    Raises
    ------
    ModelError
        If the models share no label, or no letter is left to compare them on.

    Examples
    --------
    >>> import mhnlp
    >>> corpus = AnnotatedCorpus("three", mhnlp.load_corpus()[:3])
    >>> compare("fast", "fast", corpus).conclusion[:53]
    "'fast' beside 'fast': no clear difference on pillars "
    """
    old, new = (each if isinstance(each, Model) else load_model(each) for each in (old, new))
    names = (old.card.name, new.card.name)
    if data is None:
        own = _unseen(old, new)
        return compare_given(own.corpus, _given(old, own.corpus), own.given, names)
    corpus = data if isinstance(data, AnnotatedCorpus) else read_annotations(data, new.card.scheme)
    warnings = tuple(told for each in (old, new) for told in warn_of_seen(each, corpus))
    return compare_given(corpus, _given(old, corpus), _given(new, corpus), names, warnings=warnings)


def compare_given(
    corpus: AnnotatedCorpus,
    old: Indicators,
    new: Indicators,
    names: tuple[str, str],
    *,
    warnings: tuple[str, ...] = (),
) -> Comparison:
    """Compare decisions of whatever origin on the same coded passages.

    Parameters
    ----------
    corpus
        The coded passages.
    old, new
        Decisions, shape (n_passages, n_labels).
    names
        Of whom they are.
    warnings
        To be told with the comparison.
    """
    counts = [counts_by_letter(corpus.y, given, corpus.letters) for given in (old, new)]
    values = [f1(each.sum(axis=0)) for each in counts]
    draws = [f1(draw_sums(each)) for each in counts]
    n = len(corpus.scheme.pillars)

    def difference(label: str, columns: slice) -> Difference:
        before, after = (float(each[columns].mean()) for each in values)
        change = (draws[1] - draws[0])[:, columns].mean(axis=1)
        return Difference(label, before, after, estimate(after - before, change))

    return Comparison(
        old=names[0],
        new=names[1],
        data=corpus.name,
        passages=len(corpus),
        letters=len(counts[0]),
        pillars=difference("pillars", slice(n)),
        sentiment=difference("sentiment", slice(n, None)),
        labels=tuple(difference(label, slice(k, k + 1)) for k, label in enumerate(corpus.scheme.labels)),
        warnings=warnings,
    )


def save_unless_worse(model: Model, folder: Path, *, force: bool = False) -> Comparison | None:
    """Save a model that was just trained, but not over one that does better on the same letters.

    Parameters
    ----------
    model
        The model, as `train` gives it.
    folder
        Where it is to be. A model that is there is compared with it first.
    force
        Whether to replace that one whatever the comparison says.

    Returns
    -------
    Comparison or None
        The comparison, if there was one.

    Raises
    ------
    ModelError
        If the model that is there does better, or cannot be compared.
    """
    if not (folder / CARD).exists() or force:
        model.save(folder)
        return None
    try:
        comparison = compare(folder, model)
    except ModelError as error:
        raise ModelError(
            f"{folder} holds a model, and the new one cannot be compared with it: {error} Nothing was replaced; save "
            "it elsewhere, or replace the old one with --force (force=True)."
        ) from error
    if comparison.is_worse:
        raise ModelError(
            f"{folder} holds a model that does better on the {comparison.letters} letters that neither was trained "
            f"on. {comparison.conclusion} Nothing was replaced; save the new one elsewhere, or replace the old one "
            "with --force (force=True)."
        )
    model.save(folder)
    return comparison


def _given(model: Model, corpus: AnnotatedCorpus) -> Indicators:
    """Decisions of a model in the labels of the corpus."""
    own, wanted = model.card.scheme, corpus.scheme
    if not set(own.labels) & set(wanted.labels):
        raise ModelError(
            f"The model {model.card.name!r} has other labels ({', '.join(own.labels)}) than {corpus.name} "
            f"({', '.join(wanted.labels)})."
        )
    given: Indicators = to_scheme(model.classifier.predict(corpus.texts), own, wanted)
    return given


def _unseen(old: Model, new: Model) -> HeldOut:
    """What the new model said of held-out letters of which the old one was trained on no passage."""
    if new.held_out is None:
        raise ModelError(
            f"The model {new.card.name!r} was not trained just now, so that no letters are held out; name coded "
            "passages to compare on."
        )
    corpus = new.held_out.corpus
    seen = seen_by(old, corpus.texts)
    letters = {letter for letter, was_seen in zip(corpus.letters, seen, strict=True) if was_seen}
    held_out = new.held_out.where(np.array([letter not in letters for letter in corpus.letters], dtype=bool))
    if not len(held_out.corpus):
        raise ModelError(
            f"The model {old.card.name!r} was trained on passages of every one of the {len(letters)} letters."
        )
    return held_out
