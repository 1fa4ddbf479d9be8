"""Letters on disk, in a .zip, attached to a message, and in containers within containers."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING

from mhnlp.errors import ReadingError
from mhnlp.reading._package import check_size, is_safe, open_zip, read_member
from mhnlp.reading.kinds import CONTAINERS, METADATA, is_letter, why_unread

if TYPE_CHECKING:
    import os
    import zipfile
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mhnlp.reading._builder import ReadingLimits

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Place:
    """Where a letter is. It can be sent to another process, and gives its bytes there.

    Parameters
    ----------
    file
        A file on disk.
    inner
        The file's name in that container, after the names of the containers between.
    size
        Bytes that the container tells; 0 for the file itself.
    """

    file: Path
    inner: tuple[str, ...] = ()
    size: int = field(default=0, compare=False)

    @property
    def path(self) -> Path:
        """Where it would be if containers were folders."""
        return self.file.joinpath(*self.inner)

    @property
    def name(self) -> str:
        """Name of the file on disk, and of the letter in it."""
        return "/".join((self.file.name, *self.inner))

    @property
    def suffix(self) -> str:
        """Suffix in lower case."""
        return PurePath(self.inner[-1] if self.inner else self.file).suffix.lower()

    def within(self, name: str, size: int) -> Place:
        """Place of a file in this container."""
        return replace(self, inner=(*self.inner, name), size=size)

    def load(self, limits: ReadingLimits) -> bytes:
        """Bytes of the file.

        Raises
        ------
        ReadingError
            If it is missing, damaged, too large, or of a kind that is not read.
        """
        if why_unread(self.suffix):
            raise ReadingError(self.path, why_unread(PurePath(self.path).suffix))
        if not self.inner:
            return _load_file(self.file, limits)
        try:
            return _around(self, limits).read(self.inner[-1], limits)
        except ValueError as error:
            raise ReadingError(self.path, str(error)) from error

    def load_metadata(self, limits: ReadingLimits) -> bytes | None:
        """Bytes of the file of metadata beside it, None without one that can be read."""
        try:
            if self.inner:
                return _around(self, limits).read_beside(self.inner[-1], limits)
            beside = metadata_file(self.file)
            return beside.read_bytes() if beside and beside.stat().st_size <= limits.max_bytes else None
        except (OSError, ValueError):
            return None


def letters_at(place: Place, limits: ReadingLimits) -> Iterator[Place | ReadingError]:
    """Letters at a place: the file itself, and those in it if it is a container.

    Yields
    ------
    Place or ReadingError
        Letters, none of which was read yet; and in the place of a container what is wrong with it: damage, or more
        than the limits allow.
    """
    yield from _Walk(limits).letters(place, 0)


def members(place: Place, limits: ReadingLimits) -> Iterator[Place]:
    """Files in a container that are letters or containers themselves, however many there are.

    Raises
    ------
    ReadingError
        If it is damaged.
    """
    for name, size in _open(place, limits).sizes.items():
        yield place.within(name, size)


def metadata_file(path: Path) -> Path | None:
    """File of metadata beside a letter on disk, if there is one."""
    try:
        name = _described_by(
            path, lambda name: path.with_name(name).is_file(), lambda: (each.name for each in path.parent.iterdir())
        )
    except OSError:
        # No such name is possible beside a name of the greatest length, or the folder cannot be listed.
        return None
    return path.with_name(name) if name else None


def status_of(path: Path) -> os.stat_result:
    """Size, times and identity of a file on disk.

    Raises
    ------
    ReadingError
        If it is missing or no ordinary file: reading from a pipe might never end.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise ReadingError(path, f"it cannot be opened ({error.strerror})") from error
    if not stat.S_ISREG(status.st_mode):
        raise ReadingError(path, "it is no ordinary file")
    return status


def close_containers() -> None:
    """Close the files that were kept open for the next letter in them."""
    _cached.cache_clear()


class _Walk:
    """Walks through containers within containers, and counts what they hold."""

    def __init__(self, limits: ReadingLimits) -> None:
        self.limits = limits
        self.files = self.bytes = 0

    def letters(self, place: Place, depth: int) -> Iterator[Place | ReadingError]:
        if depth > self.limits.max_depth:
            yield ReadingError(place.path, f"it is a container more than {self.limits.max_depth} deep in others")
            return
        if place.suffix != ".zip":
            yield place
        if place.suffix not in CONTAINERS:
            return
        try:
            container = _open(place, self.limits)
            container.check(self.limits)
        except (ReadingError, ValueError) as error:
            # What is wrong with a message is told when the message itself is read.
            if place.suffix == ".zip":
                yield error if isinstance(error, ReadingError) else ReadingError(place.path, str(error))
            return
        yield from self._within(place, container.sizes, depth)

    def _within(self, place: Place, sizes: Mapping[str, int], depth: int) -> Iterator[Place | ReadingError]:
        for name, size in sizes.items():
            self.files += 1
            self.bytes += size
            if self.files > self.limits.max_members or self.bytes > self.limits.max_unpacked:
                yield ReadingError(place.path, "it holds more files or bytes than are read")
                return
            yield from self.letters(place.within(name, size), depth + 1)


