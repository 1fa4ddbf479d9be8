"""Labelling on a Dask cluster: a real scheduler and workers in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from mhnlp.archive import label_archive

LETTERS = 130


@pytest.fixture
def cluster():
    """A scheduler and two workers."""
    code = (
        "from distributed import LocalCluster\n"
        "if __name__ == '__main__':\n"
        "    import sys\n"
        "    options = {'threads_per_worker': 1, 'dashboard_address': None, 'silence_logs': 50}\n"
        "    with LocalCluster(n_workers=2, **options) as cluster:\n"
        "        print(cluster.scheduler_address, *(each.pid for each in cluster.workers.values()), flush=True)\n"
        "        sys.stdin.read()\n"
    )
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    address, *workers = process.stdout.readline().split()
    yield address, [int(pid) for pid in workers]
    process.stdin.close()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


def test_cluster_that_loses_a_worker_gives_what_one_process_gives(cluster, tiny_model, tmp_path):
    address, workers = cluster
    root = tmp_path / "in"
    root.mkdir()
    for number in range(LETTERS):
        text = f"In de opvang in Delft zijn {number} plaatsen. Dat is helaas te weinig."
        (root / f"{number:03}.txt").write_text(text, encoding="utf-8")
    killed = []

    def kill_once(progress):
        if not killed and progress.letters:
            killed.append(workers[0])
            os.kill(workers[0], signal.SIGKILL)

    results = [
        label_archive(root, out=tmp_path / name / "t.jsonl", model=tiny_model, n_jobs=1, **options)
        for name, options in (("een", {}), ("veel", {"scheduler": address, "progress": kill_once}))
    ]
    assert killed
    assert [(each.letters, each.failed, each.new) for each in results] == [(LETTERS, 0, LETTERS)] * 2
    one, many = ([path.read_bytes() for path in sorted((tmp_path / name).glob("*.jsonl"))] for name in ("een", "veel"))
    assert one == many
