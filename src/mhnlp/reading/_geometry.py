"""Words at their places on a page, gathered into rows and columns.

All lengths are points (1/72 inch), measured from the top left corner of the page as a reader sees it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from mhnlp.forms import FIELD_START, ITEM

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WORD_GAP = 1.5
"""Widest space between words of one run of text, in type sizes: justified lines stretch theirs."""
MARKER_GAP = 3.5
"""Widest space between the marker of a list item and its text, in type sizes."""
ALLEY = 8.0
"""Narrowest blank strip between two columns."""
MARGIN_WIDTH = 0.34
"""A margin column takes at most this part of the width of the text of a page."""
SMALLER = 0.9
"""Text of a margin may be printed smaller than this part of the size of the running text."""
RAISED = re.compile(r"[\d*†‡,]{1,3}\)?")


@dataclass(frozen=True, slots=True)
class Word:
    """A word and the box around it; `marked` if it is bold or italic, `glued` if no space stands before it."""

    text: str
    left: float
    right: float
    base: float
    size: float
    marked: bool = False
    glued: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Words on one line of one column, from left to right.

    `raised` holds the indices of the words that are references to footnotes; `page` counts from 0.
    """

    words: tuple[Word, ...]
    page: int
    left: float
    right: float
    base: float
    size: float
    marked: bool
    raised: frozenset[int] = frozenset()

    @classmethod
    def of(cls, words: Sequence[Word], page: int) -> Row:
        """Row of words that are sorted from left to right."""
        widths: Counter[float] = Counter()
        for word in words:
            widths[word.size] += len(word.text)
        size = widths.most_common(1)[0][0]
        usual = [word for word in words if word.size >= size * 0.85] or words
        base = median(word.base for word in usual)
        raised = frozenset(
            index
            for index, word in enumerate(words)
            if word.size < size * 0.85 and base - word.base > size * 0.12 and RAISED.fullmatch(word.text)
        )
        return cls(
            words=tuple(words),
            page=page,
            left=words[0].left,
            right=max(word.right for index, word in enumerate(words) if index not in raised or not index),
            base=base,
            size=size,
            marked=all(word.marked for word in usual),
            raised=raised,
        )

    @property
    def text(self) -> str:
        """Text of the row as it is printed."""
        return self.layout()[0]

    @property
    def read(self) -> str:
        """Text of the row without its references to footnotes."""
        text, cuts = self.layout()
        for start, end in reversed(cuts):
            text = text[:start] + text[end:]
        return text

    def layout(self) -> tuple[str, list[tuple[int, int]]]:
        """Text of the row, and where in it the references to footnotes stand."""
        parts: list[str] = []
        cuts: list[tuple[int, int]] = []
        length = 0
        for index, word in enumerate(self.words):
            part = word.text if index == 0 or word.glued else " " + word.text
            if index in self.raised and index:
                cuts.append((length, length + len(part)))
            parts.append(part)
            length += len(part)
        return "".join(parts), cuts


@dataclass(frozen=True)
class Column:
    """Rows of one column from top to bottom, with its edges; `margin` if it stands beside the running text."""

    rows: tuple[Row, ...]
    left: float
    right: float
    margin: bool = False


