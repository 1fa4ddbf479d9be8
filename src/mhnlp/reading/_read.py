"""Choose the reader by the file's suffix; open what holds several letters."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, cast

from mhnlp.errors import ReadingError
from mhnlp.reading._builder import Draft, ReadingLimits
from mhnlp.reading.metadata import with_metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mhnlp.letter import Letter, Metadata

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff"})
READERS = {
    ".txt": "text:read_text",
    ".text": "text:read_text",
    ".pdf": "pdf:read_pdf",
    ".docx": "word:read_word",
    ".htm": "html:read_html",
    ".html": "html:read_html",
    ".xhtml": "html:read_html",
    ".xml": "publication:read_publication",
    ".eml": "mail:read_mail",
    ".odt": "office:read_opendocument",
    ".rtf": "office:read_rich_text",
    **dict.fromkeys(PICTURES, "scan:read_picture"),
}
"""Where the reader of each format is; it is imported when the first such file is read."""
SUFFIXES = frozenset({*READERS, ".zip"}) - PICTURES
"""Suffixes of letters, in lower case. A picture is read where it is asked for by name; in folders and messages most
pictures are logos."""
ADVICE = {
    ".doc": "save it as .docx first",
    ".zip": "it holds several letters; read them with `read_letters`",
    ".msg": "save it as .eml first",
}

EXAMPLE = Path(__file__).parent.parent / "data" / "example-letter.txt"
DEFAULT_LIMITS = ReadingLimits()
METADATA = "metadata.xml"


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
        Plain text (``.txt``), PDF, Word (``.docx``), HTML, XML of the official publications, e-mail (``.eml``, its
        text without its attachments), OpenDocument (``.odt``), rich text (``.rtf``), a picture of a page, or a
        ``.zip`` with one letter in it. A file ``metadata.xml`` beside it is read too.
    limits
        Bounds on size, pages and characters.

    Returns
    -------
    Letter
        With the file's name as its name, its pages and blocks where the format has them, and its metadata.

    Raises
    ------
    ReadingError
        If the file is missing, is no file, is of another format, is damaged or encrypted, or is beyond a limit.

    Examples
    --------
    >>> letter = read_letter(EXAMPLE)
    >>> letter.metadata.date, letter.metadata.subject
    ('2024-11-14', 'Voortgang van de aanpak van mensenhandel')
    """
    path = Path(path)
    data = _load(path, limits)
    if path.suffix.lower() == ".zip":
        members = list(_members(data, path, limits))
        if len(members) != 1:
            raise ReadingError(path, f"it holds {len(members)} letters; read them with `read_letters`")
        return next(read_letters(path, limits=limits))
    return _parse(data, path, path.name, limits, _metadata_beside(path, limits))


def read_letters(
    path: str | Path,
    *,
    limits: ReadingLimits = DEFAULT_LIMITS,
    on_error: Callable[[ReadingError], None] | None = None,
) -> Iterator[Letter]:
    """Read all letters that a file holds: those in a .zip, the attachments of a message, or the one letter.

    Parameters
    ----------
    path
        A ``.zip``, an ``.eml``, or any file that `read_letter` reads.
    limits
        Bounds on sizes, on files within, and on containers within containers.
    on_error
        Called for each letter in a container that cannot be read; by default the first such error is raised.

    Yields
    ------
    Letter
        Named by its place in the container, such as ``"brieven.zip/2021/brief.pdf"``.

    Raises
    ------
    ReadingError
        If the file cannot be opened, or, without `on_error`, if a letter in it cannot be read.
    """
    path = Path(path)
    data = _load(path, limits)
    yield from _Container(path, limits, on_error).letters(data, path, path.name)


class _Container:
    """Walks through containers within containers, and counts what it has unpacked."""

    def __init__(self, path: Path, limits: ReadingLimits, on_error: Callable[[ReadingError], None] | None) -> None:
        self.path, self.limits, self.on_error = path, limits, on_error
        self.files = self.bytes = 0

    def letters(
        self, data: bytes, path: Path, name: str, depth: int = 0, beside: Metadata | None = None
    ) -> Iterator[Letter]:
        """Letters in a file; `path` is the file's own, or where it would be if its container were a folder."""
        suffix = path.suffix.lower()
        if depth > self.limits.max_depth:
            self._fail(ReadingError(path, f"it is a container more than {self.limits.max_depth} deep in others"))
            return
        if suffix != ".zip":
            yield from self._letter(data, path, name, beside)
        if suffix in {".zip", ".eml"}:
            yield from self._within(data, path, name, depth)

    def _letter(self, data: bytes, path: Path, name: str, beside: Metadata | None) -> Iterator[Letter]:
        try:
            if path == self.path:
                beside = _metadata_beside(path, self.limits)
            yield replace(_parse(data, path, name, self.limits, beside), path=self.path)
        except ReadingError as error:
            self._fail(error)

    def _within(self, data: bytes, path: Path, name: str, depth: int) -> Iterator[Letter]:
        try:
            members = list(_members(data, path, self.limits))
        except ReadingError as error:
            if path == self.path and path.suffix.lower() == ".zip":
                raise
            self._fail(error)
            return
        for inner, load, beside in members:
            try:
                own = load()
                self._count(path, own)
            except ReadingError as error:
                self._fail(error)
                continue
            yield from self.letters(own, path / inner, f"{name}/{inner}", depth + 1, beside)

    def _count(self, path: Path, data: bytes) -> None:
        self.files += 1
        self.bytes += len(data)
        if self.files > self.limits.max_members or self.bytes > self.limits.max_unpacked:
            raise ReadingError(path, "it holds more files or bytes than are read")

    def _fail(self, error: ReadingError) -> None:
        if self.on_error is None:
            raise error
        self.on_error(error)


