from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pandas as pd
import pytest

from mhnlp.annotations.coded import CodedPassage, CodedPassages
from mhnlp.annotations.exporting import FORMATS, as_coded, export_annotations, label_studio_config
from mhnlp.annotations.importing import import_annotations, read_passages
from mhnlp.errors import AnnotationError, MhnlpError
from mhnlp.labels import SCHEME, LabelScheme
from mhnlp.pipeline import classify

DATA = Path(__file__).parents[1] / "data" / "annotations"


@pytest.fixture
def coded():
    return import_annotations(DATA / "doccano-per-coder-csv.zip")


@pytest.mark.parametrize("name", FORMATS)
def test_labels_are_hidden_by_default(coded, tmp_path, name):
    path = export_annotations(coded, tmp_path / f"tasks{FORMATS[name]}", format=name)
    passages = read_passages(path)
    assert [each.id for each in passages] == list(dict.fromkeys(each.id for each in coded))
    assert {(each.pillars, each.sentiment, each.reason) for each in passages} == {((), "", "")}
    with pytest.raises(AnnotationError, match=r"no coded passages \(left out: not"):
        import_annotations(path)


def test_label_studio_reads_the_tasks_as_its_own(coded, tmp_path):
    path = export_annotations(coded, tmp_path / "tasks.json", format="label-studio", prefill=True)
    first = json.loads(path.read_text(encoding="utf-8"))[0]
    assert set(first) == {"data", "predictions"}
    assert "id" not in first["data"]
    assert [each["model_version"] for each in first["predictions"]] == ["codeur-a", "codeur-b"]
    names = {(each.get("name"), each.tag) for each in ET.fromstring(label_studio_config())}  # noqa: S314 - our own
    used = {each["from_name"] for each in first["predictions"][0]["result"]}
    assert used <= {name for name, _ in names}


def test_configuration_offers_every_label_of_the_scheme():
    scheme = LabelScheme(("housing", "labour"), ("good", "bad"))
    root = ET.fromstring(label_studio_config(scheme))  # noqa: S314 - our own
    pillars, sentiments = root.findall("Choices")
    assert [each.get("value") for each in pillars] == list(scheme.pillars)
    assert [each.get("value") for each in sentiments] == list(scheme.sentiments)
    assert (pillars.get("choice"), sentiments.get("choice"), sentiments.get("required")) == (
        "multiple",
        "single",
        "true",
    )


def test_prefilled_labels_of_several_coders_go_where_there_is_room(coded, tmp_path):
    for name in ("doccano", "prodigy"):
        with pytest.raises(MhnlpError, match="takes the labels of one coder, and there are codeur-a, codeur-b"):
            export_annotations(coded, tmp_path / "x.jsonl", format=name, prefill=True)
    assert not (tmp_path / "x.jsonl").exists()


def test_workbook_has_lists_to_choose_from(coded, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    path = export_annotations(coded, tmp_path / "codeer.xlsx")
    sheet = openpyxl.load_workbook(path)["passages"]
    header = [cell.value for cell in sheet[1]]
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    letter = openpyxl.utils.get_column_letter(header.index("sentiment") + 1)
    assert rules[f"{letter}2:{letter}9"] == '"positive,negative,mixed,neutral"'
    assert [name for name in header if name in {*SCHEME.pillars, "none"}] == [*SCHEME.pillars, "none"]
    assert sum(formula == '"x"' for formula in rules.values()) == 6
    for row in range(2, 10):
        sheet.cell(row, header.index("shelter") + 1).value = "x"
        sheet.cell(row, header.index("sentiment") + 1).value = "negative"
    sheet.parent.save(path)
    back = import_annotations(path, coder="anna")
    assert {each.codes for each in back} == {(("shelter",), "negative")}
    assert [each.text for each in back] == [each.text for each in coded.by("codeur-a")]


def test_text_that_looks_like_a_formula_stays_a_text(tmp_path):
    frame = pd.DataFrame({"id": ["007", "08"], "text": ["=1+1", "-2"]})
    passages = read_passages(export_annotations(frame, tmp_path / "x.xlsx"))
    assert [(each.id, each.text) for each in passages] == [("007", "=1+1"), ("08", "-2")]


def test_characters_that_xml_cannot_hold_come_back(tmp_path):
    texts = ["een\x01twee", "een\rtwee", "_x0041_ blijft", "regel\nen\ttab"]
    frame = pd.DataFrame({"id": list("abcd"), "text": texts})
    assert [each.text for each in read_passages(export_annotations(frame, tmp_path / "x.xlsx"))] == texts
    half = CodedPassages("half", (CodedPassage("a", "b", "half \ud83d teken", "", (), ""),))
    assert read_passages(export_annotations(half, tmp_path / "y.xlsx"))[0].text == "half \ufffd teken"


def test_text_longer_than_a_cell_is_refused_by_name(tmp_path):
    frame = pd.DataFrame({"id": ["p1"], "text": ["x" * 40_000]})
    with pytest.raises(MhnlpError, match=r"the text of 'p1' has 40000 characters, .* export to .csv or .jsonl"):
        export_annotations(frame, tmp_path / "x.xlsx")
    assert not (tmp_path / "x.xlsx").exists()


def test_missing_package_is_named_with_its_extra(coded, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(MhnlpError, match=r"xlsxwriter: pip install 'mhnlp\[excel\]'"):
        export_annotations(coded, tmp_path / "x.xlsx")


@pytest.mark.parametrize(("path", "name"), [("x.txt", None), ("x.jsonl", None), ("x.csv", "spss")])
def test_unknown_format_is_told_with_those_there_are(coded, tmp_path, path, name):
    with pytest.raises(MhnlpError, match="name the format to write, one of doccano, label-studio, prodigy, csv, excel"):
        export_annotations(coded, tmp_path / path, format=name)


def test_labelled_letters_corpora_tables_and_files_are_exported(letter_text, tiny_model, toy_corpus, tmp_path):
    labelled = classify([letter_text, letter_text.replace("Delft", "Breda")], model=tiny_model)
    of_letters = as_coded(labelled)
    assert len({each.id for each in of_letters}) == len(of_letters) == 4
    assert of_letters[0].sentiment == labelled[0][0].sentiment
    assert as_coded(labelled[0])[0].text == labelled[0][0].text
    of_corpus = as_coded(toy_corpus)
    assert of_corpus.to_corpus().support() == toy_corpus.support()
    predicted = tiny_model.predict(["In de opvang in Delft zijn 40 plaatsen voor slachtoffers."])
    of_table = as_coded(predicted.assign(text=["In de opvang."], letter=[None]))
    assert (of_table[0].pillars, of_table[0].letter) == (("shelter",), "")
    path = export_annotations(toy_corpus, tmp_path / "x.csv", prefill=True)
    assert len(as_coded(path)) == len(toy_corpus)


def test_corpus_folder_is_exported(corpus_copy, toy_corpus, tmp_path):
    path = export_annotations(corpus_copy, tmp_path / "x.csv", prefill=True)
    assert as_coded(path).to_corpus().support() == toy_corpus.support()


def test_table_without_texts_is_refused():
    with pytest.raises(AnnotationError, match="no column holds the text"):
        as_coded(pd.DataFrame({"naam": ["x"]}))
