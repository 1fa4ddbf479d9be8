from __future__ import annotations

from mhnlp.reading._geometry import Row, Word, columns


def row(text, left, right, base):
    words = text.split()
    width = (right - left) / len(words)
    placed = [
        Word(word, left + place * width, left + (place + 1) * width, base, 10.0) for place, word in enumerate(words)
    ]
    return Row.of(placed, 0)


def test_line_that_protrudes_into_the_strip_between_two_columns_does_not_cut_them():
    lines = range(30)
    left = [row(f"links {line} van de tekst", 60, 300 + 4 * (line == 10), 100.0 + 12 * line) for line in lines]
    right = [row(f"rechts {line} van de tekst", 330, 570 + 4 * (line == 10), 100.0 + 12 * line) for line in lines]
    found = columns([*left, *right])
    assert [[each.text for each in column.rows] for column in found] == [
        [each.text for each in side] for side in (left, right)
    ]
