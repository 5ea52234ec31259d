"""What entries take over from others: ``xdata`` and ``crossref``.

The rules are biblatex's (manual 3.17, section 3.13.6 and appendix A), but for what names one item and no other: a paper
does not get the address of the proceedings that it stands in.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from refblock.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from refblock.bibdata.faults import Faults
    from refblock.bibdata.syntax import Command

_OWN: Final = frozenset(
    {
        "abstract", "biburl", "bibsource", "crossref", "doi", "entryset", "entrysubtype", "eprint", "eprinttype",
        "archiveprefix", "file", "ids", "indextitle", "label", "options", "related", "relatedtype", "shorthand",
        "shorttitle", "sortkey", "sorttitle", "subtitle", "timestamp", "title", "titleaddon", "title_en", "title_zh",
        "titletranslation", "origtitle", "url", "urldate", "xdata", "xref",
    }
)  # fmt: skip
"""Fields of a parent that are not its children's."""
_PARTS: Final = ("bookin", "conference", "in", "supp")
"""How the types begin whose entries stand in a book."""
_DEPTH: Final = 50
"""Parents of parents that are looked at; nobody has so many."""
_SAME: Final = (frozenset({"date", "year"}), frozenset({"journal", "journaltitle"}))
"""Fields of which a child that has one takes over no other."""


def inherit(commands: Mapping[str, Command], faults: Faults) -> Iterator[Command]:
    """Yield the entries in their order, each with the fields that it takes over from others behind its own.

    :param commands: by their keys in lower case.
    :param faults: gets those pointers that lead nowhere.
    """
    heirs = _Heirs(commands, faults)
    for key, command in commands.items():
        yield replace(command, fields=list(heirs.fields(key).items()))


class _Heirs:
    """Entries with all their fields, each worked out once however many point at it."""

    def __init__(self, commands: Mapping[str, Command], faults: Faults) -> None:
        self._commands = commands
        self._faults = faults
        self._known: dict[str, dict[str, str]] = {}

    def fields(self, key: str, depth: int = 0) -> dict[str, str]:
        if key in self._known:
            return self._known[key]
        command = self._commands[key]
        # It stands here at once, unfinished: a circle of pointers comes back to it, and ends.
        fields = self._known[key] = dict(command.fields)
        for pointer in ("xdata", "crossref"):
            for wanted in (part.strip() for part in fields.get(pointer, "").split(",")):
                other = wanted.lower()
                if other in self._commands and depth < _DEPTH:
                    given = self.fields(other, depth + 1)
                    _take_over(fields, given if pointer == "xdata" else _as_of_a_part(command.type, given))
                elif wanted and other not in self._commands:
                    named = {"key": command.key, "field": pointer, "other": wanted}
                    self._faults.note(Diagnostic.UNKNOWN_RELATED, command.source, **named)
        # What it stood for is here now, and another program that reads an export would look for it in vain.
        fields.pop("xdata", None)
        return fields


def _take_over(fields: dict[str, str], given: Mapping[str, str]) -> None:
    taken = [same for same in _SAME if same & fields.keys()]
    for name, value in list(given.items()):
        if not any(name in same for same in taken):
            fields.setdefault(name, value)


def _as_of_a_part(kind: str, parent: Mapping[str, str]) -> dict[str, str]:
    """Give the fields of a whole as those of its part: its title becomes that of the book or journal."""
    given = {name: value for name, value in parent.items() if name not in _OWN}
    if kind == "article" or kind.startswith(_PARTS):
        for name in ("title", "subtitle", "titleaddon"):
            if name in parent:
                given.setdefault(f"{'journal' if kind == 'article' else 'book'}{name}", parent[name])
    if kind == "inbook" and "author" in parent:
        given.setdefault("bookauthor", parent["author"])
    return given
