"""Cards: what a citation in prose says of its entry when a reader points at it, comes to it by key, or touches it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

# Cited in prose there, and shown on the page of papers.
ELSEWHERE = "misra2016crossstitch"
HERE = "vandenhende2022dense"


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    with chromium.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.goto(f"{address}/multi-task-learning.html")
        yield page


def card(page: Page) -> list[str]:
    """Give the texts of the cards that can be seen."""
    return page.locator(".refblock-card").all_inner_texts()


@pytest.mark.parametrize("key", [HERE, ELSEWHERE])
def test_a_card_has_both_titles_the_authors_the_year_and_links(page: Page, key: str) -> None:
    page.locator(f".bibtex-citation a[href$='#ref-{key}']").first.hover()
    shown = page.locator(".refblock-card")

    assert shown.locator(".refblock-title[lang=zh-Hans]").inner_text()
    assert shown.locator(".refblock-parallel[lang=en]").inner_text()
    assert shown.locator(".refblock-authors").inner_text()
    assert shown.locator(".refblock-year").inner_text() == "".join(filter(str.isdecimal, key))
    assert shown.locator(".refblock-identifier[href^='https://']").count()
    # Wherever the entry stands, a card has just what one wants to know of a citation.
    assert shown.locator(".refblock-topic, .refblock-explained, .refblock-actions, .Z3988").count() == 0
    shown.get_by_role("link", name="前往条目").click()
    page.wait_for_url(f"**#ref-{key}")


def test_the_pointer_can_go_into_the_card_and_leaving_it_hides_it(page: Page) -> None:
    page.locator(".bibtex-citation a").first.hover()
    page.locator(".refblock-card .refblock-title").hover()
    assert len(card(page)) == 1
    page.mouse.move(5, 5)
    page.locator(".refblock-card").wait_for(state="detached")


def test_escape_hides_the_card_and_leaves_the_focus_at_the_citation(page: Page) -> None:
    link = page.locator(".bibtex-citation a").first
    page.locator("article a:visible").first.focus()
    while not link.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")
    assert len(card(page)) == 1
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('.refblock-card')")
    page.keyboard.press("Escape")

    assert card(page) == []
    assert link.evaluate("link => link === document.activeElement")


def test_going_on_by_tab_leaves_the_card_behind(page: Page) -> None:
    link = page.locator(".bibtex-citation a").first
    page.locator("article a:visible").first.focus()
    while not link.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    while page.evaluate("!!document.activeElement.closest('.refblock-card')"):
        page.keyboard.press("Tab")

    assert len(card(page)) <= 1
    assert not page.locator(".refblock-card").filter(has=page.locator("[data-old]")).count()
    assert link.evaluate("link => !link.nextElementSibling?.matches('.refblock-card')")


def test_a_touch_shows_the_card_and_a_second_follows_the_link(chromium: Browser, address: str) -> None:
    with chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        page.goto(f"{address}/multi-task-learning.html")
        link = page.locator(".bibtex-citation a").first
        link.tap()
        box = page.locator(".refblock-card").bounding_box()

        assert "#" not in page.url
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        # On the margin, where nothing is that a touch could mean.
        page.touchscreen.tap(3, 300)
        assert card(page) == []
        link.tap()
        link.tap()
        page.wait_for_url("**#ref-*")


def test_without_javascript_a_citation_names_its_entry_as_it_did(chromium: Browser, address: str) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/multi-task-learning.html")

        assert page.locator(".bibtex-citation a").first.get_attribute("title")
