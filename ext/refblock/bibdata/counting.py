"""How many entries a bib file holds, counted by itself: one side of the ledger.

Nothing here knows the readers, whose account it checks. No entry is taken apart; it is only found where one begins.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_TYPE: Final = r"[A-Za-z][A-Za-z0-9!$&*+./:;<>?\[\\\]^_`|~-]{0,40}"
"""Types may be of any length, but looking for one would then take a file without any the square of its size."""
_GAP: Final = r"(?:\s|%[^\n]*+)*+"
# The @ goes first in both, where the search for it is fast, and what may stand before it is looked at behind it.
_ANY: Final = re.compile(rf"@(?<![\\\w]@)[ \t]*({_TYPE}){_GAP}([{{(]){_GAP}")
_KEY: Final = re.compile(r"[^\s,}]*")
_PLAIN: Final = re.compile(
    r"@(?<=^@)[ \t]*(?!(?i:comment|preamble|string)\b)[A-Za-z][A-Za-z0-9_-]*\s*[{(]\s*([^\s,{}()\"#=%]+)\s*,",
    re.MULTILINE,
)
"""What everybody would call the start of an entry, whatever goes before it."""
_COMMANDS: Final = frozenset({"comment", "preamble", "string"})
_COMMENT: Final = re.compile(r"(?<!\\)%[^\n]*|@[ \t]*comment\s*\{", re.IGNORECASE)
"""The beginning of a comment; or a remark, in which none begins."""
_BRACE: Final = re.compile(r"[{}]")
_SIGN: Final = re.compile(r"[@%{}()\"]")


class Head(NamedTuple):
    """The beginning of an entry."""

    place: int
    key: str
    """Empty where there is none."""
    is_plain: bool
    """Whether it is one whatever goes before it."""


def heads_of(text: str) -> list[Head]:
    r"""Find where entries begin, in order.

    :param text: a bib file, with ``\n`` alone for line ends.
    """
    text = _without_comments(text)
    plain = list(_PLAIN.finditer(text))
    cuts = [*(found.start() for found in plain), len(text)]
    heads = list(_others(text, 0, cuts[0]))
    for found, end in zip(plain, cuts[1:], strict=True):
        heads.append(Head(found.start(), found[1], is_plain=True))
        # Most entries have no other behind them in their last line, and need no look at their braces.
        if _ANY.search(text, found.end(), end):
            heads += (head for head in _others(text, found.start(), end) if head.place > found.start())
    return heads


def _without_comments(text: str) -> str:
    """Give a text with commas, which join nothing, in place of each ``@comment{…}`` that is closed."""
    comments = {found.end() - 1: found.start() for found in _COMMENT.finditer(text) if found.group()[0] == "@"}
    if not comments:
        return text
    opened: list[int] = []
    spans: list[tuple[int, int]] = []
    for brace in _BRACE.finditer(text):
        if brace.group() == "{":
            opened.append(brace.start())
        elif opened and (start := comments.get(opened.pop())) is not None:
            spans.append((start, brace.end()))
    pieces, position = [], 0
    for start, end in sorted(spans):
        if start >= position:
            pieces += [text[position:start], "," * (end - start)]
            position = end
    return "".join([*pieces, text[position:]])


def _others(text: str, start: int, end: int) -> Iterator[Head]:
    """Yield the beginnings in a stretch of a text that stand in no entry.

    Behind a brace between entries nobody can say whether that is so, until the next line that plainly begins one.
    """
    depth, closing, quoted, position = 0, "", False, start
    while sign := _SIGN.search(text, position, end):
        position = sign.end()
        match sign.group():
            case "%" if depth == 0 or (depth == 1 and not quoted):
                line_end = text.find("\n", position, end)
                position = end if line_end < 0 else line_end
            case "@" if depth == 0 and (found := _ANY.match(text, sign.start(), end)):
                command, opening = found[1].lower(), found[2]
                position = found.end()
                if command not in _COMMANDS and (key := _KEY.match(text, position, end)):
                    yield Head(sign.start(), key.group(), is_plain=False)
                if command != "comment":
                    depth, closing, quoted = 1, "}" if opening == "{" else ")", False
            case "{" | "}" if depth == 0:
                return
            case '"' if depth == 1:
                quoted = not quoted
            case "{":
                depth += 1
            case "}" if depth > 1 or closing == "}":
                depth -= 1
            case ")" if depth == 1 and not quoted and closing == ")":
                depth = 0
