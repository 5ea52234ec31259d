"""The built site in a real browser, as readers have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
PAGES = ("index", "multi-task-learning", "attention", "papers")


@pytest.mark.parametrize("javascript", [False, True], ids=["without JavaScript", "with JavaScript"])
@pytest.mark.parametrize("language", ["", "en/"], ids=["Chinese", "English"])
def test_every_reference_can_be_seen_and_followed(
    chromium: Browser, address: str, language: str, javascript: bool
) -> None:
    with chromium.new_context(java_script_enabled=javascript) as context:
        page = context.new_page()
        shown = 0
        for docname in ("multi-task-learning", "attention"):
            page.goto(f"{address}/{language}{docname}.html")
            titles = page.locator("article a.refblock-title").all()
            assert all(title.is_visible() and title.get_attribute("href") for title in titles)
            shown += len(titles)

        assert shown == 100


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_page_scrolls_sideways(chromium: Browser, address: str, width: int, scheme: Scheme) -> None:
    with chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme) as context:
        page = context.new_page()
        for docname in PAGES:
            page.goto(f"{address}/{docname}.html")

            assert page.evaluate("document.documentElement.scrollWidth") <= width, docname


def test_titles_are_set_in_fonts_and_upright_in_chinese(chromium: Browser, address: str) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/multi-task-learning.html")

        assert style(page, "article em:lang(zh)", "font-style") <= {"normal"}
        assert style(page, ".refblock :lang(zh)", "font-style") == {"normal"}


def test_a_citation_leads_to_its_entry(chromium: Browser, address: str) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/multi-task-learning.html")
        citation = page.locator(".bibtex-citation a").first
        target = (citation.get_attribute("href") or "").rpartition("#")[2]
        citation.click()

        assert page.locator(f"[id='{target}']").is_visible()
        assert page.evaluate("document.querySelector(':target').dataset.key") == "vandenhende2022dense"


def test_figures_take_the_page_s_ink_in_light_and_dark(chromium: Browser, address: str) -> None:
    inks = set()
    for scheme in SCHEMES:
        with chromium.new_context(color_scheme=scheme) as context:
            page = context.new_page()
            page.goto(f"{address}/multi-task-learning.html")
            ink = style(page, "figure svg text", "fill")
            assert ink == style(page, "article", "color")
            inks |= ink

    assert len(inks) == 2


def test_figures_are_legible_on_a_phone(chromium: Browser, address: str) -> None:
    with chromium.new_context(viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto(f"{address}/multi-task-learning.html")
        heights = page.evaluate(
            """() => [...document.querySelectorAll("figure svg text")].map(text =>
                 parseFloat(getComputedStyle(text).fontSize) * text.ownerSVGElement.getScreenCTM().a)"""
        )

        assert heights
        assert min(heights) >= 9.5


def test_no_page_asks_another_host_for_anything(chromium: Browser, address: str) -> None:
    asked: set[str] = set()
    with chromium.new_context() as context:
        context.on("request", lambda request: asked.add(request.url))
        page = context.new_page()
        for docname in PAGES:
            for language in ("", "en/"):
                page.goto(f"{address}/{language}{docname}.html", wait_until="networkidle")

    assert asked
    assert {url for url in asked if not url.startswith((address, "data:"))} == set()


def style(page: Page, selector: str, name: str) -> set[str]:
    """Give the values that a CSS property has on the elements of a selector."""
    values: list[str] = page.eval_on_selector_all(
        selector, "(found, name) => found.map(element => getComputedStyle(element).getPropertyValue(name))", name
    )
    return set(values)


def test_nothing_that_a_page_asks_for_is_missing(chromium: Browser, address: str) -> None:
    missing: set[str] = set()
    with chromium.new_context() as context:
        context.on("response", lambda response: missing.add(response.url) if response.status >= 400 else None)
        page = context.new_page()
        for docname in (*PAGES, "search", "genindex"):
            for language in ("", "en/"):
                page.goto(f"{address}/{language}{docname}.html", wait_until="networkidle")

    # Browsers ask for it by themselves.
    assert {url for url in missing if not url.endswith("/favicon.ico")} == set()
