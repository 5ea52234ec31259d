"""Two languages of one site, on foreign sites and on the real one."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest
from defusedxml.ElementTree import parse as parse_xml
from lxml import html
from sphinx.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lxml.html import HtmlElement
    from playwright.sync_api import Browser

    from tests.conftest import BuiltSite, Site

LANGUAGES = '{"en": {"name": "English"}, "de": {"name": "Deutsch", "folder": "de", "config": {"project": "Buch"}}}'
CONF = f"""
project = "Book"
extensions = ["myst_parser", "langswitch"]
language = "en"
langswitch_languages = {LANGUAGES}
"""
PAGES = {"index": "# Start\n\n```{toctree}\nsub\n```\n", "sub": "# Sub\n\n## Part\n\nText.\n"}


def build_both(site: Site, builder: str = "html", **options: Any) -> Path:
    """Build a site in English, and in German below it."""
    english = site.build(builder, **options)
    german = site.build(builder, into=site.folder / "_german", language="de", **options)
    assert english.warnings == german.warnings == []
    shutil.copytree(german.folder, english.folder / "de")
    return english.folder


def parse(path: Path) -> HtmlElement:
    """Parse a page."""
    return html.parse(path, html.HTMLParser(encoding="utf-8")).getroot()


@pytest.mark.parametrize("theme", ["alabaster", "furo", "sphinx_book_theme"])
@pytest.mark.parametrize("builder", ["html", "dirhtml"])
def test_in_any_theme_each_page_leads_to_its_twin_and_back(site: Site, theme: str, builder: str) -> None:
    site.write(conf=CONF, **PAGES)
    folder = build_both(site, builder, html_theme=theme)
    here = {path.relative_to(folder) for path in folder.rglob("*.html")}
    here = {page for page in here if page.parts[0] not in {"de", "_static"}}

    assert here
    for page in here:
        for start, other in ((folder, "de"), (folder / "de", "en")):
            (link,) = parse(start / page).cssselect(f".langswitch a[hreflang='{other}']")
            target = (start / page).parent / str(link.get("href"))
            target = target / "index.html" if target.is_dir() else target
            assert target.resolve() == (folder / ("de" if other == "de" else "") / page).resolve()
    assert parse(folder / "de/index.html").cssselect(".langswitch [aria-current]")[0].text_content() == "Deutsch"
    assert "Buch" in parse(folder / "de/index.html").xpath("string(//title)")


def test_a_slot_of_the_theme_takes_the_switch_out_of_the_body(site: Site) -> None:
    site.write(conf=CONF, **PAGES)
    sidebars = {"**": ["about.html", "langswitch.html"]}
    page = parse(build_both(site, html_theme="alabaster", html_sidebars=sidebars) / "index.html")

    assert len(page.cssselect(".langswitch")) == 1
    assert page.cssselect(".sphinxsidebar .langswitch")


@pytest.mark.parametrize("root", ["https://example.org/book/latest/", ""])
def test_machines_are_told_of_each_page_and_its_twins(site: Site, root: str) -> None:
    site.write(conf=f'{CONF}html_theme = "alabaster"\nhtml_baseurl = "{root}"\n', **PAGES)
    folder = build_both(site)
    for below, own in (("", "en"), ("de/", "de")):
        page = parse(folder / below / "sub.html")
        at = f"{root or 'https://x.y/'}{below}sub.html"
        links = {
            str(link.get("hreflang")): urljoin(at, str(link.get("href"))) for link in page.cssselect("head [hreflang]")
        }
        base = root or "https://x.y/"
        assert links == {"en": f"{base}sub.html", "de": f"{base}de/sub.html", "x-default": f"{base}sub.html"}
        canonical = [str(link.get("href")) for link in page.cssselect("link[rel=canonical]")]
        assert canonical == ([f"{root}{below}sub.html"] if root else [])
        assert page.get("lang") == own
        locales = {"en": "en_US", "de": "de_DE"}
        assert [tag.get("content") for tag in page.cssselect("meta[property='og:locale']")] == [locales[own]]


def test_the_sitemap_names_every_page_of_every_language(site: Site) -> None:
    site.write(conf=f'{CONF}html_baseurl = "https://example.org/a/"\n', **PAGES)
    folder = build_both(site)
    urlset = parse_xml(folder / "sitemap.xml").getroot()
    assert urlset is not None
    urls = urlset.findall("{*}url")

    assert [url.findtext("{*}loc") for url in urls] == [
        f"https://example.org/a/{below}{page}.html" for page in ("index", "sub") for below in ("", "de/")
    ]
    assert all(len(url.findall("{http://www.w3.org/1999/xhtml}link")) == 2 for url in urls)
    assert not (folder / "de/sitemap.xml").exists()


@pytest.mark.parametrize(
    ("languages", "says"),
    [
        (["en"], "must map languages"),
        ({"en": "English"}, "'en' has no name"),
        ({"en": {"folder": ""}}, "'en' has no name"),
        ({"en": {"name": "English", "flag": "x"}}, "can't have 'flag'"),
        ({"en": {"name": "English", "folder": "en"}}, "the first language has no folder"),
        ({"en": {"name": "English"}, "de": {"name": "Deutsch"}}, "a folder of its own"),
        ({"en": {"name": "English", "config": {"projekt": "x"}}}, "'projekt', which is no option"),
    ],
)
def test_an_option_that_can_t_be_used_stops_the_build_with_what_to_write(
    site: Site, languages: object, says: str
) -> None:
    site.write(conf=CONF, **PAGES)
    with pytest.raises(ConfigError, match=says):
        site.build(langswitch_languages=languages)


@pytest.fixture
def pair(site: Site, serve: Callable[..., str]) -> str:
    """Serve a site in English and German, with a policy that allows scripts and styles from files alone."""
    site.write(conf=f'{CONF}html_theme = "basic"\n', **PAGES)
    return serve(build_both(site), policy="default-src 'self'")


def test_the_switch_keeps_the_anchor(chromium: Browser, pair: str) -> None:
    with chromium.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{pair}/sub.html#part")
        page.locator(".langswitch a").click()
        assert page.url == f"{pair}/de/sub.html#part"
        page.evaluate("location.hash = 'sub'")
        page.locator(".langswitch a").click()
        assert page.url == f"{pair}/sub.html#sub"


def test_a_reader_of_another_language_is_told_once_and_never_sent_away(chromium: Browser, pair: str) -> None:
    with chromium.new_context(locale="de-AT") as context:
        page = context.new_page()
        page.goto(f"{pair}/sub.html")
        note = page.get_by_role("status")
        assert page.url == f"{pair}/sub.html"
        assert note.get_attribute("lang") == "de"
        assert "auch auf Deutsch" in note.inner_text()
        note.get_by_role("button").click()
        assert note.count() == 0
        page.goto(f"{pair}/index.html")
        assert note.count() == 0
    with chromium.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{pair}/sub.html")
        assert page.get_by_role("status").count() == 0


def test_without_javascript_the_switch_is_a_link(chromium: Browser, pair: str) -> None:
    with chromium.new_context(java_script_enabled=False, locale="de-DE") as context:
        page = context.new_page()
        page.goto(f"{pair}/sub.html")
        page.locator(".langswitch a").click()
        assert page.url == f"{pair}/de/sub.html"


def test_every_page_of_the_real_site_has_its_twin(built_site: BuiltSite) -> None:
    chinese = {
        path.relative_to(built_site.folder)
        for path in built_site.folder.rglob("*.html")
        if path.relative_to(built_site.folder).parts[0] not in {"en", "_static"}
    }
    english = {path.relative_to(built_site.folder / "en") for path in (built_site.folder / "en").rglob("*.html")}

    assert chinese == {path for path in english if path.parts[0] != "_static"}
    for page in chinese:
        for start, tag in ((built_site.folder, "en"), (built_site.folder / "en", "zh-CN")):
            (link,) = parse(start / page).cssselect(f".langswitch a[hreflang='{tag}']")
            href = str(link.get("href"))
            twin = built_site.folder / ("en" if tag == "en" else "") / page
            # The page for what is not found is shown under any address; its links start at the root.
            place = built_site.folder / href.lstrip("/") if href.startswith("/") else (start / page).parent / href
            assert place.resolve() == twin.resolve()
