from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mhnlp.calibration import DecisionRule

TEXTS = st.lists(
    st.sampled_from(["opvang", "politie", "Zwolle", "é", "helaas", "mooie stap", "\n", "  ", "273f", "“", "onbekend"])
    | st.text(max_size=20),
    min_size=1,
    max_size=6,
)


@given(TEXTS)
def test_any_text_gets_probabilities_that_sum_to_one_over_the_sentiments(fitted, texts):
    probabilities = fitted.predict_proba(texts)
    n_pillars = len(fitted.scheme.pillars)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    np.testing.assert_allclose(probabilities[:, n_pillars:].sum(axis=1), 1, atol=1e-12)


@given(TEXTS)
def test_labels_of_a_text_do_not_depend_on_the_texts_beside_it(fitted, texts):
    together = fitted.predict_proba(texts)
    assert all(
        fitted.predict_proba([text]).tobytes() == row.tobytes() for text, row in zip(texts, together, strict=True)
    )


@given(
    st.lists(st.lists(st.floats(0, 1), min_size=5, max_size=5), min_size=1, max_size=10),
    st.lists(st.floats(0.05, 0.95), min_size=2, max_size=2),
)
def test_every_decision_has_one_sentiment_and_expects_a_possible_number_of_errors(probabilities, thresholds):
    rows = np.array(probabilities)
    rows[:, 2:] = (rows[:, 2:] + 1e-6) / (rows[:, 2:] + 1e-6).sum(axis=1, keepdims=True)
    rule = DecisionRule(np.array(thresholds), 1.0)
    assert (rule.decide(rows)[:, 2:].sum(axis=1) == 1).all()
    errors = rule.expected_errors(rows)
    assert ((errors >= -1e-12) & (errors <= 3)).all()
