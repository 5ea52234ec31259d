"""Entries of a bib file: those that are there, and those to be written behind them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from pybtex.database.input.bibtex import LowLevelParser, month_names
from pybtex.exceptions import PybtexError
from pybtex.utils import CaseInsensitiveDict

from postimport.links import clean, host_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postimport.links import Link

ORGANIZATIONS: Final = {
    "mp.weixin.qq.com": "微信公众号",
    "zhuanlan.zhihu.com": "知乎",
    "www.zhihu.com": "知乎",
    "blog.csdn.net": "CSDN",
    "www.cnblogs.com": "博客园",
    "www.jianshu.com": "简书",
    "www.bilibili.com": "哔哩哔哩",
    "juejin.cn": "掘金",
    "segmentfault.com": "SegmentFault",
    "github.com": "GitHub",
    "arxiv.org": "arXiv",
}
"""Who publishes what stands on a host, where one name is known for all of it."""
REVIEW: Final = "To be reviewed: "
"""What the ``annotation`` of an entry begins with until somebody has looked at it."""
TRANSLATIONS: Final = frozenset({"titleaddon", "titletranslation", "title_en", "title_zh", "origtitle"})
"""Fields that hold a title in another language."""
_KEY: Final = re.compile(r"[^A-Za-z0-9]+")
_KEY_LENGTH: Final = 48
_COMMON: Final = frozenset({"ac", "cn", "co", "com", "edu", "gov", "io", "net", "org", "uk", "www"})
"""Parts of hosts' names that tell nothing of whose they are."""
_SCRIPTS: Final = (
    # Kana before Han: Japanese writes both.
    ("japanese", re.compile("[\u3040-\u30ff]")),
    ("korean", re.compile("[\uac00-\ud7af]")),
    ("chinese", re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")),
    ("english", re.compile("[A-Za-z]")),
)
_SPECIAL: Final = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_", "$": r"\$", "^": r"\textasciicircum{}",
}  # fmt: skip
_TEX: Final = re.compile(r"[\\{}~]")
_COMMANDS: Final = {command: letter for letter, command in _SPECIAL.items()}
_WRITTEN: Final = re.compile("|".join(map(re.escape, sorted(_COMMANDS, key=len, reverse=True))) + r"|[{}]")


_REMARK: Final = re.compile(r"^[ \t]*%[^\n]*", re.MULTILINE)


class BibError(Exception):
    """A bib file that cannot be added to; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it stands in a bib file."""

    type: str
    """In lower case."""
    key: str
    fields: dict[str, str]
    """By names in lower case, in order, each value as it is written between its braces; macros are put in."""

    @property
    def url(self) -> str:
        """The address, as :func:`clean` gives it."""
        return clean(untex(self.fields.get("url", "")).replace("\\", ""))

    @property
    def title(self) -> str:
        """The title, as readers see it."""
        return untex(self.fields.get("title", ""))

    @property
    def is_translated(self) -> bool:
        """Whether it has a title in a second language."""
        return any(self.fields.get(name) for name in TRANSLATIONS)

    @property
    def doubt(self) -> str:
        """What somebody should look at; empty where nobody need."""
        note = untex(self.fields.get("annotation", ""))
        return note.removeprefix(REVIEW) if note.startswith(REVIEW) else ""


class _Macros(CaseInsensitiveDict):  # type: ignore[misc]  # pybtex has no types
    """Abbreviations; one that nobody defines stands for its own name, as those of months do."""

    def __getitem__(self, name: str) -> str:
        return str(super().__getitem__(name)) if name in self else name


def read_entries(text: str, name: str) -> Iterator[Entry]:
    """Yield the entries of a bib file.

    :param name: what messages call the file.
    :raises BibError: if it cannot be parsed; nothing may be added to such a file.
    """
    # pybtex knows no remarks.
    parser = LowLevelParser(_REMARK.sub(lambda found: " " * len(found.group()), text), filename=name, macros=_Macros())
    try:
        for command, body in parser:
            if command.lower() in {"string", "preamble"}:
                continue
            key, fields = body
            values: dict[str, str] = {}
            for field_name, parts in fields:
                # The first of two fields of one name counts, as for pybtex.
                values.setdefault(field_name.lower(), " ".join("".join(parts).split()))
            yield Entry(command.lower(), key, values)
    except PybtexError as fault:
        line = getattr(fault, "lineno", None) or parser.lineno
        raise BibError(
            f"{name}:{line}: cannot be parsed: {fault.args[0]}; mend it first; nothing was written"
        ) from fault


