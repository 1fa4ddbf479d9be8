from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import spacy
from spacy.tokens import DocBin

import mhnlp
from mhnlp.dutch import load_pipeline
from mhnlp.errors import TextError

CONFIG = """
[nlp]
lang = "nl"
pipeline = ["mhnlp"]

[components]

[components.mhnlp]
factory = "mhnlp"
model = "fast"
unit = "sentence"
spans_key = "labels"
"""


@pytest.fixture
def make(tiny_model_folder):
    def make(nlp=None, **settings):
        nlp = nlp or spacy.blank("nl")
        nlp.add_pipe("mhnlp", config={"model": str(tiny_model_folder), **settings})
        return nlp

    return make


def labels(doc, key="mhnlp"):
    return [(span.label_, span.start, span.end) for span in doc.spans[key]]


def test_component_gives_the_labels_that_classify_gives(make, letter_text, tiny_model):
    doc = make()(letter_text)
    letter = mhnlp.classify(letter_text, model=tiny_model)
    assert doc._.mhnlp == letter
    assert [span.label_ for span in doc.spans["mhnlp"]] == [
        label for passage in letter for label in (*passage.pillars, passage.sentiment)
    ]
    scores = doc.spans["mhnlp"].attrs["scores"]
    expected = [passage.probabilities[label] for passage in letter for label in (*passage.pillars, passage.sentiment)]
    np.testing.assert_array_equal(scores, expected)
    assert doc._.mhnlp[0].explain()["shelter"].sentence.text.startswith("In de opvang")


def test_spans_cover_their_passages_on_token_boundaries(make, letter_text):
    doc = make()(letter_text)
    for passage in doc._.mhnlp:
        span = doc.char_span(passage.start, passage.end, alignment_mode="expand")
        assert span in [doc[each.start : each.end] for each in doc.spans["mhnlp"]]
        assert passage.text[:20] in span.text


def test_any_span_knows_the_labels_of_its_passage(make, letter_text):
    doc = make()(letter_text)
    word = next(token.i for token in doc if token.text == "opvang")
    span = doc[word : word + 1]
    assert (span._.pillars, span._.sentiment) == (("shelter",), "negative")
    assert span._.uncertain is doc._.mhnlp[0].uncertain
    assert (doc[:1]._.pillars, doc[:1]._.sentiment, doc[:1]._.uncertain) == ((), None, False)


def test_unit_and_key_are_chosen_by_configuration(make, letter_text):
    doc = make(unit="sentence", spans_key="labels")(letter_text)
    assert {passage.kind for passage in doc._.mhnlp} == {"sentence"}
    assert len(doc.spans["labels"]) >= len(doc._.mhnlp) == 4


def test_wrong_unit_is_refused(make):
    with pytest.raises(ValueError, match="unit"):
        make(unit="paragraph")


def test_pipeline_of_another_language_is_refused(make):
    with pytest.raises(ValueError, match="'en', not 'nl'"):
        make(spacy.blank("en"))


@pytest.mark.parametrize("text", ["", " \n ", "Opvang"])
def test_text_without_running_text_has_no_spans(make, text):
    doc = make()(text)
    assert len(doc.spans["mhnlp"]) == len(doc._.mhnlp) == 0


def test_text_that_is_not_dutch_is_an_error_that_can_be_passed_over(make, letter_text):
    nlp = make()
    english = "The government has taken steps, but the shelters for victims are still full of people. " * 3
    with pytest.raises(TextError, match="English"):
        nlp(english)
    failed = []
    nlp.set_error_handler(lambda name, _component, docs, error: failed.append((name, docs, error)))
    assert [bool(doc.spans["mhnlp"]) for doc in nlp.pipe([letter_text, english, letter_text])] == [True, True]
    assert len(failed) == 1


def test_works_in_the_built_in_pipeline(make, letter_text):
    nlp = spacy.blank("nl").from_bytes(load_pipeline().to_bytes())
    assert labels(make(nlp)(letter_text))


def test_works_in_a_trained_pipeline(make, letter_text, standin):
    doc = make(spacy.load(standin))(letter_text)
    assert [each._.sentiment for each in doc.sents if each._.pillars][:1] == ["negative"]


def test_survives_disk_and_bytes_without_the_model_that_it_was_made_of(make, letter_text, tmp_path, tiny_model):
    nlp = make()
    expected = labels(nlp(letter_text))
    nlp.to_disk(tmp_path / "pipeline")
    loaded = spacy.load(tmp_path / "pipeline", config={"components": {"mhnlp": {"model": "gone"}}})
    assert labels(loaded(letter_text)) == expected
    assert loaded(letter_text)._.mhnlp.model == tiny_model.fingerprint
    again = spacy.blank("nl")
    again.add_pipe("mhnlp", config={"model": "gone"})
    assert labels(again.from_bytes(nlp.to_bytes())(letter_text)) == expected


def test_model_is_not_loaded_before_the_first_text():
    nlp = spacy.blank("nl")
    labeller = nlp.add_pipe("mhnlp", config={"model": "gone"})
    # What spaCy asks of each component when one is added.
    assert not hasattr(labeller, "model")


def test_labels_survive_serialising_a_doc(make, letter_text):
    nlp = make()
    doc = nlp(letter_text)
    (copy,) = DocBin(docs=[doc], store_user_data=True).get_docs(nlp.vocab)
    assert copy._.mhnlp == doc._.mhnlp
    assert labels(copy) == labels(doc)
    (bare,) = DocBin(docs=[nlp.make_doc(letter_text)]).get_docs(nlp.vocab)
    assert bare._.mhnlp is None


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_two_processes_give_what_one_gives(make, letter_text):
    nlp = make()
    one = [labels(doc) for doc in nlp.pipe([letter_text] * 3)]
    assert [labels(doc) for doc in nlp.pipe([letter_text] * 3, n_process=2, batch_size=2)] == one


def test_config_file_needs_no_import_of_mhnlp(tmp_path):
    (tmp_path / "config.cfg").write_text(CONFIG, encoding="utf-8")
    code = (
        "import spacy, sys; from spacy.util import load_config, load_model_from_config\n"
        f"nlp = load_model_from_config(load_config({str(tmp_path / 'config.cfg')!r}), auto_fill=True)\n"
        "doc = nlp('De wachttijd voor de opvang van slachtoffers is helaas opgelopen.')\n"
        "print(*[span.label_ for span in doc.spans['labels']])"
    )
    found = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert found.stdout.split()[0] == "shelter"
