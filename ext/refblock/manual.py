"""refblock's manual of itself: its options and messages, in the page's language, from the objects that the code uses.

An extension of its own, ``refblock.manual``, for the pages that document refblock.
"""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar, Final

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from refblock.config import RefblockConfig
from refblock.diagnostics import Diagnostic
from refblock.directives import OPTIONS
from refblock.labels import labels
from refblock.layout import PARTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

    from refblock.layout import Label

    Rows = Iterator[tuple[str, list[str]]]


def _options(label: Label) -> Rows:
    parts = ", ".join(f"`{part}`" for part in PARTS)
    for name, option in OPTIONS.items():
        yield f":{name}:", [label(option.help).replace("{parts}", parts)]


def _configuration(label: Label) -> Rows:
    for option in fields(RefblockConfig):
        default = option.default_factory() if callable(option.default_factory) else option.default
        yield f"refblock_{option.name}", [label(option.metadata["help"]), f"{label('Default:')} `{default!r}`"]


def _messages(label: Label) -> Rows:
    for diagnostic in Diagnostic:
        message = diagnostic.template.replace("{{", "{").replace("}}", "}")
        yield f"refblock.{diagnostic.subtype}", [label(diagnostic.occasion), f"{label('Message:')} `{message}`"]


_CHAPTERS: Final[dict[str, Callable[[Label], Rows]]] = {
    "configuration": _configuration,
    "messages": _messages,
    "options": _options,
}


class ManualDirective(SphinxDirective):
    """Write one chapter: ``configuration``, ``messages`` or ``options``."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """Write it as a list of definitions."""
        chapter = _CHAPTERS.get(self.arguments[0])
        if chapter is None:
            raise self.error(f"{self.arguments[0]!r} is not a chapter; write one of {', '.join(_CHAPTERS)}")
        written = nodes.definition_list()
        for name, texts in chapter(labels(self.config.language)):
            term = nodes.term("", "", nodes.literal("", name), translatable=False)
            definition = nodes.definition("", *map(_paragraph, texts))
            written += nodes.definition_list_item("", term, definition)
        return [written]


def _paragraph(text: str) -> nodes.paragraph:
    """Make a paragraph; what stands between grave accents is code."""
    parts = re.split(r"`([^`]*)`", text)
    inner = [nodes.literal("", part) if place % 2 else nodes.Text(part) for place, part in enumerate(parts)]
    # The package's own catalog has it in each language; the site's translators need not see it.
    return nodes.paragraph("", "", *inner, translatable=False)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive ``refblock-manual``."""
    app.setup_extension("refblock")
    app.add_directive("refblock-manual", ManualDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
