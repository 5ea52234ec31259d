"""What readers type into the search of the real site, in both languages, and what they must find."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from refblock.bibdata import read_bib

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Response

    from tests.conftest import BuiltSite

ROOT = Path(__file__).parent.parent.parent
QUERIES = [line.split("\t") for line in (ROOT / "tests/data/queries.tsv").read_text(encoding="utf-8").splitlines()]
ENTRIES = {entry.key: entry for entry in read_bib([ROOT / "refs.bib"], ["refs.bib"]).entries}
FOLDERS = pytest.mark.parametrize("folder", ["", "en/"], ids=["Chinese", "English"])


def ask(page: Page, query: str) -> None:
    """Type a query, and wait for its answer."""
    page.locator(".pagefind-form input").fill(query)
    page.wait_for_function("query => document.querySelector('.pagefind-results').dataset.answered === query", arg=query)


def hrefs(page: Page) -> list[str]:
    """Give the addresses of the results, in order."""
    return [str(link.get_attribute("href")) for link in page.locator(".pagefind-results a").all()]


def test_the_list_of_queries_covers_every_topic_and_asks_enough() -> None:
    wanted = {key for _, keys in QUERIES for key in keys.split("|") if key}

    assert sum(bool(keys) for _, keys in QUERIES) >= 40
    assert sum(not keys for _, keys in QUERIES) >= 10
    assert {topic for key in wanted for topic in ENTRIES[key].topics} == {
        topic for entry in ENTRIES.values() for topic in entry.topics
    }


@FOLDERS
def test_each_query_finds_its_entry_among_the_first_three(chromium: Browser, address: str, folder: str) -> None:
    missed = []
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/{folder}search.html")
        for query, keys in QUERIES:
            ask(page, query)
            found = [href.partition("#ref-")[2] for href in hrefs(page)[:3]]
            if keys and not set(found) & set(keys.split("|")):
                missed.append((query, found))
            if not keys and hrefs(page):
                missed.append((query, found))

    assert missed == []


@FOLDERS
def test_an_entry_comes_before_the_page_that_holds_it_and_leads_to_itself(
    chromium: Browser, address: str, folder: str
) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/{folder}search.html?q=MAttNet")
        page.locator(".pagefind-results a").first.wait_for()
        kinds = [item.get_attribute("data-kind") for item in page.locator(".pagefind-results li").all()]
        first = page.locator(".pagefind-results li").first

        assert kinds == sorted(kinds, key=str)
        # The title in the page's language leads here too.
        assert first.locator(".pagefind-title").get_attribute("lang") == {"": "zh-Hans", "en/": "en"}[folder]
        assert first.locator(".pagefind-second").count() == 1
        first.locator("a").click()
        assert page.locator(":target").get_attribute("data-key") in {
            "mattnet-referring-expressions",
            "yu2018mattnet",
        }


@FOLDERS
def test_prose_is_found_too(chromium: Browser, address: str, folder: str) -> None:
    query, page_name = {"": ("拖累", "multi-task-learning"), "en/": ("overfitting", "multi-task-learning")}[folder]
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/{folder}search.html")
        ask(page, query)

        assert any(href.startswith(f"./{page_name}.html#") or f"{page_name}.html#" in href for href in hrefs(page))


def test_a_filter_leaves_only_its_topic(chromium: Browser, address: str) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/search.html")
        ask(page, "attention")
        before = len(hrefs(page))
        page.locator("select[name=topic]").select_option("图神经网络")
        page.wait_for_function("before => document.querySelectorAll('.pagefind-results a').length < before", arg=before)
        keys = [href.partition("#ref-")[2] for href in hrefs(page)]

        assert keys
        assert all("graph-neural-networks" in ENTRIES[key].topics for key in keys)


def test_the_theme_s_box_leads_to_the_results(chromium: Browser, address: str) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/attention.html")
        page.keyboard.press("Control+k")
        page.locator("dialog[open] input[type=search]").fill("帕累托")
        page.keyboard.press("Enter")
        page.locator(".pagefind-results a").first.wait_for()

        assert page.url.startswith(f"{address}/search.html?q=")
        assert hrefs(page)[0].endswith("#ref-mtl-pareto-optimal")


def test_a_query_fetches_little(chromium: Browser, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    fetched: list[int] = []

    def note(response: Response) -> None:
        fetched.append(int(response.headers.get("content-length", 0)))

    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/search.html", wait_until="networkidle")
        context.on("response", note)
        most = {}
        for query in ("自注意力", "zhuyilijizhi", "learning", "PLE"):
            fetched.clear()
            ask(page, query)
            most[query] = sum(fetched)
    with capsys.disabled():
        print(f"\nbytes a query fetches after the first load: {most}")  # noqa: T201  # asked to be seen

    assert max(most.values()) < 150_000


def test_search_asks_no_other_host(chromium: Browser, address: str) -> None:
    asked: set[str] = set()
    with chromium.new_context() as context:
        context.on("request", lambda request: asked.add(request.url))
        page = context.new_page()
        page.goto(f"{address}/search.html?q=attention")
        page.locator(".pagefind-results a").first.wait_for()

    assert {url for url in asked if not url.startswith((address, "data:", "blob:"))} == set()


def test_without_javascript_or_a_server_the_page_says_what_to_do(
    chromium: Browser, address: str, built_site: BuiltSite
) -> None:
    folder = built_site.folder
    for script, url in ((False, f"{address}/search.html"), (True, f"file://{folder}/search.html")):
        with chromium.new_context(java_script_enabled=script) as context:
            page = context.new_page()
            page.goto(url)
            assert "JavaScript" in page.locator(".pagefind-help").inner_text()
            assert page.locator("nav a[href$='attention.html'], nav a[href*='attention.html']").count() > 0
