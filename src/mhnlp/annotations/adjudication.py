"""Disagreements as a table to decide in, and the decisions back."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from mhnlp.annotations.coded import FINAL, CodedPassage, CodedPassages
from mhnlp.annotations.coefficients import set_distance
from mhnlp.annotations.importing import read_coded
from mhnlp.annotations.sources import read_table
from mhnlp.annotations.tables import write_table
from mhnlp.annotations.vocabulary import NONE, Vocabulary
from mhnlp.annotations.workbook import write_workbook
from mhnlp.errors import AnnotationError, MhnlpError, Problem
from mhnlp.labels import SCHEME, LabelScheme

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from mhnlp.annotations.raw import Place

ABOUT = ("id", "letter", "date", "heading", "text")
CODES = ("pillars", "sentiment", "reason")
TAKE = "take"
"""Column for whose codes are taken, in the place of codes of one's own."""


def disagreements(
    data: str | Path | CodedPassages,
    *,
    out: str | Path | None = None,
    blind: bool = False,
    scheme: LabelScheme = SCHEME,
) -> pd.DataFrame:
    """Set the passages on which coders differ side by side, the most divided first, with columns to decide in.

    To decide a passage, fill in ``take`` (whose codes to take), or ``pillars`` and ``sentiment``; ``none`` says that a
    passage has no pillar. What all coders gave alike is filled in already. ``reason`` is kept with the decision.

    Parameters
    ----------
    data
        Coded passages, or a file of them.
    out
        A file to write the table to, ``.csv`` or ``.xlsx``.
    blind
        Whether to hide who gave which codes: coders are numbered, anew for each passage.
    scheme
        The labels.

    Returns
    -------
    DataFrame
        Columns ``id, letter, date, heading, text, differ``, each coder's ``<coder>: pillars``, ``<coder>: sentiment``
        and ``<coder>: reason``, and ``take, pillars, sentiment, reason`` to fill in.

    Raises
    ------
    MhnlpError
        If `out` has another suffix.
    """
    import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

    coded = data if isinstance(data, CodedPassages) else read_coded(data, scheme)
    divided = sorted((own for own in _grouped(coded).values() if _differ(own)), key=_distance, reverse=True)
    names = [f"coder {number}" for number in range(1, max(map(len, divided), default=0) + 1)]
    names = names if blind else [name for name in coded.coders if name != FINAL]
    columns = [*ABOUT, "differ", *(f"{name}: {code}" for name in names for code in CODES), TAKE, *CODES]
    frame = pd.DataFrame([_row(own, blind=blind) for own in divided], columns=columns, dtype=object).fillna("")
    if out is not None:
        _write(frame, Path(out), names, coded.scheme)
    return frame


def adjudicate(data: str | Path | CodedPassages, decided: str | Path, *, scheme: LabelScheme = SCHEME) -> CodedPassages:
    """Take decisions back: one set of codes a passage, to train on and to score with.

    Parameters
    ----------
    data
        The coded passages that `disagreements` was given.
    decided
        The file that it wrote, filled in.
    scheme
        The labels.

    Returns
    -------
    CodedPassages
        Passages on which coders agreed or that were decided have the coder ``final``, and decisions their reason;
        passages that one coder alone coded keep that coder.

    Raises
    ------
    AnnotationError
        With every passage that is undecided or decided twice, and every label that is none.
    """
    coded = data if isinstance(data, CodedPassages) else read_coded(data, scheme)
    groups = _grouped(coded)
    desk = _Desk.open(Path(decided), coded.scheme)
    decisions = desk.decisions({name: own for name, own in groups.items() if _differ(own)})
    records = tuple(decisions.get(name) or _agreed(own) for name, own in groups.items())
    return CodedPassages(coded.name, records, coded.scheme)


def _grouped(coded: CodedPassages) -> dict[str, list[CodedPassage]]:
    """Records of each passage; where it is decided already, the decision alone."""
    groups: dict[str, list[CodedPassage]] = {}
    for each in coded:
        groups.setdefault(each.id, []).append(each)
    final = {each.id: [each] for each in coded if each.coder == FINAL}
    return {name: final.get(name, own) for name, own in groups.items()}


def _differ(records: Sequence[CodedPassage]) -> list[str]:
    return [name for name in ("pillars", "sentiment") if len({getattr(each, name) for each in records}) > 1]


def _distance(records: Sequence[CodedPassage]) -> float:
    """How far coders are apart on a passage: on average, pillars as sets and sentiments alike."""
    pairs = list(combinations(records, 2))
    apart = [
        set_distance({*one.pillars}, {*other.pillars}) + (one.sentiment != other.sentiment) for one, other in pairs
    ]
    return sum(apart) / len(pairs)


def _agreed(records: Sequence[CodedPassage]) -> CodedPassage:
    return records[0] if len(records) == 1 else replace(records[0], coder=FINAL, reason="")


def _row(records: Sequence[CodedPassage], *, blind: bool) -> dict[str, str]:
    differ = _differ(records)
    row = {name: getattr(records[0], name) for name in ABOUT} | {"differ": " ".join(differ)}
    if blind:
        # An order that is the same each time, and tells nothing about the coders.
        records = sorted(records, key=lambda each: zlib.crc32(f"{each.id}\n{each.codes}".encode()))
    for number, each in enumerate(records, 1):
        name = f"coder {number}" if blind else each.coder
        row |= {f"{name}: {code}": value for code, value in zip(CODES, _cells(each), strict=True)}
    agreed = dict(zip(CODES[:2], _cells(records[0]), strict=False))
    return row | {name: value for name, value in agreed.items() if name not in differ}


