"""What a run shows while it goes on."""

from __future__ import annotations

import io
import itertools
from typing import TYPE_CHECKING

from linkhealth.classify import Finding
from linkhealth.progress import Progress
from linkhealth.rules import Verdict

if TYPE_CHECKING:
    import pytest

ALIVE, GONE = Finding(Verdict.ALIVE, "seen"), Finding(Verdict.GONE, "deleted by its author")


def test_a_terminal_gets_a_bar_for_each_host_and_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    stream = io.StringIO()
    progress = Progress(stream, is_live=True, clock=itertools.count().__next__)
    progress.planned("a.example", 4, 120)
    progress.planned("b.example", 2, 1)
    progress.asked("a.example", "https://a.example/1")
    progress.settled("a.example", "https://a.example/1", ALIVE)
    last = stream.getvalue().rpartition("\033[J")[2]

    assert last.splitlines()[0].split() == ["a.example", "█" * 6 + "░" * 18, "1/4", "https://a.example/1"]
    assert "b.example" in last
    assert "1 of 6 links, about 1 min 30 s left" in last


def test_the_time_left_knows_of_waits_and_of_slow_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    seconds = [0.0]
    stream = io.StringIO()
    progress = Progress(stream, is_live=True, clock=lambda: seconds[0])
    progress.planned("a.example", 4, 4)
    progress.asked("a.example", "https://a.example/1")
    progress.held("a.example", 20, "HTTP 429")
    seconds[0] = 5
    progress.ticked()
    shown = stream.getvalue().rpartition("\033[J")[2]

    assert "HTTP 429; waits 15 s" in shown
    assert "0 of 4 links, about 19 s left" in shown
    seconds[0] = 30
    progress.settled("a.example", "https://a.example/1", ALIVE)
    # It took 10 s besides the wait, not the 1 s of its pace.
    assert "1 of 4 links, about 30 s left" in stream.getvalue().rpartition("\033[J")[2]


def test_a_drawing_is_erased_whatever_a_host_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wide letters would take more columns than they are counted as, and the drawing more lines."""
    monkeypatch.setenv("COLUMNS", "60")
    stream = io.StringIO()
    progress = Progress(stream, is_live=True, clock=itertools.count().__next__)
    progress.planned("多任务学习.example", 2, 1)
    progress.asked("多任务学习.example", "https://多任务学习.example/\x1b[2J" + "多" * 60)

    assert all(len(line) < 60 and "多" not in line for line in stream.getvalue().splitlines())
    assert "\x1b" not in stream.getvalue()


def test_a_finding_stays_above_the_bars() -> None:
    stream = io.StringIO()
    progress = Progress(stream, is_live=True, clock=itertools.count().__next__)
    progress.planned("a.example", 2, 1)
    progress.asked("a.example", "https://a.example/1")
    progress.settled("a.example", "https://a.example/1", GONE)
    progress.close()

    assert "gone        https://a.example/1  deleted by its author\n" in stream.getvalue()
    assert stream.getvalue().endswith("\033[J")


def test_a_log_gets_findings_and_no_drawing() -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    progress.planned("a.example", 2, 1)
    progress.asked("a.example", "https://a.example/1")
    progress.settled("a.example", "https://a.example/1", GONE)
    progress.settled("a.example", "https://a.example/2", ALIVE)
    progress.held("a.example", 3, "HTTP 429")
    progress.gave_up("a.example", "a.example has refused 20 times in a row")
    progress.ticked()
    progress.close()

    assert stream.getvalue().splitlines() == [
        "a.example: 2 to ask for, about 1 s at its pace",
        "gone        https://a.example/1  deleted by its author",
        "a.example: HTTP 429; waits 3 s",
        "a.example has refused 20 times in a row",
    ]
