"""The page of link health, from records of several kinds."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from linkhealth.badges import NAMES
from linkhealth.chart import draw
from linkhealth.record import LinkState, Record, dump
from linkhealth.rules import Verdict, builtin_rules
from linkhealth.words import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.html import HtmlElement

    from tests.conftest import Site

SINCE = datetime(2026, 11, 1, 8, tzinfo=UTC)
CHECKED = datetime(2026, 11, 23, 8, tzinfo=UTC)
REFS = """
@online{one, title = {一 <b>}, titleaddon = {One}, url = {https://a.example/one}}
@online{two, title = {二}, titleaddon = {Two}, url = {https://a.example/two}}
@online{new, title = {三}, titleaddon = {Three}, url = {https://b.example/new}}
"""
CONF = """
extensions = ["linkhealth", "myst_parser"]
suppress_warnings = ["linkhealth.no_refblock"]
linkhealth_lists = ["refs.bib"]
html_theme = "basic"
language = "en"
version = "1"
copyright = "us"
"""
LINKS = {
    "https://a.example/one": LinkState(Verdict.ALIVE, SINCE, CHECKED, last_alive=CHECKED, evidence="HTTP 200"),
    "https://a.example/two": LinkState(
        Verdict.GONE, SINCE, CHECKED, evidence="says <script>", archived="https://web.archive.org/web/1/two"
    ),
    "https://c.example/other": LinkState(Verdict.BLOCKED, SINCE, CHECKED, title="A title", evidence="HTTP 403"),
    "https://c.example/moved": LinkState(
        Verdict.MOVED, SINCE, CHECKED, last_alive=CHECKED, final_url="https://c.example/new", evidence="HTTP 301"
    ),
    "javascript:alert(1)": LinkState(Verdict.NOT_CHECKED, SINCE, CHECKED, evidence="url: no http"),
}
HISTORY = {
    "2026-11-16": {"alive": 3, "gone": 1},
    "2026-11-23": {"alive": 1, "moved": 1, "gone": 1, "blocked": 1, "not_checked": 1},
}


def write(site: Site, links: Mapping[str, LinkState], history: Mapping[str, Mapping[str, int]]) -> None:
    site.write(conf=CONF, refs=REFS, index="# Health\n\n```{linkhealth-summary}\n```\n")
    (site.folder / "link-health.json").write_text(dump(Record(links, history)), encoding="utf-8")


def rows(page: HtmlElement, table: str) -> list[list[str]]:
    """Give the text of each cell of a table's body."""
    found = page.cssselect(f"table.{table} tbody tr")
    return [[" ".join(cell.text_content().split()) for cell in row.cssselect("td")] for row in found]


def test_an_empty_record_says_that_nothing_was_checked_and_how_many_wait(site: Site) -> None:
    write(site, {}, {})
    built = site.build()

    assert built.warnings == []
    (opening,) = built.page().cssselect(".linkhealth-opening")
    assert opening.text_content() == "Nothing has been checked yet; 3 addresses wait for their first check."
    assert built.page().cssselect("table") == []


def test_each_address_stands_by_its_host_with_all_that_is_known_broken_ones_first(site: Site) -> None:
    write(site, LINKS, HISTORY)
    built = site.build()
    page = built.page()

    assert built.warnings == []
    assert page.cssselect(".linkhealth-opening")[0].text_content() == (
        "5 addresses have been looked at, the last of them on 2026-11-23. 1 more wait for their first check."
    )
    assert [host.text_content() for host in page.cssselect("h2.linkhealth-host")] == [
        "a.example · 2",
        "c.example · 2",
        "? · 1",
    ]
    assert rows(page, "linkhealth-links") == [
        ["Two", "gone since 2026-11-01; never seen alive", "says <script> archived copy"],
        ["One", "alive since 2026-11-01; last seen alive 2026-11-23", "HTTP 200"],
        [
            "https://c.example/moved",
            "moved since 2026-11-01; last seen alive 2026-11-23",
            "HTTP 301 the new address",
        ],
        ["A title", "blocked since 2026-11-01; never seen alive", "HTTP 403"],
        ["javascript:alert(1)", "not checked since 2026-11-01; never seen alive", "url: no http"],
    ]
    hrefs = [link.get("href") for link in page.cssselect("table.linkhealth-links a")]
    assert hrefs == [
        "https://a.example/two",
        "https://web.archive.org/web/1/two",
        "https://a.example/one",
        "https://c.example/moved",
        "https://c.example/new",
        "https://c.example/other",
    ]


def test_counts_are_of_what_the_record_has(site: Site) -> None:
    write(site, LINKS, HISTORY)

    assert [row[:2] for row in rows(site.build().page(), "linkhealth-counts")] == [
        ["gone", "1"],
        ["moved", "1"],
        ["blocked", "1"],
        ["not checked", "1"],
        ["alive", "1"],
    ]


def test_a_reader_of_chinese_gets_chinese_words_and_titles(site: Site) -> None:
    write(site, LINKS, HISTORY)
    page = site.build(language="zh_CN").page()

    assert rows(page, "linkhealth-links")[0] == ["二", "已失效 2026-11-01 起，从未见过它可以访问", "says <script> 存档"]
    assert page.cssselect("table.linkhealth-links a")[0].get("lang") == "zh-Hans"
    assert page.cssselect("table.linkhealth-links .linkhealth-date")[0].text == "2026-11-01"


def test_what_a_rule_says_is_told_in_chinese_with_what_the_host_said(site: Site) -> None:
    said = "deleted by its author (该内容已被发布者删除)"
    write(site, {"https://a.example/two": LinkState(Verdict.GONE, SINCE, CHECKED, evidence=said)}, {})
    page = site.build(language="zh_CN").page()

    assert rows(page, "linkhealth-links")[0][2] == "作者已删除 (该内容已被发布者删除) 用必应搜索标题"


def test_everything_that_a_rule_can_say_is_in_the_catalog() -> None:
    known, word = builtin_rules(), words("zh_CN")
    said = {rule.says for family in (known.every, *known.hosts.values()) for rule in family.rules}

    assert {says for says in said if word(says) == says} == set()


def test_the_page_is_written_again_when_the_record_changes_and_only_then(site: Site) -> None:
    write(site, {}, {})
    site.build()
    assert site.build().read == []
    (site.folder / "link-health.json").write_text(dump(Record(LINKS, HISTORY)), encoding="utf-8")
    built = site.build()

    assert built.read == ["index"]
    assert rows(built.page(), "linkhealth-counts")


@pytest.mark.parametrize("builder", ["text", "latex", "epub", "man", "texinfo"])
def test_other_formats_get_the_same_in_their_way(site: Site, builder: str) -> None:
    write(site, LINKS, HISTORY)
    built = site.build(builder)
    (output,) = [
        path
        for pattern in ("*.txt", "*.tex", "index.xhtml", "*.1", "*.texi")
        for path in built.folder.glob(pattern)
        if path.name != "sphinxmessages.sty"
    ][:1]
    text = output.read_text(encoding="utf-8")

    assert built.warnings == []
    assert "2026" in text.replace("\\", "")
    assert "Two" in text


def test_message_catalogs_get_no_other_people_s_words(site: Site) -> None:
    write(site, LINKS, HISTORY)
    built = site.build("gettext")

    messages = (built.folder / "index.pot").read_text(encoding="utf-8")
    assert re.findall(r'^msgid "(.+)"', messages, re.MULTILINE) == ["Health"]


# ---------------------------------------------------------------- the chart


def test_the_chart_has_a_lane_for_each_verdict_with_name_and_newest_number() -> None:
    svg = etree.fromstring(draw(HISTORY, NAMES, "What it shows"))
    lanes = svg.findall("{*}g")

    assert (svg.get("role"), svg.get("aria-label")) == ("img", "What it shows")
    assert [[text.text for text in lane.findall("{*}text")] for lane in lanes] == [
        ["alive", "1"],
        ["moved", "1"],
        ["gone", "1"],
        ["blocked", "1"],
        ["not checked", "1"],
    ]
    assert [title.text for title in lanes[0].iter("{*}title")] == ["2026-11-16: alive 3", "2026-11-23: alive 1"]
    heights = [float(bar.get("height", 0)) for bar in lanes[0].iter("{*}rect")]
    assert heights == pytest.approx([20, 20 / 3], rel=0.001)
    assert svg.findall("{*}text")[0].text == "2026-11-16 – 2026-11-23"


def test_the_newest_day_stands_next_to_its_number_however_few_there_are() -> None:
    svg = etree.fromstring(draw(HISTORY, NAMES, ""))
    lane = svg.findall("{*}g")[0]
    newest, number = lane.findall("{*}rect")[-1], lane.findall("{*}text")[-1]

    assert 0 <= float(number.get("x", 0)) - float(newest.get("x", 0)) - float(newest.get("width", 0)) < 10


def test_a_long_history_is_drawn_as_far_as_there_is_room() -> None:
    history = {f"2026-{month:02}-{day:02}": {"alive": 1} for month in range(1, 13) for day in range(1, 11)}
    svg = etree.fromstring(draw(history, NAMES, ""))
    right = [float(bar.get("x", 0)) + float(bar.get("width", 0)) for bar in svg.iter("{*}rect")]

    assert len(right) == 60
    assert max(right) <= 330
    assert svg.findall("{*}text")[0].text == "2026-07-01 – 2026-12-10"


def test_the_chart_s_numbers_stand_beside_it(site: Site) -> None:
    write(site, LINKS, HISTORY)
    page = site.build().page()

    assert rows(page, "linkhealth-days") == [
        ["2026-11-23", "1", "1", "1", "1", "1"],
        ["2026-11-16", "1", "0", "0", "0", "3"],
    ]
    assert page.cssselect("details.linkhealth-numbers table.linkhealth-days")
