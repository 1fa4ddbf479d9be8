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
from mhnlp.catalogue import model_names
from mhnlp.model import load_model

COMMANDS = (
    "classify",
    "read",
    "explain",
    "label",
    "suggest",
    "export",
    "import",
    "validate",
    "agreement",
    "adjudicate",
    "train",
    "evaluate",
    "compare",
    "models",
    "drift",
    "prevalence",
    "info",
)
LETTER = """Geachte voorzitter,

In de opvang in Delft zijn 40 plaatsen voor slachtoffers.

De recherche in Assen vervolgde 12 verdachten van uitbuiting.
"""


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
    names = {each.name or each.callback.__name__: each.callback for each in cli.app.registered_commands}
    function = names[command]
    assert function.__doc__.splitlines()[0].split("; ")[0][:40] in result.output


@pytest.mark.parametrize("arguments", [(), ("classify",), ("label",), ("validate",), ("import",), ("export",)])
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
        (("train",), "name your coded passages"),
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
def test_missing_file_is_named_with_exit_code_one_and_the_others_are_labelled(
    main, name, letter_file, tiny_model_folder
):
    code, printed, errors = main("classify", name, letter_file, "--model", tiny_model_folder, "--format", "csv")
    assert code == 1
    assert f"not labelled: {name}: there is no such file." in errors
    assert len(list(csv.DictReader(io.StringIO(printed)))) == 2


def test_letter_that_is_not_dutch_is_named_and_the_others_are_labelled(main, tmp_path, letter_file, tiny_model_folder):
    english = tmp_path / "letter.txt"
    english.write_text("The government has taken steps, but the shelters for victims are still full. " * 3)
    code, printed, errors = main("classify", english, letter_file, "--model", tiny_model_folder, "--format", "jsonl")
    assert code == 1
    assert "letter.txt" in errors
    assert "English" in errors
    assert len(printed.splitlines()) == 2


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_printed_probabilities_have_four_decimals(call, letter_file, tiny_model_folder, form):
    printed = call("classify", letter_file, "--model", tiny_model_folder, "--format", form).stdout
    assert re.search(r"0\.\d{3}", printed)
    assert not re.search(r"0\.\d{5}", printed)


def test_text_from_standard_input_is_labelled(tiny_model_folder):
    result = CliRunner().invoke(
        cli.app, ["classify", "-", "-m", str(tiny_model_folder), "-f", "csv"], input=LETTER.encode()
    )
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["letter"] for row in rows] == ["standard input"] * 2


def test_classify_names_the_sentences_that_carry_labels(call, letter_file, tiny_model_folder):
    arguments = ("classify", letter_file, "--model", tiny_model_folder, "--evidence")
    rows = list(csv.DictReader(io.StringIO(call(*arguments, "--format", "csv").stdout)))
    assert rows[0]["evidence_sentiment"].startswith("Dat is helaas")
    assert "negative: Dat is helaas" in call(*arguments).output


def test_classify_writes_a_page(call, letter_file, tiny_model_folder):
    result = call("classify", letter_file, "--model", tiny_model_folder, "--format", "html")
    assert result.stdout.startswith("<!doctype html>")
    assert "shelter" in result.stdout
    several = call("classify", letter_file, letter_file, "--model", tiny_model_folder, "--format", "html").stdout
    assert several.count("<!doctype html>") == several.count("</html>") == 1
    assert "<title>2 letters</title>" in several
    assert several.count("<header>") == 2


def test_explain_shows_sentence_words_and_threshold_of_a_text(call, tiny_model_folder):
    text = "In de opvang in [Delft] zijn 40 plaatsen voor slachtoffers. Dat is helaas een gemiste kans."
    result = call("explain", text, "--model", tiny_model_folder)
    assert result.exit_code == 0, result.output
    assert text in result.output
    assert "given from 0." in result.output
    assert "opvang +" in result.output


