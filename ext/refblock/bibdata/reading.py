"""A bib file -> entries.

pybtex reads the file; what it can't read is named, with its line, and the rest is read all the same.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from pybtex.database import Entry as RawEntry
from pybtex.database import Person
from pybtex.database.input.bibtex import NAME_CHARS, LowLevelParser, UndefinedMacro, month_names, split_name_list
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text
from pybtex.scanner import PrematureEOF
from pybtex.utils import CaseInsensitiveDict

from refblock.diagnostics import Diagnostic
from refblock.entries import Entry, Name, Title, is_cjk
from refblock.langid import is_same_language, tag_of_langid, tag_of_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_ENTRY_START: Final = re.compile(r"^[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(]", re.MULTILINE)
_CONTAINERS: Final = frozenset({"set", "xdata"})
"""Entry types that hold data for other entries, or join them, and are no reference themselves."""
_PERSON_FIELDS: Final = frozenset({"author", "bookauthor", "editor", "translator"})
_PARALLEL_FIELDS: Final = ("titleaddon", "titletranslation", "title_en", "title_zh", "origtitle")
"""Where the other title stands, best first: biblatex's own field, then what other tools and people write."""
_FIELD_LANGUAGES: Final = {"title_en": "en", "title_zh": "zh-Hans"}
_VENUE_FIELDS: Final = ("journaltitle", "journal", "booktitle", "eventtitle", "institution", "school", "publisher")
_VERBATIM_FIELDS: Final = frozenset({"doi", "eprint", "file", "pdf", "url", "urlraw"})
"""Fields in which TeX's special characters mean themselves (biblatex manual, section 2.2.1)."""
_TRANSLATIONS: Final = frozenset({"translationof", "translatedas", "translationfrom"})
_LINKS: Final = re.compile(r"(?:https?://[^\s/]|mailto:[^\s])", re.IGNORECASE)
_NEWLINE: Final = b"\n"
_NAME: Final = rf"[{re.escape(NAME_CHARS)}][{re.escape(NAME_CHARS)}0-9]*"
_HEAD: Final = re.compile(rf"@\s*({_NAME})\s*\{{\s*([^\s,}}]+)\s*,")
_FIELD: Final = re.compile(
    rf"\s*({_NAME})\s*=\s*(?:\{{((?:[^{{}}]++|\{{(?:[^{{}}]++|\{{(?:[^{{}}]++|\{{[^{{}}]*+\}})*+\}})*+\}})*+)\}}|([0-9]++))\s*(,?)"
)
"""A field whose value stands in braces, four deep at most, or is a number; and the comma behind it."""
_TAIL: Final = re.compile(r"\s*\}")
_COMMANDS: Final = frozenset({"comment", "preamble", "string"})
_LATEX: Final = re.compile(r"[\\{}~]")
_DOTLESS: Final = re.compile(r"(\\[`'^\"~=.]\s*)(?:\{\\([ij])\s*\}|\\([ij])(?![A-Za-z]) ?)")
"""An accent on TeX's i without a dot, which pybtex leaves as it is; DBLP writes Garc\\'{\\i}a so."""
_UNKNOWN: Final = re.compile(r"\\(?:([{}])|text(braceleft|braceright|asciicircum)(?![A-Za-z])(?:\{\}| *))")
"""Commands for single characters that pybtex does not know."""
_HELD: Final = {"{": "\ufdd0", "}": "\ufdd1", "braceleft": "\ufdd0", "braceright": "\ufdd1", "asciicircum": "\ufdd2"}
"""Noncharacters (Unicode 23.7), which stand for their characters while pybtex takes out braces and commands."""
_LETTERS: Final = str.maketrans("\ufdd0\ufdd1\ufdd2", "{}^")
_URL: Final = re.compile(r"\\url\s*\{([^{}]*)\}")
_COMMENT: Final = re.compile(r"(?<!\\)%")
_MARKUP: Final = re.compile(r"</?[A-Za-z][^<>]*>|<!--")
_DOI: Final = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_ARXIV: Final = re.compile(
    r"(?:https?://arxiv\.org/(?:abs|pdf)/|arxiv:\s*)?(\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+(?:\.[a-z]{2})?/\d{7}(?:v\d+)?)",
    re.IGNORECASE,
)
_STEERING: Final = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
"""Control characters, and those that reorder text (Unicode Standard Annex 9, section 2)."""


