"""Libraries of other programs: a bib file of Zotero or JabRef, or CSL-JSON -> entries as they are to be written."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from postimport.bibfile import BibError, read_shelf, write_fields
from postimport.links import Link, clean
from postimport.sources import SourceError, read_text

if TYPE_CHECKING:
    from pathlib import Path

ENDINGS: Final = frozenset({".bib", ".json"})
_ENTRY: Final = re.compile(
    r"^[ \t]*@(?!comment|string|preamble)\w+\s*[{(]\s*([^\s,{}]+)\s*,", re.MULTILINE | re.IGNORECASE
)
_AT: Final = re.compile(r"^[ \t]*@\w+\s*[{(]", re.MULTILINE)
_URL: Final = re.compile(r"\burl\s*=\s*[{\"]([^}\"]*)", re.IGNORECASE)
_TITLE: Final = re.compile(r"\btitle\s*=\s*[{\"]+([^}\"]*)", re.IGNORECASE)
_TYPES: Final = {
    "article-journal": "article",
    "article-magazine": "article",
    "book": "book",
    "chapter": "incollection",
    "paper-conference": "inproceedings",
    "post-weblog": "online",
    "report": "report",
    "thesis": "thesis",
    "webpage": "online",
}


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of another library."""

    key: str
    link: Link
    text: str
    """As it is to be written, under that key."""

    def under(self, key: str) -> str:
        """Give the text under another key."""
        return self.text.replace(self.key, key, 1)


def read_library(path: Path) -> list[Item]:
    """Read a library.

    :raises SourceError: for a file that is none.
    """
    text = read_text(path)
    try:
        return _of_bib(text, path) if path.suffix.lower() == ".bib" else _of_csl(json.loads(text))
    except BibError as fault:
        raise SourceError(str(fault)) from fault
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise SourceError(f"{path}: this is no CSL-JSON ({fault}); export it anew, or leave it out") from fault


def _of_bib(text: str, path: Path) -> list[Item]:
    read_shelf(text, str(path))
    starts = [found.start() for found in _AT.finditer(text)]
    items = []
    for found in _ENTRY.finditer(text):
        end = next((start for start in starts if start > found.start()), len(text))
        entry = text[found.start() : end].strip()
        url, title = _URL.search(entry), _TITLE.search(entry)
        link = Link(clean(url[1].replace("\\", "")) if url else "", " ".join(title[1].split()) if title else "")
        items.append(Item(found[1], link, f"{entry}\n"))
    return items


def _of_csl(data: Any) -> list[Item]:
    items = []
    for number, record in enumerate(data):
        if not isinstance(record, dict) or not record.get("title"):
            raise ValueError(f"item {number + 1} has no title")
        key = re.sub(r"[^\w:.-]+", "-", str(record.get("citation-key") or record.get("id") or f"item-{number + 1}"))
        link = Link(clean(str(record.get("URL", ""))), " ".join(str(record["title"]).split()))
        dates = (record.get("issued") or {}).get("date-parts") or [[]]
        fields = {
            "author": " and ".join(_name(person) for person in record.get("author", [])),
            "date": "-".join(f"{int(part):02d}" for part in dates[0]),
            "journaltitle" if record.get("type", "").startswith("article") else "booktitle": record.get(
                "container-title", ""
            ),
            "doi": record.get("DOI", ""),
        }
        kind = _TYPES.get(record.get("type", ""), "misc")
        items.append(Item(key, link, write_fields(kind, key, link, {name: str(text) for name, text in fields.items()})))
    return items


def _name(person: dict[str, str]) -> str:
    if person.get("literal"):
        return f"{{{person['literal']}}}"
    return ", ".join(part for part in (person.get("family", ""), person.get("given", "")) if part)
