"""Entries -> schema.org JSON-LD for a page that lists them, for search engines and Zotero.

Types and properties are of schema.org's core vocabulary, release 30.0 (schemaorg/schemaorg, data/schema.ttl).
A name is plain text: schema.org's own type for it, and validators take no value object in its place. Of an entry,
``inLanguage`` is its language; the parallel title, which is in another, bears its own.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from refblock.entries import is_cjk
from refblock.exports.dates import iso, publication_date
from refblock.exports.relations import relations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from refblock.entries import Entry, Library, Name, Title

_TYPES: Final = {
    "article": "ScholarlyArticle",
    "book": "Book",
    "collection": "Book",
    "conference": "ScholarlyArticle",
    "dataset": "Dataset",
    "electronic": "WebPage",
    "inbook": "Chapter",
    "incollection": "Chapter",
    "inproceedings": "ScholarlyArticle",
    "mastersthesis": "Thesis",
    "online": "WebPage",
    "phdthesis": "Thesis",
    "proceedings": "Book",
    "report": "Report",
    "software": "SoftwareSourceCode",
    "techreport": "Report",
    "thesis": "Thesis",
    "www": "WebPage",
}
_SUBTYPES: Final = {
    "blog": "BlogPosting",
    "blogpost": "BlogPosting",
    "code": "SoftwareSourceCode",
    "course": "Course",
    "question": "QAPage",
    "slides": "PresentationDigitalDocument",
    "survey": "Article",
}
"""What ``entrysubtype`` says more exactly about an ``@online``."""
_UNSAFE: Final = re.compile("[<>&\u2028\u2029]")


def write_jsonld(
    entries: Iterable[Entry],
    library: Library,
    *,
    name: str,
    address: str,
    language: str,
    place: Callable[[str], str],
) -> str:
    """Write the description of a page and of the list on it.

    :param entries: what the page lists, in order.
    :param library: where the entries that they speak of are looked up.
    :param name: the page's title.
    :param address: the page's full address; empty where it is not known.
    :param language: the page's BCP 47 tag.
    :param place: gives the address of an entry on our pages for its key, the same on each page that shows it, full or
        as seen from this page; empty for one that no page shows.
    :returns: JSON that is safe inside ``<script type="application/ld+json">``: no ``<``, ``>``, ``&``, U+2028 or
        U+2029 stands in it but as an escape (HTML Standard, section 4.12.1.3; ECMA-262 before 2019 for the last two).
    """
    items = [
        {"@type": "ListItem", "position": position, "item": _item(entry, library, place)}
        for position, entry in enumerate(entries, 1)
    ]
    page = {
        "@context": "https://schema.org",
        "@type": "CollectionPage",
        "@id": address,
        "url": address,
        "name": name,
        "inLanguage": language,
        "mainEntity": {"@type": "ItemList", "numberOfItems": len(items), "itemListElement": items},
    }
    known = {name: value for name, value in page.items() if value}
    text = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode(known)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _item(entry: Entry, library: Library, place: Callable[[str], str]) -> dict[str, object]:
    kind, number = _type(entry), {"doi": entry.doi, "arxiv": entry.arxiv, "isbn": entry.fields.get("isbn", "")}
    date = publication_date(entry)
    about = [(relation, _work(key, other, place(key))) for relation, key, other in relations(entry, library)]
    item: dict[str, object] = {
        "@type": kind,
        "@id": place(entry.key),
        "name": entry.title.text,
        "alternateName": _in_its_language(entry.parallel) if entry.parallel else None,
        "inLanguage": entry.title.language,
        "url": entry.href,
        "sameAs": [link for link in (entry.doi_href, entry.arxiv_href) if link and link != entry.href],
        "author": [_author(person) for person in entry.authors],
        "datePublished": iso(date[0]) if date else "",
        "isPartOf": _whole(entry, kind),
        "publisher": _organization(
            entry.fields.get("publisher") or entry.fields.get("institution") or entry.fields.get("school") or ""
        ),
        "keywords": list(entry.topics),
        "identifier": [
            {"@type": "PropertyValue", "propertyID": name, "value": value} for name, value in number.items() if value
        ],
        "about": [work for relation, work in about if relation == "reviewof"],
        "mentions": [work for relation, work in about if relation != "reviewof"],
    }
    return {name: value for name, value in item.items() if value}


def _type(entry: Entry) -> str:
    if entry.type == "online":
        return _SUBTYPES.get(entry.fields.get("entrysubtype", "").lower(), "WebPage")
    return _TYPES.get(entry.type, "ScholarlyArticle" if entry.arxiv or entry.doi else "CreativeWork")


def _in_its_language(title: Title) -> object:
    return {"@value": title.text, "@language": title.language} if title.language else title.text


def _author(name: Name) -> dict[str, str]:
    if name.given:
        return {"@type": "Person", "name": name.full, "familyName": name.family, "givenName": name.given}
    # A name in one piece is an institution's; one in Han characters may as well be a person's, who is the more common.
    return {"@type": "Person" if is_cjk(name.family) else "Organization", "name": name.family}


def _whole(entry: Entry, kind: str) -> dict[str, str] | None:
    journal = entry.fields.get("journaltitle") or entry.fields.get("journal")
    if journal:
        return {"@type": "Periodical", "name": journal}
    if entry.fields.get("booktitle") or entry.fields.get("eventtitle"):
        return {"@type": "Book", "name": entry.fields.get("booktitle") or entry.fields["eventtitle"]}
    return {"@type": "WebSite", "name": entry.organization} if entry.organization else None


def _organization(name: str) -> dict[str, str] | None:
    return {"@type": "Organization", "name": name} if name else None


def _work(key: str, entry: Entry | None, place: str) -> dict[str, object]:
    if entry is None:
        return {"@type": "CreativeWork", "identifier": key}
    work = {
        "@type": _type(entry),
        "@id": place,
        "identifier": key,
        "name": entry.title.text,
        "url": entry.href,
        "sameAs": [link for link in (entry.doi_href, entry.arxiv_href) if link and link != entry.href],
    }
    return {name: value for name, value in work.items() if value}
