"""Records to find, from the pages as they were written.

A record is a section of a page, or an element of it that is worth finding by itself, such as an entry of a list.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from lxml import html

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from lxml.html import HtmlElement

_NOISE: Final = "a.headerlink, nav, script, style, template, .langswitch, .toctree-wrapper"
_MAIN: Final = "article, [role=main], main, .body, body"


@dataclass(frozen=True, slots=True)
class Selectors:
    """CSS selectors of what is a record by itself, and of its parts."""

    records: str
    titles: Sequence[str]
    filters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Record:
    """Something to find."""

    href: str
    """From the root of this language's pages."""
    kind: str
    """``entry`` or ``page``."""
    titles: tuple[tuple[str, str], ...]
    """Each title with its language, the leading one first."""
    text: str = ""
    where: str = ""
    """The page's title, where the record is not the page itself."""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def harvest(path: Path, uri: str, language: str, selectors: Selectors) -> Iterator[tuple[str, Record]]:
    """Yield the records of a page, each with a name that is the same wherever else the same thing stands.

    :param uri: the page's address from the root of this language's pages.
    """
    document = html.parse(str(path), html.HTMLParser(encoding="utf-8")).getroot()
    main = next((found for selector in _MAIN.split(", ") for found in document.cssselect(selector)), None)
    if main is None:
        return
    main = copy.deepcopy(main)
    for noise in main.cssselect(_NOISE):
        noise.drop_tree()
    page_title = _text(next(iter(main.cssselect("h1")), None))
    for element in main.cssselect(selectors.records):
        yield _name(element), _entry(element, uri, page_title, selectors)
    for element in main.cssselect(selectors.records):
        element.drop_tree()
    sections = list(reversed(main.cssselect("section"))) or [main]
    found = []
    for section in sections:
        title = _text(next(iter(section.cssselect("h1, h2, h3, h4, h5, h6")), None))
        href = f"{uri}#{section.get('id')}" if section.get("id") and title != page_title else uri
        where = page_title if title != page_title else ""
        found.append((href, Record(href, "page", ((title or page_title, language),), _text(section), where)))
        section.drop_tree()
    yield from reversed(found)


def one_of_each(found: Sequence[tuple[str, Record]]) -> list[Record]:
    """Keep one record of each name: the one with the shortest address, which is where others lead."""
    best: dict[str, Record] = {}
    for name, record in found:
        known = best.get(name)
        if known is None or len(record.href.partition("#")[2]) < len(known.href.partition("#")[2]):
            best[name] = record
    return list(best.values())


def _entry(element: HtmlElement, uri: str, page_title: str, selectors: Selectors) -> Record:
    shown = [title for selector in selectors.titles for title in element.cssselect(selector)]
    return Record(
        href=f"{uri}#{element.get('id')}" if element.get("id") else uri,
        kind="entry",
        titles=tuple((_text(title), str(title.get("lang") or "")) for title in shown) or ((_text(element)[:80], ""),),
        text=_text(element),
        where=page_title,
        filters={
            name: tuple(_text(value) for value in element.cssselect(selector))
            for name, selector in selectors.filters.items()
        },
    )


def _name(element: HtmlElement) -> str:
    return str(element.get("data-key") or element.get("id") or id(element))


def _text(element: HtmlElement | None) -> str:
    return " ".join(element.text_content().split()) if element is not None else ""
