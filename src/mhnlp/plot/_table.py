"""The label table: what a figure needs of it, checked."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

import numpy as np

from mhnlp.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray

    from mhnlp.labels import LabelScheme

    Flags = NDArray[np.bool_]

By = Literal["year", "quarter", "month"] | int
UNITS = {"year": "Y", "quarter": "Q", "month": "M"}
NONE = "none"
"""The row of passages that address no pillar."""


@dataclass(frozen=True)
class Coded:
    """The labels of a table as flags.

    Parameters
    ----------
    flags
        For each label, and for `NONE`, whether each passage has it; shape (n_passages,).
    letters
        The letter of each passage, shape (n_passages,).
    """

    flags: dict[str, Flags]
    letters: NDArray[np.object_]

    def matrix(self, labels: Iterable[str]) -> Flags:
        """Flags of some labels, shape (n_passages, n_labels)."""
        return np.column_stack([self.flags[label] for label in labels])


def read_table(df: pd.DataFrame, scheme: LabelScheme) -> Coded:
    """Check a label table and give its labels as flags.

    Raises
    ------
    TableError
        If it is empty, lacks a column, or holds a label that is not in the scheme.
    """
    need(df, ["letter", "pillars", "sentiment"])
    if df.empty:
        raise TableError("the table has no rows; label some letters first")
    pillars = [_split(value) for value in df["pillars"]]
    sentiments = [str(value) for value in df["sentiment"]]
    _check_labels(pillars, sentiments, scheme)
    flags = {label: np.array([label in own for own in pillars]) for label in scheme.pillars}
    flags[NONE] = np.array([not own for own in pillars])
    flags |= {label: np.array([label == own for own in sentiments]) for label in scheme.sentiments}
    return Coded(flags, df["letter"].astype(str).to_numpy(dtype=object))


def need(df: pd.DataFrame, columns: Iterable[str]) -> None:
    """Check that a table has columns.

    Raises
    ------
    TableError
        If it lacks one.
    """
    present = [str(column) for column in df.columns]
    for column in columns:
        if column in present:
            continue
        near = get_close_matches(column, present, n=1)
        guess = f"; did you mean {near[0]!r}?" if near else "."
        raise TableError(
            f"the table has no column {column!r}{guess} Its columns are {', '.join(present) or 'none'}. Figures are "
            "made from the table that `to_frame()` gives, with columns of your own added to it."
        )


def periods(df: pd.DataFrame, date: str, by: By) -> pd.Series[int]:
    """Give the number of the period of each passage; -1 where the letter has no date.

    Returns
    -------
    Series
        Years, quarters or months since year 0; for a number of years, the first year of the period.

    Raises
    ------
    TableError
        If a date cannot be read.
    ValueError
        If `by` is no unit of time.
    """
    dates = _dates(df, date)
    known = dates.notna()
    years, months = dates.dt.year.fillna(0).astype(int), dates.dt.month.fillna(1).astype(int)
    if by == "year":
        found = years
    elif by == "quarter":
        found = years * 4 + (months - 1) // 3
    elif by == "month":
        found = years * 12 + months - 1
    elif isinstance(by, int) and by > 0:
        first = int(years[known].min()) if known.any() else 0
        found = first + (years - first) // by * by
    else:
        raise ValueError(f"by is {', '.join(map(repr, UNITS))} or a number of years, not {by!r}")
    return found.where(known, -1)


def _dates(df: pd.DataFrame, column: str) -> pd.Series[pd.Timestamp]:
    import pandas as pd  # noqa: PLC0415 - slow to import

    need(df, [column])
    values = df[column]
    if pd.api.types.is_numeric_dtype(values):
        values = values.map(lambda year: f"{year:.0f}", na_action="ignore")
    empty = values.isna() | (values.astype(str).str.strip() == "")
    dates = pd.to_datetime(values.mask(empty), errors="coerce", format="ISO8601")
    wrong = dates.isna() & ~empty
    if wrong.any():
        row = wrong.to_numpy().argmax()
        raise TableError(
            f"row {row} of the table, column {column!r}: {df[column].iloc[row]!r} is no date; write 2024-11-14 or 2024"
        )
    if empty.all():
        raise TableError(f"column {column!r} of the table holds no date at all")
    return dates


def _split(value: object) -> tuple[str, ...]:
    """Pillars of one row: a text with spaces, a sequence, or nothing as a CSV file gives it back."""
    if isinstance(value, str):
        return tuple(value.split())
    return tuple(map(str, value)) if isinstance(value, tuple | list) else ()


def _check_labels(pillars: list[tuple[str, ...]], sentiments: list[str], scheme: LabelScheme) -> None:
    for row, (own, sentiment) in enumerate(zip(pillars, sentiments, strict=True)):
        for pillar in own:
            if pillar not in scheme.pillars:
                raise TableError(_unknown(row, "pillars", pillar, scheme.pillars))
        if sentiment not in scheme.sentiments:
            raise TableError(_unknown(row, "sentiment", sentiment, scheme.sentiments))


def _unknown(row: int, column: str, value: str, known: tuple[str, ...]) -> str:
    return (
        f"row {row} of the table, column {column!r}: {value!r} is not one of {', '.join(known)}. "
        "For labels of your own give the figure your `scheme`."
    )