Member = tuple[str, "Callable[[], bytes]", "Metadata | None"]


def _members(data: bytes, path: Path, limits: ReadingLimits) -> Iterator[Member]:
    """Names of the letters in a container, how to get the bytes of each, and the metadata beside it."""
    try:
        found = _mail_members(data) if path.suffix.lower() == ".eml" else _zip_members(data, path, limits)
        yield from found
    except ValueError as error:
        raise ReadingError(path, str(error)) from error


def _mail_members(data: bytes) -> Iterator[Member]:
    from mhnlp.reading.mail import attachments  # noqa: PLC0415 - for messages alone

    for name, payload in attachments(data):
        if Path(name).suffix.lower() in SUFFIXES:
            yield name, lambda payload=payload: payload, None  # type: ignore[misc]


def _zip_members(data: bytes, path: Path, limits: ReadingLimits) -> Iterator[Member]:
    from mhnlp.reading._package import is_safe, open_package, read_member  # noqa: PLC0415 - for containers alone

    package = open_package(data, limits, kind="zip file")
    names = {member.filename: member for member in package.infolist() if is_safe(member)}
    for name, member in sorted(names.items()):
        own = PurePosixPath(name.replace("\\", "/"))
        if (
            own.suffix.lower() not in SUFFIXES
            or own.name == METADATA
            or own.name.startswith(".")
            or "__MACOSX" in own.parts
        ):
            continue

        def load(member: object = member, own: PurePosixPath = own) -> bytes:
            try:
                return read_member(package, member, limits)  # type: ignore[arg-type]
            except ValueError as error:
                raise ReadingError(path / own, str(error)) from error

        beside = names.get(str(own.parent / METADATA)) if own.parent.name == own.stem or len(names) == 2 else None
        yield str(own), load, _metadata(read_member(package, beside, limits)) if beside else None


def _parse(data: bytes, path: Path, name: str, limits: ReadingLimits, beside: Metadata | None) -> Letter:
    """Make a letter of the bytes of a file."""
    place = READERS.get(path.suffix.lower())
    if place is None:
        raise ReadingError(path, f"files of the kind {path.suffix!r} are not read")
    module, function = place.split(":")
    reader = cast(
        "Callable[[bytes, ReadingLimits], Draft]", getattr(import_module(f"mhnlp.reading.{module}"), function)
    )
    try:
        draft = reader(data, limits)
    except ValueError as error:
        raise ReadingError(path, str(error)) from error
    except RecursionError as error:
        raise ReadingError(path, "its parts are nested too deep") from error
    if beside is not None:
        draft.metadata = beside
    return with_metadata(draft.build(name=name, path=path))


def _metadata_beside(path: Path, limits: ReadingLimits) -> Metadata | None:
    """Metadata in a file beside a letter: of its own name, or of the folder that holds this letter alone."""
    try:
        own = path.with_name(f"{path.stem}.{METADATA}")
        shared = path.with_name(METADATA)
        if not own.is_file() and path != shared and shared.is_file() and _stands_alone(path):
            own = shared
        return _metadata(own.read_bytes()) if own.is_file() and own.stat().st_size <= limits.max_bytes else None
    except OSError:
        # No such name is possible beside a name of the greatest length, or the folder cannot be listed.
        return None


def _stands_alone(path: Path) -> bool:
    """Whether a folder holds one letter, in whatever formats, and its metadata."""
    return all(each.stem in {path.stem, "metadata"} for each in path.parent.iterdir())


def _metadata(data: bytes) -> Metadata | None:
    """Metadata of a file of it; None from a damaged one, since the letter itself can be read without."""
    from mhnlp.reading.publication import read_metadata  # noqa: PLC0415 - needs lxml

    try:
        return read_metadata(data)
    except ValueError:
        return None


def _load(path: Path, limits: ReadingLimits) -> bytes:
    suffix = path.suffix.lower()
    if not path.exists():
        raise ReadingError(path, "there is no such file")
    if path.is_dir():
        raise ReadingError(path, "this is a folder; label the letters in it with `mhnlp label` or `label_archive`")
    if suffix not in {*READERS, ".zip"}:
        known = ADVICE.get(suffix) or f"only {', '.join(sorted(SUFFIXES))}"
        raise ReadingError(path, f"files of the kind {path.suffix or 'without a suffix'!r} are not read, {known}")
    try:
        if path.stat().st_size > limits.max_bytes and suffix != ".zip":
            raise ReadingError(path, f"it is larger than {limits.max_bytes // 1_000_000} MB")
        if path.stat().st_size > limits.max_unpacked:
            raise ReadingError(path, f"it is larger than {limits.max_unpacked // 1_000_000} MB")
        return path.read_bytes()
    except OSError as error:
        raise ReadingError(path, f"it cannot be opened ({error.strerror})") from error
