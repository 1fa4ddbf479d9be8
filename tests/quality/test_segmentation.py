from __future__ import annotations

import json
import re
import textwrap
from itertools import groupby
from pathlib import Path

import pytest

from mhnlp.annotations.tables import COLUMNS, _csv_rows
from mhnlp.forms import ITEM
from mhnlp.letter import Letter
from mhnlp.resources import corpus_folder
from mhnlp.segmentation import segment

FLOORS = json.loads((Path(__file__).parent / "floors.json").read_text(encoding="utf-8"))


def f1(hits: int, found: int, wanted: int) -> float:
    return 2 * hits / (found + wanted)


def test_sentence_boundaries_are_those_of_the_shipped_corpus(corpus, nlp):
    hits = found = wanted = 0
    for passage in corpus:
        if not passage.sentences:
            continue
        gold = {sentence.start for sentence in passage.sentences} - {0}
        given = {sentence.start_char for sentence in nlp(passage.text).sents} - {0}
        hits, found, wanted = hits + len(gold & given), found + len(given), wanted + len(gold)
    assert wanted > 5000
    assert f1(hits, found, wanted) >= FLOORS["segmentation"]["sentences"]


@pytest.fixture(scope="module")
def letters(corpus) -> list[tuple[list[str], list[str]]]:
    """Each letter of the corpus as blocks of plain text, and the passages in it."""
    path = corpus_folder() / "letters.csv"
    about = {row["letter"]: row for row in _csv_rows(path.read_text(encoding="utf-8"), path)}
    assert set(COLUMNS["letters.csv"]) >= {"salutation", "closing"}
    found = []
    for name, passages in groupby(corpus, key=lambda passage: passage.letter):
        blocks, texts, heading = [about[name]["salutation"]], [], ""
        for passage in passages:
            if passage.heading != heading:
                blocks.append(passage.heading)
                heading = passage.heading
            numbered = re.match(r"\d+[.)]", passage.text)
            blocks.append(f"- {passage.text}" if passage.kind == "item" and not numbered else passage.text)
            marker = ITEM.match(passage.text) if passage.kind == "item" else None
            texts.append(passage.text[marker.end() :] if marker else passage.text)
        blocks.append(about[name]["closing"])
        found.append(([block for block in blocks if block], texts))
    return found


@pytest.mark.parametrize("width", [0, 72], ids=["unwrapped", "wrapped at 72"])
def test_passages_are_those_of_the_shipped_corpus(letters, nlp, width):
    hits = found = wanted = 0
    for blocks, texts in letters:
        lines = [
            textwrap.fill(block, width, break_long_words=False, break_on_hyphens=False) if width else block
            for block in blocks
        ]
        given = {" ".join(passage.text.split()) for passage in segment(Letter("\n\n".join(lines)), nlp)}
        gold = {" ".join(text.split()) for text in texts}
        hits, found, wanted = hits + len(gold & given), found + len(given), wanted + len(gold)
    assert wanted > 3000
    assert f1(hits, found, wanted) >= FLOORS["segmentation"]["passages"]
