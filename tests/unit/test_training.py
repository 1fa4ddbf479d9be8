from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from importlib.metadata import version

import numpy as np
import pytest

from mhnlp.annotations.corpus import AnnotatedCorpus
from mhnlp.curve import CurvePoint, LearningCurve, learning_curve
from mhnlp.description import warnings_of
from mhnlp.dutch import identify
from mhnlp.errors import AnnotationError, ModelError, TrainingError
from mhnlp.estimate import Estimate
from mhnlp.model import load_model
from mhnlp.suspects import label_errors
from mhnlp.training import prepare, train


@pytest.fixture(scope="module")
def small_corpus(corpus) -> AnnotatedCorpus:
    letters = set(sorted(set(corpus.letters))[::12][:25])
    return AnnotatedCorpus("klein", tuple(each for each in corpus if each.letter in letters))


@pytest.fixture(scope="module")
def own_classifier(new_classifier):
    return new_classifier(characters=(2, 5), min_texts=2)


@pytest.fixture(scope="module")
def trained(small_corpus, own_classifier):
    return train(small_corpus, name="klein", description="Om te beproeven.", classifier=own_classifier)


def test_card_says_what_the_model_is_and_was_trained_on(trained, small_corpus):
    card = trained.card
    assert (card.name, card.description, card.licence) == ("klein", "Om te beproeven.", "not stated")
    assert card.scheme == small_corpus.scheme
    assert card.pipeline == identify().as_dict()
    assert card.data["letters"] == len(set(small_corpus.letters)) == 25
    assert card.data["passages"] == len(small_corpus)
    assert card.data["digest"] == small_corpus.digest
    assert sum(card.data["support"][label] for label in card.scheme.sentiments) == len(small_corpus)
    assert (card.settings["penalty"], card.settings["class weight"], card.settings["folds"]) == (3.0, "none", 3)
    assert card.settings["features"] == len(trained.classifier.vectorizer_.idf_)
    assert card.versions["spacy"] == version("spacy")
    assert date.fromisoformat(card.created) <= date.today()  # noqa: DTZ011 - a day more or less does not matter
    assert card.thresholds == dict(zip(card.scheme.pillars, trained.classifier.thresholds_, strict=True))
    assert card.doubt == trained.classifier.doubt_


def test_card_holds_scores_of_letters_not_trained_on(trained, small_corpus):
    ((name, scores),) = trained.card.scores.items()
    assert name == "cross-validation by letter, 3 folds, on klein"
    assert scores["passages"] == f"{len(small_corpus)} of 25 letters"
    value = float(scores["pillars, macro-F1"].split()[0])
    # Better than chance, and worse than on its own training letters.
    own = (trained.classifier.predict(small_corpus.texts) == small_corpus.y)[:, :5].mean()
    assert 0.3 < value < own


def test_model_keeps_nothing_of_its_training_texts(trained):
    assert not hasattr(trained.classifier, "held_out_")


def test_saved_and_loaded_model_labels_alike(trained, small_corpus, tmp_path):
    loaded = load_model(trained.save(tmp_path / "klein"))
    assert loaded.card == trained.card
    assert loaded.fingerprint == trained.fingerprint
    texts = small_corpus.texts[:80]
    np.testing.assert_array_equal(loaded.classifier.predict_proba(texts), trained.classifier.predict_proba(texts))
    assert loaded.predict(texts).equals(trained.predict(texts))


@pytest.mark.usefixtures("trained")
def test_classifier_of_the_caller_is_left_unfitted(own_classifier):
    assert not hasattr(own_classifier, "vectorizer_")


def test_file_with_mistakes_is_refused(tmp_path):
    path = tmp_path / "eigen.csv"
    path.write_text("text,pillars,sentiment\nDe opvang is vol.,shelter,boos\n", encoding="utf-8")
    with pytest.raises(AnnotationError, match=r"line 2, column sentiment"):
        train(path)


@pytest.fixture
def few_shipped(corpus, monkeypatch):
    """A few letters in the place of the package's corpus."""
    letters = set(sorted(set(corpus.letters))[:8])
    shipped = AnnotatedCorpus("annotated", tuple(each for each in corpus if each.letter in letters))
    monkeypatch.setattr("mhnlp.training.load_corpus", lambda: shipped)
    return shipped


def test_with_the_corpus_scores_are_of_ones_own_letters(toy_corpus, few_shipped, new_classifier):
    model = train(toy_corpus, with_corpus=True, weight=2.0, classifier=new_classifier())
    assert model.card.data["passages"] == len(toy_corpus) + len(few_shipped)
    assert model.card.data["own passages"] == len(toy_corpus)
    assert model.card.data["weight of an own passage"] == 2.0
    ((name, scores),) = model.card.scores.items()
    assert name == "cross-validation by letter, 3 folds, on the 12 own letters of toy with annotated"
    assert scores["passages"] == "72 of 12 letters"
    assert set(model.held_out.corpus.letters) == set(toy_corpus.letters)
    assert model.traces.know(few_shipped.texts).all()


def test_passages_of_the_corpus_that_are_ones_own_too_are_taken_once(few_shipped, new_classifier):
    own = AnnotatedCorpus("eigen", few_shipped.passages[:40])
    material = prepare(own, with_corpus=True, classifier=new_classifier())
    assert len(material.corpus) == len(few_shipped)
    assert material.own.sum() == 40
    assert material.sample_weight.tolist()[39:41] == [3.0, 1.0]


