"""Where a letter of an archive is, how to tell whether it changed, and how to read it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from mhnlp.errors import ReadingError, TextError
from mhnlp.reading import DEFAULT_LIMITS, metadata_file, read_place, status_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mhnlp.letter import Letter
    from mhnlp.reading import Place


class Content(Protocol):
    """A letter that was found but not read yet. It can be sent to another process."""

    def stamp(self) -> str:
        """Mark that changes whenever the content may have changed; empty where nothing cheap tells."""

    def digest(self) -> str:
        """Digest of all that decides how the letter is read."""

    def read(self) -> Letter:
        """Read the letter."""

    @property
    def size(self) -> int:
        """About how many bytes it has."""


@dataclass(frozen=True)
class Stored:
    """A letter on disk, or in a container there."""

    place: Place

    def stamp(self) -> str:
        """Give size, times and identity of the file on disk, and of the metadata beside it.

        Raises
        ------
        ReadingError
            If it is missing or no ordinary file.
        """
        beside = None if self.place.inner else metadata_file(self.place.file)
        return " ".join(map(_stamp, [self.place.file] if beside is None else [self.place.file, beside]))

    def digest(self) -> str:
        """Digest of its bytes, its suffix, which decides the reader, and its metadata."""
        parts = [self.place.suffix, hashlib.sha256(self.place.load(DEFAULT_LIMITS)).hexdigest()]
        metadata = self.place.load_metadata(DEFAULT_LIMITS)
        return digest_of(parts if metadata is None else [*parts, hashlib.sha256(metadata).hexdigest()])

    def read(self) -> Letter:
        """Read the letter, whose file must stay as it is meanwhile."""
        before = self.stamp()
        letter = read_place(self.place)
        if self.stamp() != before:
            raise ReadingError(self.place.path, "it changed while it was read")
        return letter

    @property
    def size(self) -> int:
        """Bytes that it has, 0 if it is gone."""
        try:
            return self.place.size or self.place.file.stat().st_size
        except OSError:
            return 0


@dataclass(frozen=True)
class Given:
    """A letter that is in memory."""

    letter: Letter

    def stamp(self) -> str:
        """Nothing: the text itself is at hand."""
        return ""

    def digest(self) -> str:
        """Digest of all that it holds."""
        try:
            return digest_of(
                [self.letter.text, *map(repr, (self.letter.pages, self.letter.metadata, self.letter.blocks))]
            )
        except UnicodeEncodeError as error:
            raise TextError(f"The text has half a character at offset {error.start:,}; mend it first") from error

    def read(self) -> Letter:
        """Give the letter."""
        return self.letter

    @property
    def size(self) -> int:
        """Length of the text."""
        return len(self.letter.text)


@dataclass(frozen=True)
class Unreadable:
    """Something that stands in the place of a letter."""

    cause: str
    size: int = 0

    def stamp(self) -> str:
        """Raise: there is no letter."""
        raise TextError(self.cause)

    def digest(self) -> str:
        """Raise: there is no letter."""
        raise TextError(self.cause)

    def read(self) -> Letter:
        """Raise: there is no letter."""
        raise TextError(self.cause)


@dataclass(frozen=True)
class Item:
    """A letter of an archive: its name, the path to show, and its content."""

    name: str
    path: str
    content: Content

    @classmethod
    def given(cls, letter: Letter, number: int) -> Item:
        """Wrap a letter in memory; one without a name is named by its number."""
        path = "" if letter.path is None else printable(os.fspath(letter.path))
        return cls(printable(letter.name or str(number)), path, Given(replace(letter, name="", path=None)))


def printable(name: str) -> str:
    """Write a file's name so that it can be written in UTF-8: a byte that is none becomes an escape."""
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")


def digest_of(parts: Iterable[str]) -> str:
    """Digest of several texts, of which one at a time is in memory."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8")
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()[:32]


def _stamp(path: Path) -> str:
    found = status_of(path)
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"
