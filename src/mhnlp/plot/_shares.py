"""Shares of passages with their bootstrap intervals over letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mhnlp.bootstrap import LEVEL, draw_sums, sum_by_letter
from mhnlp.plot._words import Language, group_name, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DRAWS = 2000
MIN_LETTERS = 5
"""Fewest letters from which an interval is drawn."""


@dataclass(frozen=True)
class Shares:
    """Shares in percent; NaN where there are no passages, and for intervals where there are too few letters.

    Parameters
    ----------
    groups
        The groups.
    value, low, high
        Shape (n_groups, n_labels).
    passages, letters
        Size of each group, shape (n_groups,).
    """

    groups: tuple[object, ...]
    value: Floats
    low: Floats
    high: Floats
    passages: NDArray[np.int_]
    letters: NDArray[np.int_]

    @property
    def reach(self) -> Floats:
        """Lengths of the whiskers as matplotlib takes them, shape (2, n_groups, n_labels); 0 for no interval."""
        return np.nan_to_num(np.stack([self.value - self.low, self.high - self.value]))

    @property
    def known(self) -> NDArray[np.bool_]:
        """Whether there is an interval, shape (n_groups, n_labels)."""
        return np.isfinite(self.low)


def figure(found: Shares, group: int, label: int, language: Language) -> str:
    """Write a share with its interval, in percent."""
    value, low, high = (part[group, label] for part in (found.value, found.low, found.high))
    interval = f" [{number(low, language)}, {number(high, language)}]" if np.isfinite(low) else ""
    return f"{number(value, language)}{interval}"


def sized(found: Shares, by: str | None, language: Language) -> list[str]:
    """Names of the groups, each with the number of its passages."""
    return [
        f"{group_name(name, by, language)} ({number(n, language)})"
        for name, n in zip(found.groups, found.passages, strict=True)
    ]


def shares(
    flags: NDArray[np.bool_],
    letters: NDArray[np.object_],
    masks: Sequence[NDArray[np.bool_]],
    groups: Sequence[object],
) -> Shares:
    """Count shares in groups of passages.

    Parameters
    ----------
    flags
        Shape (n_passages, n_labels).
    letters
        Shape (n_passages,).
    masks
        For each group, whether each passage is in it; a passage may be in several.
    groups
        Names of the groups.
    """
    figures = [_share(flags[mask], letters[mask]) for mask in masks]
    value, low, high = np.moveaxis(np.array(figures), 1, 0)
    return Shares(
        tuple(groups),
        value,
        low,
        high,
        np.array([mask.sum() for mask in masks]),
        np.array([len(set(letters[mask])) for mask in masks]),
    )


def _share(flags: NDArray[np.bool_], letters: NDArray[np.object_]) -> Floats:
    """Share and interval of each label in percent, shape (3, n_labels)."""
    unknown = np.full(flags.shape[1], np.nan)
    if not len(flags):
        return np.stack([unknown, unknown, unknown])
    value = 100 * flags.mean(axis=0)
    counts = sum_by_letter(np.column_stack([flags, np.ones(len(flags))]), letters)
    if len(counts) < MIN_LETTERS:
        return np.stack([value, unknown, unknown])
    drawn = draw_sums(counts, draws=DRAWS)
    low, high = np.percentile(100 * drawn[:, :-1] / drawn[:, -1:], LEVEL, axis=0)
    # Where every letter is alike no resampling differs, which is no sign of certainty.
    alike = low == high
    return np.stack([value, np.where(alike, np.nan, low), np.where(alike, np.nan, high)])
