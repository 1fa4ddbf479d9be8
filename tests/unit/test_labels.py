from __future__ import annotations

import pytest

from mhnlp.labels import SCHEME, LabelScheme, sentiment_of


def test_pillars_come_in_the_order_of_the_scheme_each_once():
    assert SCHEME.in_order(["international", "prevention", "international"]) == ("prevention", "international")


def test_unknown_pillar_is_named():
    with pytest.raises(ValueError, match=r"\['opvang'\] are no pillars"):
        SCHEME.in_order(["opvang", "shelter"])


@pytest.mark.parametrize(
    ("pillars", "sentiments"),
    [((), ("a", "b")), (("p",), ("a",)), (("p", "p"), ("a", "b")), (("p",), ("p", "b"))],
)
def test_scheme_without_enough_labels_or_with_one_twice_is_refused(pillars, sentiments):
    with pytest.raises(ValueError, match="a scheme"):
        LabelScheme(pillars, sentiments)


@pytest.mark.parametrize(
    ("praise", "criticism", "sentiment"),
    [(True, False, "positive"), (False, True, "negative"), (True, True, "mixed"), (False, False, "neutral")],
)
def test_praise_and_criticism_make_the_sentiment(praise, criticism, sentiment):
    assert sentiment_of(praise=praise, criticism=criticism) == sentiment
