"""What an HTML page with entries or citations gets besides them: the script, its words, and cards for what it cites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from refblock import config
from refblock.domain import domain_of
from refblock.layout import kind_of, lay_out, only
from refblock.writers import html, tools

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

    from refblock.domain import ReferenceBlockDomain
    from refblock.layout import Part

_ON_CARDS = ("parallel", "authors", "venue", "host", "year", "identifier", "badges", "about")


def add_tools(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Add to a page's body what its script needs, and ask for the script; do nothing for a page without entries."""
    domain = domain_of(app.env)
    if app.builder.name in {"epub", "singlehtml"} or doctree is None:
        return
    shown = {key for block in domain.blocks.get(pagename, ()) if block.lists for key in block.keys}
    cited = domain.citations.get(pagename, {}).keys() - shown
    if not shown and not cited:
        return
    manner = config.manner(app.config)
    kinds = {kind: manner.label(kind) for kind in sorted({kind_of(domain.library.entries[key]) for key in shown})}
    context["body"] += tools.write_tools(manner.label, kinds) + _cards(domain, app, pagename, sorted(cited))
    app.add_js_file("refblock.js", loading_method="defer")


def _cards(domain: ReferenceBlockDomain, app: Sphinx, pagename: str, keys: list[str]) -> str:
    """Write the entries that a page cites and does not show, for its script to show in cards."""
    manner = config.manner(app.config)

    def href_of(part: Part) -> str:
        return domain.part_href(part, pagename)

    items = "".join(
        html.write_card(only(lay_out(entry, domain.library, manner, domain.badges.get(key, ())), _ON_CARDS), href_of)
        for key in keys
        if (entry := domain.library.entries.get(key))
    )
    return f'<template id="refblock-cards">{items}</template>\n' if items else ""
