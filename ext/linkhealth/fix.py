"""Write moved addresses into a bib file, and touch no other byte of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from linkhealth.bibfile import read_entries
from linkhealth.rules import Verdict
from linkhealth.sources import address_in, plain_url, url_field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkhealth.record import LinkState

_SAFE: Final = "%/:=&?~#+!$,;'@()*[]|^`<>"
"""All but what would end or escape a field: braces, quotation marks, backslashes, blanks."""


@dataclass(frozen=True, slots=True)
class Change:
    """An address that is written anew."""

    line: int
    key: str
    old: str
    new: str


def fix_addresses(data: bytes, links: Mapping[str, LinkState]) -> tuple[bytes, list[Change]]:
    """Give a bib file in which moved links have their new addresses, and what was changed.

    A move from https to http is left to the curator, since it takes something from the reader.
    """
    text, encoding = _decode(data)
    parts: list[str] = []
    changes: list[Change] = []
    at = 0
    for entry in read_entries(text):
        field = entry.fields.get(url_field(entry))
        state = links.get(plain_url(field.text)) if field else None
        if field is None or state is None or state.verdict is not Verdict.MOVED or not _is_worth(field.text, state):
            continue
        new = quote(state.final_url, safe=_SAFE)
        start, end = (field.start + place for place in address_in(field.text))
        parts += [text[at:start], new]
        at = end
        changes.append(Change(field.line, entry.key, plain_url(field.text), new))
    parts.append(text[at:])
    return "".join(parts).encode(encoding, "surrogateescape"), changes


def _decode(data: bytes) -> tuple[str, str]:
    """Give a file's text, and the encoding in which all that is left alone comes out as it went in."""
    for encoding in ("utf-8", "gb18030"):
        # In GBK the second byte of a character may be a brace.
        with suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            if text.encode(encoding) == data:
                return text, encoding
    return data.decode("utf-8", "surrogateescape"), "utf-8"


def _is_worth(old: str, state: LinkState) -> bool:
    schemes = urlsplit(plain_url(old)).scheme.lower(), urlsplit(state.final_url).scheme.lower()
    return schemes in {("http", "http"), ("http", "https"), ("https", "https")}
