from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from email.message import EmailMessage

import duckdb
import pandas as pd
import pyarrow.feather
import pytest

from mhnlp.archive import label_archive
from mhnlp.archive import sources as sources_module
from mhnlp.archive.rows import Shape, columns_of
from mhnlp.errors import ArchiveError, ModelError, ReadingError
from mhnlp.labels import SCHEME
from mhnlp.letter import Letter, Metadata
from mhnlp.pipeline import classify
from mhnlp.reading import read_letters


@pytest.fixture
def label(tiny_model):
    """Label in this process with a small model."""

    def label(source, **options):
        return label_archive(source, **{"model": tiny_model, "n_jobs": 1, **options})

    return label


@pytest.fixture
def folder(tmp_path, letter_text):
    """Four good letters, one of them twice, eight that cannot be labelled, and files to pass over."""
    root = tmp_path / "brieven"
    (root / "2021").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / "b.txt").write_text(letter_text, encoding="utf-8")
    (root / "2021" / "a.TXT").write_bytes(letter_text.replace("Delft", "Coevorden é").encode("cp1252"))
    (root / "c.text").write_text(letter_text.replace("40", "41"), encoding="utf-8")
    (root / "kopie van b.txt").write_text(letter_text, encoding="utf-8")
    (root / "leeg.txt").write_text("", encoding="utf-8")
    (root / "nul.txt").write_bytes(b"\x00\x01\x02")
    (root / "engels.txt").write_text("The government has taken several steps, but that is not good. " * 3)
    (root / "kop.txt").write_text("Geachte voorzitter,\n\nHoogachtend,", encoding="utf-8")
    (root / "groot.txt").write_text("De opvang van slachtoffers is vol. " * 60_000, encoding="utf-8")
    (root / "zelf.txt").symlink_to("zelf.txt")
    (root / "weg.txt").symlink_to("er-is-niets.txt")
    os.mkfifo(root / "buis.txt")
    (root / ".verborgen.txt").write_text(letter_text, encoding="utf-8")
    (root / ".git" / "x.txt").write_text(letter_text, encoding="utf-8")
    (root / "foto.jpg").write_bytes(b"\xff\xd8")
    (root / "map.txt").mkdir()
    return root


GOOD = ["2021/a.TXT", "b.txt", "c.text", "kopie van b.txt"]


def test_good_letters_are_labelled_and_bad_ones_named_with_their_cause(
    folder, label, tiny_model, tmp_path, letter_text
):
    seen = []
    out = tmp_path / "uit" / "tabel.csv"
    result = label(folder, out=out, progress=seen.append)
    causes = {each.name: each.cause for each in result.failures}
    expected = {
        "buis.txt": "no ordinary file",
        "engels.txt": "in English",
        "groot.txt": "characters",
        "kop.txt": "no running text",
        "leeg.txt": "The text is empty",
        "nul.txt": "zero bytes",
        "weg.txt": "No such file",
        "zelf.txt": "cannot be opened",
    }
    assert causes.keys() == expected.keys()
    assert all(words in causes[name] for name, words in expected.items())
    assert (result.letters, result.failed, result.new) == (4, 8, 3)
    assert (seen[-1].letters, seen[-1].total, seen[-1].failures, seen[-1].passages) == (12, 12, 8, result.passages)
    table = pd.read_csv(out, keep_default_na=False)
    assert list(table) == list(columns_of("passages", Shape(SCHEME, "", evidence=False)))
    assert table["letter"].unique().tolist() == GOOD
    assert table["text"].str.contains("Coevorden é").sum() == 1
    own = table[table["letter"] == "b.txt"]
    passages = classify(letter_text, model=tiny_model).passages
    assert own["text"].tolist() == [each.text for each in passages]
    assert own["p_shelter"].tolist() == [each.probabilities["shelter"] for each in passages]
    assert sorted(path.name for path in out.parent.iterdir()) == [
        "tabel.csv",
        "tabel.csv.state",
        "tabel.failures.csv",
        "tabel.letters.csv",
    ]


