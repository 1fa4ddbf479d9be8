"""Coefficients of agreement from counts by letter, so that drawing letters anew is a product of matrices.

Alpha after Krippendorff, Content Analysis (4th edition, 2018), chapter 12: of values v, w with the distance d(v, w), it
is 1 - (n - 1) * D / sum(n_v * n_w * d(v, w)). There n_v counts the pairable values v, n is their sum, and D is the sum
over passages of the distances between their values, each passage's divided by its number of values less one. Both D and
n_v are sums over letters.

The distance of sets is MASI: 1 - J * M, J being the share of labels in common among all labels of both, and M 1 for
equal sets, 2/3 where one holds the other, 1/3 where they overlap, 0 else (Passonneau, Measuring agreement on set-valued
items, LREC 2006). Kappa is Cohen's (1960).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mhnlp.bootstrap import sum_by_letter

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.int_]

MISSING = -1
"""Stands for the value of a coder who did not code a passage."""


def nominal(size: int) -> Floats:
    """Distances of values without order: 0 for the same, 1 for others."""
    return 1.0 - np.eye(size)


def masi(sets: Sequence[Set[str]]) -> Floats:
    """Distances of sets, shape (n_sets, n_sets).

    Examples
    --------
    >>> masi([frozenset("a"), frozenset("ab"), frozenset()])[0].round(3).tolist()
    [0.0, 0.667, 1.0]
    """
    return np.array([[set_distance(one, other) for other in sets] for one in sets])


def set_distance(one: Set[str], other: Set[str]) -> float:
    """MASI distance of two sets, between 0 and 1."""
    if one == other:
        return 0.0
    common = one & other
    nesting = 2 / 3 if one <= other or other <= one else 1 / 3
    return 1 - len(common) / len(one | other) * nesting


def alpha_counts(values: Indices, distance: Floats, letters: Indices) -> Floats:
    """Sums by letter from which alpha is made.

    Parameters
    ----------
    values
        Shape (n_passages, n_coders), `MISSING` where a coder gave none.
    distance
        Shape (n_values, n_values).
    letters
        Index of each passage's letter.

    Returns
    -------
    array
        Shape (n_letters, 1 + n_values): the disagreement, and how often each value occurs.
    """
    size = len(distance)
    given = np.stack([(values == value).sum(axis=1) for value in range(size)], axis=1).astype(float)
    raters = given.sum(axis=1)
    given[raters < 2] = 0.0
    disagreement = np.einsum("uv,vw,uw->u", given, distance, given, optimize=True) / np.maximum(raters - 1, 1)
    return sum_by_letter(np.column_stack([disagreement, given]), letters)


def alphas(sums: Floats, distance: Floats) -> Floats:
    """Alpha of sums, shape (…, 1 + n_values); NaN where only one value occurs."""
    disagreement, given = sums[..., 0], sums[..., 1:]
    expected = np.einsum("...v,vw,...w->...", given, distance, given, optimize=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected > 0, 1 - (given.sum(axis=-1) - 1) * disagreement / expected, np.nan)


def observed(sums: Floats) -> Floats:
    """Share of pairs of coders who agree; for distances between 0 and 1, agreement on average."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(1 - sums[..., 0] / sums[..., 1:].sum(axis=-1))


def table_counts(values: Indices, size: int, letters: Indices) -> Floats:
    """Sums by letter of the table of two coders' values.

    Parameters
    ----------
    values
        Shape (n_passages, 2), none missing.
    size
        Number of values.
    letters
        Index of each passage's letter.

    Returns
    -------
    array
        Shape (n_letters, size * size).
    """
    cells = np.zeros((len(values), size * size))
    cells[np.arange(len(values)), values[:, 0] * size + values[:, 1]] = 1
    return sum_by_letter(cells, letters)


def kappas(sums: Floats) -> Floats:
    """Cohen's kappa of tables, shape (…, size * size); NaN where chance alone makes the coders agree."""
    size = int(np.sqrt(sums.shape[-1]))
    tables = sums.reshape(*sums.shape[:-1], size, size)
    total = tables.sum(axis=(-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        agreed = np.trace(tables, axis1=-2, axis2=-1) / total
        chance = (tables.sum(axis=-1) * tables.sum(axis=-2)).sum(axis=-1) / total**2
        return np.where(chance < 1, (agreed - chance) / (1 - chance), np.nan)
