"""Zip files as a stranger may have made them: bombs, paths that climb, links and countless files are refused."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mhnlp.reading._builder import ReadingLimits

MAX_RATIO = 200
"""A file that unpacks to more times its size than this is a bomb; text seldom reaches 20."""


ENCRYPTED = "it is encrypted; save it without a password first"


def open_package(data: bytes, limits: ReadingLimits, *, kind: str) -> zipfile.ZipFile:
    """Open a zip file after checking what it says of its members.

    Raises
    ------
    ValueError
        If it is damaged or encrypted, or holds too much.
    """
    package = open_zip(data, kind=kind)
    if any(member.flag_bits & 1 for member in package.infolist()):
        raise ValueError(ENCRYPTED)
    check_size(package, len(data), limits)
    return package


def open_zip(source: bytes | Path, *, kind: str) -> zipfile.ZipFile:
    """Open a zip file whatever it holds.

    Raises
    ------
    ValueError
        If it is damaged.
    """
    try:
        return zipfile.ZipFile(source if isinstance(source, Path) else io.BytesIO(source))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ValueError(f"it cannot be opened as a {kind}: it is damaged, or something else") from error


def check_size(package: zipfile.ZipFile, packed: int, limits: ReadingLimits) -> None:
    """Raise a ValueError if a zip file of so many bytes says that it holds too much."""
    members = package.infolist()
    if len(members) > limits.max_members:
        raise ValueError(f"it holds {len(members):,} files, and at most {limits.max_members:,} are read")
    size = sum(member.file_size for member in members)
    if size > limits.max_unpacked or size > MAX_RATIO * max(packed, 100_000):
        raise ValueError(f"it unpacks to {size // 1_000_000:,} MB, which is no letter's size")


def read_member(package: zipfile.ZipFile, member: zipfile.ZipInfo, limits: ReadingLimits) -> bytes:
    """Bytes of one file in a zip file, counted while they are unpacked: its header may lie.

    Raises
    ------
    ValueError
        If it is damaged, encrypted, or larger than allowed.
    """
    if member.flag_bits & 1:
        raise ValueError(ENCRYPTED)
    try:
        with package.open(member) as file:
            data = file.read(limits.max_bytes + 1)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise ValueError("it is damaged inside the archive") from error
    except Exception as error:
        # Each compression has an error of its own (zlib.error, lzma.LZMAError), all children of Exception alone.
        raise ValueError("its compression is damaged") from error
    if len(data) > limits.max_bytes:
        raise ValueError(f"it is larger than {limits.max_bytes // 1_000_000} MB")
    return data


def is_safe(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a plain file inside the archive: no folder, no link, no path that climbs out."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    mode = member.external_attr >> 16
    climbs = path.is_absolute() or ".." in path.parts or ":" in member.filename.split("/")[0]
    special = mode != 0 and stat.S_IFMT(mode) not in {0, stat.S_IFREG}
    return not (member.is_dir() or climbs or special)
