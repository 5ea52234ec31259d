"""Entries -> an Atom 1.0 feed (RFC 4287) of those that were added last.

When an entry was added stands in its own fields, never in the time of a build. The first that an entry has decides:

1. ``dateadded``, ours;
2. ``date-added``, as BibDesk writes it: ``2016-12-07 20:27:41 +0000``;
3. ``creationdate``, as JabRef has written it since 5.3: ``2020-03-17T12:28:32`` (JabRef/jabref, pull request 7334);
4. ``timestamp``, as JabRef wrote it before: ``2021.05.07`` or ``2021-05-07``.

A time without a zone counts as UTC. An entry without such a date is not in the feed.
XML 1.0 (section 2.2) has no way to write control characters other than tab and line ends, noncharacters U+FFFE and
U+FFFF, and lone surrogates; these are dropped. A carriage return comes back as a line feed (section 2.11).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from refblock.entries import Title
from refblock.layout import lead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from refblock.entries import Entry, Library
    from refblock.layout import Manner

_DATE_FIELDS: Final = ("dateadded", "date-added", "creationdate", "timestamp")
_DATE: Final = re.compile(
    r"(\d{4})([-.])(\d\d)\2(\d\d)(?:[T ]+(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?", re.IGNORECASE
)
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ATOM: Final = "http://www.w3.org/2005/Atom"
_XHTML: Final = "http://www.w3.org/1999/xhtml"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, and what it does not hold."""

    text: str
    """An XML document, to be stored as UTF-8. Empty where no entry has a date: a feed has to say when it changed."""
    undated: tuple[str, ...]
    """The keys of the entries that are not in it, since they don't say when they were added."""


def write_feed(
    entries: Iterable[Entry],
    library: Library,
    *,
    title: str,
    author: str,
    address: str,
    feed_address: str,
    manner: Manner,
    place: Callable[[str], str],
    limit: int = 50,
) -> Feed:
    """Write a feed of the newest entries, the newest first, each under its title for a reader of the manner's language.

    :param entries: what may be in it.
    :param library: where the entries that they speak of are looked up.
    :param title: what the feed is called.
    :param author: who keeps the list; RFC 4287, section 4.1.1 asks for one, and not each entry has authors.
    :param address: the full address of the site. With it and the key an entry's lasting id is made, so that the id
        stays when the entry moves to another page.
    :param feed_address: the full address of the feed itself.
    :param manner: for whom; its names of topics and organizations are those that readers see.
    :param place: gives the full address of an entry on our pages for its key.
    :param limit: how many entries it holds at most.
    """
    dated, undated = [], []
    for entry in entries:
        when = added(entry)
        if when:
            dated.append((when, entry))
        else:
            undated.append(entry.key)
    if not dated:
        return Feed("", tuple(undated))
    # Sorting is stable, so entries of one day stay in the order of the bib file.
    dated.sort(key=lambda pair: pair[0], reverse=True)
    feed = Element("feed", {"xmlns": _ATOM, _LANG: manner.language})
    _add(feed, "id", address)
    _add(feed, "title", title)
    _add(feed, "updated", _stamp(dated[0][0]))
    _link(feed, "self", feed_address)
    _link(feed, "alternate", address)
    _add(_child(feed, "author"), "name", author)
    for when, entry in islice(dated, limit):
        _add_entry(feed, entry, library, _stamp(when), f"{address}#ref-{entry.key}", manner, place(entry.key))
    document = tostring(feed, encoding="unicode", short_empty_elements=True)
    return Feed(f'<?xml version="1.0" encoding="utf-8"?>\n{document}\n', tuple(undated))


def added(entry: Entry) -> datetime | None:
    """Give when an entry was added to the list, in UTC; None where it does not say, or not as a date that exists."""
    text = next((entry.fields[name] for name in _DATE_FIELDS if entry.fields.get(name)), "")
    found = _DATE.fullmatch(text.strip())
    if not found:
        return None
    year, _, month, day, time, zone = found.groups()
    try:
        when = datetime.fromisoformat(f"{year}-{month}-{day}T{time or '00:00'}{(zone or 'Z').upper()}")
        return when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _add_entry(feed: Element, entry: Entry, library: Library, when: str, ident: str, manner: Manner, ours: str) -> None:
    node = _child(feed, "entry")
    leading = entry.leading_title(manner.language)
    other = entry.title if leading is not entry.title else entry.parallel
    _add(node, "id", ident)
    _add_title(node, "title", leading)
    _add(node, "published", when)
    _add(node, "updated", when)
    _link(node, "alternate", entry.href or ours, entry.title.language)
    if entry.href:
        _link(node, "related", ours)
    if entry.doi_href and entry.doi_href != entry.href:
        _link(node, "related", entry.doi_href)
    if entry.arxiv_href and entry.arxiv_href != entry.href:
        _link(node, "related", entry.arxiv_href)
    for person in entry.authors:
        _add(_child(node, "author"), "name", person.full)
    for topic in entry.topics:
        _child(node, "category", term=topic, label=manner.topic_names.get(topic, topic))
    _add_summary(node, entry, library, other, manner)


def _add_summary(node: Element, entry: Entry, library: Library, other: Title | None, manner: Manner) -> None:
    """Write the other title, where and when it appeared, and what it is about: a paragraph each, in its language."""
    named = [library.entries[key].title if key in library.entries else Title(key, None) for key in entry.related]
    organization = manner.organization_names.get(entry.organization, entry.organization)
    where = ", ".join(part for part in (entry.venue, organization, entry.year) if part)
    if not (other or where or named):
        return
    division = _child(_child(node, "summary", type="xhtml"), "div", xmlns=_XHTML)
    if other:
        _add_title(division, "p", other)
    if where:
        _add(division, "p", where)
    if named:
        paragraph = _add(division, "p", lead(manner.label("About:")) if entry.relation == "reviewof" else "")
        for place, title in enumerate(named):
            cite = _add_title(paragraph, "cite", title)
            cite.tail = "; " if place + 1 < len(named) else None


def _add_title(node: Element, name: str, title: Title) -> Element:
    child = _add(node, name, title.text)
    if title.language:
        child.set(_LANG, title.language)
    return child


def _child(node: Element, name: str, **attributes: str) -> Element:
    clean = {attribute: _FORBIDDEN.sub("", value) for attribute, value in attributes.items()}
    return SubElement(node, name, clean)


def _add(node: Element, name: str, text: str) -> Element:
    child = _child(node, name)
    child.text = _FORBIDDEN.sub("", text)
    return child


def _link(node: Element, relation: str, address: str, language: str | None = None) -> None:
    link = _child(node, "link", rel=relation, href=address)
    if language:
        link.set("hreflang", language)


def _stamp(when: datetime) -> str:
    # Written out, since strftime leaves years before 1000 without their zeros on some systems.
    return f"{when.year:04d}{when:-%m-%dT%H:%M:%S}Z"
