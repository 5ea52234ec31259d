"""What the bytes of a page say: its text, its title, and whether it has an element.

Pages come from hosts that may be hostile, so each search here takes time in proportion to the page,
which a regular expression over the whole of it would not promise.
"""

from __future__ import annotations

import codecs
import html
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_WIDER: Final = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "shift_jis": "cp932", "euc_kr": "cp949"}
"""Encodings that pages name, and the larger ones that they mean."""
_OF_THE_WEB: Final = frozenset(
    {
        "big5hkscs",
        "cp932",
        "cp949",
        "euc_jp",
        "gb18030",
        "iso2022_jp",
        "koi8-r",
        "utf-16",
        "utf-16-be",
        "utf-16-le",
        "utf-8",
    }
)
"""Encodings in which wrong bytes can be told; Latin ones accept anything, so they come last."""
_LATIN: Final = re.compile(r"cp125\d|iso8859-\d+")
_CHARSET: Final = re.compile(r"""charset\s{0,5}=\s{0,5}["']?\s{0,5}([\w.:-]{1,40})""", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"""([\w:-]{1,60})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_INSIDE_OF_TAG: Final = re.compile(r"""(?:[^>"']|"[^"]*"|'[^']*')*""")
_TAG_LENGTH: Final = 4_000
_LOOK_BACK: Final = 400
_OCCURRENCES: Final = 500


def decode(body: bytes, content_type: str = "") -> str:
    """Give the text of a page, whose end may be cut off.

    What the bytes themselves say comes first, then what the header and the page say, then what Chinese pages use:
    a header that names the wrong encoding is commoner than a text that happens to be right UTF-8.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    in_page = [name for name in map(_codec, _charsets_of(body)) if name]
    named = [*(name for name in map(_codec, _CHARSET.findall(content_type)) if name), *in_page]
    # A Latin header is often a server's default, a Latin page means it; neither ever fails to decode.
    latin = [name for name in in_page if name not in _OF_THE_WEB]
    for name in ("utf-8", *(name for name in named if name in _OF_THE_WEB), *latin, "gb18030"):
        try:
            # Not final: a page cut at a limit may end in half a character.
            return codecs.getincrementaldecoder(name)("strict").decode(body)
        except UnicodeDecodeError:
            continue
    # No encoding is right throughout: a few bad bytes in a page are common, so the one that is named wins.
    return body.decode(named[0] if named else "utf-8", "replace")


def title_of(shown: str) -> str:
    """Give the title of a page's skeleton: the one for sharing, which WeChat always has, else ``<title>``."""
    for name in ("og:title", "twitter:title"):
        for attributes in _tags_holding(shown, name):
            if name in {attributes.get("property"), attributes.get("name")} and attributes.get("content", "").strip():
                return _tidy(attributes["content"])
    lower = shown.lower()
    start = lower.find("<title")
    opened = lower.find(">", start) if start >= 0 else -1
    end = lower.find("</title", opened)
    return _tidy(shown[opened + 1 : end]) if -1 < opened < end else ""


def has_element(shown: str, attribute: str, value: str) -> bool:
    """Say whether a page's skeleton has an element with an attribute that holds a value as one of its words.

    An article that only speaks of such an element does not count.
    """
    before = re.compile(rf"""\s{re.escape(attribute)}\s{{0,5}}=\s{{0,5}}(?:["'][^"'<>]{{0,200}}|)$""", re.IGNORECASE)
    for start in _places(shown, value):
        end = start + len(value)
        if shown[end : end + 1].strip(" \t\r\n\"'/>") or shown[start - 1] not in " \t\r\n\"'=":
            continue
        near = shown[max(0, start - _LOOK_BACK) : start]
        tag = near[near.rfind("<") :] if "<" in near else ""
        if ">" not in tag and before.search(tag):
            return True
    return False


def skeleton(text: str) -> str:
    """Give a page without its comments and scripts."""
    parts: list[str] = []
    at = 0
    lower = text.lower()
    while True:
        comment, script = lower.find("<!--", at), lower.find("<script", at)
        starts = [start for start in (comment, script) if start >= 0]
        if not starts:
            return "".join([*parts, text[at:]])
        start = min(starts)
        parts.append(text[at:start])
        closing = "-->" if start == comment else "</script"
        end = lower.find(closing, start)
        if end < 0:
            return "".join(parts)
        at = end + len(closing)


def _codec(label: str) -> str | None:
    """Give Python's name of an encoding that pages may name; not each of Python's codecs is safe or one of text."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    name = _WIDER.get(name, name)
    return name if name in _OF_THE_WEB or _LATIN.fullmatch(name) else None


def _charsets_of(body: bytes) -> Iterable[str]:
    return _CHARSET.findall(body[:4096].decode("ascii", "replace"))


def _places(text: str, part: str) -> Iterator[int]:
    at = -1
    for _ in range(_OCCURRENCES):
        at = text.find(part, at + 1)
        if at < 0:
            return
        yield at


def _tags_holding(text: str, part: str) -> Iterator[dict[str, str]]:
    """Yield the attributes of the tags around the places where a text stands."""
    for place in _places(text, part):
        start = text.rfind("<", max(0, place - _TAG_LENGTH), place)
        if start >= 0:
            tag = _INSIDE_OF_TAG.match(text[start : place + _TAG_LENGTH])
            found = _ATTRIBUTE.findall(tag.group()) if tag else []
            yield {name.lower(): "".join(values) for name, *values in found}


def _tidy(text: str) -> str:
    return " ".join(html.unescape(text[:_TAG_LENGTH]).split())[:300]
