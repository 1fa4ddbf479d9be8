from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from mhnlp.alignment import AlignedText, concatenate
from mhnlp.layout import paragraphs

LINES = st.text(alphabet="abcDE é-.,:?•1 2\t’“”\u00a0\n\r\x85\u2028", max_size=200)
PIECES = st.lists(
    st.sampled_from(
        [
            "De aanpak van mensen-",
            "handel vergt asiel-",
            "en migratiebeleid Datum",
            "en dat blijft zo 4 mei 2021",
            "3. Daar komt het op aan.",
            "• een vast meldpunt",
            "Pagina 2 van 3",
            "Ons kenmerk 2021-0001",
            "Geachte voorzitter,",
            "Hoogachtend,",
            "",
            "  ",
            "Opvang",
        ]
    ),
    max_size=25,
).map("\n".join)


def assert_aligned(text: AlignedText, source: str) -> None:
    origins = [text.source_of(offset) for offset in range(len(text.text))]
    # Only a space may have been put in for a line end; it stands at or before the character that follows it.
    assert all(
        source[origin] == character for character, origin in zip(text.text, origins, strict=True) if character != " "
    )
    assert origins == sorted(origins)
    assert len({origin for character, origin in zip(text.text, origins, strict=True) if character != " "}) == sum(
        character != " " for character in text.text
    )


@given(LINES | PIECES)
def test_every_character_of_repaired_text_is_the_same_character_of_the_source(source):
    for paragraph in paragraphs(source):
        assert_aligned(paragraph, source)


@given(LINES | PIECES)
def test_paragraphs_stand_in_order_and_do_not_overlap(source):
    ends = [0]
    for paragraph in paragraphs(source):
        assert ends[-1] <= paragraph.start < paragraph.end <= len(source)
        ends.append(paragraph.end)


@given(PIECES, st.data())
def test_slices_of_repaired_text_stay_aligned(source, data):
    for paragraph in paragraphs(source):
        start = data.draw(st.integers(0, len(paragraph.text) - 1))
        end = data.draw(st.integers(start + 1, len(paragraph.text)))
        part = paragraph.slice(start, end)
        assert part.text == paragraph.text[start:end]
        assert [part.source_of(k) for k in range(end - start)] == [paragraph.source_of(k) for k in range(start, end)]


@given(st.text(min_size=1, max_size=60), st.data())
def test_cutting_and_joining_gives_the_same_text_and_places(source, data):
    cuts = sorted(data.draw(st.sets(st.integers(0, len(source)), max_size=5)) | {0, len(source)})
    parts = [AlignedText.of(source, start, end) for start, end in itertools.pairwise(cuts)]
    joined = concatenate(parts)
    assert joined.text == source
    assert [joined.source_of(k) for k in range(len(source))] == list(range(len(source)))
