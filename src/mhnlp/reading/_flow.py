"""From the rows of pages to the blocks of a letter: running parts, margins and notes set apart, paragraphs joined."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from mhnlp.alignment import AlignedText, concatenate
from mhnlp.forms import FIELD_START, ITEM, PAGE_LINE, SALUTATION
from mhnlp.reading._geometry import WORD_GAP, Column, columns, find_alley, segments

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mhnlp.reading._builder import Draft
    from mhnlp.reading._geometry import Page, Row

TOP, BOTTOM = 0.12, 0.9
"""Parts of a page's height above and below which running headers and footers stand."""
EDGE = 0.1
"""Part of a page's height at top and bottom where a bare number is the page's."""
NOTE_SIZE = 0.92
"""Notes are printed smaller than this part of the size of the running text."""
NEW_SIZE = 0.12
"""A change of type size by more than this part ends a paragraph."""
MISJUDGED_SIZE = 0.3
"""The same in the middle of a sentence: recognition misjudges the size of a line whose letters are all low or high."""
OPEN_GAP = 1.3
"""A distance of more lines than this ends a paragraph."""
SET_OFF = 3.0
"""Type sizes between a header and the text below it."""
INDENT = 4.0
"""Points by which a line stands in that is indented on purpose."""
HEADING_WORDS = 30
SLACK = 0.25
"""Room that a full line may leave beyond the next word, in type sizes."""

FORMULA = re.compile(rf"(?:{SALUTATION.pattern}),|(?:hoogachtend|met vriendelijke groet),?", re.IGNORECASE)
"""A line that is a salutation or a closing formula."""
UNFINISHED = re.compile(r"[\w,;(/-][”’\"']?$")
TERMINAL = re.compile(r"[.?!:…][”’\"')\]]*$")
LOW = 0.6
"""Part of a page's height below which notes stand."""
MISREAD_MARK = re.compile(r"[|!?lLIiJÌÍÎ\]'’“”\"]{1,2}\s+(?=[A-Z])")
NOTE_MARK = re.compile(r"(\d{1,3}|[*†‡])\)?(?:\s|$)")


@dataclass
class _Sheet:
    """A page taken apart; the rows of `body` are in reading order."""

    page: Page
    header: list[Row] = field(default_factory=list)
    footer: list[Row] = field(default_factory=list)
    numbers: list[Row] = field(default_factory=list)
    body: list[Column] = field(default_factory=list)
    margin: list[Column] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)


@dataclass
class _Group:
    """Rows that make one block."""

    kind: str
    rows: list[Row]


def fill(draft: Draft, pages: Sequence[Page]) -> None:
    """Put the text of pages into a draft, with all of its blocks."""
    sheets = _take_apart(pages)
    size = _body_size(sheets)
    for sheet, before in zip(sheets, [None, *sheets], strict=False):
        _set_notes_apart(sheet, size, goes_on=before is not None and bool(before.notes))
    flow = [column for sheet in sheets for column in sheet.body]
    groups = _Paragraphs(flow, size).groups()
    last = {id(group.rows[-1]) for group in groups}
    placed: dict[int, AlignedText] = {}
    for sheet in sheets:
        draft.start_page()
        _side(draft, "header", ([row] for row in sheet.header))
        for row in (row for column in sheet.body for row in column.rows):
            placed[id(row)] = _line(draft, row, end="\n\n" if id(row) in last else "\n")
        for column in sheet.margin:
            _side(draft, "margin", _stacks(column.rows))
        draft.add("margin", sheet.page.sideways)
        _side(draft, "note", _notes(sheet.notes))
        _side(draft, "footer", ([row] for row in sheet.footer))
        _side(draft, "page number", ([row] for row in sheet.numbers))
    for group in groups:
        draft.block(group.kind, [placed[id(row)] for row in group.rows])


def _line(draft: Draft, row: Row, *, end: str = "\n") -> AlignedText:
    """Add a row to the text; its references to footnotes stand in the text, but not in what is read."""
    text, cuts = row.layout()
    line = draft.line(text, end=end)
    parts: list[AlignedText] = []
    done = 0
    for start, stop in cuts:
        parts.append(line.slice(done, start))
        done = stop
    return concatenate([*parts, line.slice(done, len(line.text))]) if cuts else line


def _side(draft: Draft, kind: str, groups: Iterable[Sequence[Row]]) -> None:
    for rows in groups:
        draft.add(kind, [row.text for row in rows])


