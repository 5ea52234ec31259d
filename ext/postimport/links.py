"""Addresses in a text: where one begins and ends, and how it is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_HAN: Final = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Letters of Chinese, Japanese and Korean, between whose words stand no blanks."""
_WIDE: Final = "\u2014\u2018-\u201f\u2026\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
"""Their punctuation, at which an address in a sentence ends."""
_BRACKETED: Final = rf"(?<=[{_HAN}])（[^）\s]*）"
_IN_SENTENCE: Final = re.compile(
    rf"https?://(?:[^\s<>\"`|\\^{{}}{_WIDE}{_HAN}]|(?<![A-Za-z0-9])[{_HAN}]|{_BRACKETED})+", re.IGNORECASE
)
"""A Chinese word is part of an address where it is a segment of it, and none where it follows letters at once."""
_ON_LINE: Final = re.compile(rf"https?://(?:[^\s<>\"{_WIDE}]|{_BRACKETED})+", re.IGNORECASE)
_ANGLES: Final = re.compile(r"<(https?://[^<>]+)>", re.IGNORECASE)
_HOST: Final = re.compile(r"https?://[^/?#]*\w", re.IGNORECASE)
_JOINED: Final = re.compile(rf"[A-Za-z0-9][{_HAN}]")
_FILE: Final = re.compile(r"[^/]*\.(?:pdf|pptx?|docx?|html?|zip|epub|md)", re.IGNORECASE)
_UNFIT: Final = re.compile(r"[\x00-\x20\x7f\"<>\\^`{|}]")
"""What an address cannot hold (RFC 3986, section 2)."""
_TRAILING: Final = re.compile(r"(?:[.,;:!?'*]|~~)+\Z")
"""What ends a sentence, or an emphasis, behind an address."""
_BRACKETS: Final = {")": "(", "]": "["}


@dataclass(frozen=True, slots=True)
class Link:
    """An address and what the text calls it."""

    url: str
    """Empty for a work that the text only names."""
    title: str = ""
    also: tuple[str, ...] = ()
    """What else stands by it, and may be its title or a remark."""
    doubt: str = ""
    """Why somebody should look at it; empty where the text is clear."""


def address_at(text: str, start: int) -> tuple[Link, int] | None:
    """Read the address that begins somewhere in a sentence, and give where it ends; None where none begins."""
    found = _IN_SENTENCE.match(text, start)
    if found is None:
        return None
    url = _TRAILING.sub("", _balanced(found.group()))
    if start and text[start - 1] == "_":
        url = url.rstrip("_")
    if not _HOST.match(url):
        return None
    end = start + len(url)
    doubt = "what follows the address may be a part of it" if _JOINED.match(text, end - 1) else ""
    return Link(clean(url.replace("&amp;", "&")), doubt=doubt), end


def address_on_line(line: str) -> tuple[Link, str] | None:
    """Read a line that begins with an address, and give what stands behind it; None for any other line.

    With the line to itself an address may hold what would end it in a sentence, and the blanks that browsers forgive.
    """
    line = line.strip()
    found = _ANGLES.match(line) or _ON_LINE.match(line)
    if found is None:
        return None
    url, rest = found[found.lastindex or 0], line[found.end() :]
    doubt = ""
    if not found.lastindex:
        url = url.rstrip(".,;:!?'")
        rest = line[len(url) :]
        if rest[:1].isspace() and _FILE.fullmatch(rest.strip()):
            doubt = "what follows the address may be its title" if len(rest.split()) > 1 else ""
            url, rest = line, ""
        elif _JOINED.search(url):
            doubt = "the address and its title may have run together"
    return (Link(clean(url.replace("&amp;", "&")), doubt=doubt), rest) if _HOST.match(url) else None


def _balanced(url: str) -> str:
    """Cut an address at the first bracket that closes what it did not open."""
    opened: list[str] = []
    for place, letter in enumerate(url):
        if letter in "([":
            opened.append(letter)
        elif letter in _BRACKETS and (not opened or opened.pop() != _BRACKETS[letter]):
            return url[:place]
    return url


def clean(url: str) -> str:
    """Give an address as it is to be kept: as it was written, but for marks that only count visitors.

    ``utm_…`` is for the statistics of who placed the link (Google Analytics' URL builder), and no host shows another
    page for it. Nothing else is taken away: WeChat's ``chksm``, for one, is what opens the page. Characters that no
    address can hold are written as their codes, as browsers send them.
    """
    url = _UNFIT.sub(lambda found: f"%{ord(found.group()):02X}", url.strip())
    address, mark, fragment = url.partition("#")
    path, question, query = address.partition("?")
    kept = "&".join(part for part in query.split("&") if not part.lower().startswith("utm_"))
    if kept == query:
        return url
    return f"{path}{question if kept else ''}{kept}{mark}{fragment}"


def host_of(url: str) -> str:
    """Give the host of an address, in lower case; empty where it names none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
