"""A post's text -> its parts in order: what is kept as it stands, headings, and runs of links."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.front_matter import front_matter_plugin

from postimport.links import Link, bare_line, clean, plain, scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from markdown_it.token import Token

_HEADING: Final = re.compile(r"h[1-6]")
_NAMED: Final = re.compile(r"^[\w-]+:(?!/)", re.MULTILINE)
_HIGHLIGHT: Final = re.compile(r"\{%-?\s*highlight\s+(\S+).*?%\}\n?(.*?)\{%-?\s*endhighlight\s*-?%\}", re.DOTALL)
_CONTENTS: Final = re.compile(r"^[*-] +toc *\n\{:toc\} *$|^\[TOC\] *$|^\{:[^}]*\} *$", re.MULTILINE | re.IGNORECASE)
_DEFINITION: Final = re.compile(r"^ {0,3}\[([^\]]+)\]:\s*<?(https?://\S+?)>?(?:\s+[\"'(](.*)[\"')])?\s*$", re.MULTILINE)
_WORK: Final = re.compile(r"《([^《》]+)》")
_TITLE_LINES: Final = 2
_TITLE_LENGTH: Final = 200
"""Characters. A longer paragraph is prose, and no title."""
_BULLET: Final = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?")
_SEPARATOR: Final = re.compile(r"^[\s:：,，;；|·—–-]+|[\s:：,，;；|·—–-]+$")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a post: text that is kept as it stands, and the links to be shown below it."""

    text: str = ""
    links: tuple[Link, ...] = ()


@dataclass(slots=True)
class Post:
    """What a post holds, in order."""

    title: str = ""
    parts: list[Part] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """What only the blog's own program understands, such as the place of its table of contents."""

    @property
    def links(self) -> Iterator[Link]:
        """Every link, in order."""
        return (link for part in self.parts for link in part.links)


def read_post(text: str, name: str) -> Post:
    """Read a post.

    :param name: its title, where it names none itself.
    """
    post = Post()
    # Only the front matter's own lines may be mistaken for something else, so the rest keeps its line numbers.
    text = _HIGHLIGHT.sub(lambda found: f"```{found[1]}\n{found[2].rstrip()}\n```", text)
    parser = MarkdownIt("commonmark").enable("table")
    tokens = parser.parse(text)
    with_matter = parser.use(front_matter_plugin).parse(text)
    # Two lines with a text between them are no front matter, unless something in that text has a name.
    if with_matter and with_matter[0].type == "front_matter" and _NAMED.search(with_matter[0].content):
        tokens = with_matter
    references = {found[1].lower(): found[2] for found in _DEFINITION.finditer(text)}
    lines = text.split("\n")
    matter = tokens[0].content if tokens and tokens[0].type == "front_matter" else ""
    blocks = list(_blocks(tokens, lines))
    levels = [int(block.kind[1]) for block in blocks if _HEADING.fullmatch(block.kind)]
    post.title = _title_of(matter) or name
    # The post's title is the page's heading, so those of a post that begin at the same level move below it.
    shift = 1 if levels and min(levels) == 1 else 0
    run: list[_Block] = []
    for block in blocks:
        if block.kind == "p" and not _is_prose(block.text):
            run.append(block)
            continue
        post.parts += _paired(run, references)
        run = []
        post.parts.append(_kept(block, shift, references, post))
    post.parts += _paired(run, references)
    shown = {clean(url) for url in references.values()}
    unused = shown - {link.url for link in post.links}
    titles = {clean(found[2]): plain(found[3] or found[1]) for found in _DEFINITION.finditer(text)}
    if unused:
        post.parts.append(Part("", tuple(Link(url, titles[url]) for url in titles if url in unused)))
    post.parts = _joined(part for part in post.parts if part.text or part.links)
    return post


def _joined(parts: Iterable[Part]) -> list[Part]:
    """Put links that follow each other without text between them into one part."""
    joined: list[Part] = []
    for part in parts:
        if joined and not part.text and joined[-1].links:
            joined[-1] = replace(joined[-1], links=(*joined[-1].links, *part.links))
        else:
            joined.append(part)
    return joined


@dataclass(frozen=True, slots=True)
class _Block:
    """A block of Markdown: its kind, as HTML names it, and its source."""

    kind: str
    text: str


def _title_of(matter: str) -> str:
    try:
        known: Any = yaml.safe_load(matter) if matter else {}
    except yaml.YAMLError:
        found = re.search(r"^title:\s*(.+)$", matter, re.MULTILINE)
        return found[1].strip().strip("\"'") if found else ""
    title = known.get("title") if isinstance(known, dict) else None
    return str(title).strip() if title is not None else ""


def _blocks(tokens: list[Token], lines: list[str]) -> Iterator[_Block]:
    end = 0
    for token in tokens:
        if token.level or token.map is None or token.nesting < 0 or token.map[0] < end:
            continue
        if token.map[0] > end:
            yield from _between(lines[end : token.map[0]])
        text = "\n".join(lines[token.map[0] : token.map[1]]).strip("\n")
        end = token.map[1]
        if token.type != "front_matter":
            yield _Block(token.tag if token.type in {"heading_open", "paragraph_open"} else token.type, text)
    yield from _between(lines[end:])


def _between(lines: list[str]) -> Iterator[_Block]:
    """Yield what the parser takes no block from: definitions of references."""
    text = "\n".join(lines).strip()
    if text:
        yield _Block("definitions", text)


