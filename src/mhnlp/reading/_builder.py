"""What every reader fills: the text in reading order, its pages, and its blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mhnlp.alignment import AlignedText
from mhnlp.letter import Block, Letter, Metadata
from mhnlp.repair import compounds, join_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that are no text; they stand in damaged files and in fonts without a character map."""
SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class ReadingLimits:
    """Bounds on what is read, so that no file takes all memory or never ends.

    Parameters
    ----------
    max_bytes
        Size of a file, and of each file in a container.
    max_pages
        Pages of a PDF.
    max_characters
        Characters of a letter's text, in whatever format.
    max_members
        Files in a container (.zip, .eml), those in containers within it included.
    max_unpacked
        Bytes of all files in a container together when they are unpacked.
    max_depth
        Containers within containers.
    """

    max_bytes: int = 50_000_000
    max_pages: int = 1000
    max_characters: int = 10_000_000
    max_members: int = 10_000
    max_unpacked: int = 500_000_000
    max_depth: int = 3


@dataclass
class Draft:
    """A letter in the making.

    Parameters
    ----------
    limits
        The bounds that hold.
    text
        A text whose layout is not known; it takes the place of lines and blocks.
    metadata
        What the file itself declares.
    warnings
        What went wrong, in words.

    Raises
    ------
    ValueError
        If the text is over the limit.
    """

    limits: ReadingLimits
    text: str = ""
    metadata: Metadata = field(default_factory=Metadata)
    warnings: list[str] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    _lines: list[str] = field(default_factory=list)
    _length: int = 0
    _parts: list[tuple[str, list[AlignedText]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._check(len(self.text))

    def start_page(self) -> None:
        """Begin a page here."""
        self.pages.append(self._length)

    def line(self, text: str, *, end: str = "\n") -> AlignedText:
        """Add a line to the text, and give it as it stands there.

        Raises
        ------
        ValueError
            If the text grows over the limit.
        """
        cleaned = SPACES.sub(" ", CONTROL.sub("", text)).strip()
        start = self._length
        self._lines.append(cleaned + end)
        self._length += len(cleaned) + len(end)
        self._check(self._length)
        return AlignedText(cleaned, ((0, start),))

    def block(self, kind: str, lines: Sequence[AlignedText]) -> None:
        """Make a block of lines that were added before."""
        filled = [line for line in lines if line.text]
        if filled:
            self._parts.append((kind, filled))

    def add(self, kind: str, lines: str | Iterable[str]) -> None:
        """Add lines to the text, and make them a block."""
        texts = [lines] if isinstance(lines, str) else [*lines]
        texts = [text for text in texts if text.strip()]
        if texts:
            self.block(kind, [self.line(text, end="\n\n" if text is texts[-1] else "\n") for text in texts])

    def _check(self, length: int) -> None:
        if length > self.limits.max_characters:
            raise ValueError(f"it holds more than {self.limits.max_characters:,} characters")

    def build(self, *, name: str, path: Path | None) -> Letter:
        """Finish the letter."""
        text = self.text or "".join(self._lines)
        known = compounds(text)
        blocks = [Block(join_lines(lines, known), kind) for kind, lines in self._parts]
        return Letter(
            text=text,
            name=name,
            path=path,
            pages=tuple(self.pages),
            metadata=self.metadata,
            blocks=tuple(sorted(blocks, key=lambda block: block.content.start)),
            warnings=tuple(self.warnings),
        )
