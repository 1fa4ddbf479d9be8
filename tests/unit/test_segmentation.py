from __future__ import annotations

import pytest

from mhnlp.letter import Letter
from mhnlp.segmentation import MAX_WORDS, MIN_PART, blocks, segment

SHELTER = "De opvang van slachtoffers in categorale voorzieningen kent een lange wachttijd voor slachtoffers."
POLICE = "De recherche onderzoekt strafbare feiten, waarna het parket verdachten van die feiten vervolgt."


def kinds(text: str) -> list[str]:
    return [block.kind for block in blocks(Letter(text))]


def test_every_part_of_a_letter_gets_its_kind():
    text = "\n\n".join(
        [
            "Aan de Tweede Kamer",
            "Geachte voorzitter,",
            "Opvang",
            SHELTER,
            "• " + POLICE,
            "Hoogachtend,",
            "De Minister van Justitie",
        ]
    )
    assert kinds(text) == ["address", "salutation", "heading", "paragraph", "item", "closing", "closing"]


@pytest.mark.parametrize(
    "salutation",
    [
        "Geachte voorzitter,",
        "Geachte heer Jansen,",
        "Zeer geachte mevrouw De Wit,",
        "Hooggeachte leden,",
        "Excellentie,",
        "Beste collega’s,",
        "L.S.,",
        "Geachte leden van de vaste commissie voor Justitie en Veiligheid,",
    ],
)
def test_salutation_and_what_stands_above_it_are_no_passages(salutation, nlp):
    text = f"Postbus 20301\n\n{salutation}\n\n{SHELTER}"
    assert [passage.text for passage in segment(Letter(text), nlp)] == [SHELTER]
    assert kinds(text)[1] == "salutation"


@pytest.mark.parametrize(
    "closing",
    [
        "Hoogachtend,",
        "Met vriendelijke groet,",
        "Met hartelijke groeten",
        "Met de meeste hoogachting,",
        "Met gevoelens van hoogachting,",
        "Vriendelijke groet,",
        "w.g. C. de Groot",
        "De Staatssecretaris van Justitie en Veiligheid,",
        "mede namens de Minister van Asiel en Migratie,",
    ],
)
def test_closing_and_what_stands_below_it_are_no_passages(closing, nlp):
    text = f"Geachte voorzitter,\n\n{SHELTER}\n\n{closing}\n\nC. de Groot"
    assert [passage.text for passage in segment(Letter(text), nlp)] == [SHELTER]


def test_paragraph_of_just_the_bound_stays_whole_and_a_longer_one_is_split(nlp):
    sentence = "Dit is een zin van tien woorden over de opvang."
    assert len(sentence.split()) == 10
    whole = " ".join([sentence] * (MAX_WORDS // 10))
    assert len(segment(Letter(whole), nlp)) == 1
    assert len(segment(Letter(f"{whole} {sentence}"), nlp)) == 2


def test_long_paragraph_is_split_where_the_subject_turns(nlp):
    text = " ".join([SHELTER] * 5 + [POLICE] * 9)
    parts = segment(Letter(text), nlp)
    assert parts[0].text == " ".join([SHELTER] * 5)
    assert all(len(part.text.split()) >= MIN_PART for part in parts)


def test_one_sentence_longer_than_the_bound_stays_whole(nlp):
    text = "De opvang omvat " + ", ".join(["begeleiding"] * 200) + " en nazorg."
    assert [passage.text for passage in segment(Letter(text), nlp)] == [text]


def test_parts_of_a_split_paragraph_share_its_heading(nlp):
    text = "Geachte voorzitter,\n\nStand van zaken\n\n" + " ".join([SHELTER] * 8 + [POLICE] * 8)
    parts = segment(Letter(text), nlp)
    assert len(parts) > 1
    assert {part.heading for part in parts} == {"Stand van zaken"}


def test_places_in_a_wrapped_hyphenated_letter_point_at_the_source(nlp):
    text = "Geachte voorzitter,\n\nDe aanpak van mensen-\nhandel vergt\nafstemming. Dat is te laat.\n\nHoogachtend,"
    (passage,) = segment(Letter(text), nlp)
    assert passage.text == "De aanpak van mensenhandel vergt afstemming. Dat is te laat."
    assert text[passage.start : passage.end] == "De aanpak van mensen-\nhandel vergt\nafstemming. Dat is te laat."
    assert [text[each.start : each.end] for each in passage.sentences] == [
        "De aanpak van mensen-\nhandel vergt\nafstemming.",
        "Dat is te laat.",
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "Geachte voorzitter,\n\nHoogachtend,", "1\n2\n3", "— — —"])
def test_letter_without_running_text_has_no_passages(text, nlp):
    assert segment(Letter(text), nlp) == []


def test_text_longer_than_the_pipeline_is_given_at_once_loses_nothing(nlp):
    text = " ".join([SHELTER] * 1200)
    assert len(text) > 100_000
    assert " ".join(passage.text for passage in segment(Letter(text), nlp)) == text


FIRST = ("De drie rapportages", "Op 18 november 2020", "In de voortgangsbrief wijzen", "Ook wordt in de")
FIRST += ("De rapporteur deed in", "De betrokken bewindspersonen wijzen", "Het kabinet heeft de")
SECOND = ("Op donderdag 26 oktober", "In de afgelopen periode", "De aanpak van mensenhandel", "Op dit moment ontbreekt")
SECOND += ("In het actieplan is", "Het is positief dat", "De aanpak van mensenhandel")


@pytest.mark.parametrize(
    ("name", "openings", "furniture"),
    [
        ("reactie-rapporteur-2020.txt", FIRST, ("Reactie Nationaal Rapporteur op", "Coördinatie en monitoring")),
        (
            "reflectie-actieplan-2023.txt",
            SECOND,
            (
                "Geachte leden",
                "Datum",
                "20 oktober 2023",
                "Met vriendelijke groet",
                "Nationaal Rapporteur Mensenhandel en",
                "Tot slot",
            ),
        ),
    ],
)
def test_real_letter_gives_its_seven_paragraphs_and_nothing_else(name, openings, furniture, nlp, shared):
    text = shared(f"letters/{name}").read_text(encoding="utf-8")
    passages = segment(Letter(text), nlp)
    assert len(openings) == len(passages) == 7
    for passage, opening in zip(passages, openings, strict=True):
        assert passage.text.startswith(opening)
    whole = "\n".join(passage.text for passage in passages)
    assert [words for words in furniture if words in whole] == []


def test_real_letter_keeps_a_sentence_whole_around_margin_text_and_a_line_number(nlp, shared):
    text = shared("letters/reflectie-actieplan-2023.txt").read_text(encoding="utf-8")
    whole = "\n".join(passage.text for passage in segment(Letter(text), nlp))
    assert "onder actielijn 3. Daar" in whole
    assert "acties te ontwikkelen" in whole