def test_letters_table_tells_duplicates_and_shares(folder, label):
    letters = label(folder).to_frame("letters").set_index("letter")
    assert letters["duplicate_of"].tolist() == ["", "", "", "b.txt"]
    assert letters.loc["b.txt", "passages"] == 2
    assert letters.loc["b.txt", "share_shelter"] == 0.5
    assert letters.loc[:, [f"share_{label}" for label in SCHEME.sentiments]].sum(axis=1).tolist() == [1.0] * 4


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.parquet", "t.arrow", "tabellen"])
def test_every_format_holds_the_same_and_is_read_by_pandas_and_duckdb(folder, label, tmp_path, name):
    out = tmp_path / name
    result = label(folder, out=out)
    where = f"{out}/passages/*.parquet" if name == "tabellen" else str(out)
    frame = result.to_frame()
    if name == "t.arrow":
        read = pyarrow.feather.read_feather(out)
    else:
        reader = {".csv": "read_csv", ".jsonl": "read_json"}.get(out.suffix, "read_parquet")
        read = duckdb.sql(f"SELECT * FROM {reader}('{where}')").df()  # noqa: S608 - a path of this test
    text = ["letter", "path", "kind", "heading", "text", "pillars", "sentiment", "model"]
    assert list(read) == list(frame)
    assert read[text].fillna("").to_numpy().tolist() == frame[text].to_numpy().tolist()
    numbers = ["passage", "start", "end", "uncertain", "p_shelter", "p_neutral"]
    assert read[numbers].to_numpy().tolist() == frame[numbers].to_numpy().tolist()
    assert set(result.files) == {"passages", "letters", "failures"}
    assert all(path.exists() for path in result.files.values())


def test_parquet_names_its_schema_and_the_folder_lists_it(folder, label, tmp_path):
    label(folder, out=tmp_path / "tabellen")
    notice = json.loads((tmp_path / "tabellen" / "schema.json").read_text(encoding="utf-8"))
    assert notice["schema"] == 2
    assert list(notice["tables"]["passages"]) == list(columns_of("passages", Shape(SCHEME, "", evidence=False)))
    schema = pyarrow.parquet.read_schema(tmp_path / "tabellen" / "letters" / "part-00000.parquet")
    assert schema.metadata[b"mhnlp.schema"] == b"2"
    assert schema.field("share_shelter").type == pyarrow.float64()


def test_csv_with_semicolons_has_decimal_commas_and_the_mark_of_utf8(folder, label, tmp_path):
    out = tmp_path / "t.csv"
    frame = label(folder, out=out, semicolon=True).to_frame()
    assert out.read_bytes().startswith(b"\xef\xbb\xbfletter;path;")
    read = pd.read_csv(out, sep=";", decimal=",", keep_default_na=False)
    assert read["p_shelter"].tolist() == frame["p_shelter"].tolist()
    with pytest.raises(ArchiveError, match=r"semicolons are for \.csv"):
        label(folder, out=tmp_path / "t.jsonl", semicolon=True)


