from __future__ import annotations

import csv

import pytest

from mhnlp.annotations.adjudication import adjudicate, disagreements
from mhnlp.annotations.coded import CodedPassage, CodedPassages
from mhnlp.annotations.tables import read_annotations
from mhnlp.errors import AnnotationError, MhnlpError

ROWS = [
    ("p1", "anna", ("shelter",), "neutral", ""),
    ("p1", "bert", ("shelter",), "neutral", ""),
    ("p2", "anna", ("shelter",), "negative", "regel 9"),
    ("p2", "bert", ("shelter",), "mixed", ""),
    ("p3", "anna", (), "neutral", ""),
    ("p3", "bert", ("prevention", "shelter"), "positive", ""),
    ("p4", "anna", ("prevention",), "neutral", ""),
]


@pytest.fixture
def coded():
    records = [
        CodedPassage(name, "b1", f"Tekst {name}; “één”.", coder, pillars, sentiment, "2024-01-02", "Kop", reason=reason)
        for name, coder, pillars, sentiment, reason in ROWS
    ]
    return CodedPassages("coded.csv", tuple(records))


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def decide(path, *changes, delimiter=","):
    """Fill in a file of disagreements: a change a row, in the order of the file."""
    rows = rows_of(path)
    rows = [{**row, **change} for row, change in zip(rows, changes, strict=True) if change is not None]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def desk(coded, tmp_path):
    disagreements(coded, out=tmp_path / "decide.csv")
    return tmp_path / "decide.csv"


def test_disagreements_stand_side_by_side_the_most_divided_first(coded):
    frame = disagreements(coded)
    assert list(frame["id"]) == ["p3", "p2"]
    first, second = frame.to_dict("records")
    assert first["differ"] == "pillars sentiment"
    assert (first["anna: pillars"], first["bert: pillars"]) == ("none", "prevention shelter")
    assert (first["pillars"], first["sentiment"], first["take"]) == ("", "", "")
    assert (second["differ"], second["pillars"], second["sentiment"]) == ("sentiment", "shelter", "")
    assert (second["anna: reason"], second["text"], second["date"]) == ("regel 9", "Tekst p2; “één”.", "2024-01-02")


def test_blinded_disagreements_name_nobody_and_number_the_coders_anew(coded):
    frame = disagreements(coded, blind=True)
    assert not any("anna" in name or "bert" in name for name in frame.columns)
    many = CodedPassages(
        "x",
        tuple(
            CodedPassage(f"p{index}", "", "x", coder, (pillar,), "neutral")
            for index in range(40)
            for coder, pillar in (("anna", "shelter"), ("bert", "prevention"))
        ),
    )
    firsts = disagreements(many, blind=True)["coder 1: pillars"].value_counts()
    assert firsts.min() > 8
    assert disagreements(many, blind=True).equals(disagreements(many, blind=True))


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_decisions_come_back_with_their_reasons(coded, desk, tmp_path, delimiter):
    decide(
        desk,
        {"take": "bert", "reason": "regel 4"},
        {"sentiment": "negatief", "reason": "zie codeboek"},
        delimiter=delimiter,
    )
    final = adjudicate(coded, desk)
    found = {each.id: (each.coder, each.codes, each.reason) for each in final}
    assert found == {
        "p1": ("final", (("shelter",), "neutral"), ""),
        "p2": ("final", (("shelter",), "negative"), "zie codeboek"),
        "p3": ("final", (("prevention", "shelter"), "positive"), "regel 4"),
        "p4": ("anna", (("prevention",), "neutral"), ""),
    }
    corpus = read_annotations(final.save(tmp_path / "final.csv"))
    assert [each.id for each in corpus] == ["p1", "p2", "p3", "p4"]


def test_decisions_may_name_codes_that_no_coder_gave(coded, desk):
    decide(desk, {"pillars": "geen", "sentiment": "mixed"}, {"pillars": "signalering", "sentiment": "neutral"})
    found = {each.id: each.codes for each in adjudicate(coded, desk)}
    assert found["p3"] == ((), "mixed")
    assert found["p2"] == (("signalling",), "neutral")


