"""The ``refblock`` directive: which entries stand here."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, ClassVar, Final

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from refblock.diagnostics import Diagnostic, warn
from refblock.domain import Block, domain_of
from refblock.labels import labels
from refblock.nodes import reference_block
from refblock.selection import FilterError, parse_filter

if TYPE_CHECKING:
    from collections.abc import Callable

_KEY: Final = re.compile(r"[^\s,{}]+")


class ReferenceBlockDirective(SphinxDirective):
    """Show entries of the site's bib files.

    ``:filter:`` chooses them by their fields; the body lists citation keys, one a line, which come first.
    With neither, all entries stand here.
    """

    has_content = True
    option_spec: ClassVar[dict[str, Callable[[str], Any]]] = {"filter": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Note the block with the domain, and leave a node that is filled when the page is written."""
        domain = domain_of(self.env)
        listed = self._listed()
        text = self.options.get("filter")
        label = labels(self.config.language)
        problems: list[nodes.Node] = [
            self._problem(label("No bib file has an entry “{key}”.").format(key=key))
            for key in listed
            if key not in domain.library.entries
        ]
        if text is not None:
            try:
                late = parse_filter(text).asks_for_citations
                block = Block(self.lineno, text, listed, (), "")
                number = domain.note_block(self.env.docname, block)
            except FilterError as fault:
                warn(Diagnostic.BAD_FILTER, self.get_location(), text=text, reason=str(fault))
                problems.append(self._problem(label("This block cannot be shown: {reason}").format(reason=fault)))
                number = domain.note_block(self.env.docname, Block(self.lineno, None, listed, (), ""))
            else:
                if not late and not domain.blocks[self.env.docname][number].keys:
                    warn(Diagnostic.EMPTY_BLOCK, self.get_location(), text=text)
                    problems.append(self._problem(label("No entry meets this block's filter.")))
        else:
            every = None if self.content else ""
            number = domain.note_block(self.env.docname, Block(self.lineno, every, listed, (), ""))
        return [*problems, reference_block(docname=self.env.docname, number=number)]

    def _listed(self) -> tuple[str, ...]:
        """Give the keys of the body, with a message for each line that is none or that no entry has."""
        library = domain_of(self.env).library
        keys = []
        for offset, line in enumerate(self.content, start=self.content_offset + 1):
            key = line.strip()
            if not key:
                continue
            if not _KEY.fullmatch(key):
                warn(Diagnostic.BAD_KEY_LINE, (self.env.docname, offset), line=key)
                continue
            if key not in library.entries:
                near = difflib.get_close_matches(key, library.entries, n=1)
                hint = f" (did you mean {near[0]!r}?)" if near else ""
                warn(Diagnostic.UNKNOWN_KEY, (self.env.docname, offset), key=key, hint=hint)
            keys.append(key)
        return tuple(dict.fromkeys(keys))

    def _problem(self, text: str) -> nodes.Node:
        paragraph = nodes.paragraph("", text, translatable=False)
        return nodes.warning("", paragraph, classes=["refblock-problem"])
