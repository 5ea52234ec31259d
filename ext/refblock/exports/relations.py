"""What an entry says about other entries, for formats that have no field for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from refblock.entries import Entry, Library

_WORDS: Final = {"reviewof": "About", "": "Related"}


def relations(entry: Entry, library: Library) -> Iterator[tuple[str, str, Entry | None]]:
    """Yield each relation: its name, the key of the other entry, and that entry where *library* has it.

    The name is biblatex's ``relatedtype``, empty where the entry gives none, or ``xref``.
    """
    for key in entry.related:
        yield entry.relation, key, library.entries.get(key)
    for key in entry.twins:
        yield "xref", key, library.entries.get(key)


def sentences(entry: Entry, library: Library) -> Iterator[str]:
    """Yield a line for each relation: ``About: KEY <https://doi.org/…>``; the address where one is known."""
    for name, key, other in relations(entry, library):
        address = (other.doi_href or other.arxiv_href or other.url) if other else ""
        word = "See also" if name == "xref" else _WORDS.get(name, name)
        yield f"{word}: {key} <{address}>" if address else f"{word}: {key}"
