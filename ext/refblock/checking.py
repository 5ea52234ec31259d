"""The check of bib files by themselves, without a site: ``python -m refblock check refs.bib``.

It asks for more than a build does: what a page can do without, a well-kept list has.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from refblock.bibdata import read_bib
from refblock.diagnostics import Diagnostic, printable, text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from refblock.entries import Entry

_REQUIRED: Final = {
    "article": ("author", "title", "journaltitle|journal", "date|year"),
    "book": ("author|editor", "title", "date|year"),
    "inproceedings": ("author", "title", "booktitle", "date|year"),
    "misc": ("author|editor|organization", "title", "date|year|url"),
    "online": ("title", "url|doi|eprint"),
    "phdthesis": ("author", "title", "institution|school", "date|year"),
    "thesis": ("author", "title", "institution|school", "date|year"),
}
"""Fields by entry type, alternatives joined by a bar (biblatex manual, section 2.1.1)."""
_PAPERS: Final = frozenset({"article", "book", "inproceedings", "misc", "phdthesis", "thesis"})
_RELATIONS: Final = frozenset(
    {
        "multivolume", "origpubas", "origpubin", "reprintas", "reprintfrom", "reprintof", "reviewof",
        "translatedas", "translationfrom", "translationof",
    }
)  # fmt: skip
"""The values of ``relatedtype`` (biblatex manual, section 4.5.1, and this project's use of them)."""
_KINDS: Final = frozenset({"code", "course", "interview", "question", "slides", "survey"})
_ALIKE: Final = 0.93
"""How alike two titles are when one may be a slip of the other; at 0.93 numbered parts of a series stay apart."""
_ISBN: Final = re.compile(r"[\d-]{9,16}[\dXx]")
_STRAY: Final = (
    (re.compile(r"[ \t]+$"), "at the end of the line"),
    (re.compile(r'=\s*[{"]\s'), "at the start of the value"),
    (re.compile(r'\s[}"]\s*,?\s*$'), "at the end of the value"),
    (re.compile(r"=.*\S(?:  |\t)"), "in the middle of the value"),
)


@dataclass(frozen=True, order=True)
class Finding:
    """One thing to mend."""

    file: str
    line: int
    key: str
    diagnostic: str
    """The message's subtype."""
    text: str

    def __str__(self) -> str:
        """Write it as compilers do, so that editors can jump there."""
        return f"{self.file}:{self.line}: {f'{printable(self.key)}: ' if self.key else ''}{self.text}"


def check(path: Path, topics: Collection[str] | None = None) -> list[Finding]:
    """Check a bib file.

    :param topics: the vocabulary of keywords; None to allow any.
    :returns: what there is to mend, by line.
    """
    name = str(path)
    read = read_bib([path], [name])
    try:
        # Not splitlines, which counts what no editor does: form feeds, U+2028.
        lines = re.split("\r\n|\r|\n", path.read_text(encoding="utf-8-sig", errors="replace"))
    except OSError:
        lines = []
    checked = _Checked(name, lines, read.entries)
    for fault in read.faults:
        checked.note_at(int(fault.source.rpartition(":")[2]), fault.diagnostic, **fault.parts)
    for entry in read.entries:
        checked.entry(entry, topics)
    checked.urls()
    checked.titles()
    checked.lines()
    return sorted(checked.findings)


class _Checked:
    """A bib file under check."""

    def __init__(self, name: str, lines: Sequence[str], entries: Sequence[Entry]) -> None:
        self.name = name
        self.text = lines
        self.entries = entries
        self.starts = {entry.key: int(entry.source.rpartition(":")[2]) for entry in entries}
        self.findings: list[Finding] = []

    def line_of(self, key: str, field: str) -> int:
        """Give the line on which a field stands; that of the entry, where it does not."""
        start = self.starts[key]
        end = min((line for line in self.starts.values() if line > start), default=len(self.text) + 1)
        wanted = re.compile(rf"(?:^|[,{{(])\s*{re.escape(field)}\s*=", re.IGNORECASE)
        return next((line for line in range(start, end) if wanted.search(self.text[line - 1])), start)

    def note_at(self, line: int, diagnostic: Diagnostic, /, **parts: object) -> None:
        """Keep a finding, at the line of the field that it names, if it names one."""
        key = str(parts.get("key", parts.get("entry", "")))
        if key in self.starts:
            named = [str(parts[part]) for part in ("field",) if part in parts]
            if diagnostic is Diagnostic.UNKNOWN_LANGUAGE:
                named.append("langid")
            line = next((self.line_of(key, field) for field in named), line)
        text = text_of(diagnostic, **parts).removeprefix(f"{printable(key)}: ")
        self.findings.append(Finding(self.name, line, key, diagnostic.subtype, text))

    def note(self, entry: Entry, field: str, diagnostic: Diagnostic, /, **parts: object) -> None:
        self.note_at(self.line_of(entry.key, field), diagnostic, key=entry.key, **parts)

    def entry(self, entry: Entry, topics: Collection[str] | None) -> None:
        """Check what an entry says by itself."""
        for wanted in _REQUIRED.get(entry.type, ("title",)):
            if wanted != "title" and not any(entry.fields.get(name) for name in wanted.split("|")):
                self.note(entry, "", Diagnostic.MISSING_FIELD, type=entry.type, field=wanted.replace("|", " or "))
        if entry.fields.get("title") and entry.parallel is None:
            self.note(entry, "titleaddon", Diagnostic.NO_TRANSLATION)
        for topic in entry.topics:
            if topics is not None and topic not in topics:
                near = difflib.get_close_matches(topic, topics, n=1)
                hint = f"did you mean {near[0]!r}?" if near else "add it to refblock_topics if it is new"
                self.note(entry, "keywords", Diagnostic.UNKNOWN_TOPIC, topic=topic, hint=hint)
        if entry.related and entry.relation not in _RELATIONS:
            self.note(entry, "relatedtype", Diagnostic.UNKNOWN_RELATION, relation=entry.relation)
        kind = entry.fields.get("entrysubtype", "")
        if kind and kind not in _KINDS:
            known = ", ".join(sorted(_KINDS))
            self.note(entry, "entrysubtype", Diagnostic.UNKNOWN_KIND, kind=kind, known=known)
        for field, given, read in _identifiers(entry):
            if not read:
                self.note(entry, field, Diagnostic.BAD_IDENTIFIER, field=field, given=given)
        identified = entry.doi or entry.arxiv or entry.fields.get("isbn")
        if entry.type in _PAPERS and not identified and not entry.fields.get("annotation"):
            self.note(entry, "", Diagnostic.NO_IDENTIFIER)

    def urls(self) -> None:
        """Check that no two entries have one address."""
        first: dict[str, Entry] = {}
        for entry in self.entries:
            if entry.url and first.setdefault(entry.url, entry) is not entry:
                other = first[entry.url]
                self.note(entry, "url", Diagnostic.DUPLICATE_URL, other=other.key, source=other.source)

    def titles(self) -> None:
        """Check that titles which look alike are known to, by ``xref``, ``related`` or ``series``.

        Each title is compared with the next few in the order of the letters, so that the cost grows with the list.
        """
        folded = sorted((_folded(entry.title.text), number) for number, entry in enumerate(self.entries))
        for place, (text, number) in enumerate(folded):
            for other_text, other_number in folded[place + 1 : place + 6]:
                one, two = self.entries[min(number, other_number)], self.entries[max(number, other_number)]
                if not _joined(one, two) and _alike(text, other_text):
                    self.note(two, "title", Diagnostic.NEAR_TITLE, other=one.key, source=one.source)

    def lines(self) -> None:
        """Check how the file is written."""
        starts = sorted((line, key) for key, line in self.starts.items())
        for number, line in enumerate(self.text, start=1):
            key = next((key for start, key in reversed(starts) if start <= number), "")
            if not unicodedata.is_normalized("NFC", line):
                self.note_at(number, Diagnostic.NOT_NFC, key=key)
            where = next((where for pattern, where in _STRAY if pattern.search(line)), None)
            if where and not line.lstrip().startswith("%"):
                self.note_at(number, Diagnostic.STRAY_SPACE, key=key, where=where)


def _identifiers(entry: Entry) -> Iterator[tuple[str, str, bool]]:
    """Yield each identifier of an entry, and whether it is well-formed."""
    if doi := entry.fields.get("doi"):
        yield "doi", doi, entry.doi == doi
    if (eprint := entry.fields.get("eprint")) and entry.fields.get("eprinttype", "arxiv").lower() == "arxiv":
        yield "eprint", eprint, entry.arxiv == eprint
    if isbn := entry.fields.get("isbn"):
        yield "isbn", isbn, _is_isbn(isbn)


def _is_isbn(text: str) -> bool:
    """Say whether the check digit is right (ISO 2108: ISBN-10 modulo 11, ISBN-13 modulo 10)."""
    digits = text.replace("-", "").replace(" ", "").upper()
    if not _ISBN.fullmatch(text.replace(" ", "-")) or len(digits) not in {10, 13}:
        return False
    values = [10 if digit == "X" else int(digit) for digit in digits]
    if len(values) == 10:
        return sum(weight * value for weight, value in zip(range(10, 0, -1), values, strict=True)) % 11 == 0
    return 10 not in values and sum(value * (3 if place % 2 else 1) for place, value in enumerate(values)) % 10 == 0


def _folded(title: str) -> str:
    plain = unicodedata.normalize("NFKC", title).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def _alike(one: str, two: str) -> bool:
    if one == two:
        return True
    matcher = difflib.SequenceMatcher(None, one, two, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _joined(one: Entry, two: Entry) -> bool:
    series = one.fields.get("series", "")
    return (
        one.key in {*two.twins, *two.related}
        or two.key in {*one.twins, *one.related}
        or bool(series and series == two.fields.get("series") and one.fields.get("number") != two.fields.get("number"))
    )
