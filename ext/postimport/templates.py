"""What only a blog's own program understands: front matter, Liquid, shortcodes, kramdown's attributes."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_YAML: Final = re.compile(r"\s*---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML: Final = re.compile(r"\s*\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_NAMED: Final = re.compile(r"^[\w-]+[ \t]*:(?!/)", re.MULTILINE)
_TITLE: Final = re.compile(r"^title[ \t]*[:=][ \t]*(.+)$", re.MULTILINE)
_HIGHLIGHT: Final = re.compile(
    r"(?:\{%-?\s*highlight\s+(?P<liquid>[^\s%]+)[^%\n]*%\}|\{\{<\s*highlight\s+(?P<hugo>[^\s,>]+)[^>\n]*>\}\})\n?"
    r"|(?P<end>\{%-?\s*endhighlight\s*-?%\}|\{\{<\s*/\s*highlight\s*>\}\})"
)
_RAW: Final = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
_CODE: Final = re.compile(
    r"^[ \t>]*(?P<ticks>`{3,}(?![^\n]*`)|~{3,}).*?(?:^[ \t>]*(?P=ticks)[`~]*[ \t]*$|\Z)"
    r"|^(?: {4}|\t)[^\n]*$|(?P<span>`+)(?!`)[^\n]*?(?<!`)(?P=span)(?!`)"
    r"|\$\$.*?\$\$|\$[^$\n]+\$"
    r"|\{%-?\s*raw\s*-?%\}(?:(?!\{%-?\s*raw).)*?\{%-?\s*endraw\s*-?%\}",
    re.DOTALL | re.MULTILINE,
)
"""What is left as it stands: code, formulas, and what is marked to be left."""
_POST: Final = re.compile(
    r"\{%-?\s*(?:post_url|link)\s+([^\s%]+)\s*-?%\}|\{\{[<%]\s*(?:rel)?ref\s+\"?([^\s\">%]+)\"?\s*[%>]\}\}"
)
_SITE: Final = re.compile(r"\{\{-?\s*site\.(?:base)?url\s*-?\}\}|\{\{\s*[\"']([^\"'{}]*)[\"']\s*\|[^{}]*\}\}")
_TAG: Final = re.compile(
    r"\{%(?:(?!\{%).)*?%\}|\{\{[<%](?:(?!\{\{).)*?[%>]\}\}|\{\{[^{}\n]*\}\}|\{:[^{}\n]*\}"
    r"|^(?:[*+-]|\d\.) +[^\n]*\n\{:[^{}\n]*\btoc\b[^{}\n]*\} *$|^\[TOC\] *$|(?<=\S)[ \t]*\{#[\w:.-]+\}[ \t]*$",
    re.DOTALL | re.MULTILINE | re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"https?://[^\s\"'<>{}|]+", re.IGNORECASE)
_PICTURE: Final = re.compile(r"[^\s\"'=<>{}|()]+\.(?:avif|bmp|gif|jpe?g|png|svg|webp)(?![^\s\"'<>{}|])", re.IGNORECASE)
_NAME: Final = re.compile(r"\b(?:title|caption|alt)\s*=\s*(?:\"([^\"]+)\"|'([^']+)')")
_TIGHT: Final = re.compile(r"^(#{2,6})(?=[^#\s])", re.MULTILINE)
"""A heading without a blank behind its marks, as kramdown and older programs take it."""
_BLANKS: Final = re.compile(r"\]\((https?://[^()\s]+(?: [^()\s\"']+)+)\)", re.IGNORECASE)


def split_front_matter(text: str) -> tuple[str, dict[str, Any], str]:
    """Take the front matter, in YAML or TOML, from a post.

    :returns: the title, empty where there is none; the other fields; and the post.
    """
    # Two lines with a text between them are no front matter, unless something in that text has a name.
    if (found := _YAML.match(text)) and (not found[1].strip() or _NAMED.search(found[1])):
        load: Callable[[str], Any] = yaml.safe_load
    elif found := _TOML.match(text):
        load = tomllib.loads
    else:
        return "", {}, text
    try:
        fields = load(found[1])
    except (yaml.YAMLError, ValueError, RecursionError):
        # What is broken in one line says nothing of the others.
        title = _TITLE.search(found[1])
        return title[1].strip().strip("\"'") if title else "", {"broken": found[1]}, text[found.end() :]
    if not isinstance(fields, dict):
        fields = {}
    title = fields.pop("title", None)
    known = isinstance(title, str | int | float | datetime.date)
    return str(title).strip() if known else "", {str(name): fields[name] for name in fields}, text[found.end() :]


def fields_left_out(fields: Mapping[str, Any]) -> Iterator[str]:
    """Name the fields of a front matter, and the addresses in them."""
    if "broken" in fields and len(fields) == 1:
        yield "front matter that cannot be parsed"
    elif fields:
        yield f"front matter: {', '.join(fields)}"
    yield from (f"front matter: {address}" for address in dict.fromkeys(_addresses(list(fields.values()), 0)))


def _addresses(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield from (found for found in _ADDRESS.findall(value) if not _PICTURE.search(found))
    elif depth < 3 and isinstance(value, Mapping | Sequence):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _addresses(each, depth + 1)


def as_markdown(text: str) -> tuple[str, list[str]]:
    """Write what only the blog's program understands as Markdown, where there is such a thing, and take out the rest.

    An address or a picture in what is taken out stays, with the title that is given for it.

    :returns: the text, and what was taken out.
    """
    text = _with_fences(text)
    left_out: list[str] = []
    parts = []
    end = 0
    for code in _CODE.finditer(text):
        parts += [_prose(text[end : code.start()], left_out), _RAW.sub("", code.group())]
        end = code.end()
    parts.append(_prose(text[end:], left_out))
    return "".join(parts), list(dict.fromkeys(left_out))


def _with_fences(text: str) -> str:
    """Write blocks that a program is told to highlight as fences."""
    parts = []
    end = 0
    opened: re.Match[str] | None = None
    for found in _HIGHLIGHT.finditer(text):
        if not found["end"]:
            opened = opened or found
        elif opened:
            language = opened["liquid"] or opened["hugo"]
            parts += [text[end : opened.start()], f"```{language}\n{text[opened.end() : found.start()].rstrip()}\n```"]
            end, opened = found.end(), None
    return "".join([*parts, text[end:]])


def _prose(text: str, left_out: list[str]) -> str:
    def take(found: re.Match[str]) -> str:
        tag = found.group()
        left_out.append(" ".join(tag.split()))
        named = _NAME.search(tag)
        title = (named[1] or named[2]) if named else ""
        if picture := _PICTURE.search(tag):
            return f"![{title}]({picture.group()})"
        addresses = _ADDRESS.findall(tag)
        return (
            f"[{title}](<{addresses[0]}>)"
            if title and len(addresses) == 1
            else " ".join(f"<{each}>" for each in addresses)
        )

    if "{" in text or "[TOC]" in text.upper():
        text = _POST.sub(lambda found: found[1] or found[2], text)
        text = _SITE.sub(lambda found: found[1] or "", text)
        text = _TAG.sub(take, text)
    text = _TIGHT.sub(r"\1 ", text)
    return _BLANKS.sub(lambda found: f"]({found[1].replace(' ', '%20')})", text)
