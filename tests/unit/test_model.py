from __future__ import annotations

import functools
import json
import os
import shutil
import zipfile
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import FunctionTransformer

from mhnlp.catalogue import CARD, WEIGHTS, model_names
from mhnlp.errors import ModelError, PipelineError
from mhnlp.model import load_model, new_model
from mhnlp.training import train

TEXTS = ["In de opvang in Breda zijn 40 plaatsen voor slachtoffers.", "Dat is helaas veel te weinig."]


@pytest.fixture
def folder(tiny_model_folder, tmp_path):
    """A copy of the model to damage."""
    return shutil.copytree(tiny_model_folder, tmp_path / "model")


def edit_card(folder, **fields):
    path = folder / CARD
    card = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**card, **fields}), encoding="utf-8")


def test_saved_model_loads_with_the_same_card_fingerprint_and_labels(tiny_model, tiny_model_folder):
    loaded = load_model(tiny_model_folder)
    assert loaded.card == tiny_model.card
    assert loaded.fingerprint == tiny_model.fingerprint
    assert loaded.predict(TEXTS).equals(tiny_model.predict(TEXTS))


def test_fingerprint_is_the_same_for_every_saving_of_a_model(tiny_model, tmp_path):
    first, second = (load_model(tiny_model.save(tmp_path / name)) for name in ("een", "twee"))
    assert first.fingerprint == second.fingerprint == tiny_model.fingerprint


def test_fingerprint_tells_models_of_other_weights_apart(tiny_model):
    classifier = deepcopy(tiny_model.classifier)
    classifier.scorer_.coef_[0, 0] += 1
    assert new_model(classifier, tiny_model.card).fingerprint != tiny_model.fingerprint


def test_fingerprint_tells_models_apart_that_call_other_passages_uncertain(tiny_model):
    classifier = deepcopy(tiny_model.classifier)
    classifier.doubt_ = 0.0
    other = new_model(classifier, tiny_model.card)
    assert not other.predict(TEXTS).equals(tiny_model.predict(TEXTS))
    assert other.fingerprint != tiny_model.fingerprint


def test_model_saved_over_another_is_the_one_that_loads(tiny_model, folder):
    assert load_model(folder).card.name == "tiny"
    replace(tiny_model, card=replace(tiny_model.card, name="anders")).save(folder)
    assert load_model(folder).card.name == "anders"


@pytest.mark.parametrize(
    "stranger",
    [
        FunctionTransformer(os.system),
        FunctionTransformer(functools.partial(os.system, "true")),
        functools.partial(os.system, "true"),
    ],
    ids=["function in an estimator", "partial in an estimator", "partial"],
)
def test_weights_that_ask_for_an_untrusted_type_are_refused_unloaded(stranger, folder):
    (folder / WEIGHTS).write_bytes(skops.io.dumps(stranger))
    with pytest.raises(ModelError, match=r"asks for .*system.*it was not loaded"):
        load_model(folder)


def test_untrusted_type_hidden_in_a_classifier_is_refused(tiny_model, folder):
    classifier = deepcopy(tiny_model.classifier)
    classifier.vectorizer_.words = FunctionTransformer(os.system)
    (folder / WEIGHTS).write_bytes(skops.io.dumps(classifier))
    with pytest.raises(ModelError, match="it was not loaded"):
        load_model(folder)


def test_weights_of_another_estimator_are_refused(folder):
    (folder / WEIGHTS).write_bytes(skops.io.dumps(LogisticRegression()))
    with pytest.raises(ModelError, match="holds a LogisticRegression, not a PassageClassifier"):
        load_model(folder)


@pytest.mark.parametrize("length", [0, 10, 1000, -10])
def test_truncated_weights_are_refused(folder, length):
    data = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(data[:length])
    with pytest.raises(ModelError, match="is damaged"):
        load_model(folder)


