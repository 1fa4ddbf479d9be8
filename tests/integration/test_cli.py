from __future__ import annotations

import csv
import io
import json
import re
import sys

import pytest
from typer.testing import CliRunner

import mhnlp
from mhnlp import cli
from mhnlp.annotations.tables import write_table
from mhnlp.model import load_model, model_names

COMMANDS = ("classify", "label", "train", "evaluate", "validate", "agreement", "info", "read")


@pytest.fixture
def call():
    """Run a command in this process, wide enough for no line to be folded."""
    runner = CliRunner(env={"COLUMNS": "300", "TERMINAL_WIDTH": "300", "NO_COLOR": "1", "TERM": "dumb"})

    def call(*arguments):
        cli.screen.width = cli.messages.width = 300
        return runner.invoke(cli.app, [str(each) for each in arguments])

    return call


@pytest.fixture
def main(monkeypatch, capsys):
    """Run the entry point in this process: exit code, output, messages."""

    def main(*arguments):
        cli.screen.width = cli.messages.width = 300
        monkeypatch.setattr(sys, "argv", ["mhnlp", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        printed = capsys.readouterr()
        return caught.value.code, printed.out, printed.err

    return main


def test_help_names_every_command_with_what_it_does(call):
    result = call("--help")
    assert result.exit_code == 0
    assert "Nothing leaves your machine" in result.output
    assert set(COMMANDS) <= set(re.findall(r"^\W*(\w+) {2,}", result.output, re.MULTILINE))


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_tells_its_options(call, command):
    result = call(command, "--help")
    assert result.exit_code == 0
    assert f"Usage: mhnlp {command}" in result.output
    function = next(each.callback for each in cli.app.registered_commands if each.callback.__name__ == command)
    assert function.__doc__.splitlines()[0].split("; ")[0][:40] in result.output


@pytest.mark.parametrize("arguments", [(), ("classify",), ("label",), ("validate",)])
def test_command_without_arguments_prints_help(call, arguments):
    result = call(*arguments)
    assert "Usage: mhnlp" in result.output
    assert "--help" in result.output
    assert result.exit_code in {0, 2}
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("clasify",), "No such command 'clasify'"),
        (("classify", "--formaat", "csv"), "No such option"),
        (("classify", "--unit", "word", "--example"), "is not one of"),
        (("train",), "Missing option"),
        (("classify", "--format", "csv"), "name at least one file"),
    ],
)
def test_wrong_usage_is_told_in_words_with_exit_code_two(main, arguments, message):
    code, _, errors = main(*arguments)
    assert code == 2
    assert message in errors
    assert "Traceback" not in errors


def test_version_is_printed(call):
    assert call("--version").output.strip() == mhnlp.__version__


def test_classify_shows_a_table_of_passages(call, letter_file, tiny_model_folder):
    result = call("classify", letter_file, "--model", tiny_model_folder)
    assert result.exit_code == 0, result.output
    assert "brief.txt" in result.output
    assert "In de opvang in Delft zijn 40 plaatsen" in result.output
    assert re.search(r"shelter\W+negative", result.output)


def test_classify_prints_csv_and_json_lines_of_all_letters(call, letter_file, tiny_model_folder):
    arguments = ("classify", letter_file, letter_file, "--model", tiny_model_folder, "--unit", "sentence", "--format")
    as_csv = list(csv.DictReader(io.StringIO(call(*arguments, "csv").stdout)))
    as_json = [json.loads(line) for line in call(*arguments, "jsonl").stdout.splitlines()]
    assert len(as_csv) == len(as_json) == 8
    assert [row["text"] for row in as_csv] == [row["text"] for row in as_json]
    assert as_csv[0]["letter"] == "brief.txt"


def test_classify_labels_the_example_letter(call, tiny_model_folder):
    result = call("classify", "--example", "--model", tiny_model_folder)
    assert result.exit_code == 0, result.output
    assert "zorgcoördinatoren" in result.output


@pytest.mark.parametrize("marked", ["[naam]", "[red.]", "[/b]", "[bold]vet[/bold]", "[link=x]"])
def test_square_brackets_in_a_letter_are_shown_as_they_stand(call, tmp_path, tiny_model_folder, marked):
    path = tmp_path / "brief.txt"
    path.write_text(f"De rapporteur {marked} vindt dat de opvang in Delft niet op orde is.", encoding="utf-8")
    result = call("classify", path, "--model", tiny_model_folder)
    assert result.exit_code == 0, result.exception
    assert f"rapporteur {marked} vindt" in result.output


@pytest.mark.parametrize("name", ["weg.txt", "brief [concept].txt", "brief [/x].txt"])
def test_missing_file_is_named_with_exit_code_two(main, name):
    code, _, errors = main("classify", name)
    assert code == 2
    assert f"mhnlp: {name}: there is no such file." in errors


