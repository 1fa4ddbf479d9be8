"""What a run over an archive has done so far, in one SQLite file.

SQLite was chosen over files of one's own because it already survives what this must survive: a commit is there as a
whole or not at all after ``kill -9``, a power cut or a full disk, and its lock ends with the process that holds it.
The rollback journal is used instead of the write-ahead log, which network folders do not support. A commit once a
second costs nothing that can be measured, so each is forced to the disk.
"""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from mhnlp.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMAT = 1
"""Version of the tables below; a state of another version is begun anew."""
APPLICATION = 0x6D686E6C
"""Marks the file as ours ("mhnl")."""
COMMIT_EVERY = 1.0
"""Seconds of work that a crash can cost."""
TABLES = """
CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE letters (
    letter TEXT PRIMARY KEY, path TEXT NOT NULL, run INTEGER NOT NULL, position INTEGER NOT NULL,
    stamp TEXT NOT NULL, digest TEXT NOT NULL, key TEXT NOT NULL);
CREATE INDEX letters_in_order ON letters (run, position);
CREATE INDEX letters_by_key ON letters (key, run, position);
CREATE TABLE results (key TEXT PRIMARY KEY, passages INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE failures (key TEXT PRIMARY KEY, cause TEXT NOT NULL, traceback TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Failure:
    """A letter that could not be labelled, and why.

    Parameters
    ----------
    name
        The letter.
    path
        Where it is; empty for a text in memory.
    cause
        What was wrong.
    traceback
        Where in the program it went wrong.
    """

    name: str
    path: str
    cause: str
    traceback: str = ""


@dataclass(frozen=True)
class Kept:
    """A labelled letter as the state gives it back; `first` names the letter that it repeats, if any."""

    letter: str
    path: str
    first: str
    data: bytes


class State:
    """The letters of an archive, their results and their failures.

    Parameters
    ----------
    path
        The file; None for one that ends with the object.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._run = 0
        self._position = 0
        self._committed = time.monotonic()
        self._database = sqlite3.connect("" if path is None else path, timeout=0, isolation_level=None)
        try:
            self._open()
        except BaseException:
            self._database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End without keeping what was not committed; a file that holds nothing is removed."""
        self._database.close()
        if self.path is not None and self.path.exists() and not self.path.stat().st_size:
            self.path.unlink()

    def begin(self) -> None:
        """Begin a run: what failed before is tried again."""
        with explained(self.path):
            self._run = int(self.note("run") or 0) + 1
            self._position = 0
            self.set_note("run", str(self._run))
            self._database.execute("DELETE FROM failures")

    def enlist(self, letter: str, path: str, stamp: str, digest: str, key: str) -> str:
        """Enter a letter of this run; a name that another letter of the run has gets a number.

        Returns
        -------
        str
            The name under which it was entered.
        """
        self._position += 1
        name, copies = letter, 1
        while self._database.execute(
            "SELECT 1 FROM letters WHERE letter = ? AND run = ?", (name, self._run)
        ).fetchone():
            copies += 1
            name = f"{letter}#{copies}"
        row = (name, path, self._run, self._position, stamp, digest, key)
        with explained(self.path):
            self._database.execute("INSERT OR REPLACE INTO letters VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return name

    def digest_of(self, letter: str, stamp: str) -> str:
        """Digest that a letter had when it was read last, empty if it was not or may have changed."""
        row = self._database.execute(
            "SELECT digest FROM letters WHERE letter = ? AND stamp = ?", (letter, stamp)
        ).fetchone()
        return str(row[0]) if row and stamp else ""

    def passages_of(self, key: str) -> int | None:
        """Number of passages that were labelled under a key, None if none were yet."""
        row = self._database.execute("SELECT passages FROM results WHERE key = ?", (key,)).fetchone()
        return row and int(row[0])

    def has_failed(self, key: str) -> bool:
        """Whether a letter with this key failed in this run."""
        return self._database.execute("SELECT 1 FROM failures WHERE key = ?", (key,)).fetchone() is not None

    def keep(self, key: str, passages: int, data: bytes) -> None:
        """Keep the labels of a letter."""
        with explained(self.path):
            self._database.execute("INSERT OR REPLACE INTO results VALUES (?, ?, ?)", (key, passages, data))

    def fail(self, key: str, cause: str, traceback: str) -> None:
        """Keep why a letter could not be labelled."""
        with explained(self.path):
            texts = (text.encode("utf-8", "backslashreplace").decode() for text in (cause, traceback))
            self._database.execute("INSERT OR REPLACE INTO failures VALUES (?, ?, ?)", (key, *texts))

    def commit(self, *, always: bool = False) -> None:
        """Force what was done to the disk, if the last time was a second ago.

        Raises
        ------
        ArchiveError
            If the disk is full, or the state was removed.
        """
        if not always and time.monotonic() - self._committed < COMMIT_EVERY:
            return
        if self.path is not None and not self.path.exists():
            raise ArchiveError(f"{self.path}, which keeps the work done, was removed in mid-run; run the command again")
        with explained(self.path):
            self._database.execute("COMMIT")
            self._database.execute("BEGIN IMMEDIATE")
        self._committed = time.monotonic()

    def forget_others(self) -> None:
        """Drop letters that are no longer in the archive, and results that no letter needs."""
        with explained(self.path):
            self._database.execute("DELETE FROM letters WHERE run <> ?", (self._run,))
            self._database.execute("DELETE FROM results WHERE key NOT IN (SELECT key FROM letters)")

    def note(self, name: str) -> str:
        """A remark that was kept, empty if there is none."""
        row = self._database.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def set_note(self, name: str, value: str) -> None:
        """Keep a remark."""
        with explained(self.path):
            self._database.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value))

    def keys(self) -> Iterator[tuple[str, ...]]:
        """Name, path, key, and cause and traceback of failure of each letter of this run, in order."""
        yield from self._database.execute(
            "SELECT letter, path, key, coalesce(cause, ''), coalesce(traceback, '') "
            "FROM letters LEFT JOIN failures USING (key) WHERE run = ? ORDER BY position",
            (self._run,),
        )

    def counts(self) -> tuple[int, int, int]:
        """Letters labelled, their passages, and letters that failed."""
        letters, passages = self._database.execute(
            "SELECT count(*), coalesce(sum(passages), 0) FROM letters JOIN results USING (key) WHERE run = ?",
            (self._run,),
        ).fetchone()
        return int(letters), int(passages), sum(1 for _ in self.failures())

    def labelled(self) -> Iterator[Kept]:
        """Labelled letters of this run, in order."""
        rows = self._database.execute(
            "SELECT letter, path, (SELECT letter FROM letters AS other WHERE other.key = own.key "
            "AND other.run = own.run ORDER BY position LIMIT 1), data "
            "FROM letters AS own JOIN results USING (key) WHERE run = ? ORDER BY position",
            (self._run,),
        )
        for letter, path, first, data in rows:
            yield Kept(letter, path, "" if first == letter else first, data)

    def failures(self) -> Iterator[Failure]:
        """Failures of this run, in order."""
        rows = self._database.execute(
            "SELECT letter, path, cause, traceback FROM letters JOIN failures USING (key) WHERE run = ? "
            "AND key NOT IN (SELECT key FROM results) ORDER BY position",
            (self._run,),
        )
        yield from (Failure(*row) for row in rows)

    def _open(self) -> None:
        try:
            for pragma in (
                "locking_mode = EXCLUSIVE",
                "journal_mode = DELETE",
                "synchronous = FULL",
                "cache_size = -16000",
            ):
                self._database.execute(f"PRAGMA {pragma}")
            self._database.execute("BEGIN EXCLUSIVE")
            self._check()
        except sqlite3.Error as error:
            raise _explain(error, self.path) from error
        self._run = int(self.note("run") or 0)

    def _check(self) -> None:
        """Make the tables in a new file; refuse a foreign one; begin one of another version anew."""
        application = self._database.execute("PRAGMA application_id").fetchone()[0]
        tables = [row[0] for row in self._database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        if tables and application != APPLICATION:
            raise ArchiveError(f"{self.path} is a database of another program; give another --out")
        if tables and self._database.execute("PRAGMA user_version").fetchone()[0] == FORMAT:
            return
        for table in tables:
            self._database.execute(f'DROP TABLE "{table}"')
        for statement in TABLES.split(";\n"):
            self._database.execute(statement)
        self._database.execute(f"PRAGMA application_id = {APPLICATION}")
        self._database.execute(f"PRAGMA user_version = {FORMAT}")


@contextmanager
def explained(path: Path | None) -> Iterator[None]:
    """Turn what SQLite and the system say of the disk into words that say what to do."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise _explain(error, path) from error


def _explain(error: sqlite3.Error | OSError, path: Path | None) -> ArchiveError:
    text = str(error)
    if "locked" in text:
        return ArchiveError(f"another run is writing to {path}; wait until it has ended, or give another --out")
    if "not a database" in text or "malformed" in text:
        return ArchiveError(f"{path} is damaged or no state of mhnlp; remove it to begin anew")
    return ArchiveError(
        f"{path or 'the temporary folder'} cannot be written ({text}). Free some space, or mend what is wrong with the "
        "folder, and run the same command again: it goes on where it was."
    )


def to_json(value: object) -> str:
    """Write a value as JSON, the same for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