def test_explain_takes_a_passage_of_a_file_and_labels_that_it_has_not(call, letter_file, tiny_model_folder):
    arguments = ("explain", letter_file, "--model", tiny_model_folder)
    result = call(*arguments, "--passage", "2", "--label", "shelter")
    assert "not shelter" in result.output
    assert "De recherche in Assen" in result.output
    assert "In de opvang in Delft" not in result.output
    rows = list(csv.DictReader(io.StringIO(call(*arguments, "--format", "csv").stdout)))
    assert {row["label"] for row in rows} == {"shelter", "negative", "investigation", "neutral"}
    assert call(*arguments, "--format", "html").stdout.startswith("<!doctype html>")
    wrong = call(*arguments, "--passage", "3")
    assert wrong.exit_code == 2
    assert "has 2 passages" in wrong.output


def test_explain_shows_the_nearest_coded_passages(call):
    result = call("explain", "De opvang is vol.", "--model", "fast", "--neighbours")
    assert len(re.findall(r"^0\.\d\d  ", result.output, re.MULTILINE)) == 5


def test_log_tells_steps_and_no_word_of_a_letter(call, letter_file, tiny_model_folder):
    arguments = ("classify", letter_file, "--model", tiny_model_folder, "--format", "csv")
    assert call(*arguments).stderr == ""
    told = call("--verbose", *arguments).stderr
    assert "brief.txt: 2 passages" in told
    assert "opvang" not in told
    assert call("--quiet", *arguments).stderr == ""
    assert call("--quiet", "--verbose", *arguments).exit_code == 2


def test_shell_completion_is_offered_and_named_in_the_help(call):
    assert "--install-completion" in call("--help").output
    result = CliRunner().invoke(
        cli.app,
        [],
        prog_name="mhnlp",
        env={"_MHNLP_COMPLETE": "complete_bash", "COMP_WORDS": "mhnlp cl", "COMP_CWORD": "1"},
    )
    assert "classify" in result.output


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


@pytest.mark.parametrize(("out", "message"), [("tabel.xlsx", ".csv, .jsonl"), ("brief.txt/tabel.csv", "brief.txt")])
def test_table_that_cannot_be_written_is_told_in_words(main, letter_file, tiny_model_folder, out, message):
    folder = letter_file.parent
    code, _, errors = main("label", folder, "--out", folder / out, "--model", tiny_model_folder, "--jobs", "1")
    assert code == 2
    assert message in errors


def test_label_says_what_is_up_to_date_and_quiet_says_nothing(call, letter_file, tiny_model_folder, tmp_path):
    arguments = ("label", letter_file.parent, "--out", tmp_path / "t.csv", "--model", tiny_model_folder, "--jobs", "1")
    assert "of 1 letters, 2 passages" in call(*arguments, "--log").output
    assert "1 letters with 2 passages are up to date in" in call(*arguments).output
    assert call(*arguments, "--quiet").output == ""


def test_label_exit_codes_tell_strict_runs_and_runs_without_any_letter(call, letter_file, tiny_model_folder, tmp_path):
    options = ("--model", tiny_model_folder, "--jobs", "1")
    bad = tmp_path / "slecht"
    bad.mkdir()
    empty = call("label", bad, "--out", tmp_path / "t.csv", *options)
    assert (empty.exit_code, "no letters" in empty.output) == (3, True)
    assert not (tmp_path / "t.csv.state").exists()
    (bad / "a.txt").write_text("", encoding="utf-8")
    assert call("label", bad, "--out", tmp_path / "t.csv", *options).exit_code == 3
    strict = call("label", letter_file.parent, "--out", tmp_path / "u.csv", "--strict", *options)
    assert (strict.exit_code, "slecht/a.txt: The text is empty" in strict.output) == (1, True)


def test_label_takes_a_table_and_writes_for_dutch_excel(call, letter_text, tiny_model_folder, tmp_path):
    source, out = tmp_path / "bron.csv", tmp_path / "t.csv"
    write_table(source, ("letter", "inhoud"), [("een", letter_text)])
    options = ("--model", tiny_model_folder, "--jobs", "1", "--text", "inhoud", "--semicolon", "--traceback")
    assert call("label", source, "--out", out, *options).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig")), delimiter=";"))
    assert [row["letter"] for row in rows] == ["een", "een"]
    assert "," in rows[0]["p_shelter"]


