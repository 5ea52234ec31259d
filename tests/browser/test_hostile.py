"""Other people's text in a browser: whatever a bib file or a web server says, it stays text, and leads to the web only.

On pages with blocks, on that of link health, and among what a search finds.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from linkhealth.record import LinkState, Record, dump
from linkhealth.rules import Verdict
from tests.conftest import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request

POLICY = (
    # Pagefind is made of WebAssembly.
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; "
    # The basic theme's bar of links has one style attribute; by its digest this is let through, and no other.
    "style-src 'self' 'unsafe-hashes' 'sha256-4IfJmohiqxpxzt6KnJiLmxBD72c3jkRoQ+8K5HT5K8o='"
)
TEXTS = {
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "svg": "<svg/onload=alert(1)>",
    "leaving": '"\' onmouseover=alert(1) autofocus onfocus=alert(1) x="',
    "ending": "</script></title></textarea></style></template></bdi></a><script src=https://evil.example/x.js></script>",
    "cdata": "]]><![CDATA[<b>x</b>]]>",
    "remark": "--><!-- x --!><iframe src=javascript:alert(1)>",
    "template": "{{ 7*7 }} ${7*7} {% raw %} <%= 7*7 %> #{7*7} [[7*7]]",
    "percent": "%s %(x)s {0} {title} %n",
    "entity": "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62; &amp;amp;",
    "escape": "\x1b[2J\x1b]0;owned\x07\x9b31m",
    "bidi": "abc\u202egnp.exe\u2066\u2069",
    "invisible": "pay\u200bpal\u2060\u00ad\ufeff",
    "separator": "a\u2028alert(1)\u2029b",
    "json": '","x":"</script><script>alert(1)</script>',
}
ADDRESSES = [
    "javascript:alert(1)",
    " JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "java&#115;cript:alert(1)",
    "\x01javascript:alert(1)",
    "jav&#x0A;ascript:alert(1)",
    "javascript://https://example.org/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:alert(1)",
    'https://example.org/" onclick="alert(1)',
    "https://example.org/'><script>alert(1)</script>",
    "https://\u0440aypal.example/",
    "https://example.org@evil.example/",
    "https://[::1",
    "//evil.example/",
    "mailto:a@b.c?body=<script>alert(1)</script>",
]


KEYS = ['k"onclick="alert(1)', "<img/src=x/onerror=alert(1)>", "javascript:alert(1)", "k'></script>", "k\u202e"]
CONF = """
extensions = ["langswitch", "linkhealth", "myst_parser", "refblock", "sphinx_pagefind"]
bibtex_bibfiles = ["refs.bib"]
html_theme = "basic"
language = "en"
# The theme's search box has a script within the page, which the policy would not let run.
html_sidebars = {"**": []}
langswitch_languages = {"en": {"name": "English"}, "de": {"name": "Deutsch", "folder": "de"}}
linkhealth_lists = ["refs.bib"]
sphinx_pagefind_records = "li.refblock-entry"
sphinx_pagefind_titles = [".refblock-title", ".refblock-parallel"]
sphinx_pagefind_filters = {"topic": ".refblock-topic"}
"""
PAGES = ("index.html", "health.html", "search.html?q=alert")


def bib() -> str:
    """Write a list in which each text stands in every field, each address too, and in keys what a key may hold."""
    fields = (
        "title",
        "titleaddon",
        "author",
        "journaltitle",
        "organization",
        "keywords",
        "entrysubtype",
        "annotation",
        "abstract",
    )
    entries = []
    for place, (name, text) in enumerate(TEXTS.items()):
        written = re.sub("[{}]", "", text).replace("%", r"\%")
        said = ", ".join(f"{field} = {{{written} {field}}}" for field in fields)
        entries.append(f"@article{{t{name}, {said}, date = {{20{10 + place}}}, url = {{https://example.org/{name}}}}}")
    for place, address in enumerate(ADDRESSES):
        said = ", ".join(f"{field} = {{{address}}}" for field in ("url", "doi", "eprint"))
        entries.append(f"@online{{u{place}, title = {{Address {place}}}, {said}}}")
    entries += [f"@online{{{key}, title = {{Key {place}}}, note = {{alert}}}}" for place, key in enumerate(KEYS)]
    return "\n".join(entries)


def record() -> str:
    """Write a record of what servers said, hostile in every field."""
    then = datetime(2026, 11, 1, 8, tzinfo=UTC)
    states = [LinkState(verdict, then, then) for verdict in Verdict]
    links = {
        f"https://example.org/{name}": replace(
            states[place % len(states)],
            title=text,
            evidence=text,
            final_url=ADDRESSES[place],
            archived=ADDRESSES[place],
        )
        for place, (name, text) in enumerate(TEXTS.items())
    }
    links |= {url: replace(states[place % len(states)], title="T") for place, url in enumerate(ADDRESSES)}
    return dump(Record(links, {"2026-11-01": {"alive": 1, "gone": 2}}))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., str]) -> str:
    cited = " ".join(f"{{cite:t}}`t{name}` {{cite:p}}`t{name}`" for name in TEXTS)
    site = Site(tmp_path_factory.mktemp("hostile"))
    site.write(
        conf=CONF,
        refs=bib(),
        index=f"# Hostile\n\n{cited}\n\n```{{refblock}}\n:group: topic\n```\n\n```{{refblock}}\n:group: year\n```\n"
        "\n```{refblock-timeline}\n```\n",
        health="# Health\n\n```{linkhealth-summary}\n```\n",
    )
    (site.folder / "link-health.json").write_text(record(), encoding="utf-8")
    # In English, since Sphinx's own translations of other languages make functions of strings.
    built = site.build()
    # Browsers ask for it, and an answer of 404 would be an alarm.
    (built.folder / "favicon.ico").touch()
    return serve(built.folder, POLICY)


@pytest.fixture(params=PAGES)
def any_page(request: pytest.FixtureRequest, chromium: Browser, address: str) -> Iterator[tuple[Page, list[str]]]:
    """Open each page in turn."""
    with _alarmed(chromium, address, request.param) as opened:
        yield opened


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[tuple[Page, list[str]]]:
    """Open the page of blocks."""
    with _alarmed(chromium, address, "index.html") as opened:
        yield opened


@contextmanager
def _alarmed(chromium: Browser, address: str, name: str) -> Iterator[tuple[Page, list[str]]]:
    """Open a page with an alarm at whatever a page of text alone does not do."""
    with chromium.new_context() as context:
        page = context.new_page()
        alarms: list[str] = []
        host = urlsplit(address).netloc

        def dismiss(dialog: Dialog) -> None:
            alarms.append(f"dialog {dialog.message}")
            dialog.dismiss()

        def hear(said: ConsoleMessage) -> None:
            if said.type == "error":
                alarms.append(f"console {said.text}")

        def see(asked: Request) -> None:
            if urlsplit(asked.url).netloc != host:
                alarms.append(f"request {asked.url}")

        page.on("dialog", dismiss)
        page.on("pageerror", lambda error: alarms.append(f"error {error}"))
        page.on("console", hear)
        page.on("request", see)
        page.goto(f"{address}/{name}")
        if name.startswith("search"):
            page.locator(".pagefind-results li").first.wait_for()
        yield page, alarms


def test_a_page_of_hostile_text_does_nothing_of_its_own(page: tuple[Page, list[str]]) -> None:
    opened, alarms = page
    opened.locator(".refblock-filter").fill("alert")
    opened.locator(".refblock-filter").fill("")
    opened.locator(".refblock-options summary").click()
    for box in opened.locator(".refblock-options input[type=checkbox]").all():
        box.check(force=True)
        box.uncheck(force=True)
    for link in opened.locator(".bibtex-citation a, a.bibtex, cite a").all()[:8]:
        link.hover(force=True)
    for button in opened.locator("li.refblock-entry button").all()[:6]:
        button.click(force=True)
    for element in opened.locator(".refblock-title").all()[:40]:
        element.dispatch_event("mouseover")
        element.dispatch_event("focus")

    assert alarms == [], "\n".join(alarms)


def test_a_search_among_hostile_text_does_nothing_of_its_own(chromium: Browser, address: str) -> None:
    with _alarmed(chromium, address, "search.html?q=%3Cscript%3Ealert(1)%3C/script%3E") as (opened, alarms):
        titles = opened.locator(".pagefind-title").all_text_contents()
        for select in opened.locator(".pagefind-filters select").all():
            for option in select.locator("option").all()[:4]:
                select.select_option(str(option.get_attribute("value")))
            select.select_option("")
        opened.locator(".pagefind-form input").fill("onerror")
        opened.locator(".pagefind-results[data-answered=onerror] li").first.wait_for()
        titles += opened.locator(".pagefind-title").all_text_contents()

        assert alarms == [], "\n".join(alarms)
        assert {f"{TEXTS[name]} title" for name in ("script", "image")} <= set(titles)


def test_hostile_text_makes_no_element_no_handler_and_no_alarm(any_page: tuple[Page, list[str]]) -> None:
    opened, alarms = any_page
    found = opened.evaluate(
        """() => {
            const inside = document.querySelectorAll(
                "ol.refblock *, svg.refblock-timeline *, .refblock-bar *, .refblock-card *, table *, .rubric *," +
                "svg.linkhealth-chart *, #search *, .pagefind-results *, .langswitch *"
            );
            const names = new Set(), handlers = new Set();
            for (const element of inside) {
                names.add(element.localName);
                for (const attribute of element.attributes)
                    if (attribute.name.startsWith("on") || attribute.name === "srcdoc") handlers.add(attribute.name);
            }
            return [[...names], [...handlers]];
        }"""
    )

    assert found[0]
    assert not {"script", "img", "iframe", "b", "style", "object"} & set(found[0])
    assert found[1] == []
    assert alarms == [], "\n".join(alarms)


def test_nothing_on_a_page_steers_the_screen(any_page: tuple[Page, list[str]]) -> None:
    opened, _ = any_page
    text = opened.evaluate("document.documentElement.textContent + document.title")

    assert re.findall("[\\x00-\\x08\\x0b\\x0e-\\x1f\\x7f-\\x9f\u202a-\u202e\u2066-\u2069]", text) == []


def test_every_link_leads_to_the_web_to_mail_or_within_the_site(any_page: tuple[Page, list[str]]) -> None:
    opened, _ = any_page
    links = opened.eval_on_selector_all("a[href], a", "links => links.map(link => link.href.baseVal ?? link.protocol)")

    assert {link if link.endswith(":") else urlsplit(link).scheme + ":" for link in links} <= {
        "http:",
        "https:",
        "mailto:",
        ":",
    }


@pytest.mark.parametrize("name", ["script", "image", "leaving", "entity", "cdata", "separator"])
def test_hostile_text_is_shown_to_the_letter(page: tuple[Page, list[str]], name: str) -> None:
    opened, _ = page
    shown = opened.locator(f"li[data-key='t{name}'] .refblock-title").first.text_content()

    assert shown == f"{TEXTS[name]} title".strip()


def test_what_search_engines_read_is_the_text_to_the_letter(page: tuple[Page, list[str]]) -> None:
    opened, _ = page
    (data,) = opened.eval_on_selector_all(
        "script[type='application/ld+json']", "scripts => scripts.map(script => JSON.parse(script.textContent))"
    )
    told = json.dumps(data, ensure_ascii=False)

    for name in ("script", "image", "cdata", "ending", "json"):
        assert json.dumps(f"{TEXTS[name]} title", ensure_ascii=False)[1:-1] in told


@pytest.mark.parametrize(("name", "shown"), [("bidi", "abcgnp.exe title"), ("escape", "[2J]0;owned31m title")])
def test_what_steers_the_screen_is_gone(page: tuple[Page, list[str]], name: str, shown: str) -> None:
    opened, _ = page

    assert opened.locator(f"li[data-key='t{name}'] .refblock-title").first.text_content() == shown
