"""`reading_report`: what reading a letter dropped, repaired and doubted."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from mhnlp.letter import RUNNING, Letter
from mhnlp.repair import ODD
from mhnlp.segmentation import blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mhnlp.letter import Block

NOISE = re.compile(
    r"\w*[{}|\\~^<>=¢¥®©¬]+\w*|_+\w+|[a-zà-ÿ]+[A-Z]\w*|[^\W\d_]+\d+[^\W\d_]+|[^aeiouyàáâäèéêëìíîïòóôöùúûü\W\d_]{6,}"
)
"""Words that no letter holds: brackets and strokes in them, capitals or digits in mid-word, six consonants."""
NOISY = 0.02
"""Part of noise among words above which a recognised text had better be compared with its paper."""
LOST = 0.3
"""Part of a letter's text outside its running text above which a person had better look at it."""


@dataclass(frozen=True)
class ReadingReport:
    """What became of the text of a letter, or of several.

    Parameters
    ----------
    letters, pages, characters
        How many were read.
    kinds
        Number of blocks of each kind.
    outside
        Characters that are no running text, of each kind.
    repairs
        Number of repairs of each kind: ``"wraps undone"``, ``"hyphens joined"``, ``"note references taken out"``,
        ``"interruptions bridged"`` (margin text, page breaks), ``"characters normalised"``.
    noise
        Part of the words of the running text that look like errors of recognition, from 0 to 1.
    warnings
        What a person had better look at.
    """

    letters: int
    pages: int
    characters: int
    kinds: Mapping[str, int]
    outside: Mapping[str, int]
    repairs: Mapping[str, int]
    noise: float
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        lines = [
            f"{self.letters} letters, {self.pages} pages, {self.characters:,} characters",
            "blocks: " + _listed(self.kinds),
            "not running text, in characters: " + _listed(self.outside),
            "repairs: " + _listed(self.repairs),
            f"words that look like errors of recognition: {self.noise:.1%}",
            *(f"warning: {warning}" for warning in self.warnings),
        ]
        return "\n".join(lines)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "none"


def reading_report(letters: Letter | Iterable[Letter]) -> ReadingReport:
    """Report on the reading of a letter, or on that of several in sum.

    Parameters
    ----------
    letters
        Letters as `read_letter` gives them.

    Examples
    --------
    >>> from mhnlp.reading import example_letter
    >>> print(reading_report(example_letter()))
    1 letters, 0 pages, 1,705 characters
    blocks: paragraph 6, heading 5, margin 2, closing 2, salutation 1
    not running text, in characters: margin 72, salutation 19, heading 88, closing 58
    repairs: wraps undone 10
    words that look like errors of recognition: 0.0%
    """
    several = [letters] if isinstance(letters, Letter) else [*letters]
    kinds: Counter[str] = Counter()
    outside: Counter[str] = Counter()
    repairs: Counter[str] = Counter()
    warnings: list[str] = []
    noisy = total = 0
    for letter in several:
        found = blocks(letter)
        words = [word for block in found if block.kind in RUNNING for word in block.content.text.split()]
        strange = sum(NOISE.fullmatch(word.strip(".,;:()'\"‘’“”?!")) is not None for word in words)
        noisy, total = noisy + strange, total + len(words)
        kinds.update(block.kind for block in found)
        for block in found:
            repairs.update(_repairs(letter.text, block))
            if block.kind not in RUNNING:
                outside[block.kind] += len(block.content.text)
        name = f"{letter.name}: " if len(several) > 1 else ""
        warnings += [name + warning for warning in _warnings(letter, found, strange, len(words))]
    return ReadingReport(
        letters=len(several),
        pages=sum(len(letter.pages) for letter in several),
        characters=sum(len(letter.text) for letter in several),
        kinds=dict(kinds.most_common()),
        outside=dict(outside),
        repairs=dict(repairs.most_common()),
        noise=noisy / total if total else 0.0,
        warnings=tuple(warnings),
    )


def _repairs(text: str, block: Block) -> Iterable[str]:
    """Repairs of a block, told by what its alignment leaves out of the text."""
    content = block.content
    for offset, source in content.anchors:
        if content.text[offset : offset + 1] == " " and text[source] in "\r\n":
            yield "wraps undone"
    for (offset, source), (next_offset, next_source) in pairwise(content.anchors):
        left_out = text[source + next_offset - offset : next_source]
        between = left_out.lstrip("-").strip()
        if re.search(r"[^\W\d_]{2}", between):
            yield "interruptions bridged"
        elif left_out.startswith("-") and "\n" in left_out:
            yield "hyphens joined"
        elif between.isdigit():
            yield "note references taken out"
    if re.match(r"\d{1,3}(?!\w)", text[content.end :][:4]):
        yield "note references taken out"
    yield from ("characters normalised" for _ in ODD.finditer(text[content.start : content.end]))


def _warnings(letter: Letter, found: list[Block], strange: int, words: int) -> Iterable[str]:
    yield from letter.warnings
    if not words:
        yield "no running text was found"
        return
    if letter.metadata.language not in {"", "nl"}:
        yield f"the language is {letter.metadata.language!r}, not Dutch; letters in other languages are not labelled"
    if strange > NOISY * words:
        yield f"{strange} of {words} words look like errors of recognition"
    side = sum(
        len(block.content.text) for block in found if block.kind in {"margin", "boilerplate", "header", "footer"}
    )
    if side > LOST * sum(len(block.content.text) for block in found):
        yield "much of the text is margin, header, footer or boilerplate; look whether passages are among it"
