"""Entries -> RIS, as Zotero's RIS translator, JabRef's RIS importer and Citation.js read it.

The tags and types are those that all three know (zotero/translators, RIS.js; JabRef, RisImporter.java).
What RIS has no tag for, and what some of them drop, stands in notes (N1): the parallel title with its language,
the relation to other entries, the arXiv identifier. pandoc reads neither notes nor anything else that could hold
these (src/Text/Pandoc/Readers/RIS.hs), but it reads the abstract (AB), where they stand again if there is none.
TT, the translated title, is not used: Citation.js takes it for the title, Zotero makes a note of it, and JabRef
and pandoc drop it.

A tag's text is one line, so line ends and runs of spaces in it become one space each.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from refblock.exports.dates import publication_date
from refblock.exports.relations import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from refblock.entries import Entry, Library, Name

_TYPES: Final = {
    "article": "JOUR",
    "book": "BOOK",
    "booklet": "PAMP",
    "bookinbook": "CHAP",
    "collection": "BOOK",
    "conference": "CONF",
    "dataset": "DATA",
    "electronic": "ELEC",
    "inbook": "CHAP",
    "incollection": "CHAP",
    "inproceedings": "CONF",
    "manual": "BOOK",
    "mastersthesis": "THES",
    "mvbook": "BOOK",
    "online": "ELEC",
    "patent": "PAT",
    "phdthesis": "THES",
    "proceedings": "BOOK",
    "report": "RPRT",
    "software": "COMP",
    "techreport": "RPRT",
    "thesis": "THES",
    "unpublished": "UNPB",
    "video": "VIDEO",
    "www": "ELEC",
}
_TAGS: Final = (
    ("series", "T3"),
    ("volume", "VL"),
    ("number", "IS"),
    ("edition", "ET"),
    ("location", "CY"),
    ("address", "CY"),
    ("isbn", "SN"),
    ("issn", "SN"),
    ("entrysubtype", "M3"),
)
_SPACE: Final = re.compile(r"\s+")
"""Whatever Python, or a reader of ours, may take for the end of a line is among these."""


def write_ris(entries: Iterable[Entry], library: Library) -> str:
    """Write a RIS file, with the line ends that the format asks for (CR LF), to be stored as UTF-8.

    :param entries: what to write, in order.
    :param library: where the entries that they speak of are looked up.
    """
    return "".join(
        "".join(f"{tag}  - {text}\r\n" for tag, value in _lines(entry, library) if (text := _line(value)))
        + "ER  - \r\n"
        for entry in entries
    )


def _lines(entry: Entry, library: Library) -> Iterator[tuple[str, str]]:
    kind = _TYPES.get(entry.type, "GEN")
    yield "TY", kind
    yield "ID", entry.key
    yield "TI", entry.title.text
    if entry.title.language:
        yield "LA", entry.title.language
    for person in entry.authors:
        yield "AU", _name(person)
    for name, tag in (("editor", "ED"), ("translator", "A4")):
        for person in entry.persons.get(name, ()):
            if entry.persons[name] is not entry.authors:
                yield tag, _name(person)
    yield from _dates(entry)
    yield "T2", entry.venue or (entry.organization if kind == "ELEC" else "")
    if kind == "CONF":
        yield "C3", entry.fields.get("booktitle", "")
    yield "PB", entry.fields.get("publisher", "") or (entry.organization if kind != "ELEC" or entry.venue else "")
    for field, tag in _TAGS:
        if field in entry.fields:
            yield tag, entry.fields[field]
    first, _, last = re.sub(r"\s*[-\u2010-\u2015]+\s*", "-", entry.fields.get("pages", "")).partition("-")
    yield "SP", first
    yield "EP", last
    yield "DO", entry.doi
    yield "UR", entry.href
    for topic in entry.topics:
        yield "KW", topic
    notes = [note for note in _notes(entry, library) if note]
    for note in notes:
        yield "N1", note
    yield "AB", entry.fields.get("abstract") or "; ".join(notes)


def _notes(entry: Entry, library: Library) -> Iterator[str]:
    if entry.parallel:
        language = f" ({entry.parallel.language})" if entry.parallel.language else ""
        yield f"Parallel title{language}: {entry.parallel.text}"
    yield from sentences(entry, library)
    if entry.arxiv:
        # As arXiv itself has it cited (info.arxiv.org/help/arxiv_identifier_for_services).
        subject = entry.fields.get("eprintclass") or entry.fields.get("primaryclass")
        yield f"arXiv:{entry.arxiv} [{subject}]" if subject else f"arXiv:{entry.arxiv}"
    yield from (entry.fields.get(name, "") for name in ("note", "annotation", "annote"))


def _dates(entry: Entry) -> Iterator[tuple[str, str]]:
    yield "PY", entry.year
    date = publication_date(entry)
    if date and len(date[0]) > 1:
        year, month, day = (*date[0], 0)[:3]
        yield "DA", f"{year:04d}/{month:02d}/{day:02d}/" if day else f"{year:04d}/{month:02d}//"


def _name(name: Name) -> str:
    """Family name, given name, suffix: the order that the format asks for."""
    if not name.given:
        return name.family
    family, _, suffix = name.family.partition(", ")
    return f"{family}, {name.given}, {suffix}" if suffix else f"{family}, {name.given}"


def _line(text: str) -> str:
    return _SPACE.sub(" ", text).strip(" ")