def test_run_that_is_up_to_date_writes_nothing_and_loads_no_model(folder, tiny_model_folder, tmp_path):
    (folder / "groot.txt").unlink()
    for path in folder.iterdir():
        if path.name not in {"b.txt", "c.text", "2021"} and not path.is_dir():
            path.unlink()
    out = tmp_path / "t.csv"
    assert label_archive(folder, out=out, model=tiny_model_folder, n_jobs=1).changed
    before = {path: (path.stat().st_ino, path.read_bytes()) for path in tmp_path.glob("t.*") if path.suffix == ".csv"}
    code = (
        "import sys, mhnlp; from pathlib import Path\n"
        f"r = mhnlp.label_archive({str(folder)!r}, out={str(out)!r}, model=Path({str(tiny_model_folder)!r}))\n"
        "print(r.changed, r.new, r.letters, 'spacy' in sys.modules, 'sklearn' in sys.modules)"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout  # noqa: S603
    assert printed.split() == ["False", "0", "3", "False", "False"]
    assert {path: (path.stat().st_ino, path.read_bytes()) for path in before} == before


def test_added_changed_and_removed_letters_redo_just_themselves(folder, label, tmp_path, letter_text):
    out = tmp_path / "t.jsonl"
    assert label(folder, out=out).new == 3
    (folder / "b.txt").unlink()
    (folder / "c.text").write_text(letter_text.replace("40", "42"), encoding="utf-8")
    (folder / "d.txt").write_text(letter_text.replace("40", "43"), encoding="utf-8")
    second = label(folder, out=out)
    assert (second.new, second.letters, second.changed) == (2, 4, True)
    fresh = tmp_path / "vers.jsonl"
    label(folder, out=fresh)
    assert out.read_bytes() == fresh.read_bytes()
    out.write_text("iemand anders", encoding="utf-8")
    assert label(folder, out=out).changed
    assert out.read_bytes() == fresh.read_bytes()


def test_another_unit_or_model_redoes_all(folder, label, tmp_path, shipped_model):
    out = tmp_path / "t.jsonl"
    label(folder, out=out)
    sentences = label(folder, out=out, unit="sentence")
    assert sentences.new == 3
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert {record["kind"] for record in records} == {"sentence"}
    assert label([folder / "b.txt"], out=out, model=shipped_model, unit="sentence").new == 1


def test_evidence_is_added_on_request_as_a_table_of_one_letter_gives_it(label, tiny_model, tmp_path, letter_text):
    letters = [letter_text, letter_text.replace("40", "41")]
    out = tmp_path / "t.csv"
    plain = label(letters, out=out).to_frame()
    result = label(letters, out=out, evidence=True)
    assert result.new == 2
    found = result.to_frame()
    added = [*(f"evidence_{pillar}" for pillar in SCHEME.pillars), "evidence_sentiment"]
    assert [name for name in found if name not in plain] == added
    pd.testing.assert_frame_equal(found.drop(columns=added), plain)
    expected = classify(letter_text, model=tiny_model).to_frame(evidence=True)
    own = found[found["letter"] == "1"]
    assert own[added].to_numpy().tolist() == expected[added].to_numpy().tolist()
    assert (found["evidence_shelter"] != "").sum() == found["pillars"].str.contains("shelter").sum() > 0
    assert pd.read_csv(out, keep_default_na=False)[added].to_numpy().tolist() == found[added].to_numpy().tolist()
    assert label(letters, out=out).to_frame().columns.tolist() == plain.columns.tolist()


def test_failure_that_was_mended_is_labelled_in_the_next_run(folder, label, tmp_path, letter_text):
    out = tmp_path / "t.csv"
    label(folder, out=out)
    (folder / "leeg.txt").write_text(letter_text.replace("Delft", "Breda"), encoding="utf-8")
    result = label(folder, out=out)
    assert (result.new, result.failed) == (1, 7)
    assert "leeg.txt" not in pd.read_csv(result.files["failures"])["letter"].tolist()


def test_traceback_is_recorded_on_request_alone(folder, label):
    assert {each.traceback for each in label(folder).failures} == {""}
    traced = {each.name: each.traceback for each in label(folder, tracebacks=True).failures}
    assert "Traceback" in traced["nul.txt"]
    assert "ValueError" in traced["nul.txt"]


def test_strict_run_stops_at_the_first_failure_and_keeps_what_was_done(folder, label, tmp_path):
    out = tmp_path / "t.csv"
    with pytest.raises(ArchiveError, match=r"strict") as caught:
        label(folder, out=out, strict=True)
    assert caught.value.code == 1
    assert not out.exists()


def test_zip_is_labelled_as_its_folder_is(folder, label, tmp_path, letter_text):
    path = tmp_path / "brieven.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (*GOOD, "nul.txt"):
            archive.write(folder / name, name)
        archive.writestr(".verborgen/x.txt", letter_text)
        archive.writestr("bom.txt", b" " * 60_000_000)
    result = label(path)
    from_folder = label(folder).to_frame().drop(columns="path")
    pd.testing.assert_frame_equal(result.to_frame().drop(columns="path"), from_folder)
    assert {each.name: each.cause[:19] for each in result.failures} == {
        "bom.txt": "it is larger than 5",
        "nul.txt": "it holds zero bytes",
    }
    (tmp_path / "stuk.zip").write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ReadingError, match="cannot be opened as a zip"):
        label(tmp_path / "stuk.zip")


