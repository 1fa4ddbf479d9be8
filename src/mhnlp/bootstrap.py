"""Intervals by drawing letters.

Bootstrap percentiles (Efron and Tibshirani, An Introduction to the Bootstrap, 1993): passages of one letter resemble
each other, so letters are drawn, not passages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mhnlp.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indicators = NDArray[np.int_]
    Letters = Sequence[str] | NDArray[Any]

DRAWS = 1000
LEVEL = (2.5, 97.5)


def letter_weights(n_letters: int, *, draws: int = DRAWS, seed: int = 0) -> Indicators:
    """How often each letter is drawn, shape (draws, n_letters); the same for the same number of letters."""
    return np.random.default_rng(seed).multinomial(n_letters, np.full(n_letters, 1 / n_letters), size=draws)


def sum_by_letter(values: NDArray[Any], letters: Letters) -> Floats:
    """Sum the rows of each letter, shape (n_letters, …); letters come sorted."""
    names, index = np.unique(np.asarray(letters, dtype=str), return_inverse=True)
    sums = np.zeros((len(names), *np.asarray(values).shape[1:]))
    np.add.at(sums, index, values)
    return sums


def counts_by_letter(gold: Indicators, given: Indicators, letters: Letters) -> Indicators:
    """True positives, false positives and false negatives, shape (n_letters, 3, n_labels)."""
    kinds = np.stack([gold & given, (1 - gold) & given, gold & (1 - given)], axis=1)
    return sum_by_letter(kinds, letters).astype(int)


def resample(counts: Indicators) -> Indicators:
    """Counts of `DRAWS` samples of letters, shape (DRAWS, 3, n_labels)."""
    draws: Indicators = np.einsum("dn,nkl->dkl", letter_weights(len(counts)), counts)
    return draws


def f1(counts: Indicators) -> Floats:
    """F1 from counts of shape (…, 3, n_labels); 0 where a label occurs nowhere."""
    hits, false, missed = np.moveaxis(counts, -2, 0)
    return np.asarray(2 * hits / np.maximum(2 * hits + false + missed, 1), dtype=np.float64)


def estimate(value: float, draws: Floats) -> Estimate:
    """Give a figure with the interval of its draws."""
    low, high = np.percentile(draws, LEVEL)
    return Estimate(float(value), float(low), float(high))
