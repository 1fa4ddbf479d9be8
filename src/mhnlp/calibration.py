"""From scores to calibrated probabilities, and from probabilities to decisions.

Everything here is learned from scores of texts that the scorer was not trained on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class ScoreCalibrator(BaseEstimator):  # type: ignore[misc]
    """Logistic calibration: one model a pillar, one multinomial model for the sentiments.

    Parameters
    ----------
    n_pillars
        How many of the labels are pillars; the rest are sentiments.
    C
        Inverse strength of the L2 penalty; scores are standardised first.
    sentiment_odds
        For each sentiment, how much commoner it is expected to be in the letters to be labelled than in the
        training letters, as a factor of its odds; None for equally common.

    Attributes
    ----------
    mean_, scale_ : ndarray, shape (n_scores,)
        Mean and standard deviation of each score.
    coef_ : ndarray, shape (n_labels, n_scores)
        Weight of each score for each label.
    intercept_ : ndarray, shape (n_labels,)

    Notes
    -----
    Platt, "Probabilistic outputs for support vector machines", in: Advances in Large Margin Classifiers, 1999;
    multinomial for the sentiments. Saerens, Latinne and Decaestecker, "Adjusting the outputs of a classifier to new a
    priori probabilities", Neural Computation 14(1), 2002, for the expected odds.
    """

    def __init__(self, n_pillars: int = 5, C: float = 1.0, sentiment_odds: tuple[float, ...] | None = None) -> None:
        self.n_pillars = n_pillars
        self.C = C
        self.sentiment_odds = sentiment_odds

    def fit(
        self, scores: Floats, y: NDArray[np.int_], columns: list[list[int]], sample_weight: Floats | None = None
    ) -> Self:
        """Learn the calibration.

        Parameters
        ----------
        scores
            Held-out scores, shape (n_texts, n_scores).
        y
            Indicators, shape (n_texts, n_labels).
        columns
            For each pillar, and last for the sentiments together, the scores that it may use.
        sample_weight
            Weight of each text, shape (n_texts,).
        """
        self.mean_ = scores.mean(axis=0)
        self.scale_ = np.maximum(scores.std(axis=0), 1e-9)
        standard = (scores - self.mean_) / self.scale_
        self.coef_ = np.zeros((y.shape[1], scores.shape[1]))
        self.intercept_ = np.zeros(y.shape[1])
        for pillar in range(self.n_pillars):
            self._fit_pillar(standard, y[:, pillar], pillar, columns[pillar], sample_weight)
        sentiments = y[:, self.n_pillars :].argmax(axis=1)
        self._fit_sentiments(standard, sentiments, columns[self.n_pillars], sample_weight)
        if self.sentiment_odds is not None:
            self.intercept_[self.n_pillars :] += np.log(self.sentiment_odds)
        return self

    def predict_proba(self, scores: Floats) -> Floats:
        """Probabilities, shape (n_texts, n_labels); those of the sentiments sum to one."""
        standard = (scores - self.mean_) / self.scale_
        # Summed score by score, not by BLAS, whose last bit depends on how many texts there are.
        logits = np.tile(self.intercept_, (len(scores), 1))
        for score in range(standard.shape[1]):
            logits += standard[:, score, None] * self.coef_[None, :, score]
        pillars = 1 / (1 + np.exp(-logits[:, : self.n_pillars]))
        sentiments = np.exp(logits[:, self.n_pillars :] - logits[:, self.n_pillars :].max(axis=1, keepdims=True))
        return np.hstack([pillars, sentiments / sentiments.sum(axis=1, keepdims=True)])

    def _fit_pillar(
        self, standard: Floats, y: NDArray[np.int_], pillar: int, columns: list[int], sample_weight: Floats | None
    ) -> None:
        if y.min() == y.max():
            self.intercept_[pillar] = np.log1p(len(y)) * (1 if y[0] else -1)
            return
        model = LogisticRegression(C=self.C).fit(standard[:, columns], y, sample_weight)
        # A score that speaks for a label never counts against it, whatever chance does to few texts.
        self.coef_[pillar, columns] = np.maximum(model.coef_[0], 0) if len(columns) <= 2 else model.coef_[0]
        self.intercept_[pillar] = model.intercept_[0]

    def _fit_sentiments(
        self, standard: Floats, y: NDArray[np.int_], columns: list[int], sample_weight: Floats | None
    ) -> None:
        present = np.unique(y)
        rows = np.asarray(self.n_pillars + present)
        absent = np.setdiff1d(np.arange(self.n_pillars, len(self.intercept_)), rows)
        self.intercept_[absent] = -np.log1p(len(y))
        if len(present) < 2:
            return
        model = LogisticRegression(C=self.C).fit(standard[:, columns], y, sample_weight)
        # Of two classes scikit-learn gives the log odds of the second.
        coef = model.coef_ if len(present) > 2 else np.vstack([-model.coef_, model.coef_]) / 2
        intercept = model.intercept_ if len(present) > 2 else np.hstack([-model.intercept_, model.intercept_]) / 2
        self.coef_[np.ix_(rows, np.array(columns))] = coef
        self.intercept_[rows] = intercept


@dataclass(frozen=True)
class DecisionRule:
    """How probabilities become labels.

    Parameters
    ----------
    thresholds
        A pillar is given where its probability reaches its threshold; shape (n_pillars,).
    doubt
        A passage whose expected number of wrong decisions is larger than this is uncertain.

    Notes
    -----
    The sentiment is the most probable one. Thresholds that raise its macro-F1 on composed letters favour praise,
    criticism and both; real letters judge less often, and there they lower it.
    """

    thresholds: Floats
    doubt: float

    def decide(self, probabilities: Floats) -> NDArray[np.int_]:
        """Indicators of the labels given, shape (n_texts, n_labels)."""
        pillars, sentiments = np.split(probabilities, [len(self.thresholds)], axis=1)
        chosen = np.eye(sentiments.shape[1], dtype=int)[sentiments.argmax(axis=1)]
        return np.hstack([(pillars >= self.thresholds).astype(int), chosen])

    def expected_errors(self, probabilities: Floats) -> Floats:
        """Expected number of wrong decisions on each text: wrong pillars, plus one for a wrong sentiment."""
        pillars, sentiments = np.split(probabilities, [len(self.thresholds)], axis=1)
        wrong = np.where(pillars >= self.thresholds, 1 - pillars, pillars).sum(axis=1)
        return np.asarray(wrong + 1 - sentiments.max(axis=1))

    def is_uncertain(self, probabilities: Floats) -> NDArray[np.bool_]:
        """Whether each text is better read by a person."""
        return np.asarray(self.expected_errors(probabilities) > self.doubt)


def log_losses(probabilities: Floats, y: NDArray[np.int_], n_pillars: int) -> Floats:
    """Log loss of each text, shape (n_texts,): the sum over its pillars, and that of its sentiment.

    Parameters
    ----------
    probabilities, y
        Probabilities and indicators, shape (n_texts, n_labels).
    n_pillars
        How many of the labels are pillars.
    """
    least = np.finfo(float).eps
    given = np.clip(probabilities, least, 1 - least)
    pillars = np.log(np.where(y == 1, given, 1 - given)[:, :n_pillars]).sum(axis=1)
    return np.asarray(-pillars - np.log((given * y)[:, n_pillars:].sum(axis=1)))


GRID = np.round(np.arange(0.10, 0.81, 0.01), 2)
"""Thresholds tried."""


def tune(
    probabilities: Floats,
    y: NDArray[np.int_],
    *,
    n_pillars: int,
    coverage: float,
    sample_weight: Floats | None = None,
) -> DecisionRule:
    """Choose thresholds for the best F1 of each pillar, and the doubt that leaves a share of texts certain.

    Parameters
    ----------
    probabilities
        Calibrated probabilities of held-out texts, shape (n_texts, n_labels).
    y
        Indicators, shape (n_texts, n_labels).
    n_pillars
        How many of the labels are pillars.
    coverage
        Share of the texts that are not uncertain.
    sample_weight
        Weight of each text in the F1, shape (n_texts,).
    """
    weight = np.ones(len(y)) if sample_weight is None else sample_weight
    thresholds = np.array([_best_threshold(probabilities[:, k], y[:, k], weight) for k in range(n_pillars)])
    errors = DecisionRule(thresholds, np.inf).expected_errors(probabilities)
    return DecisionRule(thresholds, float(np.quantile(errors, coverage)))


def _best_threshold(probabilities: Floats, y: NDArray[np.int_], weight: Floats) -> float:
    """Threshold of the best F1, averaged over its neighbours so that a lucky peak does not win."""
    given = probabilities[None, :] >= GRID[:, None]
    least = np.finfo(float).tiny
    scores = 2 * (given & (y == 1)) @ weight / np.maximum(given @ weight + y @ weight, least)
    smooth = np.convolve(np.pad(scores, 3, mode="edge"), np.ones(7) / 7, mode="valid")
    return float(GRID[smooth.argmax()])
