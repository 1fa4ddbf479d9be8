"""Choose the reader by the file's suffix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mhnlp.errors import ReadingError
from mhnlp.letter import Letter
from mhnlp.reading.text import read_text

if TYPE_CHECKING:
    from collections.abc import Callable

READERS: dict[str, Callable[[bytes], str]] = {".txt": read_text, ".text": read_text}
SUFFIXES = frozenset(READERS)
"""Suffixes of the files that `read_letter` reads, in lower case."""

MAX_BYTES = 50_000_000


EXAMPLE = Path(__file__).parent.parent / "data" / "example-letter.txt"


def example_letter() -> Letter:
    """Give the example letter, composed for this package.

    Examples
    --------
    >>> example_letter().name
    'example-letter.txt'
    """
    return read_letter(EXAMPLE)


def read_letter(path: str | Path) -> Letter:
    """Read a file as a letter.

    Parameters
    ----------
    path
        A plain text file (``.txt``), UTF-8 or Windows-1252, hard-wrapped or not.

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
    reader = READERS.get(path.suffix.lower())
    if not path.exists():
        raise ReadingError(path, "there is no such file")
    if path.is_dir():
        raise ReadingError(path, "this is a folder; label the letters in it with `mhnlp label` or `label_archive`")
    if reader is None:
        known = ", ".join(sorted(SUFFIXES))
        raise ReadingError(path, f"files of the kind {path.suffix or 'without a suffix'!r} are not read, only {known}")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ReadingError(path, f"it is larger than {MAX_BYTES // 1_000_000} MB")
        text = reader(path.read_bytes())
    except OSError as error:
        raise ReadingError(path, f"it cannot be opened ({error.strerror})") from error
    except ValueError as error:
        raise ReadingError(path, str(error)) from error
    return Letter(text=text, name=path.name, path=path)
