"""Training texts with their labels, parts and weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mhnlp.labels import SCHEME, LabelScheme

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from scipy import sparse

    from mhnlp.features import NgramVectorizer

    Floats = NDArray[np.float64]
    Indicators = NDArray[np.int_]
    Rows = NDArray[np.int_]

Tokens = tuple[str, ...]


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


@dataclass(frozen=True)
class Material:
    """Tokens and labels of the training texts and of their parts."""

    tokens: list[Tokens]
    y: Indicators
    part_tokens: list[Tokens]
    parts: Parts | None
    weight: Floats | None = None

    def weights(self, rows: Rows) -> Floats | None:
        """Weights of some texts; None where each counts as one."""
        return None if self.weight is None else self.weight[rows]

    def vectorise(self, train: Rows, vectorizer: NgramVectorizer) -> tuple[sparse.csr_matrix, Indicators, Floats]:
        """Features, labels and weights of some texts and of the parts of just these."""
        tokens = [self.tokens[index] for index in train]
        vectorizer.fit(tokens)
        texts = np.ones(len(self.y)) if self.weight is None else self.weight
        if self.parts is None:
            return vectorizer.transform(tokens), self.y[train], texts[train]
        own = np.flatnonzero(np.isin(self.parts.whole, train))
        tokens += [self.part_tokens[index] for index in own]
        weight = np.concatenate([texts[train], self.parts.weight[own] * texts[self.parts.whole[own]]])
        return vectorizer.transform(tokens), np.vstack([self.y[train], self.parts.y[own]]), weight
