from __future__ import annotations

from datetime import date
from importlib.metadata import version

import numpy as np
import pytest

from mhnlp.annotations.corpus import AnnotatedCorpus
from mhnlp.dutch import identify
from mhnlp.errors import AnnotationError
from mhnlp.model import load_model
from mhnlp.training import train


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
