from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest

import mhnlp
from mhnlp.dutch import tokenise
from mhnlp.errors import ModelError, TextError
from mhnlp.evidence import weigh
from mhnlp.explanation import explain
from mhnlp.labels import SCHEME
from mhnlp.model import find_model

TEXT = (
    "In de opvang in Delft zijn 40 plaatsen voor slachtoffers. Dat is helaas veel te weinig en een gemiste kans. "
    "Uw Kamer ontvangt daarover een overzicht."
)


@pytest.fixture(scope="module")
def letter(tiny_model):
    return mhnlp.classify(TEXT, model=tiny_model)


@pytest.fixture(scope="module")
def explained(letter):
    return letter[0].explain()


def log_odds(probability):
    return np.log(probability / (1 - probability))


def test_labels_that_a_passage_has_are_explained(explained, letter):
    assert list(explained) == [*letter[0].pillars, letter[0].sentiment] == ["shelter", "negative"]
    assert explained["shelter"].probability == letter[0].probabilities["shelter"]
    assert explained["shelter"].threshold is not None
    assert explained["negative"].threshold is None
    assert len(explained) == 2
    with pytest.raises(KeyError):
        explained["prevention"]


def test_sentence_that_carries_a_label_comes_first(explained):
    assert explained["shelter"].sentence.text.startswith("In de opvang in Delft")
    assert explained["negative"].sentence.text.startswith("Dat is helaas")
    assert len(explained["negative"].sentences) == 3
    drops = [each.drop for each in explained["negative"].sentences]
    assert drops == sorted(drops, reverse=True)


def test_drop_is_what_leaving_the_sentence_out_costs(explained, tiny_model):
    carrier = explained["shelter"].sentence
    without = tiny_model.predict([TEXT.replace(carrier.text, "").strip()]).loc[0, "p_shelter"]
    assert carrier.drop == pytest.approx(explained["shelter"].probability - without, abs=1e-12)


def test_offsets_are_those_of_the_text(explained):
    for evidence in explained.values():
        for part in (*evidence.sentences, *evidence.words):
            assert explained.text[part.start : part.end] == part.text


def test_words_for_and_against_are_sorted_and_apart(explained):
    found = explained["shelter"]
    assert "opvang" in {word.text for word in found.words_for()}
    assert [word.weight for word in found.words_for(9)] == sorted((w.weight for w in found.words_for(9)), reverse=True)
    assert all(word.weight < 0 for word in found.words_against())
    assert len(found.words_for(2)) == 2
    assert "." not in {word.text for word in found.words}


def test_ngram_weights_of_a_pillar_sum_to_its_log_odds(tiny_model):
    classifier = tiny_model.classifier
    words = [(0, 0)] * len(tokenise([TEXT])[0])
    weights, _ = weigh(classifier, TEXT, classifier.predict_proba([TEXT])[0], words=words, sentences=[])
    calibrator = classifier.calibrator_
    empty = classifier.scorer_.intercept_
    base = calibrator.intercept_ + (calibrator.coef_ / calibrator.scale_) @ (empty - calibrator.mean_)
    logits = log_odds(classifier.predict_proba([TEXT])[0])
    n = len(SCHEME.pillars)
    np.testing.assert_allclose((weights.sum(axis=0) + base)[:n], logits[:n], rtol=1e-4)


def test_label_that_a_passage_has_not_is_explained_when_asked_for(letter):
    found = letter[0].explain(labels=["prevention"])
    assert list(found) == ["prevention"]
    assert not found["prevention"].given
    assert found["prevention"].probability < found["prevention"].threshold
    assert "not prevention" in repr(found)


def test_unknown_label_is_refused(letter):
    with pytest.raises(ValueError, match=r"\['shelters'\] are no labels; the labels are prevention"):
        letter[0].explain(labels=["shelters"])


@pytest.mark.parametrize("text", ["", " \n "])
def test_empty_text_is_refused(text, tiny_model):
    with pytest.raises(TextError, match="nothing to explain"):
        explain(text, model=tiny_model)