@dataclass(frozen=True, slots=True)
class BibFault:
    """Something wrong with a bib file."""

    diagnostic: Diagnostic
    source: str
    """File and line, ``refs.bib:12``."""
    parts: Mapping[str, object]


@dataclass(slots=True)
class ReadBib:
    """What came out of bib files."""

    entries: list[Entry] = field(default_factory=list)
    keys: dict[str, None] = field(default_factory=dict)
    """The keys of all entries, those too that only hold what others share, in order."""
    faults: list[BibFault] = field(default_factory=list)

    def note(self, diagnostic: Diagnostic, source: str, **parts: object) -> None:
        """Keep a fault."""
        self.faults.append(BibFault(diagnostic, source, parts))


@dataclass(frozen=True, slots=True)
class _Command:
    """One entry as it stands in the file."""

    type: str
    key: str
    fields: list[tuple[str, str]]
    source: str


def read_bib(paths: list[Path], names: list[str], encoding: str = "utf-8-sig") -> ReadBib:
    """Read bib files as one.

    :param paths: the files, in order.
    :param names: how messages are to call each of them.
    :param encoding: tried first; UTF-8 with or without a byte order mark by default.
    :returns: what could be read, and every fault found on the way; nothing is raised for what a file holds.
    """
    read = ReadBib()
    commands = _all_commands(paths, names, encoding, read)
    for command in commands.values():
        entry = _entry(command, read)
        read.keys[command.key] = None
        if command.type not in _CONTAINERS:
            read.entries.append(entry)
    _join_pairs(commands, read)
    _check_pointers(read)
    return read


def read_raw(paths: list[Path], encoding: str = "utf-8-sig") -> dict[str, RawEntry]:
    """Read bib files into pybtex's own entries, by key; faults are those that `read_bib` has named."""
    commands = _all_commands(paths, [path.name for path in paths], encoding, ReadBib())
    return {command.key: _raw_entry(command) for command in commands.values()}


def _all_commands(paths: list[Path], names: list[str], encoding: str, read: ReadBib) -> dict[str, _Command]:
    """Read the entries of all files, by their keys in lower case."""
    macros = CaseInsensitiveDict(month_names)
    commands: dict[str, _Command] = {}
    for path, name in zip(paths, names, strict=True):
        text = _text_of(path, name, encoding, read)
        if text is None:
            continue
        found = False
        for command in _commands(text, name, macros, read):
            found = True
            first = commands.setdefault(command.key.lower(), command)
            if first is not command:
                read.note(Diagnostic.DUPLICATE_KEY, command.source, key=command.key, first=first.source)
        if not found and not _ENTRY_START.search(text):
            read.note(Diagnostic.BIB_EMPTY, f"{name}:1")
    return commands


def _text_of(path: Path, name: str, encoding: str, read: ReadBib) -> str | None:
    try:
        data = path.read_bytes()
    except OSError as fault:
        read.note(Diagnostic.BIB_MISSING, f"{name}:1", path=name, reason=(fault.strerror or str(fault)).lower())
        return None
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as fault:
        source = f"{name}:{data.count(_NEWLINE, 0, fault.start) + 1}" if encoding.startswith("utf-8") else f"{name}:1"
    for guess in ("utf-16",) if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("gb18030",):
        try:
            text = data.decode(guess)
        except UnicodeDecodeError:
            continue
        if tag_of_text(text) == "zh-Hans" or guess == "utf-16":
            read.note(Diagnostic.BIB_ENCODING, source, guess={"gb18030": "GBK"}.get(guess, "UTF-16"))
            return text
    read.note(Diagnostic.BIB_BYTES, source)
    return data.decode("utf-8", "replace")