def test_blinded_workbook_is_decided_by_number(coded, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    path = tmp_path / "decide.xlsx"
    frame = disagreements(coded, out=path, blind=True)
    book = openpyxl.load_workbook(path)
    sheet = book["decide"]
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    take, sentiment = (
        openpyxl.utils.get_column_letter(list(frame.columns).index(name) + 1) for name in ("take", "sentiment")
    )
    assert rules[f"{take}2:{take}3"] == '"coder 1,coder 2"'
    assert rules[f"{sentiment}2:{sentiment}3"] == '"positive,negative,mixed,neutral"'
    for row in (2, 3):
        sheet[f"{take}{row}"] = "coder 2"
    book.save(path)
    found = {each.id: each for each in adjudicate(coded, path)}
    for row in frame.to_dict("records"):
        assert found[row["id"]].sentiment == row["coder 2: sentiment"]
        assert " ".join(found[row["id"]].pillars) == row["coder 2: pillars"].replace("none", "")


def test_passages_that_are_decided_already_stay_as_they_are(coded):
    final = CodedPassage("p2", "b1", "Tekst", "final", ("shelter",), "mixed")
    assert list(disagreements(CodedPassages("x", (*coded, final)))["id"]) == ["p3"]


@pytest.mark.parametrize(
    ("change", "column", "value", "message"),
    [
        ({}, "pillars", "", "is undecided: fill in take, or pillars and sentiment (none: no pillar)"),
        ({"pillars": "shelter"}, "sentiment", "", "is undecided: fill in take, or sentiment"),
        ({"sentiment": "mixed"}, "pillars", "", "is undecided: fill in take, or pillars (none: no pillar)"),
        ({"take": "carla"}, "take", "carla", "no coder of this name; there are anna, bert"),
        ({"take": "anna", "sentiment": "mixed"}, "sentiment", "mixed", "is decided twice: take says 'neutral'"),
        ({"take": "anna", "pillars": "shelter"}, "pillars", "shelter", "is decided twice: take says 'none'"),
        ({"pillars": "sheltr", "sentiment": "mixed"}, "pillars", "sheltr", "did you mean 'shelter'?"),
        ({"pillars": "none", "sentiment": "mixed neutral"}, "sentiment", "mixed neutral", "exactly one sentiment"),
        ({"pillars": "none shelter", "sentiment": "mixed"}, "pillars", "none shelter", "says no pillar, and names one"),
        ({"id": "p9", "take": "anna"}, "id", "p9", "the coders do not differ on a passage of this id"),
        ({"id": "p2", "take": "anna"}, "id", "p2", "is decided twice: here, and in line 2"),
        (None, "id", "p3", "is undecided: its row is missing"),
    ],
)
def test_bad_decision_is_reported_at_its_place(coded, desk, *, change, column, value, message):
    decide(desk, change, {"take": "anna"})
    with pytest.raises(AnnotationError) as caught:
        adjudicate(coded, desk)
    assert any(
        (each.file, each.column, each.value) == ("decide.csv", column, value) and message in each.message
        for each in caught.value.problems
    ) or ("decided twice: here" in message and "decided twice: here" in str(caught.value))


def test_every_bad_decision_is_reported_at_once(coded, desk):
    decide(desk, {}, {})
    with pytest.raises(AnnotationError) as caught:
        adjudicate(coded, desk)
    assert [each.line for each in caught.value.problems] == [2, 3]


def test_file_that_is_no_file_of_decisions_is_told(coded, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("id,text\np1,x\n", encoding="utf-8")
    with pytest.raises(AnnotationError, match="the columns take, pillars, sentiment, reason are missing"):
        adjudicate(coded, path)
    with pytest.raises(MhnlpError, match=r"written as .csv or .xlsx, not as .txt"):
        disagreements(coded, out=tmp_path / "x.txt")
    with pytest.raises(AnnotationError, match="no such file"):
        adjudicate(coded, tmp_path / "weg.csv")


def test_files_do_as_well_as_values(coded, tmp_path):
    path = coded.save(tmp_path / "coded.csv")
    disagreements(path, out=tmp_path / "decide.csv")
    decide(tmp_path / "decide.csv", {"take": "anna"}, {"take": "anna"})
    assert [each.codes for each in adjudicate(path, tmp_path / "decide.csv")] == [
        each.codes for each in coded.by("anna")
    ]


def test_coders_who_agree_leave_nothing_to_decide(coded, tmp_path):
    anna = coded.by("anna")
    frame = disagreements(anna, out=tmp_path / "decide.csv")
    assert len(frame) == 0
    assert len(adjudicate(anna, tmp_path / "decide.csv")) == 4
