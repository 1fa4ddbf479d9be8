"""What goes to a worker, and what comes back."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mhnlp.errors import ReadingError

if TYPE_CHECKING:
    from mhnlp.archive.contents import Content


@dataclass(frozen=True)
class Task:
    """A letter to be labelled, and the key for its labels."""

    key: str
    content: Content


@dataclass(frozen=True)
class Outcome:
    """What became of a task: packed labels, or the cause of a failure."""

    key: str
    passages: int = 0
    data: bytes = b""
    cause: str = ""
    traceback: str = ""


def failed(key: str, error: Exception) -> Outcome:
    """Tell a failure in words."""
    cause = error.cause if isinstance(error, ReadingError) else str(error) or repr(error)
    return Outcome(key, cause=cause, traceback="".join(traceback.format_exception(error)))
