from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.model_selection import GroupKFold

from mhnlp import search
from mhnlp.annotations.corpus import AnnotatedCorpus
from mhnlp.errors import TrainingError
from mhnlp.search import nested_search
from mhnlp.training import prepare, train


@pytest.fixture(scope="module")
def plain(toy_corpus):
    """The toy corpus without coded sentences, which is quicker to train on."""
    return AnnotatedCorpus("toy", tuple(replace(each, sentences=()) for each in toy_corpus))


@pytest.fixture(scope="module")
def quick(new_classifier):
    return new_classifier(characters=(3, 3), folds=2)


@pytest.fixture(scope="module")
def searched(plain, quick):
    """A model whose settings were chosen between good ones and bad ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "CHANGES", ({"min_texts": 20},))
        return train(plain, search=True, classifier=quick)


def test_card_tells_what_was_tried_and_chosen(searched):
    settings = searched.card.settings
    losses = settings["log loss of the candidates"]
    assert list(losses) == ["settings as given", "min_texts 20"]
    assert losses["settings as given"] < losses["min_texts 20"]
    assert settings["chosen by search"] == "settings as given"
    assert settings["chosen inside the folds"] == {"settings as given": 2}
    assert settings["least texts"] == 1
    ((name, _),) = searched.card.scores.items()
    assert name == "nested cross-validation by letter, 2 folds, on toy"
    assert "log loss of the candidates: settings as given" in searched.card.to_markdown()


def test_codes_of_held_out_letters_change_nothing_that_is_said_of_them(plain, quick, searched, monkeypatch):
    """Each fold's choice, fit and thresholds are blind to the letters that it is scored on."""
    monkeypatch.setattr(search, "CHANGES", ({"min_texts": 20},))
    folds = GroupKFold(2, shuffle=True, random_state=0)
    train_rows, test = next(iter(folds.split(plain.letters, groups=plain.letters)))
    other = {"positive": "negative", "negative": "neutral", "mixed": "positive", "neutral": "mixed"}
    turned = tuple(
        replace(each, pillars=("shelter",), sentiment=other[each.sentiment]) if index in test else each
        for index, each in enumerate(plain)
    )
    said = nested_search(prepare(AnnotatedCorpus("toy", turned), classifier=quick)).held_out
    np.testing.assert_array_equal(said.probabilities[test], searched.held_out.probabilities[test])
    np.testing.assert_array_equal(said.given[test], searched.held_out.given[test])
    assert (said.probabilities[train_rows] != searched.held_out.probabilities[train_rows]).any()


def test_weight_of_ones_own_passages_is_searched_where_there_are_others(plain, quick, monkeypatch):
    monkeypatch.setattr(search, "CHANGES", ())
    turned = {"positive": "negative", "negative": "positive", "mixed": "neutral", "neutral": "mixed"}
    wrong = tuple(
        replace(each, letter=f"x{each.letter}", text=f"{each.text} Slot.", sentiment=turned[each.sentiment])
        for each in plain
    )
    monkeypatch.setattr("mhnlp.training.load_corpus", lambda: AnnotatedCorpus("annotated", wrong))
    model = train(plain, with_corpus=True, weight=1.0, search=True, classifier=quick)
    losses = model.card.settings["log loss of the candidates"]
    # The others' codes are wrong on purpose, so that the heaviest weight is best.
    assert list(losses) == ["settings as given", "weight 10.0"]
    assert losses["weight 10.0"] < losses["settings as given"]
    assert model.card.data["weight of an own passage"] == 10.0
    assert len(model.held_out.corpus) == len(plain)


def test_recorded_scores_of_the_encoder_serve_for_held_out_letters(plain, quick, monkeypatch):
    monkeypatch.setattr(search, "CHANGES", ())
    scores = np.random.default_rng(0).normal(size=(len(plain), 11))
    scores[:6] = np.nan
    monkeypatch.setattr("mhnlp.training.corpus_encoder_scores", lambda _: scores)
    monkeypatch.setattr("mhnlp.encoder.Encoder.scores", None)
    found = nested_search(prepare(plain, base="accurate", classifier=quick))
    assert len(found.held_out.corpus) == len(plain) - 6
    assert np.isfinite(found.held_out.probabilities).all()


@pytest.mark.parametrize(("passages", "letters"), [(54, 9), (24, 12)])
def test_few_letters_or_passages_are_refused_in_words(plain, quick, passages, letters):
    chosen = plain.passages[:passages] if letters == 9 else plain.passages[:: len(plain) // passages]
    with pytest.raises(TrainingError, match=f"at least 50 passages of 10 letters .* {passages} of {letters};"):
        train(AnnotatedCorpus("klein", chosen), search=True, classifier=quick)
