r"""The text of a bib file -> the entries as they stand in it, each with its line.

pybtex parses. It is told what biber knows besides: ``%`` begins a remark, outside of entries and between fields, and
the braces after ``@comment`` hold nothing to read (biblatex manual, section 2.3; Text::BibTeX's lexer).
What breaks off is named, and costs no other entry.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pybtex.database.input.bibtex import NAME_CHARS, LowLevelParser, UndefinedMacro
from pybtex.scanner import Pattern, PrematureEOF, Token

from refblock.bibdata.faults import Faults
from refblock.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pybtex.exceptions import PybtexError
    from pybtex.utils import CaseInsensitiveDict

ENTRY_START: Final = re.compile(r"^[ \t\ufeff]*@[ \t]*[A-Za-z][A-Za-z0-9_-]*\s*[{(]", re.MULTILINE)
_STARTS: Final = (
    ENTRY_START,
    re.compile(r"(?<![\\\w])@[ \t]*[A-Za-z][A-Za-z0-9_-]*\s*[{(]\s*[^\s,{}()\"#=%]+\s*,"),
)
"""Where an entry may start, the surest sign first: at the start of a line; anywhere, if a key follows."""
_LETTERS: Final = re.escape(NAME_CHARS.replace("@", ""))
"""What names are made of, but for the @, by which a stray one would become part of the next entry's type."""
_NAME: Final = rf"[{_LETTERS}][{_LETTERS}0-9]*"
_HEAD: Final = re.compile(rf"@\s*({_NAME})\s*\{{\s*([^\s,}}]+)\s*,")
_FIELD: Final = re.compile(
    rf"\s*({_NAME})\s*=\s*(?:\{{((?:[^{{}}]++|\{{(?:[^{{}}]++|\{{(?:[^{{}}]++|\{{[^{{}}]*+\}})*+\}})*+\}})*+)\}}|([0-9]++))\s*(,?)"
)
"""A field whose value stands in braces, four deep at most, or is a number; and the comma behind it."""
_TAIL: Final = re.compile(r"\s*\}")
_COMMANDS: Final = frozenset({"comment", "preamble", "string"})
_OUTSIDE: Final = re.compile(r"%[^\n]*|@+[ \t]*comment\s*\{|@+", re.IGNORECASE)
_BLOCK: Final = re.compile(r"@[ \t]*comment\s*\{", re.IGNORECASE)
_FIRST: Final = re.compile(r"^[^\S\n]*@+", re.MULTILINE)
_WORD: Final = re.compile(r"@[ \t]*comment\b", re.IGNORECASE)
_KEYLESS: Final = re.compile(r"@[ \t]*[A-Za-z][A-Za-z0-9_-]*\s*[{(]\s*(?:,|[A-Za-z][\w-]*\s*=)")
_SWALLOWED: Final = re.compile(r"^@[ \t]*[A-Za-z][A-Za-z0-9_-]*\s*[{(]\s*([^\s,{}()\"#=%]+)\s*,", re.MULTILINE)
_SPILLED: Final = re.compile(r"(?:[\s,}]*|[^@%\n]*?(?<![\w-]))[A-Za-z][\w-]*\s*=\s*[{\"\w]")
_BRACES: Final = re.compile(r"[{}]")
_QUOTED: Final = re.compile(r"[{}\"]")


@dataclass(frozen=True, slots=True)
class Command:
    """One entry as it stands in the file."""

    type: str
    """In lower case."""
    key: str
    fields: list[tuple[str, str]]
    """Names in lower case, each once; in values, a run of spaces and line ends is one space."""
    source: str
    """File and line, ``refs.bib:12``."""


def commands_of(text: str, name: str, macros: CaseInsensitiveDict, faults: Faults) -> Iterator[Command]:
    r"""Yield the entries of a file.

    :param text: with ``\n`` alone for line ends.
    :param name: what messages call the file.
    :param macros: the abbreviations; those that the file defines are added.
    """
    plain = Faults()
    commands = _plain_commands(text, name, plain)
    if commands is None:
        yield from _commands(text, 1, name, macros, faults, _STARTS)
    else:
        faults += plain
        yield from commands


