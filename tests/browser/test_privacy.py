"""No page asks for anything outside the site, nor sets a cookie: nobody else learns what is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.conftest import BuiltSite


def test_no_page_asks_for_anything_outside_the_site(chromium: Browser, address: str, built_site: BuiltSite) -> None:
    paths = sorted(path for path in built_site.folder.rglob("*.html") if "_static" not in path.parts)
    pages = [path.relative_to(built_site.folder).as_posix() for path in paths]
    searches = [name for name in pages if name.endswith("search.html")]
    asked: list[str] = []
    with chromium.new_context() as context:
        context.on("request", lambda request: asked.append(request.url))
        page = context.new_page()
        for name in pages:
            page.goto(f"{address}/{name}")
            # Pictures may load only when they come into view, and cards only when a citation is touched.
            page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
            for citation in page.locator(".bibtex-citation a").all()[:1]:
                citation.hover()
                page.locator(".refblock-card").wait_for()
        for name in searches:
            page.goto(f"{address}/{name}?q=attention")
            page.locator(".pagefind-results li").first.wait_for()
        cookies = context.cookies()

    assert len(pages) > 30
    assert searches == ["en/search.html", "search.html"]
    assert {name.removeprefix("en/") for name in pages if name.startswith("en/")} <= set(pages)
    assert {f"{address}/{name}" for name in pages} <= set(asked)
    assert [url for url in asked if not url.startswith((f"{address}/", "data:"))] == []
    assert cookies == []
