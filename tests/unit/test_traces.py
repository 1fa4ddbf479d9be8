from __future__ import annotations

import numpy as np
import pytest

from mhnlp.traces import Traces, digests

TEXTS = ["De opvang is vol.", "De politie onderzoekt."]


@pytest.fixture
def traces() -> Traces:
    return Traces(np.unique(digests(TEXTS)), ("unknown words", "p_shelter"), np.array([[0.1, np.nan]], np.float32))


def test_texts_are_known_but_for_capitals_and_white_space(traces):
    assert traces.know(["de OPVANG\n is vol. ", "De opvang is leeg."]).tolist() == [True, False]


def test_digests_do_not_change_between_runs():
    assert digests(["De opvang is vol."]).tolist() == [5864250103684557914]


def test_traces_read_back_what_they_wrote(traces):
    read = Traces.from_bytes(traces.to_bytes())
    assert read.statistics == traces.statistics
    np.testing.assert_array_equal(read.texts, traces.texts)
    np.testing.assert_array_equal(read.by_letter, traces.by_letter)


def test_no_texts_are_known_in_an_empty_set():
    assert Traces(digests([]), (), np.zeros((0, 0), np.float32)).know(TEXTS).tolist() == [False, False]
