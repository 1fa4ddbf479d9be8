from __future__ import annotations

import sys
from importlib.util import find_spec

import numpy as np
import pytest

from mhnlp.annotations.agreement import _alpha, _krippendorff, agreements
from mhnlp.annotations.tables import COLUMNS, write_table
from mhnlp.errors import MhnlpError

needs_krippendorff = pytest.mark.skipif(find_spec("krippendorff") is None, reason="krippendorff is not installed")

# Krippendorff, Computing Krippendorff's alpha-reliability (2011), section B: binary data, two observers.
FIRST = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
SECOND = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]


def code(folder, rows):
    cells = {"doubt": "0"}
    records = [{"passage": p, "coder": c, "pillars": pillars, "sentiment": s, **cells} for p, c, pillars, s in rows]
    columns = COLUMNS["codes.csv"]
    write_table(folder / "codes.csv", columns, [[own.get(column, "") for column in columns] for own in records])


@needs_krippendorff
def test_alpha_equals_the_published_example():
    assert _krippendorff(np.array([FIRST, SECOND])) == pytest.approx(0.095, abs=5e-4)


@needs_krippendorff
def test_alpha_equals_one_minus_observed_over_expected_disagreement():
    first, second = np.array([[0, 1, 2, 2, 1, 0], [0, 1, 2, 1, 1, 2]])
    observed = np.mean(first != second)
    values = np.concatenate([first, second])
    n = len(values)
    counts = np.bincount(values)
    expected = 1 - (counts * (counts - 1)).sum() / (n * (n - 1))
    assert _krippendorff(np.array([first, second])) == pytest.approx(1 - observed / expected)


@needs_krippendorff
def test_interval_contains_the_value_and_is_a_point_for_coders_who_always_agree():
    letters = [f"l{index // 5}" for index in range(50)]
    random = np.random.default_rng(0)
    first = random.integers(0, 2, 50)
    second = np.where(random.random(50) < 0.2, 1 - first, first)
    alpha = _alpha(np.array([first, second]), letters)
    assert alpha.low < alpha.value < alpha.high < 1
    same = _alpha(np.array([first, first]), letters)
    assert (same.low, same.value, same.high) == (1, 1, 1)


@needs_krippendorff
def test_agreement_of_a_corpus_is_that_of_its_coders(corpus_copy):
    (found,) = agreements(corpus_copy)
    assert (found.coders, found.passages) == (("A", "B"), 72)
    assert {found.alphas[pillar].value for pillar in ("prevention", "shelter")} == {1.0}
    assert 0.5 < found.alphas["sentiment"].value < 1
    assert found.summary()["sentiment"].startswith(f"{found.alphas['sentiment'].value:.3f} [")


@needs_krippendorff
def test_decisions_are_no_coder_and_few_passages_in_common_are_no_agreement(corpus_copy, toy_corpus):
    ids = [each.id for each in toy_corpus]
    rows = [(each, coder, "", "neutral") for coder in ("A", "final") for each in ids]
    code(corpus_copy, rows + [(each, "B", "", "neutral") for each in ids[:49]])
    with pytest.raises(MhnlpError, match=r"no two coders .* have 50 passages in common"):
        agreements(corpus_copy)


@needs_krippendorff
def test_label_that_nobody_gave_has_no_alpha_and_raises_no_warning(corpus_copy, toy_corpus):
    code(corpus_copy, [(each.id, coder, "", each.sentiment) for coder in "AB" for each in toy_corpus])
    (found,) = agreements(corpus_copy)
    assert np.isnan(found.alphas["shelter"].value)
    assert found.alphas["sentiment"].value == 1.0


def test_missing_package_is_named_with_how_to_install_it(corpus_copy, monkeypatch):
    monkeypatch.setitem(sys.modules, "krippendorff", None)
    with pytest.raises(MhnlpError, match=r"pip install 'mhnlp\[agreement\]'"):
        agreements(corpus_copy)


@needs_krippendorff
def test_agreement_of_the_shipped_corpus_is_over_three_quarters():
    from mhnlp.resources import corpus_folder

    found = agreements(corpus_folder())
    assert len(found) >= 2
    for pair in found:
        assert min(alpha.value for alpha in pair.alphas.values()) > 0.75