@pytest.mark.parametrize("place", [0.1, 0.3, 0.5, 0.7])
def test_weights_with_wrong_bytes_in_the_middle_are_refused(folder, place):
    data = bytearray((folder / WEIGHTS).read_bytes())
    start = int(len(data) * place)
    data[start : start + 40] = b"\xff" * 40
    (folder / WEIGHTS).write_bytes(data)
    with pytest.raises(ModelError, match="is damaged"):
        load_model(folder)


def test_archive_without_a_schema_is_refused(folder):
    with zipfile.ZipFile(folder / WEIGHTS, "w") as archive:
        archive.writestr("readme.txt", "niets")
    with pytest.raises(ModelError, match="is damaged"):
        load_model(folder)


@pytest.mark.parametrize("text", ["", "{", "null", "3", "[]", '"x"', "{}", '{"scheme": []}'])
def test_card_that_is_none_is_refused(folder, text):
    (folder / CARD).write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="no model card"):
        load_model(folder)


@pytest.mark.parametrize("format_", ["2", None, 1.5])
def test_card_whose_format_is_no_whole_number_is_refused(folder, format_):
    edit_card(folder, format=format_)
    with pytest.raises(ModelError):
        load_model(folder)


@pytest.mark.parametrize("pipeline", [{}, None, {"name": "builtin"}, {"name": "builtin", "versie": "1"}])
def test_card_with_a_broken_pipeline_is_refused(folder, pipeline):
    edit_card(folder, pipeline=pipeline)
    with pytest.raises(ModelError):
        load_model(folder)


def test_card_and_weights_of_different_labels_are_refused(folder):
    edit_card(folder, scheme={"pillars": ["water"], "sentiments": ["goed", "slecht"]})
    with pytest.raises(ModelError, match="name different labels"):
        load_model(folder)


def test_model_of_a_newer_format_asks_for_an_upgrade(folder):
    edit_card(folder, format=99)
    with pytest.raises(ModelError, match=r"has format 99, .* upgrade mhnlp"):
        load_model(folder)


def test_model_of_a_newer_format_with_fields_of_its_own_asks_for_an_upgrade(folder):
    edit_card(folder, format=99, energy="12 kWh")
    with pytest.raises(ModelError, match="upgrade mhnlp"):
        load_model(folder)


def test_model_of_another_tokenisation_is_refused(folder, tiny_model):
    edit_card(folder, pipeline={**tiny_model.card.pipeline, "tokenisation": "0" * 16})
    with pytest.raises(PipelineError, match="splits words otherwise"):
        load_model(folder)


def test_weights_that_use_another_pipeline_than_the_card_says_are_refused(folder, tiny_model, standin):
    classifier = deepcopy(tiny_model.classifier)
    classifier.pipeline = standin
    new_model(classifier, tiny_model.card).save(folder)
    with pytest.raises((ModelError, PipelineError)):
        load_model(folder)


def test_model_of_a_pipeline_that_is_not_installed_says_how_to_install_it(folder, tiny_model):
    edit_card(folder, pipeline={**tiny_model.card.pipeline, "name": "nl_none"})
    with pytest.raises(PipelineError, match="spacy download nl_none"):
        load_model(folder)


def test_unknown_name_lists_the_names_there_are():
    with pytest.raises(ModelError, match="There is no model 'onbekend'") as caught:
        load_model("onbekend")
    assert model_names()
    assert all(name in str(caught.value) for name in model_names())


@pytest.mark.parametrize("missing", [CARD, WEIGHTS])
def test_folder_without_one_of_its_files_is_no_model(folder, missing):
    (folder / missing).unlink()
    with pytest.raises(ModelError, match="There is no model"):
        load_model(folder)


@pytest.mark.parametrize(
    "texts",
    [tuple(TEXTS), np.array(TEXTS), np.array(TEXTS, dtype=object), pd.Series(TEXTS)],
    ids=["tuple", "array", "array of objects", "series"],
)
def test_texts_come_in_any_sequence(tiny_model, texts):
    assert tiny_model.predict(texts).equals(tiny_model.predict(TEXTS))


