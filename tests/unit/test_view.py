from __future__ import annotations

from html.parser import HTMLParser

import pytest

from mhnlp.labels import SCHEME, LabelScheme
from mhnlp.letter import Letter
from mhnlp.palette import COLOURS
from mhnlp.results import LabelledLetter, LabelledPassage
from mhnlp.view import letter_html, page

VOID = {"meta"}


class Checker(HTMLParser):
    """Collects the text, and finds tags that are not closed."""

    def __init__(self):
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):  # noqa: ARG002 - the parent's signature
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.text += data


def read(html: str) -> str:
    checker = Checker()
    checker.feed(html)
    assert checker.open == []
    return checker.text


def make_letter(
    sentiment="negative", pillars=("shelter",), scheme=SCHEME, text="Er is te weinig <plaats>. Dat blijft zo."
):
    passage = LabelledPassage(
        pillars=pillars,
        sentiment=sentiment,
        probabilities=dict.fromkeys(scheme.labels, 0.123),
        uncertain=True,
        text=text,
        start=0,
        end=len(text),
        heading="Opvang",
        kind="paragraph",
    )
    return LabelledLetter(Letter(text, name="brief"), (passage, passage), "abc", scheme)


def test_every_label_is_told_in_words_not_by_colour_alone():
    text = read(letter_html(make_letter()))
    for word in ("shelter", "negative", "better read by a person", "2 passages", "0.12"):
        assert word in text


def test_heading_stands_once_above_the_passages_below_it():
    assert read(letter_html(make_letter())).count("Opvang") == 1


@pytest.mark.parametrize("sentiment", SCHEME.sentiments)
def test_each_judgement_has_a_mark_of_its_own(sentiment):
    marks = {each: letter_html(make_letter(each)).split("aria-hidden='true'>")[1][0] for each in SCHEME.sentiments}
    assert len(set(marks.values())) == len(SCHEME.sentiments)
    assert marks[sentiment] in letter_html(make_letter(sentiment))


def test_a_label_has_the_same_colour_in_views_and_figures():
    for pillar in SCHEME.pillars:
        assert f"--colour:{COLOURS[pillar]}" in letter_html(make_letter(pillars=(pillar,)))
    for sentiment in SCHEME.sentiments:
        assert f"--colour:{COLOURS[sentiment]}" in letter_html(make_letter(sentiment, pillars=()))


def test_labels_of_another_scheme_are_shown_too():
    scheme = LabelScheme(tuple(f"thema{k}" for k in range(9)), ("voor", "tegen"))
    text = read(letter_html(make_letter("tegen", ("thema8",), scheme)))
    assert "thema8" in text
    assert "tegen" in text


def test_sentences_that_carry_labels_are_marked_with_their_names():
    carrying = [{"negative": "Er is te weinig <plaats>.", "shelter": "Er is te weinig <plaats>."}, {}]
    html = letter_html(make_letter(), carrying)
    assert "Er is te weinig &lt;plaats&gt;.</span><sup class='mhnlp-carried'> negative, shelter</sup> Dat" in html
    assert html.count("<sup") == 1
    assert "Er is te weinig <plaats>. negative, shelter Dat blijft zo." in read(html)


def test_page_is_whole_and_names_its_title():
    html = page([letter_html(make_letter())], "brief & <bijlage>")
    assert html.startswith("<!doctype html>")
    assert "<title>brief &amp; &lt;bijlage&gt;</title>" in html
    assert "<plaats>" in read(html)


def test_view_loads_nothing_from_elsewhere():
    html = make_letter().to_html()
    assert "http" not in html
    assert "<script" not in html
