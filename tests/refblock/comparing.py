"""How what a program read is compared with what it was given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from refblock.entries import Entry


def titles_of(entries: Iterable[Entry]) -> dict[str, str]:
    """Give the title of each entry by its key."""
    return {entry.key: entry.title.text for entry in entries}


def spaced(text: str) -> str:
    """Give a text as formats keep it that have one kind of space: a run of spaces and line ends is one."""
    return re.sub(r"\s+", " ", text).strip(" ")


def typographic(text: str) -> str:
    """Set quotes all alike, since pandoc chooses among them."""
    return re.sub("[\"'`“”‘’]+", "'", text)


def lost(entry: Entry, read: object) -> set[str]:
    """Name the fields of an entry whose text is nowhere in what a program read of it, however it sets quotes."""
    found = typographic("\n".join(_texts(read)))
    return {name for name, text in entry.fields.items() if any(part not in found for part in _parts(entry, name, text))}


def _texts(read: object) -> Iterator[str]:
    """Yield each text in what was read."""
    if isinstance(read, dict | list):
        for each in read.values() if isinstance(read, dict) else read:
            yield from _texts(each)
    else:
        yield str(read)


def _parts(entry: Entry, name: str, text: str) -> list[str]:
    """Give what of a field must be found, each format having a way of its own to join it."""
    match name:
        case "author" | "editor":
            # A particle may stand apart from the rest of the family name.
            parts = [word for person in entry.persons[name] for word in person.family.split()]
        case "keywords":
            parts = list(entry.topics)
        case "related" | "xref":
            parts = [key.strip() for key in text.split(",")]
        case "pages":
            parts = text.split("--")
        case "langid":
            parts = [str(entry.title.language)]
        case "relatedtype":
            parts = ["About" if text == "reviewof" else text]
        case "eprinttype":
            parts = ["arXiv" if text == "arxiv" else text]
        case _:
            parts = [text]
    return [typographic(part) for part in parts]
