from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CLI = [sys.executable, "-c", "from mhnlp.cli import main; main()"]


def run(*command, **options):
    return subprocess.run(  # noqa: S603 - a command of this package
        [*map(str, command)], capture_output=True, text=True, encoding="utf-8", check=False, timeout=300, **options
    )


def test_installed_command_prints_its_help():
    script = Path(sys.executable).with_name("mhnlp")
    if not script.exists():
        pytest.skip(f"{script} is not installed")
    result = run(script, "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert "Usage: mhnlp" in result.stdout


def test_error_in_a_real_process_is_words_and_an_exit_code():
    result = run(*CLI, "validate", "weg.csv")
    assert result.returncode == 2
    assert "weg.csv" in result.stderr
    assert "Traceback" not in result.stderr


def test_model_loads_in_a_new_process_and_labels_alike(tiny_model, tiny_model_folder, letter_file):
    result = run(*CLI, "classify", letter_file, "--model", tiny_model_folder, "--format", "jsonl")
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    expected = tiny_model.predict([row["text"] for row in rows])
    assert {row["model"] for row in rows} == {tiny_model.fingerprint}
    assert [row["sentiment"] for row in rows] == expected["sentiment"].tolist()
    # JSON holds ten digits.
    for label in tiny_model.card.scheme.labels:
        assert [row[f"p_{label}"] for row in rows] == pytest.approx(expected[f"p_{label}"].tolist(), abs=5e-5)
