from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from pathlib import Path

import pytest

from mhnlp.annotations.importing import import_annotations, read_passages
from mhnlp.annotations.tables import read_annotations, write_table
from mhnlp.errors import AnnotationError, MhnlpError
from mhnlp.labels import LabelScheme

DATA = Path(__file__).parents[1] / "data" / "annotations"

# What the two coders of the fixtures gave, as in tools/annotation_fixtures/passages.py.
CODES = {
    "brief-01-1": ((("shelter",), "negative"), (("shelter",), "negative")),
    "brief-01-2": ((("shelter",), "neutral"), (("signalling", "shelter"), "neutral")),
    "brief-01-3": ((("prevention",), "positive"), (("prevention",), "positive")),
    "brief-02-1": ((("investigation",), "neutral"), (("investigation",), "neutral")),
    "brief-02-2": ((("signalling",), "mixed"), (("signalling",), "negative")),
    "brief-02-3": ((("investigation", "international"), "neutral"), (("investigation", "international"), "neutral")),
    "brief-03-1": (((), "neutral"), ((), "neutral")),
    "brief-03-2": (((), "neutral"), None),
}
TOOLS = {
    "doccano-per-coder-jsonl.zip": ("codeur-a", "codeur-b"),
    "doccano-per-coder-confirmed-jsonl.zip": ("codeur-a", "codeur-b"),
    "doccano-per-coder-csv.zip": ("codeur-a", "codeur-b"),
    "doccano-per-coder-json.zip": ("codeur-a", "codeur-b"),
    "label-studio-json.json": ("1", "2"),
    "label-studio-json-min.json": ("1", "2"),
    "label-studio-csv.csv": ("1", "2"),
    "label-studio-tsv.tsv": ("1", "2"),
    "prodigy-choice.jsonl": ("brieven-codeur-a", "brieven-codeur-b"),
}


def write(path, content, encoding="utf-8"):
    path.write_bytes(content.encode(encoding))
    return path


def lines(path, records):
    return write(path, "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in records))


def problems(*arguments, **options):
    with pytest.raises(AnnotationError) as caught:
        import_annotations(*arguments, **options)
    return caught.value.problems


def only_problem(*arguments, **options):
    (problem,) = problems(*arguments, **options)
    return problem


@pytest.mark.parametrize("name", TOOLS)
def test_export_of_a_tool_gives_the_codes_of_each_coder(name):
    coded = import_annotations(DATA / name)
    assert coded.coders == TOOLS[name]
    found = {(each.id, each.coder): each.codes for each in coded}
    expected = {
        (passage, coder): codes
        for passage, own in CODES.items()
        for coder, codes in zip(TOOLS[name], own, strict=True)
        if codes
    }
    assert found == expected
    first = next(each for each in coded if each.id == "brief-02-2")
    assert (first.letter, first.date) == ("brief-02", "2024-03-05")
    assert first.text.endswith("apps 📱 en sociale media.")
    assert next(each.text for each in coded if each.id == "brief-01-3").count("\n") == 1


@pytest.mark.parametrize("name", [name for name in TOOLS if not name.startswith("prodigy")])
def test_comments_of_coders_are_kept(name):
    reasons = {each.id: each.reason for each in import_annotations(DATA / name) if each.reason}
    assert reasons == {"brief-02-2": "regel 12", "brief-01-2": "telt dit als cijfer?"}


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("doccano-per-coder-jsonl.zip", ["not labelled"]),
        ("doccano-per-coder-confirmed-jsonl.zip", []),
        ("label-studio-json.json", ["skipped by the coder", "not annotated"]),
        ("label-studio-json-min.json", ["not annotated"]),
        ("prodigy-choice.jsonl", ["ignored by the coder"]),
    ],
)
def test_what_is_no_annotation_is_left_out_and_told(name, left):
    notices = import_annotations(DATA / name).notices
    assert [each.message.removeprefix("left out: ") for each in notices] == left


