from __future__ import annotations

import pytest

from mhnlp.language import foreign_language

TEXTS = {
    "English": "The government has taken several steps, but the shelters for victims of trafficking are still full, "
    "and it is not clear when there will be more places for them.",
    "German": "Die Regierung hat mehrere Schritte unternommen, aber die Unterkünfte für die Opfer sind noch immer "
    "voll, und es ist nicht klar, wann es mehr Plätze für sie geben wird.",
    "French": "Le gouvernement a pris plusieurs mesures, mais les foyers pour les victimes de la traite sont encore "
    "pleins, et on ne sait pas quand il y aura plus de places pour elles.",
    "Spanish": "El gobierno ha dado varios pasos, pero los centros para las víctimas de la trata todavía están "
    "llenos, y no está claro cuándo habrá más plazas para ellas.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_foreign_text_is_named_by_its_language(language):
    assert foreign_language(TEXTS[language]) == language


def test_dutch_with_english_names_is_dutch():
    text = (
        "Het Trafficking in Persons Report van het Department of State plaatst ons land wederom in de hoogste groep, "
        "maar wijst erop dat de opvang van slachtoffers achterblijft bij die in omringende landen."
    )
    assert foreign_language(text) is None


def test_text_without_function_words_is_in_an_unknown_language():
    assert foreign_language("lorem ipsum dolor consectetur adipiscing elit " * 5) == "an unknown language"


def test_under_twenty_words_is_too_short_to_tell():
    words = "the government has taken steps and it is not clear when there will be more places for them all".split()
    assert foreign_language(" ".join(words[:19])) is None
    assert foreign_language(" ".join([*words, "again"])) == "English"


def test_only_the_beginning_is_looked_at():
    dutch = "De opvang van slachtoffers van mensenhandel is nog altijd niet op orde. " * 300
    assert foreign_language(dutch[:20_000] + TEXTS["English"] * 1000) is None


def test_every_shipped_passage_is_taken_for_dutch(corpus):
    assert [each.id for each in corpus if foreign_language(each.text)] == []
