"""Entries -> CSL-JSON, as Zotero, pandoc and Citation.js read it.

Types and variables are those of CSL 1.0.2 (citation-style-language/schema, schemas/input/csl-data.json).
CSL has no variable for a parallel title, nor for a relation. ``custom`` holds them for programs; ``note``, which
Zotero shows as Extra, holds them for people, as the lines that Better BibTeX writes out as biblatex fields again
(retorque.re/zotero-better-bibtex/exporting/extra-fields).

A CSL processor takes ``<i>``, ``<b>``, ``<sub>``, ``<sup>`` and ``<span>`` in a title as markup; CSL-JSON has no
way to write them as text.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from refblock.exports.dates import publication_date
from refblock.exports.relations import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from refblock.entries import Entry, Library, Name

_TYPES: Final = {
    "article": "article-journal",
    "book": "book",
    "bookinbook": "chapter",
    "booklet": "pamphlet",
    "collection": "book",
    "conference": "paper-conference",
    "dataset": "dataset",
    "electronic": "webpage",
    "inbook": "chapter",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "manual": "book",
    "mastersthesis": "thesis",
    "mvbook": "book",
    "online": "webpage",
    "patent": "patent",
    "phdthesis": "thesis",
    "proceedings": "book",
    "report": "report",
    "software": "software",
    "techreport": "report",
    "thesis": "thesis",
    "unpublished": "manuscript",
    "video": "motion_picture",
    "www": "webpage",
}
_VARIABLES: Final = {
    "abstract": "abstract",
    "annotation": "annote",
    "edition": "edition",
    "entrysubtype": "genre",
    "eventtitle": "event-title",
    "isbn": "ISBN",
    "issn": "ISSN",
    "location": "publisher-place",
    "series": "collection-title",
    "volume": "volume",
}
_PERSONS: Final = {
    "author": "author",
    "bookauthor": "container-author",
    "editor": "editor",
    "translator": "translator",
}


def write_csl(entries: Iterable[Entry], library: Library) -> str:
    """Write a JSON array of items, one a line, with their characters as they are.

    :param entries: what to write, in order.
    :param library: where the entries that they speak of are looked up.
    """
    encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
    return "[\n" + ",\n".join(encode(_item(entry, library)) for entry in entries) + "\n]\n"


def _item(entry: Entry, library: Library) -> dict[str, object]:
    fields = entry.fields
    kind = _TYPES.get(entry.type, "article" if entry.arxiv else "document")
    pages = re.sub(r"\s*[-\u2010-\u2015]+\s*", "-", fields.get("pages", ""))
    item: dict[str, object] = {
        "id": entry.key,
        "citation-key": entry.key,
        "type": kind,
        "title": entry.title.text,
        "language": entry.title.language,
        **{
            _PERSONS[name]: [_name(each) for each in given] for name, given in entry.persons.items() if name in _PERSONS
        },
        "issued": _issued(entry),
        "container-title": _container(entry, kind),
        "publisher": _publisher(entry, kind),
        **{variable: fields[name] for name, variable in _VARIABLES.items() if name in fields},
        "issue" if kind.startswith("article") else "number": fields.get("number"),
        "page": pages,
        "DOI": entry.doi,
        "URL": entry.href,
        "archive": "arXiv" if entry.arxiv else "",
        "archive_location": entry.arxiv,
        "keyword": ", ".join(entry.topics),
        "note": "\n".join(_note(entry, library)),
        "custom": _custom(entry),
    }
    return {name: value for name, value in item.items() if value}


def _container(entry: Entry, kind: str) -> str:
    fields = entry.fields
    if kind == "webpage" and not entry.venue:
        return entry.organization
    return fields.get("journaltitle") or fields.get("journal") or fields.get("booktitle") or ""


def _publisher(entry: Entry, kind: str) -> str:
    named = next((entry.fields[name] for name in ("publisher", "institution", "school") if entry.fields.get(name)), "")
    # Of a web page the organization is the container already.
    return named or ("" if kind == "webpage" and not entry.venue else entry.organization)


def _issued(entry: Entry) -> dict[str, object]:
    parts = publication_date(entry)
    if parts:
        return {"date-parts": [list(part) for part in parts]}
    literal = entry.fields.get("date") or entry.year
    return {"literal": literal} if literal else {}


def _name(name: Name) -> Mapping[str, str]:
    if not name.given:
        return {"literal": name.family}
    family, _, suffix = name.family.partition(", ")
    return {"family": family, "given": name.given, **({"suffix": suffix} if suffix else {})}


def _custom(entry: Entry) -> dict[str, object]:
    parallel = {"text": entry.parallel.text, "language": entry.parallel.language} if entry.parallel else None
    custom = {
        "parallel-title": parallel,
        "relatedtype": entry.relation,
        "related": list(entry.related),
        "xref": list(entry.twins),
    }
    return {name: value for name, value in custom.items() if value}


def _note(entry: Entry, library: Library) -> Iterable[str]:
    """Give the lines of a note; each on its own, whatever line ends a field holds."""
    lines = [
        ("tex.titleaddon", entry.parallel.text if entry.parallel else ""),
        ("tex.related", ", ".join(entry.related)),
        ("tex.relatedtype", entry.relation),
        ("tex.xref", ", ".join(entry.twins)),
        ("tex.eprintclass", entry.fields.get("eprintclass", "")),
    ]
    yield from (f"{name}: {' '.join(value.split())}" for name, value in lines if value)
    yield from (" ".join(sentence.split()) for sentence in sentences(entry, library))
    if entry.fields.get("note"):
        yield " ".join(entry.fields["note"].split())
