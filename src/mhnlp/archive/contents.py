"""Where a letter of an archive is, how to tell whether it changed, and how to read it."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import zipfile
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mhnlp.errors import ReadingError, TextError
from mhnlp.reading import read_letter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mhnlp.letter import Letter

MAX_MEMBER = 50_000_000
"""Most bytes of a file in a zip; a small zip can hold an endless one."""


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
class File:
    """A file of a folder."""

    path: Path

    def stamp(self) -> str:
        """Give size, times and identity of the file.

        Raises
        ------
        ReadingError
            If it is missing or no ordinary file.
        """
        try:
            found = self.path.stat()
        except OSError as error:
            raise ReadingError(self.path, f"it cannot be opened ({error.strerror})") from error
        if not stat.S_ISREG(found.st_mode):
            raise ReadingError(self.path, "it is no ordinary file")
        return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"

    def digest(self) -> str:
        """Digest of its bytes and its suffix, which decides the reader."""
        try:
            with self.path.open("rb") as file:
                bytes_digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ReadingError(self.path, f"it cannot be opened ({error.strerror})") from error
        return digest_of([self.path.suffix.lower(), bytes_digest])

    def read(self) -> Letter:
        """Read the file, which must stay as it is meanwhile."""
        before = self.stamp()
        letter = read_letter(self.path)
        if self.stamp() != before:
            raise ReadingError(self.path, "it changed while it was read")
        return letter

    @property
    def size(self) -> int:
        """Bytes on disk, 0 if it is gone."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0


@dataclass(frozen=True)
class Member:
    """A file in a zip."""

    archive: Path
    name: str
    size: int
    checksum: int

    def stamp(self) -> str:
        """Give the checksum that the zip holds."""
        return f"{self.size} {self.checksum}"

    def digest(self) -> str:
        """Digest of its bytes and its suffix."""
        return digest_of([Path(self.name).suffix.lower(), hashlib.sha256(self._bytes()).hexdigest()])

    def read(self) -> Letter:
        """Unpack it to a temporary file and read that."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"letter{Path(self.name).suffix}"
            path.write_bytes(self._bytes())
            try:
                return read_letter(path)
            except ReadingError as error:
                raise ReadingError(self.archive / self.name, error.cause) from error

    def _bytes(self) -> bytes:
        if self.size > MAX_MEMBER:
            raise ReadingError(self.archive / self.name, f"it is larger than {MAX_MEMBER // 1_000_000} MB")
        try:
            return _opened(self.archive, self.archive.stat().st_mtime_ns).read(self.name)
        except (OSError, RuntimeError, zipfile.BadZipFile, NotImplementedError) as error:
            # A zip tells damage, passwords and unknown methods by these.
            raise ReadingError(self.archive / self.name, f"it cannot be unpacked ({error})") from error


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


@lru_cache(maxsize=2)
def _opened(archive: Path, _written: int) -> zipfile.ZipFile:
    """Open a zip once a process: its table of contents takes long to read."""
    return zipfile.ZipFile(archive)
