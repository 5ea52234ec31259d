"""The papers of a field at a glance: an SVG drawing with a column for each year and a lane for each topic.

Nothing in here knows Sphinx, docutils or a bib file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET  # writes only

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SVG: Final = "http://www.w3.org/2000/svg"
_WIDTH: Final = 360
"""Units across: a phone's text column, so that type keeps its size there."""
_LEFT: Final = 14
_RADIUS: Final = 6.5
_STEP: Final = 17
"""From one mark to the next: two of them can be told apart by a finger."""
_LANE_HEAD: Final = 26
_AXIS: Final = 26
_COLOURS: Final = ("#2f6fde", "#b45309", "#047857", "#7c3aed", "#be185d", "#0e7490", "#4d7c0f", "#9f1239")


@dataclass(frozen=True, slots=True)
class Mark:
    """One paper."""

    year: str
    topic: str
    label: str
    """What it is called where it cannot be shown: its title, who wrote it and when."""
    href: str
    language: str | None = None


def draw(marks: Sequence[Mark], topic_names: Mapping[str, str], title: str) -> str:
    """Draw a timeline.

    Years without a mark take no room, and topics stand in the order of *topic_names*, those without a name last.
    Each mark is a link with a name of its own; colour repeats what the lanes say, and carries nothing alone.

    :param title: the name of the whole drawing.
    :returns: the markup of an ``svg`` element.
    """
    years = sorted({mark.year for mark in marks})
    order = {topic: place for place, topic in enumerate(topic_names)}
    topics = sorted({mark.topic for mark in marks}, key=lambda topic: (order.get(topic, len(order)), topic))
    columns = {year: _LEFT + (place + 0.5) * (_WIDTH - 2 * _LEFT) / len(years) for place, year in enumerate(years)}
    svg = ET.Element("svg", {"xmlns": _SVG, "class": "refblock-timeline", "role": "group", "aria-label": title})
    top = float(_AXIS)
    for number, topic in enumerate(topics):
        in_lane = [mark for mark in marks if mark.topic == topic]
        top = _draw_lane(svg, in_lane, topic_names.get(topic, topic), columns, top, _COLOURS[number % len(_COLOURS)])
    _draw_axis(svg, columns, top)
    svg.set("viewBox", f"0 0 {_WIDTH} {top:g}")
    return ET.tostring(svg, encoding="unicode")


def _draw_axis(svg: ET.Element, columns: Mapping[str, float], bottom: float) -> None:
    axis = ET.Element("g", {"class": "refblock-timeline-axis", "aria-hidden": "true"})
    crowded = len(columns) > _WIDTH // 34
    for year, x in columns.items():
        line = {"x1": f"{x:g}", "y1": str(_AXIS - 6), "x2": f"{x:g}", "y2": f"{bottom:g}"}
        ET.SubElement(axis, "line", {**line, "stroke": "currentColor", "stroke-opacity": "0.12"})
        label = ET.SubElement(axis, "text", {"x": f"{x:g}", "y": "14", "text-anchor": "middle", "font-size": "11"})
        label.set("fill", "currentColor")
        # Where there is no room for four figures, two tell as much: the first column says the century.
        label.text = f"’{year[-2:]}" if crowded and x != next(iter(columns.values())) else year
    svg.insert(0, axis)


def _draw_lane(
    svg: ET.Element, marks: Sequence[Mark], name: str, columns: Mapping[str, float], top: float, colour: str
) -> float:
    """Draw one topic's marks, stacked by year.

    :returns: where the lane ends.
    """
    lane = ET.SubElement(svg, "g", {"role": "list", "aria-label": name})
    ends = {"x1": "0", "x2": str(_WIDTH), "y1": f"{top:g}", "y2": f"{top:g}"}
    ET.SubElement(lane, "line", {**ends, "stroke": "currentColor", "stroke-opacity": "0.25"})
    heading = ET.SubElement(lane, "text", {"x": "0", "y": f"{top + 16:g}", "font-size": "12", "font-weight": "600"})
    heading.set("fill", "currentColor")
    heading.text = f"{name} · {len(marks)}"
    stacked: dict[str, int] = {}
    for mark in marks:
        place = stacked.setdefault(mark.year, 0)
        stacked[mark.year] += 1
        item = ET.SubElement(lane, "g", {"role": "listitem"})
        link = ET.SubElement(item, "a", {"href": mark.href, "aria-label": mark.label})
        circle = {"cx": f"{columns[mark.year]:g}", "cy": f"{top + _LANE_HEAD + _RADIUS + place * _STEP:g}"}
        dot = ET.SubElement(link, "circle", {**circle, "r": str(_RADIUS), "fill": colour})
        tip = ET.SubElement(dot, "title")
        tip.text = mark.label
        if mark.language:
            link.set("lang", mark.language)
    return top + _LANE_HEAD + max(stacked.values()) * _STEP + 6
