from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_validate
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from mhnlp.classifier import Parts, PassageClassifier, indicators
from mhnlp.labels import SCHEME, LabelScheme
from mhnlp.material import Material


def strip_all(texts):
    return [text.strip() for text in texts]


def test_learned_labels_are_found_again(fitted, toy_corpus):
    assert (fitted.predict(toy_corpus.texts) == toy_corpus.y).mean() > 0.97
    assert fitted.score(toy_corpus.texts, toy_corpus.y) > 0.9


def test_held_out_predictions_find_the_labels_on_letters_not_trained_on(fitted, toy_corpus):
    assert (fitted.held_out_labels_ == toy_corpus.y).mean() > 0.9
    assert fitted.held_out_.shape == toy_corpus.y.shape


def test_parameters_survive_get_set_and_clone(new_classifier):
    classifier = new_classifier(coverage=0.5)
    assert classifier.get_params()["coverage"] == 0.5
    copy = clone(classifier.set_params(words=1))
    assert copy.get_params() == classifier.get_params()
    assert not hasattr(copy, "vectorizer_")


def test_unfitted_classifier_says_so(new_classifier):
    with pytest.raises(NotFittedError):
        new_classifier().predict(["De opvang is vol."])


def test_two_fits_are_bit_identical(fitted, toy_corpus):
    again = clone(fitted).fit(toy_corpus.texts, toy_corpus.y, groups=toy_corpus.letters, parts=toy_corpus.parts())
    assert again.predict_proba(toy_corpus.texts).tobytes() == fitted.predict_proba(toy_corpus.texts).tobytes()
    assert again.thresholds_.tobytes() == fitted.thresholds_.tobytes()
    assert again.doubt_ == fitted.doubt_


def test_prediction_of_one_text_is_bit_identical_to_that_in_a_batch(fitted, toy_corpus):
    batch = fitted.predict_proba(toy_corpus.texts)
    assert all(
        fitted.predict_proba([text]).tobytes() == row.tobytes()
        for text, row in zip(toy_corpus.texts, batch, strict=True)
    )


def test_no_texts_give_no_rows(fitted):
    assert fitted.predict_proba([]).shape == fitted.predict([]).shape == (0, len(SCHEME.labels))


def test_texts_may_come_as_an_array(fitted, toy_corpus):
    np.testing.assert_array_equal(
        fitted.predict_proba(np.array(toy_corpus.texts)), fitted.predict_proba(toy_corpus.texts)
    )


def test_works_as_the_last_step_of_a_pipeline(toy_corpus, new_classifier, fitted):
    steps = [("strip", FunctionTransformer(strip_all)), ("label", new_classifier())]
    pipeline = Pipeline(steps).fit(
        [f"  {text}\n" for text in toy_corpus.texts],
        toy_corpus.y,
        label__groups=toy_corpus.letters,
        label__parts=toy_corpus.parts(),
    )
    np.testing.assert_array_equal(pipeline.predict(toy_corpus.texts), fitted.predict(toy_corpus.texts))


def test_grid_search_by_letter_chooses_among_its_parameters(toy_corpus, new_classifier):
    search = GridSearchCV(new_classifier(characters=(3, 3), folds=2), {"words": [1, 2]}, cv=GroupKFold(2), refit=False)
    search.fit(toy_corpus.texts, toy_corpus.y, groups=toy_corpus.letters)
    assert search.best_params_["words"] in {1, 2}
    assert search.best_score_ > 0.5


def test_cross_validation_by_letter_scores_every_fold(toy_corpus, new_classifier):
    found = cross_validate(
        new_classifier(characters=(3, 3), folds=2),
        toy_corpus.texts,
        toy_corpus.y,
        groups=toy_corpus.letters,
        cv=GroupKFold(2),
        scoring="f1_macro",
        error_score="raise",
    )
    assert (found["test_score"] > 0.5).all()


def test_passages_of_one_letter_never_stand_on_both_sides_of_a_split(toy_corpus, new_classifier):
    letters = np.array(toy_corpus.letters)
    tested = []
    for train, test in new_classifier()._splits(len(letters), toy_corpus.letters):
        assert not set(letters[train]) & set(letters[test])
        tested.extend(test)
    assert sorted(tested) == list(range(len(letters)))


def test_poisoned_part_of_a_held_out_letter_changes_no_score_of_that_letter(toy_corpus, new_classifier):
    classifier = new_classifier()
    splits = classifier._splits(len(toy_corpus), toy_corpus.letters)
    poisoned_row = int(splits[0][1][0])
    flipped = 1 - toy_corpus.y[[poisoned_row]]
    flipped[:, len(SCHEME.pillars) :] = [1, 0, 0, 0]
    poison = Parts([toy_corpus.texts[poisoned_row]], flipped, np.array([poisoned_row]), np.array([1000.0]))
    tokens = classifier._tokens(toy_corpus.texts)

    def scores(parts):
        part_tokens = classifier._tokens(parts.texts) if parts else []
        return classifier._choose(Material(tokens, toy_corpus.y, part_tokens, parts), splits, classifier._candidates())[
            1
        ]

    clean, poisoned = scores(None), scores(poison)
    held_out = splits[0][1]
    np.testing.assert_array_equal(clean[held_out], poisoned[held_out])
    for _, others in splits[1:]:
        assert not np.array_equal(clean[others], poisoned[others])


