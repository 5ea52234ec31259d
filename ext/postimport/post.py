"""A post's text -> its parts in order: what is kept as it stands, headings, and runs of links."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Final

from postimport.links import Link, address_on_line
from postimport.markdown import PICTURE, html_with_pictures, plain, plain_spaces, read_blocks
from postimport.templates import as_markdown, fields_left_out, split_front_matter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from postimport.markdown import Block, Line, Piece

_HEADING: Final = re.compile(r"h[1-6]")
_WORK: Final = re.compile(r"《([^《》]+)》")
_TITLE_LINES: Final = 2
_TITLE_LENGTH: Final = 200
"""Characters. A longer paragraph is prose, and no title."""
_KEPT: Final = ("$$", "![", "|", "[^")
"""What a paragraph begins with that is no title: a formula, a picture, a table, a footnote."""
_SEPARATOR: Final = re.compile(r"^(?:\[[ xX]\])?[\s:：,，;；。|·—–-]+|[\s:：,，;；|·—–-]+$")
_CODE: Final = frozenset({"fence", "code_block", "math_block", "math_block_label"})


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a post: text that is kept as it stands, and the links to be shown below it."""

    text: str = ""
    links: tuple[Link, ...] = ()
    is_code: bool = False
    """Whether it is code or a formula, in which nothing is to be read."""


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
    title, fields, text = split_front_matter(text)
    text, left_out = as_markdown(text)
    blocks, references = read_blocks(text)
    headings = [block for block in blocks if _HEADING.fullmatch(block.kind)]
    if not title and headings and blocks[0] is headings[0] and [block.kind for block in headings].count("h1") == 1:
        # The only heading of the first level, at the very beginning, is the title.
        outside = " ".join(line.text for line in headings[0].lines).replace(PICTURE, "").strip()
        title = outside or plain(_words(headings[0]))
        blocks[0] = replace(blocks[0], kind="title")
    post = Post(title or name, left_out=[*fields_left_out(fields), *left_out])
    levels: list[int] = []
    run: list[_Thing] = []
    for block in blocks:
        things = _things(block.lines) if block.kind == "p" else None
        if things is not None:
            run += things
            continue
        post.parts += _paired(run)
        run = []
        post.parts += _kept(block, levels)
    post.parts += _paired(run)
    shown = {link.url for link in post.links}
    unused = tuple(link for link in references if link.url not in shown)
    post.parts = list(_joined([*post.parts, Part("", unused)]))
    return post


def _joined(parts: Iterable[Part]) -> Iterator[Part]:
    """Put links that follow each other without text between them into one part."""
    last: Part | None = None
    for part in parts:
        if not part.text and not part.links:
            continue
        if last and last.links and not part.text:
            last = replace(last, links=(*last.links, *part.links))
            continue
        if last:
            yield last
        last = part
    if last:
        yield last


@dataclass(frozen=True, slots=True)
class _Text:
    """A paragraph that may be a title."""

    raw: str
    title: str
    """As readers see it."""


_Thing = Link | _Text


def _words(heading: Block) -> str:
    return " ".join(line.raw.strip() for line in heading.lines)


def _things(lines: Sequence[Line]) -> list[_Thing] | None:
    """Read a paragraph that is addresses, links with titles, or what could be a title; None for prose."""
    if lines[0].raw.lstrip().startswith(_KEPT):
        return None
    things: list[_Thing] = []
    for number, line in enumerate(lines):
        own = address_on_line(line.raw)
        if own and "://" not in own[1] and "](" not in own[1]:
            link, rest = own
            things.append(replace(link, title=plain(_SEPARATOR.sub("", rest))))
        elif line.links and not _SEPARATOR.sub("", line.text):
            if not any(link.title for link in line.links):
                return None
            things += line.links
        elif line.links or not line.text or "://" in line.text or PICTURE in line.text:
            return None
        elif number and isinstance(things[-1], _Text):
            things[-1] = _Text(f"{things[-1].raw}\n{line.raw}", f"{things[-1].title} {line.text}")
        else:
            things.append(_Text(line.raw, line.text))
    texts = [thing for thing in things if isinstance(thing, _Text)]
    if any(len(text.title) > _TITLE_LENGTH or text.raw.count("\n") >= _TITLE_LINES for text in texts):
        return None
    if isinstance(things[-1], _Text) and things[-1].title.endswith((":", "：")):
        return None
    return things


def _kept(block: Block, levels: list[int]) -> Iterator[Part]:
    if _HEADING.fullmatch(block.kind):
        level = int(block.kind[1])
        while levels and levels[-1] >= level:
            levels.pop()
        levels.append(level)
        # The title of the post is the heading of the page, and no level may be passed over below it.
        yield Part(f"{'#' * min(6, 1 + len(levels))} {_words(block)}", block.links)
    elif block.kind in _CODE:
        yield Part(block.text, is_code=True)
    elif block.kind == "title":
        yield Part("", block.links)
    elif block.items and (links := _listed(block.items)):
        yield Part("", links)
    else:
        text = html_with_pictures(block.text) if block.kind == "html_block" else block.text
        links = _described(block.items) if block.items else ()
        yield Part(text, links or tuple(link for line in block.lines for link in _of_line(line)))