def test_table_keeps_the_index_of_a_series(tiny_model):
    table = tiny_model.predict(pd.Series(TEXTS, index=["x", "x"]))
    assert table.index.tolist() == ["x", "x"]
    assert table.columns.tolist() == [
        "pillars",
        "sentiment",
        *(f"p_{label}" for label in tiny_model.card.scheme.labels),
        "uncertain",
    ]


def test_no_texts_give_an_empty_table_of_the_same_columns(tiny_model):
    assert tiny_model.predict([]).columns.tolist() == tiny_model.predict(TEXTS).columns.tolist()


@pytest.mark.parametrize(
    ("texts", "message"),
    [("een tekst", "takes a list"), (["a", None], "text number 1 is None"), ([float("nan")], "text number 0 is nan")],
)
def test_what_is_no_list_of_texts_is_refused(tiny_model, texts, message):
    with pytest.raises(TypeError, match=message):
        tiny_model.predict(texts)


@pytest.mark.parametrize("text", ["", "   \n"])
def test_empty_text_has_no_pillars_and_is_uncertain(shipped_model, text):
    row = shipped_model.predict([text]).loc[0]
    assert row["pillars"] == ()
    assert row["uncertain"]


def test_model_of_one_pillar_and_lemmas_of_a_trained_pipeline_round_trips(
    toy_corpus, new_classifier, standin, tmp_path
):
    classifier = new_classifier(pipeline=standin, lemmas=True, words=1, folds=2)
    model = train(toy_corpus, classifier=classifier)
    loaded = load_model(model.save(tmp_path / "lemmas"))
    assert loaded.pipeline.name == standin
    assert loaded.predict(TEXTS).equals(model.predict(TEXTS))


def test_whole_table_is_not_labelled_by_its_column_names(tiny_model):
    with pytest.raises(TypeError, match="not the whole table"):
        tiny_model.predict(pd.DataFrame({"text": ["De opvang is vol."]}))


def test_model_is_not_saved_among_other_files(tiny_model, tmp_path):
    (tmp_path / "brief.txt").write_text("Geachte voorzitter,", encoding="utf-8")
    with pytest.raises(ModelError, match="holds other files"):
        tiny_model.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["brief.txt"]


def test_texts_in_another_language_are_labelled_with_a_warning(tiny_model):
    english = "The government has taken steps, but the shelters for victims are still full. "
    with pytest.warns(UserWarning, match="These texts are in English"):
        table = tiny_model.predict([english, english])
    assert len(table) == 2


RELEASED = Path(__file__).parents[1] / "data" / "models"


def test_model_of_the_first_format_loads_and_labels_as_it_did():
    model = load_model(RELEASED / "format1")
    assert (model.card.format, model.traces, model.fingerprint) == (1, None, "90bc816dca369040")
    text = "In de opvang in Breda zijn 40 plaatsen voor slachtoffers. Dat is helaas veel te weinig en een gemiste kans."
    row = model.predict([text]).loc[0]
    assert (row["pillars"], row["sentiment"]) == (("shelter",), "negative")
    assert row["p_shelter"] == pytest.approx(0.961704545545, abs=1e-6)
    assert "over many letters" in model.card.intended_use


def test_model_of_the_first_format_is_saved_in_the_present_one(tmp_path):
    model = load_model(RELEASED / "format1")
    again = load_model(model.save(tmp_path / "nieuw"))
    assert again.fingerprint == model.fingerprint
    assert again.predict(TEXTS).equals(model.predict(TEXTS))


def test_traces_are_saved_with_the_model_and_removed_with_it(tiny_model, tiny_model_folder, folder):
    loaded = load_model(tiny_model_folder)
    assert loaded.held_out is None
    np.testing.assert_array_equal(loaded.traces.texts, tiny_model.traces.texts)
    assert len(loaded.traces.by_letter) == 12
    replace(tiny_model, traces=None).save(folder)
    assert load_model(folder).traces is None


@pytest.mark.parametrize("data", [b"", b"niets", b"PK\x03\x04stuk"])
def test_damaged_traces_are_told(folder, data):
    (folder / "training.npz").write_bytes(data)
    with pytest.raises(ModelError, match=r"training\.npz is damaged"):
        load_model(folder)