def test_words_of_held_out_letters_are_no_features_of_their_fold(toy_corpus, new_classifier):
    classifier = new_classifier()
    train, test = classifier._splits(len(toy_corpus), toy_corpus.letters)[0]
    texts = list(toy_corpus.texts)
    texts[test[0]] = "Xylofoonkwartet."
    material = Material(classifier._tokens(texts), toy_corpus.y, [], None)
    vectorizer = classifier._new_vectorizer()
    material.vectorise(train, vectorizer)
    assert "xylofoonkwartet" not in vectorizer.words_
    material.vectorise(np.append(train, test[0]), vectorizer)
    assert "xylofoonkwartet" in vectorizer.words_


def test_parts_of_the_training_texts_alone_are_used_each_with_its_weight(toy_corpus, new_classifier):
    classifier, parts = new_classifier(), toy_corpus.parts()
    material = Material(classifier._tokens(toy_corpus.texts), toy_corpus.y, classifier._tokens(parts.texts), parts)
    train = np.arange(10)
    features, y, weight = material.vectorise(train, classifier._new_vectorizer())
    own = np.isin(parts.whole, train)
    assert features.shape[0] == len(y) == 10 + own.sum()
    assert weight.tolist() == [1.0] * 10 + parts.weight[own].tolist()
    np.testing.assert_array_equal(y[10:], parts.y[own])


def with_cell(y, row, column, value):
    changed = y.astype(float)
    changed[row, column] = value
    return changed


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda y: y[:-1], "y has the shape"),
        (lambda y: y[:, :-1], "y has the shape"),
        (lambda y: y[:, 0], "y has the shape"),
        (lambda y: with_cell(y, 0, 0, 2), "zeros and ones"),
        (lambda y: with_cell(y, 0, 0, 0.5), "zeros and ones"),
        (lambda y: with_cell(y, 0, 0, np.nan), "zeros and ones"),
        (lambda y: np.hstack([y[:, :5], np.zeros((len(y), 4))]), "exactly one sentiment"),
        (lambda y: np.hstack([y[:, :5], np.ones((len(y), 4))]), "exactly one sentiment"),
    ],
)
def test_labels_of_a_wrong_form_are_refused(spoil, message, toy_corpus, new_classifier):
    with pytest.raises(ValueError, match=message):
        new_classifier().fit(toy_corpus.texts, spoil(toy_corpus.y))


def test_one_text_instead_of_a_list_is_refused(new_classifier):
    with pytest.raises(TypeError, match="give a list"):
        new_classifier().fit("De opvang is vol.", indicators([["shelter"]], ["neutral"]))


def test_fewer_letters_than_folds_are_refused(toy_corpus, new_classifier):
    with pytest.raises(ValueError, match="3 folds need as many letters; there are 2"):
        new_classifier().fit(toy_corpus.texts[:12], toy_corpus.y[:12], groups=toy_corpus.letters[:12])


def test_indicators_of_an_unknown_label_are_not_silently_empty():
    with pytest.raises(ValueError, match="opvang"):
        indicators([["opvang"]], ["neutral"])
    with pytest.raises(ValueError, match="somber"):
        indicators([[]], ["somber"])


def test_another_scheme_is_learned_alike(new_classifier):
    scheme = LabelScheme(("water", "vuur"), ("goed", "slecht"))
    texts = ["Er is veel water, dat is fijn.", "Het vuur brandt, dat is naar.", "Niets te melden, dat is fijn."] * 6
    y = indicators([["water"], ["vuur"], []] * 6, ["goed", "slecht", "goed"] * 6, scheme)
    classifier = new_classifier(scheme=scheme).fit(texts, y)
    assert (classifier.predict(texts) == y).all()
    assert classifier.classes_.tolist() == ["water", "vuur", "goed", "slecht"]


def test_lemmas_of_a_trained_pipeline_unite_the_forms_of_a_word(standin, new_classifier):
    classifier = new_classifier(pipeline=standin, lemmas=True, folds=2)
    texts = ["De slachtoffers werden opgevangen.", "Het slachtoffer wordt opgevangen.", "Er is een wet gekomen."] * 4
    y = indicators([["shelter"], ["shelter"], []] * 4, ["neutral"] * 12)
    classifier.fit(texts, y)
    assert "slachtoffer" in classifier.vectorizer_.words_
    assert "slachtoffers" not in classifier.vectorizer_.words_


def test_forgotten_training_leaves_predictions_as_they_were(toy_corpus, fitted):
    classifier = deepcopy(fitted)
    classifier.forget_training()
    assert not hasattr(classifier, "held_out_")
    np.testing.assert_array_equal(classifier.predict_proba(toy_corpus.texts), fitted.predict_proba(toy_corpus.texts))


def test_default_settings_only_store_what_they_are_given():
    settings = PassageClassifier().get_params()
    assert PassageClassifier(**settings).get_params() == settings