def _of_line(line: Line) -> tuple[Link, ...]:
    """Give the links of a line of prose; a text with an address behind it may be its title."""
    if len(line.links) == 1 and not line.links[0].title and line.pieces[-1] is line.links[0]:
        before = _SEPARATOR.sub("", line.text.replace(PICTURE, ""))
        if before and len(before) <= _TITLE_LENGTH and not line.raw.startswith("[^"):
            doubt = line.links[0].doubt or "the text before the address may be its title"
            return (replace(line.links[0], title=before, doubt=doubt),)
    return line.links


def _described(items: Sequence[Sequence[Line]]) -> tuple[Link, ...]:
    """Read a list whose every item is one link and what is said of it; none for any other list."""
    links = []
    for item in items:
        pieces = [piece for line in item for piece in (*line.pieces, " ")]
        found = [(place, piece) for place, piece in enumerate(pieces) if isinstance(piece, Link)]
        if len(found) != 1:
            return ()
        ((place, link),) = found
        before, after = (_said(pieces[:place]), _said(pieces[place + 1 :]))
        if "://" in before + after or PICTURE in before + after:
            return ()
        if link.title:
            links.append(replace(link, also=tuple(part for part in (before, after) if part)))
        elif before and after:
            links.append(replace(link, title=before, also=(after,), doubt="text stands on both sides of the address"))
        else:
            links.append(replace(link, title=before or after))
    return tuple(links)


def _said(pieces: Sequence[Piece]) -> str:
    return _SEPARATOR.sub("", plain_spaces("".join(piece for piece in pieces if isinstance(piece, str))))


def _listed(items: Sequence[Sequence[Line]]) -> tuple[Link, ...]:
    """Read a list that says no more of its links than their titles; none for any other list."""
    links = _described(items)
    return () if any(link.also for link in links) else links


def _paired(run: Sequence[_Thing]) -> Iterator[Part]:
    """Give addresses the titles that stand by them, in a run of paragraphs that are one or the other."""
    stretch: list[_Thing] = []
    for thing in run:
        if isinstance(thing, Link) and thing.title:
            # It needs no other title, so what follows it is not its own.
            yield from _stretch(stretch)
            yield Part("", (thing,))
            stretch = []
        else:
            stretch.append(thing)
    yield from _stretch(stretch)


def _stretch(things: Sequence[_Thing]) -> Iterator[Part]:
    texts = [thing for thing in things if isinstance(thing, _Text)]
    addresses = [thing for thing in things if isinstance(thing, Link)]
    if not addresses:
        yield from map(_work_or_prose, texts)
        return
    alternating = all(isinstance(one, Link) != isinstance(other, Link) for one, other in pairwise(things))
    if alternating and isinstance(things[0], _Text) and isinstance(things[-1], Link):
        for link, text in zip(addresses, texts, strict=True):
            doubt = "what stands before the address may be a sentence, and no title" if _is_sentence(text) else ""
            yield Part("", (replace(_titled(link, [text]), doubt=link.doubt or doubt),))
        return
    lead = things[0] if isinstance(things[0], _Text) and isinstance(things[-1], _Text) else None
    is_unclear = lead and not _is_sentence(lead) and not (_is_bold(lead) and not all(map(_is_bold, texts)))
    yield from _after(things, "a text stands before the address, and one behind it" if is_unclear else "")


def _is_sentence(text: _Text) -> bool:
    return text.title.endswith(("。", "."))


def _is_bold(text: _Text) -> bool:
    """Say whether a paragraph is a heading to the eye, when others by it are not so."""
    return text.raw.startswith(("**", "__")) and text.raw.rstrip().endswith(("**", "__"))


def _after(things: Sequence[_Thing], doubt: str) -> Iterator[Part]:
    """Pair each address with the text behind it; all other text stays where it is, too."""
    for place, thing in enumerate(things):
        if isinstance(thing, Link):
            behind = list(takewhile(lambda each: isinstance(each, _Text), things[place + 1 :]))
            link = _titled(thing, [each for each in behind if isinstance(each, _Text)])
            yield Part("", (replace(link, doubt=link.doubt or doubt) if behind else link,))
        elif not place or isinstance(things[place - 1], _Text):
            yield _work_or_prose(thing)


def _titled(link: Link, texts: Sequence[_Text]) -> Link:
    if not texts:
        return link
    title, *also = (text.title for text in texts)
    doubt = "several texts stand behind the address" if also else ""
    return replace(link, title=title, also=tuple(also), doubt=link.doubt or doubt)


def _work_or_prose(text: _Text) -> Part:
    """Give a work that is named in book marks, and nothing else; or prose."""
    works = _WORK.findall(text.title)
    if works and not _WORK.sub("", text.title).strip(" 、，,;；"):
        return Part("", tuple(Link("", work) for work in works))
    return Part(text.raw)
