from __future__ import annotations

import math
import pickle
from collections import Counter

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from mhnlp.features import NgramVectorizer

TEXTS = [
    ("De", "opvang", "is", "vol", "en", "de", "opvang", "blijft", "vol"),
    ("De", "politie", "vervolgt", "de", "daders"),
    ("Opvang", "en", "politie"),
    ("de", "wachttijd"),
]


def word_grams(tokens, longest):
    words = [token.lower() for token in tokens]
    return [
        " ".join(words[start : start + size])
        for size in range(1, longest + 1)
        for start in range(len(words) - size + 1)
    ]


def character_grams(tokens, shortest, longest):
    padded = [f" {token.lower()} " for token in tokens]
    return [
        word[start : start + size]
        for word in padded
        for size in range(shortest, longest + 1)
        for start in range(len(word) - size + 1)
    ]


def reference_block(texts, new, grams, least):
    """TF-IDF with damped counts, smoothed weights and unit length, written out."""
    counts = [Counter(grams(text)) for text in texts]
    document_frequency = Counter(gram for own in counts for gram in own)
    vocabulary = sorted(gram for gram, count in document_frequency.items() if count >= least)
    rows = []
    for text in new:
        own = Counter(grams(text))
        row = [
            (1 + math.log(own[gram])) * (math.log((1 + len(texts)) / (1 + document_frequency[gram])) + 1)
            if own[gram]
            else 0.0
            for gram in vocabulary
        ]
        length = math.sqrt(sum(value * value for value in row)) or 1.0
        rows.append([value / length for value in row])
    return vocabulary, np.array(rows)


@pytest.mark.parametrize("least", [1, 2])
def test_matrix_equals_the_written_out_weights(least):
    new = [*TEXTS, ("De", "onbekende", "opvang"), ()]
    vectorizer = NgramVectorizer(words=2, characters=(2, 4), min_texts=least).fit(TEXTS)
    words, word_rows = reference_block(TEXTS, new, lambda text: word_grams(text, 2), least)
    chars, char_rows = reference_block(TEXTS, new, lambda text: character_grams(text, 2, 4), least)
    names = [f"word:{gram}" for gram in words] + [f"chars:{gram}" for gram in chars]
    assert vectorizer.get_feature_names_out().tolist() == names
    np.testing.assert_allclose(vectorizer.transform(new).toarray(), np.hstack([word_rows, char_rows]), atol=1e-6)


def test_row_is_bit_identical_alone_and_among_others(corpus):
    texts = [tuple(text.split()) for text in corpus.texts[:60]]
    vectorizer = NgramVectorizer().fit(texts)
    together = vectorizer.transform(texts)
    for index in (0, 17, 59):
        alone = vectorizer.transform([texts[index]])
        assert alone.indices.tobytes() == together[index].indices.tobytes()
        assert alone.data.tobytes() == together[index].data.tobytes()


def test_order_of_the_training_texts_does_not_matter():
    one, other = (NgramVectorizer(min_texts=1).fit(texts) for texts in (TEXTS, TEXTS[::-1]))
    assert one.get_feature_names_out().tolist() == other.get_feature_names_out().tolist()
    assert one.idf_.tobytes() == other.idf_.tobytes()


@pytest.mark.parametrize("text", [(), (" ", "\n"), ("qqq", "xxx")])
def test_text_without_known_words_is_a_row_of_zeros(text):
    rows = NgramVectorizer(min_texts=1).fit(TEXTS).transform([text, TEXTS[0]])
    assert rows[0].nnz == 0
    assert rows[1].nnz > 0


def test_no_texts_are_no_rows():
    vectorizer = NgramVectorizer(min_texts=1).fit(TEXTS)
    assert vectorizer.transform([]).shape == (0, len(vectorizer.idf_))


def test_unfitted_vectorizer_says_so():
    with pytest.raises(NotFittedError):
        NgramVectorizer().transform(TEXTS)


def test_pickled_vectorizer_transforms_alike_and_clone_is_unfitted():
    vectorizer = NgramVectorizer(min_texts=1).fit(TEXTS)
    again = pickle.loads(pickle.dumps(vectorizer))  # noqa: S301 - made a line above
    assert (again.transform(TEXTS) != vectorizer.transform(TEXTS)).nnz == 0
    assert not hasattr(clone(vectorizer), "idf_")


def test_spread_over_words_sums_to_the_scores_of_the_text():
    texts = [("De", "opvang", "is", "vol"), ("De", "opvang", "van", "De", "opvang")]
    vectorizer = NgramVectorizer(min_texts=1).fit(texts)
    coef = np.random.default_rng(3).normal(size=(len(vectorizer.idf_), 2)).astype(np.float32)
    for tokens in [*texts, ("opvang",), ("onbekend", "opvang")]:
        spread = vectorizer.spread(tokens, coef)
        assert spread.shape == (len(tokens), 2)
        np.testing.assert_allclose(spread.sum(axis=0), (vectorizer.transform([tokens]) @ coef)[0], rtol=1e-5)


def test_spread_gives_words_without_known_ngrams_nothing():
    vectorizer = NgramVectorizer(min_texts=1).fit([("opvang",)])
    coef = np.ones((len(vectorizer.idf_), 1), dtype=np.float32)
    assert vectorizer.spread(("木", "opvang"), coef)[0].tolist() == [0.0]
    assert vectorizer.spread((), coef).shape == (0, 1)
