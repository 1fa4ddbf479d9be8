"""How well a model does: scores with intervals by letter, on held-out letters or on a file of coded passages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import average_precision_score

from mhnlp.annotations.corpus import AnnotatedCorpus
from mhnlp.annotations.tables import load_corpus, read_annotations
from mhnlp.bootstrap import counts_by_letter, draw_sums, estimate, f1
from mhnlp.given import given_labels
from mhnlp.model import Model, load_model
from mhnlp.scores import CoveragePoint, Evaluation, LabelScore, Reliability
from mhnlp.traces import digests

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from mhnlp.classifier import PassageClassifier
    from mhnlp.labels import LabelScheme

    Floats = NDArray[np.float64]
    Indicators = NDArray[np.int_]

BINS = 10
COVERAGES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
UNKNOWN = "unknown"
"""Column of the confusion table for sentiments that the coded passages do not know."""


@dataclass(frozen=True)
class HeldOut:
    """What was said of passages by a model that was not trained on their letters.

    Parameters
    ----------
    corpus
        The coded passages.
    probabilities, given
        Probabilities and decisions, shape (n_passages, n_labels).
    certain
        Whether each passage is not uncertain, shape (n_passages,).
    """

    corpus: AnnotatedCorpus
    probabilities: Floats
    given: Indicators
    certain: NDArray[np.bool_]

    def score(self, name: str) -> Evaluation:
        """Estimate the model that said it."""
        return score_probabilities(name, self.corpus, self.probabilities, self.given, self.certain)

    def where(self, chosen: NDArray[np.bool_]) -> HeldOut:
        """Only what was said of some passages, chosen by a mask."""
        passages = tuple(each for each, own in zip(self.corpus, chosen, strict=True) if own)
        corpus = replace(self.corpus, passages=passages)
        return HeldOut(corpus, self.probabilities[chosen], self.given[chosen], self.certain[chosen])


def evaluate(model: Model | str | Path | pd.DataFrame, data: AnnotatedCorpus | str | Path) -> Evaluation:
    """Estimate a model on coded passages that it was not trained on, or labels that came from elsewhere.

    Parameters
    ----------
    model
        The model, or its name or folder; or a table with the columns ``pillars`` and ``sentiment``, and ``text`` or
        ``passage``, of the labels that another tool or a colleague gave to the same passages. It has no probabilities,
        so that the figures which need them are not a number.
    data
        The coded passages: a corpus, or what `read_annotations` takes. A label of the model that they do not know
        counts as an error wherever it is given.

    Returns
    -------
    Evaluation
        Its `warnings` say how many of the passages the model was trained on, where it is known.

    Raises
    ------
    ValueError
        If model and corpus share no label.
    TableError
        If the table lacks a column, or a coded passage.

    Examples
    --------
    >>> corpus = AnnotatedCorpus("two", load_corpus()[:2])
    >>> evaluate("fast", corpus).warnings
    ("2 of the 2 passages are among those that 'fast' was trained on; the scores are too high",)
    """
    if not isinstance(model, Model | str | Path):
        return _evaluate_table(model, data if isinstance(data, AnnotatedCorpus) else read_annotations(data))
    model = model if isinstance(model, Model) else load_model(model)
    corpus = data if isinstance(data, AnnotatedCorpus) else read_annotations(data, model.card.scheme)
    own, wanted = model.card.scheme, corpus.scheme
    if not (set(own.pillars) & set(wanted.pillars) and set(own.sentiments) & set(wanted.sentiments)):
        raise ValueError(f"the model's labels are {own.labels}, the corpus' {wanted.labels}")
    probabilities = model.classifier.predict_proba(corpus.texts)
    rule = model.classifier.rule
    given, certain = rule.decide(probabilities), ~rule.is_uncertain(probabilities)
    scores = score_probabilities(
        f"{model.card.name} on {corpus.name}",
        corpus,
        to_scheme(probabilities, own, wanted),
        to_scheme(given, own, wanted),
        certain,
        unknown=given[:, : len(own.pillars)][:, [label not in wanted.pillars for label in own.pillars]].sum(axis=1),
    )
    return replace(scores, warnings=warn_of_seen(model, corpus))


def _evaluate_table(table: pd.DataFrame, corpus: AnnotatedCorpus) -> Evaluation:
    found = given_labels(table, corpus)
    scores = score_probabilities(
        f"labels given on {corpus.name}",
        corpus,
        found.y.astype(np.float64),
        found.y,
        np.ones(len(corpus), dtype=bool),
        unknown=found.unknown,
    )
    return replace(scores.without_probabilities(), warnings=found.warnings)


def warn_of_seen(model: Model, corpus: AnnotatedCorpus) -> tuple[str, ...]:
    """Say how many of the passages a model was trained on; nothing where there are none."""
    seen = int(seen_by(model, corpus.texts).sum())
    if not seen:
        return ()
    whose = f"{model.card.name!r} was trained on; the scores are too high"
    return (f"{seen} of the {len(corpus)} passages are among those that {whose}",)


def seen_by(model: Model, texts: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each text is known to be one that a model was trained on.

    Parameters
    ----------
    model
        One without traces of its training texts is asked whether it was trained on the package's corpus.
    texts
        Passages.
    """
    if model.traces is not None:
        return model.traces.know(texts)
    shipped = load_corpus()
    if model.card.data.get("digest") != shipped.digest:
        return np.zeros(len(texts), dtype=bool)
    return np.isin(digests(texts), digests(shipped.texts))


