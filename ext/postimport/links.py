"""Links in a piece of Markdown, and the titles that the text gives them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BARE: Final = r"https?://[^\s<>\"`|\\^{}（）【】《》「」，。；！？、]+"
_FOUND: Final = re.compile(
    r"(?P<image>!\[[^\]]*\]\([^)\s]*(?:\s+\"[^\"]*\")?\))"
    r"|(?P<code>(?P<ticks>`+).+?(?P=ticks))"
    r"|(?P<math>\$\$.+?\$\$|\$(?!\s)[^$\n]+?(?<!\s)\$(?!\d))"
    r"|(?P<comment><!--.*?-->)"
    r"|\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\(\s*<?(?P<target>https?://(?:[^\s()<>]|\([^\s()]*\))+)>?"
    r"(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
    r"|\[(?P<named>[^\[\]]+)\]\[(?P<reference>[^\[\]]*)\]"
    r"|<a\s[^>]*?href\s*=\s*[\"'](?P<href>https?://[^\"']+)[\"'][^>]*>(?P<inner>.*?)</a>"
    r"|<(?P<angle>https?://[^<>\s]+)>"
    rf"|(?P<bare>{_BARE})",
    re.DOTALL | re.IGNORECASE,
)
"""What may hold an address, and what holds none for all that looks like one: pictures, code, formulas, remarks."""
_LINE: Final = re.compile(r"<?(?P<url>https?://\S+?)>?(?:[ \t]+(?P<rest>\S.*))?")
_FILE: Final = re.compile(r"\S*\.(?:pdf|pptx?|docx?|html?|zip|epub|md)", re.IGNORECASE)
_MARKS: Final = re.compile(r"(?<![\w\\])(\*{1,3}|_{1,3}|~~)(?=\S)(.+?)(?<=\S)\1(?!\w)")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_TRAILING: Final = ".,;:!?'*_~"


@dataclass(frozen=True, slots=True)
class Link:
    """An address and what the text calls it."""

    url: str
    title: str = ""
    also: tuple[str, ...] = ()
    """What else stands by it, and may be its title or a remark."""
    doubt: str = ""
    """Why somebody should look at it; empty where the text is clear."""


def scan(text: str, references: Mapping[str, str] | None = None) -> Iterator[tuple[int, int, Link]]:
    """Yield each link of a text, with where it begins and ends.

    :param references: addresses by the names, in lower case, that the post defines for them.
    """
    for found in _FOUND.finditer(text):
        start, end = found.span()
        if found["target"]:
            yield start, end, Link(clean(found["target"]), plain(found["text"]))
        elif found["named"] is not None:
            address = (references or {}).get((found["reference"] or found["named"]).lower())
            if address:
                yield start, end, Link(clean(address), plain(found["named"]))
        elif found["href"]:
            yield start, end, Link(clean(found["href"].replace("&amp;", "&")), plain(found["inner"]))
        elif found["angle"]:
            yield start, end, Link(clean(found["angle"]))
        elif found["bare"]:
            url = found["bare"].rstrip(_TRAILING)
            while url.endswith(")") and url.count(")") > url.count("("):
                url = url[:-1].rstrip(_TRAILING)
            yield start, start + len(url), Link(clean(url))


def bare_line(line: str) -> Link | None:
    """Read a line that is an address, and perhaps its title behind it; None for any other line."""
    found = _LINE.fullmatch(line.strip())
    if found is None:
        return None
    url, rest = found["url"].rstrip(">"), found["rest"] or ""
    if rest and _FILE.fullmatch(rest):
        # An address with a space in it, which browsers forgive.
        return Link(clean(f"{url} {rest}"))
    if rest and next(scan(rest), None):
        return None
    return Link(clean(url), plain(rest))


def clean(url: str) -> str:
    """Give an address as it is to be kept: as it was written, but for blanks, and marks that only count visitors.

    ``utm_…`` is for the statistics of who placed the link (Google Analytics' URL builder), and no host shows another
    page for it. Nothing else is taken away: WeChat's ``chksm``, for one, is what opens the page.
    """
    url = (
        quote(url.strip(), safe="!#$%&'()*+,/:;=?@[]~", encoding="utf-8") if " " in url or "\t" in url else url.strip()
    )
    if "utm_" not in url:
        return url
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name[:4] != "utm_"]
    return urlunsplit(parts._replace(query=urlencode(kept)))


def plain(text: str) -> str:
    """Give a title as readers see it: without Markdown's emphasis and escapes, and HTML's tags."""
    text = _TAG.sub("", text)
    for _ in range(3):
        text = _MARKS.sub(r"\2", text)
    return " ".join(_ESCAPED.sub(r"\1", text).split())
