"""The letters of an archive, one after the other, whatever the archive is."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable, Iterator, Sized
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, cast

from mhnlp.archive.contents import File, Item, Member, Unreadable, printable
from mhnlp.decoding import decode, delimiter_of
from mhnlp.errors import ArchiveError, ReadingError
from mhnlp.letter import Letter, Metadata
from mhnlp.reading import SUFFIXES

if TYPE_CHECKING:
    import pandas as pd

UNREAD = frozenset({".doc", ".msg", ".wpd"})
"""Suffixes of letters that are not read; passing over them in silence would lose them."""
TABLES = frozenset({".csv", ".parquet"})
ROWS = 500
"""Rows of a table that are in memory at once."""
PARTICULARS = tuple(field.name for field in fields(Metadata) if field.name != "certainty")
"""What a letter says of itself, as the tables give it."""


@dataclass(frozen=True)
class Source:
    """Letters to be labelled, in their order, and their number where it is known beforehand."""

    items: Iterable[Item]
    total: int | None


def open_source(source: object, *, text: str) -> Source:
    """Find out what kind of archive something is.

    Parameters
    ----------
    source
        The path of a folder, a zip or a table; a DataFrame; or an iterable of letters.
    text
        The column of a table that holds the letters.

    Raises
    ------
    ReadingError
        If there is no such file, or it is no archive.
    """
    if isinstance(source, str | Path):
        return _open_path(Path(source), text)
    if hasattr(source, "itertuples"):
        frame = cast("pd.DataFrame", source)
        _check_column(frame.columns, text, "the DataFrame")
        return Source(_frame_items([frame], text), len(frame))
    if isinstance(source, Iterable) and not isinstance(source, bytes | Letter):
        return Source(_given_items(source), len(source) if isinstance(source, Sized) else None)
    raise TypeError(f"an archive is a path, a DataFrame or an iterable of letters, not {type(source).__name__}")


def _open_path(path: Path, text: str) -> Source:
    suffix = path.suffix.lower()
    if path.is_dir():
        return Source(folder_items(path), sum(1 for _ in _files(path)))
    if not path.exists():
        raise ReadingError(path, "there is no such folder or file")
    if suffix == ".zip":
        members = _members(path)
        return Source(_zip_items(path, members), len(members))
    if suffix == ".csv":
        return Source(_frame_items(_csv_frames(path, text), text), None)
    if suffix == ".parquet":
        return _open_parquet(path, text)
    raise ReadingError(
        path, "this is one file, not a folder, a .zip, a .csv or a .parquet; label one letter with `mhnlp classify`"
    )


def folder_items(folder: Path) -> Iterator[Item]:
    """Letters of a folder and the folders in it, sorted by the parts of their paths."""
    for path, problem in _files(folder):
        name = printable(path.relative_to(folder).as_posix())
        yield Item(name, printable(os.fspath(path)), Unreadable(problem) if problem else File(path))


def is_letter(name: str) -> bool:
    """Whether a file counts as a letter by its name."""
    parts = PurePosixPath(name).parts
    # Beside a publication lies what is to be known of it, which is no letter.
    passed_over = any(part.startswith(".") for part in parts) or parts[-1].endswith("metadata.xml")
    return not passed_over and PurePosixPath(name).suffix.lower() in SUFFIXES | UNREAD


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Walk through a folder, links included, each real folder once: a path, and what is wrong with it."""
    seen: set[tuple[int, int]] = set()
    pending = [folder]
    while pending:
        path = pending.pop()
        if not path.is_dir():
            yield path, ""
            continue
        try:
            status = path.stat()
            entries = sorted(entry.name for entry in os.scandir(path) if not entry.name.startswith("."))
        except OSError as error:
            yield path, f"the folder cannot be opened ({error.strerror})"
            continue
        identity = (status.st_dev, status.st_ino)
        if identity not in seen:
            seen.add(identity)
            pending += [path / name for name in reversed(entries) if is_letter(name) or (path / name).is_dir()]


