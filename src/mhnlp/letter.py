"""Letters and their parts: frozen values that know where they stand in the text.

All offsets count Unicode characters from the start of `Letter.text`, the end excluded, as Python slices do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from mhnlp.alignment import AlignedText


@dataclass(frozen=True)
class Letter:
    """A letter as it was read.

    Parameters
    ----------
    text
        The text, unrepaired; every offset refers to it.
    name
        A name to tell letters apart: the file's name, or what the caller gives.
    path
        The file that it was read from, if any.
    """

    text: str
    name: str = ""
    path: Path | None = None


@dataclass(frozen=True)
class Sentence:
    """A sentence of a passage: its repaired text and its place in the letter's text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Passage:
    """A paragraph of running text or a list item, the unit that is coded.

    Parameters
    ----------
    text
        Repaired text: line ends undone, hyphens joined, margin text taken out.
    start, end
        Where the passage begins and ends in `Letter.text`.
    kind
        ``"paragraph"`` or ``"item"``.
    heading
        The heading that it stands under, empty if there is none.
    sentences
        Its sentences, in order.
    """

    text: str
    start: int
    end: int
    kind: str
    heading: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Block:
    """A part of a letter's layout, before anything is set apart or split.

    Parameters
    ----------
    content
        The repaired text, aligned with `Letter.text`.
    kind
        ``"paragraph"``, ``"item"``, ``"heading"``, ``"salutation"``, ``"closing"`` or ``"furniture"``
        (address, date line, page number, signature).
    """

    content: AlignedText
    kind: str
