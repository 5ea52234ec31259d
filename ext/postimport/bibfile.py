"""Entries of a bib file: those that are there, and those to be written behind them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from pybtex.database import BibliographyData, parse_string
from pybtex.exceptions import PybtexError

from postimport.links import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

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
_KEY: Final = re.compile(r"[^A-Za-z0-9]+")
_KEY_LENGTH: Final = 48
_COMMON: Final = frozenset({"ac", "cn", "co", "com", "edu", "gov", "io", "net", "org", "uk", "www"})
"""Parts of hosts' names that tell nothing of whose they are."""
_HAN: Final = re.compile("[\u3400-\u9fff]")
_LATIN: Final = re.compile("[A-Za-z]")
_SPECIAL: Final = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_", "$": r"\$", "^": r"\textasciicircum{}",
}  # fmt: skip
_VERBATIM: Final = frozenset({"author", "doi"})
"""Fields that are written as they are given: names have braces of their own."""
_TEX: Final = re.compile(r"[\\{}~]")


class BibError(Exception):
    """A bib file that cannot be added to; the text says why, and what to do."""


@dataclass(slots=True)
class Shelf:
    """The entries of a bib file, by key and by address, and what is to be added."""

    keys: set[str] = field(default_factory=set)
    """In lower case, since no two may differ in that alone."""
    by_url: dict[str, str] = field(default_factory=dict)
    by_title: dict[str, str] = field(default_factory=dict)
    """The keys of entries without an address, by title."""
    added: list[str] = field(default_factory=list)

    def key_of(self, link: Link) -> str | None:
        """Give the key of the entry that a link already has."""
        return self.by_url.get(link.url) if link.url else self.by_title.get(link.title)

    def add(self, link: Link) -> str:
        """Add an entry for a link, and give its key: made of the address, so that it never changes."""
        key = self.reserve(_key_from(link), link)
        self.added.append(write_entry(key, link))
        return key

    def reserve(self, base: str, link: Link) -> str:
        """Give a link a key that no other entry has: *base*, or that with a number."""
        key = base
        number = 1
        while key.lower() in self.keys:
            number += 1
            key = f"{base}-{number}"
        self.keys.add(key.lower())
        if link.url:
            self.by_url[link.url] = key
        else:
            self.by_title[link.title] = key
        return key


def read_shelf(text: str, name: str) -> Shelf:
    """Read a bib file.

    :raises BibError: if it cannot be parsed; nothing may be added to such a file.
    """
    try:
        data: BibliographyData = parse_string(text, "bibtex")
    except PybtexError as fault:
        raise BibError(f"{name}: cannot be parsed: {fault}; mend it first; nothing was written") from fault
    shelf = Shelf()
    for key, entry in data.entries.items():
        shelf.keys.add(key.lower())
        url = entry.fields.get("url", "").strip()
        title = " ".join(entry.fields.get("title", "").split())
        if url:
            shelf.by_url.setdefault(clean(re.sub(r"\\([&%#_~])", r"\1", url)), key)
        shelf.by_title.setdefault(title, key)
    return shelf


def language_of(title: str) -> str:
    """Give biblatex's name for the language of a title, by its script; empty where it has none that tells."""
    if _HAN.search(title):
        return "chinese"
    return "english" if _LATIN.search(title) else ""


def write_entry(key: str, link: Link) -> str:
    """Write an entry for a link."""
    return write_fields("online" if link.url else "misc", key, link, {})


def write_fields(kind: str, key: str, link: Link, more: Mapping[str, str]) -> str:
    """Write an entry.

    :param kind: its type.
    :param more: further fields, by name, as text.
    """
    host = urlsplit(link.url).hostname or ""
    notes = [*([f"To be reviewed: {link.doubt}"] if link.doubt else []), *link.also]
    fields = {
        "title": tex(link.title),
        "langid": language_of(link.title),
        **{name: text if name in _VERBATIM else tex(text) for name, text in more.items()},
        "url": _verbatim(link.url),
        "organization": ORGANIZATIONS.get(host, ""),
        "annotation": tex("; ".join(notes)),
    }
    lines = "".join(f"  {name:<13} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{kind}{{{key},\n{lines}}}\n"


def _key_from(link: Link) -> str:
    if not link.url:
        words = _KEY.sub("-", link.title).strip("-").lower()
        return words[:_KEY_LENGTH].strip("-") or f"work-{_short(link.title)}"
    parts = urlsplit(link.url)
    labels = [label for label in (parts.hostname or "").split(".") if label not in _COMMON]
    host = "weixin" if parts.hostname == "mp.weixin.qq.com" else "-".join(labels[-1:])
    path = _KEY.sub("-", unquote(parts.path)).strip("-")
    path = path.removeprefix("s-") if host == "weixin" else path
    readable = f"{host}-{path}".strip("-")
    if not parts.query and len(readable) <= _KEY_LENGTH and unquote(parts.path).isascii():
        return readable
    return f"{readable[: _KEY_LENGTH - 9].strip('-')}-{_short(link.url)}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


def tex(text: str) -> str:
    """Write text so that TeX, and every reader of bib files, gives it back."""
    if not _TEX.search(text):
        return text
    return "".join(_SPECIAL.get(letter, letter) for letter in text)


def _verbatim(url: str) -> str:
    return url.replace("\\", "%5C").replace("{", "%7B").replace("}", "%7D")
