r"""Entries -> BibTeX, with biblatex's types and fields, as biber, pandoc, JabRef and our own reader take them.

A field comes back as it was, with these exceptions:

- a run of spaces and line ends comes back as one space, as from every BibTeX parser;
- a brace without its partner is written ``\textbraceleft{}`` or ``\textbraceright{}``, since a bare one, escaped
  or not, would end the field; pandoc drops these two commands;
- biber takes no file with control characters, or noncharacters such as U+FFFE; our own reader drops both;
- pandoc sets quotes and apostrophes as typographic ones;
- in verbatim fields, and a link in ``howpublished``, nothing can be escaped, so a backslash, and braces that don't
  pair, are percent-encoded there; in ``howpublished`` all braces are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from refblock.entries import Entry, Name

_VERBATIM: Final = frozenset({"doi", "eprint", "file", "pdf", "url", "urlraw"})
"""Fields that biber passes on as they are (biblatex manual 3.17, section 2.2.1)."""
_KEYS: Final = frozenset({"crossref", "entryset", "ids", "related", "xdata", "xref"})
"""Fields that hold keys of entries, which are no text (same section)."""
_TITLES: Final = frozenset(
    {"booktitle", "issuetitle", "journaltitle", "maintitle", "subtitle", "title", "titleaddon", "booksubtitle"}
)
"""Fields whose letters keep their case in a second pair of braces."""
_ESCAPES: Final = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "%": r"\%",
    "#": r"\#",
    "$": r"\$",
    "&": r"\&",
    "_": r"\_",
}
_LONE_BRACES: Final = {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
_TROUBLE: Final = re.compile(r"[\\~^%#$&_{}]|(?<=-)(?=-)|(?<=`)(?=`)|(?<=')(?=')|(?<=[?!])(?=`)")
"""What means something to TeX: single characters, and the places where it would make one character of two."""
_BRACES: Final = re.compile(r"[{}]")
_BREAKS: Final = re.compile(r"[ \t\r\n]+")
_LINK: Final = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)
_AND: Final = re.compile(r",|\band\b", re.IGNORECASE)


def write_bibtex(entries: Iterable[Entry]) -> str:
    """Write a bib file; entries and their fields in the order given.

    A parallel title that stands in no field of its own, because it came from another entry, is written as
    ``titleaddon``.
    """
    return "\n".join(map(_entry, entries))


def _entry(entry: Entry) -> str:
    lines = [f"@{entry.type}{{{entry.key},"]
    lines += (f"  {name:<13} = {{{value}}}," for name, value in _fields(entry) if value)
    return "\n".join((*lines, "}\n"))


def _fields(entry: Entry) -> Iterator[tuple[str, str]]:
    for name, text in entry.fields.items():
        if name in entry.persons:
            yield name, " and ".join(_name(person) for person in entry.persons[name])
        elif name in _VERBATIM:
            yield name, _verbatim(text)
        elif name in _KEYS:
            yield name, text
        elif name in _TITLES:
            yield name, f"{{{_tex(text)}}}" if text else ""
        elif name == "howpublished" and _LINK.fullmatch(text):
            yield name, rf"\url{{{_BRACES.sub(lambda found: quote(found.group()), _verbatim(text))}}}"
        elif name == "pages":
            # Here "--" is how a range is written, and no pair of hyphens.
            yield name, "--".join(map(_tex, text.split("--")))
        else:
            yield name, _tex(text)
    if not entry.fields.get("title"):
        yield "title", f"{{{_tex(entry.title.text)}}}"
    if entry.parallel and entry.parallel.text not in entry.fields.values() and "titleaddon" not in entry.fields:
        yield "titleaddon", f"{{{_tex(entry.parallel.text)}}}"


def _tex(text: str) -> str:
    """Escape what TeX takes for something else."""
    text = _BREAKS.sub(" ", text)
    if not _TROUBLE.search(text):
        return text
    paired = _paired(text)

    def escaped(found: re.Match[str]) -> str:
        letter = found.group()
        if not letter:
            return "{}"
        if letter in "{}":
            return f"\\{letter}" if next(paired) else _LONE_BRACES[letter]
        return _ESCAPES[letter]

    return _TROUBLE.sub(escaped, text)


def _verbatim(text: str) -> str:
    text = text.replace("\\", "%5C")
    paired = _paired(text)
    return _BRACES.sub(lambda found: found.group() if next(paired) else quote(found.group()), text)


def _paired(text: str) -> Iterator[bool]:
    """Say of each brace, in turn, whether it has a partner."""
    braces = _BRACES.findall(text)
    paired = [False] * len(braces)
    waiting: list[int] = []
    for place, brace in enumerate(braces):
        if brace == "{":
            waiting.append(place)
        elif waiting:
            paired[waiting.pop()] = paired[place] = True
    return iter(paired)


def _name(name: Name) -> str:
    if not name.given:
        return "others" if name.family == "others" else f"{{{_tex(name.family)}}}"
    family, comma, suffix = name.family.partition(", ")
    return (
        f"{_part(family)}, {_part(suffix)}, {_part(name.given)}" if comma else f"{_part(family)}, {_part(name.given)}"
    )


def _part(text: str) -> str:
    return f"{{{_tex(text)}}}" if _AND.search(text) else _tex(text)
