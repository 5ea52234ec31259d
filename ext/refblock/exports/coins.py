"""An entry -> COinS: the ContextObject that Zotero, and others, read from a page.

The keys are those that Zotero's reader knows (zotero/utilities, openurl.js, ``parseContextObject``), of the formats
journal, book, dissertation and Dublin Core (ANSI/NISO Z39.88-2004). What only the last has keys for is given with
them in each: description (the parallel title), relation, subject, language.

Zotero's reader takes a plus sign for a space, percent-encoded or not; other readers get it as it is.
It reads neither topics nor language of a thesis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from refblock.exports.dates import iso, publication_date
from refblock.exports.relations import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from refblock.entries import Entry, Library, Name

_GENRES: Final = {
    "article": ("journal", "article"),
    "book": ("book", "book"),
    "collection": ("book", "book"),
    "conference": ("book", "proceeding"),
    "inbook": ("book", "bookitem"),
    "incollection": ("book", "bookitem"),
    "inproceedings": ("book", "proceeding"),
    "manual": ("book", "book"),
    "mastersthesis": ("dissertation", ""),
    "phdthesis": ("dissertation", ""),
    "proceedings": ("book", "book"),
    "report": ("book", "report"),
    "techreport": ("book", "report"),
    "thesis": ("dissertation", ""),
}
_TYPES: Final = {
    "dataset": "dataset",
    "electronic": "webpage",
    "online": "webpage",
    "software": "computerProgram",
    "unpublished": "manuscript",
    "www": "webpage",
}
"""Zotero's own names of types, which stand in Dublin Core's ``type``; a blog post is told by ``entrysubtype``."""
_PARTS: Final = frozenset({"article", "bookitem", "proceeding"})


def coins(entry: Entry, library: Library) -> str:
    """Give the value of the ``title`` attribute of a ``span`` with the class ``Z3988``, not yet escaped for HTML.

    :param library: where the entries that this one speaks of are looked up.
    """
    # A surrogate on its own is no text, and has no UTF-8.
    return "&".join(
        f"{key}={quote(value, safe='', errors='replace')}" for key, value in _pairs(entry, library) if value
    )


def _pairs(entry: Entry, library: Library) -> Iterator[tuple[str, str]]:
    format_, genre = _GENRES.get(entry.type, ("dc", ""))
    yield "url_ver", "Z39.88-2004"
    yield "ctx_ver", "Z39.88-2004"
    yield "rfr_id", "info:sid/refblock"
    yield "rft_val_fmt", f"info:ofi/fmt:kev:mtx:{format_}"
    yield "rft.genre", genre
    if entry.doi:
        yield "rft_id", f"info:doi/{entry.doi}"
    if entry.fields.get("isbn"):
        yield "rft_id", f"urn:isbn:{entry.fields['isbn']}"
    if format_ == "dc":
        yield "rft.type", _type(entry)
        yield "rft.identifier", f"urn:doi:{entry.doi}" if entry.doi and not entry.url else ""
    for link in dict.fromkeys((entry.arxiv_href, entry.href)):
        # Zotero keeps the last of several, so the best address comes last.
        yield "rft_id", link
    yield "rft.identifier", entry.href if format_ == "dc" else ""
    yield from _titles(entry, genre)
    yield from _people(entry, format_)
    date = publication_date(entry)
    yield "rft.date", iso(date[0]) if date else entry.year
    yield from _place(entry, format_)
    yield "rft.language", entry.title.language or ""
    for topic in entry.topics:
        yield "rft.subject", topic
    if entry.parallel:
        language = f" ({entry.parallel.language})" if entry.parallel.language else ""
        yield "rft.description", f"Parallel title{language}: {entry.parallel.text}"
    for sentence in sentences(entry, library):
        yield "rft.relation", sentence


def _type(entry: Entry) -> str:
    if entry.type == "online" and entry.fields.get("entrysubtype", "").lower() in {"blog", "blogpost"}:
        return "blogPost"
    return _TYPES.get(entry.type, "preprint" if entry.arxiv else "document")


def _titles(entry: Entry, genre: str) -> Iterator[tuple[str, str]]:
    if genre in _PARTS:
        yield "rft.atitle", entry.title.text
        yield "rft.jtitle" if genre == "article" else "rft.btitle", entry.venue
    else:
        yield "rft.btitle" if genre else "rft.title", entry.title.text


def _people(entry: Entry, format_: str) -> Iterator[tuple[str, str]]:
    for place, person in enumerate(entry.authors):
        if not person.given:
            yield "rft.creator" if format_ == "dc" else "rft.aucorp", person.family
            continue
        if place == 0 and format_ != "dc":
            yield "rft.aulast", person.family
            yield "rft.aufirst", person.given
        yield "rft.creator" if format_ == "dc" else "rft.au", _inverted(person)


def _inverted(name: Name) -> str:
    return f"{name.family}, {name.given}"


def _place(entry: Entry, format_: str) -> Iterator[tuple[str, str]]:
    fields = entry.fields
    if format_ == "dc":
        yield "rft.source", entry.venue or entry.organization
        yield "rft.publisher", fields.get("publisher", "") or (entry.organization if entry.venue else "")
        return
    if format_ == "dissertation":
        yield "rft.inst", fields.get("institution") or fields.get("school") or entry.organization
        yield "rft.degree", fields.get("type", "")
        return
    yield "rft.pub", fields.get("publisher") or fields.get("institution") or entry.organization
    yield "rft.place", fields.get("location") or fields.get("address") or ""
    yield "rft.series", fields.get("series", "")
    yield "rft.edition", fields.get("edition", "")
    yield "rft.volume", fields.get("volume", "")
    yield "rft.issue", fields.get("number", "")
    yield "rft.pages", fields.get("pages", "").replace("--", "-")
    yield "rft.issn", fields.get("issn", "")