def _members(path: Path) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if not each.is_dir() and is_letter(each.filename)]
    except (OSError, zipfile.BadZipFile) as error:
        raise ReadingError(path, f"it cannot be opened as a zip ({error})") from error
    return sorted(members, key=lambda each: PurePosixPath(each.filename).parts)


def _zip_items(path: Path, members: list[zipfile.ZipInfo]) -> Iterator[Item]:
    for each in members:
        shown = printable(f"{path}/{each.filename}")
        yield Item(printable(each.filename), shown, Member(path, each.filename, each.file_size, each.CRC))


def _given_items(letters: Iterable[object]) -> Iterator[Item]:
    for number, each in enumerate(letters, 1):
        if isinstance(each, Letter):
            yield Item.given(each, number)
        elif isinstance(each, Path):
            yield Item(printable(each.name), printable(os.fspath(each)), File(each))
        elif isinstance(each, str):
            yield Item.given(Letter(each), number)
        else:
            yield Item(str(number), "", Unreadable(f"a letter is a text, a Path or a Letter, not {each!r:.60}"))


def _csv_frames(path: Path, text: str) -> Iterator[pd.DataFrame]:
    import pandas as pd  # noqa: PLC0415 - slow to import, and needed for tables alone

    with path.open("rb") as file:
        start = file.read(1_000_000)
    separator = delimiter_of(start.split(b"\n", 1)[0].decode("latin-1"))
    frames = pd.read_csv(
        path, sep=separator, encoding=_encoding(start), dtype=str, keep_default_na=False, chunksize=ROWS
    )
    with frames:
        for frame in frames:
            _check_column(frame.columns, text, str(path))
            yield frame


def _encoding(start: bytes) -> str:
    """Encoding of a table by its first bytes, as `decode` finds it for a letter."""
    whole = start[: start.rfind(b"\n") + 1] or start
    try:
        whole.decode("utf-8")
    except UnicodeDecodeError:
        decode(whole)
        return "cp1252"
    return "utf-8-sig"


def _open_parquet(path: Path, text: str) -> Source:
    parquet = require_pyarrow("parquet")
    try:
        file = parquet.ParquetFile(path)
    except (OSError, ValueError) as error:
        raise ReadingError(path, f"it cannot be opened as Parquet ({error})") from error
    _check_column(file.schema_arrow.names, text, str(path))
    columns = [name for name in file.schema_arrow.names if name in {text, "letter", *PARTICULARS}]
    frames = (batch.to_pandas() for batch in file.iter_batches(batch_size=ROWS, columns=columns))
    return Source(_frame_items(frames, text), file.metadata.num_rows)


def require_pyarrow(module: str) -> Any:  # noqa: ANN401 - a module
    """Import a module of pyarrow.

    Raises
    ------
    ArchiveError
        If pyarrow is not installed.
    """
    from importlib import import_module  # noqa: PLC0415 - an optional package

    try:
        return import_module(f"pyarrow.{module}")
    except ImportError as error:
        raise ArchiveError('Parquet and Arrow need pyarrow: pip install "mhnlp[parquet]"') from error


def _check_column(columns: Iterable[object], text: str, where: str) -> None:
    names = [str(name) for name in columns]
    if text not in names:
        raise ArchiveError(f"{where} has no column {text!r} for the letters' text; it has {', '.join(names)}")


def _frame_items(frames: Iterable[pd.DataFrame], text: str) -> Iterator[Item]:
    number = 0
    for frame in frames:
        known = [name for name in PARTICULARS if name in frame.columns]
        for row in frame.to_dict("records"):
            number += 1
            name = _cell(row.get("letter")) or str(number)
            particulars: dict[str, Any] = {each: _cell(row[each]) for each in known}
            metadata = Metadata(**particulars)
            value = row[text]
            if isinstance(value, str):
                yield Item.given(Letter(value, name=name, metadata=metadata), number)
            else:
                yield Item(name, "", Unreadable(f"the column {text!r} holds {value!r:.60}, which is no text"))


def _cell(value: object) -> str:
    """Text of a cell; a missing value, which equals nothing, is empty."""
    return "" if value is None or value != value else str(value)  # noqa: PLR0124 - so NaN and NaT are told