@dataclass(frozen=True)
class Page:
    """The words of a page; `sideways` is the text that does not run as the rest does."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    sideways: str = ""


def segments(words: Iterable[Word], page: int) -> list[Row]:
    """Runs of words on one line with no wide gap in them, from the top to the bottom of a page."""
    found: list[Row] = []
    for line in _lines(words):
        run: list[Word] = []
        for word in line:
            gap = word.left - run[-1].right if run else 0.0
            if run and gap > (MARKER_GAP if _is_marker(run) else WORD_GAP) * max(word.size, run[-1].size):
                found.append(Row.of(run, page))
                run = []
            run.append(word)
        found.append(Row.of(run, page))
    return found


def _is_marker(run: Sequence[Word]) -> bool:
    """Whether a run is the marker of a list item or the number of a note, which stand off from their text."""
    return len(run) == 1 and (ITEM.match(run[0].text + " x") is not None or RAISED.fullmatch(run[0].text) is not None)


def _lines(words: Iterable[Word]) -> list[list[Word]]:
    """Words that stand on one line of the page, from left to right."""
    lines: list[list[Word]] = []
    bases: list[float] = []
    sizes: list[float] = []
    for word in sorted(words, key=lambda word: (word.base, word.left)):
        # A raised reference has a line's top in common with it, not its base: look at the last few lines.
        for index in range(len(lines) - 1, max(-1, len(lines) - 3), -1):
            if abs(word.base - bases[index]) < 0.4 * max(word.size, sizes[index]):
                lines[index].append(word)
                if word.size > sizes[index]:
                    bases[index], sizes[index] = word.base, word.size
                break
        else:
            lines.append([word])
            bases.append(word.base)
            sizes.append(word.size)
    return [sorted(line, key=lambda word: word.left) for line in lines]


def columns(found: Sequence[Row], alleys: Sequence[Alley] = ()) -> list[Column]:
    """Columns of a page in reading order, the margin last.

    Parameters
    ----------
    found
        Segments of the page, headers, footers and page numbers left out.
    alleys
        Blank strips between the columns of other pages of the letter.
    """
    if not found:
        return []
    alley = find_alley(found, alleys)
    if alley is None:
        return [_column(found)]
    # A row that only protrudes into the strip, as a line does that could not be broken, stays on its side.
    left = [row for row in found if row.right < alley.end - 1]
    right = [row for row in found if row.left > alley.start + 1 and row not in left]
    sides = [left, right]
    spanning = [row for row in found if row not in left and row not in right]
    if alley.margin is None:
        return _bands(spanning, sides)
    main = [*spanning, *sides[1 - alley.margin]]
    labels = [row for row in sides[alley.margin] if alley.margin == 0 and _is_label(row, main)]
    margin = [row for row in sides[alley.margin] if row not in labels]
    # What is left may itself have a margin on the other side, or two columns.
    found_main = _column([*main, *labels]) if labels else None
    rest = [found_main] if found_main else columns(main, alleys)
    return [*rest, *([_column(margin, margin=True)] if margin else [])]


def _is_label(row: Row, main: Sequence[Row]) -> bool:
    """Whether a row of the left margin is the label of the row beside it ("Datum")."""
    return FIELD_START.match(row.text) is not None and any(abs(row.base - other.base) < 1 for other in main)


def _bands(spanning: Sequence[Row], sides: Sequence[Sequence[Row]]) -> list[Column]:
    """Two columns, cut into bands by the rows that run across both."""
    edges = [*sorted(row.base for row in spanning), float("inf")]
    found: list[Column] = []
    top = float("-inf")
    for edge in edges:
        across = [row for row in spanning if row.base == top]
        parts = [across, *([row for row in side if top < row.base <= edge] for side in sides)]
        found += [_column(part) for part in parts if part]
        top = edge
    return found


@dataclass(frozen=True)
class Alley:
    """A blank strip; `margin` is 0 or 1 where the text left or right of it is a margin, None between columns."""

    start: float
    end: float
    margin: int | None

    def lies_at(self, start: float, end: float) -> bool:
        """Whether this strip parts columns and overlaps another."""
        return self.margin is None and start <= self.end - ALLEY / 2 and end >= self.start + ALLEY / 2


def find_alley(found: Sequence[Row], known: Sequence[Alley] = ()) -> Alley | None:
    """Widest blank strip that makes a margin or two columns, or lies where such a one is known to lie."""
    if not found:
        return None
    left, right = min(row.left for row in found), max(row.right for row in found)
    for start, end in sorted(_strips(found, left, right), key=lambda strip: strip[0] - strip[1]):
        sides = (
            [row for row in found if row.right <= start + 1],
            [row for row in found if row.left >= end - 1],
        )
        widths = (start - left, right - end)
        narrow = 0 if widths[0] < widths[1] else 1
        if not all(sides):
            continue
        if _parts_columns(sides, widths) or any(alley.lies_at(start, end) for alley in known):
            return Alley(start, end, None)
        small = widths[narrow] < MARGIN_WIDTH * (right - left)
        if small and _is_margin(sides[narrow], sides[1 - narrow]):
            return Alley(start, end, narrow)
    return None


def _parts_columns(sides: Sequence[Sequence[Row]], widths: Sequence[float]) -> bool:
    """Whether two columns of running text stand side by side."""
    balanced = min(widths) > 0.3 * sum(widths)
    return balanced and all(_is_full(*pair) for pair in zip(sides, widths, strict=True))


def _is_margin(narrow: Sequence[Row], wide: Sequence[Row]) -> bool:
    return _is_lighter(narrow, wide) and not _are_labels(narrow, wide)


def _is_lighter(narrow: Sequence[Row], wide: Sequence[Row]) -> bool:
    """Whether a narrow column holds less text than its neighbour, or is printed smaller."""
    if median(row.size for row in narrow) < SMALLER * median(row.size for row in wide):
        return True
    letters = [sum(len(word.text) for row in side for word in row.words) for side in (narrow, wide)]
    return letters[0] < 0.6 * letters[1]


def _are_labels(narrow: Sequence[Row], wide: Sequence[Row]) -> bool:
    """Whether nearly all rows of a narrow column have a row beside them that begins on the same line: a table."""
    beside = sum(any(abs(row.base - other.base) < 1 for other in wide) for row in narrow)
    gaps = len(wide) - beside
    return beside == len(narrow) and gaps <= len(narrow)


def _is_full(rows: Sequence[Row], width: float) -> bool:
    """Whether rows fill their column as running text does."""
    return len(rows) >= 4 and median(row.right - row.left for row in rows) > 0.6 * width


def _strips(found: Sequence[Row], left: float, right: float) -> list[tuple[float, float]]:
    """Blank strips from top to bottom that at most a twentieth of the lines run across."""
    allowed = len({round(row.base) for row in found}) // 20
    changes: Counter[float] = Counter()
    for row in found:
        changes[row.left] += 1
        changes[row.right] -= 1
    strips: list[tuple[float, float]] = []
    covered = 0
    start: float | None = None
    for place in sorted(changes):
        covered += changes[place]
        if covered > allowed:
            if start is not None and place - start >= ALLEY and left < start and place <= right:
                strips.append((start, place))
            start = None
        elif start is None:
            start = place
    return strips


def _column(rows: Iterable[Row], *, margin: bool = False) -> Column:
    """Column of segments: those on one line become one row again."""
    lines: list[list[Row]] = []
    for row in sorted(rows, key=lambda row: (row.base, row.left)):
        if lines and abs(row.base - lines[-1][0].base) < 0.4 * row.size:
            lines[-1].append(row)
        else:
            lines.append([row])
    merged = tuple(_merge(sorted(line, key=lambda row: row.left)) for line in lines)
    rights = sorted(row.right for row in merged)
    return Column(merged, min(row.left for row in merged), rights[-1 - len(rights) // 50], margin)


def _merge(line: Sequence[Row]) -> Row:
    if len(line) == 1:
        return line[0]
    return Row.of([word for row in line for word in row.words], line[0].page)
