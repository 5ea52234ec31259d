"""HTML: what other people's pages may rely on.

Entries are written as text, without a node for each word of theirs: on a page of a thousand, nodes would be most of
the cost. Everything that comes from a bib file is escaped here, and isolated in its direction (``bdi``, ``dir``).
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from docutils import nodes

from refblock.layout import joint, lead

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.writers.html5 import HTML5Translator

    from refblock.entries import Title
    from refblock.layout import Badge, LaidOutEntry, Line, Part
    from refblock.nodes import reference_block, reference_timeline

    HrefOf = Callable[[Part], str]


def visit_timeline(self: HTML5Translator, node: reference_timeline) -> None:
    self.body.append(f"<figure>{node['svg']}</figure>\n")
    raise nodes.SkipNode


def visit_block(self: HTML5Translator, node: reference_block) -> None:
    self.body.append(node["html"])
    raise nodes.SkipNode


FORMATS: Final = {"bib": "BibTeX", "ris": "RIS", "json": "CSL-JSON"}
"""What entries are exported as, by the ending of the file."""


def write_list(items: str, first: int, exports: str) -> str:
    """Put the items of a list into it.

    :param first: the number of the first item; 0 for a list without numbers.
    :param exports: the address of the block's exports, without ending; empty where there are none.
    """
    more = f' start="{first}"' if first > 1 else ""
    more += f' data-exports="{escape(exports)}"' if exports else ""
    return f'<ol class="{"refblock" if first else "refblock refblock-unnumbered"}"{more}>\n{items}</ol>\n'


def write_exports(exports: str, name: str, label: str) -> str:
    """Write the links to a block's exports.

    :param exports: their address, without ending.
    :param name: what the saved file is to be called, without ending.
    """
    links = (
        f'<a href="{escape(exports)}.{ending}" download="{escape(name)}.{ending}">{text}</a>'
        for ending, text in FORMATS.items()
    )
    return f'<p class="refblock-exports">{escape(lead(label))}{" · ".join(links)}</p>\n'


def write_entry(entry: LaidOutEntry, id_: str, href_of: HrefOf, *, spelled: str, context: str) -> str:
    """Write an entry as an item of a list.

    :param href_of: gives the address that a part leads to from the page; empty for none.
    :param spelled: the pinyin of its titles.
    :param context: its ContextObject (COinS), by which Zotero and others know it.
    """
    named = {"id": id_, "data-key": entry.key, "data-kind": entry.kind, "data-pinyin": spelled}
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in named.items() if value)
    return f'<li class="refblock-entry"{attributes}>{_lines(entry, href_of)}{_context(context)}</li>\n'


def _context(context: str) -> str:
    return f'<span class="Z3988" title="{escape(context)}"></span>'


def write_card(entry: LaidOutEntry, href_of: HrefOf) -> str:
    """Write an entry for a card; no item of a list, so that nobody takes it for one."""
    return f'<div data-key="{escape(entry.key)}">{_lines(entry, href_of)}</div>\n'


def _lines(entry: LaidOutEntry, href_of: HrefOf) -> str:
    lines = [_heading(entry)]
    if entry.parallel:
        lines.append(_second(entry.parallel, entry.original_mark))
    if entry.meta or entry.badges:
        shown = [*(_part(part, href_of) for part in entry.meta), *map(_badge, entry.badges)]
        lines.append(f'<div class="refblock-meta">{" · ".join(shown)}</div>')
    lines += (_line(line, href_of) for line in entry.lines)
    return "".join(lines)


def _heading(entry: LaidOutEntry) -> str:
    is_marked = entry.parallel and not entry.original_mark
    classes = "refblock-title refblock-original" if is_marked else "refblock-title"
    return (
        f'<div class="refblock-heading">{_text(classes, entry.leading.text, entry.leading.language, entry.href)}</div>'
    )


def _second(parallel: Title, original_mark: str) -> str:
    classes = "refblock-parallel refblock-original" if original_mark else "refblock-parallel"
    mark = f' <span class="refblock-mark">{escape(original_mark)}</span>' if original_mark else ""
    return f'<div class="refblock-second">{_text(classes, parallel.text, parallel.language, "")}{mark}</div>'


def _line(line: Line, href_of: HrefOf) -> str:
    parts = "".join(f"{joint(part) if place else ''}{_part(part, href_of)}" for place, part in enumerate(line.parts))
    label = f'<span class="refblock-label">{escape(lead(line.label))}</span>' if line.label else ""
    return f'<div class="refblock-{line.role}">{label}{parts}</div>'


def _part(part: Part, href_of: HrefOf) -> str:
    name = f' data-name="{escape(part.name)}"' if part.name not in {"", part.text} else ""
    return _text(f"refblock-{part.role}", part.text, part.language, href_of(part), name)


def _badge(badge: Badge) -> str:
    named = {"title": badge.hint, "data-label": badge.label}
    more = "".join(f' {name}="{escape(value)}"' for name, value in named.items() if value)
    return _text(f"refblock-badge refblock-badge-{badge.name}", badge.text, None, badge.href, more)


def _text(classes: str, text: str, language: str | None, href: str, more: str = "") -> str:
    lang = f' lang="{escape(language)}"' if language else ""
    if href:
        return f'<a class="{classes}"{lang} href="{escape(href)}" dir="auto"{more}>{escape(text)}</a>'
    return f'<bdi class="{classes}"{lang}{more}>{escape(text)}</bdi>'
