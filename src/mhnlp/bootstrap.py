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
CHUNK = 100
"""Draws made at once, which bounds the memory for archives of many letters."""
LEVEL = (2.5, 97.5)


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


def draw_sums(sums: NDArray[Any], *, draws: int = DRAWS, seed: int = 0) -> Floats:
    """Sum over letters drawn with replacement.

    Parameters
    ----------
    sums
        Sums by letter, shape (n_letters, …).
    draws
        How many times the letters are drawn.
    seed
        Of the random numbers: with the same, the same letters are drawn for every array of as many letters.

    Returns
    -------
    array
        Shape (draws, …).
    """
    n_letters = len(sums)
    random = np.random.default_rng(seed)
    chances, rows = np.full(n_letters, 1 / n_letters), np.reshape(sums, (n_letters, -1))
    sizes = (min(CHUNK, draws - start) for start in range(0, draws, CHUNK))
    drawn = np.concatenate([random.multinomial(n_letters, chances, size=size) @ rows for size in sizes])
    return np.asarray(drawn.reshape(draws, *np.shape(sums)[1:]), dtype=np.float64)


def f1(counts: NDArray[Any]) -> Floats:
    """F1 from counts of shape (…, 3, n_labels); 0 where a label occurs nowhere."""
    hits, false, missed = np.moveaxis(counts, -2, 0)
    return np.asarray(2 * hits / np.maximum(2 * hits + false + missed, 1), dtype=np.float64)


def estimate(value: float | Floats, draws: Floats) -> Estimate:
    """Give a figure with the interval of its draws; draws for which it is not defined (NaN) are left out."""
    defined = draws[~np.isnan(draws)]
    low, high = np.percentile(defined, LEVEL) if len(defined) else (np.nan, np.nan)
    return Estimate(float(value), float(low), float(high))
