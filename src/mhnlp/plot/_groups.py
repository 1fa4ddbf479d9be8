"""Groups of passages that figures compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mhnlp.errors import TableError
from mhnlp.plot._table import NONE, need

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mhnlp.labels import LabelScheme
    from mhnlp.plot._table import Coded


@dataclass(frozen=True)
class Groups:
    """Names of groups and, for each, whether each passage is in it."""

    names: tuple[object, ...]
    masks: tuple[NDArray[np.bool_], ...]

    @property
    def shown(self) -> NDArray[np.bool_]:
        """Whether each passage is in a group."""
        return np.asarray(np.logical_or.reduce(self.masks))


def groups_of(df: pd.DataFrame, by: str | None) -> Groups:
    """Give the groups that a column makes, the largest first; without a column one group of all passages.

    A column of categories keeps its own order.

    Raises
    ------
    TableError
        If the table lacks the column, or it is empty.
    """
    if by is None:
        return Groups(("all",), (np.ones(len(df), dtype=bool),))
    need(df, [by])
    column = df[by]
    counts = column.value_counts(sort=not hasattr(column, "cat"))
    names = tuple(name for name, count in counts.items() if count)
    if not names:
        raise TableError(f"column {by!r} of the table is empty")
    return Groups(names, tuple((column == name).to_numpy(dtype=bool) for name in names))


def pillar_groups(coded: Coded, scheme: LabelScheme) -> Groups:
    """Give the passages of each pillar, those of none, and all; groups without passages are left out."""
    names = tuple(name for name in (*scheme.pillars, NONE) if coded.flags[name].any())
    every = np.ones(len(coded.letters), dtype=bool)
    return Groups((*names, "all"), (*(coded.flags[name] for name in names), every))
