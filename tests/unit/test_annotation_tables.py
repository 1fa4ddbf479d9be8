from __future__ import annotations

import csv
import json

import pytest

from mhnlp.annotations.tables import COLUMNS, read_annotations, read_codes, write_table
from mhnlp.errors import AnnotationError


def read_rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def plant(folder, table, row, **cells):
    """Change cells of a record; a new record is added for row None."""
    rows = read_rows(folder / table)
    if row is None:
        rows.append({**rows[-1], **cells})
    else:
        rows[row].update(cells)
    write_table(folder / table, COLUMNS[table], [[own[column] for column in COLUMNS[table]] for own in rows])


def problems(path):
    with pytest.raises(AnnotationError) as caught:
        read_annotations(path)
    return caught.value.problems


def test_folder_without_mistakes_reads_as_it_was_written(corpus_copy, toy_corpus):
    read = read_annotations(corpus_copy)
    assert read.name == "corpus"
    assert read.passages == toy_corpus.passages
    assert read.digest == toy_corpus.digest


@pytest.mark.parametrize(
    ("table", "row", "cells", "message"),
    [
        ("passages.csv", 3, {"pillars": "shelter opvang"}, "'opvang' is no pillar"),
        ("passages.csv", 3, {"pillars": "sheltr"}, "did you mean 'shelter'?"),
        ("passages.csv", 3, {"sentiment": ""}, "exactly one of"),
        ("passages.csv", 3, {"sentiment": "Positief"}, "did you mean 'positive'?"),
        ("passages.csv", 3, {"sentiment": "positive negative"}, "exactly one of"),
        ("passages.csv", 3, {"text": "  "}, "the text is empty"),
        ("passages.csv", 3, {"letter": "b99"}, "is not in letters.csv"),
        ("passages.csv", 3, {"passage": "b00-0"}, "occurs before"),
        ("letters.csv", 3, {"date": "4 maart 2021"}, "YYYY-MM-DD"),
        ("letters.csv", 3, {"date": "2021-02-31"}, "YYYY-MM-DD"),
        ("letters.csv", None, {"letter": "b00"}, "occurs before"),
        ("sentences.csv", 3, {"start": "-1"}, "whole number"),
        ("sentences.csv", 3, {"end": "1,5"}, "whole number"),
        ("sentences.csv", 3, {"praise": "ja"}, "0 or 1"),
        ("sentences.csv", 3, {"criticism": ""}, "0 or 1"),
        ("sentences.csv", 3, {"pillars": "politie"}, "is no pillar"),
        ("sentences.csv", None, {"passage": "b99-9"}, "is not in passages.csv"),
        ("codes.csv", 3, {"pillars": "politie"}, "is no pillar"),
        ("codes.csv", 3, {"sentiment": "boos"}, "exactly one of"),
        ("codes.csv", 3, {"passage": "b99-9"}, "is not in passages.csv"),
    ],
)
def test_mistake_is_reported_with_its_place_value_and_cause(corpus_copy, table, row, cells, message):
    plant(corpus_copy, table, row, **cells)
    line = len(read_rows(corpus_copy / table)) + 1 if row is None else row + 2
    ((column, value),) = cells.items()
    assert any(
        (each.file, each.line, each.column, each.value) == (table, line, column, value) and message in each.message
        for each in problems(corpus_copy)
    )


def test_sentences_must_lie_in_their_text(corpus_copy):
    plant(corpus_copy, "sentences.csv", 0, end="9999")
    assert any("does not fit its text" in each.message for each in problems(corpus_copy))


def test_sentences_must_not_overlap(corpus_copy):
    plant(corpus_copy, "sentences.csv", 1, start="5")
    assert any("its sentence at 5–" in each.message for each in problems(corpus_copy))


def test_codes_of_sentences_must_make_those_of_their_passage(corpus_copy, toy_corpus):
    first = toy_corpus[0]
    other = "shelter" if first.pillars != ("shelter",) else "prevention"
    plant(corpus_copy, "passages.csv", 0, pillars=other, sentiment="mixed")
    found = {(each.line, each.column): each.message for each in problems(corpus_copy)}
    assert found[2, "pillars"] == f"its sentences are coded {' '.join(first.pillars)}"
    assert found[2, "sentiment"] == f"its sentences make it {first.sentiment}"


def test_all_mistakes_of_all_tables_are_reported_at_once_in_order(corpus_copy):
    plant(corpus_copy, "letters.csv", 2, date="gisteren")
    plant(corpus_copy, "passages.csv", 5, text="")
    plant(corpus_copy, "passages.csv", 1, sentiment="boos")
    plant(corpus_copy, "sentences.csv", 9, praise="2")
    plant(corpus_copy, "codes.csv", 7, pillars="politie")
    found = [(each.file, each.line, each.column) for each in problems(corpus_copy)]
    for planted in [
        ("codes.csv", 9, "pillars"),
        ("letters.csv", 4, "date"),
        ("passages.csv", 3, "sentiment"),
        ("passages.csv", 7, "text"),
        ("sentences.csv", 11, "praise"),
    ]:
        assert planted in found
    assert [place[:2] for place in found] == sorted(place[:2] for place in found)


def test_message_shows_twenty_problems_and_counts_the_rest(corpus_copy):
    for row in range(25):
        plant(corpus_copy, "codes.csv", row, sentiment="boos")
    with pytest.raises(AnnotationError, match=r"and 5 more, in the attribute `problems`") as caught:
        read_annotations(corpus_copy)
    assert len(caught.value.problems) == 25
    assert "codes.csv, line 2, column sentiment: " in str(caught.value)
    assert "(found 'boos')" in str(caught.value)


