from __future__ import annotations

import re
import sys
from types import SimpleNamespace

import pytest

from mhnlp.archive import progress as module
from mhnlp.archive.progress import Counter, Progress, shown


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""
    now = SimpleNamespace(value=1000.0)
    monkeypatch.setattr(module.time, "monotonic", lambda: now.value)
    return now


def test_rate_is_that_of_the_last_half_minute_and_gives_the_time_left(clock):
    seen: list[Progress] = []
    counter = Counter(100_000, seen.append)
    # Ten thousand letters were labelled by an earlier run and take no time; then ten come each second.
    counter.add(letters=10_000, passages=70_000)
    for _ in range(60):
        clock.value += 1
        counter.add(letters=10, passages=70, failures=1)
    assert (seen[-1].letters, seen[-1].passages, seen[-1].failures) == (10_600, 74_200, 60)
    assert seen[-1].rate == pytest.approx(10, rel=0.05)
    assert seen[-1].seconds_left == pytest.approx(89_400 / 10, rel=0.05)


def test_time_left_is_unknown_where_the_number_of_letters_is():
    assert Progress(5, None, 9, 0, 2.0).seconds_left is None
    assert str(Progress(5, None, 9, 0, 2.0)) == "5 letters, 9 passages, 2.0 letters/s"
    assert str(Progress(1500, 3000, 9, 2, 1.0)).endswith("2 failed, 1.0 letters/s, 25:00 left")


def test_log_prints_a_line_now_and_then_and_at_the_end(clock, capsys):
    with shown("log") as tell:
        for letters in range(1, 101):
            clock.value += 1
            tell(Progress(letters, 100, letters, 0, 1.0))
    lines = capsys.readouterr().err.splitlines()
    assert [int(re.search(r" (\d+) of 100 letters", line)[1]) for line in lines] == [1, 31, 61, 91, 100]


def test_bar_is_drawn_in_a_terminal_and_nothing_elsewhere(monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    with shown("auto") as tell:
        tell(Progress(1, 2, 3, 0, 1.0))
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert module._automatic() == "bar"
    with shown("bar") as tell:
        tell(Progress(1, 2, 3, 0, 1.0))


def test_notebook_updates_one_output(monkeypatch):
    updates = []
    handle = SimpleNamespace(update=lambda data, **_: updates.append(data["text/plain"]))
    shell = type("ZMQInteractiveShell", (), {})()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=lambda *_, **__: handle))
    with shown("auto") as tell:
        tell(Progress(1, 2, 3, 0, 1.0))
    assert updates == ["1 of 2 letters, 3 passages, 1.0 letters/s, 0:01 left"]
