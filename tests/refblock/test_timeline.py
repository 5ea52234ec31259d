"""The drawing of papers by year and topic."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from lxml import etree

from refblock.timeline import Mark, draw

if TYPE_CHECKING:
    from lxml.etree import _Element

NAMES = {"mtl": "多任务", "attention": "注意力"}
MARKS = [
    Mark("2017", "attention", "Attention is all you need", "#ref-a", "en"),
    Mark("2017", "attention", "Another of that year", "#ref-b"),
    Mark("2022", "mtl", "综述", "b.html#ref-c", "zh-Hans"),
    Mark("2020", "unnamed", '<script>"&', '"><b>'),
]
SVG = "{http://www.w3.org/2000/svg}"


def drawn(marks: list[Mark] = MARKS) -> _Element:
    """Draw, and read the drawing as strictly as a book's reader does."""
    return etree.fromstring(draw(marks, NAMES, "论文"))


def circles(drawing: _Element) -> list[tuple[float, float, float]]:
    """Give where each mark is, and how large."""
    return [
        (float(dot.attrib["cx"]), float(dot.attrib["cy"]), float(dot.attrib["r"]))
        for dot in drawing.iter(f"{SVG}circle")
    ]


def test_each_paper_is_a_link_with_a_name_in_its_language() -> None:
    links = list(drawn().iter(f"{SVG}a"))

    assert {(link.get("href"), link.get("aria-label"), link.get("lang")) for link in links} == {
        (mark.href, mark.label, mark.language) for mark in MARKS
    }


def test_a_hostile_title_stays_text() -> None:
    assert [element for element in drawn().iter() if element.tag not in {SVG + name for name in (
        "svg", "g", "a", "circle", "title", "line", "text"
    )}] == []  # fmt: skip


def test_topics_have_lanes_in_the_order_of_their_names_with_their_counts() -> None:
    lanes = [group for group in drawn().iter(f"{SVG}g") if group.get("role") == "list"]

    assert [lane.get("aria-label") for lane in lanes] == ["多任务", "注意力", "unnamed"]
    assert [lane.findtext(f"{SVG}text") for lane in lanes] == ["多任务 · 1", "注意力 · 2", "unnamed · 1"]


def test_only_years_with_a_paper_take_room_from_left_to_right() -> None:
    years = [text for text in drawn().iter(f"{SVG}text") if text.get("text-anchor") == "middle"]

    assert [year.text for year in years] == ["2017", "2020", "2022"]
    assert all(float(one.attrib["x"]) < float(other.attrib["x"]) for one, other in pairwise(years))


def test_no_two_marks_touch_and_none_leaves_the_drawing() -> None:
    drawing = drawn([Mark(str(2000 + number % 20), "mtl", str(number), "#") for number in range(60)])
    _, _, width, height = map(float, drawing.attrib["viewBox"].split())
    dots = circles(drawing)

    assert len(dots) == 60
    assert all(r <= x <= width - r and r <= y <= height - r for x, y, r in dots)
    assert all((x - a) ** 2 + (y - b) ** 2 > (r + c) ** 2 for (x, y, r), (a, b, c) in combinations(dots, 2))


def test_crowded_years_are_short_but_the_first() -> None:
    drawing = drawn([Mark(str(2000 + number), "mtl", "", "#") for number in range(12)])
    years = [text.text for text in drawing.iter(f"{SVG}text") if text.get("text-anchor") == "middle"]

    assert years[:2] == ["2000", "’01"]
