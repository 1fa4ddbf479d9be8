"""From texts to a sparse matrix of word and character n-grams.

Character n-grams lie within one word, so that the vector of a text is a sum over its word types. Each type's
character n-grams are looked up once; a matrix product does the rest, however many texts hold the word.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain, filterfalse, repeat
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Sized

    from numpy.typing import NDArray

Tokens = tuple[str, ...]

BOUNDARY = " "
"""Marks the beginning and end of a word in its character n-grams, and joins the words of a word n-gram."""

MAX_TYPES = 50_000
"""Words whose character n-grams are kept, about 20 MB."""
DERIVED = frozenset({"_word_index", "_character_index", "_columns_of_type"})
"""Attributes that follow from the vocabulary and are not saved with it."""


class NgramVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """TF-IDF of word n-grams and of character n-grams within words.

    Parameters
    ----------
    words
        Longest word n-gram, in tokens.
    characters
        Shortest and longest character n-gram; a word's n-grams include its boundaries.
    min_texts
        In how many texts an n-gram must occur to be a feature.

    Attributes
    ----------
    words_ : ndarray of str
        Word n-grams, sorted; their columns come first.
    characters_ : ndarray of str
        Character n-grams, sorted.
    idf_ : ndarray of float32, shape (n_features,)
        Smoothed inverse document frequency, ``log((1 + n) / (1 + df)) + 1``.

    Notes
    -----
    Counts are damped to ``1 + log(count)``, weighted by `idf_`, and each of the two blocks of a row is scaled to
    unit length (Salton and Buckley, Information Processing & Management 24(5), 1988).

    Examples
    --------
    >>> vectorizer = NgramVectorizer(min_texts=1).fit([("opvang", "tekort"), ("opvang",)])
    >>> vectorizer.transform([("opvang",)]).shape == (1, len(vectorizer.get_feature_names_out()))
    True
    """

    def __init__(self, words: int = 2, characters: tuple[int, int] = (2, 5), min_texts: int = 2) -> None:
        self.words = words
        self.characters = characters
        self.min_texts = min_texts

    def fit(self, X: Sequence[Tokens], y: object = None) -> Self:  # noqa: ARG002
        """Learn the vocabulary and the weights.

        Parameters
        ----------
        X
            The tokens of each text.
        y
            Not used.
        """
        word_texts: Counter[str] = Counter()
        character_texts: Counter[str] = Counter()
        for tokens in X:
            lowered = _lowered(tokens)
            word_texts.update(set(self._word_ngrams(lowered)))
            character_texts.update({gram for word in set(lowered) for gram in self._character_ngrams(word)})
        self.words_ = self._vocabulary(word_texts)
        self.characters_ = self._vocabulary(character_texts)
        frequencies = [word_texts[gram] for gram in self.words_] + [character_texts[gram] for gram in self.characters_]
        self.idf_ = (np.log((1 + len(X)) / (1 + np.array(frequencies))) + 1).astype(np.float32)
        self._index()
        return self

    def transform(self, X: Sequence[Tokens]) -> sparse.csr_matrix:
        """Vectorise texts.

        Parameters
        ----------
        X
            The tokens of each text.

        Returns
        -------
        csr_matrix of float32, shape (n_texts, n_features)
            A row depends on its own text alone.
        """
        check_is_fitted(self, "idf_")
        if not hasattr(self, "_word_index"):
            self._index()
        lowered = [_lowered(tokens) for tokens in X]
        n_words = len(self.words_)
        words = _scale(self._count_words(lowered), self.idf_[:n_words])
        characters = _scale(self._count_characters(lowered), self.idf_[n_words:])
        return sparse.csr_matrix(sparse.hstack([words, characters], format="csr"))

    def spread(self, tokens: Tokens, coef: NDArray[np.float32]) -> NDArray[np.float64]:
        """Spread what a text's n-grams add to linear scores over its words.

        An n-gram's share goes in equal parts to each place where it stands, and there to each of its words.

        Parameters
        ----------
        tokens
            The tokens of one text, none of them white space.
        coef
            Weights of the features, shape (n_features, n_scores).

        Returns
        -------
        ndarray, shape (n_tokens, n_scores)
            The rows sum to the text's features times `coef`.

        Examples
        --------
        >>> vectorizer = NgramVectorizer(min_texts=1).fit([("opvang", "tekort"), ("politie",)])
        >>> coef = np.ones((len(vectorizer.idf_), 1), dtype=np.float32)
        >>> vectorizer.spread(("opvang", "tekort"), coef).shape
        (2, 1)
        """
        features = self.transform([tokens])
        shares = self._shares(_lowered(tokens))
        totals = np.asarray(shares.sum(axis=0)).ravel()[features.indices]
        worth = features.data.astype(np.float64) / totals
        return np.asarray((shares[:, features.indices].multiply(worth)) @ coef[features.indices].astype(np.float64))

    def _shares(self, words: Sequence[str]) -> sparse.csc_matrix:
        """Each word's part in each n-gram's occurrences, shape (n_words, n_features)."""
        cells: list[tuple[int, int, float]] = []
        for size in range(1, self.words + 1):
            for start in range(len(words) - size + 1):
                column = self._word_index.get(BOUNDARY.join(words[start : start + size]))
                if column is not None:
                    cells += [(start + step, column, 1 / size) for step in range(size)]
        for row, word in enumerate(words):
            cells += [(row, len(self.words_) + int(column), 1.0) for column in self._character_columns(word)]
        rows, columns, values = zip(*cells, strict=True) if cells else ((), (), ())
        return sparse.csc_matrix((values, (rows, columns)), shape=(len(words), len(self.idf_)))

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.str_]:  # noqa: ARG002
        """Names of the columns: ``word:…`` and ``chars:…``."""
        words = np.char.add("word:", self.words_)
        return np.concatenate([words, np.char.add("chars:", self.characters_)])

    def _vocabulary(self, texts: Counter[str]) -> NDArray[np.str_]:
        return np.array(sorted(gram for gram, count in texts.items() if count >= self.min_texts), dtype=np.str_)

    def _index(self) -> None:
        self._word_index = {str(gram): column for column, gram in enumerate(self.words_)}
        self._character_index = {str(gram): column for column, gram in enumerate(self.characters_)}
        self._columns_of_type: dict[str, NDArray[np.int32]] = {}

    def _word_ngrams(self, words: Sequence[str]) -> Iterator[str]:
        longer = (zip(*(words[start:] for start in range(size)), strict=False) for size in range(2, self.words + 1))
        return chain(words, map(BOUNDARY.join, chain.from_iterable(longer)))

    def _character_ngrams(self, word: str) -> Iterator[str]:
        padded = BOUNDARY + word + BOUNDARY
        shortest, longest = self.characters
        for size in range(shortest, longest + 1):
            for start in range(len(padded) - size + 1):
                yield padded[start : start + size]

    def _count_words(self, texts: Sequence[Sequence[str]]) -> sparse.csr_matrix:
        grams = [[*self._word_ngrams(words)] for words in texts]
        columns = np.fromiter(map(self._word_index.get, chain.from_iterable(grams), repeat(-1)), np.int32)
        known = columns >= 0
        before = np.concatenate([[0], np.cumsum(known)])
        counts = _incidence(columns[known], before[_pointers(grams)], len(self._word_index))
        counts.sum_duplicates()
        return counts

    def _count_characters(self, texts: Sequence[Sequence[str]]) -> sparse.csr_matrix:
        """Count character n-grams as (texts × types) @ (types × n-grams)."""
        types = {word: row for row, word in enumerate(dict.fromkeys(chain.from_iterable(texts)))}
        of_types = [self._character_columns(word) for word in types]
        of_texts = np.fromiter(map(types.__getitem__, chain.from_iterable(texts)), np.int32)
        by_type = _incidence(
            np.concatenate([*of_types, np.zeros(0, np.int32)]), _pointers(of_types), len(self._character_index)
        )
        product = _incidence(of_texts, _pointers(texts), len(types)) @ by_type
        # The order within a row depends on the other texts unless sorted, and with it the last bit of a sum. To turn
        # rows into columns and back sorts them, five times as fast as `sort_indices`.
        return sparse.csr_matrix(product.tocsc().tocsr())

    def _character_columns(self, word: str) -> NDArray[np.int32]:
        """Columns of the character n-grams of a word, kept for the next text that has it."""
        columns = self._columns_of_type.get(word)
        if columns is None:
            if len(self._columns_of_type) >= MAX_TYPES:
                self._columns_of_type.clear()
            index = self._character_index
            columns = np.array([index[gram] for gram in self._character_ngrams(word) if gram in index], np.int32)
            self._columns_of_type[word] = columns
        return columns

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = super().__getstate__()
        return {name: value for name, value in state.items() if name not in DERIVED}


def _lowered(tokens: Tokens) -> list[str]:
    return [*map(str.lower, filterfalse(str.isspace, tokens))]


def _pointers(rows: Sequence[Sized]) -> NDArray[np.int64]:
    """Where each row begins when they are put one after the other, and where the last one ends."""
    return np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)


def _incidence(columns: NDArray[np.int32], pointers: NDArray[np.int64], n_columns: int) -> sparse.csr_matrix:
    """Matrix with a one wherever a row names a column; a column named twice stands in it twice, and counts so."""
    ones = np.ones(len(columns), dtype=np.float32)
    return sparse.csr_matrix((ones, columns, pointers), shape=(len(pointers) - 1, n_columns))


def _scale(counts: sparse.csr_matrix, idf: NDArray[np.float32]) -> sparse.csr_matrix:
    """Damp counts, weight them by `idf`, and scale each row to unit length."""
    weighted = counts.copy()
    weighted.data = (1 + np.log(counts.data)) * idf[counts.indices]
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    squares = np.bincount(rows, weights=weighted.data.astype(np.float64) ** 2, minlength=counts.shape[0])
    lengths = np.where(squares > 0, np.sqrt(squares), 1.0)
    weighted.data = (weighted.data / lengths[rows]).astype(np.float32)
    return weighted
