"""`label_archive`: list the letters, label those that are new, write the tables."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mhnlp._version import __version__
from mhnlp.archive.contents import digest_of
from mhnlp.archive.progress import Counter, shown
from mhnlp.archive.rows import SCHEMA, Shape, Table, columns_of, rows_of
from mhnlp.archive.sources import open_source
from mhnlp.archive.state import Failure, State, to_json
from mhnlp.archive.tasks import Outcome, Task, failed
from mhnlp.archive.writers import Format, state_path, write_tables
from mhnlp.catalogue import CARD, WEIGHTS, model_folder
from mhnlp.errors import ArchiveError, MhnlpError
from mhnlp.labels import LabelScheme
from mhnlp.reading import close_containers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import pandas as pd

    from mhnlp.archive.contents import Item
    from mhnlp.archive.progress import Progress, ProgressMode
    from mhnlp.archive.sources import Source
    from mhnlp.model import Model

Unit = Literal["passage", "sentence"]
WORTH_A_WORKER = 100
"""Letters for which another process is worth its start."""


@dataclass(frozen=True)
class ArchiveResult:
    """What a run over an archive gave; the tables themselves stay on disk until they are asked for.

    Parameters
    ----------
    letters
        Letters with labels.
    passages
        Their passages.
    failed
        Letters that could not be labelled.
    new
        Letters that this run labelled; the others had been labelled before, or repeat another letter.
    changed
        Whether the files were written; False if they were up to date.
    files
        The file or folder of each table; empty without `out`.
    """

    letters: int
    passages: int
    failed: int
    new: int
    changed: bool
    files: Mapping[Table, Path]
    _state: State | Path = field(repr=False)
    _model: _Chosen = field(repr=False)

    def to_frame(self, table: Table = "passages") -> pd.DataFrame:
        """Load a table into memory.

        Parameters
        ----------
        table
            ``"passages"``, one row a passage; ``"letters"``, one row a letter, with the share of each label; or
            ``"failures"``.
        """
        import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

        with self._opened() as state:
            rows = list(rows_of(table, state, self._model.shape))
        return pd.DataFrame.from_records(rows, columns=list(columns_of(table, self._model.shape)))

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The letters that could not be labelled, and why."""
        with self._opened() as state:
            return tuple(state.failures())

    @contextmanager
    def _opened(self) -> Iterator[State]:
        if isinstance(self._state, State):
            yield self._state
            return
        if not self._state.exists():
            raise ArchiveError(f"{self._state}, which keeps the results, was removed; read the files instead")
        with State(self._state) as state:
            yield state


