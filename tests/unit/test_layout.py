from __future__ import annotations

import pytest

from mhnlp.layout import paragraphs


def texts(*lines: str) -> list[str]:
    return [each.text for each in paragraphs("\n".join(lines))]


def test_line_ends_within_a_paragraph_are_undone():
    assert texts(
        "De opvang van slachtoffers is dit jaar",
        "uitgebreid met dertig plaatsen in het",
        "noorden van het land.",
    ) == ["De opvang van slachtoffers is dit jaar uitgebreid met dertig plaatsen in het noorden van het land."]


def test_hyphen_at_a_line_end_is_joined():
    assert texts("De aanpak van mensen-", "handel vergt dat gemeenten en", "politie samenwerken.") == [
        "De aanpak van mensenhandel vergt dat gemeenten en politie samenwerken."
    ]


@pytest.mark.parametrize("conjunction", ["en", "of", "noch", "als"])
def test_suspended_hyphen_keeps_hyphen_and_space(conjunction):
    assert texts("Dit raakt aan het asiel-", f"{conjunction} migratiebeleid van het kabinet.") == [
        f"Dit raakt aan het asiel- {conjunction} migratiebeleid van het kabinet."
    ]


def test_hyphen_before_a_capital_is_kept():
    text = texts(
        "Over de opvang sprak het kabinet vorig jaar uitvoerig met het OM-",
        "Landelijk Parket en met de gemeenten die daarvoor het geld",
        "beheren.",
    )
    assert len(text) == 1
    assert "het OM-" in text[0]


def test_label_and_value_of_the_margin_are_taken_out_of_a_sentence():
    assert texts(
        "Het is nog niet mogelijk om de gevraagde cijfers te Datum",
        "leveren, omdat de registratie pas in de zomer 4 mei 2021",
        "op orde komt.",
    ) == [
        (
            "Het is nog niet mogelijk om de gevraagde cijfers te leveren, omdat de registratie pas in de zomer op orde "
            "komt."
        )
    ]


def test_the_word_datum_within_a_line_stays():
    line = "De beslissing is op die datum genomen en de Datum van ingang volgt later."
    assert texts(line) == [line]


@pytest.mark.parametrize(
    "furniture",
    ["Pagina 2 van 5", "pag. 3", "- 4 -", "7", "2/9", "Datum", "Datum 3 mei 2021", "Ons kenmerk 2021-0000123"],
)
def test_page_break_in_mid_sentence_is_taken_out_and_the_sentence_joined(furniture):
    assert texts(
        "De uitkomst van het onderzoek naar de opvang van",
        "slachtoffers is nog niet bekend, zodat ik daarop",
        "",
        furniture,
        "",
        "in een volgende brief terugkom.",
    ) == [
        (
            "De uitkomst van het onderzoek naar de opvang van slachtoffers is nog niet bekend, zodat ik daarop in een "
            "volgende brief terugkom."
        )
    ]


def test_page_break_between_sentences_ends_the_paragraph():
    assert (
        len(
            texts(
                "De uitkomst van het onderzoek naar de opvang van",
                "slachtoffers is nog niet bekend.",
                "Pagina 2 van 5",
                "Daarop kom ik in een volgende brief uitgebreid bij uw",
                "Kamer terug.",
            )
        )
        == 2
    )


def test_number_that_begins_a_line_in_mid_sentence_is_no_list_item():
    assert texts(
        "Dat geldt ook voor de doelen die zijn genoemd onder actielijn",
        "3. Daar wordt vooral onderzocht wat er aan opvang nodig is in",
        "de komende jaren.",
    ) == [
        (
            "Dat geldt ook voor de doelen die zijn genoemd onder actielijn 3. Daar wordt vooral onderzocht wat er aan "
            "opvang nodig is in de komende jaren."
        )
    ]


def test_numbered_items_in_turn_stay_apart():
    assert (
        len(
            texts(
                "Het kabinet neemt de komende periode drie maatregelen voor de",
                "opvang van slachtoffers:",
                "1. er komen dertig plaatsen bij in het noorden en het oosten",
                "van het land;",
                "2. de wachttijd wordt elk kwartaal gemeten en aan uw Kamer",
                "gemeld;",
                "3. gemeenten krijgen een vaste zorgcoördinator.",
            )
        )
        == 4
    )


def test_heading_above_wrapped_text_without_a_blank_line_stands_alone():
    assert texts(
        "Versterking van de opvang",
        "De opvang van slachtoffers is dit jaar uitgebreid met dertig",
        "plaatsen in het noorden van het land.",
    ) == [
        "Versterking van de opvang",
        "De opvang van slachtoffers is dit jaar uitgebreid met dertig plaatsen in het noorden van het land.",
    ]


def test_a_line_a_paragraph_is_left_as_it_is():
    lines = ["De opvang is uitgebreid met dertig plaatsen.", "de wachttijd daalde.", "En het aantal meldingen steeg."]
    assert texts(*lines) == lines


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x85", "\f", "\v"])
def test_every_kind_of_line_end_ends_a_line(end):
    text = f"Eerste alinea.{end}{end}Tweede alinea."
    assert [each.text for each in paragraphs(text)] == ["Eerste alinea.", "Tweede alinea."]


@pytest.mark.parametrize("text", ["", "\n\n", "   \r\n\t", "Pagina 1 van 1"])
def test_text_without_content_has_no_paragraphs(text):
    assert paragraphs(text) == []
