"""The tables of a labelled archive: their columns, and their rows from what the state keeps.

The columns are versioned: `SCHEMA` rises when one changes its name, type or meaning.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import astuple, dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Literal

from mhnlp.archive.sources import PARTICULARS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mhnlp.archive.state import Kept, State
    from mhnlp.labels import LabelScheme
    from mhnlp.results import LabelledLetter, LabelledPassage

SCHEMA = 2

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


@dataclass(frozen=True)
class Shape:
    """What the tables depend on apart from the letters.

    Parameters
    ----------
    scheme
        The labels.
    model
        Fingerprint of the model.
    evidence
        Whether the sentences that carry the labels are in them.
    """

    scheme: LabelScheme
    model: str
    evidence: bool


def columns_of(table: Table, shape: Shape) -> Columns:
    """Columns of one of the `TABLES`."""
    scheme = shape.scheme
    if table == "failures":
        return FAILURES
    if table == "passages":
        probabilities: Columns = {f"p_{label}": float for label in scheme.labels}
        sentences: Columns = {f"evidence_{name}": str for name in (*scheme.pillars, "sentiment")}
        optional = sentences if shape.evidence else {}
        return {**WHERE, "passage": int, **PLACE, **LABELS, **probabilities, **optional, "model": str}
    shares = ("none", *scheme.labels, "uncertain")
    return {
        **WHERE,
        "duplicate_of": str,
        "passages": int,
        **{f"share_{label}": float for label in shares},
        "model": str,
    }


def rows_of(table: Table, state: State, shape: Shape) -> Iterator[Row]:
    """Rows of one of the `TABLES`, one after the other."""
    if table == "failures":
        yield from (astuple(failure) for failure in state.failures())
        return
    for kept in state.labelled():
        if table == "passages":
            yield from _passage_rows(kept, shape.model)
        else:
            yield _letter_row(kept, shape.scheme, shape.model)


def pack(labelled: LabelledLetter, evidence: Mapping[str, Sequence[str]]) -> bytes:
    """Write what the tables need of a labelled letter, without its name, as compressed JSON.

    Parameters
    ----------
    labelled
        The letter.
    evidence
        Columns of sentences that carry the labels, if any.
    """
    letter = labelled.letter
    sentences = zip(*evidence.values(), strict=True) if evidence else repeat(())
    passages = [
        [letter.page_of(each.start), *_values(each), *own] for each, own in zip(labelled, sentences, strict=False)
    ]
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
