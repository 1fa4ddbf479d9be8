from __future__ import annotations

import json
from pathlib import Path

import pytest

from mhnlp.annotations.corpus import AnnotatedCorpus
from mhnlp.annotations.tables import read_annotations
from mhnlp.card import ModelCard
from mhnlp.catalogue import DEFAULT_MODEL, model_names
from mhnlp.evaluation import evaluate
from mhnlp.model import load_model
from mhnlp.resources import models_folder

FLOORS = json.loads((Path(__file__).parent / "floors.json").read_text(encoding="utf-8"))


def recorded(name: str) -> dict[str, float]:
    """Macro-F1 by cross-validation over letters, as the card of a shipped model records it."""
    scores = ModelCard.from_json((models_folder() / name / "card.json").read_text(encoding="utf-8")).scores
    own = next(figures for split, figures in scores.items() if split.startswith("cross-validation by letter"))
    return {part: float(str(own[f"{part}, macro-F1"]).split()[0]) for part in ("pillars", "sentiment")}


def test_every_shipped_model_has_floors():
    assert set(FLOORS["models"]) == set(model_names())
    assert DEFAULT_MODEL in FLOORS["models"]


@pytest.mark.parametrize("name", sorted(FLOORS["models"]))
def test_card_records_scores_no_lower_than_the_floors(name):
    found = recorded(name)
    for part, floor in FLOORS["models"][name].items():
        assert found[part] >= floor, part


@pytest.mark.parametrize("name", sorted(FLOORS["models"]))
def test_card_was_made_from_the_shipped_corpus(name, corpus):
    card = ModelCard.from_json((models_folder() / name / "card.json").read_text(encoding="utf-8"))
    assert card.data["digest"] == corpus.digest


def test_default_model_on_passages_after_real_documents(shared, shipped_model):
    dev = read_annotations(shared("corpus/dev.jsonl"))
    scores = evaluate(shipped_model, dev)
    assert scores.pillars.value >= FLOORS["dev"]["pillars"]
    assert scores.sentiment.value >= FLOORS["dev"]["sentiment"]


@pytest.mark.parametrize("name", sorted(FLOORS["models"]))
def test_shipped_model_loads_and_labels_texts_it_was_trained_on_better_than_its_floor(name, corpus):
    if name == "accurate":
        pytest.importorskip("onnxruntime")
    scores = evaluate(load_model(name), AnnotatedCorpus("begin", corpus.passages[:60]))
    assert scores.pillars.value >= FLOORS["models"][name]["pillars"]