def _is_prose(text: str) -> bool:
    """Say whether a paragraph is neither an address nor what could be a title."""
    lines = text.splitlines()
    if all(bare_line(line) for line in lines) or _of_links_alone(text):
        return False
    return (
        len(lines) > _TITLE_LINES
        or len(text) > _TITLE_LENGTH
        or not plain(text)
        or text.lstrip().startswith(("$$", "![", "<", "{", "|"))
        or text.rstrip().endswith((":", "："))
        or any(bare_line(line) is None and next(scan(line), None) for line in lines)
    )


def _of_links_alone(text: str) -> bool:
    """Say whether a text is links with titles of their own, and nothing else."""
    rest, end, found = [], 0, False
    for start, stop, link in scan(text):
        rest.append(text[end:start])
        end, found = stop, found or bool(link.title)
    return found and not _SEPARATOR.sub("", "".join([*rest, text[end:]]).replace("\n", " ").replace("*", ""))


def _kept(block: _Block, shift: int, references: Mapping[str, str], post: Post) -> Part:
    if _HEADING.fullmatch(block.kind):
        words = re.sub(r"^#+\s*|\s+#+\s*$", "", block.text.splitlines()[0])
        links = tuple(link for _, _, link in scan(words, references))
        return Part(f"{'#' * min(6, int(block.kind[1]) + shift)} {words}", links)
    if block.kind in {"fence", "code_block", "math_block"}:
        return Part(block.text)
    text = _CONTENTS.sub("", block.text).strip("\n")
    if text != block.text:
        post.left_out += [found.group().replace("\n", " ") for found in _CONTENTS.finditer(block.text)]
    if block.kind == "definitions":
        kept = _DEFINITION.sub("", text).strip()
        if kept:
            post.left_out.append(kept)
        return Part("")
    if block.kind in {"bullet_list_open", "ordered_list_open"} and (items := _items(text, references)):
        return Part("", items)
    return Part(text, tuple(link for _, _, link in scan(_without_code(text), references)))


def _without_code(text: str) -> str:
    return re.sub(r"^( *)(`{3,}|~{3,}).*?^\1\2", "", text, flags=re.DOTALL | re.MULTILINE)


def _items(text: str, references: Mapping[str, str]) -> tuple[Link, ...]:
    """Read a list whose every item is a link and what is said of it; none for any other list."""
    links = []
    for line in text.splitlines():
        if not line.strip():
            continue
        found = list(scan(line, references))
        if not _BULLET.match(line) or len(found) != 1:
            return ()
        start, end, link = found[0]
        before = plain(_SEPARATOR.sub("", line[:start][len(_BULLET.match(line)[0]) :]))  # type: ignore[index]  # matched above
        after = plain(_SEPARATOR.sub("", line[end:]))
        if "://" in before + after:
            return ()
        if link.title:
            also = tuple(part for part in (before, after) if part)
            links.append(replace(link, also=also))
        elif before and after:
            links.append(replace(link, title=before, also=(after,), doubt="text stands on both sides of the address"))
        else:
            links.append(replace(link, title=before or after))
    return tuple(links)


def _paired(run: list[_Block], references: Mapping[str, str]) -> Iterator[Part]:
    """Give addresses the titles that stand by them, in a run of paragraphs that are one or the other."""
    things: list[Link | str] = []
    for block in run:
        if _of_links_alone(block.text):
            things += [link for _, _, link in scan(block.text, references)]
            continue
        for line in block.text.splitlines():
            link = bare_line(line)
            if link is not None:
                things.append(link)
            elif things and isinstance(things[-1], str) and line != block.text.splitlines()[0]:
                things[-1] = f"{things[-1]}\n{line}"
            else:
                things.append(line)
    if not any(isinstance(thing, Link) for thing in things):
        for thing in things:
            yield _work_or_prose(str(thing))
        return
    bare = [isinstance(thing, Link) and not thing.title for thing in things]
    is_text = [isinstance(thing, str) for thing in things]
    alternating = all(one != other for one, other in pairwise(is_text)) and all(
        text or address for text, address in zip(is_text, bare, strict=True)
    )
    if alternating and is_text[0] and not is_text[-1]:
        texts = [thing for thing in things if isinstance(thing, str)]
        addresses = [thing for thing in things if isinstance(thing, Link)]
        yield Part("", tuple(_titled(link, [text]) for link, text in zip(addresses, texts, strict=True)))
        return
    yield from _after(things, doubtful=alternating and is_text[0] and len(things) > 1)


def _after(things: list[Link | str], *, doubtful: bool) -> Iterator[Part]:
    """Pair each address with the text behind it; text before the first address is kept as prose."""
    links: list[Link] = []
    texts: list[str] = []
    current: Link | None = None
    for thing in [*things, None]:
        if isinstance(thing, str):
            if current is None:
                yield _work_or_prose(thing)
            else:
                texts.append(thing)
            continue
        if current is not None:
            link = _titled(current, texts)
            if doubtful and not links:
                link = replace(link, doubt="a text stands before the address, and one behind it")
            links.append(link)
        current, texts = thing, []
    yield Part("", tuple(links))


def _titled(link: Link, texts: list[str]) -> Link:
    names = [plain(text) for text in texts if plain(text)]
    if link.title:
        return replace(link, also=(*link.also, *names))
    if not names:
        return link
    doubt = "several texts stand behind the address" if len(names) > 1 else ""
    return replace(link, title=names[0], also=tuple(names[1:]), doubt=doubt)


def _work_or_prose(text: str) -> Part:
    """Give a work that is named in book marks, and nothing else; or prose."""
    works = _WORK.findall(text)
    if works and not _WORK.sub("", text).strip(" \t\n、，,;；"):
        return Part("", tuple(Link("", plain(work)) for work in works))
    return Part(text)
