"""A bib file -> entries.

pybtex reads the file; what it can't read is named, with its line, and the rest is read all the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from pybtex.database import Entry as RawEntry
from pybtex.database import Person
from pybtex.database.input.bibtex import month_names, split_name_list
from pybtex.exceptions import PybtexError
from pybtex.utils import CaseInsensitiveDict

from refblock.bibdata.counting import heads_of
from refblock.bibdata.faults import Faults
from refblock.bibdata.inheritance import inherit
from refblock.bibdata.syntax import ENTRY_START, Command, commands_of
from refblock.bibdata.tex import plain, verbatim
from refblock.diagnostics import Diagnostic
from refblock.entries import Entry, Name, Title, is_cjk
from refblock.langid import is_same_language, tag_of_langid, tag_of_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from refblock.bibdata.faults import BibFault

_CONTAINERS: Final = frozenset({"set", "xdata"})
"""Entry types that hold data for other entries, or join them, and are no reference themselves."""
_PERSON_FIELDS: Final = frozenset({"author", "bookauthor", "editor", "translator"})
_PARALLEL_FIELDS: Final = ("titleaddon", "titletranslation", "title_en", "title_zh", "origtitle")
"""Where the other title stands, best first: biblatex's own field, then what other tools and people write."""
_FIELD_LANGUAGES: Final = {"title_en": "en", "title_zh": "zh-Hans"}
_VENUE_FIELDS: Final = ("journaltitle", "journal", "booktitle", "eventtitle", "institution", "school", "publisher")
_VERBATIM_FIELDS: Final = frozenset({"doi", "eprint", "file", "pdf", "url", "urlraw"})
"""Fields in which TeX's special characters mean themselves (biblatex manual, section 2.2.1)."""
_EXTENDED: Final = re.compile(r"(?:family|given|prefix|suffix)(?:-i)?\s*=")
_NAME_PART: Final = re.compile(r"(?<![\w-])(family|given|prefix|suffix)\s*=\s*(?:\"([^\"]*)\"|([^,]*))")
_LINEAGE: Final = re.compile(r"[JS]r\.?|I{2,3}|IV")
_HOMONYM: Final = re.compile(r" \d{4}$")
"""The number by which DBLP tells apart people of one name."""
_OTHERS: Final = frozenset({"others", "et al", "et al.", "等"})
_HAN: Final = re.compile("[\u3400-\u9fff]")
_TRANSLATIONS: Final = frozenset({"translationof", "translatedas", "translationfrom"})
_LINKS: Final = re.compile(r"(?:https?://[^\s/]|mailto:[^\s])", re.IGNORECASE)
_NEWLINE: Final = b"\n"
_SEPARATORS: Final = ",;，；"
"""What stands between keywords: biblatex's comma, and the semicolon of IEEE, HAL and Chinese databases."""
_HOST: Final = re.compile(r"https?://([^/?#\\\s]*)", re.IGNORECASE)
_LATIN: Final = re.compile("[A-Za-z]")
_LOOKALIKE: Final = re.compile("[\u0370-\u03ff\u0400-\u052f]")
"""Greek and Cyrillic, whose letters are those that pass for Latin ones (Unicode Technical Standard 39)."""
_SEVERAL: Final = re.compile(r"\S+ +https?://\S", re.IGNORECASE)
_HIGH: Final = re.compile(rb"[\x80-\xff]+")
_MARKUP: Final = re.compile(r"</?[A-Za-z][^<>]*>|<!--")
_DOI: Final = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_ARXIV: Final = re.compile(
    r"(?:https?://arxiv\.org/(?:abs|pdf)/|arxiv:\s*)?(\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+(?:\.[a-z]{2})?/\d{7}(?:v\d+)?)",
    re.IGNORECASE,
)
_STEERING: Final = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
"""Control characters, those that reorder text (Unicode Standard Annex 9, section 2), and noncharacters (Unicode 23.7),
two of which no XML may hold.
"""


