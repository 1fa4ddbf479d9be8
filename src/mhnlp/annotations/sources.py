"""From files to records: the format is recognised from the content."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from mhnlp.annotations.grids import csv_rows, find_header, read_grid
from mhnlp.annotations.objects import json_records, read_records, recognise
from mhnlp.annotations.raw import Options, Place, Source
from mhnlp.decoding import decode
from mhnlp.errors import AnnotationError, MhnlpError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mhnlp.annotations.vocabulary import Vocabulary

FORMATS = ("doccano", "label-studio", "label-studio-min", "prodigy", "jsonl", "csv", "excel")
"""Names of the formats that are read."""

SUFFIXES = {".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".xlsx", ".zip"}
"""Files that a folder is searched for, and a zip."""

JSON_FORMATS = ("doccano", "label-studio", "label-studio-min", "prodigy", "jsonl")
SHARED = "all"
"""Name of the file into which doccano merges the labels of all annotators."""


def read_sources(paths: Sequence[Path], reading: Options, program: str | None = None) -> list[Source]:
    """Read the records of files.

    Parameters
    ----------
    paths
        Files, or folders, of which the files at the top are read.
    reading
        How labels are read.
    program
        One of `FORMATS`; by default recognised.

    Raises
    ------
    MhnlpError
        If `program` is no format.
    AnnotationError
        If a file is missing or cannot be opened.
    """
    if program is not None and program not in FORMATS:
        raise MhnlpError(f"{program!r} is no format that is read; there are {', '.join(FORMATS)}")
    return [source for path in paths for source in _read_path(path, reading, program)]


def _read_path(path: Path, reading: Options, program: str | None) -> list[Source]:
    if path.is_dir():
        files = sorted(each for each in path.iterdir() if each.suffix.lower() in SUFFIXES and each.name[0] not in ".~")
        if not files:
            raise AnnotationError([Problem(str(path), 1, "", "", "the folder holds no file that can be read")])
        return [source for file in files for source in _read_bytes(file.name, file.read_bytes(), reading, program)]
    return _read_bytes(path.name, _bytes(path), reading, program)


def _read_bytes(name: str, data: bytes, reading: Options, program: str | None) -> list[Source]:
    if data[:2] == b"PK":
        return _read_archive(name, data, reading, program)
    source = Source(name, PurePosixPath(name).stem)
    try:
        text = decode(data)
    except ValueError as error:
        source.problems.append(Place(name, 1).problem("", "", f"it cannot be read: {error}"))
        return [source]
    _read_text(text, source, reading, program)
    if source.coder == SHARED and program in {None, "doccano"}:
        message = "doccano merged the labels of all annotators here; export without sharing to keep them apart"
        source.notices.append(Place(name, 1).problem("", "", message))
    return [source]


def _read_text(text: str, source: Source, reading: Options, program: str | None) -> None:
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if program in JSON_FORMATS or (program is None and start in {"[", "{"}):
        if program == "doccano" and start not in {"[", "{"}:
            read_grid(csv_rows(text, source, reading.vocabulary), source, reading.vocabulary)
            return
        records = json_records(text, source)
        read_records(records, program or recognise(records), source, reading)
    else:
        read_grid(csv_rows(text, source, reading.vocabulary), source, reading.vocabulary)


def _read_archive(name: str, data: bytes, reading: Options, program: str | None) -> list[Source]:
    """Read a workbook, or a zip with a file a coder."""
    try:
        archive = ZipFile(BytesIO(data))
    except BadZipFile as error:
        raise AnnotationError([Problem(name, 1, "", "", f"it is a damaged zip or xlsx file: {error}")]) from error
    with archive:
        members = [each for each in archive.namelist() if PurePosixPath(each).suffix.lower() in SUFFIXES]
        members = [each for each in members if not each.startswith("__MACOSX")]
        if "xl/workbook.xml" in archive.namelist():
            return _read_workbook(name, data, reading)
        if not members:
            raise AnnotationError([Problem(name, 1, "", "", "the zip holds no .jsonl, .json, .csv or .xlsx file")])
        return [
            source
            for member in sorted(members)
            for source in _read_bytes(f"{name}/{member}", archive.read(member), reading, program)
        ]


def _read_workbook(name: str, data: bytes, reading: Options) -> list[Source]:
    from mhnlp.annotations.workbook import read_workbook  # noqa: PLC0415 - an optional extra

    sheets = read_workbook(name, data)
    coded = {title: rows for title, rows in sheets.items() if find_header(rows, reading.vocabulary)}
    sources: list[Source] = []
    for title, rows in (coded or dict(list(sheets.items())[:1])).items():
        single = len(coded) < 2
        source = Source(name if single else f"{name} [{title}]", PurePosixPath(name).stem if single else title)
        read_grid(rows, source, reading.vocabulary, unit="row")
        sources.append(source)
    return sources


def read_table(path: Path, vocabulary: Vocabulary) -> tuple[list[str], list[tuple[Place, dict[str, str]]]]:
    """Header of a CSV file or workbook, and its rows by the names in it, each with its place.

    Raises
    ------
    AnnotationError
        If the file is missing, or cannot be read, or has no header.
    """
    data = _bytes(path)
    source = Source(path.name, path.stem)
    unit = "row" if data[:2] == b"PK" else "line"
    if unit == "row":
        from mhnlp.annotations.workbook import read_workbook  # noqa: PLC0415 - an optional extra

        rows = next(iter(read_workbook(path.name, data).values()), [])
    else:
        rows = csv_rows(decode(data), source, vocabulary)
    if source.problems:
        raise AnnotationError(source.problems)
    names = [name.strip() for name in rows[0][1]] if rows else []
    return names, [
        (Place(path.name, number, unit), dict(zip(names, [*cells, *[""] * len(names)], strict=False)))
        for number, cells in rows[1:]
        if any(cell.strip() for cell in cells)
    ]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise AnnotationError([Problem(str(path), 1, "", "", "there is no such file")]) from error
