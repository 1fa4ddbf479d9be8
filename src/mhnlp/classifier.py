"""`PassageClassifier`: pillars and sentiment of Dutch passages in one scikit-learn estimator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold
from sklearn.utils.validation import check_is_fitted

from mhnlp.calibration import DecisionRule, ScoreCalibrator, log_losses, tune
from mhnlp.dutch import BUILTIN, tokenise
from mhnlp.encoder import OUTPUTS, Encoder
from mhnlp.features import NgramVectorizer
from mhnlp.labels import SCHEME, LabelScheme
from mhnlp.linear import LinearScorer
from mhnlp.material import Material, Parts, indicators

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mhnlp.material import Tokens

    Floats = NDArray[np.float64]
    Indicators = NDArray[np.int_]
    Rows = NDArray[np.int_]
    Split = tuple[Rows, Rows]

__all__ = ["Parts", "PassageClassifier", "indicators"]


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

    def fit(  # noqa: PLR0917 - scikit-learn passes what it routes by name
        self,
        X: Sequence[str],
        y: Indicators,
        groups: Sequence[str] | None = None,
        parts: Parts | None = None,
        encoder_scores: Floats | None = None,
        sample_weight: Floats | None = None,
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
        sample_weight
            Weight of each text in the regressions, the calibration and the thresholds, shape (n_texts,).

        Raises
        ------
        ValueError
            If the shapes do not fit, or there are fewer letters than folds.
        """
        material = self._material(X, y, parts, sample_weight)
        splits = self._splits(len(material.y), groups)
        self.scorer_, scores = self._choose(material, splits, self._candidates())
        scores = self._with_encoder(scores, X, encoder_scores)
        known = np.asarray(np.isfinite(scores).all(axis=1))
        self.calibrator_ = self._calibrate(scores, material, np.flatnonzero(known))
        self.held_out_, self.held_out_labels_ = self._said_out_of_fold(scores, material, splits)
        rule = self._tune(self.held_out_, material, np.flatnonzero(known))
        self.thresholds_, self.doubt_ = rule.thresholds, rule.doubt
        self.vectorizer_ = self._new_vectorizer()
        self.scorer_ = _fit_on(material, np.arange(len(material.y)), self.vectorizer_, self.scorer_)
        self.classes_ = np.array(self.scheme.labels)
        self.n_features_in_ = 1
        return self

    def predict_out_of_fold(
        self,
        X: Sequence[str],
        y: Indicators,
        groups: Sequence[str],
        *,
        share: float,
        seed: int,
        always: NDArray[np.bool_] | None = None,
        parts: Parts | None = None,
        encoder_scores: Floats | None = None,
        sample_weight: Floats | None = None,
    ) -> tuple[Floats, Indicators]:
        """What fits on a share of the letters say of held-out texts, with the first penalty and class weight.

        Parameters
        ----------
        X, y, groups, parts, encoder_scores, sample_weight
            As in `fit`.
        share
            Share of the letters of each fold that it is trained on.
        seed
            Seed of the choice of letters.
        always
            Texts whose letters are trained on whatever the share, shape (n_texts,).

        Returns
        -------
        tuple of ndarray, shape (n_texts, n_labels)
            Calibrated probabilities and decisions.
        """
        material = self._material(X, y, parts, sample_weight)
        random = np.random.default_rng(seed)
        fixed = np.zeros(len(X), dtype=bool) if always is None else always
        splits = [
            (_some_letters(train, groups, share, fixed=fixed, random=random), test)
            for train, test in self._splits(len(X), groups)
        ]
        _, scores = self._choose(material, splits, self._candidates()[:1])
        return self._said_out_of_fold(self._with_encoder(scores, X, encoder_scores), material, splits)

    def predict_proba(self, X: Sequence[str], encoder_scores: Floats | None = None) -> Floats:
        """Calibrated probabilities; a text's do not depend on the other texts.

        Parameters
        ----------
        X
            The texts.
        encoder_scores
            As in `fit`. Without scores `encoder` scores the texts.

        Returns
        -------
        ndarray, shape (n_texts, n_labels)
        """
        check_is_fitted(self, "calibrator_")
        if not len(X):
            return np.zeros((0, len(self.scheme.labels)))
        scores = self.scorer_.decision_function(self.vectorizer_.transform(self._tokens(X)))
        return self.calibrator_.predict_proba(self._with_encoder(scores, X, encoder_scores))

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

    def _material(self, X: Sequence[str], y: Indicators, parts: Parts | None, sample_weight: Floats | None) -> Material:
        y = self._check(X, y)
        return Material(self._tokens(X), y, self._tokens(parts.texts) if parts else [], parts, sample_weight)

    def _with_encoder(self, scores: Floats, X: Sequence[str], encoder_scores: Floats | None) -> Floats:
        if self.encoder is None:
            return scores
        return np.hstack([scores, self.encoder.scores(X) if encoder_scores is None else encoder_scores])

    def _tokens(self, texts: Sequence[str]) -> list[Tokens]:
        return tokenise(texts, self.pipeline, lemmas=self.lemmas)

    def _splits(self, n: int, groups: Sequence[str] | None) -> list[Split]:
        letters = np.arange(n) if groups is None else np.asarray(groups)
        if len(np.unique(letters)) < self.folds:
            raise ValueError(f"{self.folds} folds need as many letters; there are {len(np.unique(letters))}")
        folds = GroupKFold(self.folds, shuffle=True, random_state=self.random_state)
        return list(folds.split(np.zeros(n), groups=letters))

    def _new_vectorizer(self) -> NgramVectorizer:
        return NgramVectorizer(self.words, self.characters, self.min_texts)

    def _calibrate(self, scores: Floats, material: Material, train: Rows) -> ScoreCalibrator:
        calibrator = ScoreCalibrator(len(self.scheme.pillars), sentiment_odds=self.sentiment_odds)
        columns = self._columns(scores.shape[1])
        return calibrator.fit(scores[train], material.y[train], columns, material.weights(train))

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

    def _candidates(self) -> list[LinearScorer]:
        return [
            LinearScorer(penalty, weight, self.n_jobs) for penalty in self.penalties for weight in self.class_weights
        ]

    def _choose(
        self, material: Material, splits: list[Split], candidates: list[LinearScorer]
    ) -> tuple[LinearScorer, Floats]:
        """Scorer with the lowest held-out log loss once calibrated, and its held-out scores."""
        scores = np.zeros((len(candidates), *material.y.shape))
        for train, test in splits:
            vectorizer = self._new_vectorizer()
            features, y, weight = material.vectorise(train, vectorizer)
            held_out = vectorizer.transform([material.tokens[index] for index in test])
            for number, candidate in enumerate(candidates):
                scores[number, test] = clone(candidate).fit(features, y, weight).decision_function(held_out)
        losses = [self._loss(own, material) for own in scores] if len(candidates) > 1 else [0.0]
        best = int(np.argmin(losses))
        return candidates[best], scores[best]

    def _loss(self, scores: Floats, material: Material) -> float:
        everything = np.arange(len(scores))
        probabilities = self._calibrate(scores, material, everything).predict_proba(scores)
        losses = log_losses(probabilities, material.y, len(self.scheme.pillars))
        return float(np.average(losses, weights=material.weights(everything)))

    def _said_out_of_fold(self, scores: Floats, material: Material, splits: list[Split]) -> tuple[Floats, Indicators]:
        """Probabilities and decisions, each by a calibration and thresholds learned from other letters' scores."""
        known = np.asarray(np.isfinite(scores).all(axis=1))
        splits = [(train[known[train]], test) for train, test in splits]
        probabilities, decided = np.zeros(material.y.shape), np.zeros_like(material.y)
        for train, test in splits:
            probabilities[test] = self._calibrate(scores, material, train).predict_proba(scores[test])
        for train, test in splits:
            decided[test] = self._tune(probabilities, material, train).decide(probabilities[test])
        return probabilities, decided

    def _tune(self, probabilities: Floats, material: Material, train: Rows) -> DecisionRule:
        return tune(
            probabilities[train],
            material.y[train],
            n_pillars=len(self.scheme.pillars),
            coverage=self.coverage,
            sample_weight=material.weights(train),
        )

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


def _some_letters(
    train: Rows, groups: Sequence[str], share: float, *, fixed: NDArray[np.bool_], random: np.random.Generator
) -> Rows:
    """Rows that are fixed, and those of a share of the other letters, at least two, chosen at random."""
    own = np.asarray(groups)[train]
    letters = np.unique(own[~fixed[train]])
    chosen = random.permutation(letters)[: max(round(share * len(letters)), 2)]
    return train[fixed[train] | np.isin(own, chosen)]


def _fit_on(material: Material, train: Rows, vectorizer: NgramVectorizer, scorer: LinearScorer) -> LinearScorer:
    features, y, weight = material.vectorise(train, vectorizer)
    fitted: LinearScorer = clone(scorer).fit(features, y, weight)
    return fitted
