"""Just enough of a bib file to find its addresses, and where exactly they stand.

refblock reads bib files for what they mean; here only offsets and lines count,
so that a finding can name a line and a repair can touch nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPENING: Final = re.compile(r"@[ \t]*(\w+)\s*[{(]")
_KEY: Final = re.compile(r"\s*([^\s,{}()\"]+)\s*,")
_JOIN: Final = re.compile(r"\s*#\s*")
_BRACE: Final = re.compile(r"\\.|[{}]", re.DOTALL)
_QUOTE: Final = re.compile(r'\\.|[{}"]', re.DOTALL)
_NAME: Final = re.compile(r"[\s,]*([A-Za-z][\w:.+/-]*)\s*=\s*")
_BARE: Final = re.compile(r"[^\s,{}]*")
_WHOLE: Final = frozenset({"doi", "eprint", "url"})
"""Fields of which the first of several joined parts would be another address."""
_NO_ENTRIES: Final = frozenset({"comment", "preamble", "string"})


@dataclass(frozen=True, slots=True)
class BibField:
    """A field's text, and where it stands."""

    text: str
    """Without its outer braces or quotation marks, as written."""
    start: int
    """The offset of the text in the file."""
    line: int

    @property
    def end(self) -> int:
        """The offset after the text."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class BibEntry:
    """An entry, and its fields by name in lower case; of a name that stands twice, the first."""

    key: str
    line: int
    fields: dict[str, BibField] = field(default_factory=dict)

    def text(self, *names: str) -> str:
        """Give the plain text of the first of some fields that the entry has."""
        found = next((self.fields[name].text for name in names if name in self.fields), "")
        return " ".join(re.sub(r"[{}]", "", found).split())


def read_entries(text: str) -> Iterator[BibEntry]:
    """Yield the entries of a bib file; what cannot be read is passed over."""
    lines = _Lines(text)
    at = 0
    while (found := _OPENING.search(text, at)) is not None:
        at = found.end()
        line_start = text.rfind("\n", 0, found.start()) + 1
        if "%" in text[line_start : found.start()]:
            continue
        if found.group(1).lower() in _NO_ENTRIES:
            at = _closing(text, at - 1)
            continue
        key = _KEY.match(text, at)
        if key is None:
            continue
        at = key.end()
        entry = BibEntry(key.group(1), lines.number(found.start()))
        while (name := _NAME.match(text, at)) is not None:
            at = _read_value(text, name.end(), name.group(1).lower(), entry, lines)
        yield entry


class _Lines:
    """Line numbers of rising offsets, counted once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1

    def number(self, offset: int) -> int:
        self._line += self._text.count("\n", self._at, offset)
        self._at = offset
        return self._line


def _read_value(text: str, start: int, name: str, entry: BibEntry, lines: _Lines) -> int:
    """Take up one value, of parts that # may join; give the offset after it."""
    at = start
    while True:
        opening = text[at : at + 1]
        if opening == "{":
            end = _closing(text, at)
            inner = (at + 1, end - 1)
        elif opening == '"':
            end = _closing_quote(text, at)
            inner = (at + 1, end - 1)
        else:
            bare = _BARE.match(text, at)
            end = bare.end() if bare else at
            inner = (at, end)
        if name and name not in entry.fields:
            # {{…}} protects capitals; an address inside it is the same address.
            while inner[1] - inner[0] > 1 and text[inner[0]] == "{" and _closing(text, inner[0]) == inner[1]:
                inner = (inner[0] + 1, inner[1] - 1)
            entry.fields[name] = BibField(text[slice(*inner)], inner[0], lines.number(inner[0]))
        more = _JOIN.match(text, end)
        if more is None:
            return end
        if name in _WHOLE:
            entry.fields.pop(name)
            name = ""
        at = more.end()


def _closing(text: str, start: int) -> int:
    """Give the offset after the brace that closes one; the end of the text where none does."""
    depth = 0
    for brace in _BRACE.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(brace.group(), 0)
        if depth == 0 and brace.group() == "}":
            return brace.end()
    return len(text)


def _closing_quote(text: str, start: int) -> int:
    depth = 0
    for mark in _QUOTE.finditer(text, start + 1):
        depth += {"{": 1, "}": -1}.get(mark.group(), 0)
        if depth <= 0 and mark.group() == '"':
            return mark.end()
    return len(text)
