"""From the lines of a letter to its paragraphs: wraps undone, hyphens joined, margin text taken out.

Government letters put a column of particulars ("Datum", "Ons kenmerk") in the margin. Text extraction leaves them
at line ends in the middle of a sentence. Every repair here keeps the alignment with the source text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from mhnlp.alignment import AlignedText, concatenate

LINE = re.compile(r"[^\r\n\f\v\x85\u2028\u2029]*")
BREAKS = re.compile(r"\r\n|[\r\n\f\v\x85\u2028\u2029]")

MONTH = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
DATE = rf"(?:\d{{1,2}}\s+(?:{MONTH})\s+\d{{4}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}})"
FIELD = (
    r"(?:Datum|Onderwerp|Betreft|(?:Ons|Uw|Onze|Mijn)\s+(?:kenmerk|referentie|brief(?:\s+van)?)|Kenmerk|"
    r"Contactpersoon|Bijlagen?(?:\(n\))?|Behandeld\s+door|Doorkiesnummer|Telefoon|E-mail|Projectnaam|Auteur)"
)
REFERENCE = r"(?=[\w./-]*\d)[\w./-]{4,}"

MARGIN_LABEL = re.compile(rf"(?<=[^\W\d_,;])\s+(?P<margin>{FIELD})$")
"""A field's name after running text that breaks off in mid-sentence."""
MARGIN_VALUE = re.compile(rf"(?<!\s)\s+(?P<margin>{DATE}|{REFERENCE})$", re.IGNORECASE)
"""What such a field holds, at the end of the line below."""
FIELD_LINE = re.compile(rf"(?:{FIELD})\s*:?(?:\s+(?:{DATE}|{REFERENCE}))?")
"""A line that holds nothing but a field of the letterhead."""
FREE_FIELD_LINE = re.compile(rf"(?:{FIELD})(?:\s*:\s*|\s+(?=[A-Z0-9(]))(?:(?!\s[a-z]+[dt]\s).){{1,120}}(?<![.!?])")
"""A line that begins as such a field and holds no verb; it is one unless it goes on below."""
DATE_LINE = re.compile(rf"(?:[A-Z][\w’' -]+,\s+)?(?:\d{{1,2}}\s+)?(?:{DATE})", re.IGNORECASE)
PAGE_LINE = re.compile(r"(?:pagina|pag\.|blad|p\.)?\s*[-–]?\s*\d{1,4}\s*(?:(?:van|/|-|–)\s*\d{0,4})?\s*", re.IGNORECASE)

ITEM = re.compile(r"(?:[•●▪■◦‣·*–—-]|o(?=\s)|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)°])\s+(?=\S)")
"""The marker of a list item."""
UNFINISHED = re.compile(r"[\w,;(/-][”’\"']?$")
HYPHENATED = re.compile(r"[a-zà-ÿ]-$")
SUSPENDED = frozenset({"en", "of", "als", "dan", "noch", "tot", "t/m"})
"""Words after which a hyphen at a line's end is a suspended one: "asiel- / en migratiebeleid"."""

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
    lines = _without_margin(_lines(text))
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
    return [_join(group) for group in groups]


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


def _without_margin(lines: list[Line]) -> list[Line]:
    """Take page numbers, letterhead fields and text of the margin column out."""
    kept: list[Line] = []
    awaits_value = False
    for line, following in zip_longest(lines, lines[1:]):
        content = line.content
        if awaits_value and (value := MARGIN_VALUE.search(content.text)):
            content = content.slice(0, value.start())
        label = MARGIN_LABEL.search(content.text)
        awaits_value = label is not None
        if label and len(content.text[: label.start()].split()) > 3:
            content = content.slice(0, label.start())
        goes_on = following is not None and not following.gap and _is_mid_sentence(content.text, following.text)
        if not _is_furniture(content.text, goes_on=goes_on):
            kept.append(Line(content, line.gap))
        elif kept:
            # What stands around it may be one sentence that a page break cut in two.
            kept[-1] = Line(kept[-1].content, kept[-1].gap, in_margin=True)
    return kept


def _is_furniture(text: str, *, goes_on: bool) -> bool:
    if not goes_on and FREE_FIELD_LINE.fullmatch(text):
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
    return bool(UNFINISHED.search(text))


def _is_mid_sentence(upper: str, lower: str) -> bool:
    return _is_unfinished(upper) and lower[0].islower() and not ITEM.match(lower)


def _join(lines: list[Line]) -> AlignedText:
    parts: list[AlignedText] = []
    for line, following in zip_longest(lines, lines[1:]):
        content = line.content
        if following is None:
            parts.append(content)
        elif HYPHENATED.search(content.text) and following.text[0].islower():
            suspended = following.text.split(maxsplit=1)[0] in SUSPENDED
            parts += [content, _space_after(content)] if suspended else [content.slice(0, len(content.text) - 1)]
        else:
            parts += [content, _space_after(content)]
    return concatenate(parts)


def _space_after(content: AlignedText) -> AlignedText:
    """Space that stands for the line end after a line."""
    return AlignedText(" ", ((0, content.end),))
