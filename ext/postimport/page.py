"""A post -> a MyST page that mirrors it, with a block of references where links stood."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from pygments.lexers import find_lexer_class_by_name
from pygments.util import ClassNotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from postimport.links import Link
    from postimport.post import Part, Post

_SEAL: Final = re.compile(r"\n% postimport ([0-9a-f]{16}) ?(\S*)\n\Z")
_TOCTREE: Final = re.compile(
    r"^(`{3,}\{toctree\}[^\n]*\n(?::[^\n]*\n)*\n*)((?:(?!`{3})[^\n]+\n)*)(`{3,})", re.MULTILINE
)
_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>${}~])")
_TARGET: Final = re.compile(
    r"(?P<code>(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<picture>!?)\[(?P<words>(?:[^\[\]]|\[[^\[\]]*\](?:\([^()\s]*\))?)*)\]"
    r"\((?:<(?P<angles>[^<>\n]*)>|(?P<target>(?:[^\s()<>]|\([^\s()]*\))*))(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)",
    re.DOTALL,
)
_IMAGE: Final = re.compile(r"<img\b[^>]*?\bsrc\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s<>]+))[^>]*>", re.IGNORECASE)
_OUTSIDE: Final = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
_MARKUP: Final = re.compile(r"^( {0,3})(%|\+\+\+|\([^()\s]+\)=)", re.MULTILINE)
"""What begins a line and means something to MyST alone: a remark, a break, a target."""
_DEFINITION: Final = re.compile(
    r"^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*(?!<?(?:https?|mailto):)<?(\S+?)>?(?=\s|$)[^\n]*\n?", re.MULTILINE
)
_ROLE: Final = re.compile(r"(?<!\\)(\{[\w:.+-]+\}`)")
_FENCE: Final = re.compile(r"^([ \t>]*(?:`{3,}|~{3,}))[ \t]*(\S[^\n]*)?", re.MULTILINE)
_LANGUAGE: Final = re.compile(r"[\w+#-]+")
_DATE: Final = re.compile(r"^(\d{4})-\d{1,2}-\d{1,2}-")
_PICTURES: Final = frozenset({".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"})
_ROOTS: Final = frozenset({".git", "_config.yml", "config.toml", "config.yaml", "hugo.toml", "hugo.yaml"})
"""What marks the folder in which a blog begins."""
FORMULAS: Final = "---\nmyst:\n  enable_extensions: [amsmath, dollarmath]\n  dmath_double_inline: true\n---\n\n"
"""What a page with formulas begins with, so that it needs nothing of the site that it gets into."""


@dataclass(slots=True)
class Surroundings:
    """What a page is written into."""

    post: Path
    pages: Path
    docname: str
    others: Mapping[str, str]
    """The names of the other posts' pages, by the names of the posts in the addresses of their blog."""
    copies: dict[Path, Path] = field(default_factory=dict)
    """Pictures to be copied: from where, by where to."""
    missing: list[str] = field(default_factory=list)
    """Pictures that were not found, and addresses within the blog that lead to no page."""

    def picture(self, target: str) -> str:
        """Give the path of a copy of a picture; empty where there is no such picture."""
        path = unquote(target.split("?")[0].split("#")[0])
        if Path(path).suffix.lower() not in _PICTURES:
            return ""
        for folder in self._folders() if path.startswith("/") else (self.post.parent,):
            found = Path(os.path.normpath(folder / path.lstrip("/")))
            if found.is_file():
                inside = path.lstrip("/") if path.startswith("/") else f"{self.docname}/{found.name}"
                inside = os.path.normpath(f"pictures/{inside}").replace("../", "")
                self.copies[self.pages / inside] = found
                return quote(inside)
        return ""

    def _folders(self) -> Sequence[Path]:
        """Give the folders at which addresses of the blog may begin, the nearest first."""
        folders = []
        for folder in self.post.absolute().parents[:-1]:
            folders += [folder, folder / "static", folder / "source"]
            if any((folder / name).exists() for name in _ROOTS):
                break
        return folders


def write_page(post: Post, keys: Mapping[Link, str], around: Surroundings) -> str:
    """Write a page.

    :param keys: of each link.
    """
    parts = ["# " + _SPECIAL.sub(r"\\\1", post.title)]
    for part in post.parts:
        if part.text:
            parts.append(_kept(part, around))
        if part.links:
            parts.append("```{refblock}\n" + "\n".join(dict.fromkeys(keys[link] for link in part.links)) + "\n```")
    text = "\n\n".join(parts) + "\n"
    has_formulas = any("$" in part.text or "\\begin{" in part.text for part in post.parts)
    return seal(FORMULAS + text if has_formulas else text, os.path.relpath(around.post, around.pages))