@dataclass(slots=True)
class Shelf:
    """The entries of a bib file, and what is to be added to it."""

    entries: dict[str, Entry] = field(default_factory=dict)
    """By key; those to be added among them."""
    added: list[str] = field(default_factory=list)
    """The keys of those to be added, in order."""
    _keys: dict[str, str] = field(default_factory=dict)
    """By keys in lower case, since no two may differ in that alone."""
    _by_url: dict[str, str] = field(default_factory=dict)
    _by_title: dict[str, str] = field(default_factory=dict)

    def find(self, link: Link) -> str | None:
        """Give the key of the entry that a link already has.

        A work that is only named is found by its title, or, if that was corrected, by the key that was made of it. It
        is no page of the web that bears the same title.
        """
        if link.url:
            return self._by_url.get(link.url)
        key = self._keys.get(_key_from(link).lower(), "")
        made = key if key and not self.entries[key].url else None
        return self._by_title.get(link.title) or made

    def put(self, entry: Entry) -> None:
        """Note an entry that stands in the file, or is to."""
        self.entries.setdefault(entry.key, entry)
        self._keys.setdefault(entry.key.lower(), entry.key)
        if entry.url:
            self._by_url.setdefault(entry.url, entry.key)
        if entry.title and not (entry.url and entry.type in {"online", "misc"}):
            self._by_title.setdefault(entry.title, entry.key)

    def add(self, entry: Entry) -> str:
        """Add an entry, and give its key: its own, or, where another entry has that, the same with a number."""
        key = entry.key
        number = 1
        while key.lower() in self._keys:
            number += 1
            key = f"{entry.key}-{number}"
        self.put(replace(entry, key=key))
        self.added.append(key)
        return key

    def texts(self) -> Iterator[str]:
        """Write the entries that are to be added."""
        return (written(self.entries[key]) for key in self.added)


def read_shelf(text: str, name: str) -> Shelf:
    """Read a bib file.

    :raises BibError: if it cannot be parsed; nothing may be added to such a file.
    """
    shelf = Shelf()
    for entry in read_entries(text, name):
        shelf.put(entry)
    return shelf


def language_of(title: str) -> str:
    """Give biblatex's name for the language of a title, by its script; empty where it has none that tells."""
    return next((language for language, letters in _SCRIPTS if letters.search(title)), "")


def entry_of(link: Link) -> Entry:
    """Make an entry for a link; its key is made of the address, or else of the title, so that it never changes."""
    notes = "; ".join(link.also)
    fields = {
        "title": tex(link.title),
        "langid": language_of(link.title),
        "url": link.url,
        "organization": ORGANIZATIONS.get(host_of(link.url), ""),
        "annotation": tex(f"{REVIEW}{link.doubt}{'; ' if notes else ''}{notes}" if link.doubt else notes),
    }
    kind = "online" if link.url else "misc"
    return Entry(kind, _key_from(link), {name: text for name, text in fields.items() if text})


def written(entry: Entry) -> str:
    """Write an entry."""
    lines = "".join(
        f"  {name:<13} = {text if name == 'month' and text in month_names else f'{{{text}}}'},\n"
        for name, text in entry.fields.items()
    )
    return f"@{entry.type}{{{entry.key},\n{lines}}}\n"


def _key_from(link: Link) -> str:
    if not link.url:
        words = _KEY.sub("-", link.title).strip("-").lower()
        # A title that the key does not hold whole is told from others by its digest.
        if link.title.isascii() and words and len(words) <= _KEY_LENGTH:
            return words
        return f"{words[: _KEY_LENGTH - 9].strip('-') or 'work'}-{_short(link.title)}"
    host = host_of(link.url)
    path, _, query = link.url.partition("://")[2].partition("#")[0].partition("?")
    path = unquote(path.partition("/")[2])
    labels = [label for label in host.split(".") if label not in _COMMON]
    name = "weixin" if host == "mp.weixin.qq.com" else _KEY.sub("-", "".join(labels[-1:]))
    words = _KEY.sub("-", path).strip("-")
    words = words.removeprefix("s-") if name == "weixin" else words
    readable = f"{name}-{words}".strip("-")
    if readable and not query and len(readable) <= _KEY_LENGTH and path.isascii():
        return readable
    return f"{readable[: _KEY_LENGTH - 9].strip('-') or 'link'}-{_short(link.url)}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


def tex(text: str) -> str:
    """Write text so that TeX, and every reader of bib files, gives it back."""
    if not _TEX.search(text):
        return text
    return "".join(_SPECIAL.get(letter, letter) for letter in text)


def untex(text: str) -> str:
    """Read what :func:`tex` wrote, and other text without its braces."""
    return " ".join(_WRITTEN.sub(lambda found: _COMMANDS.get(found.group(), ""), text).split())
