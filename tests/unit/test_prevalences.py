from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mhnlp.annotations.corpus import AnnotatedCorpus
from mhnlp.errors import MhnlpError
from mhnlp.labels import LabelScheme
from mhnlp.prevalences import estimate_shares, prevalence


def simulated(share: float, n: int, seed: int):
    """One label that a model gives to 80 percent of its passages and to 10 percent of the others."""
    random = np.random.default_rng(seed)
    gold = (random.random((n, 1)) < share).astype(int)
    given = np.where(gold == 1, random.random((n, 1)) < 0.8, random.random((n, 1)) < 0.1).astype(float)
    return gold, given, [str(row // 10) for row in range(n)]


def test_adjusted_share_holds_where_the_label_is_rarer_than_in_the_sample():
    found = []
    for seed in range(20):
        gold, given, letters = simulated(0.5, 400, seed)
        truth, archive, archive_letters = simulated(0.1, 2000, seed + 100)
        share = estimate_shares(archive, archive_letters, given, gold, letters, method="adjusted")[0]
        found.append((share.value - truth.mean(), share.low <= truth.mean() <= share.high))
        counted = estimate_shares(archive, archive_letters, given, gold, letters, method="counted")[0]
        assert counted.value == pytest.approx(archive.mean())
    errors, held = np.array(found).T
    assert abs(errors.mean()) < 0.01
    assert held.mean() >= 0.85


def test_difference_holds_for_a_random_sample_whatever_the_model_does():
    errors = []
    for seed in range(20):
        gold, given, letters = simulated(0.3, 2000, seed)
        given = 1 - given
        rows = np.random.default_rng(seed).choice(2000, 400, replace=False)
        share = estimate_shares(
            given, letters, given[rows], gold[rows], [letters[row] for row in rows], method="difference"
        )[0]
        errors.append(share.value - gold.mean())
    assert abs(np.mean(errors)) < 0.02


def test_label_that_the_model_cannot_tell_is_not_corrected():
    gold, _, letters = simulated(0.5, 200, 0)
    given = np.full((200, 1), 0.5)
    assert np.isnan(estimate_shares(given, letters, given, gold, letters, method="adjusted")[0].value)


def test_shares_of_an_archive(tiny_model, toy_corpus):
    table = toy_corpus.to_frame().assign(pillars=[" ".join(each.pillars) for each in toy_corpus])
    labels = tiny_model.predict(toy_corpus.texts)
    table = table.assign(**{name: labels[name] for name in labels.columns if name.startswith("p_")})
    sample = replace(tiny_model, traces=None)
    for at_random in (False, True):
        found = prevalence(table, toy_corpus, model=sample, at_random=at_random)
        assert found.method == ("difference" if at_random else "adjusted")
        for row in found.to_frame().itertuples():
            assert row.corrected == pytest.approx(toy_corpus.support()[row.label] / 72, abs=0.02)
            assert row.counted == pytest.approx(toy_corpus.support()[row.label] / 72)
            assert 0 <= row.low <= row.corrected <= row.high <= 1
    assert found.warnings == ()


def test_small_and_seen_samples_are_told(tiny_model, toy_corpus):
    table = toy_corpus.to_frame().assign(pillars="").assign(**tiny_model.predict(toy_corpus.texts).filter(like="p_"))
    warnings = prevalence(table, AnnotatedCorpus("klein", toy_corpus.passages[:12]), model=tiny_model).warnings
    assert "was trained on" in warnings[0]
    assert "a sample of 12 passages of 2 letters is small" in warnings[1]


def test_sample_of_other_labels_and_table_without_probabilities_are_refused(tiny_model, toy_corpus):
    table = toy_corpus.to_frame()
    with pytest.raises(MhnlpError, match="no column 'p_prevention'"):
        prevalence(table, toy_corpus, model=tiny_model)
    other = AnnotatedCorpus("ander", (), LabelScheme(("water",), ("goed", "slecht")))
    with pytest.raises(MhnlpError, match="the sample's labels are"):
        prevalence(table, other, model=tiny_model)
