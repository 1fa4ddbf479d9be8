"""Letters and their parts: frozen values that know where they stand in the text.

All offsets count Unicode characters from the start of `Letter.text`, the end excluded, as Python slices do.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from mhnlp.alignment import AlignedText


@dataclass(frozen=True)
class Metadata:
    """What a letter, or a file beside it, says of itself; an empty text where it says nothing.

    Parameters
    ----------
    date
        As ``YYYY-MM-DD``.
    sender, recipient, subject
        As they stand in the letter.
    dossier, number
        Of a parliamentary paper: ``"28638"`` and ``"257"``.
    reference
        The sender's reference ("Ons kenmerk").
    """

    date: str = ""
    sender: str = ""
    recipient: str = ""
    subject: str = ""
    dossier: str = ""
    number: str = ""
    reference: str = ""


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
    pages
        Offset in the text at which each page begins; empty where the source has no pages.
    metadata
        What the letter says of itself.
    """

    text: str
    name: str = ""
    path: Path | None = None
    pages: tuple[int, ...] = ()
    metadata: Metadata = Metadata()

    def page_of(self, offset: int) -> int | None:
        r"""Number of the page, from 1, on which the character at `offset` stands; None without pages.

        Examples
        --------
        >>> Letter("Een brief.\fTweede pagina.", pages=(0, 11)).page_of(15)
        2
        """
        return bisect_right(self.pages, offset) or None


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