def test_labels_that_doccano_merged_are_told():
    problem = only_problem(DATA / "doccano-shared-jsonl.zip")
    assert (problem.file, problem.line, problem.column) == ("doccano-shared-jsonl.zip/all.jsonl", 5, "label")
    assert "2 sentiments (negative, mixed)" in problem.message
    assert "several coders, export them apart" in problem.message


def test_merged_labels_without_conflict_are_read_with_a_notice(tmp_path):
    path = lines(tmp_path / "all.jsonl", [{"id": 1, "text": "a", "label": ["opvang", "neutraal"], "Comments": []}])
    (notice,) = import_annotations(path).notices
    assert "doccano merged the labels of all annotators" in notice.message


def test_coders_can_be_renamed():
    coded = import_annotations(DATA / "label-studio-json.json", coders={"1": "anna", "2": "bert"})
    assert coded.coders == ("anna", "bert")


@pytest.mark.parametrize(
    ("name", "wrong"), [("label-studio-csv.csv", "prodigy"), ("label-studio-json.json", "csv"), ("x.csv", "spss")]
)
def test_named_format_is_kept_to(name, wrong):
    with pytest.raises(MhnlpError, match=r"is no JSON|no column holds the text|'spss' is no format"):
        import_annotations(DATA / name, format=wrong)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_table_of_any_encoding_and_delimiter(tmp_path, encoding, delimiter, ends):
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=ends)
    writer.writerow(["Nr", "Brief", "Datum", "Tekst", "Pijlers", "Toon", "Opmerking"])
    writer.writerow(
        ["7", "brief 1", "2024-05-06", "Coördinatie, één; zwak.\tEcht.", "Opvang/Preventie", "negatief", "x"]
    )
    (own,) = import_annotations(write(tmp_path / "anna.csv", stream.getvalue(), encoding))
    assert (own.id, own.letter, own.date, own.coder, own.reason) == ("7", "brief 1", "2024-05-06", "anna", "x")
    assert own.text == "Coördinatie, één; zwak.\tEcht."
    assert own.codes == (("prevention", "shelter"), "negative")


@pytest.mark.parametrize("mark", ["x", "X", "1", "ja", "✓", "opvang"])
def test_marks_in_a_column_a_pillar(tmp_path, mark):
    content = f"tekst;preventie;opvang;geen;sentiment\nEen.;;{mark};;neutraal\nTwee.;0;nee;x;positief\n"
    first, second = import_annotations(write(tmp_path / "a.csv", content))
    assert (first.pillars, second.pillars) == (("shelter",), ())


def test_marks_in_columns_of_sentiments(tmp_path):
    content = "tekst;pijler:opvang;positief;negatief;gemengd;neutraal\nEen.;x;;x;;\n"
    (own,) = import_annotations(write(tmp_path / "a.csv", content))
    assert own.codes == (("shelter",), "negative")


def test_header_of_two_rows_below_a_title(tmp_path):
    content = (
        "Codering brieven mensenhandel;;;;;;\n;;;;;;\nBrief;Tekst;Pijlers;;;Sentiment;Bron\n"
        ";;preventie;opvang;geen;;\nb1;Een.;;x;;negatief;z\nb1;Twee.;;;?;neutraal;z\n"
    )
    problem = only_problem(write(tmp_path / "a.csv", content))
    assert (problem.line, problem.column, problem.value) == (6, "Pijlers geen", "?")
    first, second = import_annotations(write(tmp_path / "a.csv", content.replace("?", "x")))
    assert (first.letter, first.codes, second.codes) == ("b1", (("shelter",), "negative"), ((), "neutral"))


def test_excel_names_its_delimiter(tmp_path):
    path = write(tmp_path / "a.csv", "sep=;\ntekst;pijlers;toon\nEen, twee.;opvangg;neutraal\n")
    assert only_problem(path).line == 3


def test_columns_that_are_not_used_are_told(tmp_path):
    coded = import_annotations(write(tmp_path / "a.csv", "text,pillars,sentiment,partij\nEen.,,neutral,x\n"))
    assert "columns not used: partij" in str(coded.notices[0])


