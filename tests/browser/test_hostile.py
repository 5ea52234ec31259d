"""Other people's text in a browser: whatever a bib file holds, it stays text, and leads nowhere but to the web."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request

    from tests.conftest import Site

POLICY = (
    "default-src 'none'; script-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
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


def bib() -> str:
    """Write a list in which each text stands in every field, and each address too."""
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
        entries.append(f"@article{{t{name}, {said}, date = {{20{10 + place}}}}}")
    for place, address in enumerate(ADDRESSES):
        said = ", ".join(f"{field} = {{{address}}}" for field in ("url", "doi", "eprint"))
        entries.append(f"@online{{u{place}, title = {{Address {place}}}, {said}}}")
    return "\n".join(entries)


@pytest.fixture
def address(site: Site, serve: Callable[..., str]) -> str:
    cited = " ".join(f"{{cite:t}}`t{name}` {{cite:p}}`t{name}`" for name in TEXTS)
    site.write(
        refs=bib(),
        index=f"# Hostile\n\n{cited}\n\n```{{refblock}}\n:group: topic\n```\n\n```{{refblock}}\n:group: year\n```\n"
        "\n```{refblock-timeline}\n```\n",
    )
    # In English, since Sphinx's own translations of other languages make functions of strings.
    # The theme's search box has a script within the page, which the policy would not let run.
    built = site.build(language="en", html_sidebars={"**": []})
    # Browsers ask for it, and an answer of 404 would be an alarm.
    (built.folder / "favicon.ico").touch()
    return serve(built.folder, POLICY)


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[tuple[Page, list[str]]]:
    """Open the page with an alarm at whatever a page of text alone does not do."""
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
        page.goto(f"{address}/index.html")
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


def test_hostile_text_makes_no_element_and_no_handler(page: tuple[Page, list[str]]) -> None:
    opened, _ = page
    found = opened.evaluate(
        """() => {
            const inside = document.querySelectorAll(
                "ol.refblock *, svg.refblock-timeline *, .refblock-bar *, .refblock-card *"
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

    assert not {"script", "img", "iframe", "b", "style", "object"} & set(found[0])
    assert found[1] == []


def test_every_link_leads_to_the_web_to_mail_or_within_the_site(page: tuple[Page, list[str]]) -> None:
    opened, _ = page
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


@pytest.mark.parametrize(("name", "shown"), [("bidi", "abcgnp.exe title"), ("escape", "[2J]0;owned31m title")])
def test_what_steers_the_screen_is_gone(page: tuple[Page, list[str]], name: str, shown: str) -> None:
    opened, _ = page

    assert opened.locator(f"li[data-key='t{name}'] .refblock-title").first.text_content() == shown
