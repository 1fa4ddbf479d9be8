"""Choose the reader by the file's suffix."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from mhnlp.errors import ReadingError
from mhnlp.reading._builder import Draft, ReadingLimits

if TYPE_CHECKING:
    from collections.abc import Callable

    from mhnlp.letter import Letter

READERS = {
    ".txt": "text:read_text",
    ".text": "text:read_text",
    ".pdf": "pdf:read_pdf",
    ".docx": "word:read_word",
    ".htm": "html:read_html",
    ".html": "html:read_html",
    ".xhtml": "html:read_html",
    ".xml": "publication:read_publication",
}
"""Where the reader of each format is; it is imported when the first such file is read."""
SUFFIXES = frozenset(READERS)
"""Suffixes of the files that `read_letter` reads, in lower case."""

EXAMPLE = Path(__file__).parent.parent / "data" / "example-letter.txt"
DEFAULT_LIMITS = ReadingLimits()


def example_letter() -> Letter:
    """Give the example letter, composed for this package.

    Examples
    --------
    >>> example_letter().name
    'example-letter.txt'
    """
    return read_letter(EXAMPLE)


def read_letter(path: str | Path, *, limits: ReadingLimits = DEFAULT_LIMITS) -> Letter:
    """Read a file as a letter.

    Parameters
    ----------
    path
        A plain text file (``.txt``), UTF-8 or Windows-1252, hard-wrapped or not; a PDF.
    limits
        Bounds on size and pages.

    Returns
    -------
    Letter
        With the file's name as its name.

    Raises
    ------
    ReadingError
        If the file is missing, is no file, is of another format, or is damaged.
    """
    path = Path(path)
    _check(path)
    try:
        if path.stat().st_size > limits.max_bytes:
            raise ReadingError(path, f"it is larger than {limits.max_bytes // 1_000_000} MB")
        data = path.read_bytes()
    except OSError as error:
        raise ReadingError(path, f"it cannot be opened ({error.strerror})") from error
    return parse(data, path, limits)


def parse(data: bytes, path: Path, limits: ReadingLimits) -> Letter:
    """Make a letter of the bytes of a file.

    Raises
    ------
    ReadingError
        If they are damaged.
    """
    module, function = READERS[path.suffix.lower()].split(":")
    reader = cast("Callable[[bytes, ReadingLimits], Draft]", getattr(import_module(f"mhnlp.reading.{module}"), function))
    try:
        return reader(data, limits).build(name=path.name, path=path)
    except ValueError as error:
        raise ReadingError(path, str(error)) from error


def _check(path: Path) -> None:
    if not path.exists():
        raise ReadingError(path, "there is no such file")
    if path.is_dir():
        raise ReadingError(path, "this is a folder; label the letters in it with `mhnlp label` or `label_archive`")
    if path.suffix.lower() not in READERS:
        known = ", ".join(sorted(SUFFIXES))
        raise ReadingError(path, f"files of the kind {path.suffix or 'without a suffix'!r} are not read, only {known}")