class _Zip:
    """The letters in a zip file, by their names."""

    def __init__(self, package: zipfile.ZipFile, packed: int) -> None:
        self._package, self._packed = package, packed
        self._members = {
            PurePosixPath(each.filename.replace("\\", "/")): each for each in package.infolist() if is_safe(each)
        }
        self._folders: dict[PurePosixPath, list[str]] = {}
        for path in self._members:
            self._folders.setdefault(path.parent, []).append(path.name)
        own = sorted((path for path in self._members if is_letter(str(path))), key=lambda path: path.parts)
        self.sizes = {str(path): self._members[path].file_size for path in own}

    def check(self, limits: ReadingLimits) -> None:
        check_size(self._package, self._packed, limits)

    def read(self, name: str, limits: ReadingLimits) -> bytes:
        member = self._members.get(PurePosixPath(name))
        if member is None:
            raise ValueError("it is no longer in its container")
        return read_member(self._package, member, limits)

    def read_beside(self, name: str, limits: ReadingLimits) -> bytes | None:
        path = PurePosixPath(name)
        others = self._folders.get(path.parent, [])
        beside = _described_by(path, others.__contains__, lambda: others)
        return self.read(str(path.with_name(beside)), limits) if beside else None


class _Message:
    """The letters attached to a message; of two with one name the second is numbered."""

    def __init__(self, data: bytes) -> None:
        from mhnlp.reading.mail import attachments  # noqa: PLC0415 - for messages alone

        self._payloads: dict[str, bytes] = {}
        for name, payload in attachments(data):
            own, copies = PurePath(name), 1
            while str(own) in self._payloads:
                copies += 1
                own = own.with_stem(f"{PurePath(name).stem} ({copies})")
            if is_letter(str(own)):
                self._payloads[str(own)] = payload
        self.sizes = {name: len(payload) for name, payload in self._payloads.items()}

    def check(self, limits: ReadingLimits) -> None:
        """Check nothing: it is as large as its file."""

    def read(self, name: str, limits: ReadingLimits) -> bytes:
        payload = self._payloads.get(name)
        if payload is None:
            raise ValueError("it is no longer in its container")
        if len(payload) > limits.max_bytes:
            raise ValueError(f"it is larger than {limits.max_bytes // MEGABYTE} MB")
        return payload

    def read_beside(self, name: str, limits: ReadingLimits) -> None:
        """Nothing: a message describes itself."""


def _around(place: Place, limits: ReadingLimits) -> _Zip | _Message:
    """Open the container that a file is in."""
    return _open(replace(place, inner=place.inner[:-1]), limits)


def _open(place: Place, limits: ReadingLimits) -> _Zip | _Message:
    """Open a container; one that was opened just before, and is as it was, is used again."""
    try:
        return _cached(place, limits, status_of(place.file).st_mtime_ns)
    except ValueError as error:
        raise ReadingError(place.path, str(error)) from error


@lru_cache(maxsize=4)
def _cached(place: Place, limits: ReadingLimits, _written: int) -> _Zip | _Message:
    if place.suffix == ".eml":
        return _Message(place.load(limits))
    source = place.load(limits) if place.inner else place.file
    packed = len(source) if isinstance(source, bytes) else source.stat().st_size
    return _Zip(open_zip(source, kind="zip file"), packed)


def _described_by(letter: PurePath, exists: Callable[[str], bool], names: Callable[[], Iterable[str]]) -> str:
    """Name of the file of metadata beside a letter, empty if there is none.

    It has the letter's name, or is that of a folder which has the letter's name or holds this letter alone, in
    whatever formats.
    """
    own = f"{letter.stem}.{METADATA}"
    if exists(own):
        return own
    if letter.name == METADATA or not exists(METADATA):
        return ""
    if letter.parent.name == letter.stem:
        return METADATA
    return METADATA if all(PurePath(each).stem in {letter.stem, "metadata"} for each in names()) else ""


def _load_file(path: Path, limits: ReadingLimits) -> bytes:
    if status_of(path).st_size > limits.max_bytes:
        raise ReadingError(path, f"it is larger than {limits.max_bytes // MEGABYTE} MB")
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReadingError(path, f"it cannot be opened ({error.strerror})") from error