def _take_apart(pages: Sequence[Page]) -> list[_Sheet]:
    """Tell running headers, footers and page numbers from the rest of each page."""
    found = [segments(page.words, page.number) for page in pages]
    repeated = Counter(key for page, rows in zip(pages, found, strict=True) for key in {*_keys(page, rows)})
    sheets: list[_Sheet] = []
    rests: list[list[Row]] = []
    for page, rows in zip(pages, found, strict=True):
        sheet = _Sheet(page)
        rest: list[Row] = []
        for row in rows:
            place = row.base / page.height
            if _is_page_number(row, place):
                sheet.numbers.append(row)
            elif TOP < place < BOTTOM or not any(repeated[key] > 1 for key in _near(row)):
                rest.append(row)
            else:
                (sheet.header if place <= TOP else sheet.footer).append(row)
        if page.number:
            apart = _set_off(rest, page.height)
            sheet.header += rest[:apart]
            rest = rest[apart:]
        sheets.append(sheet)
        rests.append(rest)
    alleys = [alley for alley in map(find_alley, rests) if alley]
    for sheet, rest in zip(sheets, rests, strict=True):
        for column in columns(rest, alleys):
            (sheet.margin if column.margin else sheet.body).append(column)
    return sheets


def _set_off(rows: Sequence[Row], height: float) -> int:
    """Count the rows at the top of a page that a wide blank sets off from its text: a header that stands once."""
    for index in range(1, min(4, len(rows))):
        upper, lower = rows[index - 1], rows[index]
        if upper.base > TOP * height:
            break
        if lower.base - upper.base > SET_OFF * lower.size:
            return index
    return 0


def _key(row: Row, shift: int = 0) -> tuple[str, int]:
    """What a running header has in common on all pages: its words, without numbers, and its place."""
    return re.sub(r"[\d\W]+", " ", row.text.lower()).strip(), round(row.base / 6) + shift


def _near(row: Row) -> list[tuple[str, int]]:
    return [_key(row, shift) for shift in (-1, 0, 1)] if _key(row)[0] else []


def _keys(page: Page, rows: Iterable[Row]) -> Iterable[tuple[str, int]]:
    return (key for row in rows if not TOP < row.base / page.height < BOTTOM for key in _near(row)[1:2])


def _is_page_number(row: Row, place: float) -> bool:
    if not PAGE_LINE.fullmatch(row.text):
        return False
    bare = not any(character.isalpha() for character in row.text)
    return not (EDGE if bare else TOP + 0.1) < place < (1 - EDGE if bare else BOTTOM - 0.1)


def _body_size(sheets: Sequence[_Sheet]) -> float:
    """Type size of the running text: the one in which most letters are printed."""
    letters: Counter[float] = Counter()
    for row in (row for sheet in sheets for column in sheet.body for row in column.rows):
        letters[round(row.size * 4) / 4] += sum(len(word.text) for word in row.words)
    return letters.most_common(1)[0][0] if letters else 1.0


def _set_notes_apart(sheet: _Sheet, size: float, *, goes_on: bool) -> None:
    """Move the footnotes at the bottom of each column out of the running text."""
    kept: list[Column] = []
    for column in sheet.body:
        rows = column.rows
        start = len(rows)
        while start and rows[start - 1].size < NOTE_SIZE * size:
            start -= 1
        low = LOW * sheet.page.height
        begins = [index for index in range(start, len(rows)) if _is_note(rows[index], low)]
        if begins and not goes_on:
            start = begins[0]
        if begins or goes_on:
            sheet.notes += rows[start:]
            rows = rows[:start]
        if rows:
            kept.append(Column(rows, column.left, column.right))
    sheet.body = kept


def _is_note(row: Row, low: float) -> bool:
    """Whether a row begins as a note; recognition takes a small raised figure for a mark or a letter."""
    return NOTE_MARK.match(row.text) is not None or (row.base > low and MISREAD_MARK.match(row.text) is not None)


def _notes(rows: Sequence[Row]) -> list[list[Row]]:
    """Notes, each with the rows it goes on in."""
    found: list[list[Row]] = []
    number = 0
    for row in rows:
        match = NOTE_MARK.match(row.text)
        own = int(match[1]) if match and match[1].isdigit() else 0
        if not found or (match and (not own or not number or own == number + 1)):
            found.append([row])
            number = own or number
        else:
            found[-1].append(row)
    return found


