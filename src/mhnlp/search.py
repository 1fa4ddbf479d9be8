"""Settings chosen inside the training letters alone, and the choice scored on the other letters."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import GroupKFold

from mhnlp.calibration import log_losses
from mhnlp.errors import TrainingError
from mhnlp.evaluation import HeldOut

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mhnlp.classifier import PassageClassifier
    from mhnlp.training import TrainingSet

    Rows = NDArray[np.int_]

INNER_FOLDS = 3
MIN_LETTERS, MIN_PASSAGES = 10, 50
"""Letters and passages of one's own below which the choice would be chance."""
CHANGES: tuple[dict[str, Any], ...] = ({"penalties": (0.3, 10.0)}, {"words": 1}, {"min_texts": 5})
WEIGHTS = (1.0, 10.0)
"""What else than the classifier's own settings, and than the given weight of one's own passages, is tried: each
candidate differs in one thing, which keeps them few."""


@dataclass(frozen=True)
class Search:
    """What a nested search found.

    Parameters
    ----------
    training_set
        What to train on, with the settings that did best on all letters.
    held_out
        What was said of one's own passages by the settings that did best on the other letters.
    losses
        Log loss a passage of each candidate on letters held out of its fit: the smallest was chosen.
    chosen
        How often each candidate was chosen inside the folds that are scored.
    """

    training_set: TrainingSet
    held_out: HeldOut
    losses: dict[str, float]
    chosen: dict[str, int]

    def to_card(self) -> dict[str, Any]:
        """What a card says of the search."""
        return {
            "chosen by search": _best(self.losses),
            "log loss of the candidates": self.losses,
            "chosen inside the folds": self.chosen,
        }


def nested_search(training_set: TrainingSet) -> Search:
    """Choose among a handful of settings, and score the choice on letters that took no part in it.

    Parameters
    ----------
    training_set
        What is trained on, with the settings to start from.

    Raises
    ------
    TrainingError
        If one's own passages are fewer than 50, or of fewer than ten letters.

    Notes
    -----
    Varma and Simon, "Bias in error estimation when using cross-validation for model selection", BMC Bioinformatics
    7:91, 2006.
    """
    own = training_set.only(np.flatnonzero(training_set.own)).corpus
    if len(set(own.letters)) < MIN_LETTERS or len(own) < MIN_PASSAGES:
        raise TrainingError(
            f"a search chooses among settings by at least {MIN_PASSAGES} passages of {MIN_LETTERS} letters of one's "
            f"own, and there are {len(own)} of {len(set(own.letters))}; train without it, or code more"
        )
    candidates = _candidates(training_set)
    y = training_set.corpus.y
    probabilities, given = np.full(y.shape, np.nan), np.zeros_like(y)
    certain = np.zeros(len(y), dtype=bool)
    chosen: Counter[str] = Counter()
    folds = GroupKFold(training_set.classifier.folds, shuffle=True, random_state=training_set.classifier.random_state)
    for train, test in folds.split(y, groups=training_set.corpus.letters):
        losses, fitted = _try(candidates, train)
        chosen[_best(losses)] += 1
        classifier, others = fitted[_best(losses)], training_set.only(test)
        probabilities[test] = classifier.predict_proba(others.corpus.texts, others.encoder_scores)
        given[test] = classifier.rule.decide(probabilities[test])
        certain[test] = ~classifier.rule.is_uncertain(probabilities[test])
    losses, _ = _try(candidates, np.arange(len(y)))
    said = HeldOut(training_set.corpus, probabilities, given, certain)
    scored = training_set.own & np.isfinite(probabilities).all(axis=1)
    return Search(candidates[_best(losses)], said.where(scored), losses, dict(chosen.most_common()))


def _candidates(training_set: TrainingSet) -> dict[str, TrainingSet]:
    """What is tried, by what it changes; changes that change nothing are left out."""
    candidates = {"settings as given": training_set}
    settings = training_set.classifier.get_params(deep=False)
    for change in CHANGES:
        if any(settings[name] != value for name, value in change.items()):
            candidates[_name(change)] = replace(
                training_set, classifier=clone(training_set.classifier).set_params(**change)
            )
    if training_set.sample_weight is not None:
        given = training_set.sample_weight[training_set.own][0]
        weights = [weight for weight in WEIGHTS if weight != given]
        candidates |= {_name({"weight": weight}): training_set.weighing(weight) for weight in weights}
    return candidates


def _name(change: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in change.items())


def _try(candidates: dict[str, TrainingSet], train: Rows) -> tuple[dict[str, float], dict[str, PassageClassifier]]:
    """Fit each candidate on some passages: log losses on letters held out among these, and fitted classifiers."""
    losses, fitted = {}, {}
    for name, candidate in candidates.items():
        training_set = candidate.only(train)
        fitted[name] = training_set.fit(clone(training_set.classifier).set_params(folds=INNER_FOLDS))
        losses[name] = _loss(fitted[name].held_out_, training_set)
    return losses, fitted


def _best(losses: dict[str, float]) -> str:
    return min(losses, key=losses.__getitem__)


def _loss(probabilities: NDArray[np.float64], training_set: TrainingSet) -> float:
    """Log loss a passage of one's own."""
    known = training_set.own & np.isfinite(probabilities).all(axis=1)
    corpus = training_set.corpus
    return float(log_losses(probabilities[known], corpus.y[known], len(corpus.scheme.pillars)).mean())
