"""Nothing leaves the machine: what users run works where every connection is an error, and without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

NO_CONNECTIONS = """
import sys

def refuse(event, arguments):
    if event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
        raise RuntimeError(f"a network name was looked up: {arguments}")
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        raise RuntimeError(f"a network connection was opened: {arguments[1]}")

sys.addaudithook(refuse)
"""
USE = """
from pathlib import Path
import sys
import mhnlp

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for model in ("accurate", "fast"):
        assert len(mhnlp.classify(mhnlp.example_letter(), model=model)) == 6
    assert mhnlp.label_archive(folder / "letters", model="fast", n_jobs=2, progress=None).letters == 2
    classifier = mhnlp.PassageClassifier(min_texts=1, penalties=(3.0,), class_weights=(None,), folds=2)
    corpus = mhnlp.read_annotations(CORPUS)
    model = mhnlp.train(corpus, classifier=classifier)
    assert mhnlp.evaluate(model, corpus).passages == len(corpus)
    print("done")
"""
CALL = "import socket; socket.create_connection(('{host}', 80), timeout=5)"
ISOLATED = ("unshare", "--map-root-user", "--net")


def run(folder, *arguments, prefix=()):
    (folder / "sitecustomize.py").write_text(NO_CONNECTIONS, encoding="utf-8")
    # Python imports sitecustomize in every process, so that worker processes are watched too.
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [*prefix, sys.executable, *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603


@pytest.fixture(scope="module")
def isolation() -> tuple[str, ...]:
    """What to begin a command with so that it has no network; nothing where the system does not allow it."""
    if shutil.which(ISOLATED[0]) is None:
        return ()
    return () if subprocess.run([*ISOLATED, "true"], check=False, capture_output=True).returncode else ISOLATED  # noqa: S603


@pytest.mark.parametrize("host", ["127.0.0.1", "example.org"])
def test_a_connection_would_be_noticed(tmp_path, host):
    done = run(tmp_path, "-c", CALL.format(host=host))
    assert done.returncode != 0
    assert "RuntimeError: a network" in done.stderr


def test_classifying_labelling_training_and_evaluating_need_no_network(tmp_path, corpus_copy, letter_text, isolation):
    (tmp_path / "letters").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "letters" / name).write_text(letter_text, encoding="utf-8")
    (tmp_path / "use.py").write_text(USE.replace("CORPUS", repr(str(corpus_copy))), encoding="utf-8")
    done = run(tmp_path, tmp_path / "use.py", tmp_path, prefix=isolation)
    assert (done.returncode, done.stdout.strip()) == (0, "done"), done.stderr
