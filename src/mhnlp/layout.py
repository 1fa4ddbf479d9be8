"""From the lines of a letter to its paragraphs: wraps undone, hyphens joined, margin text taken out.

Government letters put a column of particulars ("Datum", "Ons kenmerk") in the margin. Text extraction leaves them
at line ends in the middle of a sentence. Every repair here keeps the alignment with the source text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from mhnlp.alignment import AlignedText
from mhnlp.forms import DATE, DATE_LINE, FIELD, FIELD_LINE, ITEM, PAGE_LINE, REFERENCE
from mhnlp.letter import Block
from mhnlp.repair import compounds, join_lines

LINE = re.compile(r"[^\r\n\f\v\x85\u2028\u2029]*")
BREAKS = re.compile(r"\r\n|[\r\n\f\v\x85\u2028\u2029]")

MARGIN_LABEL = re.compile(rf"(?<=[^\W\d_,;])\s+(?P<margin>{FIELD})$")
"""A field's name after running text that breaks off in mid-sentence."""
MARGIN_VALUE = re.compile(rf"(?<!\s)\s+(?P<margin>{DATE}|{REFERENCE})$", re.IGNORECASE)
"""What such a field holds, at the end of the line below."""
FREE_FIELD_LINE = re.compile(rf"(?:{FIELD})(?:\s*:\s*|\s+(?=[A-Z0-9(]))(?:(?!\s[a-z]+[dt]\s).){{1,120}}(?<![.!?])")
"""A line that begins as such a field and holds no verb; it is one unless it goes on below."""
ANNEX_TITLE = re.compile(r"Bijlage(?:\s+[\dA-Z]{1,3})?\s*[:.–-]\s+(?!(?:geen|een|één|twee|drie)\b)[^\W\d].{5,}")
"""The title of an annex, which is no field of the letterhead: "Bijlage: toelichting op de cijfers"."""

UNFINISHED = re.compile(r"[\w,;(/-][”’\"']?$")
MAX_WRAP = 130
"""Lines longer than this, in characters, are no printed lines."""


@dataclass(frozen=True)
class Line:
    """A line without the white space around it; `gap` counts the blank lines before it."""

    content: AlignedText
    gap: int = 0
    in_margin: bool = False

    @property
    def text(self) -> str:
        """Text of the line."""
        return self.content.text


def paragraphs(text: str) -> list[AlignedText]:
    r"""Paragraphs, headings and list items of a letter, in order, each as one repaired line.

    Parameters
    ----------
    text
        The letter's text, with a line a paragraph or hard-wrapped, with blank lines or without.

    Examples
    --------
    >>> wrapped = "De aanpak van mensen-\nhandel vergt\nafstemming.\n\nPagina 1 van 2"
    >>> [paragraph.text for paragraph in paragraphs(wrapped)]
    ['De aanpak van mensenhandel vergt afstemming.']
    """
    return [block.content for block in lay_out(text) if block.kind == "paragraph"]


def lay_out(text: str) -> list[Block]:
    """Parts of a plain text in order: what is no running text for certain has its kind, the rest is "paragraph"."""
    lines, side = _without_margin(_lines(text))
    wrap = Wrap.of(lines)
    headings = _heading_lines(lines, wrap)
    groups: list[list[Line]] = []
    number = 0
    for index, line in enumerate(lines):
        beside_heading = index in headings or index - 1 in headings
        if groups and not beside_heading and _continues(groups[-1], line, wrap, number):
            groups[-1].append(line)
        else:
            number = _number(line) or number
            groups.append([line])
    known = compounds(text)
    joined = [Block(join_lines([line.content for line in group], known), "paragraph") for group in groups]
    return sorted([*joined, *side], key=lambda block: block.content.start)


def _number(line: Line) -> int:
    """Number of a list item, 0 if the line begins with none."""
    marker = ITEM.match(line.text)
    digits = re.search(r"\d+", marker[0]) if marker else None
    return int(digits[0]) if digits else 0


def _heading_lines(lines: list[Line], wrap: Wrap) -> set[int]:
    """Indices of the lines that are headings though no blank line sets them apart."""
    found: set[int] = set()
    for index, (line, following) in enumerate(pairwise(lines)):
        begins = index == 0 or line.gap > 0 or not _is_unfinished(lines[index - 1].text)
        ends = line.text[-1].isalnum() and not _is_mid_sentence(line.text, following.text)
        if begins and ends and wrap.width and wrap.room(line.text, following.text) >= 0:
            found.add(index)
    return found


