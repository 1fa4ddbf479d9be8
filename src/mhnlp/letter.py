"""Letters and their parts: frozen values that know where they stand in the text.

All offsets count Unicode characters from the start of `Letter.text`, the end excluded, as Python slices do.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
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
    language
        Code of the language, ``"nl"`` for Dutch.
    certainty
        For each field that is filled, how sure it is, from 0 to 1: 1 from a file of metadata, less where it was
        found by a label ("Datum"), by its place, or by its form alone.
    """

    date: str = ""
    sender: str = ""
    recipient: str = ""
    subject: str = ""
    dossier: str = ""
    number: str = ""
    reference: str = ""
    language: str = ""
    certainty: Mapping[str, float] = field(default_factory=dict, hash=False)


RUNNING = frozenset({"paragraph", "item", "quotation"})
"""Kinds of block whose text is running text: they become passages."""
SIDE = frozenset({"note", "table", "margin", "header", "footer", "page number", "boilerplate"})
"""Kinds of block that stand beside the running text and may interrupt it."""


@dataclass(frozen=True)
class Block:
    """A part of a letter's layout, before anything is split.

    Parameters
    ----------
    content
        The repaired text, aligned with `Letter.text`.
    kind
        ``"paragraph"``, ``"item"``, ``"quotation"``, ``"heading"``, ``"salutation"``, ``"closing"`` (with what stands
        below it), ``"address"`` (what stands above the salutation), ``"note"``, ``"table"``, ``"margin"``,
        ``"header"``, ``"footer"``, ``"page number"`` or ``"boilerplate"``.
    """

    content: AlignedText
    kind: str


@dataclass(frozen=True)
class Letter:
    """A letter as it was read.

    Parameters
    ----------
    text
        The text in reading order, unrepaired; every offset refers to it.
    name
        A name to tell letters apart: the file's name, or what the caller gives.
    path
        The file that it was read from, if any.
    pages
        Offset in the text at which each page begins; empty where the source has no pages.
    metadata
        What the letter says of itself.
    blocks
        What the source knows of the layout: all parts of the text in order. A paragraph may still turn out to be
        a salutation or a closing. Empty where the source is plain text.
    warnings
        What went wrong in reading, in words.
    """

    text: str
    name: str = ""
    path: Path | None = None
    pages: tuple[int, ...] = ()
    metadata: Metadata = Metadata()
    blocks: tuple[Block, ...] = ()
    warnings: tuple[str, ...] = ()

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
        ``"paragraph"``, ``"item"`` or ``"quotation"``.
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
