from __future__ import annotations

import json
import math

import pandas as pd
import pytest

from mhnlp.annotations.corpus import AnnotatedCorpus, AnnotatedPassage
from mhnlp.errors import MhnlpError, TableError
from mhnlp.evaluation import evaluate
from mhnlp.evaluation_page import evaluation_page

CODES = [
    ("a", "De opvang is vol.", ("shelter",), "negative"),
    ("a", "De politie deed onderzoek.", ("investigation",), "neutral"),
    ("b", "Een mooie stap.", (), "positive"),
    ("c", "De begroting telt 3 bladzijden.", (), "neutral"),
]
CODED = AnnotatedCorpus(
    "met de hand", tuple(AnnotatedPassage(f"p{number}", *own) for number, own in enumerate(CODES, 1))
)


def table(**columns: list[object]) -> pd.DataFrame:
    right = {
        "text": [each.text for each in CODED],
        "pillars": [" ".join(each.pillars) for each in CODED],
        "sentiment": [each.sentiment for each in CODED],
    }
    return pd.DataFrame({**right, **columns})


def test_right_labels_have_no_errors_and_no_figures_of_probabilities():
    scores = evaluate(table(), CODED)
    assert scores.accuracy == scores.pillars_micro == 1.0
    assert {each.label: each.f1.value for each in scores.labels}["shelter"] == 1.0
    assert math.isnan(scores.average_precision)
    assert math.isnan(scores.labels[0].calibration)
    assert list(scores.summary()) == [
        "passages",
        "pillars, macro-F1",
        "pillars, micro-F1",
        "sentiment, macro-F1",
        "sentiment, accuracy",
    ]
    assert json.loads(scores.to_json())["coverage"] is None


def test_scores_of_a_model_and_of_its_table_are_the_same(tiny_model, toy_corpus):
    of_model = evaluate(tiny_model, toy_corpus)
    given = tiny_model.predict(toy_corpus.texts).assign(text=toy_corpus.texts)
    of_table = evaluate(given, toy_corpus)
    assert of_table.pillars == of_model.pillars
    assert of_table.sentiment == of_model.sentiment
    assert of_table.confusion == of_model.confusion


def test_unknown_classes_count_as_errors_and_are_named():
    scores = evaluate(
        table(pillars=["shelter housing", "investigation", "none", ""], sentiment=["boos", "neutral", "", "neutral"]),
        CODED,
    )
    assert scores.unknown == 3
    assert scores.accuracy == 0.5
    assert scores.confusion["positive"] == {"positive": 0, "negative": 0, "mixed": 0, "neutral": 0, "unknown": 1}
    # Two pillars right, and one too many.
    assert scores.pillars_micro == pytest.approx(4 / 5)
    (told,) = scores.warnings
    assert told.endswith("counted as errors: no sentiment (1), boos (1), housing (1)")


def test_passages_are_known_by_text_else_by_id_whatever_the_order():
    given = table(passage=["p1", "p2", "p3", "p4"])
    given.loc[0, "text"] = "De  opvang is vol. "
    given.loc[1, "text"] = "Door het hulpmiddel veranderd."
    more = pd.DataFrame({"text": ["Iets anders."], "pillars": ["shelter"], "sentiment": ["mixed"], "passage": ["p9"]})
    assert evaluate(pd.concat([more, given.iloc[::-1]]), CODED).accuracy == 1.0
    # Numbers that are counted anew in each letter tell nothing, and the texts do.
    assert evaluate(table(passage=["1", "2", "1", "1"]), CODED).accuracy == 1.0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (table().drop(columns="sentiment"), "no column 'sentiment'"),
        (table().drop(columns="text"), "no column 'text', 'passage' or 'id'"),
        (table().iloc[1:], "those of 1 of the 4 coded passages: 'p1' is not there"),
        (table(text=["x"] * 4, id=["p1", "p1", "p3", "p4"]), "2 of the 4 .*: 'p1' is there twice, with different"),
    ],
)
def test_table_that_does_not_tell_is_refused_in_words(given, message):
    with pytest.raises(MhnlpError, match=message):
        evaluate(given, CODED)


def test_missing_passage_is_a_table_error():
    with pytest.raises(TableError):
        evaluate(table().iloc[1:], CODED)


def test_page_of_labels_without_probabilities_has_no_plots():
    page = evaluation_page(evaluate(table(), CODED))
    assert "<svg" not in page
    assert "nan" not in page