def test_label_that_is_interrupted_tells_how_to_go_on(call, letter_file, tiny_model_folder, tmp_path, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(mhnlp, "label_archive", interrupt)
    result = call("label", letter_file.parent, "--out", tmp_path / "t.csv", "--model", tiny_model_folder)
    assert result.exit_code == 130
    assert "run the same command again" in result.output


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


def test_agreement_shows_figures_words_confusions_and_what_split_the_coders(call, corpus_copy, tmp_path):
    result = call("agreement", corpus_copy, "--show", "1", "--out", tmp_path / "figures.csv")
    assert result.exit_code == 0, result.output
    assert "coders A and B, 72 passages of 12 letters" in result.output
    assert re.search(r"shelter\W+1\.000 \[1\.000, 1\.000\]\W+100\.0%", result.output)
    assert "Reliable: conclusions may rest on it" in result.output
    assert "sentiment by A (rows) and B (columns)" in result.output
    assert re.search(r"\d passages split the coders", result.output)
    assert result.output.count("- b0") == 1
    assert len((tmp_path / "figures.csv").read_text(encoding="utf-8-sig").splitlines()) == 8


def test_agreement_puts_a_model_beside_the_coders(call, corpus_copy, tiny_model_folder):
    result = call("agreement", corpus_copy, "--model", tiny_model_folder)
    assert "coders A and model tiny, 72 passages" in result.output


def test_annotations_go_out_come_back_are_decided_and_trained_on(call, main, tmp_path):
    passages, tasks = tmp_path / "passages.csv", tmp_path / "taken.json"
    rows = [(f"p{n}", "b1", f"De opvang telt {n} plaatsen.") for n in range(3)]
    write_table(passages, ("id", "letter", "text"), rows)
    result = call("export", passages, "--out", tasks, "--format", "label-studio")
    assert "3 passages are in" in result.output
    assert '<Choice value="shelter" hint="opvang"/>' in tasks.with_suffix(".xml").read_text(encoding="utf-8")
    assert len(json.loads(tasks.read_text(encoding="utf-8"))) == 3

    anna, bert = tmp_path / "anna.csv", tmp_path / "bert.csv"
    for path, sentiment in ((anna, "neutraal"), (bert, "negatief")):
        codes = [(*row[:2], row[2].replace(" telt", "  telt"), "opvang", sentiment) for row in rows]
        write_table(
            path, ("id", "brief", "tekst", "pijlers", "toon"), [*codes[:2], (*codes[2][:3], "opvang", "neutraal")]
        )
    coded = tmp_path / "coded.csv"
    result = call("import", anna, bert, "--out", coded, "--original", passages, "--rename", "bert=b2")
    assert result.exit_code == 0, result.output
    assert "3 passages with the codes of anna, b2 are in" in result.output
    assert "spaces or line ends differ" in result.output

    decide, final = tmp_path / "decide.csv", tmp_path / "final.csv"
    assert "2 passages to decide are in" in call("adjudicate", coded, "--out", decide, "--blind").output
    code, _, errors = main("adjudicate", coded, "--decided", decide, "--out", final)
    assert (code, final.exists()) == (2, False)
    assert "decide.csv, line 2, column sentiment: is undecided" in errors
    table = list(csv.reader(io.StringIO(decide.read_text(encoding="utf-8-sig"))))
    for row in table[1:]:
        row[table[0].index("take")] = "coder 1"
    write_table(decide, table[0], table[1:])
    assert "3 passages are in" in call("adjudicate", coded, "--decided", decide, "--out", final).output
    assert "3 passages of 1 letters, no mistakes found" in call("validate", final).output


def test_bad_import_writes_nothing_and_lists_what_is_wrong(main, tmp_path):
    path = tmp_path / "anna.csv"
    write_table(path, ("tekst", "pijlers", "toon"), [("Een.", "opvan", "neutraal"), ("", "opvang", "boos")])
    code, _, errors = main("import", path, "--out", tmp_path / "coded.csv")
    assert (code, (tmp_path / "coded.csv").exists()) == (2, False)
    assert "anna.csv, line 2, column pijlers: 'opvan' is no pillar; did you mean 'shelter' (opvang)?" in errors
    assert "anna.csv, line 3, column text: the text is empty" in errors
    assert "(found 'boos')" in errors
    code, _, errors = main("import", path, "--out", tmp_path / "coded.csv", "--label", "politie")
    assert code == 2
    assert "is not of the form NAME=OTHER" in errors


def test_evaluate_prints_scores_of_a_model_on_a_file(call, corpus_copy, tiny_model_folder):
    result = call("evaluate", corpus_copy, "--model", tiny_model_folder)
    assert result.exit_code == 0, result.output
    assert "tiny on corpus" in result.output
    assert re.search(r"pillars, macro-F1\W+[01]\.\d{3} \[", result.output)
    assert "sentiment coded (rows) and given (columns)" in result.output


def test_train_writes_a_model_that_labels(call, corpus_copy, tmp_path):
    doubtful = tmp_path / "twijfel.csv"
    arguments = ("--out", tmp_path / "eigen", "--name", "eigen", "--compare", "fast", "--label-errors", doubtful)
    result = call("train", corpus_copy, *arguments)
    assert result.exit_code == 0, result.output
    assert "'eigen' beside 'fast'" in result.output
    assert "72 passages of 12 letters are few" in result.output
    assert f"codes to look at again are in {doubtful}" in result.output
    assert doubtful.read_text(encoding="utf-8-sig").startswith("passage,letter,code,model")
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


@pytest.fixture
def labels_file(toy_corpus, tiny_model, tmp_path):
    """A table of labels as `label` writes it."""
    table = toy_corpus.to_frame().rename(columns={"id": "passage"})
    given = tiny_model.predict(toy_corpus.texts)
    table = table.assign(**given).assign(pillars=given["pillars"].str.join(" "))
    table.to_csv(tmp_path / "labels.csv", index=False, encoding="utf-8-sig")
    return tmp_path / "labels.csv"


def test_suggest_writes_a_file_to_annotate(call, labels_file, corpus_copy, tmp_path):
    out = tmp_path / "todo.csv"
    result = call("suggest", labels_file, "-n", "10", "--out", out)
    assert result.exit_code == 0, result.output
    assert "10 passages are in" in result.output
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert len(rows) == 10
    assert {row["sentiment"] for row in rows} == {""}
    result = call("suggest", labels_file, "-n", "10", "--out", out, "--annotated", corpus_copy)
    assert "0 passages are in" in result.output


def test_drift_and_prevalence_are_told_from_a_table_of_labels(call, labels_file, corpus_copy, tiny_model_folder):
    result = call("drift", labels_file, "--model", tiny_model_folder)
    assert result.exit_code == 0, result.output
    assert re.search(r"all\W+12\W+words a passage", result.output)
    result = call("prevalence", labels_file, corpus_copy, "--model", tiny_model_folder)
    assert result.exit_code == 0, result.output
    assert re.search(r"shelter\W+0\.167\W+0\.1", result.output)
    assert "was trained on" in result.output


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("weg.csv", None, "there is no such file"),
        ("brief.txt", "x", "a label table is a file"),
        ("l.csv", "", "no label"),
    ],
)
def test_file_that_is_no_table_of_labels_is_told_in_words(main, tmp_path, name, text, message):
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    code, _, errors = main("drift", tmp_path / name)
    assert code == 2
    assert message in errors