def workbook(path, rows, *, merge=(), sheets=None):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for title, own in (sheets or {"Blad1": rows}).items():
        sheet = book.create_sheet(title)
        for row in own:
            sheet.append(row)
        for area in merge:
            sheet.merge_cells(area)
    del book["Sheet"]
    book.save(path)
    return path


def test_excel_with_merged_cells_numbers_and_dates(tmp_path):
    from datetime import datetime

    rows = [
        ["Codering", None, None, None, None, None],
        ["Brief", "Nr", "Datum", "Tekst", "Pijlers", None, "Toon"],
        [None, None, None, None, "opvang", "preventie", None],
        ["b1", 1, datetime(2024, 5, 6), "=Eén.", "x", None, "negatief"],  # noqa: DTZ001 - Excel knows no zones
        [None, 2, datetime(2024, 5, 6), "Twee\nregels.", None, 1, "neutraal"],  # noqa: DTZ001
    ]
    rows[3][3] = "Eén."
    merged = ("A1:F1", "E2:F2", "A4:A5")
    first, second = import_annotations(workbook(tmp_path / "anna.xlsx", rows, merge=merged))
    assert (first.id, first.letter, first.date, first.coder) == ("1", "b1", "2024-05-06", "anna")
    assert (first.codes, second.codes) == ((("shelter",), "negative"), (("prevention",), "neutral"))
    assert (second.letter, second.text) == ("b1", "Twee\nregels.")


def test_bad_cell_of_a_workbook_is_named_by_its_row_and_column(tmp_path):
    rows = [["Tekst", "Pijlers", "Toon"], ["Een.", "opvang", "neutraal"], ["Twee.", "opvan", "neutraal"]]
    problem = only_problem(workbook(tmp_path / "anna.xlsx", rows))
    assert str(problem).startswith("anna.xlsx, row 3, column Pijlers: 'opvan' is no pillar; did you mean 'shelter'")


def test_sheets_of_a_workbook_are_coders(tmp_path):
    rows = [["Tekst", "Pijlers", "Toon"], ["Een.", "opvang", "neutraal"]]
    sheets = {"anna": rows, "bert": rows, "uitleg": [["Lees mij"]]}
    coded = import_annotations(workbook(tmp_path / "codes.xlsx", None, sheets=sheets))
    assert coded.coders == ("anna", "bert")
    assert len({each.id for each in coded}) == 1


def test_what_is_no_workbook_is_told(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<kapot")
    assert "cannot be read as an Excel file" in only_problem(tmp_path / "a.xlsx").message
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04kapot")
    assert "damaged zip" in only_problem(tmp_path / "b.xlsx").message
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("lees.mij", "")
    assert "the zip holds no" in only_problem(tmp_path / "c.zip").message


@pytest.mark.parametrize("package", ["python_calamine"])
def test_missing_package_is_named_with_its_extra(tmp_path, monkeypatch, package):
    path = workbook(tmp_path / "a.xlsx", [["Tekst", "Pijlers", "Toon"]])
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MhnlpError, match=rf"{package}: pip install 'mhnlp\[excel\]'"):
        import_annotations(path)


HEADER = ("id", "letter", "text", "coder", "pillars", "sentiment")
GOOD = ("p1", "b1", "Een tekst.", "anna", "shelter", "neutral")