def _commands(text: str, name: str, macros: CaseInsensitiveDict, read: ReadBib) -> Iterator[_Command]:
    """Yield the entries of a file: read as one, or, where its syntax is broken somewhere, each by itself."""
    plain = ReadBib()
    plainly = _parse_plain(text, name, plain)
    if plainly is not None:
        read.faults += plain.faults
        yield from plainly
        return
    whole = ReadBib()
    commands = list(_parse(text, 1, name, macros, whole))
    if any(fault.diagnostic is Diagnostic.BIB_SYNTAX for fault in whole.faults):
        # A brace left open swallows what follows it, so every entry that starts a line is given its own chance.
        starts = [found.start() for found in _ENTRY_START.finditer(text)]
        line = 1 + text.count("\n", 0, starts[0]) if starts else 1
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            yield from _parse(text[start:end], line, name, macros, read)
            line += text.count("\n", start, end)
        return
    read.faults += whole.faults
    yield from commands


def _parse_plain(text: str, name: str, read: ReadBib) -> list[_Command] | None:
    """Read a file whose every field is a number or stands in braces, as programs write them; None for any other.

    pybtex reads the same from such a file, token by token, and takes ten times as long.
    """
    commands = []
    line, counted, end = 1, 0, 0
    while (start := text.find("@", end)) >= 0:
        head = _HEAD.match(text, start)
        if head is None or head[1].lower() in _COMMANDS:
            return None
        fields = []
        end = head.end()
        while found := _FIELD.match(text, end):
            fields.append((found[1], [found[2] if found[3] is None else found[3]]))
            end = found.end()
            if not found[4]:
                break
        tail = _TAIL.match(text, end)
        if tail is None:
            return None
        end = tail.end()
        line += text.count("\n", counted, start)
        counted = start
        source = f"{name}:{line}"
        commands.append(_Command(head[1].lower(), head[2], _fields(head[2], fields, source, read), source))
    return commands


def _parse(text: str, line: int, name: str, macros: CaseInsensitiveDict, read: ReadBib) -> Iterator[_Command]:
    broken: list[PybtexError] = []

    def note(error: PybtexError) -> None:
        if isinstance(error, UndefinedMacro):
            source = f"{name}:{line + parser.lineno - 1}"
            read.note(Diagnostic.UNKNOWN_MACRO, source, key=parser.current_entry_key, macro=str(error.args[0]))
        else:
            broken.append(error)

    parser = LowLevelParser(text, handle_error=note, macros=macros)
    position, current = 0, line
    for command, body in parser:
        current += text.count("\n", position, parser.command_start)
        position = parser.command_start
        key = parser.current_entry_key
        if broken:
            _note_broken(broken.pop(), key, f"{name}:{current}", line, name, read)
            broken.clear()
        elif key is not None:
            yield _Command(command.lower(), key, _fields(key, body[1], f"{name}:{current}", read), f"{name}:{current}")
    if broken:
        _note_broken(broken[0], None, f"{name}:{current}", line, name, read)


def _note_broken(error: PybtexError, key: str | None, source: str, first_line: int, name: str, read: ReadBib) -> None:
    where = f"the entry {key!r}" if key else "an entry"
    if isinstance(error, PrematureEOF):
        read.note(
            Diagnostic.BIB_SYNTAX,
            source,
            what=f"{where} is never closed, so it is left out",
            advice="add the missing brace or quotation mark",
        )
    else:
        at = f"{name}:{first_line + (getattr(error, 'lineno', None) or 1) - 1}"
        read.note(
            Diagnostic.BIB_SYNTAX,
            at,
            what=f"{where} breaks off here ({error.args[0]}), so it is left out",
            advice="look for a missing comma, brace or quotation mark just before",
        )