def test_changed_metadata_beside_a_letter_redoes_that_letter_alone(tmp_path, label, letter_text):
    root, out = tmp_path / "in", tmp_path / "t.jsonl"
    for number in range(2):
        (root / str(number)).mkdir(parents=True)
        (root / str(number) / "brief.txt").write_text(letter_text.replace("40", f"4{number}"), encoding="utf-8")
    beside = root / "1" / "metadata.xml"
    assert label(root, out=out).new == 2
    for sender, new in (("A", 1), ("B", 1), ("B", 0)):
        text = f'<metadata><metadata name="OVERHEIDop.indiener" content="{sender}"/></metadata>'
        beside.write_text(text, encoding="utf-8")
        result = label(root, out=out)
        assert (result.new, result.letters) == (new, 2)
        senders = result.to_frame("letters").set_index("letter")["sender"].to_dict()
        assert senders == {"0/brief.txt": "Minister van Veiligheid", "1/brief.txt": sender}
    beside.unlink()
    assert label(root, out=out).to_frame("letters")["sender"].tolist() == ["Minister van Veiligheid"] * 2


def packed(*members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members:
            package.writestr(name, data)
    return out.getvalue()


def message(text, *attachments):
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "a@voorbeeld.nl", "Opvang"
    mail.set_content(text)
    for name, data in attachments:
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


@pytest.fixture
def containers(tmp_path, letter_text):
    """A folder with letters in containers, some of them damaged."""
    own = [letter_text.replace("40", str(50 + number)) for number in range(5)]
    root = tmp_path / "in"
    (root / "2021").mkdir(parents=True)
    inner = packed(("diep.txt", own[0]), ("stuk.pdf", b"x"))
    (root / "2021" / "brieven.zip").write_bytes(packed(("a/een.txt", own[1]), ("binnen.zip", inner), ("logo.png", b"")))
    bijlagen = (("bijlage.txt", own[3].encode()), ("post.zip", packed(("twee.txt", own[4]))), ("oud.doc", b"x"))
    (root / "bericht.eml").write_bytes(message(own[2], *bijlagen))
    (root / "stuk.zip").write_bytes(packed(("a.txt", own[0]))[:60])
    bomb = packed(("a.txt", b"0" * 60_000_000))
    (root / "vol.zip").write_bytes(packed(("b.txt", own[0]), ("bom.zip", bomb)))
    return root


CONTAINED = [
    "2021/brieven.zip/a/een.txt",
    "2021/brieven.zip/binnen.zip/diep.txt",
    "bericht.eml",
    "bericht.eml/bijlage.txt",
    "bericht.eml/post.zip/twee.txt",
    "vol.zip/b.txt",
]


def test_letters_in_containers_are_letters_of_their_own(containers, label, tmp_path):
    seen = []
    result = label(containers, out=tmp_path / "t.csv", progress=seen.append)
    letters = result.to_frame("letters").set_index("letter")
    assert letters.index.tolist() == CONTAINED
    assert letters.loc["bericht.eml", "subject"] == "Opvang"
    assert letters.loc["vol.zip/b.txt", "duplicate_of"] == "2021/brieven.zip/binnen.zip/diep.txt"
    assert letters.loc["bericht.eml/bijlage.txt", "path"] == str(containers / "bericht.eml" / "bijlage.txt")
    assert {each.name: each.cause.partition(";")[0].partition(":")[0] for each in result.failures} == {
        "2021/brieven.zip/binnen.zip/stuk.pdf": "it is damaged, or no PDF",
        "bericht.eml/oud.doc": "files of the kind '.doc' are not read, save it as .docx first",
        "stuk.zip": "it cannot be opened as a zip file",
        "vol.zip/bom.zip": "it unpacks to 60 MB, which is no letter's size",
    }
    assert (seen[-1].letters, seen[-1].total) == (10, 10)


def test_letters_in_containers_are_those_that_reading_gives(containers, label):
    for path in (containers / "2021" / "brieven.zip", containers / "bericht.eml"):
        read = list(read_letters(path, on_error=lambda _: None))
        labelled = label([path]).to_frame("letters")
        assert labelled["letter"].tolist() == [letter.name for letter in read]
        assert labelled["subject"].tolist() == [letter.metadata.subject for letter in read]


def test_letters_in_containers_are_known_by_their_content(containers, label, tmp_path, letter_text):
    out = tmp_path / "t.csv"
    assert label(containers, out=out).new == len(CONTAINED) - 1
    assert not label(containers, out=out).changed
    path = containers / "2021" / "brieven.zip"
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("nieuw.txt", letter_text.replace("40", "77"))
    (containers / "uitgepakt.txt").write_text(letter_text.replace("40", "51"), encoding="utf-8")
    result = label(containers, out=out)
    assert (result.new, result.letters) == (1, len(CONTAINED) + 2)
    duplicates = result.to_frame("letters").set_index("letter")["duplicate_of"]
    assert duplicates["uitgepakt.txt"] == "2021/brieven.zip/a/een.txt"


def test_containers_in_a_zip_are_opened_and_bounded(containers, label, tmp_path, letter_text):
    path = tmp_path / "alles.zip"
    with zipfile.ZipFile(path, "w") as package:
        for each in sorted(containers.rglob("*.*")):
            package.write(each, each.relative_to(containers))
    assert label(path).to_frame("letters")["letter"].tolist() == CONTAINED
    deep = packed(("a.txt", letter_text))
    for _ in range(5):
        deep = packed(("x.zip", deep))
    (containers / "diep.zip").write_bytes(deep)
    causes = {each.name: each.cause for each in label(containers).failures}
    assert causes["diep.zip/x.zip/x.zip/x.zip/x.zip"] == "it is a container more than 3 deep in others"


@pytest.mark.parametrize("kind", ["frame", "csv", "dutch csv", "parquet"])
def test_tables_are_archives(label, tmp_path, letter_text, kind):
    frame = pd.DataFrame(
        {
            "letter": ["een", "twee", "drie"],
            "inhoud": [letter_text, letter_text.replace("Delft", "Coördinatie"), None],
            "date": ["2021-02-03", "", ""],
            "overig": [1, 2, 3],
        }
    )
    source: object = frame
    if kind == "csv":
        source = tmp_path / "t.csv"
        frame.to_csv(source, index=False)
    elif kind == "dutch csv":
        source = tmp_path / "t.csv"
        frame.to_csv(source, index=False, sep=";", encoding="cp1252")
    elif kind == "parquet":
        source = tmp_path / "t.parquet"
        frame.to_parquet(source)
    result = label(source, text="inhoud")
    table = result.to_frame()
    assert table["letter"].unique().tolist() == ["een", "twee"]
    assert table["date"].unique().tolist() == ["2021-02-03", ""]
    assert table["text"].str.contains("Coördinatie").sum() == 1
    assert [each.name for each in result.failures] == ["drie"]
    with pytest.raises(ArchiveError, match=r"no column 'tekst' .* it has letter, inhoud"):
        label(source, text="tekst")


def test_iterables_are_archives(label, letter_text, letter_file):
    paged = Letter(letter_text, name="x", pages=(0, 120), metadata=Metadata(sender="Minister"))
    result = label(iter([letter_text, paged, letter_file, letter_file, 5, "Half \ud800 teken"]))
    table = result.to_frame()
    assert table["letter"].unique().tolist() == ["1", "x", "brief.txt", "brief.txt#2"]
    assert table.loc[table["letter"] == "x", "page"].tolist() == [1, 2]
    assert table.loc[table["letter"] == "x", "sender"].tolist() == ["Minister", "Minister"]
    assert {each.name: each.cause for each in result.failures} == {
        "5": "a letter is a text, a Path or a Letter, not 5",
        "6": "The text has half a character at offset 5; mend it first",
    }


def test_folders_that_link_to_each_other_are_read_once(folder, label):
    (folder / "2021" / "terug").symlink_to("..", target_is_directory=True)
    (folder / "ook-2021").symlink_to("2021", target_is_directory=True)
    table = label(folder).to_frame("letters")
    assert table["letter"].tolist() == GOOD


def test_strange_names_are_kept(tmp_path, label, letter_text):
    root = tmp_path / "vreemd"
    root.mkdir()
    names = ["een\nregel.txt", "🙂.txt", "x" * 246 + ".txt", "=1+1.txt", 'a"b,c;d.txt']
    for number, name in enumerate(names):
        (root / name).write_text(letter_text.replace("40", str(50 + number)), encoding="utf-8")
    (root / os.fsdecode(b"\xff.txt")).write_text(letter_text, encoding="utf-8")
    out = tmp_path / "t.csv"
    label(root, out=out)
    expected = {*names, "\\xff.txt"}
    assert set(pd.read_csv(out)["letter"]) == expected
    assert set(duckdb.sql(f"SELECT letter FROM read_csv('{out}')").df()["letter"]) == expected  # noqa: S608


def test_what_cannot_be_done_is_refused_before_any_letter_is_labelled(folder, label, tmp_path, letter_file):
    with pytest.raises(ReadingError, match="no such folder"):
        label(tmp_path / "weg")
    with pytest.raises(ReadingError, match="this is one file"):
        label(letter_file)
    with pytest.raises(ArchiveError, match="no letters") as caught:
        label(folder / "map.txt")
    assert caught.value.code == 3
    with pytest.raises(ArchiveError, match=r"not as \.xlsx"):
        label(folder, out=tmp_path / "tabel.xlsx")
    with pytest.raises(ArchiveError, match="holds other files"):
        label(folder, out=folder / "2021")
    with pytest.raises(ModelError):
        label(folder, model="onbekend")
    with pytest.raises(TypeError, match="not int"):
        label(3)
    with pytest.raises(ArchiveError, match="no Dask scheduler"):
        label(folder, scheduler="tcp://127.0.0.1:9")


def test_absent_packages_are_named_with_their_extra(folder, label, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ArchiveError, match=r"mhnlp\[parquet\]"):
        label(folder, out=tmp_path / "t.parquet")
    with pytest.raises(ArchiveError, match=r"mhnlp\[dask\]"):
        label(folder, scheduler="tcp://127.0.0.1:9")


def test_folder_of_bad_letters_only_gives_tables_without_rows_but_with_all_columns(folder, label, tmp_path):
    for name in GOOD:
        (folder / name).unlink()
    for out in (tmp_path / "tabel.csv", tmp_path / "tabel.parquet"):
        result = label(folder, out=out)
        assert (result.letters, result.failed) == (0, 8)
        table = pd.read_csv(out) if out.suffix == ".csv" else pd.read_parquet(out)
        assert len(table) == 0
        assert {"letter", "text", "sentiment", "p_shelter"} <= set(table.columns)


def test_tables_are_read_in_parts(label, letter_text, monkeypatch, tmp_path):
    monkeypatch.setattr(sources_module, "ROWS", 2)
    path = tmp_path / "t.csv"
    pd.DataFrame({"text": [letter_text.replace("40", str(each)) for each in range(41, 48)]}).to_csv(path)
    assert label(path).to_frame("letters")["letter"].tolist() == [str(each) for each in range(1, 8)]