@dataclass(slots=True)
class ReadBib:
    """What came out of bib files."""

    entries: list[Entry] = field(default_factory=list)
    keys: dict[str, None] = field(default_factory=dict)
    """The keys of all entries, those too that only hold what others share, in order."""
    given: int = 0
    """How many entries the files hold: those that were read or named in a fault, and those that were lost."""
    lost: list[str] = field(default_factory=list)
    """Those that begin in a file by a count of its own, and were neither: ``refs.bib:12: key``."""
    faults: Faults = field(default_factory=Faults)

    def note(self, diagnostic: Diagnostic, source: str, **parts: object) -> None:
        """Keep a fault."""
        self.faults.note(diagnostic, source, **parts)


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
        read.keys[command.key] = None
        if command.type not in _CONTAINERS:
            read.entries.append(_entry(command, read))
    _join_pairs(commands, read)
    _check_pointers(read)
    return read


def read_raw(paths: list[Path], encoding: str = "utf-8-sig") -> dict[str, RawEntry]:
    """Read bib files into pybtex's own entries, by key; faults are those that `read_bib` has named."""
    commands = _all_commands(paths, [path.name for path in paths], encoding, ReadBib())
    return {command.key: _raw_entry(command) for command in commands.values()}


def _all_commands(paths: list[Path], names: list[str], encoding: str, read: ReadBib) -> dict[str, Command]:
    """Read the entries of all files, by their keys in lower case, each with what it takes over from others."""
    macros = CaseInsensitiveDict(month_names)
    commands: dict[str, Command] = {}
    for path, name in zip(paths, names, strict=True):
        text = _text_of(path, name, encoding, read)
        if text is None:
            continue
        found: list[Command] = []
        before = len(read.faults)
        for written in commands_of(text, name, macros, read.faults):
            found.append(written)
            command = _tamed(written, read)
            first = commands.setdefault(command.key.lower(), command)
            if first is not command:
                read.note(Diagnostic.DUPLICATE_KEY, command.source, entry=command.key, first=first.source)
        if not found and not ENTRY_START.search(text):
            read.note(Diagnostic.BIB_EMPTY, f"{name}:1")
        _count(text, name, found, read.faults[before:], read)
    return {command.key.lower(): command for command in inherit(commands, read.faults)}


def _count(text: str, name: str, found: Iterable[Command], faults: Iterable[BibFault], read: ReadBib) -> None:
    """Count the entries of a file, and find those that came to nothing."""
    beginning = Counter(command.source for command in found)
    inside: Counter[str] = Counter()
    for fault in faults:
        if "begins" in fault.parts:
            beginning[str(fault.parts["begins"])] += 1
        elif fault.diagnostic is Diagnostic.SWALLOWED_ENTRY:
            inside[str(fault.parts["entry"])] += 1
    read.given += beginning.total() + inside.total()
    # Where an entry swallows others, what looks like the end of one of them need not be one.
    is_clear = not inside
    line, end = 1, 0
    for head in heads_of(text):
        line += text.count("\n", end, head.place)
        end = head.place
        source = f"{name}:{line}"
        if beginning[source]:
            beginning[source] -= 1
        elif head.is_plain and inside[head.key]:
            inside[head.key] -= 1
        elif head.is_plain or is_clear:
            read.given += 1
            read.lost.append(f"{source}: {head.key}")


def _text_of(path: Path, name: str, encoding: str, read: ReadBib) -> str | None:
    try:
        data = path.read_bytes()
    except OSError as fault:
        read.note(Diagnostic.BIB_MISSING, f"{name}:1", path=name, reason=(fault.strerror or str(fault)).lower())
        return None
    text = _decoded(data, encoding, name, read)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes, encoding: str, name: str, read: ReadBib) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as fault:
        source = f"{name}:{data.count(_NEWLINE, 0, fault.start) + 1}" if encoding.startswith("utf-8") else f"{name}:1"
    damaged = data.decode("utf-8", "replace")
    bad = damaged.count("\ufffd")
    if sum(letter > "\x7f" for letter in damaged) <= 2 * bad:
        for guess, called in _guesses(data):
            try:
                text = data.decode(guess)
            except UnicodeDecodeError:
                continue
            if guess != "gb18030" or tag_of_text(text) == "zh-Hans":
                read.note(Diagnostic.BIB_ENCODING, source, guess=called)
                return text
    read.note(Diagnostic.BIB_BYTES, source)
    return damaged