def label_archive(
    source: str | Path | pd.DataFrame | Iterable[object],
    *,
    out: str | Path | None = None,
    model: str | Path | Model | None = None,
    unit: Unit = "passage",
    text: str = "text",
    n_jobs: int | None = None,
    scheduler: str | None = None,
    evidence: bool = False,
    semicolon: bool = False,
    strict: bool = False,
    tracebacks: bool = False,
    progress: ProgressMode | Callable[[Progress], None] | None = "auto",
) -> ArchiveResult:
    """Label many letters in one run that can be cut off and goes on where it was.

    Parameters
    ----------
    source
        The path of a folder, of a zip, or of a ``.csv`` or ``.parquet`` table with a text column; a DataFrame; or an
        iterable of texts, Paths and Letters. Hidden files are passed over, and so are files that are no letters by
        their suffix; a ``.zip`` in a folder, and attachments of an ``.eml``, are opened. In a table the column
        ``letter`` names the letters, and columns with the names of the fields of `Metadata` describe them.
    out
        Where the tables go: a ``.csv``, ``.jsonl``, ``.parquet`` or ``.arrow`` file for the passages, with the letters
        and the failures in files beside it; or a name without suffix, for a folder of Parquet files. What is done so
        far is kept beside it, in ``OUT.state``.
    model
        As `classify` takes it.
    unit
        Whether each passage is labelled, or each sentence.
    text
        The column of a table that holds the letters.
    n_jobs
        Worker processes, by default one a core, and fewer for few letters. The result is the same for any number.
    scheduler
        Address of a Dask scheduler, such as ``"tcp://10.0.0.1:8786"``, whose workers are to label instead.
    evidence
        Whether to add the sentences that speak most for the labels, as `LabelledLetter.to_frame` does. It takes about
        as long again with ``accurate``, and more than ten times as long with ``fast``.
    semicolon
        Write CSV with semicolons and decimal commas, as Dutch Excel reads it.
    strict
        Stop at the first letter that cannot be labelled.
    tracebacks
        Record with each failure where in the program it went wrong.
    progress
        ``"bar"``, ``"notebook"``, ``"log"`` (a line now and then), a function that takes a `Progress`, or None;
        ``"auto"`` shows a bar in a terminal or a notebook, and nothing elsewhere.

    Returns
    -------
    ArchiveResult
        Counts, the files, and the tables on demand. A letter that cannot be labelled is recorded as a failure and
        tried again in the next run.

    Raises
    ------
    ReadingError
        If there is no such archive.
    ArchiveError
        If the archive holds no letters, another run writes to `out`, the disk is full, or a letter failed and `strict`
        is set.

    Examples
    --------
    >>> result = label_archive(["De wachttijd voor de opvang van slachtoffers is helaas opgelopen."], n_jobs=1)
    >>> result.to_frame()[["letter", "pillars", "sentiment"]].values.tolist()
    [['1', 'shelter', 'negative']]
    """
    if unit not in {"passage", "sentence"}:
        raise ValueError(f"unit is 'passage' or 'sentence', not {unit!r}")
    found = open_source(source, text=text)
    path = None if out is None else Path(out)
    output = None if path is None else _Output(path, Format.of(path, semicolon=semicolon))
    state = State(None if output is None else output.state_file())
    try:
        run = _Run(state, _choose(model, state, evidence=evidence), unit, strict=strict, tracebacks=tracebacks)
        with shown(progress) as tell:
            n_jobs = n_jobs or worker_count(found.total)
            new = run.label(found, Counter(found.total, tell), n_jobs=n_jobs, scheduler=scheduler)
        changed = output is not None and output.publish(state, run.model)
        state.forget_others()
        state.commit(always=True)
        counts = state.counts()
    finally:
        close_containers()
        if output is not None:
            state.close()
    files: dict[Table, Path] = {} if output is None else output.format.files(output.path)
    return ArchiveResult(*counts, new, changed, files, state if path is None else state_path(path), run.model)


