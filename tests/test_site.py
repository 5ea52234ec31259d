"""The real site, from the real refs.bib."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from tests.conftest import BuiltSite

ROOT = Path(__file__).parent.parent
LINKS: list[dict[str, Any]] = [
    json.loads(line) for line in (ROOT / "tests/data/post-links.jsonl").read_text(encoding="utf-8").splitlines()
]
POST_PAGES = {"多任务学习": "multi-task-learning", "Attention进阶+": "attention"}
HAN = re.compile("[\u4e00-\u9fff]")


def headings_of(element: HtmlElement) -> list[str]:
    """Give the headings that an element stands under, outermost first."""
    sections = list(element.iterancestors("section"))
    headings = [section.xpath("./h1|./h2|./h3")[0] for section in reversed(sections)]
    return [str(heading.xpath("string(text())")).strip() for heading in headings]


def shown_links(site: BuiltSite, language: str) -> list[tuple[list[str], str, HtmlElement]]:
    """Give the headings, the address and the entry of each post, in order."""
    return [
        (headings_of(entry), str(title.get("href")), entry)
        for docname in POST_PAGES.values()
        for entry in site.page(docname, language).cssselect("ol.refblock > li.refblock-entry")
        for title in entry.cssselect("a.refblock-title")
        if not entry.cssselect(".refblock-authors")
    ]


def test_the_site_builds_without_a_warning(built_site: BuiltSite) -> None:
    assert built_site.warnings == ""


def test_the_post_has_98_links() -> None:
    assert len({link["url"] for link in LINKS}) == len(LINKS) == 98


def test_each_link_of_the_post_stands_once_under_its_heading_in_order(built_site: BuiltSite) -> None:
    shown = [(headings, url) for headings, url, _ in shown_links(built_site, "zh_CN")]

    assert [(link["headings"], link["url"]) for link in LINKS] == shown


def test_each_link_has_its_exact_title_in_its_own_language(built_site: BuiltSite) -> None:
    shown = {url: entry.cssselect(".refblock-original") for _, url, entry in shown_links(built_site, "zh_CN")}

    for link in LINKS:
        assert [link["title"]] == [original.text_content() for original in shown[link["url"]]]
        assert {original.get("lang") for original in shown[link["url"]]} == {
            "zh-Hans" if HAN.search(link["title"]) else "en"
        }


@pytest.mark.parametrize(("language", "leads"), [("zh_CN", "zh-Hans"), ("en", "en")])
def test_each_link_has_two_titles_and_the_one_in_the_page_s_language_leads(
    built_site: BuiltSite, language: str, leads: str
) -> None:
    entries = [entry for _, _, entry in shown_links(built_site, language)]

    assert len(entries) == 98
    for entry in entries:
        (title,), (parallel,) = entry.cssselect(".refblock-title"), entry.cssselect(".refblock-parallel")
        assert title.get("lang") == leads
        assert {title.get("lang"), parallel.get("lang")} == {"zh-Hans", "en"}
        chinese, english = sorted((title, parallel), key=lambda shown: shown.get("lang") or "", reverse=True)
        assert HAN.search(chinese.text_content())
        assert not HAN.search(english.text_content())


def test_the_two_papers_stand_under_their_heading(built_site: BuiltSite) -> None:
    page = built_site.page("multi-task-learning")
    papers = [entry for entry in page.cssselect(".refblock-entry") if headings_of(entry)[-1] == "论文"]

    assert [entry.cssselect(".refblock-original")[0].text_content() for entry in papers] == [
        "Multi-Task Learning for Dense Prediction Tasks: A Survey",
        (
            "Progressive Layered Extraction (PLE): A Novel Multi-Task Learning (MTL) Model "
            "for Personalized Recommendations"
        ),
    ]
    for entry in papers:
        assert entry.cssselect(".refblock-authors")
        assert entry.cssselect(".refblock-year")
        assert entry.cssselect(".refblock-identifier")


def test_the_headings_are_those_of_the_post(built_site: BuiltSite) -> None:
    expected = {"多任务学习": ["教程", "论文", "概述", "参考"], "Attention进阶+": []}
    for heading, docname in POST_PAGES.items():
        page = built_site.page(docname)

        assert [str(title.xpath("string(text())")) for title in page.cssselect("article h1")] == [heading]
        assert [str(title.xpath("string(text())")) for title in page.cssselect("article h2")] == expected[heading]


def test_the_overview_has_four_figures_with_text_alternatives_and_captions(built_site: BuiltSite) -> None:
    for language in ("zh_CN", "en"):
        figures = built_site.page("multi-task-learning", language).cssselect("figure")

        assert len(figures) == 4
        for figure in figures:
            (drawing,) = figure.cssselect("svg")
            assert drawing.get("role") == "img"
            assert len(drawing.get("aria-label") or "") > 20
            assert figure.cssselect("figcaption")[0].text_content().strip()


def test_no_id_stands_twice_on_a_page(built_site: BuiltSite) -> None:
    for page in built_site.folder.rglob("*.html"):
        docname = page.relative_to(built_site.folder).with_suffix("").as_posix()
        ids: Counter[str] = Counter(built_site.page(docname).xpath("//article//@id"))

        assert not [identifier for identifier, count in ids.items() if count > 1], docname


def test_every_internal_link_on_a_page_of_the_post_leads_to_an_id_that_is_there(built_site: BuiltSite) -> None:
    for docname in [*POST_PAGES.values(), "papers", "index"]:
        for href in built_site.page(docname).xpath("//article//a[contains(@class, 'internal')]/@href"):
            target, _, fragment = str(href).partition("#")
            other = built_site.page(target.removesuffix(".html") or docname)
            assert not fragment or other.get_element_by_id(fragment, None) is not None, href


def test_an_english_page_has_no_chinese_of_ours_left(built_site: BuiltSite) -> None:
    for docname in ("index", *POST_PAGES.values(), "papers"):
        article = built_site.page(docname, "en").cssselect("article")[0]
        # Data for programs gives each title in each language.
        for foreign in article.cssselect("[lang^=zh], script[type='application/ld+json']"):
            foreign.clear(keep_tail=True)

        assert not HAN.findall(article.text_content()), docname


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_pages_say_of_links_what_the_record_says_and_no_more(built_site: BuiltSite, language: str) -> None:
    record = json.loads((ROOT / "docs/link-health.json").read_text(encoding="utf-8"))["links"]
    seen = {url for url, state in record.items() if "last_alive" in state}
    entries = [
        entry
        for docname in ("multi-task-learning", "attention", "papers")
        for entry in built_site.page(docname, language).cssselect("li.refblock-entry")
    ]
    marked = {
        entry.cssselect("a.refblock-title")[0].get("href") for entry in entries if entry.cssselect(".refblock-badge")
    }
    alive = {
        entry.cssselect("a.refblock-title")[0].get("href")
        for entry in entries
        if entry.cssselect(".refblock-badge-alive")
    }

    assert len(entries) > 100
    assert marked <= record.keys()
    assert alive <= seen
    assert len(built_site.page("link-health", language).cssselect(".linkhealth-links tbody tr")) == len(record)


def test_the_examples_are_a_site_of_their_own_and_shown_as_they_are_written(
    built_site: BuiltSite, tmp_path: Path
) -> None:
    root = ROOT / "tests" / "roots" / "test_examples"
    command = [sys.executable, "-m", "sphinx", "-q", "-n", "-W", "-b", "html", str(root), str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    alone = html.parse(tmp_path / "index.html", html.HTMLParser(encoding="utf-8")).getroot()
    shown = [
        [[str(entry.get("data-key")) for entry in block] for block in page.cssselect("ol.refblock")]
        for page in (alone, built_site.page("extension/examples", "en"))
    ]

    assert (result.returncode, result.stderr) == (0, "")
    assert shown[0] == shown[1]
    assert len(shown[0][0]) == 3


def test_no_citation_leads_to_the_examples(built_site: BuiltSite) -> None:
    ids = [str(entry.get("id")) for entry in built_site.page("extension/examples").cssselect("li.refblock-entry")]

    assert ids
    assert all(id_.startswith("ref-") and "extension" in id_ for id_ in ids)
