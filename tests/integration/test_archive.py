from __future__ import annotations

import json

import pandas as pd
import pytest

from mhnlp.archive import label_archive, write_frame
from mhnlp.errors import ModelError, ReadingError
from mhnlp.pipeline import classify


@pytest.fixture
def folder(tmp_path, letter_text):
    """Three good letters, six bad ones, and files to pass over."""
    root = tmp_path / "brieven"
    (root / "2021").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / "b.txt").write_text(letter_text, encoding="utf-8")
    (root / "2021" / "a.TXT").write_bytes(letter_text.replace("Delft", "Coevorden é").encode("cp1252"))
    (root / "c.text").write_text(letter_text.replace("40", "41"), encoding="utf-8")
    (root / "leeg.txt").write_text("", encoding="utf-8")
    (root / "nul.txt").write_bytes(b"\x00\x01\x02")
    (root / "engels.txt").write_text("The government has taken several steps, but that is not good. " * 3)
    (root / "kop.txt").write_text("Geachte voorzitter,\n\nHoogachtend,", encoding="utf-8")
    (root / "groot.txt").write_text("De opvang van slachtoffers is vol. " * 60_000, encoding="utf-8")
    (root / ".verborgen.txt").write_text(letter_text, encoding="utf-8")
    (root / ".git" / "x.txt").write_text(letter_text, encoding="utf-8")
    (root / "foto.jpg").write_bytes(b"\xff\xd8")
    (root / "scan.pdf").write_bytes(b"%PDF-1.7")
    (root / "map.txt").mkdir()
    return root


def test_good_letters_are_labelled_and_bad_ones_named_with_their_cause(folder, tiny_model, tmp_path, letter_text):
    seen = []
    out = tmp_path / "uit" / "tabel.csv"
    result = label_archive(
        folder, out=out, model=tiny_model, n_jobs=1, progress=lambda done, total: seen.append((done, total))
    )
    assert [each.letter.name for each in result.letters] == ["2021/a.TXT", "b.txt", "c.text"]
    assert {each.name: each.cause for each in result.failures}.keys() == {
        "leeg.txt",
        "nul.txt",
        "engels.txt",
        "kop.txt",
        "groot.txt",
        "scan.pdf",
    }
    causes = {each.name: each.cause for each in result.failures}
    assert "is empty" in causes["leeg.txt"]
    assert "zero bytes" in causes["nul.txt"]
    assert "English" in causes["engels.txt"]
    assert "no running text" in causes["kop.txt"]
    assert "characters" in causes["groot.txt"]
    assert "damaged, or no PDF" in causes["scan.pdf"]
    assert seen == [(done, 9) for done in range(1, 10)]
    assert result.letters[1].passages == classify(letter_text, model=tiny_model).passages
    table = pd.read_csv(out, keep_default_na=False)
    assert table["letter"].unique().tolist() == ["2021/a.TXT", "b.txt", "c.text"]
    assert table["text"].str.contains("Coevorden é").sum() == 1
    pd.testing.assert_frame_equal(table, result.to_frame(), check_dtype=False)
    assert [path.name for path in out.parent.iterdir()] == ["tabel.csv"]


def test_two_workers_give_the_same_as_one(folder, tiny_model):
    one, two = (label_archive(folder, model=tiny_model, n_jobs=jobs) for jobs in (1, 2))
    assert one == two


def test_sentences_are_written_as_json_lines(folder, tiny_model, tmp_path):
    out = tmp_path / "tabel.jsonl"
    result = label_archive(folder, out=out, model=tiny_model, unit="sentence", n_jobs=1)
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").split("\n") if line]
    assert len(records) == sum(map(len, result.letters)) == 12
    assert {record["kind"] for record in records} == {"sentence"}


def test_what_cannot_be_done_is_refused_before_any_letter_is_labelled(folder, tiny_model, tmp_path):
    with pytest.raises(ReadingError, match="no such folder"):
        label_archive(tmp_path / "weg", model=tiny_model)
    with pytest.raises(ReadingError, match="holds no letters"):
        label_archive(folder / "map.txt", model=tiny_model)
    with pytest.raises(ValueError, match=r"written as .csv or .jsonl, not as .xlsx"):
        label_archive(folder, out=tmp_path / "tabel.xlsx", model=tiny_model)
    with pytest.raises(ModelError):
        label_archive(folder, model="onbekend")


def test_folder_of_bad_letters_only_gives_a_table_without_rows_but_with_all_columns(folder, tiny_model, tmp_path):
    for name in ("b.txt", "c.text", "2021/a.TXT"):
        (folder / name).unlink()
    out = tmp_path / "tabel.csv"
    result = label_archive(folder, out=out, model=tiny_model, n_jobs=1)
    assert (len(result.letters), len(result.failures)) == (0, 6)
    table = pd.read_csv(out)
    assert len(table) == 0
    assert {"letter", "text", "sentiment", "p_shelter"} <= set(table.columns)


def test_table_that_cannot_be_written_leaves_the_one_before_as_it_was(tmp_path):
    path = tmp_path / "tabel.csv"
    path.write_text("van gisteren", encoding="utf-8")
    broken = pd.DataFrame({"text": ["\ud800"]})
    with pytest.raises(UnicodeEncodeError):
        write_frame(broken, path)
    assert path.read_text(encoding="utf-8") == "van gisteren"