def _stacks(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows of a margin, cut at blank lines."""
    found: list[list[Row]] = []
    for row in rows:
        if found and row.base - found[-1][-1].base < 1.6 * row.size:
            found[-1].append(row)
        else:
            found.append([row])
    return found


class _Paragraphs:
    """Gathers rows into paragraphs, across columns and pages.

    Parameters
    ----------
    flow
        Columns of running text in reading order.
    size
        Type size of the running text.
    """

    def __init__(self, flow: Sequence[Column], size: float) -> None:
        self.flow = flow
        self.size = size
        steps = [
            lower.base - upper.base
            for column in flow
            for upper, lower in zip(column.rows, column.rows[1:], strict=False)
            if abs(lower.size - size) < NEW_SIZE * size
        ]
        self.leading = max(median(steps) if steps else 0.0, size)
        self.rights = [self._right(column) for column in flow]

    def _right(self, column: Column) -> float:
        """Right edge of a column, as the same column of all pages shows it."""
        alike = [other for other in self.flow if abs(other.left - column.left) < 3 * INDENT and _alike(other, column)]
        rights = sorted(row.right for other in alike for row in other.rows)
        # A line or two may stick out.
        return rights[-1 - (1 + len(rights) // 50 if len(rights) > 10 else 0)]

    def groups(self) -> list[_Group]:
        """Blocks in the order in which they begin."""
        found: list[_Group] = []
        before: tuple[int, Row] | None = None
        for number, column in enumerate(self.flow):
            tabular = _table_rows(column)
            for index, row in enumerate(column.rows):
                kind = "table" if index in tabular else ""
                same = bool(found) and (found[-1].kind == "table") == (kind == "table")
                if same and before and (kind or not self._begins(found[-1], row, before[0], number)):
                    found[-1].rows.append(row)
                else:
                    found.append(_Group(kind, [row]))
                before = (number, row)
        return [_Group(group.kind or self._kind(group.rows), group.rows) for group in found]

    def _kind(self, rows: Sequence[Row]) -> str:
        text = " ".join(row.read for row in rows)
        marked = all(row.marked for row in rows) or all(row.size > (1 + NEW_SIZE) * self.size for row in rows)
        short = len(text.split()) <= HEADING_WORDS and not re.search(r"[.;,]$", text)
        return "heading" if marked and short else "paragraph"

    def _begins(self, group: _Group, row: Row, last_column: int, column: int) -> bool:
        """Whether a row begins a paragraph."""
        last = group.rows[-1]
        unfinished = bool(UNFINISHED.search(last.read))
        goes_on = unfinished and row.read[0].islower()
        other_size = abs(row.size - last.size) > (MISJUDGED_SIZE if goes_on else NEW_SIZE) * self.size
        far = last_column == column and row.base - last.base > OPEN_GAP * self.leading
        if other_size or far or FORMULA.fullmatch(row.read):
            return True
        room = self._room(last, row, self.rights[last_column])
        if ITEM.match(row.read):
            return not self._is_mid_line(group, row, unfinished=unfinished, room=room)
        if goes_on:
            return False
        changed = row.marked != last.marked or FIELD_START.match(row.read) is not None
        above, below = self.flow[last_column], self.flow[column]
        return changed or room > SLACK * row.size or self._is_indented(group, row, above, below)

    def _room(self, last: Row, row: Row, right: float) -> float:
        """Points left on the last row had the next word been put on it."""
        first = row.words[0]
        end = next((word for word in row.words[1:] if not word.glued), None)
        width = (end.left - first.left - 0.25 * row.size) if end else row.right - first.left
        return right - last.right - 0.2 * row.size - min(width, first.right - first.left + 2 * row.size)

    @staticmethod
    def _is_mid_line(group: _Group, row: Row, *, unfinished: bool, room: float) -> bool:
        """Whether what looks like a list marker is a number or a dash that came to stand at a line's start."""
        last = group.rows[-1]
        if not unfinished or room > SLACK * row.size or abs(row.left - last.left) > INDENT:
            return False
        digits, before = re.match(r"\(?(\d+)", row.read), re.match(r"\(?(\d+)", group.rows[0].read)
        if digits:
            return int(digits[1]) not in {1, int(before[1]) + 1 if before else 1}
        return row.read[0] in "-–—" and not ITEM.match(group.rows[0].read)

    @staticmethod
    def _is_indented(group: _Group, row: Row, above: Column, column: Column) -> bool:
        """Whether a row stands in as the first of a paragraph does, or out of the list item above it."""
        last = group.rows[-1]
        own, before = row.left - column.left, last.left - above.left
        if ITEM.match(group.rows[0].read):
            hanging = len(group.rows) > 1 or bool(TERMINAL.search(last.read))
            first = group.rows[0]
            return hanging and own + INDENT < (last.left if len(group.rows) > 1 else first.words[1].left) - above.left
        return own > before + INDENT and bool(TERMINAL.search(last.read))


def _alike(other: Column, column: Column) -> bool:
    """Whether two columns are one and the same on several pages: none reaches far beyond the other."""
    widths = (other.right - other.left, column.right - column.left)
    return other is column or len(column.rows) < 6 or widths[0] < 1.3 * widths[1]


def _table_rows(column: Column) -> set[int]:
    """Indices of the rows that make a table: cells that begin below one another."""
    starts = [_cells(row) for row in column.rows]
    found: set[int] = set()
    for index in range(1, len(starts)):
        if any(abs(here - above) < INDENT for here in starts[index] for above in starts[index - 1]):
            found |= {index - 1, index}
    return {index for index in found if not FIELD_START.match(column.rows[index].text)}


def _cells(row: Row) -> list[float]:
    """Where the cells of a row begin, the first left out."""
    found: list[float] = []
    for index, (word, before) in enumerate(zip(row.words[1:], row.words, strict=False)):
        marker = index == 0 and ITEM.match(before.text + " x")
        if word.left - before.right > WORD_GAP * row.size and not marker:
            found.append(word.left)
    return found