def test_unknown_model_and_damaged_model_are_told_in_words(main, letter_file, tmp_path):
    code, _, errors = main("classify", letter_file, "--model", "onbekend")
    assert code == 2
    assert all(name in errors for name in model_names())
    for name in ("card.json", "model.skops"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    code, _, errors = main("classify", letter_file, "--model", tmp_path)
    assert code == 2
    assert "is no model card" in errors


def test_label_writes_a_table_and_names_what_it_could_not_label(call, letter_file, tiny_model_folder, tmp_path):
    (letter_file.parent / "leeg [x].txt").write_text("", encoding="utf-8")
    out = tmp_path / "uit" / "tabel.csv"
    result = call("label", letter_file.parent, "--out", out, "--model", tiny_model_folder, "--jobs", "1")
    assert result.exit_code == 1
    assert "1 letters with 2 passages" in result.output
    assert "leeg [x].txt" in result.output
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert [row["sentiment"] for row in rows] == ["negative", "neutral"]


def test_label_of_good_letters_ends_with_exit_code_zero(call, letter_file, tiny_model_folder, tmp_path):
    out = tmp_path / "tabel.jsonl"
    result = call("label", letter_file.parent, "--out", out, "--model", tiny_model_folder, "--jobs", "1")
    assert result.exit_code == 0, result.output
    assert len(out.read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize(("out", "message"), [("tabel.xlsx", ".csv or .jsonl"), ("brief.txt/tabel.csv", "brief.txt")])
def test_table_that_cannot_be_written_is_told_in_words(main, letter_file, tiny_model_folder, out, message):
    folder = letter_file.parent
    code, _, errors = main("label", folder, "--out", folder / out, "--model", tiny_model_folder, "--jobs", "1")
    assert code == 2
    assert message in errors


def test_label_of_a_missing_folder_is_told_in_words(main, tmp_path, tiny_model_folder):
    code, _, errors = main("label", tmp_path / "weg", "--out", tmp_path / "t.csv", "--model", tiny_model_folder)
    assert code == 2
    assert "there is no such folder" in errors


def test_validate_counts_what_is_right_and_lists_what_is_wrong(call, main, corpus_copy, tmp_path):
    assert "72 passages of 12 letters, no mistakes found" in call("validate", corpus_copy).output
    path = tmp_path / "eigen.csv"
    write_table(path, ("text", "pillars", "sentiment"), [("een", "politie", "neutral"), ("", "", "boos")])
    code, _, errors = main("validate", path)
    assert code == 2
    assert "eigen.csv, line 2, column pillars: 'politie' is no pillar" in errors
    assert "eigen.csv, line 3, column text: the text is empty" in errors
    assert "(found 'boos')" in errors


def test_agreement_shows_an_alpha_a_label(call, corpus_copy):
    pytest.importorskip("krippendorff")
    result = call("agreement", corpus_copy)
    assert result.exit_code == 0, result.output
    assert "coders A and B, 72 passages" in result.output
    assert re.search(r"shelter\W+1\.000 \[1\.000, 1\.000\]", result.output)


def test_evaluate_prints_scores_of_a_model_on_a_file(call, corpus_copy, tiny_model_folder):
    result = call("evaluate", corpus_copy, "--model", tiny_model_folder)
    assert result.exit_code == 0, result.output
    assert "tiny on corpus" in result.output
    assert re.search(r"pillars, macro-F1\W+[01]\.\d{3} \[", result.output)
    assert "sentiment coded (rows) and given (columns)" in result.output


def test_train_writes_a_model_that_labels(call, corpus_copy, tmp_path):
    result = call("train", corpus_copy, "--out", tmp_path / "eigen", "--name", "eigen")
    assert result.exit_code == 0, result.output
    model = load_model(tmp_path / "eigen")
    assert model.card.name == "eigen"
    assert "cross-validation by letter" in result.output
    assert model.predict(["In de opvang in Delft zijn 40 plaatsen voor slachtoffers."]).loc[0, "pillars"] == (
        "shelter",
    )


def test_info_shows_versions_models_and_the_card(call, tiny_model_folder, tiny_model):
    result = call("info", "--model", tiny_model_folder)
    assert result.exit_code == 0, result.output
    assert tiny_model.fingerprint in result.output
    assert mhnlp.__version__ in result.output
    assert "Model card: tiny" in result.output
    assert all(name in result.output for name in model_names())


def test_read_shows_blocks_metadata_and_report(call, letter_file):
    result = call("read", letter_file)
    assert result.exit_code == 0, result.output
    for words in ("salutation", "In de opvang in Delft", "language", "repairs:", "blocks:"):
        assert words in result.output
    assert call("read", letter_file, "--text").output.startswith("Geachte voorzitter,")


def test_read_names_what_it_cannot_read(main, tmp_path):
    code, _, errors = main("read", tmp_path / "weg.pdf")
    assert code == 2
    assert "there is no such file" in errors
