"""From a letter to its passages and their sentences.

Headings, address, salutation, closing and signature are recognised and set apart by their form and place, not by
their subject. A paragraph of more than 160 words is split between the sentences that share the fewest words.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from mhnlp.alignment import join_with_spaces
from mhnlp.dutch import sentence_bounds
from mhnlp.forms import CLOSING, ITEM, OFFICE, SALUTATION
from mhnlp.layout import lay_out
from mhnlp.letter import RUNNING, SIDE, Block, Letter, Passage, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from spacy.language import Language

    from mhnlp.alignment import AlignedText

MAX_WORDS = 160
"""Length in words above which a paragraph is split: the codebook's "about 150"; its coders left one of 159 whole."""
MIN_PART = 40
"""Fewest words in a part of a split paragraph."""
MAX_CHUNK = 100_000
"""Characters given to the pipeline at once; longer paragraphs, which no letter has, are cut between words."""

QUESTION_NUMBER = re.compile(r"(?:vraag|antwoord|vragen)(?:\s+\d+[a-z]?(?:\s*(?:,|en|t/m)\s*\d+)*)?:?", re.IGNORECASE)

QUESTION_LABEL = re.compile(r"(?:vraag\s+)?\d+[a-z]?[.:)]?\s+|vraag\s+", re.IGNORECASE)

HEADING_WORDS = 16
HEADING_CHARACTERS = 120
ITEM_WORDS = 8
SALUTATION_WORDS = 16

NOTE = re.compile(r"\(?(\d{1,3})\)?\s+(?=[A-Z‘“\"'’]|https?:|www\.)")
"""The beginning of a footnote: a number without a full stop."""
CITATION = re.compile(
    r"\b(?:Kamerstuk|Stcrt|Stb|Handelingen|Aanhangsel|Zie\b|Vgl\.|Ibid|Idem|Bron:|PbEU|ECLI:|https?:|www\.|p\.\s?\d)|"
    r"\b(?:19|20)\d\d\b"
)
"""What a footnote holds."""


def segment(letter: Letter, nlp: Language) -> list[Passage]:
    r"""Split a letter into its passages.

    Parameters
    ----------
    letter
        The letter; its text may be hard-wrapped and hold text of the margin.
    nlp
        A pipeline that marks sentences.

    Returns
    -------
    list of Passage
        In order of appearance; empty if the letter has no running text.

    Examples
    --------
    >>> from mhnlp.dutch import load_pipeline
    >>> text = "Geachte voorzitter,\n\nOpvang\n\nEr zijn te weinig plaatsen. Dat blijft zo.\n\nHoogachtend,"
    >>> [(passage.heading, len(passage.sentences)) for passage in segment(Letter(text), load_pipeline())]
    [('Opvang', 2)]
    """
    passages: list[Passage] = []
    heading = ""
    for block in blocks(letter):
        if block.kind == "heading":
            heading = block.content.text
        elif block.kind in RUNNING:
            parts = _split_long(_sentences(block.content, nlp))
            passages += [_passage(part, kind=block.kind, heading=heading) for part in parts]
    return passages


def blocks(letter: Letter) -> list[Block]:
    """Lay out a letter as blocks, in order, each with its kind.

    What the letter's source knows of its layout is kept; the rest is told by form and place.
    """
    known = [block for block in letter.blocks or lay_out(letter.text) if block.content.text.strip()]
    side = [block for block in known if block.kind in SIDE]
    found = [block for block in known if block.kind not in SIDE]
    side += [replace(block, kind="boilerplate") for block in found if not _has_words(block.content.text)]
    found = [block for block in found if _has_words(block.content.text)]
    notes = _notes(found)
    side += [replace(found[index], kind="note") for index in notes]
    found = [block for index, block in enumerate(found) if index not in notes]
    return sorted([*_flow(found), *side], key=lambda block: block.content.start)