@pytest.mark.parametrize(
    ("changes", "column", "value", "message"),
    [
        ({"pillars": "shelter sheltr"}, "pillars", "sheltr", "did you mean 'shelter'?"),
        ({"pillars": "opvang; politie"}, "pillars", "politie", "is no pillar"),
        ({"pillars": "none; opvang"}, "pillars", "none; opvang; neutral", "says no pillar, and shelter"),
        ({"pillars": "negatief"}, "pillars", "negatief", "is a sentiment, no pillar"),
        ({"sentiment": "negatif"}, "sentiment", "negatif", "did you mean 'negative' (negatief)?"),
        ({"sentiment": "positief negatief"}, "sentiment", "shelter; positief negatief", "has 2 sentiments"),
        ({"sentiment": ""}, "sentiment", "shelter", "has no sentiment"),
        ({"text": " "}, "text", " ", "the text is empty"),
        ({"coder": ""}, "coder", "", "the coder is missing, and other records name theirs"),
        ({"id": "p0", "text": "Een andere tekst."}, "text", "Een andere tekst.", "'p0' has another text elsewhere"),
        ({"id": "p0", "text": "Nul.", "coder": "bert"}, "id", "p0", "coded by 'bert' before, in eigen.csv, line 2"),
    ],
)
def test_planted_mistake_is_reported_at_its_place(tmp_path, changes, column, value, message):
    bad = tuple(changes.get(name, cell) for name, cell in zip(HEADER, GOOD, strict=True))
    rows = [("p0", "b1", "Nul.", "bert", "", "positive"), ("p2", "b1", "Twee.", "bert", "", "mixed"), bad]
    path = tmp_path / "eigen.csv"
    write_table(path, HEADER, rows)
    problem = only_problem(path)
    assert (problem.file, problem.line, problem.column, problem.value) == ("eigen.csv", 4, column, value)
    assert message in problem.message


def test_every_mistake_of_every_file_is_reported_at_once(tmp_path):
    write_table(
        tmp_path / "anna.csv", HEADER, [("p1", "b", "", "", "sheltr", "boos"), ("p2", "b", "x", "", "", "neutral")]
    )
    lines(tmp_path / "bert.jsonl", [{"text": "Een.", "label": ["opvan"]}, {"text": "Twee.", "label": ["neutraal"]}])
    found = {(each.file, each.line, each.column) for each in problems(tmp_path)}
    assert found == {
        ("anna.csv", 2, "pillars"),
        ("anna.csv", 2, "sentiment"),
        ("anna.csv", 2, "text"),
        ("bert.jsonl", 1, "label"),
    }


def test_rows_of_another_width_are_reported(tmp_path):
    path = write(tmp_path / "a.csv", 'text,pillars,sentiment\n"Een\ntwee",,neutral\nDrie,shelter\nVier,,neutral,x\n')
    assert [(each.line, each.message) for each in problems(path)] == [
        (4, "has 2 cells, and the header has 3"),
        (5, "has 4 cells, and the header has 3"),
    ]


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("", 1, "no column holds the text"),
        ("naam;waarde\na;b\n", 1, "no column holds the text: none is named 'text' or 'tekst'"),
        ('{"text": "a", "label": ["neutraal"]}\n{kapot\n[1]\n', 2, "is no JSON"),
        ('[{"text": "a"}, 3]', 2, "is no JSON object"),
        ("[{]", 1, "is no JSON"),
        ('[{"id": 1, "data": 3, "annotations": []}]', 1, "is not made as label-studio makes it"),
        ('{"text": "a", "accept": ["x"], "options": [3]}', 1, "is not made as prodigy makes it"),
        ("text,pillars,sentiment\n", 1, "it holds no coded passages"),
        ("text,pillars,sentiment\nEen.,,\n", 1, "it holds no coded passages (left out: not labelled)"),
    ],
)
def test_file_that_cannot_be_read_is_told_in_words(tmp_path, content, line, message):
    found = problems(write(tmp_path / "a.json", content))
    assert any(each.line == line and message in each.message for each in found)


def test_missing_file_and_empty_folder_are_told(tmp_path):
    assert "there is no such file" in only_problem(tmp_path / "weg.csv").message
    assert "the folder holds no file" in only_problem(tmp_path).message
    assert "it holds zero bytes" in only_problem(write(tmp_path / "a.csv", "a\0b")).message