def test_compare_tells_which_model_does_better(call, corpus_copy, tiny_model_folder):
    result = call("compare", "fast", tiny_model_folder, corpus_copy)
    assert result.exit_code == 0, result.output
    assert "'tiny' beside 'fast': better on pillars" in result.output
    assert "note: 72 of the 72 passages" in result.output


def test_models_lists_shipped_and_own(call, tiny_model, tmp_path, monkeypatch):
    monkeypatch.setenv("MHNLP_MODELS", str(tmp_path))
    tiny_model.save(tmp_path / "eigen")
    result = call("models")
    assert result.exit_code == 0, result.output
    assert re.search(r"accurate\W+mhnlp", result.output)
    assert re.search(r"eigen\W+own", result.output)


def test_evaluate_writes_scores_to_files(call, main, corpus_copy, tiny_model_folder, tmp_path):
    out = tmp_path / "scores.json"
    result = call("evaluate", corpus_copy, "--model", tiny_model_folder, "--out", out)
    assert result.exit_code == 0, result.output
    assert json.loads(out.read_text(encoding="utf-8"))["passages"] == 72
    code, _, errors = main("evaluate", corpus_copy, "--model", tiny_model_folder, "--out", tmp_path / "scores.pdf")
    assert code == 2
    assert "scores are written as" in errors


