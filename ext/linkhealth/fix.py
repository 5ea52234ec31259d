"""Write moved addresses into a bib file, and touch no other byte of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from linkhealth.bibfile import read_entries
from linkhealth.rules import Verdict
from linkhealth.sources import plain_url

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
    # Bytes that are no UTF-8 come out as they went in.
    text = data.decode("utf-8", "surrogateescape")
    parts: list[str] = []
    changes: list[Change] = []
    at = 0
    for entry in read_entries(text):
        field = entry.fields.get("url")
        state = links.get(plain_url(field.text)) if field else None
        if field is None or state is None or state.verdict is not Verdict.MOVED or not _is_worth(field.text, state):
            continue
        new = quote(state.final_url, safe=_SAFE)
        start = field.start + len(field.text) - len(field.text.lstrip())
        parts += [text[at:start], new]
        at = start + len(field.text.strip())
        changes.append(Change(field.line, entry.key, plain_url(field.text), new))
    parts.append(text[at:])
    return "".join(parts).encode("utf-8", "surrogateescape"), changes


def _is_worth(old: str, state: LinkState) -> bool:
    schemes = urlsplit(plain_url(old)).scheme.lower(), urlsplit(state.final_url).scheme.lower()
    return schemes in {("http", "http"), ("http", "https"), ("https", "https")}
