"""What a run shows while it goes on: a bar for each host, what is asked for, and the time left."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TextIO

from linkhealth.record import BROKEN
from linkhealth.rules import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from linkhealth.classify import Finding

_FRAME: Final = 0.1
"""Seconds between two drawings."""
_WORTH_A_LINE: Final = BROKEN | {Verdict.MOVED, Verdict.CHANGED}
_BAR: Final = 24


@dataclass(slots=True)
class _Lane:
    count: int
    seconds: float
    """What a link takes at the host's pace."""
    done: int = 0
    url: str = ""
    note: str = ""


class Progress:
    """Draws on a terminal; elsewhere, writes a line for each finding that is worth one."""

    def __init__(
        self, stream: TextIO, *, is_live: bool | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take the stream, and whether to draw on it, which a terminal is there for."""
        self._stream = stream
        self._is_live = stream.isatty() if is_live is None else is_live
        self._clock = clock
        self._lanes: dict[str, _Lane] = {}
        self._drawn = 0
        self._next = 0.0
        self.settled_count = 0

    def planned(self, lane: str, count: int, seconds: float) -> None:
        self._lanes[lane] = _Lane(count, seconds / count if count else 0)
        if not self._is_live:
            self._stream.write(f"{lane}: {count} links, about {_time(seconds)} at its pace\n")

    def asked(self, lane: str, url: str) -> None:
        if lane in self._lanes:
            # One column for each letter, or the drawing could not be erased.
            self._lanes[lane].url = url.encode("ascii", "replace").decode()
        self._draw()

    def held(self, lane: str, seconds: float, reason: str) -> None:
        if lane in self._lanes:
            self._lanes[lane].note = f"{reason}; waits {seconds:.0f} s"
        self._line(f"{lane}: {reason}; waits {seconds:.0f} s")

    def settled(self, lane: str, url: str, finding: Finding) -> None:
        self.settled_count += 1
        self._lanes[lane].done += 1
        self._lanes[lane].note = ""
        if finding.verdict in _WORTH_A_LINE:
            self._line(f"{finding.verdict.value:<11} {url}  {finding.evidence}")
        self._draw()

    def close(self) -> None:
        """Clear the drawing away."""
        self._erase()
        self._stream.flush()

    def _line(self, text: str) -> None:
        """Write a line that stays."""
        self._erase()
        self._stream.write(f"{text}\n")
        self._next = 0.0

    def _draw(self) -> None:
        now = self._clock()
        if not self._is_live or now < self._next:
            return
        self._next = now + _FRAME
        self._erase()
        columns, rows = shutil.get_terminal_size()
        open_lanes = {name: lane for name, lane in self._lanes.items() if lane.done < lane.count}
        slowest = sorted(open_lanes.items(), key=lambda item: -_left(item[1]))
        lines = [_bar(name, lane, columns) for name, lane in slowest[: max(1, rows - 3)]]
        done, count = self.settled_count, sum(lane.count for lane in self._lanes.values())
        left = max((_left(lane) for lane in open_lanes.values()), default=0)
        lines.append(f"{done} of {count} links, about {_time(left)} left"[: columns - 1])
        self._stream.write("".join(f"{line}\n" for line in lines))
        self._stream.flush()
        self._drawn = len(lines)

    def _erase(self) -> None:
        if self._drawn:
            self._stream.write(f"\033[{self._drawn}A\033[J")
            self._drawn = 0


def _left(lane: _Lane) -> float:
    return (lane.count - lane.done) * lane.seconds


def _bar(name: str, lane: _Lane, columns: int) -> str:
    full = _BAR * lane.done // lane.count
    bar = "█" * full + "░" * (_BAR - full)
    return f"{name[:24]:<24} {bar} {lane.done:>5}/{lane.count:<5} {lane.note or lane.url}"[: columns - 1]


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
