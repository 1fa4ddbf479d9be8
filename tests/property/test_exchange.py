from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mhnlp.annotations.coded import CodedPassage, CodedPassages
from mhnlp.annotations.coefficients import alpha_counts, alphas, nominal
from mhnlp.annotations.exporting import FORMATS, export_annotations
from mhnlp.annotations.importing import import_annotations
from mhnlp.labels import SCHEME

# Zero bytes make no text file, and half of a surrogate pair cannot be written.
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXTS = (
    st.text("ab \r\n\t\"',;é“\u2028\x85\ufeff📱=_x000D#{[", min_size=1, max_size=20) | st.text(CHARACTERS, min_size=1)
).filter(str.strip)
NAMES = st.text("abz019-_. é", min_size=1, max_size=8).map(str.strip).filter(bool)
DATES = st.just("") | st.dates().map(str)


@st.composite
def codings(draw, coders=("anna", "bert")):
    records = []
    for index, text in enumerate(draw(st.lists(TEXTS, min_size=1, max_size=4))):
        about = {"letter": draw(NAMES), "date": draw(DATES), "heading": draw(st.just("") | TEXTS)}
        for coder in draw(st.sets(st.sampled_from(coders), min_size=1)):
            pillars = SCHEME.in_order(draw(st.sets(st.sampled_from(SCHEME.pillars))))
            sentiment = draw(st.sampled_from(SCHEME.sentiments))
            reason = draw(st.just("") | TEXTS)
            records.append(
                CodedPassage(
                    f"p{index}", text=text, coder=coder, pillars=pillars, sentiment=sentiment, reason=reason, **about
                )
            )
    return CodedPassages("x", tuple(records))


def back(coded, name, **options):
    with tempfile.TemporaryDirectory() as folder:
        path = export_annotations(coded, Path(folder) / f"x{FORMATS[name]}", format=name, prefill=True)
        return import_annotations(path, **options).records


@given(codings())
@pytest.mark.parametrize("name", ["csv", "excel"])
def test_tables_lose_nothing(name, coded):
    assert back(coded, name) == coded.records


@given(codings())
def test_label_studio_loses_nothing(coded):
    assert back(coded, "label-studio", predictions=True) == coded.records


@given(codings(coders=("anna",)))
@pytest.mark.parametrize("name", ["doccano", "prodigy"])
def test_tools_of_one_coder_lose_nothing_but_reasons(name, coded):
    assert back(coded, name, coder="anna") == tuple(replace(each, reason="") for each in coded)


@given(codings())
@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_saved_codes_lose_nothing(suffix, coded):
    with tempfile.TemporaryDirectory() as folder:
        assert import_annotations(coded.save(Path(folder) / f"x{suffix}")).records == coded.records


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=30))
@settings(max_examples=100)
def test_alpha_is_at_most_one_and_does_not_depend_on_order(pairs):
    values = np.array(pairs)
    distance = nominal(3)

    def alpha(given):
        return alphas(alpha_counts(given, distance, np.zeros(len(given), int)).sum(axis=0), distance)

    found = alpha(values)
    assert np.isnan(found) or found <= 1
    np.testing.assert_allclose(alpha(values[::-1, ::-1]), found)