def _plain_commands(text: str, name: str, faults: Faults) -> list[Command] | None:
    """Read a file whose every field is a number or stands in braces, as programs write them; None for any other.

    pybtex reads the same from such a file, token by token, and takes ten times as long.
    """
    commands: list[Command] = []
    line, counted, end = 1, 0, 0
    while (start := text.find("@", end)) >= 0:
        head = _HEAD.match(text, start)
        if head is None or head[1].lower() in _COMMANDS or "%" in text[max(end, text.rfind("\n", 0, start)) : start]:
            return None
        if commands and _SPILLED.match(text, end, start):
            return None
        fields = []
        end = head.end()
        while found := _FIELD.match(text, end):
            fields.append((found[1], [found[2] if found[3] is None else found[3]]))
            end = found.end()
            if not found[4]:
                break
        tail = _TAIL.match(text, end)
        if tail is None or text.find("\n@", head.end(), tail.end()) >= 0:
            return None
        end = tail.end()
        line += text.count("\n", counted, start)
        counted = start
        source = f"{name}:{line}"
        commands.append(Command(head[1].lower(), head[2], _fields(head[2], fields, source, faults), source))
    return None if commands and _SPILLED.match(text, end) else commands


def _commands(
    text: str,
    line: int,
    name: str,
    macros: CaseInsensitiveDict,
    faults: Faults,
    starts: Sequence[re.Pattern[str]],
) -> Iterator[Command]:
    """Read a text as a whole, or, where its syntax is broken somewhere, in pieces.

    A brace left open swallows what follows it, so every entry is given its own chance. Each kind of piece is tried
    once, so that no file takes longer than a few times its length.
    """
    found = Faults()
    commands = list(_parse(text, line, name, macros, found))
    if starts and any(fault.diagnostic is Diagnostic.BIB_SYNTAX for fault in found):
        cuts = [0, *(start for start in _starts(text, starts[0]) if start), len(text)]
        for start, end in itertools.pairwise(cuts):
            yield from _commands(text[start:end], line, name, macros, faults, starts[1:])
            line += text.count("\n", start, end)
        return
    faults += found
    yield from commands


def _starts(text: str, pattern: re.Pattern[str]) -> Iterator[int]:
    """Yield where entries start, other than in remarks."""
    blocks = []
    if _BLOCK.search(text):
        closing = _closing(text)
        outside = (found for found in _OUTSIDE.finditer(text) if found.group()[0] == "@" and found.group()[-1] == "{")
        blocks = [(block.start(), closing.get(block.end() - 1, 0)) for block in outside]
    behind = 0
    for found in pattern.finditer(text):
        start = found.start()
        while blocks and blocks[0][0] <= start:
            behind = max(behind, blocks.pop(0)[1])
        if start >= behind and not text[max(0, start - 9) : start].rstrip(" \t").endswith("%"):
            yield start


def _closing(text: str) -> dict[int, int]:
    """Give for each opening brace that is closed the place of its partner."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for brace in _BRACES.finditer(text):
        if brace.group() == "{":
            opened.append(brace.start())
        elif opened:
            pairs[opened.pop()] = brace.start()
    return pairs


class _Parser(LowLevelParser):  # type: ignore[misc]  # pybtex has no types
    """pybtex's parser, which knows remarks."""

    WHITESPACE = Pattern(r"(?:\s|%[^\n]*)+", "whitespace")
    NAME = Pattern(_NAME, "a valid name")
    pos: int
    pairs: dict[int, int] | None = None

    def skip_to(self, patterns: list[Pattern]) -> Token | None:
        """Go behind the next of *patterns*; outside of entries, past remarks."""
        if patterns != [self.AT]:
            return self._skip_to_end_of_text(patterns)
        position = self.pos
        while found := _OUTSIDE.search(self.text, position):
            position = found.end()
            if found.group().startswith("%"):
                continue
            if found.group().endswith("@"):
                token = Token(self.text[self.pos : position], self.AT)
                self.update_lineno(token.value)
                self.pos = position
                return token
            self.pairs = _closing(self.text) if self.pairs is None else self.pairs
            position = self.pairs.get(position - 1, position)
        return None

    def _skip_to_end_of_text(self, patterns: list[Pattern]) -> Token | None:
        # pybtex looks for one after the other, each to the end of the file: many fields take it the square of them.
        found = (_QUOTED if self.QUOTE in patterns else _BRACES).search(self.text, self.pos)
        if found is None:
            return None
        token = Token(
            self.text[self.pos : found.end()], {"{": self.LBRACE, "}": self.RBRACE, '"': self.QUOTE}[found.group()]
        )
        self.pos = found.end()
        self.update_lineno(token.value)
        return token


