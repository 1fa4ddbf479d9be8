"""How well a model does: scores with intervals, on held-out letters or on a file of coded passages.

Intervals are bootstrap percentiles over letters (Efron and Tibshirani, An Introduction to the Bootstrap, 1993):
passages of one letter resemble each other, so letters are drawn, not passages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import average_precision_score

from mhnlp.estimate import Estimate

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mhnlp.annotations.corpus import AnnotatedCorpus
    from mhnlp.classifier import PassageClassifier
    from mhnlp.labels import LabelScheme
    from mhnlp.model import Model

    Floats = NDArray[np.float64]
    Indicators = NDArray[np.int_]

DRAWS = 1000
BINS = 10
LEVEL = (2.5, 97.5)


@dataclass(frozen=True)
class LabelScore:
    """Scores of one label."""

    label: str
    support: int
    precision: float
    recall: float
    f1: Estimate
    average_precision: float


@dataclass(frozen=True)
class Evaluation:
    """Scores of a model on coded passages.

    Parameters
    ----------
    name
        What was evaluated on what.
    passages, letters
        How many were scored.
    labels
        Scores of each label.
    pillars, sentiment
        Macro-F1 of the pillars and of the sentiments.
    pillars_micro
        Micro-F1 of the pillars.
    average_precision
        Mean average precision of the pillars.
    accuracy
        Share of passages with the right sentiment.
    calibration_pillars, calibration_sentiment
        Expected calibration error, in ten bins of equal width: mean over the pillars, and of the probability of
        the sentiment given.
    coverage
        Share of passages that are not uncertain.
    certain_pillars, certain_sentiment
        Macro-F1 on these.
    confusion
        Sentiments coded (rows) by sentiments given (columns).
    """

    name: str
    passages: int
    letters: int
    labels: tuple[LabelScore, ...]
    pillars: Estimate
    sentiment: Estimate
    pillars_micro: float
    average_precision: float
    accuracy: float
    calibration_pillars: float
    calibration_sentiment: float
    coverage: float
    certain_pillars: float
    certain_sentiment: float
    confusion: dict[str, dict[str, int]]

    def to_frame(self) -> pd.DataFrame:
        """Give the scores of the labels as a table, one row a label."""
        import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

        return pd.DataFrame(
            {
                "label": [each.label for each in self.labels],
                "support": [each.support for each in self.labels],
                "precision": [each.precision for each in self.labels],
                "recall": [each.recall for each in self.labels],
                "f1": [each.f1.value for each in self.labels],
                "f1_low": [each.f1.low for each in self.labels],
                "f1_high": [each.f1.high for each in self.labels],
                "average_precision": [each.average_precision for each in self.labels],
            }
        )

    def summary(self) -> dict[str, str]:
        """Give the figures over all labels, in words."""
        return {
            "passages": f"{self.passages} of {self.letters} letters",
            "pillars, macro-F1": str(self.pillars),
            "pillars, micro-F1": f"{self.pillars_micro:.3f}",
            "pillars, mean average precision": f"{self.average_precision:.3f}",
            "sentiment, macro-F1": str(self.sentiment),
            "sentiment, accuracy": f"{self.accuracy:.3f}",
            "expected calibration error": f"{self.calibration_pillars:.3f} pillars, {self.calibration_sentiment:.3f} "
            "sentiment",
            "not uncertain": f"{self.coverage:.0%} of the passages; on these macro-F1 {self.certain_pillars:.3f} "
            f"pillars, {self.certain_sentiment:.3f} sentiment",
        }

    def to_card(self) -> dict[str, Any]:
        """Give what a model card records."""
        header = ["label", "support", "precision", "recall", "F1", "low", "high"]
        rows = [
            [each.label, each.support, each.precision, each.recall, each.f1.value, each.f1.low, each.f1.high]
            for each in self.labels
        ]
        return {**self.summary(), "table": [header, *rows]}


def evaluate(model: Model, corpus: AnnotatedCorpus) -> Evaluation:
    """Estimate a model on coded passages that it was not trained on.

    Parameters
    ----------
    model
        The model.
    corpus
        The coded passages; their labels must be the model's.

    Returns
    -------
    Evaluation

    Raises
    ------
    ValueError
        If the labels of model and corpus differ.
    """
    if corpus.scheme != model.card.scheme:
        raise ValueError(f"the model's labels are {model.card.scheme.labels}, the corpus' {corpus.scheme.labels}")
    probabilities = model.classifier.predict_proba(corpus.texts)
    rule = model.classifier.rule
    return score_probabilities(
        f"{model.card.name} on {corpus.name}",
        corpus,
        probabilities,
        rule.decide(probabilities),
        ~rule.is_uncertain(probabilities),
    )


def cross_validate(classifier: PassageClassifier, corpus: AnnotatedCorpus) -> Evaluation:
    """Estimate a classifier by cross-validation over letters.

    Parameters
    ----------
    classifier
        A classifier fitted on `corpus`. Fitting it made, for each passage, probabilities and decisions by
        regressions, calibration and thresholds that were learned from other letters only; these are scored.
        (The one choice that saw all letters is that of penalty and class weight, among four.)
    corpus
        The corpus that it was fitted on.

    Returns
    -------
    Evaluation
    """
    known = np.asarray(np.isfinite(classifier.held_out_).all(axis=1))
    scored = replace(corpus, passages=tuple(each for each, own in zip(corpus, known, strict=True) if own))
    probabilities = classifier.held_out_[known]
    return score_probabilities(
        f"cross-validation by letter, {classifier.folds} folds, on {corpus.name}",
        scored,
        probabilities,
        classifier.held_out_labels_[known],
        ~classifier.rule.is_uncertain(probabilities),
    )


def score_probabilities(
    name: str, corpus: AnnotatedCorpus, probabilities: Floats, given: Indicators, certain: NDArray[np.bool_]
) -> Evaluation:
    """Estimate probabilities and decisions, of whatever origin.

    Parameters
    ----------
    name
        What is scored.
    corpus
        The coded passages.
    probabilities, given
        Probabilities and decisions, shape (n_passages, n_labels).
    certain
        Whether each passage is not uncertain, shape (n_passages,).
    """
    gold, scheme = corpus.y, corpus.scheme
    n_pillars = len(scheme.pillars)
    counts = _counts_by_letter(gold, given, corpus.letters)
    draws = _f1(_resample(counts))
    f1 = _f1(counts.sum(axis=0))
    precisions = [_average_precision(gold[:, k], probabilities[:, k]) for k in range(len(scheme.labels))]
    right = gold[:, n_pillars:].argmax(axis=1) == given[:, n_pillars:].argmax(axis=1)
    sure = (probabilities * given)[:, n_pillars:].sum(axis=1)
    f1_certain = _f1(_counts_by_letter(gold[certain], given[certain], np.asarray(corpus.letters)[certain]).sum(axis=0))
    return Evaluation(
        name=name,
        passages=len(gold),
        letters=len(counts),
        labels=tuple(
            LabelScore(
                label=label,
                support=int(gold[:, k].sum()),
                precision=_ratio(counts[:, 0, k].sum(), given[:, k].sum()),
                recall=_ratio(counts[:, 0, k].sum(), gold[:, k].sum()),
                f1=_score(f1[k], draws[:, k]),
                average_precision=precisions[k],
            )
            for k, label in enumerate(scheme.labels)
        ),
        pillars=_score(f1[:n_pillars].mean(), draws[:, :n_pillars].mean(axis=1)),
        sentiment=_score(f1[n_pillars:].mean(), draws[:, n_pillars:].mean(axis=1)),
        pillars_micro=float(_f1(counts[:, :, :n_pillars].sum(axis=(0, 2))[:, None])[0]),
        average_precision=float(np.mean(precisions[:n_pillars])),
        accuracy=float(right.mean()),
        calibration_pillars=float(
            np.mean([calibration_error(probabilities[:, k], gold[:, k]) for k in range(n_pillars)])
        ),
        calibration_sentiment=calibration_error(sure, right),
        coverage=float(certain.mean()),
        certain_pillars=float(f1_certain[:n_pillars].mean()),
        certain_sentiment=float(f1_certain[n_pillars:].mean()),
        confusion=_confusion(gold[:, n_pillars:], given[:, n_pillars:], scheme),
    )


def calibration_error(probabilities: Floats, outcomes: NDArray[Any]) -> float:
    """Expected calibration error in ten bins of equal width.

    Parameters
    ----------
    probabilities
        Shape (n,).
    outcomes
        Whether it came true, shape (n,).

    Notes
    -----
    Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015.

    Examples
    --------
    >>> calibration_error(np.array([0.9, 0.9, 0.1, 0.1]), np.array([1, 1, 0, 0]))
    0.1
    """
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    gaps = [abs(probabilities[bins == b].sum() - outcomes[bins == b].sum()) for b in range(BINS)]
    return round(float(sum(gaps) / max(len(probabilities), 1)), 12)


def _counts_by_letter(gold: Indicators, given: Indicators, letters: Any) -> NDArray[np.int_]:  # noqa: ANN401
    """True positives, false positives and false negatives, shape (n_letters, 3, n_labels)."""
    _, index = np.unique(np.asarray(letters), return_inverse=True)
    counts = np.zeros((index.max(initial=-1) + 1, 3, gold.shape[1]), dtype=int)
    for kind, hits in enumerate((gold & given, (1 - gold) & given, gold & (1 - given))):
        np.add.at(counts[:, kind], index, hits)
    return counts


def _resample(counts: NDArray[np.int_]) -> NDArray[np.int_]:
    """Counts of `DRAWS` samples of letters, shape (DRAWS, 3, n_labels)."""
    n = len(counts)
    weights = np.random.default_rng(0).multinomial(n, np.full(n, 1 / n), size=DRAWS)
    draws: NDArray[np.int_] = np.einsum("dn,nkl->dkl", weights, counts)
    return draws


def _f1(counts: NDArray[np.int_]) -> Floats:
    """F1 from counts of shape (…, 3, n_labels); 0 where a label occurs nowhere."""
    hits, false, missed = np.moveaxis(counts, -2, 0)
    return np.asarray(2 * hits / np.maximum(2 * hits + false + missed, 1), dtype=np.float64)


def _score(value: float, draws: Floats) -> Estimate:
    low, high = np.percentile(draws, LEVEL)
    return Estimate(float(value), float(low), float(high))


def _ratio(part: int, whole: int) -> float:
    return float(part / whole) if whole else 0.0


def _average_precision(gold: Indicators, probabilities: Floats) -> float:
    return float(average_precision_score(gold, probabilities)) if gold.any() else 0.0


def _confusion(gold: Indicators, given: Indicators, scheme: LabelScheme) -> dict[str, dict[str, int]]:
    table = gold.T @ given
    return {
        coded: {label: int(table[row, column]) for column, label in enumerate(scheme.sentiments)}
        for row, coded in enumerate(scheme.sentiments)
    }