def _guesses(data: bytes) -> tuple[tuple[str, str], ...]:
    """Give the encodings that bytes may be in, and what people call them."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return (("utf-16", "UTF-16"),)
    # In Chinese, bytes above ASCII stand in pairs; in Western Europe, mostly alone between letters of ASCII.
    runs = [len(run) for run in _HIGH.findall(data)]
    if sum(length == 1 for length in runs) * 2 > len(runs):
        return (("cp1252", "Latin-1"),)
    return (("gb18030", "GBK"),)


def _raw_entry(command: Command) -> RawEntry:
    raw = RawEntry(command.type)
    raw.key = command.key
    for name, value in command.fields:
        if name in {"author", "editor"}:
            for person in _people(value):
                raw.add_person(_person(person), name)
        else:
            raw.fields[name] = value
    # pybtex's own styles know BibTeX's names of these fields, and not biblatex's.
    for bibtex, given in (("journal", raw.fields.get("journaltitle")), ("year", _year(raw.fields))):
        if given and bibtex not in raw.fields:
            raw.fields[bibtex] = given
    return raw


def _people(value: str) -> list[str]:
    """Part a list of names: at "and", and at what exports from Chinese databases write in its stead."""
    people = []
    for name in split_name_list(value):
        if "{" in name or _EXTENDED.match(name):
            people.append(name)
            continue
        # A single comma in a Chinese name is that between family and given name; two of them part three people.
        separators = "[;；、，,]" if _HAN.search(name) and name.count(",") > 1 else "[;；、，]"
        parted = re.split(separators if _HAN.search(name) else "[;；]", name)
        people += [part.strip() for part in parted if part.strip()]
    return people


def _person(text: str) -> Person:
    """Take a name apart; biblatex's extended format (manual, section 3.7) has its parts named."""
    if _EXTENDED.match(text):
        parts = {name: quoted or bare.strip() for name, quoted, bare in _NAME_PART.findall(text)}
        return Person(
            first=parts.get("given", ""),
            prelast=parts.get("prefix", ""),
            last=parts.get("family", ""),
            lineage=parts.get("suffix", ""),
        )
    try:
        return Person(text)
    except PybtexError:
        # More commas than a name has: an institution, most often.
        return Person("{" + text.replace("{", "").replace("}", "") + "}")


def _entry(command: Command, read: ReadBib) -> Entry:
    key, source = command.key, command.source
    fields = {name: _shown(name, value, key, source, read) for name, value in command.fields}
    persons = {name: tuple(map(_name, _people(value))) for name, value in command.fields if name in _PERSON_FIELDS}
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
        topics=_listed(fields.get("keywords", ""), _SEPARATORS),
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
        shown = fields.get("url") or key
        read.note(Diagnostic.NO_TITLE, source, key=key, text=shown)
        return Title(shown, None), None
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
    host = _HOST.match(url)
    if host and _is_deceptive(host.group(1)):
        read.note(Diagnostic.DECEPTIVE_HOST, source, key=key, field="url", host=host.group(1))
    # Mendeley writes every address that it knows, a space between them.
    return url.split(" ")[0] if _SEVERAL.match(url) else url


def _is_deceptive(host: str) -> bool:
    """Say whether a host is made to look like another.

    By letters of two alphabets in one word, by a name before an @, or by what nobody sees (Unicode's category Cf).
    """
    return (
        "@" in host
        or any(unicodedata.category(letter) == "Cf" for letter in host)
        or any(_LATIN.search(label) and _LOOKALIKE.search(label) for label in host.split("."))
    )


def _year(fields: Mapping[str, str]) -> str:
    found = re.search(r"-?\d{4}", unicodedata.normalize("NFKC", fields.get("date", "") or fields.get("year", "")))
    return found.group() if found else fields.get("year", "")


