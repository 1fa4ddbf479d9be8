"""Make letters of files: choose the reader by the suffix, and open what holds several letters."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from mhnlp.errors import ReadingError
from mhnlp.reading._builder import Draft, ReadingLimits
from mhnlp.reading.containers import Place, close_containers, letters_at
from mhnlp.reading.kinds import READERS, why_unread
from mhnlp.reading.metadata import with_metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mhnlp.letter import Letter, Metadata

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
    path = _checked(Path(path))
    if path.suffix.lower() != ".zip":
        return read_place(Place(path), limits=limits)
    letters = list(letters_at(Place(path), limits))
    if len(letters) != 1:
        raise ReadingError(path, f"it holds {len(letters)} letters; read them with `read_letters`")
    return next(read_letters(path, limits=limits))


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
    outermost = Place(_checked(Path(path)))
    try:
        for found in letters_at(outermost, limits):
            letter = found if isinstance(found, ReadingError) else _try_read(found, limits)
            if not isinstance(letter, ReadingError):
                yield letter
            elif on_error is None or letter.path == outermost.file:
                raise letter
            else:
                on_error(letter)
    finally:
        close_containers()


def read_place(place: Place, *, limits: ReadingLimits = DEFAULT_LIMITS) -> Letter:
    """Read the letter at a place.

    Raises
    ------
    ReadingError
        If it cannot be read.
    """
    data, metadata = place.load(limits), place.load_metadata(limits)
    return replace(parse_letter(data, place.path, metadata=metadata, limits=limits), name=place.name, path=place.file)


def parse_letter(
    data: bytes, path: Path, *, metadata: bytes | None = None, limits: ReadingLimits = DEFAULT_LIMITS
) -> Letter:
    """Make a letter of the bytes of a file.

    Parameters
    ----------
    data
        The bytes.
    path
        Where they are from; the suffix chooses the reader.
    metadata
        Those of the file of metadata beside it.
    limits
        Bounds on size, pages and characters.

    Raises
    ------
    ReadingError
        If they cannot be read.
    """
    place = READERS.get(path.suffix.lower())
    if place is None:
        raise ReadingError(path, why_unread(path.suffix) or "it holds several letters; read them with `read_letters`")
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
    draft.metadata = (metadata and _metadata(metadata)) or draft.metadata
    return with_metadata(draft.build(name=path.name, path=path))


def _try_read(place: Place, limits: ReadingLimits) -> Letter | ReadingError:
    try:
        return read_place(place, limits=limits)
    except ReadingError as error:
        return error


def _metadata(data: bytes) -> Metadata | None:
    """Metadata of a file of it; None from a damaged one, since the letter itself can be read without."""
    from mhnlp.reading.publication import read_metadata  # noqa: PLC0415 - needs lxml

    try:
        return read_metadata(data)
    except ValueError:
        return None


def _checked(path: Path) -> Path:
    """Give a path that is a file of a kind that is read."""
    if not path.exists():
        raise ReadingError(path, "there is no such file")
    if path.is_dir():
        raise ReadingError(path, "this is a folder; label the letters in it with `mhnlp label` or `label_archive`")
    if why_unread(path.suffix):
        raise ReadingError(path, why_unread(path.suffix))
    return path
