"""Text that was repaired but still knows, character by character, where it came from."""

from __future__ import annotations

import sys
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class AlignedText:
    r"""A repaired text and its alignment with a source text.

    Parameters
    ----------
    text
        The repaired text.
    anchors
        Pairs of an offset in `text` and the offset in the source of the same character, ascending, the first
        at offset 0. From one anchor to the next both run on in step.

    Examples
    --------
    >>> wrapped = "een goe-\nde stap"
    >>> joined = concatenate([AlignedText.of(wrapped, 0, 7), AlignedText.of(wrapped, 9, 16)])
    >>> joined.text, joined.source_of(8)
    ('een goede stap', 10)
    """

    text: str
    anchors: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, source: str, start: int, end: int) -> AlignedText:
        """Slice of a source text, unrepaired."""
        return cls(source[start:end], ((0, start),))

    @property
    def start(self) -> int:
        """Where the text begins in the source."""
        return self.source_of(0)

    @property
    def end(self) -> int:
        """Where the text ends in the source, excluded."""
        return self.source_of(len(self.text) - 1) + 1 if self.text else self.start

    def source_of(self, offset: int) -> int:
        """Offset in the source of the character at `offset` in the text."""
        anchor = bisect_right(self.anchors, (offset, sys.maxsize)) - 1
        text_offset, source_offset = self.anchors[max(anchor, 0)]
        return source_offset + offset - text_offset

    def slice(self, start: int, end: int) -> AlignedText:
        """Part of the text from `start` to `end`, still aligned."""
        first = self.source_of(start)
        later = [(text - start, source) for text, source in self.anchors if start < text < end]
        return AlignedText(self.text[start:end], ((0, first), *later))

    def strip(self) -> AlignedText:
        """Drop white space at both ends."""
        if self.text == self.text.strip():
            return self
        lead = len(self.text) - len(self.text.lstrip())
        return self.slice(lead, max(lead, len(self.text.rstrip())))


def concatenate(parts: Iterable[AlignedText]) -> AlignedText:
    """Join aligned texts of one source, in order, with nothing between them."""
    text: list[str] = []
    anchors: list[tuple[int, int]] = []
    length = 0
    for part in parts:
        if part.text:
            anchors += [(length + offset, source) for offset, source in part.anchors]
            text.append(part.text)
            length += len(part.text)
    return AlignedText("".join(text), tuple(anchors) or ((0, 0),))


def join_with_spaces(parts: Iterable[AlignedText]) -> AlignedText:
    """Join aligned texts of one source, in order, with a space between them that stands for what was there."""
    spaced: list[AlignedText] = []
    for part in parts:
        if spaced:
            spaced.append(AlignedText(" ", ((0, spaced[-1].end),)))
        spaced.append(part)
    return concatenate(spaced)
