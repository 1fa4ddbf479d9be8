"""`label_archive`: the letters of a folder in one run, into one table."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from joblib import Parallel, delayed

from mhnlp.errors import ReadingError, TextError
from mhnlp.model import Model, load_model
from mhnlp.pipeline import Unit, classify
from mhnlp.reading import SUFFIXES, read_letter
from mhnlp.results import LabelledLetter, LabelledLetters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd


UNREAD = frozenset({".doc", ".msg", ".wpd"})
"""Suffixes of letters that cannot be read yet; passing over them in silence would lose them."""


@dataclass(frozen=True)
class Failure:
    """A letter that could not be labelled, and why."""

    name: str
    cause: str


@dataclass(frozen=True)
class ArchiveResult:
    """What a run over an archive gave.

    Parameters
    ----------
    letters
        The labelled letters, sorted by their path in the folder.
    failures
        The letters that could not be labelled.
    """

    letters: LabelledLetters
    failures: tuple[Failure, ...]

    def to_frame(self) -> pd.DataFrame:
        """Give a table, one row a passage, as `LabelledLetter.to_frame` does."""
        return self.letters.to_frame()


def label_archive(
    folder: str | Path,
    *,
    out: str | Path | None = None,
    model: str | Path | Model | None = None,
    unit: Unit = "passage",
    n_jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ArchiveResult:
    """Label every letter in a folder and the folders in it.

    Parameters
    ----------
    folder
        The folder. Hidden files are passed over, and so are files that are no letters by their suffix; letters in
        formats that are not read (PDF, Word …) are recorded as failures.
    out
        A ``.csv`` or ``.jsonl`` file to write the table to; it appears when it is complete.
    model
        As `classify` takes it.
    unit
        Whether each passage is labelled, or each sentence.
    n_jobs
        Worker processes, by default one a core. The result is the same for any number.
    progress
        Called with the number of letters done and the number of all.

    Returns
    -------
    ArchiveResult
        The letters are named by their path in the folder. A letter that cannot be labelled is recorded as a
        failure, and the run goes on.

    Raises
    ------
    ReadingError
        If `folder` is no folder, or holds no letters.
    ValueError
        If `out` has another suffix.
    """
    folder = Path(folder)
    if out is not None:
        _check_suffix(Path(out))
    paths = list(_letters(folder))
    if not paths:
        raise ReadingError(folder, f"it holds no letters: no file with the suffix {', '.join(sorted(SUFFIXES))}")
    chosen = model if isinstance(model, Model) else load_model(model)
    workers = min(n_jobs or os.cpu_count() or 1, len(paths))
    labelled: list[LabelledLetter | Failure] = []
    for each in _label_all(folder, paths, chosen, unit, workers):
        labelled.append(each)
        if progress:
            progress(len(labelled), len(paths))
    result = ArchiveResult(
        LabelledLetters(tuple(each for each in labelled if isinstance(each, LabelledLetter)), chosen.card.scheme),
        tuple(each for each in labelled if isinstance(each, Failure)),
    )
    if out is not None:
        write_frame(result.to_frame(), Path(out))
    return result


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV or JSON lines, at once or not at all.

    Parameters
    ----------
    frame
        The table.
    path
        Ends in ``.csv`` (UTF-8 with mark, which Excel asks for) or ``.jsonl``.
    """
    _check_suffix(path)
    partial = path.with_name(path.name + ".partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() == ".csv":
        frame.to_csv(partial, index=False, encoding="utf-8-sig")
    else:
        frame.to_json(partial, orient="records", lines=True, force_ascii=False)
    partial.replace(path)


def _check_suffix(path: Path) -> None:
    if path.suffix.lower() not in {".csv", ".jsonl"}:
        raise ValueError(
            f"{path}: a table is written as .csv or .jsonl, not as {path.suffix or 'a file without suffix'}"
        )


def _letters(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        is_file = "this is a file, not a folder; label it with `mhnlp classify`"
        raise ReadingError(folder, is_file if folder.exists() else "there is no such folder")
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in SUFFIXES | UNREAD and path.is_file() and not hidden:
            yield path


def _label_all(
    folder: Path, paths: list[Path], model: Model, unit: Unit, workers: int
) -> Iterator[LabelledLetter | Failure]:
    """Label letters in order, in this process or in several."""
    if workers == 1:
        yield from (_label(folder, path, model, unit) for path in paths)
        return
    with TemporaryDirectory() as shared:
        # Each worker loads the model once from here, instead of receiving it with every letter.
        model.save(shared)
        tasks = (delayed(_label)(folder, path, shared, unit) for path in paths)
        yield from Parallel(n_jobs=workers, return_as="generator")(tasks)


def _label(folder: Path, path: Path, model: Model | str, unit: Unit) -> LabelledLetter | Failure:
    name = path.relative_to(folder).as_posix()
    try:
        letter = read_letter(path)
        return classify(replace(letter, name=name), model=model, unit=unit)
    except (ReadingError, TextError) as error:
        return Failure(name, str(error))