def _flow(found: list[Block]) -> list[Block]:
    """Kinds of the blocks of the main text."""
    start = _body_start(found)
    end = _body_end(found, start)
    front = [replace(block, kind="address") for block in found[:start]]
    if front and SALUTATION.fullmatch(front[-1].content.text):
        front[-1] = replace(front[-1], kind="salutation")
    body = _merge_fragments(_body_block(block) for block in found[start:end])
    tail = [replace(block, kind="closing") for block in found[end:]]
    return [*front, *_demote_headings(_promote_questions(_sign(body))), *tail]


def _notes(found: list[Block]) -> set[int]:
    """Indices of the paragraphs that are footnotes: numbered in turn, and citing, or referred to, or at the end."""
    notes: set[int] = set()
    number = 0
    for index, block in enumerate(found):
        match = NOTE.match(block.content.text) if block.kind == "paragraph" else None
        if not match or int(match[1]) != number + 1:
            continue
        reference = re.compile(rf"[^\W\d][.,;:)”’]?{match[1]}(?!\w)")
        if (
            CITATION.search(block.content.text)
            or any(reference.search(each.content.text) for each in found[:index])
            or index - 1 in notes
        ):
            notes.add(index)
            number += 1
    return notes


def _has_words(text: str) -> bool:
    return len(list(islice(filter(str.isalpha, text), 2))) == 2


def _body_start(found: Sequence[Block]) -> int:
    """Index of the first block after the salutation, or 0 if running text comes before one or none is there."""
    for index, block in enumerate(found):
        text = block.content.text
        if SALUTATION.fullmatch(text) and len(text.split()) <= SALUTATION_WORDS:
            return index + 1
        if _is_sentence(text) and len(text.split()) > SALUTATION_WORDS:
            return 0
    return 0


def _body_end(found: Sequence[Block], start: int) -> int:
    """Index of the block that begins the closing: what comes after it holds no running text any more."""
    end = len(found)
    while end > start and not _is_running_text(found[end - 1]):
        end -= 1
    return end


def _is_running_text(block: Block) -> bool:
    text = block.content.text
    if block.kind != "paragraph":
        return block.kind in RUNNING
    if CLOSING.fullmatch(text) or (OFFICE.fullmatch(text) and len(text.split()) <= HEADING_WORDS and text[-1] != "."):
        return False
    return _is_sentence(text) or bool(ITEM.match(text)) or len(text.split()) > HEADING_WORDS


def _is_sentence(text: str) -> bool:
    return bool(re.search(r"[.?!…:;][”’\"')\]]*\d{0,2}$", text))


def _body_block(block: Block) -> Block:
    content = block.content
    text = content.text
    marker = ITEM.match(text)
    if block.kind == "paragraph" and _is_heading(text):
        return replace(block, kind="heading")
    if block.kind == "paragraph" and CLOSING.fullmatch(text):
        return replace(block, kind="closing")
    if marker and block.kind in {"paragraph", "item"}:
        return Block(content.slice(marker.end(), len(text)), "item")
    return block


def _sign(found: list[Block]) -> list[Block]:
    """Take the office below a closing formula for a part of the signature, not for a heading."""
    signed = list(found)
    for index, block in enumerate(signed[1:], 1):
        below = signed[index - 1].kind == "closing"
        if below and block.kind == "heading" and OFFICE.fullmatch(block.content.text):
            signed[index] = replace(block, kind="closing")
    return signed


def _is_heading(text: str) -> bool:
    if QUESTION_NUMBER.fullmatch(text):
        return True
    short = len(text) <= HEADING_CHARACTERS and len(text.split()) <= HEADING_WORDS
    bullet = ITEM.match(text) and not text[0].isalnum()
    return short and not bullet and not _is_sentence(text)


def _merge_fragments(found: Iterable[Block]) -> list[Block]:
    """Join list items that are no sentences of their own to the paragraph that introduces them."""
    merged: list[Block] = []
    fragments: list[AlignedText] = []
    for block in found:
        fragment = block.kind == "item" and not _stands_alone(block.content.text)
        if fragment and merged and _introduces(merged[-1]):
            fragments.append(block.content)
            continue
        _join_fragments(merged, fragments)
        merged.append(block)
    _join_fragments(merged, fragments)
    return merged


