"""Tables on disk, and what is read again from label tables as `LabelledLetters.to_frame` gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mhnlp.decoding import delimiter_of
from mhnlp.errors import MhnlpError, ReadingError
from mhnlp.files import replaced

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray


def require(table: pd.DataFrame, columns: Iterable[str]) -> None:
    """Raise an error if a label table lacks columns.

    Raises
    ------
    MhnlpError
        With the first that is missing, and those that are there.
    """
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise MhnlpError(
            f"the table has no column {missing[0]!r}; give labels as `mhnlp label` writes them (it has "
            f"{', '.join(map(str, table.columns))})"
        )


def split_labels(table: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Pillars and sentiments of a label table, by its columns ``p_<label>``.

    Raises
    ------
    MhnlpError
        If there is no run of last columns whose probabilities sum to one, as those of the sentiments do.
    """
    labels = [str(name).removeprefix("p_") for name in table.columns if str(name).startswith("p_")]
    values = table[[f"p_{label}" for label in labels]].to_numpy(dtype=np.float64)
    for first in range(len(labels) - 2, 0, -1):
        if np.allclose(values[:, first:].sum(axis=1), 1, atol=0.01):
            return labels[:first], labels[first:]
    raise MhnlpError(
        "the table has no probabilities of sentiments that sum to one, in its last columns p_<label>; give labels as "
        "`mhnlp label` writes them"
    )


def texts_of(column: pd.Series[str]) -> pd.Series[str]:
    """Texts of a column; one read from a file has not a number where a text is empty."""
    return column.astype(object).where(column.notna(), "").astype(str)


def years_of(table: pd.DataFrame) -> NDArray[np.str_] | None:
    """Year of each row by the column ``year`` or ``date``, empty where it is not known; None without such a column."""
    for name in ("year", "date"):
        if name in table.columns:
            years = table[name].astype(str).str.extract(r"((?:19|20)\d\d)", expand=False)
            return years.fillna("").to_numpy(dtype=str)
    return None


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV or JSON lines, at once or not at all.

    Parameters
    ----------
    frame
        The table.
    path
        Ends in ``.csv`` (UTF-8 with mark, which Excel asks for) or ``.jsonl``.

    Raises
    ------
    ValueError
        If it has another suffix.
    """
    if path.suffix.lower() not in {".csv", ".jsonl"}:
        written = path.suffix or "a file without suffix"
        raise ValueError(f"{path}: a table is written as .csv or .jsonl, not as {written}")
    with replaced(path) as partial:
        if path.suffix.lower() == ".csv":
            frame.to_csv(partial, index=False, encoding="utf-8-sig")
        else:
            frame.to_json(partial, orient="records", lines=True, force_ascii=False)


def _read_csv(path: Path) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

    with path.open(encoding="utf-8-sig") as file:
        separator = delimiter_of(file.readline())
    decimal = "," if separator == ";" else "."
    return pd.read_csv(path, encoding="utf-8-sig", sep=separator, decimal=decimal, dtype={"letter": str})


def read_labels(path: Path) -> pd.DataFrame:
    """Read a label table from a ``.csv``, ``.jsonl`` or ``.parquet`` file.

    Raises
    ------
    ReadingError
        If it is missing, or no table.
    """
    import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

    readers = {
        ".csv": lambda: _read_csv(path),
        ".jsonl": lambda: pd.read_json(path, lines=True, dtype={"letter": str}),
        ".parquet": lambda: pd.read_parquet(path),
    }
    if path.suffix.lower() not in readers:
        raise ReadingError(path, f"a label table is a file {', '.join(readers)}")
    try:
        return readers[path.suffix.lower()]()
    except FileNotFoundError as error:
        raise ReadingError(path, "there is no such file") from error
    except (ValueError, OSError, ImportError, pd.errors.ParserError) as error:
        raise ReadingError(path, f"it is no label table ({error})") from error
