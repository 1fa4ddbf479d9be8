from __future__ import annotations

import textwrap

from hypothesis import given
from hypothesis import strategies as st

from mhnlp.dutch import load_pipeline
from mhnlp.letter import Letter
from mhnlp.segmentation import MAX_WORDS, segment

SENTENCES = st.sampled_from(
    [
        "De opvang van slachtoffers schiet tekort.",
        "Op 3 mei jl. sprak uw Kamer daarover, m.b.t. de wachttijd.",
        "“Dat is te laat”, zegt de rapporteur.",
        "’s Nachts is er geen toezicht op de terreinen waar zij wonen!",
        "Kan dat sneller, bijvoorbeeld met een vast meldpunt in elke regio van het land?",
        "Het kabinet zet daarom in op preventie, signalering, opsporing, opvang en internationale samenwerking.",
    ]
)
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=20).map(" ".join)
BLOCKS = st.lists(
    PARAGRAPHS
    | st.sampled_from(
        [
            "Geachte voorzitter,",
            "Opvang en zorg",
            "• een vast meldpunt",
            "1. Er komt een vast meldpunt in elke regio van het land.",
            "Pagina 2 van 3",
            "Vraag 2",
            "Hoogachtend,",
            "De Minister van Justitie en Veiligheid,",
            "Datum 3 mei 2021",
        ]
    ),
    max_size=12,
)
WILD = st.text(alphabet="abC dé.?:,;-•1)2(“”’\n\r\t\u2028\u00a0Ω", max_size=300)


def render(blocks: list[str], width: int, gap: str) -> str:
    return gap.join(textwrap.fill(block, width, break_on_hyphens=False) if width else block for block in blocks)


LETTERS = st.builds(render, BLOCKS, st.sampled_from([0, 60, 90]), st.sampled_from(["\n", "\n\n", "\r\n\r\n"])) | WILD


def contains_in_order(whole: str, part: str) -> bool:
    characters = iter(whole)
    return all(character in characters for character in part)


@given(LETTERS)
def test_place_of_a_passage_holds_its_characters_in_order(text):
    for passage in segment(Letter(text), load_pipeline()):
        place = "".join(text[passage.start : passage.end].split())
        assert contains_in_order(place, "".join(passage.text.split()))
        assert place[0] == passage.text[0]
        assert place[-1] == passage.text[-1]


@given(LETTERS)
def test_passages_stand_in_order_and_sentences_within_them(text):
    end = 0
    for passage in segment(Letter(text), load_pipeline()):
        assert end <= passage.start < passage.end <= len(text)
        end = passage.end
        assert (passage.sentences[0].start, passage.sentences[-1].end) == (passage.start, passage.end)
        for before, after in zip(passage.sentences, passage.sentences[1:], strict=False):
            assert before.end <= after.start


@given(LETTERS)
def test_sentences_of_a_passage_make_up_its_text(text):
    for passage in segment(Letter(text), load_pipeline()):
        assert " ".join(sentence.text for sentence in passage.sentences) == passage.text


@given(st.lists(SENTENCES, min_size=10, max_size=60))
def test_long_paragraph_is_split_between_sentences_below_the_bound_and_nothing_is_lost(sentences):
    passages = segment(Letter(" ".join(sentences)), load_pipeline())
    assert [sentence.text for passage in passages for sentence in passage.sentences] == [
        sentence.text for sentence in segment_whole(" ".join(sentences))
    ]
    assert all(len(passage.text.split()) <= MAX_WORDS for passage in passages)


def segment_whole(text: str):
    return list(load_pipeline()(text).sents)
