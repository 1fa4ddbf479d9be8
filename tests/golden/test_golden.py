from __future__ import annotations

import json
from pathlib import Path

import pytest

from mhnlp.letter import Letter
from mhnlp.segmentation import segment


def cases(name: str) -> list[object]:
    """Cases of a JSON file; one with a known failure must fail, so that its repair is noticed."""
    found = json.loads((Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8"))
    return [
        pytest.param(
            case,
            id=case["name"],
            marks=[pytest.mark.xfail(reason=case["known_failure"], strict=True)] if "known_failure" in case else [],
        )
        for case in found
    ]


@pytest.mark.parametrize("case", cases("sentences"))
def test_sentences(case, nlp):
    doc = nlp(" ".join(case["sentences"]))
    assert [sentence.text for sentence in doc.sents] == case["sentences"]


@pytest.mark.parametrize("case", cases("segmentation"))
def test_passages(case, nlp):
    passages = segment(Letter("\n".join(case["letter"])), nlp)
    found = [{"kind": each.kind, "heading": each.heading, "text": each.text} for each in passages]
    assert found == case["passages"]