def worker_count(total: int | None) -> int:
    """Give one process a core, but no more than have letters enough to be worth their start of some seconds."""
    cores = os.cpu_count() or 1
    return cores if total is None else max(1, min(cores, total // WORTH_A_WORKER))


@dataclass(frozen=True)
class _Chosen:
    """A model: what workers load, and what it makes the tables depend on."""

    reference: Model | str
    shape: Shape


def _choose(model: str | Path | Model | None, state: State, *, evidence: bool) -> _Chosen:
    """Find out which model is meant; one that the last run used is not loaded to ask for its fingerprint."""
    if model is not None and not isinstance(model, str | Path):
        return _Chosen(model, Shape(model.card.scheme, model.fingerprint, evidence))
    folder = model_folder(model)
    files = [(folder / name).stat() for name in (WEIGHTS, CARD)]
    stamp = f"{__version__} {folder} {[(each.st_size, each.st_mtime_ns, each.st_ino) for each in files]}"
    known = json.loads(state.note("model") or "{}")
    if known.get("stamp") == stamp:
        scheme = LabelScheme(tuple(known["pillars"]), tuple(known["sentiments"]))
        return _Chosen(str(folder), Shape(scheme, known["fingerprint"], evidence))
    from mhnlp.model import load_model  # noqa: PLC0415 - takes seconds, which a run that is up to date spares

    loaded = load_model(folder)
    scheme = loaded.card.scheme
    note = {"pillars": scheme.pillars, "sentiments": scheme.sentiments, "fingerprint": loaded.fingerprint}
    state.set_note("model", to_json({"stamp": stamp, **note}))
    return _Chosen(str(folder), Shape(scheme, loaded.fingerprint, evidence))


@dataclass(frozen=True)
class _Output:
    """Where the tables go, and how they are written."""

    path: Path
    format: Format

    def state_file(self) -> Path:
        """File of the state, in a folder that is made."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return state_path(self.path)

    def publish(self, state: State, model: _Chosen) -> bool:
        """Write the tables unless they are up to date; tell whether they were written."""
        content = self._digest(state, model)
        if state.note("published") == to_json([content, self._stamps()]):
            return False
        write_tables(state, self.path, format=self.format, shape=model.shape)
        state.set_note("published", to_json([content, self._stamps()]))
        return True

    def _digest(self, state: State, model: _Chosen) -> str:
        """Digest of all that the files depend on."""
        settings = (str(SCHEMA), repr(self.format), repr(model.shape))
        return digest_of(chain(settings, chain.from_iterable(state.keys())))

    def _stamps(self) -> list[list[object]]:
        files = self.format.files(self.path).values()
        parts = chain.from_iterable(sorted(path.rglob("*")) if path.is_dir() else [path] for path in files)
        return [[str(path), path.stat().st_size, path.stat().st_mtime_ns] for path in parts if path.exists()]


class _Run:
    """The labelling part of a run."""

    def __init__(self, state: State, model: _Chosen, unit: Unit, *, strict: bool, tracebacks: bool) -> None:
        self.model = model
        self._state = state
        self._unit = unit
        self._strict = strict
        self._tracebacks = tracebacks
        evidence = ["evidence"] if model.shape.evidence else []
        self._suffix = "-" + digest_of([__version__, model.shape.model, unit, *evidence])[:16]
        self._waiting: dict[str, int] = {}

    def label(self, source: Source, counter: Counter, *, n_jobs: int, scheduler: str | None) -> int:
        """Label what was not labelled before, and tell how many letters that were.

        Raises
        ------
        ArchiveError
            If there is no letter.
        """
        self._state.begin()
        try:
            new = self._label(self._tasks(source, counter), counter, n_jobs, scheduler)
        except BaseException:
            # Interrupted, or in a fault: what was done is kept, unless that is just what cannot be.
            with suppress(MhnlpError):
                self._state.commit(always=True)
            raise
        if next(self._state.keys(), None) is None:
            raise ArchiveError("there are no letters in this archive", code=3)
        self._state.commit(always=True)
        counter.tell()
        return new

    def _label(self, tasks: Iterator[Task], counter: Counter, n_jobs: int, scheduler: str | None) -> int:
        first = next(tasks, None)
        if first is None:
            return 0
        from mhnlp.archive.labelling import Recipe  # noqa: PLC0415 - slow to import, and needed for new letters alone
        from mhnlp.archive.workers import label_all, open_pool  # noqa: PLC0415

        shape = self.model.shape
        recipe = Recipe(self.model.reference, shape.model, self._unit, evidence=shape.evidence)
        new = 0
        with open_pool(recipe, n_jobs=n_jobs, scheduler=scheduler) as pool:
            for outcomes in label_all(chain([first], tasks), pool):
                for outcome in outcomes:
                    new += not outcome.cause
                    self._take(outcome, counter)
                self._state.commit()
        return new

    def _tasks(self, source: Source, counter: Counter) -> Iterator[Task]:
        """Enter the letters, and give those that are to be labelled."""
        for item in source.items:
            key = self._enter(item)
            passages = self._state.passages_of(key)
            if passages is not None:
                counter.add(letters=1, passages=passages)
            elif self._state.has_failed(key):
                counter.add(letters=1, failures=1)
            elif key in self._waiting:
                self._waiting[key] += 1
            else:
                self._waiting[key] = 1
                yield Task(key, item.content)
            self._state.commit()

    def _enter(self, item: Item) -> str:
        """Enter a letter and give the key for its labels."""
        try:
            stamp = item.content.stamp()
            digest = self._state.digest_of(item.name, stamp) or item.content.digest()
        except MhnlpError as error:
            key = f"unread {item.name}"
            self._state.enlist(item.name, item.path, "", "", key)
            self._fail(failed(key, error))
            return key
        self._state.enlist(item.name, item.path, stamp, digest, digest + self._suffix)
        return digest + self._suffix

    def _take(self, outcome: Outcome, counter: Counter) -> None:
        letters = self._waiting.pop(outcome.key)
        if outcome.cause:
            self._fail(outcome)
        else:
            self._state.keep(outcome.key, outcome.passages, outcome.data)
        failures = letters if outcome.cause else 0
        counter.add(letters=letters, passages=letters * outcome.passages, failures=failures)

    def _fail(self, outcome: Outcome) -> None:
        self._state.fail(outcome.key, outcome.cause, outcome.traceback if self._tracebacks else "")
        if self._strict:
            failure = next(self._state.failures())
            raise ArchiveError(f"{failure.name}: {failure.cause}. The run stopped at it (strict).", code=1)
