"""Libraries of other programs: a bib file of Zotero or JabRef, or CSL-JSON -> entries."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from postimport.bibfile import BibError, Entry, language_of, read_entries, tex
from postimport.links import clean
from postimport.sources import SourceError, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ENDINGS: Final = frozenset({".bib", ".json"})
DATA: Final = frozenset({"set", "xdata"})
"""Types of entries that hold something for others, and are no works themselves (biblatex manual, section 2.1.1)."""
_REFERRING: Final = ("crossref", "entryset", "related", "xdata", "xref")
"""Fields that hold keys of other entries."""
_TYPES: Final = {
    "article-journal": "article", "article-magazine": "article", "article-newspaper": "article", "book": "book",
    "chapter": "incollection", "dataset": "dataset", "motion_picture": "video", "paper-conference": "inproceedings",
    "patent": "patent", "post": "online", "post-weblog": "online", "report": "report", "software": "software",
    "thesis": "thesis", "webpage": "online",
}  # fmt: skip
"""Types of CSL and biblatex's (as Zotero's own biblatex export has them)."""
_FIELDS: Final = {
    "DOI": "doi", "ISBN": "isbn", "ISSN": "issn", "abstract": "abstract", "collection-title": "series",
    "container-title-short": "shortjournal", "edition": "edition", "event-title": "eventtitle", "genre": "type",
    "keyword": "keywords", "note": "note", "number": "number", "number-of-pages": "pagetotal",
    "original-title": "titleaddon", "page": "pages", "publisher": "publisher", "publisher-place": "location",
    "title-short": "shorttitle", "version": "version", "volume": "volume", "volume-title": "maintitle",
}  # fmt: skip
_NAMES: Final = {"author": "author", "editor": "editor", "translator": "translator"}
_DATES: Final = {"accessed": "urldate", "event-date": "eventdate", "issued": "date", "original-date": "origdate"}
_KNOWN: Final = frozenset({
    "URL", "citation-key", "container-title", "id", "issue", "language", "title", "type", *_FIELDS, *_NAMES, *_DATES
})  # fmt: skip
_LANGUAGES: Final = {"en": "english", "zh": "chinese", "ja": "japanese", "ko": "korean"}


def read_library(path: Path) -> tuple[list[Entry], list[str]]:
    """Read a library.

    :returns: its entries, and what of it has no place in an entry.
    :raises SourceError: for a file that is none.
    """
    text = read_text(path)
    try:
        return ([*read_entries(text, str(path))], []) if path.suffix.lower() == ".bib" else _of_csl(json.loads(text))
    except BibError as fault:
        raise SourceError(str(fault).removesuffix("; nothing was written")) from fault
    except (ValueError, TypeError, RecursionError) as fault:
        raise SourceError(f"{path}: this is no CSL-JSON ({fault}); export it anew, or leave it out") from fault


def with_keys(entry: Entry, keys: Mapping[str, str]) -> Entry:
    """Let the fields that name other entries of the library follow these where their keys have changed."""
    fields = dict(entry.fields)
    for name in _REFERRING:
        if name in fields:
            fields[name] = ", ".join(keys.get(key.strip(), key.strip()) for key in fields[name].split(","))
    return replace(entry, fields=fields)


def _of_csl(data: Any) -> tuple[list[Entry], list[str]]:
    records = data.get("items") if isinstance(data, dict) else data
    if not isinstance(records, list):
        raise TypeError("it is no list of items")
    entries, left_out = [], []
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict) or not (record.get("title") or record.get("URL")):
            left_out.append(f"item {number}: it has neither title nor address")
            continue
        entry = _entry(record, f"item-{number}")
        left_out += [f"{entry.key}: {name}" for name, value in record.items() if value and name not in _KNOWN]
        entries.append(entry)
    return entries, left_out


def _entry(record: Mapping[str, Any], key: str) -> Entry:
    title = _text(record.get("title"))
    kind = _TYPES.get(_text(record.get("type")), "misc")
    language = _LANGUAGES.get(_text(record.get("language"))[:2].lower()) or language_of(title)
    fields = {"title": title, "langid": language}
    fields |= {name: _names(record.get(csl)) for csl, name in _NAMES.items()}
    fields |= {name: _date(record.get(csl)) for csl, name in _DATES.items()}
    fields["journaltitle" if kind == "article" else "booktitle"] = _text(record.get("container-title"))
    fields["number" if kind == "article" else "issue"] = _text(record.get("issue"))
    fields |= {name: _text(record[csl]) for csl, name in _FIELDS.items() if record.get(csl)}
    escaped = {name: text if name in {*_NAMES.values(), "doi"} else tex(text) for name, text in fields.items() if text}
    if address := clean(_text(record.get("URL"))):
        escaped["url"] = address
    given = _text(record.get("citation-key")) or _text(record.get("id"))
    return Entry(kind, re.sub(r"[^\w:.-]+", "-", given).strip("-") or key, escaped)


def _text(value: Any) -> str:
    return " ".join(str(value).split()) if isinstance(value, str | int | float) else ""


def _names(people: Any) -> str:
    return " and ".join(
        name
        for person in (people if isinstance(people, list) else ())
        if isinstance(person, dict) and (name := _name(person))
    )


def _name(person: Mapping[str, Any]) -> str:
    if person.get("literal"):
        return f"{{{tex(_text(person['literal']))}}}"
    family = " ".join(filter(None, (_text(person.get("non-dropping-particle")), _text(person.get("family")))))
    given = " ".join(filter(None, (_text(person.get("given")), _text(person.get("dropping-particle")))))
    parts = (family, _text(person.get("suffix")), given)
    return ", ".join(tex(part) for part in parts if part)


def _date(value: Any) -> str:
    """Write a date as biblatex does; one that is given as text stays as it is."""
    if not isinstance(value, dict):
        return ""
    parts = value.get("date-parts")
    if not isinstance(parts, list):
        return _text(value.get("raw") or value.get("literal"))
    return "/".join("-".join(_text(part).zfill(2) for part in date) for date in parts if isinstance(date, list))
