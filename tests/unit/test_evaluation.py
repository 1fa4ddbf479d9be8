from __future__ import annotations

import json
import re
import sys
from dataclasses import replace

import numpy as np
import pytest

from mhnlp.annotations.corpus import AnnotatedCorpus, AnnotatedPassage
from mhnlp.errors import MhnlpError
from mhnlp.evaluation import calibration_error, cross_validate, evaluate, score_probabilities
from mhnlp.evaluation_page import evaluation_page, write_evaluation
from mhnlp.labels import LabelScheme

SCHEME = LabelScheme(("p", "q"), ("goed", "slecht", "geen"))


def corpus_of(*codes: tuple[str, str, str]) -> AnnotatedCorpus:
    return AnnotatedCorpus(
        "hand",
        tuple(
            AnnotatedPassage(str(number), letter, "tekst", tuple(pillars), sentiment)
            for number, (letter, pillars, sentiment) in enumerate(codes)
        ),
        SCHEME,
    )


CORPUS = corpus_of(("a", "p", "goed"), ("a", "", "goed"), ("b", "p", "slecht"), ("c", "p", "slecht"))
GIVEN = np.array(
    [
        [1, 0, 1, 0, 0],
        [1, 1, 0, 0, 1],
        [0, 0, 0, 1, 0],
        [1, 0, 1, 0, 0],
    ]
)


def scored(given=GIVEN, corpus=CORPUS, certain=None):
    certain = np.ones(len(corpus), dtype=bool) if certain is None else np.array(certain)
    return score_probabilities("by hand", corpus, given.astype(float), given, certain)


def test_scores_equal_those_computed_by_hand():
    scores = scored()
    by_label = {each.label: each for each in scores.labels}
    # p: 2 right, 1 too many, 1 missed. goed: 1, 1, 1. slecht: 1, 0, 1.
    assert (by_label["p"].precision, by_label["p"].recall) == (2 / 3, 2 / 3)
    assert by_label["p"].f1.value == pytest.approx(2 / 3)
    assert by_label["goed"].f1.value == pytest.approx(1 / 2)
    assert by_label["slecht"].f1.value == pytest.approx(2 / 3)
    assert [each.support for each in scores.labels] == [3, 0, 2, 2, 0]
    assert scores.accuracy == 0.5
    assert (scores.passages, scores.letters) == (4, 3)


def test_label_that_is_given_but_never_coded_lowers_the_scores():
    scores, without = scored(), scored(GIVEN * [1, 0, 1, 1, 1])
    by_label = {each.label: each for each in scores.labels}
    assert (by_label["q"].precision, by_label["q"].f1.value) == (0.0, 0.0)
    assert scores.pillars_micro == pytest.approx(2 * 2 / (2 * 2 + 2 + 1))
    assert scores.pillars_micro < without.pillars_micro == pytest.approx(2 / 3)
    assert by_label["geen"].f1.value == 0.0
    assert scores.sentiment.value == pytest.approx((1 / 2 + 2 / 3 + 0) / 3)


def test_confusion_counts_every_passage_once_in_its_own_cell():
    scores = scored()
    assert scores.confusion["goed"] == {"goed": 1, "slecht": 0, "geen": 1}
    assert scores.confusion["slecht"] == {"goed": 1, "slecht": 1, "geen": 0}
    assert sum(sum(row.values()) for row in scores.confusion.values()) == 4


def test_intervals_contain_their_values_and_are_points_where_all_letters_are_alike():
    scores = scored()
    for score in [scores.pillars, scores.sentiment, *(each.f1 for each in scores.labels)]:
        assert 0 <= score.low <= score.value <= score.high <= 1
    same = corpus_of(*[(letter, "p", "goed") for letter in "abcdef"])
    perfect = scored(np.array([[1, 0, 1, 0, 0]] * 6), same).labels[0].f1
    assert (perfect.low, perfect.value, perfect.high) == (1.0, 1.0, 1.0)


