"""What parts of a text add to the log odds of its labels.

For n-grams the parts are exact shares of the regressions' sums. For an encoder they are estimated in one run of its
graph, by passing over a part. The calibration, which is linear in log odds, joins the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mhnlp.dutch import tokenise
from mhnlp.encoder import CODES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mhnlp.classifier import PassageClassifier

    Floats = NDArray[np.float64]
    Span = tuple[int, int]


def weigh(
    classifier: PassageClassifier,
    text: str,
    probabilities: Floats,
    *,
    words: Sequence[Span],
    sentences: Sequence[Span],
) -> tuple[Floats, Floats]:
    """Weigh a text's words and sentences for each label.

    Parameters
    ----------
    classifier
        A fitted classifier.
    text
        A text whose white space is single spaces.
    probabilities
        Of its labels, shape (n_labels,).
    words
        Where each of the classifier's tokens begins and ends in the text.
    sentences
        Where each sentence begins and ends.

    Returns
    -------
    words : ndarray, shape (n_words, n_labels)
        What each adds to the log odds of each label, to first order; negative where it speaks against the label.
    sentences : ndarray, shape (n_sentences, n_labels)
    """
    scores = _ngram_scores(classifier, text, words, sentences)
    if classifier.encoder is not None:
        left_out = _with_sentiments(classifier.encoder.scores_without(text, [(0, 0), *words, *sentences]))
        scores = np.hstack([scores, left_out[0] - left_out[1:]])
    weights = _log_odds(classifier, probabilities, scores)
    return weights[: len(words)], weights[len(words) :]


def _ngram_scores(classifier: PassageClassifier, text: str, words: Sequence[Span], sentences: Sequence[Span]) -> Floats:
    tokens = tokenise([text], classifier.pipeline, lemmas=classifier.lemmas)[0]
    own = classifier.vectorizer_.spread(tokens, classifier.scorer_.coef_)
    within = [[start <= word_start < end for word_start, _ in words] for start, end in sentences]
    return np.vstack([own, np.array(within, dtype=float).reshape(len(sentences), len(words)) @ own])


def _with_sentiments(codes: Floats) -> Floats:
    """Add the log odds of the four sentiments, as they follow from praise and criticism taken as independent.

    The encoder's heads for parts of a text give praise and criticism alone.
    """
    chance = 1 / (1 + np.exp(-codes[:, [CODES.index("praise"), CODES.index("criticism")]]))
    praise, criticism = np.clip(chance.T, 1e-9, 1 - 1e-9)
    sentiments = [
        praise * (1 - criticism),
        (1 - praise) * criticism,
        praise * criticism,
        (1 - praise) * (1 - criticism),
    ]
    return np.hstack([codes, np.array([np.log(each) - np.log1p(-each) for each in sentiments]).T])


def _log_odds(classifier: PassageClassifier, probabilities: Floats, scores: Floats) -> Floats:
    """Turn changes of scores into changes of the labels' log odds."""
    calibrator = classifier.calibrator_
    logits = scores @ (calibrator.coef_ / calibrator.scale_).T
    n_pillars = calibrator.n_pillars
    sentiments = logits[:, n_pillars:]
    chance = probabilities[n_pillars:]
    # The derivative of log(p / (1 - p)) of a softmax: a label gains what the others lose.
    rest = (sentiments @ chance)[:, None] - sentiments * chance
    logits[:, n_pillars:] = sentiments - rest / np.maximum(1 - chance, 1e-9)
    return np.asarray(logits)
