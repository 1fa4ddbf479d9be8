"""Files that appear when they are complete, in the place of what was there."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Give a name to write a file or a folder to, and put what was written in the place of what was there.

    If the writing fails, what was there stays. The folder that it is in is made.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "labels.csv"
    ...     with replaced(path) as partial:
    ...         _ = partial.write_text("letter,pillars")
    ...     [each.name for each in Path(folder).iterdir()]
    ['labels.csv']
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    before = path.with_name(path.name + ".before")
    remove(partial)
    try:
        yield partial
        if partial.is_file():
            force(partial)
        if partial.is_dir() and path.exists():
            # A folder cannot take another one's place in one step; if this is cut off here, the next run mends it.
            remove(before)
            path.rename(before)
        partial.replace(path)
        force(path.parent)
    finally:
        remove(partial)
        remove(before)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def force(path: Path) -> None:
    """Force a file, or the names in a folder, to the disk."""
    if os.name == "nt" and path.is_dir():
        return
    # Windows forces only what is open for writing.
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
