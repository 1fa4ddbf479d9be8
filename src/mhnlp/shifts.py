"""Whether an archive resembles the letters that a model was trained on.

Each letter gives a few figures: the share of words that the model does not know, the length of its passages, the
errors that the model expects, the mean probability of each label. Archive and training letters are compared by the
chance that a letter of the one has a larger figure than a letter of the other (Vargha and Delaney, "A critique and
improvement of the CL common language effect size statistics", Journal of Educational and Behavioral Statistics 25(2),
2000); 0.5 is no difference, 0.71 or 0.29 what they call a large one. A larger archive makes the interval narrower, and
no difference larger.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import rankdata

from mhnlp.annotations.tables import load_corpus
from mhnlp.bootstrap import estimate, sum_by_letter
from mhnlp.dutch import tokenise
from mhnlp.errors import MhnlpError
from mhnlp.frames import require, texts_of, years_of
from mhnlp.model import Model, load_model
from mhnlp.traces import Traces, digests

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from mhnlp.annotations.corpus import AnnotatedCorpus
    from mhnlp.classifier import PassageClassifier
    from mhnlp.estimate import Estimate

    Floats = NDArray[np.float64]

MEDIUM, LARGE = 0.14, 0.21
"""Distance from 0.5 of what Vargha and Delaney call a medium and a large difference."""
DRAWS = 300
MIN_LETTERS = 5
"""Letters below which a comparison says nothing."""
TEXT = ("unknown words", "words a passage")


@dataclass(frozen=True)
class Shift:
    """One figure of the letters of an archive beside that of the training letters.

    Parameters
    ----------
    period
        ``"all"``, or a year.
    letters
        How many letters of the archive it is of.
    statistic
        ``"unknown words"`` (share), ``"words a passage"``, ``"expected errors"`` (a passage), or ``p_`` and a label
        (mean probability).
    training, archive
        Its mean over the letters.
    larger
        Chance that a letter of the archive has a larger figure than one of the training letters.
    verdict
        ``"differs strongly"``, ``"differs"``, ``"alike"``, or ``"too few letters"``.
    """

    period: str
    letters: int
    statistic: str
    training: float
    archive: float
    larger: Estimate
    verdict: str


@dataclass(frozen=True)
class Drift:
    """How an archive differs from what a model was trained on.

    Parameters
    ----------
    model
        Name of the model.
    shifts
        Each figure, of all letters and, where the table tells years, of each year with enough letters.
    """

    model: str
    shifts: tuple[Shift, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What differs, in sentences; empty where nothing does."""
        return tuple(_warning(each) for each in self.shifts if each.verdict.startswith("differs"))

    def to_frame(self) -> pd.DataFrame:
        """Give a table, a row a figure and period."""
        import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

        rows = [{**vars(each), "larger": each.larger.value, **_bounds(each.larger)} for each in self.shifts]
        columns = ("period", "letters", "statistic", "training", "archive", "larger", "low", "high", "verdict")
        return pd.DataFrame(rows, columns=list(columns))


def drift(table: pd.DataFrame, *, model: str | Path | Model | None = None) -> Drift:
    """Compare an archive with the letters that a model was trained on.

    Parameters
    ----------
    table
        Labels as `LabelledLetters.to_frame` gives them, made by the same model. With a column ``date`` or ``year``
        each year is compared too.
    model
        The model, or its name or folder; by default the package's own.

    Raises
    ------
    MhnlpError
        If columns are missing, the table has fewer than five letters, or nothing is known of the training letters.

    Examples
    --------
    >>> import pandas as pd
    >>> letters = pd.DataFrame({"letter": list("abcdef"), "text": ["The shelters for victims are full."] * 6})
    >>> drift(letters, model="fast").warnings[0][:49]
    'unknown words: the letters of the archive have mo'
    """
    model = model if isinstance(model, Model) else load_model(model)
    require(table, ("letter", "text"))
    if table["letter"].nunique() < MIN_LETTERS:
        count = table["letter"].nunique()
        raise MhnlpError(f"the table has {count} letters; drift is told from {MIN_LETTERS} on, and better of fifty")
    traces = model.traces or _traces_of_corpus(model)
    own = _of_table(table, model)
    names = [name for name in traces.statistics if name in own]
    values = np.column_stack([own[name] for name in names])
    training = traces.by_letter[:, [traces.statistics.index(name) for name in names]].astype(np.float64)
    letters = table["letter"].astype(str).to_numpy()
    shifts = [_shifts("all", names, training, _means(values, letters))]
    years = years_of(table)
    if years is not None:
        shifts += [
            _shifts(year, names, training, _means(values[years == year], letters[years == year]))
            for year in sorted(set(years) - {""})
        ]
    return Drift(model.card.name, tuple(each for own_shifts in shifts for each in own_shifts))


def trace(corpus: AnnotatedCorpus, classifier: PassageClassifier) -> Traces:
    """Traces of training texts, for a classifier that was just fitted on them.

    Parameters
    ----------
    corpus
        The corpus that it was fitted on.
    classifier
        The classifier. A word of a letter counts as unknown if it would be without that letter.
    """
    known = np.asarray(np.isfinite(classifier.held_out_).all(axis=1))
    probabilities = np.where(known[:, None], classifier.held_out_, np.nan)
    columns = {
        **_of_texts(corpus, classifier),
        "expected errors": classifier.rule.expected_errors(probabilities),
        **{f"p_{label}": probabilities[:, k] for k, label in enumerate(corpus.scheme.labels)},
    }
    by_letter = _means(np.column_stack(list(columns.values())), np.array(corpus.letters))
    return Traces(np.unique(digests(corpus.texts)), tuple(columns), by_letter.astype(np.float32))


