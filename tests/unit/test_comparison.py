from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mhnlp.annotations.corpus import AnnotatedCorpus
from mhnlp.comparison import compare, compare_given, save_unless_worse
from mhnlp.errors import ModelError
from mhnlp.labels import LabelScheme
from mhnlp.model import load_model
from mhnlp.traces import digests


@pytest.fixture
def spoiled(tiny_model):
    """A model just trained whose held-out decisions are all wrong."""
    held_out = tiny_model.held_out
    return replace(tiny_model, held_out=replace(held_out, given=np.roll(held_out.given, 1, axis=1)))


@pytest.fixture
def stranger(tiny_model):
    """A model that was trained on none of the toy letters: the same without traces."""
    return replace(tiny_model, traces=None)


def test_equal_decisions_have_no_difference(toy_corpus):
    same = compare_given(toy_corpus, toy_corpus.y, toy_corpus.y, ("a", "b"))
    assert str(same.pillars.difference) == "0.000 [0.000, 0.000]"
    assert same.pillars.verdict == same.sentiment.verdict == "no clear difference"
    assert not same.is_worse


def test_difference_equals_that_of_f1_and_turns_with_the_order(toy_corpus):
    gold = toy_corpus.y
    wrong = gold.copy()
    wrong[::3, 0] = 1 - wrong[::3, 0]
    there, back = (compare_given(toy_corpus, *pair, ("a", "b")) for pair in ((gold, wrong), (wrong, gold)))
    hits, either = (gold & wrong)[:, 0].sum(), gold[:, 0].sum() + wrong[:, 0].sum()
    assert there.labels[0].new == pytest.approx(2 * hits / either)
    assert there.labels[0].difference.value == pytest.approx(2 * hits / either - 1)
    assert there.labels[0].verdict == "worse"
    assert back.labels[0].verdict == "better"
    assert there.pillars.difference.value == pytest.approx(-back.pillars.difference.value)
    assert there.to_frame()["label"].tolist()[:3] == ["pillars", "sentiment", "prevention"]


def test_interval_is_paired_by_letter(toy_corpus):
    gold = toy_corpus.y
    wrong = gold.copy()
    wrong[:, 0] = 1 - wrong[:, 0]
    # Both err alike in every letter but for one label of one passage, so that the difference hardly varies.
    other = wrong.copy()
    other[0, 1] = 1 - other[0, 1]
    difference = compare_given(toy_corpus, wrong, other, ("a", "b")).pillars.difference
    assert difference.high - difference.low < 0.1


def test_passages_that_a_model_was_trained_on_are_told(tiny_model, toy_corpus):
    comparison = compare("fast", tiny_model, toy_corpus)
    assert comparison.warnings == (
        "72 of the 72 passages are among those that 'tiny' was trained on; the scores are too high",
    )
    assert "'tiny' beside 'fast': better on pillars" in comparison.conclusion


def test_model_just_trained_is_compared_on_the_letters_it_held_out(tiny_model):
    comparison = compare("fast", tiny_model)
    assert (comparison.passages, comparison.letters, comparison.warnings) == (72, 12, ())


def test_letters_that_the_old_model_was_trained_on_are_left_out(tiny_model, toy_corpus):
    with pytest.raises(ModelError, match="trained on passages of every one of the 12 letters"):
        compare(tiny_model, tiny_model)
    seen = digests(each.text for each in toy_corpus if each.letter < "b05")
    old = replace(tiny_model, traces=replace(tiny_model.traces, texts=seen))
    assert compare(old, tiny_model).letters == 7


def test_loaded_model_has_no_letters_held_out(tiny_model_folder):
    with pytest.raises(ModelError, match="was not trained just now"):
        compare("fast", load_model(tiny_model_folder))


def test_models_without_a_label_in_common_are_not_compared(tiny_model):
    scheme = LabelScheme(("water",), ("goed", "slecht"))
    corpus = AnnotatedCorpus("dijken", (), scheme)
    with pytest.raises(ModelError, match="has other labels"):
        compare(tiny_model, tiny_model, corpus)


def test_better_model_replaces_and_worse_one_does_not(stranger, spoiled, tiny_model, tmp_path):
    folder = tmp_path / "eigen"
    assert save_unless_worse(stranger, folder) is None
    comparison = save_unless_worse(tiny_model, folder)
    assert comparison is not None
    assert not comparison.is_worse
    replace(stranger, card=replace(stranger.card, name="oud")).save(folder)
    with pytest.raises(ModelError, match=r"does better on the 12 letters .* --force"):
        save_unless_worse(spoiled, folder)
    assert load_model(folder).card.name == "oud"
    save_unless_worse(spoiled, folder, force=True)
    assert load_model(folder).card.name == "tiny"


def test_model_that_cannot_be_compared_is_not_replaced(tiny_model, tmp_path):
    folder = tiny_model.save(tmp_path / "eigen")
    with pytest.raises(ModelError, match=r"cannot be compared with it: .*Nothing was replaced"):
        save_unless_worse(tiny_model, folder)
    (folder / "card.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match="Nothing was replaced"):
        save_unless_worse(tiny_model, folder)
