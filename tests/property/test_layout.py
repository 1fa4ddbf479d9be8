from __future__ import annotations

import textwrap

from hypothesis import given
from hypothesis import strategies as st

from mhnlp.layout import paragraphs

WORDS = [
    *"de het een van in op is zijn niet opvang slachtoffers mensenhandel gemeente kabinet politie Rotterdam".split(),
    *"CoMensha zorgcoördinator daarom onderzoek wachttijd, regio’s 2019, nog vijf dadergerichte samen met".split(),
    *"Openbaar Ministerie; verantwoordelijkheid arbeidsuitbuiting niet-begeleide".split(),
    "asiel- en migratiebeleid",
    "(zie ook",
]
SENTENCE = st.lists(st.sampled_from(WORDS), min_size=4, max_size=30).map(
    lambda words: " ".join(["Ook", *words]).rstrip(",;(") + "."
)
PARAGRAPH = st.lists(SENTENCE, min_size=3, max_size=6).map(" ".join)
LETTERS = st.lists(PARAGRAPH, min_size=1, max_size=6)
WIDTHS = st.integers(60, 100)


def wrap(text: str, width: int) -> str:
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)


def texts(source: str) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(source)]


@given(LETTERS, WIDTHS)
def test_hard_wraps_are_undone(letter, width):
    assert texts("\n\n".join(wrap(paragraph, width) for paragraph in letter)) == letter


@given(LETTERS, WIDTHS, st.sampled_from(["  ", "    ", "\t"]))
def test_indented_hard_wraps_are_undone(letter, width, indent):
    source = "\n\n".join(textwrap.indent(wrap(paragraph, width), indent) for paragraph in letter)
    assert texts(source) == letter


@given(LETTERS, WIDTHS)
def test_windows_line_ends_make_no_difference(letter, width):
    source = "\n\n".join(wrap(paragraph, width) for paragraph in letter)
    assert texts(source.replace("\n", "\r\n")) == texts(source)


@given(LETTERS)
def test_a_line_a_paragraph_needs_no_blank_lines(letter):
    assert texts("\n".join(letter)) == letter


@given(PARAGRAPH, WIDTHS, st.data())
def test_hyphen_put_in_at_a_line_end_is_taken_out(paragraph, width, data):
    lines = wrap(paragraph, width).split("\n")
    index = data.draw(st.integers(0, len(lines) - 1))
    first, _, rest = lines[index].partition("zorgcoördinator")
    if rest:
        lines[index : index + 1] = [f"{first}zorgcoör-", f"dinator{rest}"]
    assert "zorgcoördinator".join("\n".join(lines).split("zorgcoör-\ndinator")).split() == paragraph.split()
    assert " ".join(texts("\n".join(lines))).split() == paragraph.split()