def test_label_studio_writes_choices_in_many_ways(tmp_path):
    def task(number, *results, **more):
        answers = [{"from_name": name, "type": "choices", "value": {"choices": own}} for name, own in results]
        return {"id": number, "data": {"tekst": f"Tekst {number}."}, "annotations": [{"result": answers, **more}]}

    tasks = [
        task(11, ("pijlers", ["opvang"]), ("toon", ["negatief"]), completed_by={"email": "a@example.org"}),
        task(12, ("label", ["pijler:opvang", "sentiment:mixed"]), completed_by={"id": 4}),
        task(13, ("toon", ["opvang"]), completed_by=5),
        task(14, ("toon", ["positief"]), completed_by=5, was_cancelled=True),
        {"id": 15, "data": {"tekst": "Vijftien."}, "annotations": [3]},
    ]
    problem = only_problem(write(tmp_path / "a.json", json.dumps(tasks)))
    assert str(problem).startswith("a.json, task 13, column toon: 'opvang' is a pillar, no sentiment")
    first, second = import_annotations(write(tmp_path / "a.json", json.dumps([*tasks[:2], *tasks[3:]])))
    assert (first.coder, first.codes, first.id) == ("a@example.org", (("shelter",), "negative"), "11")
    assert (second.coder, second.codes) == ("4", (("shelter",), "mixed"))


def test_prodigy_options_are_read_by_id_or_by_text(tmp_path):
    options = [{"id": 1, "text": "opvang"}, {"id": 2, "text": "negatief"}]
    record = {"text": "a", "options": options, "accept": [1, 2], "answer": "accept", "_session_id": "set-anna"}
    (own,) = import_annotations(lines(tmp_path / "a.jsonl", [record, {**record, "text": "b", "answer": "reject"}]))
    assert (own.coder, own.codes) == ("set-anna", (("shelter",), "negative"))


def test_one_coder_twice_alike_counts_once(tmp_path):
    row = {"id": "p1", "text": "a", "label": ["neutraal"]}
    coded = import_annotations(lines(tmp_path / "a.jsonl", [row, row]))
    assert len(coded) == 1
    assert "coded by 'a' before, in a.jsonl, line 1, alike" in coded.notices[0].message


def test_several_files_are_several_coders_of_the_same_passages(tmp_path):
    one = write(tmp_path / "anna.csv", "tekst;pijlers;toon\nEen.;opvang;neutraal\n")
    two = write(tmp_path / "bert.csv", "tekst,pijlers,toon\nEen.,geen,neutraal\n")
    first, second = import_annotations([one, two])
    assert first.id == second.id
    assert (first.coder, second.coder) == ("anna", "bert")


def test_numbers_that_begin_anew_in_each_letter_become_ids_of_their_own(tmp_path):
    content = "brief,nr,tekst,pijlers,toon\nb1,1,Een.,,neutraal\nb1,2,Twee.,,neutraal\nb2,1,Drie.,,neutraal\n"
    assert [each.id for each in import_annotations(write(tmp_path / "a.csv", content))] == ["b1-1", "b1-2", "b2-1"]


def test_default_sentiment_own_labels_and_own_scheme(tmp_path):
    path = lines(tmp_path / "a.jsonl", [{"text": "a", "label": ["politie", "twijfel"]}])
    (own,) = import_annotations(path, labels={"politie": "opsporing", "twijfel": ""}, default_sentiment="neutral")
    assert own.codes == (("investigation",), "neutral")
    with pytest.raises(MhnlpError, match="'boos' is no sentiment"):
        import_annotations(path, default_sentiment="boos")
    scheme = LabelScheme(("politie",), ("twijfel", "zeker"))
    assert import_annotations(path, scheme=scheme)[0].codes == (("politie",), "twijfel")


ORIGINAL = (
    "id,letter,date,heading,text\np1,b1,2024-01-02,Kop,De opvang  is\nvol.\np2,b1,2024-01-02,,Er is geld voor opvang.\n"
)


@pytest.fixture
def original(tmp_path):
    content = ORIGINAL.replace("De opvang  is\nvol.", '"De opvang  is\nvol."')
    return write(tmp_path / "passages.csv", content)


