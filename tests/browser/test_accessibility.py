"""Every page for everybody: rules of axe-core, narrow screens, large type, and a strict policy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from tests.conftest import BuiltSite, Site

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def pages(built_site: BuiltSite, language: str) -> list[str]:
    """Give every page of the site in one language, as its address below the root."""
    below = built_site.folder / language
    found = (path.relative_to(below).as_posix() for path in below.rglob("*.html") if "_static" not in path.parts)
    return [f"{language}{path}" for path in sorted(found) if language or not path.startswith("en/")]


def open_all(page: Page) -> None:
    """Show whatever the page can show."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    if page.locator("[data-do=mark]").count():
        page.locator("[data-do=mark]").first.click(force=True)
        page.locator("li.refblock-entry .refblock-title").first.focus()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("language", ["", "en/"])
def test_axe_finds_nothing_on_any_page(
    chromium: Browser, address: str, built_site: BuiltSite, language: str, scheme: Scheme
) -> None:
    axe = Axe()
    found: dict[str, list[str]] = {}
    docnames = pages(built_site, language)
    with chromium.new_context(color_scheme=scheme, reduced_motion="reduce") as context:
        page = context.new_page()
        for docname in docnames:
            page.goto(f"{address}/{docname}", wait_until="load")
            open_all(page)
            result = axe.run(page).response["violations"]
            found |= {f"{docname}: {rule['id']}": [node["html"][:200] for node in rule["nodes"][:3]] for rule in result}

    assert len(docnames) > 15
    assert found == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_in_a_card_or_a_dialog(chromium: Browser, address: str, scheme: Scheme) -> None:
    axe = Axe()
    with chromium.new_context(color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(f"{address}/multi-task-learning.html")
        page.locator(".bibtex-citation a").first.hover()
        page.locator(".refblock-card").wait_for()
        found = axe.run(page).response["violations"]
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        page.get_by_role("dialog").wait_for()
        found += axe.run(page).response["violations"]

    assert [(rule["id"], node["html"], node["any"]) for rule in found for node in rule["nodes"]] == []


@pytest.mark.parametrize(("width", "zoom"), [(320, 1), (640, 2)], ids=["320 pixels", "200 %"])
@pytest.mark.parametrize("language", ["", "en/"])
def test_no_page_scrolls_sideways_with_all_its_tools_open(
    chromium: Browser, address: str, built_site: BuiltSite, language: str, width: int, zoom: int
) -> None:
    wide = []
    # Zooming makes the viewport that many times narrower in CSS pixels.
    with chromium.new_context(viewport={"width": width // zoom, "height": 640}, device_scale_factor=zoom) as context:
        page = context.new_page()
        for docname in pages(built_site, language):
            page.goto(f"{address}/{docname}")
            open_all(page)
            if page.evaluate("document.documentElement.scrollWidth") > width // zoom:
                wide.append(docname)

    assert wide == []


def test_a_strict_policy_breaks_nothing_of_ours(
    chromium: Browser, built_site: BuiltSite, serve: Callable[..., str]
) -> None:
    policy = "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; base-uri 'none'"
    ours = ("refblock", "langswitch", "sphinx_pagefind", "svgfigure")
    refused: list[str] = []
    with chromium.new_context() as context:
        page = context.new_page()
        page.on(
            "console", lambda said: refused.append(f"{said.text} {said.location}") if said.type == "error" else None
        )
        page.goto(f"{serve(built_site.folder, policy)}/multi-task-learning.html")
        page.locator(".refblock-filter").fill("duorenwu")
        page.locator("[data-do=mark]").first.click(force=True)
        page.locator(".bibtex-citation a").first.hover()

        assert page.locator(".refblock-count").inner_text() != ""
        assert page.locator("[aria-pressed=true]").count()
        assert page.locator(".refblock-card").count()
    assert [line for line in refused if any(name in line for name in ours)] == []


def test_under_a_strict_policy_nothing_at_all_is_refused_on_a_page_with_nothing_but_blocks(
    chromium: Browser, copied: Callable[[str], Site], serve: Callable[..., str]
) -> None:
    # Sphinx's own search box has a script in the page.
    built = copied("themes").build(html_theme="basic", html_sidebars={"**": []})
    policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'"
    note = "refused.push(event.target.outerHTML ?? event.violatedDirective)"
    with chromium.new_context(accept_downloads=True) as context:
        context.add_init_script(f"refused = []; addEventListener('securitypolicyviolation', event => {note})")
        page = context.new_page()
        page.goto(f"{serve(built.folder, policy)}/index.html")
        page.locator(".refblock-options summary").click()
        page.locator(".refblock-bar input[type=checkbox]").first.check()
        page.locator(".refblock-bar select[name=titles]").select_option("original")
        page.locator(".bibtex-citation a").first.hover()
        page.locator(".refblock-card").wait_for()
        page.locator("li.refblock-entry:visible").first.hover()
        with page.expect_download():
            page.locator("[data-do=save]:visible").first.click()
        page.keyboard.press("?")
        page.get_by_role("dialog").wait_for()
        refused = page.evaluate("refused")

    # Sphinx's own links to other pages have a style in the page too.
    assert [part for part in refused if not part.startswith('<li class="right"')] == []
    assert refused


def test_focus_can_be_seen_on_all_that_the_script_adds(chromium: Browser, address: str) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/attention.html")
        page.locator(".refblock-options").evaluate("details => { details.open = true }")
        page.locator(".refblock-filter").focus()
        for _ in range(40):
            page.keyboard.press("Tab")
            style, width = page.evaluate(
                "(({outlineStyle, outlineWidth}) => [outlineStyle, parseFloat(outlineWidth)])"
                "(getComputedStyle(document.activeElement))"
            )
            assert style != "none"
            assert width >= 1


def test_nothing_of_ours_moves(built_site: BuiltSite) -> None:
    for sheet in Path(built_site.folder / "_static").glob("*.css"):
        if sheet.name in {"refblock.css", "langswitch.css", "sphinx_pagefind.css", "site.css"}:
            css = sheet.read_text(encoding="utf-8")
            assert "transition" not in css, sheet.name
            assert "animation" not in css, sheet.name


def test_on_paper_addresses_are_spelled_out_and_tools_are_gone(chromium: Browser, address: str) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/attention.html")
        page.emulate_media(media="print")
        title = page.locator("a.refblock-title").first
        after = title.evaluate("link => getComputedStyle(link, '::after').content")

        assert title.evaluate("link => getComputedStyle(link, '::after').display") == "block"
        assert after == f'"{title.get_attribute("href")}"'
        assert page.locator(".refblock-bar").is_hidden()
        assert page.locator(".refblock-actions").first.is_hidden()
        assert page.locator("li.refblock-entry").last.is_visible()
