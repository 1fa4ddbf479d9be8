"""The letters of an archive, one after the other, whatever the archive is."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sized
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mhnlp.archive.contents import Item, Stored, Unreadable, printable
from mhnlp.decoding import decode, delimiter_of
from mhnlp.errors import ArchiveError, ReadingError
from mhnlp.letter import Letter, Metadata
from mhnlp.reading import DEFAULT_LIMITS, Place, is_letter, letters_at, members

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

TABLES = frozenset({".csv", ".parquet"})
ROWS = 500
"""Rows of a table that are in memory at once."""
PARTICULARS = tuple(field.name for field in fields(Metadata) if field.name != "certainty")
"""What a letter says of itself, as the tables give it."""


_Found = tuple[str, Place | ReadingError]
"""Name of a letter in the archive, and where it is or what is wrong with its container."""


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
        return _counted(lambda: _folder_letters(path))
    if not path.exists():
        raise ReadingError(path, "there is no such folder or file")
    if suffix == ".zip":
        return _counted(lambda: _zip_letters(path))
    if suffix == ".csv":
        return Source(_frame_items(_csv_frames(path, text), text), None)
    if suffix == ".parquet":
        return _open_parquet(path, text)
    raise ReadingError(
        path, "this is one file, not a folder, a .zip, a .csv or a .parquet; label one letter with `mhnlp classify`"
    )


def _counted(letters: Callable[[], Iterator[_Found]]) -> Source:
    """List letters twice: once to know their number, and once to label them."""
    return Source((_item(name, found) for name, found in letters()), sum(1 for _ in letters()))


def _item(name: str, found: Place | ReadingError) -> Item:
    path = printable(os.fspath(found.path))
    return Item(printable(name), path, Unreadable(found.cause) if isinstance(found, ReadingError) else Stored(found))


def _folder_letters(folder: Path) -> Iterator[_Found]:
    """Letters of a folder and the folders in it, sorted by the parts of their paths."""
    for path, problem in _files(folder):
        name = path.relative_to(folder).as_posix()
        if problem:
            yield name, ReadingError(path, problem)
        else:
            yield from _letters_at(name, Place(path))


def _zip_letters(path: Path) -> Iterator[_Found]:
    """Letters of a zip, which may hold more than a container in an archive may: it is the archive."""
    for place in members(Place(path), DEFAULT_LIMITS):
        yield from _letters_at(place.inner[0], place)


def _letters_at(name: str, place: Place) -> Iterator[_Found]:
    for found in letters_at(place, DEFAULT_LIMITS):
        yield f"{name}{os.fspath(found.path).removeprefix(os.fspath(place.path))}", found


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


def _given_items(letters: Iterable[object]) -> Iterator[Item]:
    for number, each in enumerate(letters, 1):
        if isinstance(each, Letter):
            yield Item.given(each, number)
        elif isinstance(each, Path):
            yield from (_item(*found) for found in _letters_at(each.name, Place(each)))
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