def _introduces(block: Block) -> bool:
    return block.kind == "paragraph" and not re.search(r"[.!?][”’\"')\]]*$", block.content.text)


def _join_fragments(merged: list[Block], fragments: list[AlignedText]) -> None:
    if fragments:
        merged[-1] = Block(join_with_spaces([merged[-1].content, *fragments]), "paragraph")
        fragments.clear()


def _stands_alone(text: str) -> bool:
    return len(text.split()) >= ITEM_WORDS or (text[0].isupper() and text[-1] in ".?!")


def _promote_questions(found: list[Block]) -> list[Block]:
    """Take a short question that the next paragraph answers for a heading."""
    promoted = list(found)
    for index, (block, following) in enumerate(pairwise(found)):
        text = block.content.text
        short = block.kind == "paragraph" and len(text.split()) <= HEADING_WORDS
        if short and _is_question(text) and following.kind == "paragraph" and not _is_question(following.content.text):
            promoted[index] = replace(block, kind="heading")
    return promoted


def _is_question(text: str) -> bool:
    return text.endswith("?") and not re.search(r"[.!?]\s", QUESTION_LABEL.sub("", text, count=1))


def _demote_headings(found: list[Block]) -> list[Block]:
    """Keep as headings only what has running text below it somewhere."""
    last = max((index for index, block in enumerate(found) if block.kind in RUNNING), default=-1)
    return [
        replace(block, kind="boilerplate") if block.kind == "heading" and index > last else block
        for index, block in enumerate(found)
    ]


def _sentences(content: AlignedText, nlp: Language) -> list[AlignedText]:
    sentences: list[AlignedText] = []
    for start, end in _chunks(content.text):
        for first, last in sentence_bounds(content.text[start:end], nlp):
            part = content.slice(start + first, start + last).strip()
            if part.text:
                sentences.append(part)
    return sentences


def _chunks(text: str) -> list[tuple[int, int]]:
    bounds = [0]
    while len(text) - bounds[-1] > MAX_CHUNK:
        cut = text.rfind(" ", bounds[-1], bounds[-1] + MAX_CHUNK)
        bounds.append(cut + 1 if cut > bounds[-1] else bounds[-1] + MAX_CHUNK)
    return list(zip(bounds, [*bounds[1:], len(text)], strict=True))


def _split_long(sentences: list[AlignedText]) -> list[list[AlignedText]]:
    """Split a paragraph's sentences until no part has more than `MAX_WORDS` words and can still be split."""
    pending = [sentences]
    done: list[list[AlignedText]] = []
    while pending:
        part = pending.pop()
        cut = _best_cut(part)
        if cut:
            pending += [part[cut:], part[:cut]]
        elif part:
            done.append(part)
    return done


def _best_cut(sentences: list[AlignedText]) -> int:
    """Index of the sentence where the subject turns, 0 if the paragraph stays whole.

    The cut is where the sentences before and after share the smallest part of their words (after Hearst's
    TextTiling, Computational Linguistics 23(1), 1997), function words left out by length.
    """
    lengths = [len(sentence.text.split()) for sentence in sentences]
    total = sum(lengths)
    if total <= MAX_WORDS:
        return 0
    floor = min(MIN_PART, total // 3)
    cuts = [cut for cut in range(1, len(sentences)) if floor <= sum(lengths[:cut]) <= total - floor]
    words = [set(re.findall(r"\w{5,}", sentence.text.lower())) for sentence in sentences]

    def cohesion(cut: int) -> tuple[float, int]:
        before = set().union(*words[max(0, cut - 3) : cut])
        after = set().union(*words[cut : cut + 3])
        shared = len(before & after) / (1 + min(len(before), len(after)))
        return shared, abs(2 * sum(lengths[:cut]) - total)

    return min(cuts, key=cohesion, default=0)


def _passage(sentences: list[AlignedText], *, kind: str, heading: str) -> Passage:
    whole = join_with_spaces(sentences)
    return Passage(
        text=whole.text,
        start=whole.start,
        end=whole.end,
        kind=kind,
        heading=heading,
        sentences=tuple(Sentence(part.text, part.start, part.end) for part in sentences),
    )
