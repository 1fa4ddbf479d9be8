from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from mhnlp.linear import LinearScorer

RANDOM = np.random.default_rng(0)
X = sparse.csr_matrix((RANDOM.random((60, 8)) * (RANDOM.random((60, 8)) > 0.4)).astype(np.float32))
Y = np.column_stack([X.toarray()[:, 0] > 0.4, X.toarray()[:, 1] > 0.4]).astype(int)


def test_each_label_is_scored_by_its_own_feature():
    scorer = LinearScorer(C=100.0).fit(X, Y)
    assert np.abs(scorer.coef_).argmax(axis=0).tolist() == [0, 1]
    assert ((scorer.decision_function(X) > 0) == Y).mean() > 0.9


def test_label_is_fitted_alike_alone_and_beside_others():
    both, alone = LinearScorer().fit(X, Y), LinearScorer().fit(X, Y[:, [1]])
    np.testing.assert_array_equal(both.coef_[:, 1], alone.coef_[:, 0])


@pytest.mark.parametrize("value", [0, 1])
def test_label_of_all_texts_or_of_none_has_the_odds_of_succession(value):
    scorer = LinearScorer().fit(X, np.full((60, 1), value))
    scores = scorer.decision_function(X)
    np.testing.assert_allclose(1 / (1 + np.exp(-scores)), (60 * value + 1) / 62 if value else 1 / 62, atol=1e-12)


def test_weight_of_zero_leaves_a_text_out():
    poisoned = Y.copy()
    poisoned[:20] = 1 - poisoned[:20]
    weight = np.r_[np.zeros(20), np.ones(40)]
    with_zero = LinearScorer(class_weight=None).fit(X, poisoned, weight)
    without = LinearScorer(class_weight=None).fit(X[20:], Y[20:], np.ones(40))
    np.testing.assert_allclose(with_zero.coef_, without.coef_, atol=1e-5)


def test_stronger_penalty_gives_smaller_weights():
    norms = [np.linalg.norm(LinearScorer(C=C).fit(X, Y).coef_) for C in (0.1, 1.0, 10.0)]
    assert norms == sorted(norms)