def test_original_texts_and_letters_are_put_back_and_told(tmp_path, original):
    rows = [("p1", "De opvang is vol.", "opvang"), ("p2", "Er is gld voor opvang.", "geen")]
    path = tmp_path / "anna.csv"
    write_table(path, ("id", "tekst", "pijlers", "toon"), [(*row, "neutraal") for row in rows])
    first, second = coded = import_annotations(path, original=original)
    assert (first.text, first.letter, first.date, first.heading) == ("De opvang  is\nvol.", "b1", "2024-01-02", "Kop")
    assert second.text == "Er is geld voor opvang."
    assert [(each.line, each.column, each.value) for each in coded.notices] == [
        (2, "text", "is vol."),
        (3, "text", "ld voor opvang."),
    ]
    assert "spaces or line ends differ from" in coded.notices[0].message
    assert "words differ from" in coded.notices[1].message


def test_text_without_an_id_is_found_by_its_words(tmp_path, original):
    path = write(tmp_path / "anna.csv", "tekst,pijlers,toon\nDe opvang is vol.,opvang,negatief\n")
    (own,) = import_annotations(path, original=original)
    assert own.id == "p1"


def test_another_text_under_an_id_and_an_unknown_passage_are_problems(tmp_path, original):
    path = tmp_path / "anna.csv"
    rows = [("p1", "Er is geld voor iets anders.", "", "neutraal"), ("p9", "Onbekend.", "", "neutraal")]
    write_table(path, ("id", "tekst", "pijlers", "toon"), rows)
    first, second = problems(path, original=original)
    assert (first.line, first.column) == (2, "text")
    assert "is another text than that of passage 'p1'" in first.message
    assert (second.line, second.value) == (3, "p9")
    assert "is not among the original passages" in second.message


def test_passages_that_nobody_coded_are_read_as_such(original):
    first, second = read_passages(original)
    assert (first.coder, first.sentiment, first.pillars) == ("", "", ())
    assert second.text == "Er is geld voor opvang."


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_saved_codes_of_one_coder_are_annotations(tmp_path, suffix):
    coded = import_annotations(DATA / "doccano-per-coder-csv.zip")
    path = coded.by("codeur-a").save(tmp_path / f"coded{suffix}")
    corpus = read_annotations(path)
    assert corpus.passages == coded.by("codeur-a").to_corpus().passages
    assert import_annotations(path).records == coded.by("codeur-a").records


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_codes_of_several_coders_are_no_annotations_before_a_decision(tmp_path, suffix):
    coded = import_annotations(DATA / "doccano-per-coder-csv.zip")
    path = coded.save(tmp_path / f"coded{suffix}")
    message = r"7 passages are coded by more than one coder \(codeur-a, codeur-b\); decide .* `mhnlp adjudicate coded"
    with pytest.raises(AnnotationError, match=message):
        read_annotations(path)
    with pytest.raises(AnnotationError, match="more than one coder"):
        coded.to_corpus()
    assert import_annotations(path).records == coded.records


def test_coders_who_shared_the_work_are_annotations(tmp_path):
    path = tmp_path / "eigen.csv"
    write_table(path, HEADER, [("p1", "b", "Een.", "anna", "", "neutral"), ("p2", "b", "Twee.", "bert", "", "neutral")])
    assert len(read_annotations(path)) == 2


def test_coded_passages_as_values(tmp_path):
    coded = import_annotations(DATA / "doccano-per-coder-csv.zip")
    assert repr(coded) == "<CodedPassages 'doccano-per-coder-csv.zip': 8 passages, coders: codeur-a, codeur-b>"
    assert list(coded.to_frame()["coder"].unique()) == ["codeur-a", "codeur-b"]
    with pytest.raises(MhnlpError, match="no passage is coded by 'anna'; the coders are codeur-a, codeur-b"):
        coded.by("anna")
    with pytest.raises(MhnlpError, match=r"written as .csv or .jsonl, not as .txt"):
        coded.save(tmp_path / "a.txt")