def _cells(record: CodedPassage) -> tuple[str, str, str]:
    return " ".join(record.pillars) or NONE, record.sentiment, record.reason


def _write(frame: pd.DataFrame, path: Path, coders: Sequence[str], scheme: LabelScheme) -> None:
    suffix = path.suffix.lower()
    columns, rows = list(frame.columns), frame.to_numpy().tolist()
    path.parent.mkdir(parents=True, exist_ok=True)
    if suffix == ".csv":
        write_table(path, columns, rows, mark=True)
    elif suffix == ".xlsx":
        lists = {TAKE: coders, "sentiment": scheme.sentiments}
        write_workbook(path, {"decide": (columns, rows)}, lists)
    else:
        raise MhnlpError(f"{path}: disagreements are written as .csv or .xlsx, not as {suffix or 'no suffix'}")


@dataclass(frozen=True)
class _Desk:
    """A file of decisions: its rows by column name, each with its place, and the reader of its labels."""

    name: str
    rows: list[tuple[Place, dict[str, str]]]
    vocabulary: Vocabulary

    @classmethod
    def open(cls, path: Path, scheme: LabelScheme) -> _Desk:
        vocabulary = Vocabulary(scheme)
        names, rows = read_table(path, vocabulary)
        missing = [name for name in ("id", TAKE, *CODES) if name not in names]
        if missing:
            message = f"the columns {', '.join(missing)} are missing; give the file that `mhnlp adjudicate` wrote"
            raise AnnotationError([Problem(path.name, 1, "", "", message)])
        return cls(path.name, rows, vocabulary)

    def decisions(self, divided: Mapping[str, Sequence[CodedPassage]]) -> dict[str, CodedPassage]:
        """Decide the passages on which coders differ; whatever is wrong is told at once."""
        found: dict[str, CodedPassage] = {}
        seen: dict[str, Place] = {}
        problems: list[Problem] = []
        for place, row in self.rows:
            name = row["id"].strip()
            if name not in divided:
                problems.append(place.problem("id", name, "the coders do not differ on a passage of this id"))
            elif name in seen:
                message = f"is decided twice: here, and in {seen[name].unit} {seen[name].number}"
                problems.append(place.problem("id", name, message))
            else:
                seen[name] = place
                decision, wrong = self._decide(place, row, divided[name])
                problems += wrong
                found |= {name: decision} if decision else {}
        for name in divided:
            if name not in seen:
                problems.append(Problem(self.name, 1, "id", name, "is undecided: its row is missing"))
        if problems:
            raise AnnotationError(sorted(problems, key=lambda problem: problem.line))
        return found

    def _decide(
        self, place: Place, row: Mapping[str, str], records: Sequence[CodedPassage]
    ) -> tuple[CodedPassage | None, list[Problem]]:
        problems: list[Problem] = []
        own = self._codes(place, row, "", problems)
        taken = row[TAKE].strip()
        if taken:
            if f"{taken}: sentiment" not in row or not row[f"{taken}: sentiment"].strip():
                coders = ", ".join(name.removesuffix(": sentiment") for name in row if name.endswith(": sentiment"))
                return None, [*problems, place.problem(TAKE, taken, f"no coder of this name; there are {coders}")]
            codes = self._codes(place, row, f"{taken}: ", problems)
            for name in ("pillars", "sentiment"):
                if own[name] is not None and own[name] != codes[name]:
                    message = f"is decided twice: {TAKE} says {row[f'{taken}: {name}']!r}; leave one of them empty"
                    problems.append(place.problem(name, row[name], message))
            own = codes
        empty = [name for name in ("pillars", "sentiment") if not row[name].strip()] if not taken else []
        if empty:
            message = f"is undecided: fill in {TAKE}, or {' and '.join(empty)}" + " (none: no pillar)" * (
                "pillars" in empty
            )
            problems.append(place.problem(empty[0], "", message))
        if problems:
            return None, problems
        pillars, (sentiment,) = self.vocabulary.scheme.in_order(own["pillars"] or ()), own["sentiment"] or ("",)
        return replace(records[0], coder=FINAL, pillars=pillars, sentiment=sentiment, reason=row["reason"]), []

    def _codes(
        self, place: Place, row: Mapping[str, str], prefix: str, problems: list[Problem]
    ) -> dict[str, frozenset[str] | None]:
        """Pillars and sentiment in a row's cells; None for an empty or wrong one."""
        found: dict[str, frozenset[str] | None] = {}
        for column, kind in (("pillars", "pillar"), ("sentiment", "sentiment")):
            cell = row[prefix + column]
            reading = self.vocabulary.read(cell, kind)
            problems += [place.problem(prefix + column, value, message) for value, message in reading.problems]
            if kind == "sentiment" and len(reading.sentiments) > 1:
                problems.append(place.problem(prefix + column, cell, "a passage has exactly one sentiment"))
            if reading.none and reading.pillars:
                problems.append(place.problem(prefix + column, cell, "says no pillar, and names one"))
            given = reading.pillars if kind == "pillar" else reading.sentiments
            found[column] = given if cell.strip() and not reading.problems else None
        return found