def test_weight_moves_the_model_towards_ones_own_codes(toy_corpus, new_classifier):
    twice = AnnotatedCorpus("dubbel", toy_corpus.passages * 2)
    y = twice.y.copy()
    y[:72, 0] = 1 - y[:72, 0]
    weights = np.repeat([10.0, 1.0], 72)
    given = [
        new_classifier().fit(twice.texts, y, groups=twice.letters, sample_weight=own).predict(toy_corpus.texts)[:, 0]
        for own in (weights, weights[::-1])
    ]
    assert (given[0] == 1 - toy_corpus.y[:, 0]).mean() > 0.9
    assert (given[1] == toy_corpus.y[:, 0]).mean() > 0.9


def test_equal_weights_change_nothing(toy_corpus, new_classifier, fitted):
    weighted = new_classifier().fit(
        toy_corpus.texts, toy_corpus.y, toy_corpus.letters, toy_corpus.parts(), sample_weight=np.ones(72)
    )
    np.testing.assert_allclose(weighted.held_out_, fitted.held_out_, atol=1e-6)
    np.testing.assert_array_equal(weighted.thresholds_, fitted.thresholds_)


def test_encoder_of_the_shipped_model_stands_beside_the_ngrams(toy_corpus, new_classifier, tmp_path):
    own = AnnotatedCorpus("eigen", toy_corpus.passages[:24])
    model = train(own, base="accurate", classifier=new_classifier())
    assert "encoder" in model.card.description
    assert model.classifier.calibrator_.coef_.shape == (9, 9 + 11)
    loaded = load_model(model.save(tmp_path / "eigen"))
    assert loaded.predict(toy_corpus.texts[:3]).equals(model.predict(toy_corpus.texts[:3]))


def test_unknown_base_and_weight_without_sense_are_refused(toy_corpus):
    with pytest.raises(TrainingError, match="one of fast, accurate, not 'snel'"):
        train(toy_corpus, base="snel")
    with pytest.raises(TrainingError, match="larger than 0, not -1"):
        train(toy_corpus, with_corpus=True, weight=-1)


def test_passages_of_one_letter_are_refused_in_words(toy_corpus):
    own = AnnotatedCorpus("klein", toy_corpus.passages[:6])
    with pytest.raises(TrainingError, match=r"6 passages of one letter; .* code at least two"):
        train(own)


def test_very_few_letters_give_a_model_with_warnings(toy_corpus, new_classifier):
    own = AnnotatedCorpus("klein", toy_corpus.passages[:12])
    model = train(own, classifier=new_classifier())
    assert model.classifier.folds == 2
    told = warnings_of(model.card)
    assert told[0].startswith("12 passages of 2 letters are few")
    assert "too few passages (under 50) of: prevention" in told[1]


def test_card_of_a_folder_names_its_coders_and_their_agreement(corpus_copy, new_classifier):
    pytest.importorskip("krippendorff")
    card = train(corpus_copy, classifier=new_classifier()).card
    assert card.data["coders"] == ["A", "B"]
    assert "A and B on 72 passages" in card.data["agreement, Krippendorff's alpha"]
    assert re.search(r"A and B on 72 passages prevention 1\.000 .*, sentiment 0\.\d{3} \[", card.to_markdown())


def test_models_of_ones_own_letters_have_limits_of_their_own(trained):
    assert "mhnlp drift" in trained.card.limits
    assert "human trafficking" in trained.card.intended_use


def test_learning_curve_rises_and_says_whether_more_pays(toy_corpus, new_classifier):
    curve = learning_curve(toy_corpus, classifier=new_classifier(), repeats=2)
    assert [point.letters for point in curve.points] == [2, 4, 8]
    scores = [point.pillars.value for point in curve.points]
    assert scores[0] < scores[1] <= scores[2]
    assert curve.last_pillars.value == pytest.approx(scores[2] - scores[1])
    assert "From 4 to 8 letters" in curve.conclusion
    assert curve.to_frame().shape == (3, 7)


def test_conclusion_of_a_curve_follows_its_last_step():
    flat, rising, unclear = Estimate(0.0, -0.005, 0.005), Estimate(0.03, 0.01, 0.05), Estimate(0.02, -0.03, 0.05)
    points = (CurvePoint(5, rising, rising), CurvePoint(10, rising, rising))
    assert "pays little" in LearningCurve(points, flat, flat).conclusion
    assert "More annotation pays" in LearningCurve(points, flat, rising).conclusion
    assert "cannot be told" in LearningCurve(points, flat, unclear).conclusion


def test_planted_mistakes_are_the_first_codes_to_look_at(toy_corpus, new_classifier):
    wrong = {"b03-1", "b07-4"}
    planted = tuple(
        replace(each, sentiment="positive" if each.sentiment == "negative" else "negative", sentences=())
        if each.id in wrong
        else each
        for each in toy_corpus
    )
    found = label_errors(train(AnnotatedCorpus("fout", planted), classifier=new_classifier()))
    assert set(found["passage"].head(2)) == wrong
    assert (found["p_model"] > found["p_code"]).all()


def test_loaded_model_doubts_no_codes(tiny_model_folder):
    with pytest.raises(ModelError, match="train it anew"):
        label_errors(load_model(tiny_model_folder))