def test_intervals_draw_letters_and_not_passages():
    codes = [("p", "goed")] * 20
    one_letter_a_passage = corpus_of(*[(str(number), *own) for number, own in enumerate(codes)])
    two_letters = corpus_of(*[("ab"[number // 10], *own) for number, own in enumerate(codes)])
    given = np.array([[1, 0, 1, 0, 0]] * 10 + [[0, 0, 1, 0, 0]] * 10)
    narrow, wide = scored(given, one_letter_a_passage).labels[0].f1, scored(given, two_letters).labels[0].f1
    assert narrow.value == wide.value
    # Of two letters, one wholly right and one wholly wrong, a draw holds either twice in half the cases.
    assert (wide.low, wide.high) == (0.0, 1.0)
    assert 0.0 < narrow.low < narrow.high < 1.0


def test_certain_passages_are_scored_apart():
    scores = scored(certain=[True, False, True, False])
    assert scores.coverage == 0.5
    assert scores.certain_pillars == pytest.approx((2 / 3 + 0) / 2)
    assert scores.certain_sentiment == pytest.approx(2 / 3)
    n_pillars = len(CORPUS.scheme.pillars)
    differ = CORPUS.y != GIVEN
    wrong = differ[:, :n_pillars].sum(axis=1) + differ[:, n_pillars:].any(axis=1)
    assert (scores.certain_errors, scores.uncertain_errors) == (wrong[[0, 2]].mean(), wrong[[1, 3]].mean())


def test_no_certain_passage_is_no_error():
    scores = scored(certain=[False] * 4)
    assert scores.certain_pillars == 0.0
    assert np.isnan(scores.certain_errors)


def test_calibration_error_equals_that_computed_by_hand():
    probabilities = np.array([0.05, 0.05, 0.62, 0.68, 1.0])
    outcomes = np.array([0, 1, 1, 0, 1])
    # Bins 0, 6 and 9: |0.10 - 1| + |1.30 - 1| + |1 - 1| over five.
    assert calibration_error(probabilities, outcomes) == pytest.approx((0.9 + 0.3 + 0.0) / 5)
    assert calibration_error(np.array([]), np.array([])) == 0.0


def test_model_of_other_labels_is_refused(tiny_model):
    with pytest.raises(ValueError, match="the model's labels are"):
        evaluate(tiny_model, CORPUS)


def test_model_is_scored_by_its_own_decisions(tiny_model, toy_corpus):
    scores = evaluate(tiny_model, toy_corpus)
    table = tiny_model.predict(toy_corpus.texts)
    assert scores.accuracy == pytest.approx((table["sentiment"] == [each.sentiment for each in toy_corpus]).mean())
    assert scores.coverage == pytest.approx((~table["uncertain"]).mean())
    assert scores.to_frame()["label"].tolist() == list(toy_corpus.scheme.labels)


def test_cross_validation_scores_what_was_held_out(fitted, toy_corpus):
    scores = cross_validate(fitted, toy_corpus)
    gold = toy_corpus.y[:, 5:].argmax(axis=1)
    assert scores.accuracy == pytest.approx((fitted.held_out_labels_[:, 5:].argmax(axis=1) == gold).mean())
    assert scores.to_card()["table"][0][:2] == ["label", "support"]


def test_labels_that_the_coded_passages_do_not_know_count_as_errors():
    given = GIVEN.copy()
    given[0, 2:] = 0
    scores = score_probabilities(
        "by hand", CORPUS, given.astype(float), given, np.ones(4, dtype=bool), unknown=np.array([0, 2, 0, 0])
    )
    without = scored(given)
    assert scores.accuracy == 0.25
    assert scores.confusion["goed"] == {"goed": 0, "slecht": 0, "geen": 1, "unknown": 1}
    assert scores.unknown == 3
    assert scores.pillars_micro < without.pillars_micro
    assert scores.coverage_curve[-1].pillar_errors == without.coverage_curve[-1].pillar_errors + 0.5
    assert "each counted as an error" in scores.summary()["labels unknown to the coded passages"]


def test_model_with_more_labels_than_the_coded_passages_is_scored(tiny_model, toy_corpus):
    fewer = LabelScheme(("shelter", "investigation"), ("positive", "negative", "neutral"))
    passages = tuple(
        replace(
            each,
            pillars=tuple(label for label in fewer.pillars if label in each.pillars),
            sentiment="neutral" if each.sentiment == "mixed" else each.sentiment,
        )
        for each in toy_corpus
    )
    scores = evaluate(tiny_model, AnnotatedCorpus("minder", passages, fewer))
    table = tiny_model.predict(toy_corpus.texts)
    strange = table["pillars"].map(lambda own: len(set(own) - set(fewer.pillars))).sum()
    assert scores.unknown == strange + (table["sentiment"] == "mixed").sum() > 0
    assert scores.confusion["neutral"]["unknown"] == 18
    assert {each.label: each.f1.value for each in scores.labels}["shelter"] == 1.0
    assert scores.pillars_micro < 1
    assert scores.accuracy == 0.75


def test_passages_trained_on_are_told_and_others_not(tiny_model, toy_corpus, corpus):
    assert (
        "72 of the 72 passages are among those that 'tiny' was trained on"
        in evaluate(tiny_model, toy_corpus).warnings[0]
    )
    assert evaluate(tiny_model, AnnotatedCorpus("ander", corpus.passages[:10])).warnings == ()


def test_reliability_and_coverage_equal_those_computed_by_hand():
    probabilities = np.array([[0.95, 0, 0.8, 0.1, 0.1], [0.95, 0, 0.8, 0.1, 0.1], [0.2, 0, 0, 1, 0], [0.6, 0, 0, 1, 0]])
    given = np.array([[1, 0, 1, 0, 0], [1, 0, 1, 0, 0], [0, 0, 0, 1, 0], [1, 0, 0, 1, 0]])
    scores = score_probabilities("by hand", CORPUS, probabilities, given, np.ones(4, dtype=bool))
    own = [(each.low, each.passages, each.probability, each.share) for each in scores.reliability if each.label == "p"]
    assert own == [(0.2, 1, 0.2, 1.0), (0.6, 1, 0.6, 1.0), (0.9, 2, pytest.approx(0.95), 0.5)]
    assert [each.coverage for each in scores.coverage_curve][-1] == 1.0
    # Passage 2 is expected to have 0.2 errors and has one, passages 0 and 1 are expected to have 0.25.
    assert scores.coverage_curve[0].pillar_errors == 1.0
    assert scores.coverage_curve[-1].pillar_errors == 0.5
    assert scores.coverage_curve[-1].sentiment_errors == 0.0


def test_every_figure_is_in_the_json(toy_corpus, tiny_model):
    scores = evaluate(tiny_model, toy_corpus)
    read = json.loads(scores.to_json())
    assert read["pillars"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert len(read["labels"]) == 9
    assert read["coverage_curve"][-1]["coverage"] == 1.0


@pytest.mark.parametrize("suffix", ["csv", "json", "html"])
def test_scores_are_written_as_table_json_and_page(toy_corpus, tiny_model, tmp_path, suffix):
    scores = replace(evaluate(tiny_model, toy_corpus), name="<mijn> letters")
    path = tmp_path / "uit" / f"scores.{suffix}"
    write_evaluation(scores, path)
    text = path.read_text(encoding="utf-8")
    assert "shelter" in text
    if suffix == "html":
        assert text.count("<svg") == 2
        assert "&lt;mijn&gt; letters" in text
        assert "trained on; the scores are too high" in text
        assert not re.search(r"(src|href)=.http", text)
        assert evaluation_page(scores) == text


def test_scores_in_another_form_are_refused(tmp_path):
    with pytest.raises(MhnlpError, match=r"written as \.csv, \.html, \.json, not as \.xlsx"):
        write_evaluation(scored(), tmp_path / "scores.xlsx")


def test_page_without_matplotlib_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MhnlpError, match=r"pip install 'mhnlp\[plots\]'"):
        evaluation_page(scored())