def test_evaluate_scores_labels_from_elsewhere(call, main, corpus_copy, labels_file, tmp_path):
    result = call("evaluate", corpus_copy, "--labels", labels_file, "-o", tmp_path / "scores.csv")
    assert result.exit_code == 0, result.output
    assert "labels.csv on corpus" in result.output
    assert re.search(r"pillars, macro-F1\W+1\.000 \[", result.output)
    assert "calibration" not in result.output
    assert "nan" not in result.output
    assert (tmp_path / "scores.csv").read_text(encoding="utf-8").startswith("label,support")
    code, _, errors = main("evaluate", "--labels", labels_file)
    assert code == 2
    assert "name the coded passages" in errors


def test_scheme_with_a_mistake_is_told_in_words(main, corpus_copy, tmp_path):
    (tmp_path / "scheme.toml").write_text("pillars = 3", encoding="utf-8")
    code, _, errors = main("train", corpus_copy, "--scheme", tmp_path / "scheme.toml", "--out", tmp_path / "m")
    assert code == 2
    assert "scheme.toml: it has no list pillars" in errors


def test_training_is_not_lost_where_a_model_must_not_be_replaced(call, corpus_copy, tiny_model, tmp_path):
    folder = tiny_model.save(tmp_path / "eigen")
    result = call("train", corpus_copy, "--out", folder, "--name", "nieuw", "--compare", folder)
    assert result.exit_code == 1
    assert "no comparison: The model 'tiny' was trained on passages of every one of the 12 letters" in result.output
    assert "Nothing was replaced" in result.output
    assert load_model(folder).card.name == "tiny"
    assert load_model(tmp_path / "eigen-new").card.name == "nieuw"


def test_train_searches_where_it_is_asked_to(main, corpus_copy, tmp_path, monkeypatch):
    monkeypatch.setattr("mhnlp.search.MIN_LETTERS", 13)
    code, _, errors = main("train", corpus_copy, "--search", "--out", tmp_path / "m")
    assert code == 2
    assert "there are 72 of 12" in " ".join(errors.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("--compare", "fats"), "did you mean 'fast'"), (("--out", "."), "holds other files")],
)
def test_what_is_wrong_is_told_before_the_training(main, corpus_copy, monkeypatch, arguments, message):
    monkeypatch.chdir(corpus_copy)
    monkeypatch.setattr("mhnlp.training.train", None)
    code, _, errors = main("train", corpus_copy, *arguments)
    assert code == 2
    assert message in errors


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


def test_validate_takes_other_labels(call, main, tmp_path):
    scheme, coded = tmp_path / "scheme.toml", tmp_path / "coded.csv"
    scheme.write_text('pillars = ["housing"]\nsentiments = ["good", "bad", "none"]', encoding="utf-8")
    write_table(coded, ("text", "pillars", "sentiment"), [("De huisvesting is verbeterd.", "housing", "good")])
    assert "no mistakes found" in call("validate", coded, "--scheme", scheme).output
    assert "'housing' is no pillar" in main("validate", coded)[2]