def _parse(text: str, line: int, name: str, macros: CaseInsensitiveDict, faults: Faults) -> Iterator[Command]:
    broken: dict[int, PybtexError] = {}
    parser: _Parser

    def note(error: PybtexError) -> None:
        if isinstance(error, UndefinedMacro):
            key = parser.current_entry_key or f"@string {parser.current_field_name}"
            source = f"{name}:{line + parser.lineno - 1}"
            faults.note(Diagnostic.UNKNOWN_MACRO, source, key=key, macro=str(error.args[0]))
        else:
            broken.setdefault(parser.command_start, error)

    parser = _Parser(text, handle_error=note, macros=macros)
    position, current, before, end = 0, line, "", 0
    for command, body in parser:
        current += text.count("\n", position, parser.command_start)
        position = parser.command_start
        if before and _SPILLED.match(text, end, position):
            _note_spilled(before, f"{name}:{line + text.count(chr(10), 0, end)}", faults)
        end = parser.pos
        key = parser.current_entry_key
        before = "" if position in broken else key or ""
        source = f"{name}:{current}"
        if position in broken:
            where = f"the entry {key!r}" if key else f"a @{command}"
            if _KEYLESS.match(text, position):
                where = f"a @{command} without a key"
            parts = {} if command.lower() in _COMMANDS else {"entry": key or "", "begins": source}
            _note_broken(broken.pop(position), where, source, line, faults, **parts)
        elif key is not None:
            for field, values in body[1]:
                for entry in _SWALLOWED.findall("".join(values)):
                    faults.note(Diagnostic.SWALLOWED_ENTRY, source, key=key, field=field.lower(), entry=entry)
            yield Command(command.lower(), key, _fields(key, body[1], source, faults), source)
    if before and _SPILLED.match(text, end):
        _note_spilled(before, f"{name}:{line + text.count(chr(10), 0, end)}", faults)
    # Elsewhere on a line an @ is part of an address of mail, most often.
    first = {found.end() - 1 for found in _FIRST.finditer(text)} if broken else set()
    for place in broken:
        if place in first and not _WORD.match(text, place):
            word = text[place : place + 20].split("\n")[0].rstrip()
            faults.note(
                Diagnostic.BIB_SYNTAX,
                f"{name}:{line + text.count(chr(10), 0, place)}",
                what=f"{word!r} opens no entry, since no type and brace follow the @",
                advice="add them, or write % before a remark",
            )


def _note_spilled(key: str, source: str, faults: Faults) -> None:
    faults.note(
        Diagnostic.BIB_SYNTAX,
        source,
        what=f"the entry {key!r} ends here, and what looks like more of its fields follows, which is left out",
        advice="look for a brace too many before",
    )


def _note_broken(error: PybtexError, where: str, source: str, first_line: int, faults: Faults, **parts: str) -> None:
    if isinstance(error, PrematureEOF):
        faults.note(
            Diagnostic.BIB_SYNTAX,
            source,
            what=f"{where} is never closed, so it is left out",
            advice="add the missing brace or quotation mark",
            **parts,
        )
    else:
        file = source.rpartition(":")[0]
        faults.note(
            Diagnostic.BIB_SYNTAX,
            f"{file}:{first_line + (getattr(error, 'lineno', None) or 1) - 1}",
            what=f"{where} breaks off here ({error.args[0]}), so it is left out",
            advice="look for a missing comma, brace or quotation mark just before",
            **parts,
        )


def _fields(key: str, pairs: list[tuple[str, list[str]]], source: str, faults: Faults) -> list[tuple[str, str]]:
    fields: dict[str, str] = {}
    for name, parts in pairs:
        lower = name.lower()
        if lower in fields:
            faults.note(Diagnostic.DUPLICATE_FIELD, source, key=key, field=lower)
        else:
            fields[lower] = re.sub(r"[ \t\n]+", " ", "".join(parts)).strip(" ")
    return list(fields.items())
