from __future__ import annotations

import numpy as np
import pytest

from mhnlp.annotations.corpus import AnnotatedCorpus, AnnotatedPassage
from mhnlp.bootstrap import resample
from mhnlp.evaluation import calibration_error, cross_validate, evaluate, score_probabilities
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


def test_every_draw_holds_as_many_letters_as_there_are():
    counts = np.ones((7, 3, 2), dtype=int)
    assert (resample(counts) == 7).all()


def test_certain_passages_are_scored_apart():
    scores = scored(certain=[True, False, True, False])
    assert scores.coverage == 0.5
    assert scores.certain_pillars == pytest.approx((2 / 3 + 0) / 2)
    assert scores.certain_sentiment == pytest.approx(2 / 3)


def test_no_certain_passage_is_no_error():
    assert scored(certain=[False] * 4).certain_pillars == 0.0


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