@pytest.mark.parametrize("table", COLUMNS)
def test_missing_table_is_named(corpus_copy, table):
    (corpus_copy / table).unlink()
    (problem,) = problems(corpus_copy)
    assert problem.file.endswith(table)
    assert problem.message == "there is no such file"


def test_missing_column_is_named_with_those_there_are(corpus_copy):
    write_table(corpus_copy / "letters.csv", ("letter", "sender"), [("b00", "x")])
    found = problems(corpus_copy)
    assert {each.column for each in found} == set(COLUMNS["letters.csv"]) - {"letter", "sender"}
    assert all("there are letter, sender" in each.message for each in found)


def test_record_with_too_few_cells_is_named_by_its_line(tmp_path):
    path = tmp_path / "eigen.csv"
    path.write_text('text,pillars,sentiment\n"Een\ntwee",,neutral\nDrie,shelter\n', encoding="utf-8")
    (problem,) = problems(path)
    assert (problem.line, problem.message) == (4, "has 2 cells, and the header has 3")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_of_a_dutch_spreadsheet_are_read(tmp_path, encoding, delimiter):
    path = tmp_path / "eigen.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(["Text", " pillars ", "SENTIMENT", "document"])
        writer.writerow(
            ["De coördinatie, één; zwakte.\tEcht.\nTweede regel.", "shelter prevention", "negative", "brief 1"]
        )
    (passage,) = read_annotations(path)
    assert passage.text == "De coördinatie, één; zwakte.\tEcht.\nTweede regel."
    assert (passage.pillars, passage.sentiment) == (("prevention", "shelter"), "negative")
    assert (passage.id, passage.letter) == ("eigen-2", "brief 1")


@pytest.mark.parametrize("separator", [" ", ", ", ";", "|", "#", "+", "/", "\n"])
def test_pillars_may_be_separated_in_many_ways(tmp_path, separator):
    path = tmp_path / "eigen.csv"
    write_table(
        path, ("text", "pillars", "sentiment"), [("tekst", separator.join(["shelter", "prevention"]), "neutral")]
    )
    assert read_annotations(path)[0].pillars == ("prevention", "shelter")


def test_json_lines_with_other_names_and_lists_are_read(tmp_path):
    path = tmp_path / "eigen.jsonl"
    records = [
        {"id": "x-1", "document": "x", "text": "De opvang.", "pillars": ["shelter"], "sentiment": "neutral", "year": 1},
        {"id": "x-2", "document": "x", "text": "Niets.", "pillars": None, "sentiment": "positive", "heading": "Kop"},
    ]
    path.write_text("\n\n".join(map(json.dumps, records)), encoding="utf-8")
    first, second = read_annotations(path)
    assert (first.id, first.letter, first.pillars) == ("x-1", "x", ("shelter",))
    assert (second.pillars, second.sentiment, second.heading) == ((), "positive", "Kop")


@pytest.mark.parametrize(
    ("line", "message"), [("{", "is no JSON"), ("[1]", "is no JSON object"), ("3", "no JSON object")]
)
def test_line_that_is_no_json_object_is_named(tmp_path, line, message):
    path = tmp_path / "eigen.jsonl"
    path.write_text(f'{{"text": "a", "pillars": [], "sentiment": "neutral"}}\n{line}\n', encoding="utf-8")
    (problem,) = problems(path)
    assert (problem.file, problem.line) == ("eigen.jsonl", 2)
    assert message in problem.message


@pytest.mark.parametrize("content", ["", "text,pillars,sentiment\n"])
def test_file_without_passages_is_refused(tmp_path, content):
    path = tmp_path / "leeg.csv"
    path.write_text(content, encoding="utf-8")
    assert "it holds no passages" in [each.message for each in problems(path)]


def test_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "eigen.csv"
    path.write_bytes(b"PK\x03\x04\x00\x00")
    assert "it cannot be read" in problems(path)[0].message


def test_very_long_text_is_read(tmp_path):
    path = tmp_path / "eigen.csv"
    text = "opvang " * 20_000
    write_table(path, ("text", "pillars", "sentiment"), [(text, "", "neutral")])
    assert read_annotations(path)[0].text == text


def test_passages_without_a_letter_each_count_as_one(tmp_path):
    path = tmp_path / "eigen.csv"
    write_table(path, ("text", "pillars", "sentiment"), [("een", "", "neutral"), ("twee", "", "neutral")])
    assert len(set(read_annotations(path).letters)) == 2


def test_codes_are_given_by_coder_and_passage(corpus_copy, toy_corpus):
    codes = read_codes(corpus_copy)
    assert set(codes) == {"A", "B"}
    assert codes["A"][toy_corpus[3].id] == (toy_corpus[3].pillars, toy_corpus[3].sentiment)
    assert codes["B"][toy_corpus[0].id][1] == "mixed"


def test_passage_coded_twice_by_one_coder_is_reported(corpus_copy):
    plant(corpus_copy, "codes.csv", 1, passage="b00-0")
    with pytest.raises(
        AnnotationError, match=r"codes.csv, line 3, column passage: coder 'A' coded this passage before"
    ):
        read_codes(corpus_copy)


def test_shipped_corpus_has_no_mistakes_and_every_table_its_columns(corpus):
    assert len(corpus) > 3000
    assert len(set(corpus.letters)) > 250
    assert min(corpus.support().values()) > 100
