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
    progress.close()

    assert stream.getvalue().splitlines() == [
        "a.example: 2 links, about 1 s at its pace",
        "gone        https://a.example/1  deleted by its author",
        "a.example: HTTP 429; waits 3 s",
    ]
