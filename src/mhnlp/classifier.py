"""`PassageClassifier`: pillars and sentiment of Dutch passages in one scikit-learn estimator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.metrics import f1_score, log_loss
from sklearn.model_selection import GroupKFold
from sklearn.utils.validation import check_is_fitted

from mhnlp.calibration import DecisionRule, ScoreCalibrator, tune
from mhnlp.dutch import BUILTIN, tokenise
from mhnlp.encoder import OUTPUTS, Encoder
from mhnlp.features import NgramVectorizer
from mhnlp.labels import SCHEME, LabelScheme
from mhnlp.linear import LinearScorer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indicators = NDArray[np.int_]

Tokens = tuple[str, ...]


@dataclass(frozen=True)
class Parts:
    """Parts of the training texts with labels of their own, as further training material.

    Parameters
    ----------
    texts
        Sentences and runs of sentences.
    y
        Their labels, shape (n_parts, n_labels).
    whole
        Index of the training text that each is a part of: a part is only used where its whole is.
    weight
        Weight of each part beside a whole text's 1, shape (n_parts,).
    """

    texts: Sequence[str]
    y: Indicators
    whole: NDArray[np.int_]
    weight: Floats


def indicators(pillars: Sequence[Iterable[str]], sentiments: Sequence[str], scheme: LabelScheme = SCHEME) -> Indicators:
    """Labels as the 0/1 matrix that `PassageClassifier` takes and gives.

    Parameters
    ----------
    pillars
        The pillars of each text.
    sentiments
        The sentiment of each text.
    scheme
        The label scheme, which orders the columns.

    Returns
    -------
    ndarray of int, shape (n_texts, n_labels)

    Raises
    ------
    ValueError
        If a label is not in the scheme.

    Examples
    --------
    >>> indicators([["shelter"], []], ["negative", "neutral"])
    array([[0, 0, 0, 1, 0, 0, 1, 0, 0],
           [0, 0, 0, 0, 0, 0, 0, 0, 1]])
    """
    for own, sentiment in zip(pillars, sentiments, strict=True):
        scheme.in_order(own)
        if sentiment not in scheme.sentiments:
            raise ValueError(f"{sentiment!r} is no sentiment; the sentiments are {', '.join(scheme.sentiments)}")
    rows = [
        [label in set(own) for label in scheme.pillars] + [label == sentiment for label in scheme.sentiments]
        for own, sentiment in zip(pillars, sentiments, strict=True)
    ]
    return np.array(rows, dtype=int).reshape(len(rows), len(scheme.labels))


class PassageClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Tag passages with any number of pillars and one sentiment.

    Word and character n-grams of the Dutch pipeline's tokens feed one logistic regression a label. Their penalty
    and class weight are chosen, their scores calibrated, and the thresholds tuned on predictions for letters that
    the regressions were not trained on.

    Parameters
    ----------
    scheme
        The label scheme.
    pipeline
        The Dutch pipeline that tokenises, as `mhnlp.dutch.load_pipeline` takes it.
    lemmas
        Whether to train on lemmas, which a trained pipeline gives, instead of words.
    words, characters, min_texts
        As in `mhnlp.features.NgramVectorizer`.
    penalties
        Inverse strengths of the penalty to choose from.
    class_weights
        Class weights to choose from.
    folds
        Number of folds for what is learned out of fold.
    coverage
        Share of held-out passages that are not to be called uncertain.
    sentiment_odds
        For each sentiment, how much commoner it is expected to be in the letters to be labelled than in the training
        letters, as a factor of its odds; None for equally common.
    encoder
        A fine-tuned encoder whose log odds join those of the regressions before calibration; None for n-grams
        alone.
    random_state
        Seed of the split into folds.
    n_jobs
        Labels fitted at once.

    Attributes
    ----------
    vectorizer_ : NgramVectorizer
    scorer_ : LinearScorer
    calibrator_ : ScoreCalibrator
    thresholds_ : ndarray, shape (n_pillars,)
    doubt_ : float
        Expected number of wrong decisions above which a passage is uncertain.
    held_out_ : ndarray, shape (n_texts, n_labels)
        Calibrated probabilities of the training texts, each by regressions that never saw its letter and a calibration
        fitted on the other letters.
    held_out_labels_ : ndarray, shape (n_texts, n_labels)
        The labels that follow, by thresholds tuned on the other letters.
    n_features_in_ : int
        Always 1: the text.
    classes_ : ndarray of str
        The labels, in the order of the columns.

    Examples
    --------
    >>> texts = ["Er zijn te weinig opvangplaatsen.", "De politie rondde een onderzoek af."] * 6
    >>> y = indicators([["shelter"], ["investigation"]] * 6, ["negative", "neutral"] * 6)
    >>> model = PassageClassifier(min_texts=1, folds=2).fit(texts, y)
    >>> model.predict(["Er zijn weinig opvangplaatsen."])
    array([[0, 0, 0, 1, 0, 0, 1, 0, 0]])
    """

    def __init__(
        self,
        *,
        scheme: LabelScheme = SCHEME,
        pipeline: str = BUILTIN,
        lemmas: bool = False,
        words: int = 2,
        characters: tuple[int, int] = (2, 5),
        min_texts: int = 2,
        penalties: tuple[float, ...] = (1.0, 3.0),
        class_weights: tuple[str | None, ...] = ("balanced", None),
        folds: int = 5,
        coverage: float = 0.7,
        sentiment_odds: tuple[float, ...] | None = None,
        encoder: Encoder | None = None,
        random_state: int = 0,
        n_jobs: int | None = None,
    ) -> None:
        self.scheme = scheme
        self.pipeline = pipeline
        self.lemmas = lemmas
        self.words = words
        self.characters = characters
        self.min_texts = min_texts
        self.penalties = penalties
        self.class_weights = class_weights
        self.folds = folds
        self.coverage = coverage
        self.sentiment_odds = sentiment_odds
        self.encoder = encoder
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(
        self,
        X: Sequence[str],
        y: Indicators,
        groups: Sequence[str] | None = None,
        parts: Parts | None = None,
        encoder_scores: Floats | None = None,
    ) -> Self:
        """Train on coded passages.

        Parameters
        ----------
        X
            The texts.
        y
            Their labels as `indicators` gives them, shape (n_texts, n_labels).
        groups
            The letter of each text; texts of one letter never stand on both sides of a split. Without it each
            text is its own letter.
        parts
            Coded parts of the texts as further training material.
        encoder_scores
            Scores of the texts by encoders that were not trained on their letters, shape (n_texts, 11). A text
            whose scores are NaN takes no part in calibration and thresholds. Without scores `encoder` scores the
            texts, which is right where it was trained on none of them.

        Raises
        ------
        ValueError
            If the shapes do not fit, or there are fewer letters than folds.
        """
        y = self._check(X, y)
        material = _Material(self._tokens(X), y, self._tokens(parts.texts) if parts else [], parts)
        splits = self._splits(len(y), groups)
        self.scorer_, scores = self._choose(material, splits)
        if self.encoder is not None:
            scores = np.hstack([scores, self.encoder.scores(X) if encoder_scores is None else encoder_scores])
        known = np.asarray(np.isfinite(scores).all(axis=1))
        splits = [(train[known[train]], test) for train, test in splits]
        self.calibrator_ = self._calibrate(scores[known], y[known])
        self.held_out_ = self._calibrated_out_of_fold(scores, y, splits)
        self.held_out_labels_ = self._decided_out_of_fold(y, splits)
        rule = self._tune(self.held_out_[known], y[known])
        self.thresholds_, self.doubt_ = rule.thresholds, rule.doubt
        self.vectorizer_ = self._new_vectorizer()
        self.scorer_ = _fit_on(material, np.arange(len(y)), self.vectorizer_, self.scorer_)
        self.classes_ = np.array(self.scheme.labels)
        self.n_features_in_ = 1
        return self

    def predict_proba(self, X: Sequence[str]) -> Floats:
        """Calibrated probabilities, shape (n_texts, n_labels); a text's do not depend on the other texts."""
        check_is_fitted(self, "calibrator_")
        if not len(X):
            return np.zeros((0, len(self.scheme.labels)))
        return self.calibrator_.predict_proba(self._scores(X))

    def predict(self, X: Sequence[str]) -> Indicators:
        """Labels as `indicators` gives them, shape (n_texts, n_labels)."""
        return self.rule.decide(self.predict_proba(X))

    def score(self, X: Sequence[str], y: Indicators, sample_weight: None = None) -> float:  # noqa: ARG002
        """Mean of the macro-F1 of the pillars and that of the sentiments."""
        split = [len(self.scheme.pillars)]
        pairs = zip(np.split(np.asarray(y), split, axis=1), np.split(self.predict(X), split, axis=1), strict=True)
        return float(np.mean([f1_score(gold, given, average="macro", zero_division=0.0) for gold, given in pairs]))

    @property
    def rule(self) -> DecisionRule:
        """How the probabilities become labels."""
        check_is_fitted(self, "thresholds_")
        return DecisionRule(self.thresholds_, self.doubt_)

    def _check(self, X: Sequence[str], y: Indicators) -> Indicators:
        if isinstance(X, str):
            raise TypeError("X is one text; give a list of texts")
        y = np.asarray(y)
        if y.shape != (len(X), len(self.scheme.labels)):
            raise ValueError(f"y has the shape {y.shape}, not ({len(X)}, {len(self.scheme.labels)})")
        if not np.isin(y, (0, 1)).all() or (y[:, len(self.scheme.pillars) :].sum(axis=1) != 1).any():
            raise ValueError("y holds zeros and ones, with exactly one sentiment a text; make it with `indicators`")
        return y.astype(int)

    def _tokens(self, texts: Sequence[str]) -> list[Tokens]:
        return tokenise(texts, self.pipeline, lemmas=self.lemmas)

    def _splits(self, n: int, groups: Sequence[str] | None) -> list[tuple[NDArray[np.int_], NDArray[np.int_]]]:
        letters = np.arange(n) if groups is None else np.asarray(groups)
        if len(np.unique(letters)) < self.folds:
            raise ValueError(f"{self.folds} folds need as many letters; there are {len(np.unique(letters))}")
        folds = GroupKFold(self.folds, shuffle=True, random_state=self.random_state)
        return list(folds.split(np.zeros(n), groups=letters))

    def _new_vectorizer(self) -> NgramVectorizer:
        return NgramVectorizer(self.words, self.characters, self.min_texts)

    def _scores(self, X: Sequence[str]) -> Floats:
        """Log odds of the labels by the regressions, then those of the encoder, shape (n_texts, n_scores)."""
        scores = self.scorer_.decision_function(self.vectorizer_.transform(self._tokens(X)))
        return scores if self.encoder is None else np.hstack([scores, self.encoder.scores(X)])

    def _calibrate(self, scores: Floats, y: Indicators) -> ScoreCalibrator:
        calibrator = ScoreCalibrator(len(self.scheme.pillars), sentiment_odds=self.sentiment_odds)
        return calibrator.fit(scores, y, self._columns(scores.shape[1]))

    def _columns(self, n_scores: int) -> list[list[int]]:
        """Scores that each pillar's calibration may use, and last those that the sentiments' may use.

        A pillar uses its own; one that the encoder does not know (of another scheme) uses all of the encoder's.
        """
        n_pillars, n_labels = len(self.scheme.pillars), len(self.scheme.labels)
        own = [[pillar] for pillar in range(n_pillars)] + [list(range(n_pillars, n_labels))]
        if n_scores == n_labels:
            return own
        encoded = {name: n_labels + column for column, name in enumerate(OUTPUTS)}
        for number, pillar in enumerate(self.scheme.pillars):
            own[number] += [encoded[pillar]] if pillar in encoded else list(encoded.values())
        own[-1] += [column for name, column in encoded.items() if name not in self.scheme.pillars]
        return own

    def _choose(
        self, material: _Material, splits: list[tuple[NDArray[np.int_], NDArray[np.int_]]]
    ) -> tuple[LinearScorer, Floats]:
        """Scorer with the lowest held-out log loss once calibrated, and its held-out scores."""
        candidates = [
            LinearScorer(penalty, weight, self.n_jobs) for penalty in self.penalties for weight in self.class_weights
        ]
        scores = np.zeros((len(candidates), *material.y.shape))
        for train, test in splits:
            vectorizer = self._new_vectorizer()
            features, y, weight = material.vectorise(train, vectorizer)
            held_out = vectorizer.transform([material.tokens[index] for index in test])
            for number, candidate in enumerate(candidates):
                scores[number, test] = clone(candidate).fit(features, y, weight).decision_function(held_out)
        losses = [self._loss(own, material.y) for own in scores]
        best = int(np.argmin(losses))
        return candidates[best], scores[best]

    def _loss(self, scores: Floats, y: Indicators) -> float:
        n_pillars = len(self.scheme.pillars)
        probabilities = self._calibrate(scores, y).predict_proba(scores)
        pillars = sum(log_loss(y[:, k], probabilities[:, k], labels=[0, 1]) for k in range(n_pillars))
        sentiments = -np.log((probabilities[:, n_pillars:] * y[:, n_pillars:]).sum(axis=1)).mean()
        return float(pillars + sentiments)

    def _calibrated_out_of_fold(
        self, scores: Floats, y: Indicators, splits: list[tuple[NDArray[np.int_], NDArray[np.int_]]]
    ) -> Floats:
        held_out = np.zeros(y.shape)
        for train, test in splits:
            held_out[test] = self._calibrate(scores[train], y[train]).predict_proba(scores[test])
        return held_out

    def _decided_out_of_fold(
        self, y: Indicators, splits: list[tuple[NDArray[np.int_], NDArray[np.int_]]]
    ) -> Indicators:
        decided = np.zeros_like(y)
        for train, test in splits:
            decided[test] = self._tune(self.held_out_[train], y[train]).decide(self.held_out_[test])
        return decided

    def _tune(self, probabilities: Floats, y: Indicators) -> DecisionRule:
        return tune(probabilities, y, n_pillars=len(self.scheme.pillars), coverage=self.coverage)

    def forget_training(self) -> None:
        """Drop what is kept of the training texts, which a model that labels other texts does not need."""
        del self.held_out_, self.held_out_labels_

    def __sklearn_tags__(self) -> object:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.target_tags.multi_output = True
        tags.classifier_tags.multi_label = True
        return tags


@dataclass(frozen=True)
class _Material:
    """Tokens and labels of the training texts and of their parts."""

    tokens: list[Tokens]
    y: Indicators
    part_tokens: list[Tokens]
    parts: Parts | None

    def vectorise(self, train: NDArray[np.int_], vectorizer: NgramVectorizer) -> tuple[object, Indicators, Floats]:
        """Features, labels and weights of some texts and of the parts of just these."""
        tokens = [self.tokens[index] for index in train]
        vectorizer.fit(tokens)
        if self.parts is None:
            return vectorizer.transform(tokens), self.y[train], np.ones(len(train))
        own = np.flatnonzero(np.isin(self.parts.whole, train))
        tokens += [self.part_tokens[index] for index in own]
        weight = np.concatenate([np.ones(len(train)), self.parts.weight[own]])
        return vectorizer.transform(tokens), np.vstack([self.y[train], self.parts.y[own]]), weight


def _fit_on(
    material: _Material, train: NDArray[np.int_], vectorizer: NgramVectorizer, scorer: LinearScorer
) -> LinearScorer:
    features, y, weight = material.vectorise(train, vectorizer)
    fitted: LinearScorer = clone(scorer).fit(features, y, weight)
    return fitted
