"""The coded passages of the corpus that are most like a text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from mhnlp.annotations.tables import load_corpus
from mhnlp.dutch import tokenise
from mhnlp.model import find_model

if TYPE_CHECKING:
    from scipy import sparse

    from mhnlp.annotations.corpus import AnnotatedCorpus
    from mhnlp.model import Model


@dataclass(frozen=True)
class Neighbour:
    """A coded passage that is like a text.

    Parameters
    ----------
    id, letter
        The passage and its letter in the corpus.
    text
        Its text.
    pillars, sentiment
        Its codes.
    similarity
        Cosine of the n-gram features, from 0 to 1.
    """

    id: str
    letter: str
    text: str
    pillars: tuple[str, ...]
    sentiment: str
    similarity: float


def nearest(text: str, fingerprint: str, *, n: int = 5) -> tuple[Neighbour, ...]:
    """Find the passages of the package's corpus that share most n-grams with a text.

    Parameters
    ----------
    text
        The text; where the corpus holds it, it is left out.
    fingerprint
        Of the model whose n-grams are compared. The first call with a model takes some seconds.
    n
        How many passages.

    Returns
    -------
    tuple of Neighbour
        The most similar first.
    """
    corpus, features = _corpus_features(fingerprint)
    # Words and characters are two blocks of unit length, so that the product runs from 0 to 2.
    similarity = (features @ _features(find_model(fingerprint), [text]).T).toarray()[:, 0] / 2
    order = [index for index in np.argsort(-similarity, kind="stable")[: n + 5] if corpus[index].text != text]
    return tuple(_neighbour(corpus, index, similarity[index]) for index in order[:n])


def _neighbour(corpus: AnnotatedCorpus, index: int, similarity: float) -> Neighbour:
    passage = corpus[index]
    return Neighbour(
        passage.id, passage.letter, passage.text, passage.pillars, passage.sentiment, min(float(similarity), 1.0)
    )


@lru_cache(maxsize=2)
def _corpus_features(fingerprint: str) -> tuple[AnnotatedCorpus, sparse.csr_matrix]:
    corpus = load_corpus()
    return corpus, _features(find_model(fingerprint), corpus.texts)


def _features(model: Model, texts: list[str]) -> sparse.csr_matrix:
    classifier = model.classifier
    return classifier.vectorizer_.transform(tokenise(texts, classifier.pipeline, lemmas=classifier.lemmas))
