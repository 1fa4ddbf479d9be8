from __future__ import annotations

import numpy as np

from mhnlp.bootstrap import counts_by_letter, estimate, f1, letter_weights, sum_by_letter


def test_every_draw_holds_as_many_letters_as_there_are_and_is_the_same_each_time():
    weights = letter_weights(7)
    assert (weights.sum(axis=1) == 7).all()
    assert (weights == letter_weights(7)).all()
    assert (weights != letter_weights(7, seed=1)).any()


def test_rows_of_a_letter_are_summed_in_the_order_of_the_letters():
    assert sum_by_letter(np.array([[1, 2], [3, 4], [5, 6]]), ["b", "a", "b"]).tolist() == [[3, 4], [6, 8]]


def test_counts_and_f1_equal_those_computed_by_hand():
    gold, given = np.array([[1, 0], [1, 0], [0, 0]]), np.array([[1, 0], [0, 0], [1, 0]])
    counts = counts_by_letter(gold, given, ["a", "a", "b"])
    assert counts[0].tolist() == [[1, 0], [0, 0], [1, 0]]
    assert counts[1].tolist() == [[0, 0], [1, 0], [0, 0]]
    assert f1(counts.sum(axis=0)).tolist() == [0.5, 0.0]


def test_estimate_holds_the_middle_of_its_draws():
    value = estimate(0.5, np.linspace(0, 1, 1001))
    assert (value.low, value.high) == (0.025, 0.975)
