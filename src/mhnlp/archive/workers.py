"""Processes that label: this one, several on this machine, or those of a Dask cluster."""

from __future__ import annotations

import signal
import tempfile
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mhnlp.archive.labelling import Recipe, label_batch
from mhnlp.archive.tasks import Outcome, Task
from mhnlp.errors import ArchiveError
from mhnlp.model import Model
from mhnlp.resources import models_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from distributed import Client

T = TypeVar("T")

LETTERS, BYTES = 32, 1_000_000
"""Bounds of a batch."""
AHEAD = 3
"""Batches in flight a worker: so many that none waits, and memory stays bounded."""


class Pool:
    """Workers behind the interface of `concurrent.futures`.

    Parameters
    ----------
    recipe
        What they label with, in the form in which it is sent to them.
    start
        Gives an executor; called again when workers died and took the last one with them.
    size
        Their number.
    """

    def __init__(self, recipe: object, start: Callable[[], Executor], size: int) -> None:
        self.size = size
        self._recipe = recipe
        self._start = start
        self.executor = start()

    def submit(self, tasks: list[Task]) -> Future[list[Outcome]]:
        """Send a batch to a worker."""
        try:
            return self._send(tasks)
        except BrokenExecutor:
            self.executor = self._start()
            return self._send(tasks)

    def _send(self, tasks: list[Task]) -> Future[list[Outcome]]:
        # Dask takes a handle in the place of the recipe.
        return self.executor.submit(label_batch, tasks, self._recipe)  # type: ignore[arg-type]


class InProcess(Executor):
    """Labels in this process, at once."""

    def submit(self, fn: Callable[..., T], /, *args: object, **kwargs: object) -> Future[T]:
        """Call the function."""
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@contextmanager
def open_pool(recipe: Recipe, *, n_jobs: int, scheduler: str | None) -> Iterator[Pool]:
    """Start workers, and end them.

    Parameters
    ----------
    recipe
        What they label with.
    n_jobs
        Processes on this machine.
    scheduler
        Address of a Dask scheduler whose workers are to label instead.
    """
    if scheduler is not None:
        with _dask(recipe, scheduler) as pool:
            yield pool
    elif n_jobs == 1:
        yield Pool(recipe, InProcess, 1)
    else:
        with _processes(recipe, n_jobs) as pool:
            yield pool


@contextmanager
def _processes(recipe: Recipe, size: int) -> Iterator[Pool]:
    """Start loky's processes, which unlike those of the standard library need no guard in the user's script."""
    from joblib.externals.loky import ProcessPoolExecutor  # noqa: PLC0415 - slow to import, and needed here alone

    def start() -> Executor:
        executor: Executor = ProcessPoolExecutor(size, initializer=_leave_interrupts_to_parent)
        return executor

    with ExitStack() as stack:
        if isinstance(recipe.model, Model):
            # Each worker loads the model once from here, instead of receiving it with every batch.
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            recipe = replace(recipe, model=str(recipe.model.save(folder)))
        pool = Pool(recipe, start, size)
        try:
            yield pool
        finally:
            pool.executor.shutdown(kill_workers=True)  # type: ignore[call-arg]  # loky's own


def _leave_interrupts_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _dask(recipe: Recipe, scheduler: str) -> Iterator[Pool]:
    try:
        from distributed import Client  # noqa: PLC0415 - an optional package
    except ImportError as error:
        raise ArchiveError('A Dask cluster needs distributed: pip install "mhnlp[dask]"') from error
    try:
        client = Client(scheduler, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise ArchiveError(f"There is no Dask scheduler at {scheduler} ({error})") from error
    with client:
        size = max(1, sum(client.nthreads().values()))
        executor = client.get_executor()
        yield Pool(_for_cluster(recipe, client), lambda: executor, size)


def _for_cluster(recipe: Recipe, client: Client) -> object:
    """Name a shipped model, which each machine has; send another one to each worker once."""
    name = _shipped_name(recipe.model)
    if name:
        return replace(recipe, model=name)
    model = recipe.model if isinstance(recipe.model, Model) else recipe.open()
    return client.scatter(replace(recipe, model=model), broadcast=True, hash=False)


def _shipped_name(model: Model | str) -> str:
    if isinstance(model, Model):
        return ""
    folder = Path(model)
    return folder.name if folder.parent == models_folder().resolve() else ""


def label_all(tasks: Iterable[Task], pool: Pool) -> Iterator[list[Outcome]]:
    """Label letters, in any order.

    Yields
    ------
    list of Outcome
        Those of a batch. Letters that were with a worker when it died are tried once more, one by one; the one that
        kills its worker again is a failure.
    """
    waiting: dict[Future[list[Outcome]], list[Task]] = {}
    suspects: list[Task] = []
    for batch in _batches(tasks):
        waiting[pool.submit(batch)] = batch
        while len(waiting) >= pool.size * AHEAD or (pool.size == 1 and waiting):
            yield from _collect(waiting, suspects)
        if suspects:
            yield from _finish(waiting, suspects, pool)
    while waiting or suspects:
        yield from _finish(waiting, suspects, pool)


def _finish(
    waiting: dict[Future[list[Outcome]], list[Task]], suspects: list[Task], pool: Pool
) -> Iterator[list[Outcome]]:
    """Wait for all batches, then try the suspects, each alone, so that it is known who is to blame."""
    while waiting:
        yield from _collect(waiting, suspects)
    while suspects:
        task = suspects.pop()
        again: list[Task] = []
        yield from _collect({pool.submit([task]): [task]}, again)
        for own in again:
            yield [Outcome(own.key, cause="the process that read it died (out of memory, or a fault in a reader)")]


def _collect(waiting: dict[Future[list[Outcome]], list[Task]], suspects: list[Task]) -> Iterator[list[Outcome]]:
    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
    for future in done:
        batch = waiting.pop(future)
        try:
            yield future.result()
        except BrokenExecutor:
            suspects += batch
        except Exception as error:
            if type(error).__name__ != "KilledWorker":
                raise
            suspects += batch


def _batches(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    batch: list[Task] = []
    size = 0
    for task in tasks:
        batch.append(task)
        size += task.content.size
        if len(batch) == LETTERS or size >= BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
