"""LaTeX: the one thing that a list item lacks there, a target to link to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.writers.latex import LaTeXTranslator

    from refblock.nodes import reference_entry


def visit_entry(self: LaTeXTranslator, node: reference_entry) -> None:
    self.visit_list_item(node)
    for id_ in node["ids"]:
        self.body.append(self.hypertarget(id_))


def depart_entry(self: LaTeXTranslator, node: reference_entry) -> None:
    self.depart_list_item(node)
