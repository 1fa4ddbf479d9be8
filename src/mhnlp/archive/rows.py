"""The tables of a labelled archive: their columns, and their rows from what the state keeps.

The columns are versioned: `SCHEMA` rises when one changes its name, type or meaning.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import astuple
from typing import TYPE_CHECKING, Literal

from mhnlp.archive.sources import PARTICULARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mhnlp.archive.state import Kept, State
    from mhnlp.labels import LabelScheme
    from mhnlp.results import LabelledLetter, LabelledPassage

SCHEMA = 1

Value = str | int | float | bool | None
Row = tuple[Value, ...]
Columns = dict[str, type]
"""Names of columns with the type of their values; any value may be None where its meaning says so."""

WHERE: Columns = {"letter": str, "path": str, **dict.fromkeys(PARTICULARS, str)}
PLACE: Columns = {"page": int, "start": int, "end": int, "kind": str, "heading": str, "text": str}
LABELS: Columns = {"pillars": str, "sentiment": str, "uncertain": bool}
FAILURES: Columns = {"letter": str, "path": str, "cause": str, "traceback": str}
Table = Literal["passages", "letters", "failures"]
TABLES: tuple[Table, ...] = ("passages", "letters", "failures")


def columns_of(table: Table, scheme: LabelScheme) -> Columns:
    """Columns of one of the `TABLES`."""
    if table == "failures":
        return FAILURES
    if table == "passages":
        probabilities: Columns = {f"p_{label}": float for label in scheme.labels}
        return {**WHERE, "passage": int, **PLACE, **LABELS, **probabilities, "model": str}
    shares = ("none", *scheme.labels, "uncertain")
    return {
        **WHERE,
        "duplicate_of": str,
        "passages": int,
        **{f"share_{label}": float for label in shares},
        "model": str,
    }


def rows_of(table: Table, state: State, scheme: LabelScheme, model: str) -> Iterator[Row]:
    """Rows of one of the `TABLES`, one after the other."""
    if table == "failures":
        yield from (astuple(failure) for failure in state.failures())
    for kept in state.labelled() if table != "failures" else ():
        if table == "passages":
            yield from _passage_rows(kept, model)
        else:
            yield _letter_row(kept, scheme, model)


def pack(labelled: LabelledLetter) -> bytes:
    """Write what the tables need of a labelled letter, without its name, as compressed JSON."""
    letter = labelled.letter
    passages = [[letter.page_of(each.start), *_values(each)] for each in labelled]
    particulars = [getattr(letter.metadata, name) for name in PARTICULARS]
    data = json.dumps([particulars, passages], ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(data.encode("utf-8"), 1)


def _values(passage: LabelledPassage) -> list[Value]:
    """Values of the columns `PLACE` after the page, `LABELS`, and the probabilities."""
    place: list[Value] = [passage.start, passage.end, passage.kind, passage.heading, passage.text]
    return [*place, " ".join(passage.pillars), passage.sentiment, passage.uncertain, *passage.probabilities.values()]


def _unpack(data: bytes) -> tuple[list[str], list[list[Value]]]:
    particulars, passages = json.loads(zlib.decompress(data))
    return particulars, passages


def _passage_rows(kept: Kept, model: str) -> Iterator[Row]:
    particulars, passages = _unpack(kept.data)
    for number, values in enumerate(passages, 1):
        yield (kept.letter, kept.path, *particulars, number, *values, model)


def _letter_row(kept: Kept, scheme: LabelScheme, model: str) -> Row:
    particulars, passages = _unpack(kept.data)
    first = len(PLACE)
    pillars = [str(values[first]).split() for values in passages]
    counts = [
        sum(not own for own in pillars),
        *(sum(label in own for own in pillars) for label in scheme.pillars),
        *(sum(values[first + 1] == label for values in passages) for label in scheme.sentiments),
        sum(bool(values[first + 2]) for values in passages),
    ]
    shares = (count / len(passages) for count in counts)
    return (kept.letter, kept.path, *particulars, kept.first, len(passages), *shares, model)
