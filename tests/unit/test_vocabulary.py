from __future__ import annotations

import pytest

from mhnlp.annotations.vocabulary import Vocabulary, is_mark, split_prefix
from mhnlp.errors import MhnlpError
from mhnlp.labels import SCHEME, LabelScheme

READ = Vocabulary(SCHEME).read


@pytest.mark.parametrize(
    ("cell", "pillars"),
    [
        ("shelter", {"shelter"}),
        ("Opvang", {"shelter"}),
        ("OPVANG; Preventie", {"shelter", "prevention"}),
        ("opvang, preventie", {"shelter", "prevention"}),
        ("opvang preventie", {"shelter", "prevention"}),
        ("opvang#signalering|opsporing", {"shelter", "signalling", "investigation"}),
        ("opvang\npreventie", {"shelter", "prevention"}),
        ("opvang / preventie + internationaal", {"shelter", "prevention", "international"}),
        ("Opvang, zorg en bescherming", {"shelter"}),
        ("preventie, opsporing en vervolging", {"prevention", "investigation"}),
        ("opvang, zorg en bescherming; preventie", {"shelter", "prevention"}),
        ("pijler:opvang#pillar:prevention", {"shelter", "prevention"}),
        ("Pijler: Opvang", {"shelter"}),
        ("pijler_opvang", {"shelter"}),
        ('["shelter", "pijler:preventie"]', {"shelter", "prevention"}),
        ('{"choices": ["shelter", "prevention"]}', {"shelter", "prevention"}),
        ("", set()),
    ],
)
def test_pillars_are_read_as_people_write_them(cell, pillars):
    reading = READ(cell)
    assert (reading.pillars, reading.problems) == (pillars, ())


@pytest.mark.parametrize(
    ("cell", "sentiment"),
    [("negatief", "negative"), ("Sentiment:Positief", "positive"), (" NEUTRAAL ", "neutral"), ("gemengd", "mixed")],
)
def test_sentiments_are_read_as_people_write_them(cell, sentiment):
    assert READ(cell).sentiments == {sentiment}


@pytest.mark.parametrize("cell", ["none", "geen", "Geen pijler", "pijler:geen"])
def test_none_says_that_there_is_no_pillar(cell):
    reading = READ(cell)
    assert reading.none
    assert not reading.pillars
    assert not reading.problems


@pytest.mark.parametrize(
    ("cell", "kind", "value", "message"),
    [
        ("opvangg", "", "opvangg", "did you mean 'shelter' (opvang)?"),
        ("sheltr", "pillar", "sheltr", "'sheltr' is no pillar; did you mean 'shelter'?"),
        ("preventie; opvan", "", "opvan", "did you mean 'shelter' (opvang)?"),
        ("preventie opvan", "", "opvan", "did you mean 'shelter' (opvang)?"),
        ("negatif", "sentiment", "negatif", "did you mean 'negative'"),
        ("opvang", "sentiment", "opvang", "'opvang' is a pillar, no sentiment"),
        ("negatief", "pillar", "negatief", "'negatief' is a sentiment, no pillar"),
        ("pijler:negatief", "", "pijler:negatief", "is a sentiment, no pillar"),
        ("sentiment:opvang", "", "sentiment:opvang", "is a pillar, no sentiment"),
        ("qqq", "sentiment", "qqq", "there are positive, negative, mixed, neutral"),
        ("{kapot", "", "{kapot", "is no label"),
    ],
)
def test_word_that_is_no_label_is_named_with_the_nearest(cell, kind, value, message):
    ((found, why),) = READ(cell, kind).problems
    assert found == value
    assert message in why


def test_own_names_stand_for_labels_or_are_left_out():
    read = Vocabulary(SCHEME, {"Politie": "investigation", "boos": "negatief", "twijfel": ""}).read
    reading = read("politie; twijfel; boos")
    assert (reading.pillars, reading.sentiments, reading.problems) == ({"investigation"}, {"negative"}, ())


def test_own_name_for_a_label_that_is_none_is_refused():
    with pytest.raises(MhnlpError, match=r"'politie' cannot stand for 'opsprong', .* did you mean 'investigation'"):
        Vocabulary(SCHEME, {"politie": "opsprong"})


def test_dutch_names_are_those_of_the_codebook_alone():
    scheme = LabelScheme(("housing",), ("good", "bad"))
    assert Vocabulary(scheme).read("Housing; bad").pillars == {"housing"}
    assert Vocabulary(scheme).read("opvang").problems


@pytest.mark.parametrize(
    ("cell", "marked"), [("x", True), ("X ", True), ("1", True), ("ja", True), ("", False), ("nee", False), ("?", None)]
)
def test_marks(cell, marked):
    assert is_mark(cell) is marked


def test_prefix_of_a_word_that_only_begins_like_one_is_kept():
    assert split_prefix("sentimenteel") == ("", "sentimenteel")
