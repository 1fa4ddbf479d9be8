"""What can go wrong, in words that say what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class MhnlpError(Exception):
    """Parent of every error that mhnlp raises on purpose."""


class TextError(MhnlpError, ValueError):
    """A text that cannot be labelled: empty, too long, or not Dutch."""


class ReadingError(MhnlpError):
    """A file that cannot be read as a letter.

    Parameters
    ----------
    path
        The file.
    cause
        What is wrong with it, as a clause without a full stop.
    """

    def __init__(self, path: Path, cause: str) -> None:
        super().__init__(f"{path}: {cause}.")
        self.path = path
        self.cause = cause


class ArchiveError(MhnlpError):
    """A run over an archive that cannot begin or cannot go on; what was labelled until then is kept.

    Parameters
    ----------
    message
        What is wrong, and what to do.
    code
        Exit code of the command line.
    """

    def __init__(self, message: str, *, code: int = 2) -> None:
        super().__init__(message)
        self.code = code


class TableError(MhnlpError, ValueError):
    """A table that a figure cannot be made from: it lacks a column, or holds what is no label or date."""


class PipelineError(MhnlpError):
    """A Dutch pipeline that is not installed, or not the one a model was trained with."""


class ModelError(MhnlpError):
    """A model that is missing, damaged, of an unknown format, or that asks for types it may not have."""


class SchemeError(MhnlpError, ValueError):
    """A file of labels that cannot be read, or labels that cannot be used."""


class TrainingError(MhnlpError, ValueError):
    """Coded passages that a model cannot be trained on: too few, of one letter only, of other labels."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with annotations, at its place.

    Parameters
    ----------
    file, line, column, value
        The place, and what stands there.
    message
        What is wrong, as a clause without a full stop.
    unit
        What `line` counts: lines, or the rows, tasks or records of files that have no lines.
    """

    file: str
    line: int
    column: str
    value: str
    message: str
    unit: str = "line"

    def __str__(self) -> str:
        place = f"{self.file}, {self.unit} {self.line}" + (f", column {self.column}" if self.column else "")
        value = f" (found {self.value!r})" if self.value else ""
        return f"{place}: {self.message}{value}"


class AnnotationError(MhnlpError):
    """Annotations that break the format; every problem is listed, not the first only.

    Parameters
    ----------
    problems
        At least one problem.
    """

    SHOWN = 20

    def __init__(self, problems: Sequence[Problem]) -> None:
        lines = [str(problem) for problem in problems[: self.SHOWN]]
        if len(problems) > self.SHOWN:
            lines.append(f"… and {len(problems) - self.SHOWN} more, in the attribute `problems`")
        super().__init__("\n".join(lines))
        self.problems = tuple(problems)