def write_list(title: str, names: Sequence[str]) -> str:
    """Write a page that leads to others, and to those that they lead to."""
    return seal(f"# {title}\n\n```{{toctree}}\n:maxdepth: 2\n:titlesonly:\n\n" + "\n".join(names) + "\n```\n", "")


def listed(index: str) -> list[str]:
    """Give the names in the first table of contents of a page."""
    found = _TOCTREE.search(index)
    return [line.strip() for line in found[2].splitlines()] if found else []


def relisted(index: str, names: Sequence[str]) -> str:
    """Give a page that leads to others with other names in it; whatever else somebody wrote there stays."""
    body = _SEAL.sub("", index) if is_ours(index) else index
    body = _TOCTREE.sub(lambda found: found[1] + "".join(f"{name}\n" for name in names) + found[3], body, count=1)
    return seal(body, "") if is_ours(index) else body


def seal(text: str, source: str) -> str:
    """End a page with a digest of it, by which it is known for one that nobody has edited, and with what it is of."""
    return f"{text}\n% postimport {_digest(text)} {quote(source)}".rstrip() + "\n"


def is_ours(text: str) -> bool:
    """Say whether a page is as it was written here, so that it may be written over."""
    found = _SEAL.search(text)
    return found is not None and found[1] == _digest(text[: found.start()])


def is_of(edited: str, text: str) -> bool:
    """Say whether a page was edited after it had been written with this very text."""
    was, now = _SEAL.search(edited), _SEAL.search(text)
    return was is not None and now is not None and was[1] == now[1]


def source_of(text: str) -> str | None:
    """Give the path of the post that a page is of, from the folder of the pages; None for any other page."""
    found = _SEAL.search(text)
    return unquote(found[2]) if found else None


def _kept(part: Part, around: Surroundings) -> str:
    if part.is_code:
        return _FENCE.sub(_fence, part.text, count=1)
    text = _DEFINITION.sub(lambda found: _definition(found, around), part.text).rstrip("\n")
    text = _IMAGE.sub(_image, text)
    text = _TARGET.sub(lambda found: _target(found, around), text)
    text = _MARKUP.sub(r"\1\\\2", text)
    text = _ROLE.sub(r"\\\1", text)
    return _FENCE.sub(_fence, text)


def _image(found: re.Match[str]) -> str:
    """Write a picture of the blog's own in Markdown, which alone takes it along."""
    source = found[1] or found[2] or found[3] or ""
    return found.group() if _OUTSIDE.match(source) else f"![](<{source}>)"


def _fence(found: re.Match[str]) -> str:
    """Name a language that Pygments knows: what is in braces would be a directive, and another word a warning."""
    language = _LANGUAGE.search(found[2] or "")
    if language is None:
        return found[1]
    try:
        find_lexer_class_by_name(language.group())
    except ClassNotFound:
        return f"{found[1]}text"
    return f"{found[1]}{language.group()}"


def _target(found: re.Match[str], around: Surroundings) -> str:
    """Let a link or a picture lead where it does from the page; where it would lead nowhere, its words stay."""
    target = found["target"] or found["angles"] or ""
    if found["code"] or _OUTSIDE.match(target):
        return found.group()
    words = _TARGET.sub(lambda inner: _target(inner, around), found["words"])
    if found["picture"]:
        if path := around.picture(target):
            return f"![{words}]({path})"
    elif name := around.others.get(slug_of(target)):
        return f"[{words}]({name}.md)"
    elif not target or target.startswith("#"):
        return words
    around.missing.append(target)
    return f"{words} (`{target}`)".lstrip()


def _definition(found: re.Match[str], around: Surroundings) -> str:
    """Let a name stand for a page, where what is defined for it is one; a picture or nothing cannot be named so."""
    if name := around.others.get(slug_of(found[1])):
        return found.group().replace(found[1], f"{name}.md", 1)
    around.missing.append(found[1])
    return ""


def slug_of(target: str) -> str:
    """Give the name of a post in an address within its blog, without the date and the ending."""
    path = unquote(target).split("#")[0].split("?")[0].rstrip("/")
    return page_name(Path(path)) if path else ""


def page_name(path: Path) -> str:
    """Name the page of a post: as its file, without what a blog puts in front of it for the date.

    A post in a folder of its own, as ``name/index.md``, has the name of the folder.
    """
    stem = path.absolute().parent.name if path.stem in {"index", "_index"} else path.stem
    return re.sub(r"[^\w.-]+", "-", _DATE.sub("", stem)).strip("-.") or "post"


def year_of(path: Path) -> str:
    """Give the year that a blog puts in front of the name of a post; empty where there is none."""
    found = _DATE.match(path.absolute().parent.name if path.stem in {"index", "_index"} else path.stem)
    return found[1] if found else ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