def _traces_of_corpus(model: Model) -> Traces:
    """What can be told of the training letters of a model without traces: that of their texts and their codes."""
    corpus = load_corpus()
    if model.card.data.get("digest") != corpus.digest:
        raise MhnlpError(
            f"the model {model.card.name!r} keeps no statistics of its training letters; train it anew with this "
            "version (mhnlp train), then ask again"
        )
    codes = {f"p_{label}": corpus.y[:, k].astype(float) for k, label in enumerate(corpus.scheme.labels)}
    columns = {**_of_texts(corpus, model.classifier), **codes}
    by_letter = _means(np.column_stack(list(columns.values())), np.array(corpus.letters))
    return Traces(np.unique(digests(corpus.texts)), tuple(columns), by_letter.astype(np.float32))


def _of_texts(corpus: AnnotatedCorpus, classifier: PassageClassifier) -> dict[str, Floats]:
    """Share of unknown words and number of words of each training passage."""
    words = _words(corpus.texts, classifier)
    in_texts = Counter(word for own in words for word in set(own))
    in_letter: dict[str, Counter[str]] = {}
    for letter, own in zip(corpus.letters, words, strict=True):
        in_letter.setdefault(letter, Counter()).update(set(own))
    least = classifier.min_texts
    unknown = [
        [in_texts[word] - in_letter[letter][word] < least for word in own]
        for letter, own in zip(corpus.letters, words, strict=True)
    ]
    return _text_columns(unknown)


def _of_table(table: pd.DataFrame, model: Model) -> dict[str, Floats]:
    vocabulary = set(map(str, model.classifier.vectorizer_.words_))
    words = _words(texts_of(table["text"]).tolist(), model.classifier)
    columns = _text_columns([[word not in vocabulary for word in own] for own in words])
    names = [f"p_{label}" for label in model.card.scheme.labels]
    if set(names) <= set(table.columns):
        probabilities = table[names].to_numpy(dtype=np.float64)
        columns["expected errors"] = model.classifier.rule.expected_errors(probabilities)
        columns |= {name: probabilities[:, k] for k, name in enumerate(names)}
    return columns


def _words(texts: Sequence[str], classifier: PassageClassifier) -> list[list[str]]:
    """Words of texts in small letters, without numbers and signs."""
    tokens = tokenise(texts, classifier.pipeline, lemmas=classifier.lemmas)
    return [[token.lower() for token in own if token[:1].isalpha()] for own in tokens]


def _text_columns(unknown: Sequence[Sequence[bool]]) -> dict[str, Floats]:
    values = [[sum(own) / max(len(own), 1), len(own)] for own in unknown]
    return dict(zip(TEXT, np.array(values, dtype=np.float64).reshape(-1, 2).T, strict=True))


def _means(values: Floats, letters: NDArray[Any]) -> Floats:
    """Mean of each letter's passages, shape (n_letters, n_statistics); NaN where one is not known."""
    known = np.isfinite(values)
    sums, counts = (sum_by_letter(each, letters) for each in (np.where(known, values, 0.0), known.astype(int)))
    return np.asarray(np.where(counts > 0, sums / np.maximum(counts, 1), np.nan))


def _shifts(period: str, names: Sequence[str], training: Floats, archive: Floats) -> list[Shift]:
    shifts = []
    for k, name in enumerate(names):
        before = training[np.isfinite(training[:, k]), k]
        now = archive[:, k]
        larger = _larger(before, now)
        verdict = _verdict(larger) if min(len(now), len(before)) >= MIN_LETTERS else "too few letters"
        shifts.append(Shift(period, len(now), name, float(before.mean()), float(now.mean()), larger, verdict))
    return shifts


def _larger(before: Floats, now: Floats) -> Estimate:
    """Chance that a draw of `now` is larger than one of `before`, with its interval by drawing letters of both."""
    random = np.random.default_rng(0)
    draws = [_chance(random.choice(before, len(before)), random.choice(now, len(now))) for _ in range(DRAWS)]
    return estimate(_chance(before, now), np.array(draws))


def _chance(before: Floats, now: Floats) -> float:
    ranks = rankdata(np.concatenate([now, before]))[: len(now)]
    return float((ranks.sum() - len(now) * (len(now) + 1) / 2) / (len(now) * len(before)))


def _verdict(larger: Estimate) -> str:
    """A difference counts if even the end of its interval that is nearer to 0.5 is that large."""
    least = max(larger.low - 0.5, 0.5 - larger.high)
    return "differs strongly" if least >= LARGE else "differs" if least >= MEDIUM else "alike"


def _warning(shift: Shift) -> str:
    whose = "the letters of the archive" if shift.period == "all" else f"the letters of {shift.period}"
    way = "more" if shift.larger.value > 0.5 else "less"
    strongly = " by far" if shift.verdict == "differs strongly" else ""
    return (
        f"{shift.statistic}: {whose} have {way}{strongly} than the training letters "
        f"({shift.archive:.2f} against {shift.training:.2f})"
    )


def _bounds(value: Estimate) -> dict[str, float]:
    return {"low": value.low, "high": value.high}
