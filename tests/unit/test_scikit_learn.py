"""`PassageClassifier` by scikit-learn's own checks, as far as they can be run on texts (docs/scikit-learn.md)."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn
from sklearn.exceptions import SkipTestWarning
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import check_estimator

from mhnlp.classifier import PassageClassifier

NO_TEXT_NEEDED = (
    "check_do_not_raise_errors_in_init_or_set_params",
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_estimator_tags_renamed",
    "check_get_params_invariance",
    "check_mixin_order",
    "check_no_attributes_set_in_init",
    "check_set_params",
    "check_valid_tag_types",
)
NOT_MET = {
    "check_parameters_default_constructible": "the default of `scheme` is a LabelScheme, which is frozen as the plain "
    "values are that the check wants"
}
"""Checks that fail, each with its reason."""


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_own_checks_of_scikit_learn_pass(new_classifier):
    results = check_estimator(new_classifier(), expected_failed_checks=NOT_MET)
    assert results
    assert {each["status"] for each in results} == {"passed"}


def test_checks_that_need_a_matrix_of_numbers_are_not_run(new_classifier):
    with pytest.warns(SkipTestWarning, match="PassageClassifier which requires input"):
        check_estimator(new_classifier())


@pytest.mark.parametrize("name", NO_TEXT_NEEDED)
def test_checks_that_need_no_text_pass(name):
    getattr(estimator_checks, name)("PassageClassifier", PassageClassifier())


def test_check_that_is_not_met_fails_for_its_reason_alone():
    with pytest.raises(AssertionError, match="'scheme' of estimator 'PassageClassifier' is of type LabelScheme"):
        estimator_checks.check_parameters_default_constructible("PassageClassifier", PassageClassifier())


def test_single_column_of_classes_is_refused(new_classifier):
    with pytest.raises(ValueError, match="y has the shape"):
        new_classifier().fit(["De opvang is vol."] * 4, np.array([0, 1, 0, 1]))


def test_letters_reach_both_the_splitter_and_the_classifier_by_metadata_routing(toy_corpus, new_classifier):
    seen = []

    class Watching(PassageClassifier):
        def fit(self, X, y, groups=None):
            seen.append(set(groups))
            return super().fit(X, y, groups)

    settings = {**new_classifier(characters=(3, 3), folds=2).get_params(), "words": 1}
    with sklearn.config_context(enable_metadata_routing=True):
        routed = Watching(**settings).set_fit_request(groups=True)
        search = GridSearchCV(routed, {"min_texts": [1, 2]}, cv=GroupKFold(2), refit=False, error_score="raise")
        search.fit(toy_corpus.texts, toy_corpus.y, groups=toy_corpus.letters)
    assert len(seen) == 4
    assert all(letters < set(toy_corpus.letters) for letters in seen)
    assert not seen[0] & seen[1] or not seen[0] & seen[2]