def _fields(key: str, pairs: list[tuple[str, list[str]]], source: str, read: ReadBib) -> list[tuple[str, str]]:
    fields: dict[str, str] = {}
    for name, parts in pairs:
        lower = name.lower()
        if lower in fields:
            read.note(Diagnostic.DUPLICATE_FIELD, source, key=key, field=lower)
        else:
            fields[lower] = re.sub(r"[ \t\r\n]+", " ", "".join(parts)).strip(" ")
    return list(fields.items())


def _raw_entry(command: _Command) -> RawEntry:
    raw = RawEntry(command.type)
    raw.key = command.key
    for name, value in command.fields:
        if name in {"author", "editor"}:
            for person in split_name_list(value):
                raw.add_person(_person(person), name)
        else:
            raw.fields[name] = value
    # pybtex's own styles know BibTeX's names of these fields, and not biblatex's.
    for bibtex, given in (("journal", raw.fields.get("journaltitle")), ("year", _year(raw.fields))):
        if given and bibtex not in raw.fields:
            raw.fields[bibtex] = given
    return raw


def _person(text: str) -> Person:
    try:
        return Person(text)
    except PybtexError:
        # More commas than a name has: an institution, most often.
        return Person("{" + text.replace("{", "").replace("}", "") + "}")


def _entry(command: _Command, read: ReadBib) -> Entry:
    key, source = command.key, command.source
    fields = {
        name: _tamed(name, _unescaped(value) if _is_verbatim(name, value) else _plain(value), key, source, read)
        for name, value in command.fields
    }
    persons = {
        name: tuple(_name(_person(person)) for person in split_name_list(value))
        for name, value in command.fields
        if name in _PERSON_FIELDS
    }
    title, parallel = _titles(fields, key, source, read)
    return Entry(
        key=key,
        type=command.type,
        title=title,
        parallel=parallel,
        source=source,
        authors=persons.get("author") or persons.get("editor") or (),
        year=_year(fields),
        venue=next((fields[name] for name in _VENUE_FIELDS if fields.get(name)), ""),
        organization=fields.get("organization", ""),
        url=_link(fields, key, source, read),
        doi=_identifier(_DOI, fields.get("doi", "")),
        arxiv=_arxiv(fields),
        topics=_listed(fields.get("keywords", "")),
        related=_listed(fields.get("related", "")),
        relation=fields.get("relatedtype", "").lower(),
        twins=_listed(fields.get("xref", "")),
        fields=fields,
        persons=persons,
    )


def _titles(fields: Mapping[str, str], key: str, source: str, read: ReadBib) -> tuple[Title, Title | None]:
    text = fields.get("title") or fields.get("title_zh") or fields.get("title_en") or ""
    langid = fields.get("langid") or fields.get("language", "")
    language = tag_of_langid(langid) if langid else None
    if langid and language is None:
        read.note(Diagnostic.UNKNOWN_LANGUAGE, source, key=key, langid=langid)
    if not text:
        read.note(Diagnostic.NO_TITLE, source, key=key)
        return Title(key, None), None
    language = language or tag_of_text(text)
    if fields.get("subtitle"):
        text = f"{text}{'：' if is_same_language(language, 'zh') else ': '}{fields['subtitle']}"
    for name in _PARALLEL_FIELDS:
        other = fields.get(name, "")
        other_language = _FIELD_LANGUAGES.get(name) or tag_of_text(other)
        # A titleaddon in the title's own language is an addition to it, not its translation.
        if other and other != text and not is_same_language(language, other_language):
            return Title(text, language), Title(other, other_language)
    return Title(text, language), None


def _link(fields: Mapping[str, str], key: str, source: str, read: ReadBib) -> str:
    url = fields.get("url", "")
    if not url and _LINKS.match(fields.get("howpublished", "")):
        url = fields["howpublished"]
    if url and not _LINKS.match(url):
        read.note(Diagnostic.UNSAFE_URL, source, key=key, field="url", url=url)
        return ""
    return url


def _year(fields: Mapping[str, str]) -> str:
    found = re.search(r"-?\d{4}", fields.get("date", "") or fields.get("year", ""))
    return found.group() if found else fields.get("year", "")


