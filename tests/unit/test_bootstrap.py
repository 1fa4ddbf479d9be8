from __future__ import annotations

import numpy as np

from mhnlp.bootstrap import CHUNK, counts_by_letter, draw_sums, estimate, f1, sum_by_letter


def test_letters_are_drawn_whole_as_many_as_there_are_and_the_same_each_time():
    draws = 2 * CHUNK + 50
    drawn = draw_sums(np.diag([1, 2, 4]), draws=draws)
    assert drawn.shape == (draws, 3)
    assert ((drawn / [1, 2, 4]).sum(axis=1) == 3).all()
    assert len({tuple(row) for row in drawn.tolist()}) > 5
    assert (drawn == draw_sums(np.diag([1, 2, 4]), draws=draws)).all()
    assert (drawn != draw_sums(np.diag([1, 2, 4]), draws=draws, seed=1)).any()


def test_sums_of_a_letter_keep_their_shape_and_are_drawn_together():
    sums = np.arange(24).reshape(4, 3, 2)
    drawn = draw_sums(sums, draws=10)
    assert drawn.shape == (10, 3, 2)
    assert (drawn - drawn[:, :1, :1] == sums[0] * 4).all()


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


def test_draws_for_which_a_figure_is_not_defined_are_left_out():
    value = estimate(0.5, np.append(np.linspace(0, 1, 1001), np.nan))
    assert (value.low, value.high) == (0.025, 0.975)
    nowhere = estimate(0.5, np.array([np.nan]))
    assert np.isnan([nowhere.low, nowhere.high]).all()