def _identifier(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.fullmatch(text)
    return found.group(1) if found else ""


def _arxiv(fields: Mapping[str, str]) -> str:
    """Give the identifier at arXiv: as ``eprint``, or where other programs write it.

    DBLP and Semantic Scholar: journal CoRR or ArXiv, volume ``abs/…``; Google Scholar: journal ``arXiv preprint
    arXiv:…``; arXiv itself: a DOI of its own.
    """
    kind = (fields.get("eprinttype") or fields.get("archiveprefix", "")).lower()
    journal = fields.get("journaltitle") or fields.get("journal", "")
    said = [fields.get("eprint", "") if kind in {"", "arxiv"} else ""]
    if journal.lower() in {"arxiv", "corr"}:
        said.append(fields.get("volume", "").removeprefix("abs/"))
    said.append(re.sub(r"(?i)^arxiv(?: preprint)? (?=arxiv:)|\s*\[[\w.-]+\]$", "", journal))
    said.append(re.sub(r"(?i)^10\.48550/arxiv\.", "", _identifier(_DOI, fields.get("doi", ""))))
    return next(filter(None, (_identifier(_ARXIV, text) for text in said)), "")


def _listed(text: str, separators: str = ",") -> tuple[str, ...]:
    parts = re.split(f"[{separators}]", text)
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _name(text: str) -> Name:
    if text.lower() in _OTHERS:
        return Name("others")
    words = text.split()
    if len(words) > 1 and all(map(is_cjk, words)):
        return Name(words[0], "".join(words[1:]))
    person = _person(_HOMONYM.sub("", text))
    family = plain(" ".join((*person.prelast_names, *person.last_names)))
    given = plain(" ".join((*person.first_names, *person.middle_names)))
    lineage = plain(" ".join(person.lineage_names))
    if is_cjk(given) and not family:
        return Name(given)
    if _LINEAGE.fullmatch(given):
        # BibTeX wants "Okoro, Jr., Chidi"; IEEE and others write "Okoro, Chidi, Jr." and "Chidi Okoro, Jr.".
        if not lineage:
            whole = _person(family)
            family = " ".join((*whole.prelast_names, *whole.last_names))
            lineage = " ".join((*whole.first_names, *whole.middle_names))
        given, lineage = lineage, given
    return Name(f"{family}, {lineage}" if lineage else family, given)


def _is_verbatim(name: str, value: str) -> bool:
    """Say whether a field is to be taken as it is; BibTeX's own ``howpublished`` is text, or else a link."""
    return name in _VERBATIM_FIELDS or (name == "howpublished" and _LINKS.match(verbatim(value)) is not None)


def _tamed(command: Command, read: ReadBib) -> Command:
    """Take out of an entry what would steer the reader's screen, or the curator's, and name it."""
    if not _STEERING.search(command.key) and not any(_STEERING.search(value) for _, value in command.fields):
        return command
    key = _STEERING.sub("", command.key) or "unnamed"
    for name, value in (("key", command.key), *command.fields):
        steering = dict.fromkeys(_STEERING.findall(value))
        if steering:
            names = ", ".join(f"U+{ord(letter):04X}" for letter in steering)
            read.note(Diagnostic.CONTROL_CHARACTERS, command.source, key=key, field=name, names=names)
    return replace(command, key=key, fields=[(name, _STEERING.sub("", value)) for name, value in command.fields])


def _shown(name: str, value: str, key: str, source: str, read: ReadBib) -> str:
    """Give a field as readers see it."""
    if _is_verbatim(name, value):
        return verbatim(value)
    value = plain(value)
    markup = _MARKUP.search(value) if "<" in value else None
    if markup:
        read.note(Diagnostic.MARKUP, source, key=key, field=name, markup=markup.group())
    return unicodedata.normalize("NFC", value) if name.startswith("title") else value


def _join_pairs(commands: Mapping[str, Command], read: ReadBib) -> None:
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
