"""Markdown -> its blocks in order, and in each the lines with the links that they hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import reference
from mdit_py_plugins.dollarmath import dollarmath_plugin

from postimport.links import Link, address_at, clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_SCHEME: Final = re.compile(r"(?<![A-Za-z0-9])https?\Z", re.IGNORECASE)
_HTTP: Final = re.compile(r"https?://", re.IGNORECASE)
_ANCHOR: Final = re.compile(r"<a\s[^>]*?\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_TAG: Final = re.compile(
    r"<!--.*|</?(?:a|b|big|br|center|code|del|div|em|font|i|img|ins|kbd|li|mark|ol|p|s|small|span|strong|sub|sup|u|ul)\b.*",
    re.IGNORECASE | re.DOTALL,
)
"""What HTML has names for; another word in angles, as in ``List<String>``, is what somebody wrote."""
_BOLD: Final = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
"""Emphasis that CommonMark does not see, as it stands between Chinese punctuation and a letter."""
_IMAGE: Final = re.compile(r"<img\b", re.IGNORECASE)
PICTURE: Final = "\ufffc"
"""What stands for a picture among the text (Unicode's object replacement character)."""

Piece = str | Link
"""Text as readers see it, or a link."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a paragraph, a cell or an item."""

    raw: str
    pieces: tuple[Piece, ...]

    @property
    def links(self) -> tuple[Link, ...]:
        """The links, in order."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Link))

    @property
    def text(self) -> str:
        """The text, without the links."""
        return plain_spaces("".join(piece for piece in self.pieces if isinstance(piece, str)))


@dataclass(slots=True)
class Block:
    """A block of Markdown."""

    kind: str
    """As HTML names it, or, where it has no tag of its own, as markdown-it does."""
    text: str
    """Its source."""
    lines: list[Line] = field(default_factory=list)
    items: list[list[Line]] | None = None
    """For a list, the lines of each of its items; None for any other block, and for a list that holds other blocks."""

    @property
    def links(self) -> tuple[Link, ...]:
        """The links, in order."""
        return tuple(link for line in self.lines for link in line.links)


class _Parser(MarkdownIt):
    """CommonMark with tables and formulas, in which an address in a sentence is a link, and stays as it is written."""

    def __init__(self) -> None:
        super().__init__("commonmark")
        self.enable("table")
        self.use(dollarmath_plugin, double_inline=True)
        self.inline.ruler.before("newline", "address", _address)
        self.block.ruler.at("reference", _reference, {"alt": []})

    def normalizeLink(self, url: str) -> str:  # noqa: N802  # markdown-it's name
        return url


def _address(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != ":" or not (scheme := _SCHEME.search(state.src[max(0, state.pos - 6) : state.pos])):
        return False
    start = state.pos - len(scheme.group())
    found = None if state.linkLevel else address_at(state.src, start)
    if found is None or found[1] > state.posMax:
        return False
    link, end = found
    if not silent:
        state.pending = state.pending[: -len(scheme.group())]
        state.push("link_open", "a", 1).meta = {"link": link}
        state.push("link_close", "a", -1)
    state.pos = end
    return True


def _reference(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Leave footnotes, ``[^1]: …``, which look like definitions of addresses."""
    if state.src.startswith("[^", state.bMarks[start] + state.tShift[start]):
        return False
    return reference(state, start, end, silent)


_PARSER: Final = _Parser()


def read_blocks(text: str) -> tuple[list[Block], list[Link]]:
    """Read a text.

    :returns: its blocks, and the links that it defines for names; their titles are those given, or else the names.
    """
    environment: dict[str, Any] = {}
    tokens = _PARSER.parse(text, environment)
    lines = text.split("\n")
    blocks: list[Block] = []
    end = 0
    group: list[Token] = []
    for token in tokens:
        group.append(token)
        if token.level or token.nesting > 0:
            continue
        first, last = group[0].map or (end, end)
        blocks += _between(lines[end:first])
        # A block that the parser let run into the next is cut short there.
        blocks.append(_block(group, "\n".join(lines[max(first, end) : last]).strip("\n")))
        end = max(end, last)
        group = []
    blocks += _between(lines[end:])
    defined = [
        *({"label": label, **each} for label, each in environment.get("references", {}).items()),
        *environment.get("duplicate_refs", ()),
    ]
    return blocks, [
        Link(clean(each["href"]), plain(each["title"] or ("" if each["label"].isdigit() else each["label"].lower())))
        for each in defined
        if _HTTP.match(each["href"])
    ]


def plain(text: str) -> str:
    """Give a line of Markdown as readers see it."""
    (inline,) = _PARSER.parseInline(text, {})
    pieces = (piece for line in _lines(inline) for piece in line.pieces)
    return _titled([piece if isinstance(piece, str) else piece.title or piece.url for piece in pieces])


def plain_spaces(text: str) -> str:
    """Give a text on one line, with single blanks."""
    return " ".join(_BOLD.sub(r"\1", text).split())


def _titled(words: Sequence[str]) -> str:
    return plain_spaces("".join(words).replace(PICTURE, ""))


def _between(lines: Sequence[str]) -> Iterator[Block]:
    """Yield what the parser takes no block from: definitions of addresses."""
    text = "\n".join(lines).strip("\n")
    if text.strip():
        yield Block("definitions", text)


def _block(tokens: Sequence[Token], text: str) -> Block:
    token = tokens[0]
    block = Block(token.tag if token.type in {"heading_open", "paragraph_open"} else token.type, text)
    items: list[list[Line]] = []
    open_items: list[list[Line]] = []
    simple = token.type in {"bullet_list_open", "ordered_list_open"}
    for each in tokens:
        if each.type == "list_item_open":
            open_items.append([])
            items.append(open_items[-1])
        elif each.type == "list_item_close":
            open_items.pop()
        elif each.type in {"inline", "html_block"}:
            found = _lines(each) if each.type == "inline" else [Line(each.content, _html(each.content)[0])]
            block.lines += found
            if open_items:
                open_items[-1] += found
        if each.type not in _OF_SIMPLE_LISTS:
            simple = False
    block.items = items if simple else None
    return block


_OF_SIMPLE_LISTS: Final = frozenset(
    f"{kind}_{end}" for kind in ("bullet_list", "ordered_list", "list_item", "paragraph") for end in ("open", "close")
) | {"inline"}


def _lines(inline: Token) -> list[Line]:
    reading = _Pieces()
    for token in inline.children or ():
        reading.take(token)
    reading.close_link()
    raw = inline.content.split("\n")
    lines = [tuple(pieces) for pieces in reading.lines]
    if len(raw) != len(lines):
        # Code or a tag that runs over the end of a line: what is on which is not to be told.
        return [Line(inline.content, tuple(piece for line in lines for piece in line))]
    return [Line(text, pieces) for text, pieces in zip(raw, lines, strict=True)]


class _Pieces:
    """The pieces of each line, while the tokens of a paragraph go by."""

    def __init__(self) -> None:
        self.lines: list[list[Piece]] = [[]]
        self._link: Link | None = None
        self._words: list[str] = []

    def take(self, token: Token) -> None:
        """Take the next token."""
        kind = token.type
        if kind in {"softbreak", "hardbreak"}:
            if self._link is None:
                self.lines.append([])
            else:
                self._words.append(" ")
        elif kind == "link_open":
            self.open_link(token.meta.get("link") or _link(str(token.attrs.get("href", ""))))
        elif kind == "link_close":
            self.close_link()
        elif kind == "html_inline":
            self._tag(token.content)
        elif kind == "image":
            if self._link is None:
                self._say(PICTURE)
            else:
                self._words.append(token.content)
        elif kind in {"math_inline", "math_inline_double"}:
            dollars = "$$" if kind.endswith("double") else "$"
            self._say(f"{dollars}{token.content}{dollars}")
        elif token.content:
            self._say(token.content)

    def open_link(self, link: Link | None) -> None:
        """Begin a link; None for one that leads nowhere outside."""
        self.close_link()
        self._link = link

    def close_link(self) -> None:
        """End the link that is open, if one is."""
        if self._link is None:
            return
        title = _titled(self._words)
        # A link that is called by its own address has no title.
        named = title if not (_HTTP.match(title) and " " not in title) else ""
        self.lines[-1].append(Link(self._link.url, named, doubt=self._link.doubt))
        self._link, self._words = None, []

    def _say(self, words: str) -> None:
        if self._link is None:
            self.lines[-1].append(words)
        else:
            self._words.append(words)

    def _tag(self, tag: str) -> None:
        if found := _ANCHOR.match(tag):
            self.open_link(_link((found[1] or found[2] or found[3] or "").replace("&amp;", "&")))
        elif tag.lower().startswith("</a"):
            self.close_link()
        elif _IMAGE.match(tag):
            self._say(PICTURE)
        elif not _TAG.fullmatch(tag):
            self._say(tag)


def _link(address: str) -> Link | None:
    return Link(clean(address)) if _HTTP.match(address) else None


class _Html(HTMLParser):
    """HTML as Markdown, for what a page can show: its text, its links and its pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[Link] = []
        self.words: list[str] = []
        self._address = ""
        self._from = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "a" and known.get("href"):
            self._end_link()
            self._address, self._from = known["href"], len(self.words)
        elif tag == "img" and known.get("src"):
            self.words.append(f"\n\n![{known.get('alt', '')}](<{known['src']}>)\n\n")
        elif tag in {"br", "div", "p", "li", "tr", "figcaption"}:
            self.words.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_link()

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is not None:
            return  # a script, or a style sheet
        self.words.append(data)
        if not self._address:
            for found in _HTTP.finditer(data):
                if address := address_at(data, found.start()):
                    self.links.append(address[0])

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        # The parser ends with an AssertionError where it meets a word that it does not know behind "<![".
        return self.parse_bogus_comment(i)

    def _end_link(self) -> None:
        if link := _link(self._address):
            words = [word for word in self.words[self._from :] if not word.startswith("\n\n![")]
            title = plain_spaces("".join(words))
            self.links.append(Link(link.url, title))
            if len(words) == len(self.words) - self._from and title:
                self.words[self._from :] = [f"[{title}](<{self._address}>)"]
        self._address = ""

    def close(self) -> None:
        super().close()
        self._end_link()


def _html(text: str) -> tuple[tuple[Link, ...], str]:
    reading = _Html()
    reading.feed(text)
    reading.close()
    return tuple(reading.links), "".join(reading.words)


def html_with_pictures(text: str) -> str:
    """Give HTML that shows pictures as Markdown, since a page's own pictures are kept by Markdown alone."""
    return re.sub(r"\n{3,}", "\n\n", _html(text)[1]).strip() if _IMAGE.search(text) else text
