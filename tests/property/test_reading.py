from __future__ import annotations

import io
import zipfile
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import documents
from mhnlp.alignment import AlignedText
from mhnlp.errors import ReadingError
from mhnlp.letter import Letter
from mhnlp.reading import read_letters
from mhnlp.repair import ODD, join_lines, normalise
from mhnlp.segmentation import blocks

FORMATS = ("pdf", "docx", "html", "xml", "eml", "odt", "rtf", "zip", "txt")


@lru_cache
def seed(kind: str) -> bytes:
    source = documents.sources()[0]
    made = {
        "pdf": lambda: documents.pdf(source, documents.LAYOUTS["ministry"]),
        "docx": lambda: documents.word_document(source),
        "html": lambda: documents.html(source),
        "xml": lambda: documents.xml(source),
        "eml": lambda: (
            b"From: a@b.nl\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/html\n\n" + documents.html(source)
        ),
        "rtf": lambda: b"{\\rtf1\\ansi De opvang\\par is vol.\\par {\\b x}}",
        "txt": lambda: "\n".join(source.passages).encode(),
    }
    if kind in made:
        return made[kind]()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("content.xml" if kind == "odt" else "a.xml", documents.xml(source))
    return out.getvalue()


EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=8)


def mutated(data: bytes, edits) -> bytes:
    for place, dropped, inserted in edits:
        at = int(place * len(data))
        data = data[:at] + inserted + data[at + dropped :]
    return data


@pytest.mark.parametrize("kind", FORMATS)
@settings(max_examples=12)
@given(edits=EDITS)
def test_mutated_file_gives_letters_or_a_reading_error(kind, edits):
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"brief.{kind}"
        path.write_bytes(mutated(seed(kind), edits))
        try:
            letters = list(read_letters(path))
        except ReadingError as error:
            assert str(error).startswith(str(path))  # noqa: PT017 - either outcome is right
            return
        assert [*Path(folder).iterdir()] == [path]
        for letter in letters:
            ends = [(block.content.start, block.content.end) for block in blocks(letter)]
            assert all(0 <= start <= end <= len(letter.text) for start, end in ends)


ODDITIES = st.text(alphabet="ab \ufb01\ufb03\u00ad\u00a0\u200b’-", max_size=40)


@given(ODDITIES)
def test_normalised_text_has_nothing_odd_and_points_at_its_source(text):
    content = normalise(AlignedText.of(text, 0, len(text)))
    assert not ODD.search(content.text)
    for offset, character in enumerate(content.text):
        source = text[content.source_of(offset)]
        assert source == character or ODD.match(source)


@given(st.lists(st.from_regex(r"\A[a-z]{2,8}-?\Z"), min_size=1, max_size=6))
def test_joined_lines_hold_the_letters_of_the_lines_in_order(words):
    source = "\n".join(words)
    lines, start = [], 0
    for word in words:
        lines.append(AlignedText.of(source, start, start + len(word)))
        start += len(word) + 1
    joined = join_lines(lines)
    assert [c for c in joined.text if c.isalpha()] == [c for c in source if c.isalpha()]
    assert all(source[joined.source_of(at)] == c for at, c in enumerate(joined.text) if c.isalpha())


def test_blocks_of_a_plain_text_hold_all_of_its_letters():
    text = "\n".join(  # noqa: FLY002 - lines are read as lines
        [
            "Datum 3 mei 2021",
            "Geachte voorzitter,",
            "De opvang is vol en de wachttijd te Datum",
            "lang, 3 mei 2021",
            "7",
        ]
    )
    found = sorted("".join(block.content.text for block in blocks(Letter(text))).replace(" ", ""))
    assert found == sorted("".join(text.split()))
