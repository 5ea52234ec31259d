"""Link health over time: an SVG drawing with a lane for each verdict and a bar for each day of checks.

Each lane has its own scale: a few dead links among hundreds of living ones are what the drawing is for.
Lanes, words and numbers say all; colour only repeats it. Nothing in here knows Sphinx or docutils.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET  # writes only

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkhealth.rules import Verdict

_SVG: Final = "http://www.w3.org/2000/svg"
_WIDTH: Final = 360
"""Units across: a phone's text column, so that type keeps its size there."""
_LEFT: Final = 92
"""The room for the names of lanes."""
_NUMBER: Final = 34
"""The room for a lane's newest number, at its end."""
_HEIGHT: Final = 20
_LANE: Final = _HEIGHT + 10
_AXIS: Final = 18
_MOST_DAYS: Final = 60
_WIDEST: Final = 14


def draw(history: Mapping[str, Mapping[str, int]], names: Mapping[Verdict, str], title: str) -> str:
    """Draw how many links had each verdict on each day of checks, the newest days on the right.

    :param history: counts of verdicts by date, as the record has them; at most the last 60 days are drawn.
    :param names: the verdicts in words, in the order of the lanes.
    :param title: what the drawing shows, for those who do not see it.
    :returns: the markup of an ``svg`` element.
    """
    days = sorted(history)[-_MOST_DAYS:]
    shown = [verdict for verdict in names if any(history[day].get(verdict.value) for day in days)]
    svg = ET.Element("svg", {"xmlns": _SVG, "class": "linkhealth-chart", "role": "img", "aria-label": title})
    for place, verdict in enumerate(shown):
        counts = {day: history[day].get(verdict.value, 0) for day in days}
        _draw_lane(svg, verdict, names[verdict], counts, (place + 1) * _LANE - 4)
    bottom = len(shown) * _LANE
    if days:
        span = days[0] if len(days) == 1 else f"{days[0]} – {days[-1]}"
        _write(svg, span, _WIDTH - _NUMBER, bottom + 12, size=11).set("text-anchor", "end")
    svg.set("viewBox", f"0 0 {_WIDTH} {bottom + _AXIS}")
    return ET.tostring(svg, encoding="unicode")


def _draw_lane(svg: ET.Element, verdict: Verdict, name: str, counts: Mapping[str, int], base: int) -> None:
    """Draw one verdict's bars, standing on *base*, as high as the lane where there were most."""
    lane = ET.SubElement(svg, "g", {"class": f"linkhealth-{verdict.value}"})
    _write(lane, name, 0, base - 2, size=12, weight="600")
    right = _WIDTH - _NUMBER
    line = {"x1": str(_LEFT), "x2": str(right), "y1": str(base), "y2": str(base)}
    ET.SubElement(lane, "line", {**line, "stroke": "currentColor", "stroke-opacity": "0.3"})
    step = min((right - _LEFT) / len(counts), _WIDEST)
    start = right - len(counts) * step  # the newest day stands next to its number
    for place, (day, number) in enumerate(counts.items()):
        height = number / max(counts.values()) * _HEIGHT
        box = {"x": f"{start + (place + 0.2) * step:g}", "width": f"{step * 0.8:g}"}
        bar = ET.SubElement(lane, "rect", {**box, "y": f"{base - height:g}", "height": f"{height:g}"})
        bar.set("fill", "currentColor")
        ET.SubElement(bar, "title").text = f"{day}: {name} {number}"
    _write(lane, str(list(counts.values())[-1]), right + 6, base - 2, size=12)


def _write(parent: ET.Element, text: str, x: float, y: float, size: int, weight: str = "400") -> ET.Element:
    place = {"x": f"{x:g}", "y": f"{y:g}", "font-size": str(size), "font-weight": weight, "fill": "currentColor"}
    written = ET.SubElement(parent, "text", place)
    written.text = text
    return written
