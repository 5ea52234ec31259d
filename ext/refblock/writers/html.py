"""HTML: what other people's pages may rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.writers.html5 import HTML5Translator

    from refblock.nodes import (
        entry_line,
        entry_lines,
        entry_link,
        entry_text,
        reference_entry,
        reference_list,
        reference_timeline,
    )


def visit_timeline(self: HTML5Translator, node: reference_timeline) -> None:
    self.body.append(f"<figure>{node['svg']}</figure>\n")
    raise nodes.SkipNode


def visit_list(self: HTML5Translator, node: reference_list) -> None:
    self.body.append(self.starttag(node, "ol"))


def depart_list(self: HTML5Translator, node: reference_list) -> None:
    self.body.append("</ol>\n")


def visit_entry(self: HTML5Translator, node: reference_entry) -> None:
    self.body.append(self.starttag(node, "li", "", CLASS="refblock-entry", **{"data-key": node["key"]}))


def depart_entry(self: HTML5Translator, node: reference_entry) -> None:
    self.body.append("</li>\n")


def visit_lines(self: HTML5Translator, node: entry_lines) -> None:
    """Open nothing: the lines stand in the item itself."""


def depart_lines(self: HTML5Translator, node: entry_lines) -> None:
    """Close nothing."""


def visit_line(self: HTML5Translator, node: entry_line) -> None:
    self.body.append(self.starttag(node, "div", ""))


def depart_line(self: HTML5Translator, node: entry_line) -> None:
    self.body.append("</div>\n")


def visit_link(self: HTML5Translator, node: entry_link) -> None:
    # dir="auto" isolates the text too, so that no title turns its surroundings around.
    self.body.append(self.starttag(node, "a", "", href=node["refuri"], dir="auto"))


def depart_link(self: HTML5Translator, node: entry_link) -> None:
    self.body.append("</a>")


def visit_text(self: HTML5Translator, node: entry_text) -> None:
    self.body.append(self.starttag(node, "span", "", dir="auto"))


def depart_text(self: HTML5Translator, node: entry_text) -> None:
    self.body.append("</span>")
