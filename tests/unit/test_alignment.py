from __future__ import annotations

from mhnlp.alignment import AlignedText, concatenate

SOURCE = "een goe-\nde stap, en\ntoen"


def joined() -> AlignedText:
    return concatenate([AlignedText.of(SOURCE, 0, 7), AlignedText.of(SOURCE, 9, 17)])


def test_joined_text_knows_where_each_part_came_from():
    text = joined()
    assert text.text == "een goede stap,"
    assert (text.start, text.end) == (0, 17)
    assert [text.source_of(offset) for offset in (0, 6, 7, 14)] == [0, 6, 9, 16]


def test_slice_across_a_seam_stays_aligned():
    part = joined().slice(5, 9)
    assert part.text == "oede"[0:4]
    assert [SOURCE[part.source_of(offset)] for offset in range(4)] == list(part.text)
    assert (part.start, part.end) == (5, 11)


def test_strip_moves_both_ends_in_the_source():
    text = AlignedText.of("  a b \n", 0, 7).strip()
    assert (text.text, text.start, text.end) == ("a b", 2, 5)


def test_strip_of_white_space_is_empty_and_stands_somewhere_in_the_source():
    text = AlignedText.of("x   y", 1, 4).strip()
    assert text.text == ""
    assert 1 <= text.start == text.end <= 4


def test_concatenation_skips_empty_parts():
    empty = AlignedText("", ((0, 99),))
    text = concatenate([empty, AlignedText.of(SOURCE, 4, 7), empty])
    assert (text.text, text.start, text.end) == ("goe", 4, 7)


def test_concatenation_of_nothing_is_empty():
    assert concatenate([]).text == ""
