from __future__ import annotations

import json

import pytest

from mhnlp.card import ModelCard
from mhnlp.errors import ModelError


def test_card_reads_back_what_it_wrote(tiny_model):
    text = tiny_model.card.to_json()
    assert ModelCard.from_json(text) == tiny_model.card
    assert json.loads(text)["format"] == 2


def test_card_for_people_names_scores_thresholds_and_limits(tiny_model):
    text = tiny_model.card.to_markdown()
    assert text.startswith("# Model card: tiny\n")
    assert "| label | support | precision | recall | F1 | low | high |\n|---|" in text
    assert f"prevention {tiny_model.card.thresholds['prevention']:.2f}" in text
    assert "- letters: 12" in text
    assert "## Limits" in text


@pytest.mark.parametrize("text", ["", "null", "3", "[]", "{}", '{"scheme": []}', '{"scheme": {"pillars": ["p"]}}'])
def test_text_that_is_no_card_raises_what_it_says(text):
    with pytest.raises(ModelError, match="is no model card"):
        ModelCard.from_json(text)
