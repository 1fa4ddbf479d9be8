"""Tables as people make them: the header found, whichever row it stands in, and marks in a column a label read."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from typing import TYPE_CHECKING

from mhnlp.annotations.raw import ABOUT, KINDS, Cell, Place, Raw, Source, find_fields
from mhnlp.annotations.tables import MAX_CELL

if TYPE_CHECKING:
    from mhnlp.annotations.vocabulary import Vocabulary
    from mhnlp.errors import Problem

GridRow = tuple[int, list[str]]
"""The number of a row in its file, and its cells."""

SEARCHED = 15
"""Number of rows among which the header is looked for."""

SAMPLE = 50_000
"""Number of characters in which they stand."""

DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class Header:
    """The header of a table.

    Parameters
    ----------
    names
        Name of each column.
    fields
        The column of each field.
    marks
        The label of each column that holds marks.
    end
        How many rows stand above the first record, the header's own included.
    """

    names: list[str]
    fields: dict[str, int]
    marks: dict[int, str]
    end: int


def csv_rows(text: str, source: Source, vocabulary: Vocabulary) -> list[GridRow]:
    """Rows of a CSV file, split by the delimiter that makes a header of its first lines."""
    csv.field_size_limit(MAX_CELL)
    text = text.removeprefix("\ufeff")
    given = text[4:5] if text[:4].lower() == "sep=" else ""
    if given:
        # Excel's own way to name the delimiter; the line stays a line in the count.
        text = "\n" + text.partition("\n")[2]
    return _split(text, given or _delimiter(text, vocabulary), source)


def _delimiter(text: str, vocabulary: Vocabulary) -> str:
    widths: dict[str, tuple[bool, int]] = {}
    for delimiter in DELIMITERS:
        rows = list(islice(csv.reader(StringIO(text[:SAMPLE], newline=""), delimiter=delimiter), SEARCHED))
        numbered = list(enumerate(rows, 1))
        widths[delimiter] = (find_header(numbered, vocabulary) is not None, max(map(len, rows), default=0))
    return max(DELIMITERS, key=lambda own: widths[own])


def _split(text: str, delimiter: str, source: Source) -> list[GridRow]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    rows: list[GridRow] = []
    line = 1
    try:
        for cells in reader:
            rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        source.problems.append(Place(source.name, line).problem("", "", f"is no CSV: {error}"))
    return rows


def find_header(rows: list[GridRow], vocabulary: Vocabulary) -> Header | None:
    """Find the header: the first row that names a column of texts, with a second row of names if there is one."""
    for index, (_, names) in enumerate(rows[:SEARCHED]):
        fields = find_fields(names)
        if "text" not in fields:
            continue
        below = rows[index + 1][1] if index + 1 < len(rows) else []
        if _continues(below, names.index(fields["text"]), vocabulary):
            return _header(_joined(names, below), below, index + 2, vocabulary)
        return _header(names, names, index + 1, vocabulary)
    return None


def _continues(below: list[str], text: int, vocabulary: Vocabulary) -> bool:
    """Whether a row goes on with the header: names labels or fields, and no text."""
    given = [cell for cell in below if cell.strip()]
    own = below[text].strip() if text < len(below) else ""
    return (
        bool(given)
        and (not own or "text" in find_fields([own]))
        and all(vocabulary.column(cell) or find_fields([cell]) for cell in given)
    )


def _joined(above: list[str], below: list[str]) -> list[str]:
    """Names of a header of two rows; a merged cell's name counts for all that stands under it."""
    names: list[str] = []
    group = ""
    for index in range(max(len(above), len(below))):
        upper = above[index].strip() if index < len(above) else ""
        lower = below[index].strip() if index < len(below) else ""
        group = upper or group
        names.append(f"{group} {lower}" if lower and group != lower else upper or lower)
    return names


def _header(names: list[str], lowest: list[str], end: int, vocabulary: Vocabulary) -> Header:
    fields = {own: names.index(name) for own, name in find_fields(names).items()}
    taken = set(fields.values())
    marks: dict[int, str] = {}
    for index, name in enumerate(names):
        own = lowest[index] if index < len(lowest) and lowest[index].strip() else name
        label = vocabulary.column(own)
        if label and index not in taken:
            marks[index] = label
    return Header(names, fields, marks, end)


def read_grid(rows: list[GridRow], source: Source, vocabulary: Vocabulary, unit: str = "line") -> None:
    """Read the records of a table into a source."""
    header = find_header(rows, vocabulary)
    if header is None:
        first = ", ".join(repr(cell) for cell in rows[0][1][:8]) if rows else "nothing"
        message = f"no column holds the text: none is named 'text' or 'tekst' (the first row has {first})"
        source.problems.append(Place(source.name, rows[0][0] if rows else 1, unit).problem("text", "", message))
        return
    source.notices += _unused(header, Place(source.name, rows[header.end - 1][0], unit))
    for number, cells in rows[header.end :]:
        place = Place(source.name, number, unit)
        if not any(cell.strip() for cell in cells):
            continue
        if _fits(cells, header.names):
            source.raws.append(_record(place, [*cells, *[""] * (len(header.names) - len(cells))], header))
        else:
            message = f"has {len(cells)} cells, and the header has {len(header.names)}"
            source.problems.append(place.problem("", cells[0][:40], message))


def _fits(cells: list[str], names: list[str]) -> bool:
    """Whether a row has the header's cells; a row may miss cells only if the columns it misses have no name."""
    return not any(cell.strip() for cell in cells[len(names) :]) and not any(
        name.strip() for name in names[len(cells) :]
    )


def _record(place: Place, cells: list[str], header: Header) -> Raw:
    fields = header.fields
    own = [
        Cell(header.names[fields[name]], cells[fields[name]], kind=kind)
        for name, kind in KINDS.items()
        if name in fields and cells[fields[name]].strip()
    ]
    own += [
        Cell(header.names[index], cells[index], mark=label)
        for index, label in header.marks.items()
        if cells[index].strip()
    ]
    return Raw(
        place=place,
        text=cells[fields["text"]],
        cells=own,
        coder=cells[fields["coder"]].strip() if "coder" in fields else "",
        reason=cells[fields["reason"]] if "reason" in fields else "",
        about={name: cells[fields[name]] for name in ABOUT if name in fields},
    )


def _unused(header: Header, place: Place) -> list[Problem]:
    used = {*header.fields.values(), *header.marks}
    unused = [name for index, name in enumerate(header.names) if name.strip() and index not in used]
    return [place.problem("", "", f"columns not used: {', '.join(unused)}")] if unused else []