def _lines(text: str) -> list[Line]:
    found: list[Line] = []
    position = gap = 0
    while position <= len(text):
        match = LINE.match(text, position)
        end = match.end() if match else position
        content = AlignedText.of(text, position, end).strip()
        if content.text:
            found.append(Line(content, gap))
            gap = 0
        else:
            gap += 1
        terminator = BREAKS.match(text, end)
        position = terminator.end() if terminator else len(text) + 1
    return found


def _without_margin(lines: list[Line]) -> tuple[list[Line], list[Block]]:
    """Set page numbers, letterhead fields and text of the margin column apart."""
    kept: list[Line] = []
    side: list[Block] = []
    awaits_value = False
    for line, following in zip_longest(lines, lines[1:]):
        content, in_margin, awaits_value = _cut_margin(line.content, awaits_value=awaits_value)
        side += [Block(in_margin, "margin")] if in_margin else []
        goes_on = following is not None and not following.gap and _is_mid_sentence(content.text, following.text)
        if not _is_furniture(content.text, goes_on=goes_on):
            kept.append(Line(content, line.gap))
            continue
        side.append(Block(content, "page number" if PAGE_LINE.fullmatch(content.text) else "margin"))
        if kept:
            # What stands around it may be one sentence that a page break cut in two.
            kept[-1] = Line(kept[-1].content, kept[-1].gap, in_margin=True)
    return kept, side


def _cut_margin(content: AlignedText, *, awaits_value: bool) -> tuple[AlignedText, AlignedText | None, bool]:
    """Running text of a line, what it holds of the margin, and whether a value follows on the next line."""
    found = MARGIN_VALUE.search(content.text) if awaits_value else None
    label = MARGIN_LABEL.search(content.text[: found.start()] if found else content.text)
    if label and len(content.text[: label.start()].split()) > 3:
        found = label
    if not found:
        return content, None, label is not None
    margin = content.slice(found.start("margin"), len(content.text))
    return content.slice(0, found.start()), margin, label is not None


def _is_furniture(text: str, *, goes_on: bool) -> bool:
    if not goes_on and FREE_FIELD_LINE.fullmatch(text) and not ANNEX_TITLE.fullmatch(text):
        return True
    return any(pattern.fullmatch(text) for pattern in (FIELD_LINE, DATE_LINE, PAGE_LINE))


@dataclass(frozen=True)
class Wrap:
    """How the text was hard-wrapped.

    Parameters
    ----------
    width
        Length of the longest line, in characters; 0 if the text was not hard-wrapped.
    slack
        Room that a line may leave, in characters, although the next word would have fitted: below 0 where a
        program wrapped the text, above where a proportional font was printed.
    """

    width: int
    slack: int

    def ends_early(self, upper: str, lower: str) -> bool:
        """Whether a line ends although the next word would have fitted: the break is meant."""
        return self.room(upper, lower) > self.slack

    def room(self, upper: str, lower: str) -> int:
        """Characters left on a line had the next word been put on it."""
        return self.width - len(upper) - 1 - len(lower.split(maxsplit=1)[0])

    @classmethod
    def of(cls, lines: list[Line]) -> Wrap:
        """Wrap that the lines of a letter show."""
        certain = [
            (upper.text, lower.text)
            for upper, lower in pairwise(lines)
            if lower.gap == 0 and _is_mid_sentence(upper.text, lower.text)
        ]
        lengths = sorted(len(line.text) for line in lines)
        if not certain or lengths[-1 - len(lengths) // 50] > MAX_WRAP:
            return cls(width=0, slack=0)
        width = max(length for length in lengths if length <= MAX_WRAP)
        rooms = sorted(cls(width, 0).room(upper, lower) for upper, lower in certain)
        return cls(width=width, slack=max(-1, rooms[len(rooms) * 98 // 100]))


def _continues(group: list[Line], line: Line, wrap: Wrap, number: int) -> bool:
    """Whether a line goes on with the paragraph of the lines before it."""
    last = group[-1].text
    if not wrap.width:
        return False
    if _is_mid_sentence(last, line.text):
        return True
    if line.gap or group[-1].in_margin:
        return False
    if ITEM.match(line.text):
        # "… onder actielijn / 3. Daar wordt …": a number out of turn after an unfinished line is no item.
        return _is_unfinished(last) and _number(line) not in {0, 1, number + 1}
    return last[-1].isalnum() or not wrap.ends_early(last, line.text)


def _is_unfinished(text: str) -> bool:
    # The last two characters are all that it looks for, and in a whole paragraph it would look for them everywhere.
    return bool(UNFINISHED.search(text[-2:]))


def _is_mid_sentence(upper: str, lower: str) -> bool:
    return _is_unfinished(upper) and lower[0].islower() and not ITEM.match(lower)
