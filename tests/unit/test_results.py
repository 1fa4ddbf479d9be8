from __future__ import annotations

import numpy as np
import pytest

from mhnlp.calibration import DecisionRule
from mhnlp.labelling import label_texts
from mhnlp.labels import SCHEME
from mhnlp.letter import Letter
from mhnlp.results import LabelledLetter, LabelledLetters, LabelledPassage

PROBABILITIES = np.array([[0.9, 0.1, 0.1, 0.6, 0.1, 0.7, 0.1, 0.1, 0.1], [0.1] * 5 + [0.1, 0.2, 0.3, 0.4]])
RULE = DecisionRule(np.array([0.5] * 5), doubt=1.0)
COLUMNS = ["letter", "passage", "start", "end", "page", "kind", "heading", "text", "pillars", "sentiment", "uncertain"]


@pytest.fixture
def labelled() -> LabelledLetter:
    texts = ["Eerste <b>alinea</b> & meer.", "Tweede alinea."]
    own = label_texts(PROBABILITIES, RULE, SCHEME)
    passages = tuple(
        LabelledPassage(**vars(labels), text=text, start=10 * k, end=10 * k + 9, heading="A <i>", kind="paragraph")
        for k, (text, labels) in enumerate(zip(texts, own, strict=True))
    )
    return LabelledLetter(Letter("…", name="<script>brief"), passages, "abc")


def test_probabilities_become_labels_in_the_order_of_the_scheme():
    first, second = label_texts(PROBABILITIES, RULE, SCHEME)
    assert (first.pillars, first.sentiment, first.uncertain) == (("prevention", "shelter"), "positive", True)
    assert (second.pillars, second.sentiment, second.uncertain) == ((), "neutral", True)
    assert list(first.probabilities) == list(SCHEME.labels)
    assert first.probabilities["shelter"] == 0.6


def test_passage_with_few_expected_errors_is_not_uncertain():
    sure = np.array([[0.01] * 5 + [0.97, 0.01, 0.01, 0.01]])
    assert not label_texts(sure, RULE, SCHEME)[0].uncertain


def test_table_has_a_row_a_passage_and_a_column_a_label(labelled):
    table = labelled.to_frame()
    assert table.columns.tolist() == [*COLUMNS, *(f"p_{label}" for label in SCHEME.labels), "model"]
    assert table["passage"].tolist() == [1, 2]
    assert table["pillars"].tolist() == ["prevention shelter", ""]
    assert set(table["letter"]) == {"<script>brief"}
    assert set(table["model"]) == {"abc"}


def test_several_letters_number_their_passages_each_from_one(labelled):
    table = LabelledLetters((labelled, labelled)).to_frame()
    assert table["passage"].tolist() == [1, 2, 1, 2]


def test_letter_is_a_sequence_of_its_passages(labelled):
    assert len(labelled) == 2
    assert labelled[-1].text == "Tweede alinea."
    assert [each.text for each in labelled[:1]] == ["Eerste <b>alinea</b> & meer."]
    assert labelled[1] in labelled


def test_view_in_a_notebook_escapes_what_the_letter_says(labelled):
    page = LabelledLetters((labelled,))._repr_html_()
    for raw in ("<script>", "<b>", "<i>"):
        assert raw not in page
    assert "Eerste &lt;b&gt;alinea&lt;/b&gt; &amp; meer." in page
    assert "&lt;script&gt;brief" in page
    assert page.count("<section>") == 2
    assert page.count("<span class='mhnlp-doubt'>? better read by a person</span>") == 2
