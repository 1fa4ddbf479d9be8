"""Named evidence is what decides: without it the probability falls, without other words it hardly does."""

from __future__ import annotations

import numpy as np
import pytest

from mhnlp.explanation import carrying_sentences, explain
from mhnlp.pipeline import classify

LENGTHS = range(25, 60)
TEXTS = {"fast": 60, "accurate": 12}
STEPS = (2, 4, 6)


@pytest.fixture(scope="module", params=sorted(TEXTS))
def model(request):
    from mhnlp.model import load_model

    return load_model(request.param)


@pytest.fixture(scope="module")
def passages(corpus, model):
    long_enough = [each for each in corpus if len(each.text.split()) in LENGTHS and len(each.sentences) > 1]
    chosen = np.random.default_rng(5).permutation(len(long_enough))[: TEXTS[model.card.name]]
    return [long_enough[index] for index in chosen]


def without(text, words):
    """Cut words out of a text."""
    for word in sorted(words, key=lambda each: -each.start):
        text = text[: word.start] + text[word.end :]
    return " ".join(text.split())


def test_deletion_of_named_words_lowers_the_probability_most(model, passages):
    random = np.random.default_rng(7)
    curves = {"named": [], "random": [], "least": []}
    for passage in passages:
        found = explain(passage.text, model=model)
        for label, evidence in found.items():
            by_weight = sorted(evidence.words, key=lambda each: -each.weight)
            orders = {
                "named": by_weight,
                "random": [evidence.words[index] for index in random.permutation(len(evidence.words))],
                "least": sorted(evidence.words, key=lambda each: abs(each.weight)),
            }
            column = model.card.scheme.labels.index(label)
            for name, order in orders.items():
                texts = [without(found.text, order[:step]) for step in STEPS]
                curves[name].append(evidence.probability - model.classifier.predict_proba(texts)[:, column].mean())
    fall = {name: float(np.mean(values)) for name, values in curves.items()}
    assert fall["named"] > 0.2, fall
    assert fall["named"] > 3 * max(fall["random"], fall["least"]), fall
    better = np.mean(np.array(curves["named"]) > np.array(curves["random"]))
    assert better > 0.85, better


def test_sentences_that_carry_labels_are_those_that_coders_gave_them_to(model, passages):
    hits = []
    for passage in passages:
        coded = {passage.text[own.start : own.end]: own for own in passage.sentences}
        for label, sentence in carrying_sentences(classify(passage.text, model=model)[0]).items():
            if label in passage.pillars and sentence in coded:
                hits.append(label in coded[sentence].pillars)
    assert len(hits) > len(passages) / 4
    assert np.mean(hits) > 0.8, np.mean(hits)