def _identifier(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.fullmatch(text)
    return found.group(1) if found else ""


def _arxiv(fields: Mapping[str, str]) -> str:
    kind = (fields.get("eprinttype") or fields.get("archiveprefix", "")).lower()
    if kind not in {"", "arxiv"}:
        return ""
    return _identifier(_ARXIV, fields.get("eprint", ""))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _name(person: Person) -> Name:
    family = _plain(" ".join((*person.prelast_names, *person.last_names)))
    given = _plain(" ".join((*person.first_names, *person.middle_names)))
    lineage = _plain(" ".join(person.lineage_names))
    if is_cjk(given) and not family:
        return Name(given)
    return Name(f"{family}, {lineage}" if lineage else family, given)


def _plain(value: str) -> str:
    """Give a field as readers see it: without TeX's braces and commands."""
    if not _LATEX.search(value):
        return value
    value = _UNKNOWN.sub(lambda found: _HELD[found.group(1) or found.group(2)], value)
    try:
        # In a bib file a per cent sign is one; only TeX would take what follows for a remark, and drop it.
        text = str(Text.from_latex(_COMMENT.sub(r"\\%", _DOTLESS.sub(r"\1\2\3", value))))
        return re.sub(r"\\([&$])", r"\1", text).translate(_LETTERS)
    except (PybtexError, ValueError):
        return value.replace("{", "").replace("}", "").translate(_LETTERS)


def _is_verbatim(name: str, value: str) -> bool:
    """Say whether a field is to be taken as it is; BibTeX's own ``howpublished`` is text, or else a link."""
    return name in _VERBATIM_FIELDS or (name == "howpublished" and _LINKS.match(_unescaped(value)) is not None)


def _unescaped(value: str) -> str:
    """Take back the escapes, and the command, that some programs write into verbatim fields all the same."""
    return re.sub(r"\\([&%#_~])", r"\1", _URL.sub(r"\1", value)) if "\\" in value else value


def _tamed(name: str, value: str, key: str, source: str, read: ReadBib) -> str:
    """Take out of a field what would steer the reader's screen, and name it."""
    steering = _STEERING.findall(value)
    if steering:
        names = ", ".join(dict.fromkeys(f"U+{ord(letter):04X}" for letter in steering))
        read.note(Diagnostic.CONTROL_CHARACTERS, source, key=key, field=name, names=names)
        value = _STEERING.sub("", value)
    markup = _MARKUP.search(value) if "<" in value and name not in _VERBATIM_FIELDS else None
    if markup:
        read.note(Diagnostic.MARKUP, source, key=key, field=name, markup=markup.group())
    return unicodedata.normalize("NFC", value) if name.startswith("title") else value


def _join_pairs(commands: Mapping[str, _Command], read: ReadBib) -> None:
    """Give the two halves of a pair each other's title: of an ``@set`` of two, or joined by ``related``."""
    place = {entry.key.lower(): number for number, entry in enumerate(read.entries)}
    pairs = [
        (entry.key, entry.related[0])
        for entry in read.entries
        if entry.relation in _TRANSLATIONS and len(entry.related) == 1
    ]
    for command in commands.values():
        members = _listed(dict(command.fields).get("entryset", ""))
        if command.type == "set" and len(members) == 2:
            pairs.append((members[0], members[1]))
    for one, two in pairs:
        for key, other in ((one, two), (two, one)):
            if key.lower() in place and other.lower() in place:
                entry, twin = read.entries[place[key.lower()]], read.entries[place[other.lower()]]
                if entry.parallel is None and not is_same_language(entry.title.language, twin.title.language):
                    read.entries[place[key.lower()]] = replace(entry, parallel=twin.title)


def _check_pointers(read: ReadBib) -> None:
    for entry in read.entries:
        for name, keys in (("related", entry.related), ("xref", entry.twins)):
            for key in keys:
                if key not in read.keys:
                    read.note(Diagnostic.UNKNOWN_RELATED, entry.source, key=entry.key, field=name, other=key)
