"""How far a run is: for a terminal, a notebook, a log, or a function."""

from __future__ import annotations

import sys
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WINDOW = 30.0
"""Seconds over which the rate is taken, so that letters that were labelled before do not flatter it."""
LOG_EVERY = 30.0
"""Seconds between two lines of a log."""
SHOW_EVERY = 0.2

ProgressMode = Literal["auto", "bar", "notebook", "log"]


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Parameters
    ----------
    letters
        Letters done: labelled now, labelled before, or failed.
    total
        Letters of the archive, None where it is not known beforehand.
    passages
        Their passages.
    failures
        Letters that could not be labelled.
    rate
        Letters a second, over the last half minute.
    """

    letters: int
    total: int | None
    passages: int
    failures: int
    rate: float

    @property
    def seconds_left(self) -> float | None:
        """Time that the rest takes at this rate, None if that cannot be known."""
        if self.total is None or not self.rate:
            return None
        return (self.total - self.letters) / self.rate

    def __str__(self) -> str:
        total = "" if self.total is None else f" of {self.total:,}"
        left = "" if self.seconds_left is None else f", {duration(self.seconds_left)} left"
        failures = f", {self.failures:,} failed" if self.failures else ""
        return (
            f"{self.letters:,}{total} letters, {self.passages:,} passages{failures}, {self.rate:,.1f} letters/s{left}"
        )


def duration(seconds: float) -> str:
    """Write a time for people.

    Examples
    --------
    >>> duration(59), duration(3700)
    ('0:59', '1:01:40')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class Counter:
    """Counts what is done and tells it on.

    Parameters
    ----------
    total
        Letters of the archive, if known.
    tell
        What is called with a `Progress`, a few times a second.
    """

    def __init__(self, total: int | None, tell: Callable[[Progress], None]) -> None:
        self._total = total
        self._tell = tell
        self._letters = self._passages = self._failures = 0
        self._history = deque([(time.monotonic(), 0)])
        self._told = 0.0

    def add(self, *, letters: int = 0, passages: int = 0, failures: int = 0) -> None:
        """Count."""
        self._letters += letters
        self._passages += passages
        self._failures += failures
        now = time.monotonic()
        if now - self._told >= SHOW_EVERY:
            self._told = now
            self._history.append((now, self._letters))
            while now - self._history[0][0] > WINDOW and len(self._history) > 2:
                self._history.popleft()
            self.tell()

    def tell(self) -> None:
        """Tell how far it is."""
        (since, before), now = self._history[0], time.monotonic()
        rate = (self._letters - before) / max(now - since, 1e-6)
        self._tell(Progress(self._letters, self._total, self._passages, self._failures, rate))


@contextmanager
def shown(progress: ProgressMode | Callable[[Progress], None] | None) -> Iterator[Callable[[Progress], None]]:
    """Show progress where and how it is asked for."""
    mode = _automatic() if progress == "auto" else progress
    if mode is None:
        yield lambda _: None
    elif callable(mode):
        yield mode
    elif mode == "log":
        yield _Log()
    elif mode == "notebook":
        yield _notebook()
    else:
        with _bar() as tell:
            yield tell


def _automatic() -> ProgressMode | None:
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None and type(shell).__name__ == "ZMQInteractiveShell":
        return "notebook"
    return "bar" if sys.stderr.isatty() else None


class _Log:
    """A line now and then, with the time, as batch systems keep them."""

    def __init__(self) -> None:
        self._last: float | None = None

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        finished = progress.letters == progress.total
        if self._last is None or now - self._last >= LOG_EVERY or finished:
            self._last = now
            sys.stderr.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {progress}\n")
            sys.stderr.flush()


def _notebook() -> Callable[[Progress], None]:
    from IPython.display import display  # noqa: PLC0415 - there in notebooks

    handle: Any = display(  # type: ignore[no-untyped-call]
        {"text/plain": "…"}, raw=True, display_id=True
    )

    def tell(progress: Progress) -> None:
        handle.update({"text/plain": str(progress)}, raw=True)

    return tell


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console  # noqa: PLC0415 - needed here alone
    from rich.progress import BarColumn, TextColumn  # noqa: PLC0415
    from rich.progress import Progress as RichProgress  # noqa: PLC0415

    with RichProgress(
        BarColumn(), TextColumn("{task.description}"), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task("listing the letters", total=None)
        yield lambda progress: bar.update(
            task, completed=progress.letters, total=progress.total, description=str(progress)
        )
