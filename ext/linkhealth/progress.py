"""What a run shows while it goes on: a bar for each host, what is asked for, and the time left."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TextIO

from linkhealth.classify import one_line
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
    pace: float
    """Seconds that a link takes at the host's pace."""
    done: int = 0
    url: str = ""
    began: float | None = None
    waited: float = 0
    """Seconds that the host has had us wait."""
    waits_until: float = 0
    reason: str = ""
    """Why it waits."""

    def left(self, now: float) -> float:
        """Give the seconds that the rest will take: at its pace, or as slowly as the host has answered so far."""
        a_link = (now - self.began - self.waited) / self.done if self.began is not None and self.done else 0
        return (self.count - self.done) * max(self.pace, a_link) + self.rest(now)

    def rest(self, now: float) -> float:
        """Give the seconds that the host still wants us to wait."""
        return max(0.0, self.waits_until - now)


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

    def planned(self, lane: str, count: int, seconds: float) -> None:
        self._lanes[lane] = _Lane(count, seconds / count if count else 0)
        if not self._is_live:
            self._line(f"{_plain(lane) or '?'}: {count} to ask for, about {_time(seconds)} at its pace")

    def asked(self, lane: str, url: str) -> None:
        known = self._lanes.get(lane)
        if known is not None:
            known.url = url
            known.began = self._clock() if known.began is None else known.began
        self._draw()

    def held(self, lane: str, seconds: float, reason: str) -> None:
        if lane in self._lanes:
            now, known = self._clock(), self._lanes[lane]
            known.waited += max(0.0, now + seconds - max(now, known.waits_until))
            known.waits_until, known.reason = max(known.waits_until, now + seconds), reason
        self._line(f"{_plain(lane)}: {reason}; waits {seconds:.0f} s")

    def gave_up(self, _: str, reason: str) -> None:
        self._line(_plain(reason))

    def settled(self, lane: str, url: str, finding: Finding) -> None:
        self._lanes[lane].done += 1
        if finding.verdict in _WORTH_A_LINE:
            self._line(f"{finding.verdict.value:<11} {_plain(url)}  {finding.evidence}")
        self._draw()

    def ticked(self) -> None:
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
        left = {name: lane.left(now) for name, lane in self._lanes.items() if lane.done < lane.count}
        slowest = sorted(left, key=lambda name: -left[name])
        lines = [_bar(name, self._lanes[name], now) for name in slowest[: max(1, rows - 3)]]
        done, count = (sum(getattr(lane, name) for lane in self._lanes.values()) for name in ("done", "count"))
        lines.append(f"{done} of {count} links, about {_time(max(left.values(), default=0))} left")
        self._stream.write("".join(f"{line[: columns - 1]}\n" for line in lines))
        self._stream.flush()
        self._drawn = len(lines)

    def _erase(self) -> None:
        if self._drawn:
            self._stream.write(f"\033[{self._drawn}A\033[J")
            self._drawn = 0


def _bar(name: str, lane: _Lane, now: float) -> str:
    full = _BAR * lane.done // lane.count
    bar = "█" * full + "░" * (_BAR - full)
    going_on = f"{lane.reason}; waits {lane.rest(now):.0f} s" if lane.rest(now) else lane.url
    return f"{_narrow(name or '?')[:24]:<24} {bar} {lane.done:>5}/{lane.count:<5} {_narrow(going_on)}"


def _plain(text: str) -> str:
    """Give other people's text on one line; addresses may be long."""
    return one_line(text, 5_000)


def _narrow(text: str) -> str:
    """Give a text with one column for each letter, or the drawing could not be erased."""
    return _plain(text).encode("ascii", "replace").decode()


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
