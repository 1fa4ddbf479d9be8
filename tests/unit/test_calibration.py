from __future__ import annotations

import numpy as np
import pytest

from mhnlp.calibration import GRID, DecisionRule, ScoreCalibrator, tune

RANDOM = np.random.default_rng(1)
N_PILLARS = 2
SENTIMENT = RANDOM.integers(0, 3, 300)
Y = np.column_stack([RANDOM.random((300, 2)) < 0.3, np.eye(3)[SENTIMENT]]).astype(int)
SCORES = 2.0 * Y - 1 + RANDOM.normal(0, 1.0, Y.shape)
COLUMNS = [[0], [1], [2, 3, 4]]


def fitted() -> ScoreCalibrator:
    return ScoreCalibrator(N_PILLARS).fit(SCORES, Y, COLUMNS)


def test_probabilities_lie_between_zero_and_one_and_sentiments_sum_to_one():
    probabilities = fitted().predict_proba(SCORES)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    np.testing.assert_allclose(probabilities[:, N_PILLARS:].sum(axis=1), 1, atol=1e-12)


def test_mean_probability_equals_the_share_of_the_label():
    np.testing.assert_allclose(fitted().predict_proba(SCORES).mean(axis=0), Y.mean(axis=0), atol=0.01)


@pytest.mark.parametrize("label", range(5))
def test_probability_rises_with_its_own_score(label):
    scores = np.zeros((50, 5))
    scores[:, label] = np.linspace(-6, 6, 50)
    assert (np.diff(fitted().predict_proba(scores)[:, label]) > 0).all()


def test_pillar_depends_on_its_own_columns_only():
    others = SCORES.copy()
    others[:, 1:] = 9.0
    np.testing.assert_array_equal(fitted().predict_proba(SCORES)[:, 0], fitted().predict_proba(others)[:, 0])


def test_row_is_bit_identical_alone_and_among_others():
    calibrator = fitted()
    together = calibrator.predict_proba(SCORES)
    assert all(calibrator.predict_proba(SCORES[[k]]).tobytes() == together[k].tobytes() for k in range(40))


@pytest.mark.parametrize(("value", "probability"), [(0, 1 / 302), (1, 301 / 302)])
def test_pillar_of_all_texts_or_of_none_gets_the_rule_of_succession(value, probability):
    y = Y.copy()
    y[:, 0] = value
    probabilities = ScoreCalibrator(N_PILLARS).fit(SCORES, y, COLUMNS).predict_proba(SCORES)
    np.testing.assert_allclose(probabilities[:, 0], probability, atol=1e-9)


@pytest.mark.parametrize("present", [[0], [0, 2], [1, 2]])
def test_absent_sentiments_get_little_and_present_ones_are_told_apart(present):
    y = Y.copy()
    y[:, N_PILLARS:] = np.eye(3, dtype=int)[np.array(present)[RANDOM.integers(0, len(present), 300)]]
    scores = 2.0 * y - 1 + RANDOM.normal(0, 0.5, y.shape)
    probabilities = ScoreCalibrator(N_PILLARS).fit(scores, y, COLUMNS).predict_proba(scores)[:, N_PILLARS:]
    absent = np.setdiff1d(range(3), present)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-12)
    assert probabilities[:, absent].max() < 0.05
    assert (probabilities.argmax(axis=1) == y[:, N_PILLARS:].argmax(axis=1)).mean() > 0.95


def test_constant_score_is_no_evidence():
    scores = SCORES.copy()
    scores[:, 0] = 3.0
    probabilities = ScoreCalibrator(N_PILLARS).fit(scores, Y, COLUMNS).predict_proba(scores)[:, 0]
    np.testing.assert_allclose(probabilities, Y[:, 0].mean(), atol=0.01)


RULE = DecisionRule(np.array([0.3, 0.6]), doubt=1.0)


def test_pillar_is_given_at_its_threshold_and_the_most_probable_sentiment():
    probabilities = np.array([[0.3, 0.59, 0.5, 0.3, 0.2], [0.29, 0.6, 0.2, 0.6, 0.2]])
    assert RULE.decide(probabilities).tolist() == [[1, 0, 1, 0, 0], [0, 1, 0, 1, 0]]


def test_expected_errors_count_wrong_pillars_and_a_wrong_sentiment():
    probabilities = np.array([[0.8, 0.1, 0.7, 0.1, 0.2], [0.5, 0.5, 0.4, 0.3, 0.3]])
    # Given: pillar 0 and the first sentiment, both times.
    np.testing.assert_allclose(RULE.expected_errors(probabilities), [0.2 + 0.1 + 0.3, 0.5 + 0.5 + 0.6])
    assert RULE.is_uncertain(probabilities).tolist() == [False, True]


def test_tuned_rule_leaves_the_wanted_share_certain():
    probabilities = fitted().predict_proba(SCORES)
    for coverage in (0.3, 0.7, 1.0):
        rule = tune(probabilities, Y, n_pillars=N_PILLARS, coverage=coverage)
        assert (~rule.is_uncertain(probabilities)).mean() == pytest.approx(coverage, abs=0.01)


def test_tuned_thresholds_lie_on_the_grid_one_a_pillar():
    thresholds = tune(fitted().predict_proba(SCORES), Y, n_pillars=N_PILLARS, coverage=0.7).thresholds
    assert len(thresholds) == N_PILLARS
    assert np.isin(thresholds, GRID).all()


def test_threshold_of_well_separated_labels_lies_between_them():
    probabilities = np.hstack([np.where(Y[:, :N_PILLARS] == 1, 0.6, 0.2), Y[:, N_PILLARS:]])
    assert (tune(probabilities, Y, n_pillars=N_PILLARS, coverage=0.7).thresholds > 0.2).all()


def test_rare_label_that_is_never_certain_gets_a_low_threshold():
    y = Y.copy()
    probabilities = fitted().predict_proba(SCORES)
    probabilities[:, 0] = np.where(y[:, 0] == 1, 0.25, 0.05)
    assert 0.05 < tune(probabilities, y, n_pillars=N_PILLARS, coverage=0.7).thresholds[0] <= 0.25


def test_score_that_goes_against_its_pillar_by_chance_is_not_turned_round():
    scores = SCORES.copy()
    scores[:, 0] = -scores[:, 0]
    probabilities = ScoreCalibrator(N_PILLARS).fit(scores, Y, COLUMNS).predict_proba(scores)[:, 0]
    assert (np.diff(probabilities[np.argsort(scores[:, 0])]) >= 0).all()