def to_scheme(values: NDArray[Any], own: LabelScheme, wanted: LabelScheme) -> NDArray[Any]:
    """Columns of one scheme in the order of another; zero for a label that the first does not know."""
    columns = [own.labels.index(label) if label in own.labels else len(own.labels) for label in wanted.labels]
    return np.hstack([values, np.zeros((len(values), 1), dtype=values.dtype)])[:, columns]


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
    name = f"cross-validation by letter, {classifier.folds} folds, on {corpus.name}"
    return held_out(classifier, corpus).score(name)


def held_out(
    classifier: PassageClassifier, corpus: AnnotatedCorpus, *, scored: NDArray[np.bool_] | None = None
) -> HeldOut:
    """What the fit of a classifier said of passages while it held out their letters, as `cross_validate` scores it.

    Parameters
    ----------
    classifier, corpus
        As in `cross_validate`.
    scored
        Which passages are wanted, shape (n_passages,); by default all.
    """
    uncertain = classifier.rule.is_uncertain(classifier.held_out_)
    everything = HeldOut(corpus, classifier.held_out_, classifier.held_out_labels_, ~uncertain)
    known = np.asarray(np.isfinite(classifier.held_out_).all(axis=1))
    return everything.where(known if scored is None else known & scored)


def score_probabilities(
    name: str,
    corpus: AnnotatedCorpus,
    probabilities: Floats,
    given: Indicators,
    certain: NDArray[np.bool_],
    *,
    unknown: NDArray[np.int_] | None = None,
) -> Evaluation:
    """Estimate probabilities and decisions, of whatever origin.

    Parameters
    ----------
    name
        What is scored.
    corpus
        The coded passages.
    probabilities, given
        Probabilities and decisions, shape (n_passages, n_labels). A passage whose sentiment is none of the corpus'
        has no sentiment here, which counts as an error.
    certain
        Whether each passage is not uncertain, shape (n_passages,).
    unknown
        Number of pillars given to each passage that the corpus does not know; each counts as an error.
    """
    gold, scheme, letters = corpus.y, corpus.scheme, corpus.letters
    n_pillars = len(scheme.pillars)
    counts = counts_by_letter(gold, given, letters)
    draws, values = f1(draw_sums(counts)), f1(counts.sum(axis=0))
    columns = (gold.T, probabilities.T, given.T, draws.T)
    labels = tuple(_label_score(*each) for each in zip(scheme.labels, *columns, strict=True))
    lost = given[:, n_pillars:].sum(axis=1) == 0
    right = (gold[:, n_pillars:].argmax(axis=1) == given[:, n_pillars:].argmax(axis=1)) & ~lost
    sure = (probabilities * given)[:, n_pillars:].sum(axis=1)
    strange = np.zeros(len(gold), dtype=int) if unknown is None else unknown
    pooled = counts[:, :, :n_pillars].sum(axis=(0, 2)) + np.array([0, strange.sum(), 0])
    wrong = (gold != given)[:, :n_pillars].sum(axis=1) + strange
    errors = wrong + ~right
    f1_certain = f1(counts_by_letter(gold[certain], given[certain], np.asarray(letters)[certain]).sum(axis=0))
    return Evaluation(
        name=name,
        passages=len(gold),
        letters=len(counts),
        labels=labels,
        pillars=estimate(values[:n_pillars].mean(), draws[:, :n_pillars].mean(axis=1)),
        sentiment=estimate(values[n_pillars:].mean(), draws[:, n_pillars:].mean(axis=1)),
        pillars_micro=float(f1(pooled[:, None])[0]),
        average_precision=float(np.mean([each.average_precision for each in labels[:n_pillars]])),
        accuracy=float(right.mean()),
        calibration_pillars=float(np.mean([each.calibration for each in labels[:n_pillars]])),
        calibration_sentiment=calibration_error(sure, right),
        coverage=float(certain.mean()),
        certain_pillars=float(f1_certain[:n_pillars].mean()),
        certain_sentiment=float(f1_certain[n_pillars:].mean()),
        certain_errors=_mean(errors[certain]),
        uncertain_errors=_mean(errors[~certain]),
        confusion=_confusion(gold[:, n_pillars:], given[:, n_pillars:], lost, scheme),
        reliability=tuple(
            each for k in range(len(scheme.labels)) for each in _reliability(k, scheme, probabilities, gold)
        ),
        coverage_curve=_coverage_curve(given, probabilities, wrong=wrong, right=right, n_pillars=n_pillars),
        unknown=int(strange.sum() + lost.sum()),
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
    bins = _bins(probabilities)
    gaps = [abs(probabilities[bins == b].sum() - outcomes[bins == b].sum()) for b in range(BINS)]
    return round(float(sum(gaps) / max(len(probabilities), 1)), 12)


def _bins(probabilities: Floats) -> NDArray[np.int_]:
    return np.asarray(np.minimum((probabilities * BINS).astype(int), BINS - 1))


def _label_score(label: str, gold: Indicators, probabilities: Floats, given: Indicators, draws: Floats) -> LabelScore:
    hits = int((gold & given).sum())
    return LabelScore(
        label=label,
        support=int(gold.sum()),
        precision=_ratio(hits, given.sum()),
        recall=_ratio(hits, gold.sum()),
        f1=estimate(2 * _ratio(hits, gold.sum() + given.sum()), draws),
        average_precision=float(average_precision_score(gold, probabilities)) if gold.any() else 0.0,
        calibration=calibration_error(probabilities, gold),
    )


def _reliability(k: int, scheme: LabelScheme, probabilities: Floats, gold: Indicators) -> list[Reliability]:
    bins = _bins(probabilities[:, k])
    return [
        Reliability(
            label=scheme.labels[k],
            low=b / BINS,
            high=(b + 1) / BINS,
            passages=int((bins == b).sum()),
            probability=float(probabilities[bins == b, k].mean()),
            share=float(gold[bins == b, k].mean()),
        )
        for b in np.unique(bins)
    ]


def _coverage_curve(
    given: Indicators, probabilities: Floats, *, wrong: NDArray[np.int_], right: NDArray[np.bool_], n_pillars: int
) -> tuple[CoveragePoint, ...]:
    """Errors on the passages of which the model expects the fewest wrong decisions."""
    pillars = np.where(given[:, :n_pillars] == 1, 1 - probabilities[:, :n_pillars], probabilities[:, :n_pillars])
    order = np.argsort(pillars.sum(axis=1) + 1 - (probabilities * given)[:, n_pillars:].sum(axis=1), kind="stable")
    points = []
    for coverage in COVERAGES:
        surest = order[: max(round(coverage * len(order)), 1)]
        points.append(CoveragePoint(coverage, float(wrong[surest].mean()), float(1 - right[surest].mean())))
    return tuple(points)


def _ratio(part: int, whole: int) -> float:
    return float(part / whole) if whole else 0.0


def _mean(values: NDArray[np.int_]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _confusion(
    gold: Indicators, given: Indicators, lost: NDArray[np.bool_], scheme: LabelScheme
) -> dict[str, dict[str, int]]:
    columns = np.column_stack([given, lost]) if lost.any() else given
    names = [*scheme.sentiments, UNKNOWN] if lost.any() else scheme.sentiments
    table = gold.T @ columns.astype(int)
    return {
        coded: {label: int(table[row, column]) for column, label in enumerate(names)}
        for row, coded in enumerate(scheme.sentiments)
    }
