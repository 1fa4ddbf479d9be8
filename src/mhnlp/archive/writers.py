"""Write the tables of a labelled archive to files that appear when they are complete."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Protocol

from mhnlp.archive.rows import SCHEMA, TABLES, columns_of, rows_of
from mhnlp.archive.sources import require_pyarrow
from mhnlp.archive.state import explained
from mhnlp.errors import ArchiveError
from mhnlp.files import force, replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mhnlp.archive.rows import Columns, Row, Shape, Table
    from mhnlp.archive.state import State

GROUP = 5_000
"""Rows that are in memory at once."""
PART = 200_000
"""Rows of one file of a partitioned table."""
ARROW_TYPES = {str: "string", int: "int64", float: "float64", bool: "bool"}
NOTICE = "schema.json"
"""Tells a folder of ours, and its columns."""


@dataclass(frozen=True)
class Format:
    """How tables are written.

    Parameters
    ----------
    suffix
        ``".csv"``, ``".jsonl"``, ``".parquet"`` or ``".arrow"``.
    partitioned
        Whether `out` is a folder with a folder of Parquet files for each table.
    semicolon
        Whether a CSV has semicolons between its columns and commas in its numbers, as Dutch Excel reads it.
    """

    suffix: str
    partitioned: bool = False
    semicolon: bool = False

    @classmethod
    def of(cls, out: Path, *, semicolon: bool) -> Format:
        """Tell the format by the name of the output.

        Raises
        ------
        ArchiveError
            If tables are not written in such a file, or pyarrow is missing.
        """
        suffix = out.suffix.lower()
        found = cls(suffix or ".parquet", partitioned=not suffix, semicolon=semicolon)
        if found.suffix not in {".csv", ".jsonl", ".parquet", ".arrow"}:
            raise ArchiveError(
                f"{out}: tables are written as .csv, .jsonl, .parquet or .arrow, or without a suffix as a folder of "
                f"Parquet files, not as {suffix}"
            )
        if semicolon and suffix != ".csv":
            raise ArchiveError(f"{out}: semicolons are for .csv")
        if found.suffix in {".parquet", ".arrow"}:
            require_pyarrow("parquet")
        if found.partitioned and out.exists() and not _is_ours(out):
            raise ArchiveError(f"{out} holds other files; give a new folder for the tables")
        return found

    def files(self, out: Path) -> dict[Table, Path]:
        """Where each table goes."""
        if self.partitioned:
            return {table: out / table for table in TABLES}
        others: dict[Table, Path] = {table: out.with_name(f"{out.stem}.{table}{out.suffix}") for table in TABLES[1:]}
        return {TABLES[0]: out, **others}


def state_path(out: Path) -> Path:
    """Where the state of the run that writes `out` is kept."""
    return out.with_name(out.name + ".state")


def write_tables(state: State, out: Path, *, format: Format, shape: Shape) -> None:  # noqa: A002
    """Write all tables.

    Raises
    ------
    ArchiveError
        If the disk is full or the folder cannot be written; what was there before stays as it was.
    """
    with explained(out):
        if format.partitioned:
            with replaced(out) as folder:
                for table in TABLES:
                    _write_parts(rows_of(table, state, shape), columns_of(table, shape), folder / table)
                _write_notice(folder, shape)
            return
        for table, path in format.files(out).items():
            with replaced(path) as partial:
                _write(rows_of(table, state, shape), columns_of(table, shape), partial, format)


def _is_ours(folder: Path) -> bool:
    return folder.is_dir() and ((folder / NOTICE).is_file() or not any(folder.iterdir()))


def _write_notice(folder: Path, shape: Shape) -> None:
    tables = {table: {name: kind.__name__ for name, kind in columns_of(table, shape).items()} for table in TABLES}
    notice = {"written by": "mhnlp", "schema": SCHEMA, "tables": tables}
    (folder / NOTICE).write_text(json.dumps(notice, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    force(folder / NOTICE)


def _write_parts(rows: Iterator[Row], columns: Columns, folder: Path) -> None:
    folder.mkdir(parents=True)
    number = 0
    part = list(islice(rows, GROUP))
    while part or not number:
        path = folder / f"part-{number:05}.parquet"
        with path.open("wb") as file:
            writer = _ArrowWriter(file, columns, ".parquet")
            written = 0
            while part and written < PART:
                writer.write(part)
                written += len(part)
                part = list(islice(rows, GROUP))
            writer.close()
        force(path)
        number += 1
    force(folder)


def _write(rows: Iterable[Row], columns: Columns, path: Path, format: Format) -> None:  # noqa: A002
    remaining = iter(rows)
    with path.open("wb") as file:
        writer = _writer(file, columns, format)
        while group := list(islice(remaining, GROUP)):
            writer.write(group)
        writer.close()


class _Writer(Protocol):
    def write(self, rows: list[Row]) -> None: ...

    def close(self) -> None: ...


def _writer(file: IO[bytes], columns: Columns, format: Format) -> _Writer:  # noqa: A002
    if format.suffix == ".csv":
        return _CsvWriter(file, columns, semicolon=format.semicolon)
    if format.suffix == ".jsonl":
        return _JsonWriter(file, columns)
    return _ArrowWriter(file, columns, format.suffix)


class _CsvWriter:
    """UTF-8 with mark, which Excel asks for."""

    def __init__(self, file: IO[bytes], columns: Columns, *, semicolon: bool) -> None:
        self._file = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        self._semicolon = semicolon
        self._writer = csv.writer(self._file, delimiter=";" if semicolon else ",", lineterminator="\n")
        self._writer.writerow(columns)

    def write(self, rows: list[Row]) -> None:
        self._writer.writerows([self._with_commas(row) for row in rows] if self._semicolon else rows)

    def close(self) -> None:
        self._file.detach()

    @staticmethod
    def _with_commas(row: Row) -> Row:
        return tuple(repr(value).replace(".", ",") if isinstance(value, float) else value for value in row)


class _JsonWriter:
    def __init__(self, file: IO[bytes], columns: Columns) -> None:
        self._file = file
        self._names = tuple(columns)

    def write(self, rows: list[Row]) -> None:
        for row in rows:
            line = json.dumps(dict(zip(self._names, row, strict=True)), ensure_ascii=False)
            self._file.write(line.encode("utf-8") + b"\n")

    def close(self) -> None: ...


class _ArrowWriter:
    def __init__(self, file: IO[bytes], columns: Columns, suffix: str) -> None:
        self._arrow = require_pyarrow("lib")
        self._schema = self._arrow.schema(
            [(name, ARROW_TYPES[kind]) for name, kind in columns.items()],
            metadata={"mhnlp.schema": str(SCHEMA)},
        )
        if suffix == ".arrow":
            self._writer: Any = require_pyarrow("ipc").new_file(file, self._schema)
        else:
            self._writer = require_pyarrow("parquet").ParquetWriter(file, self._schema, compression="zstd")

    def write(self, rows: list[Row]) -> None:
        arrays = [
            self._arrow.array(values, type=field.type)
            for values, field in zip(zip(*rows, strict=True), self._schema, strict=True)
        ]
        self._writer.write_batch(self._arrow.RecordBatch.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        self._writer.close()
