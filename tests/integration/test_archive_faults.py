"""Runs over an archive that are killed, cut off, starved of disk or raced."""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, Future

import psutil
import pytest

from mhnlp.archive import contents as contents_module
from mhnlp.archive import label_archive, workers
from mhnlp.archive.contents import Given
from mhnlp.archive.tasks import Outcome, Task
from mhnlp.errors import ArchiveError
from mhnlp.letter import Letter
from mhnlp.reading import read_place

LETTERS = 120
MANY = 800


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """A folder of distinct letters, some twice, one empty."""
    root = tmp_path_factory.mktemp("archief")
    for number in range(LETTERS):
        paragraphs = [f"In de opvang in Delft zijn {number * 4 + own} plaatsen. Dat is te weinig." for own in range(4)]
        (root / f"{number:03}.txt").write_text("\n\n".join(paragraphs), encoding="utf-8")
    (root / "900.txt").write_text((root / "007.txt").read_text(encoding="utf-8"), encoding="utf-8")
    (root / "901.txt").write_text("", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def undisturbed(archive, tiny_model_folder, tmp_path_factory):
    """What a run that nothing disturbs writes."""
    out = tmp_path_factory.mktemp("gaaf") / "t.jsonl"
    label_archive(archive, out=out, model=tiny_model_folder, n_jobs=1)
    return written(out)


def written(out):
    return [path.read_bytes() for path in sorted(out.parent.glob(f"{out.stem}*.jsonl"))]


@pytest.fixture(scope="module")
def processes():
    """Processes that begin with everything imported, so that many can be killed in little time."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["mhnlp.archive.labelling", "mhnlp.archive.workers"])
    return context


def test_run_that_is_killed_at_random_moments_ends_as_an_undisturbed_one(
    archive, undisturbed, tiny_model_folder, tmp_path, processes
):
    out = tmp_path / "t.jsonl"
    chance = random.Random(5)  # noqa: S311 - moments, not secrets
    options = {"out": out, "model": tiny_model_folder, "n_jobs": 1}
    for _ in range(4):
        run = processes.Process(target=label_archive, args=(archive,), kwargs=options)
        run.start()
        run.join(chance.uniform(0.3, 4.0))
        run.kill()
        run.join()
    result = label_archive(archive, **options)
    assert written(out) == undisturbed
    assert (result.letters, result.failed) == (LETTERS + 1, 1)


def test_letters_that_were_committed_before_a_fault_are_not_labelled_again(
    archive, undisturbed, tiny_model_folder, tmp_path, monkeypatch
):
    out = tmp_path / "t.jsonl"
    options = {"out": out, "model": tiny_model_folder, "n_jobs": 1}
    monkeypatch.setattr("mhnlp.archive.state.COMMIT_EVERY", 0.0)
    monkeypatch.setattr("mhnlp.archive.progress.SHOW_EVERY", 0.0)
    with pytest.raises(RuntimeError):
        label_archive(archive, **options, progress=raise_after(64))
    result = label_archive(archive, **options)
    assert 0 < result.new < LETTERS
    assert written(out) == undisturbed


def raise_after(letters):
    def tell(progress):
        if progress.letters >= letters:
            raise RuntimeError

    return tell


def test_second_run_into_the_same_output_is_told_of_the_first(archive, undisturbed, tiny_model_folder, tmp_path):
    out = tmp_path / "t.jsonl"
    options = {"out": out, "model": tiny_model_folder, "n_jobs": 1}
    told = []

    def second(_):
        with pytest.raises(ArchiveError, match="another run is writing to") as caught:
            label_archive(archive, **options)
        told.append(caught.value.code)

    label_archive(archive, **options, progress=second)
    assert set(told) == {2}
    assert written(out) == undisturbed


def test_two_workers_of_which_one_is_killed_give_what_one_process_gives(
    archive, undisturbed, tiny_model_folder, tmp_path
):
    out = tmp_path / "t.jsonl"
    killed = []

    def kill_once(progress):
        if not killed and progress.letters:
            workers = [each for each in psutil.Process().children() if "popen_loky" in " ".join(each.cmdline())]
            killed.extend(each.pid for each in workers[:1])
            for pid in killed:
                os.kill(pid, signal.SIGKILL)

    result = label_archive(archive, out=out, model=tiny_model_folder, n_jobs=2, progress=kill_once)
    assert killed
    assert (result.letters, result.failed) == (LETTERS + 1, 1)
    assert written(out) == undisturbed


class Deadly:
    """Stands for processes of which one dies whenever it is given a letter that begins with ``†``."""

    def __init__(self):
        self.broken = False

    def submit(self, _, tasks, recipe):
        if self.broken:
            raise BrokenExecutor
        self.broken = any(task.content.letter.text.startswith("†") for task in tasks)
        future = Future()
        if self.broken:
            future.set_exception(BrokenExecutor())
        else:
            future.set_result([Outcome(task.key, 1, recipe) for task in tasks])
        return future


def test_letter_that_kills_its_worker_twice_is_the_only_failure():
    tasks = [Task(str(each), Given(Letter("†" if each in {40, 90} else "x"))) for each in range(200)]
    pool = workers.Pool(b"labels", Deadly, 2)
    outcomes = [each for batch in workers.label_all(tasks, pool) for each in batch]
    assert sorted(int(each.key) for each in outcomes) == list(range(200))
    assert {each.key for each in outcomes if each.cause} == {"40", "90"}
    assert "died" in next(each.cause for each in outcomes if each.cause)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 300 kB."""
    disk = tmp_path / "schijf"
    disk.mkdir()
    mount = shutil.which("mount")
    mounted = mount and subprocess.run(  # noqa: S603
        [mount, "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("a small disk can only be mounted by root")
    yield disk
    subprocess.run([shutil.which("umount"), str(disk)], check=True)  # noqa: S603


def test_full_disk_is_told_and_the_run_goes_on_when_there_is_room(archive, undisturbed, tiny_model_folder, small_disk):
    filler = small_disk / "vol"
    filler.write_bytes(b"x" * 200_000)
    options = {"out": small_disk / "t.jsonl", "model": tiny_model_folder, "n_jobs": 1}
    with pytest.raises(ArchiveError, match="Free some space"):
        label_archive(archive, **options)
    assert not list(small_disk.glob("*.jsonl"))
    subprocess.run([shutil.which("mount"), "-o", "remount,size=30m", str(small_disk)], check=True)  # noqa: S603
    label_archive(archive, **options)
    assert written(small_disk / "t.jsonl") == undisturbed


def test_files_that_may_not_grow_are_told_of_and_the_old_tables_stay(archive, undisturbed, tiny_model_folder, tmp_path):
    out = tmp_path / "t.jsonl"
    options = {"out": out, "model": tiny_model_folder, "n_jobs": 1}
    (tmp_path / "klein").mkdir()
    (tmp_path / "klein" / "a.txt").write_text((archive / "000.txt").read_text(encoding="utf-8"), encoding="utf-8")
    label_archive(tmp_path / "klein", **options)
    before = written(out)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (90_000, hard))
    try:
        with pytest.raises(ArchiveError, match="run the same command again"):
            label_archive(archive, **options)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert written(out) == before
    label_archive(archive, **options)
    assert written(out) == undisturbed


def test_output_that_is_removed_in_mid_run_is_told_and_the_next_run_begins_anew(
    archive, undisturbed, tiny_model_folder, tmp_path, monkeypatch
):
    monkeypatch.setattr("mhnlp.archive.state.COMMIT_EVERY", 0.0)
    out = tmp_path / "uit" / "t.jsonl"
    options = {"out": out, "model": tiny_model_folder, "n_jobs": 1}
    with pytest.raises(ArchiveError, match="was removed in mid-run"):
        label_archive(archive, **options, progress=lambda _: shutil.rmtree(out.parent, ignore_errors=True))
    label_archive(archive, **options)
    assert written(out) == undisturbed


@pytest.mark.parametrize("what", ["changes", "vanishes"])
def test_file_that_changes_or_vanishes_while_it_is_read_is_a_failure_until_the_next_run(
    tiny_model_folder, tmp_path, letter_text, monkeypatch, what
):
    path = tmp_path / "in" / "a.txt"
    path.parent.mkdir()
    path.write_text(letter_text, encoding="utf-8")
    (tmp_path / "in" / "b.txt").write_text(letter_text.replace("40", "41"), encoding="utf-8")

    def disturb(own):
        letter = read_place(own)
        if own.file == path:
            path.write_text(letter_text.replace("40", "44"), encoding="utf-8") if what == "changes" else path.unlink()
        return letter

    options = {"out": tmp_path / "t.csv", "model": tiny_model_folder, "n_jobs": 1}
    with monkeypatch.context() as patched:
        patched.setattr(contents_module, "read_place", disturb)
        result = label_archive(path.parent, **options)
    expected = "it changed while it was read" if what == "changes" else "it cannot be opened"
    assert [(each.name, each.cause[: len(expected)]) for each in result.failures] == [("a.txt", expected)]
    again = label_archive(path.parent, **options)
    assert (again.failed, again.letters) == (0, 2 if what == "changes" else 1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_and_folder_without_permission_are_failures(tiny_model_folder, tmp_path, letter_text):
    for name in ("goed.txt", "dicht.txt", "dicht/x.txt"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(letter_text, encoding="utf-8")
    (tmp_path / "in" / "dicht.txt").chmod(0)
    (tmp_path / "in" / "dicht").chmod(0)
    result = label_archive(tmp_path / "in", model=tiny_model_folder, n_jobs=1)
    (tmp_path / "in" / "dicht").chmod(0o700)
    assert {each.name for each in result.failures} == {"dicht", "dicht.txt"}
    assert all("Permission denied" in each.cause for each in result.failures)


def test_huge_letters_are_failures(tiny_model_folder, tmp_path):
    for size in (50_000_000, 50_000_001):
        path = tmp_path / f"{size}.txt"
        path.touch()
        os.truncate(path, size)
    causes = [each.cause for each in label_archive(tmp_path, model=tiny_model_folder, n_jobs=1).failures]
    assert causes == ["it holds zero bytes, so it is no text file", "it is larger than 50 MB"]


@pytest.mark.parametrize("damage", ["text", "database"])
def test_state_that_is_none_of_ours_is_refused(archive, tiny_model_folder, tmp_path, damage):
    state = tmp_path / "t.csv.state"
    if damage == "text":
        state.write_text("geen toestand " * 1000, encoding="utf-8")
    else:
        import sqlite3

        with sqlite3.connect(state) as database:
            database.execute("CREATE TABLE eigen (x)")
        database.close()
    before = state.read_bytes()
    with pytest.raises(ArchiveError, match=r"remove it to begin anew|another program"):
        label_archive(archive, out=tmp_path / "t.csv", model=tiny_model_folder, n_jobs=1)
    assert state.read_bytes() == before


def test_interrupt_stops_within_seconds_and_keeps_the_state(tiny_model_folder, tmp_path):
    out, archive = tmp_path / "t.jsonl", tmp_path / "brieven"
    archive.mkdir()
    for number in range(MANY):
        # So many that the run is not over before it is interrupted.
        paragraphs = [
            f"In de opvang in Delft zijn {number * 20 + own} plaatsen. Dat is te weinig." for own in range(20)
        ]
        (archive / f"{number:04}.txt").write_text("\n\n".join(paragraphs), encoding="utf-8")
    command = ["label", archive, "-o", out, "-m", tiny_model_folder, "-j", 2, "--log"]
    # Whoever runs the tests in the background lets them ignore interrupts, and all processes that they start.
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code += "import mhnlp.archive.state as s; s.COMMIT_EVERY = 0.0; from mhnlp.cli import main; main()"
    run = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", code, *map(str, command)], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert "letters/s" in run.stderr.readline()
    start = time.monotonic()
    os.killpg(run.pid, signal.SIGINT)
    _, errors = run.communicate(timeout=60)
    # A quarter of a second was seen; more on a machine that does other work.
    assert time.monotonic() - start < 2 * max(1, os.getloadavg()[0] / os.cpu_count())
    assert run.returncode == 130
    assert "run the same command again" in errors
    assert "Traceback" not in errors
    assert not out.exists()
    result = label_archive(archive, out=out, model=tiny_model_folder, n_jobs=1)
    assert 0 < result.new < MANY
    assert (result.letters, result.passages) == (MANY, 20 * MANY)