@pytest.mark.parametrize("text", ["Opvang.", "!", "木", "De opvang  is\nvol."])
def test_short_and_odd_texts_are_explained(text, shipped_model):
    found = explain(text, model=shipped_model, labels=SCHEME.labels)
    assert list(found) == list(SCHEME.labels)
    assert all(np.isfinite(word.weight) for each in found.values() for word in each.words)
    assert found["shelter"].sentence.text == " ".join(text.split())


def test_table_has_a_row_a_word_of_each_label(explained):
    table = explained.to_frame()
    assert table.columns.tolist() == [
        *("label", "probability", "threshold", "sentence", "drop", "word", "start", "end", "weight")
    ]
    assert len(table) == sum(len(each.words) for each in explained.values())
    row = table[(table["label"] == "shelter") & (table["word"] == "opvang")].iloc[0]
    assert row["sentence"].startswith("In de opvang")


def test_text_and_page_tell_labels_sentences_and_words(explained):
    for view in (repr(explained), explained._repr_html_()):
        assert "shelter" in view
        assert "opvang" in view
        assert f"{explained['shelter'].threshold:.2f}" in view
    assert "<b>" not in explain("De <b>opvang</b> is vol.", labels=["shelter"])._repr_html_().replace("<b style", "")


def test_evidence_stands_in_the_table_when_asked_for(letter):
    plain, table = letter.to_frame(), letter.to_frame(evidence=True)
    assert set(table) - set(plain) == {*(f"evidence_{pillar}" for pillar in SCHEME.pillars), "evidence_sentiment"}
    assert table.loc[0, "evidence_shelter"].startswith("In de opvang")
    assert table.loc[0, "evidence_sentiment"].startswith("Dat is helaas")
    assert table.loc[0, "evidence_prevention"] == ""


def test_neutral_passage_has_no_sentence_that_carries_its_sentiment(tiny_model):
    table = mhnlp.classify(
        "De recherche in Assen vervolgde 12 verdachten van uitbuiting. Uw Kamer ontvangt daarover een overzicht.",
        model=tiny_model,
    ).to_frame(evidence=True)
    assert table.loc[0, "sentiment"] == "neutral"
    assert table.loc[0, "evidence_sentiment"] == ""
    assert table.loc[0, "evidence_investigation"].startswith("De recherche")


def test_page_of_a_letter_marks_the_sentences_that_carry_labels(letter):
    assert "<sup" in letter.to_html(evidence=True)
    assert "<sup" not in letter.to_html()


def test_letter_finds_its_model_again_after_pickling(letter, explained):
    copy = pickle.loads(pickle.dumps(letter))  # noqa: S301 - our own bytes
    assert copy[0].explain() == explained
    assert pickle.loads(pickle.dumps(explained)) == explained  # noqa: S301


def test_letter_of_a_shipped_model_finds_it_in_a_new_process(tmp_path):
    path = tmp_path / "letter.pickle"
    path.write_bytes(pickle.dumps(mhnlp.classify("De opvang van slachtoffers is helaas vol.", model="fast")))
    code = f"import pickle; print(list(pickle.load(open({str(path)!r}, 'rb'))[0].explain()))"
    found = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert "shelter" in found.stdout


def test_model_that_is_gone_is_told_in_words():
    with pytest.raises(ModelError, match=r"'0000'.*load it with load_model\(folder\)"):
        find_model("0000")


def test_another_model_can_be_asked(letter, shipped_model):
    found = explain(letter[0], model="accurate")
    assert found.model == shipped_model.fingerprint != letter.model


def test_nearest_coded_passages_are_found_when_asked_for(corpus):
    text = corpus[1].text
    near = explain(text, model="fast", labels=["shelter"]).neighbours
    assert len(near) == 5
    assert all(each.text != text for each in near)
    similarities = [each.similarity for each in near]
    assert similarities == sorted(similarities, reverse=True)
    assert 0 < similarities[-1] <= similarities[0] <= 1
