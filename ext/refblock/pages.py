"""What an HTML page with entries or citations gets besides them: the script, its words, and cards for what it cites."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

from refblock import config
from refblock.domain import domain_of
from refblock.exports import write_jsonld
from refblock.langid import normalize_tag
from refblock.layout import kind_of, lay_out, only
from refblock.publishing import FEED, SITE
from refblock.writers import html, tools

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

    from refblock.domain import ReferenceBlockDomain
    from refblock.layout import Part

_TAG: Final = re.compile(r"<[^>]*>")
_ON_CARDS: Final = ("parallel", "authors", "venue", "host", "year", "identifier", "badges", "about")


def add_tools(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Add to a page's body what its script needs, and ask for the script; do nothing for a page without entries."""
    domain = domain_of(app.env)
    if app.builder.name in {"epub", "singlehtml"} or doctree is None:
        return
    shown = {key for block in domain.blocks.get(pagename, ()) if block.lists for key in block.keys}
    cited = domain.citations.get(pagename, {}).keys()
    if not shown and not cited:
        return
    manner = config.manner(app.config)
    kinds = {kind: manner.label(kind) for kind in sorted({kind_of(domain.library.entries[key]) for key in shown})}
    context["body"] += tools.write_tools(manner.label, kinds) + _cards(domain, app, pagename, sorted(cited))
    if shown:
        context["body"] += _description(domain, pagename, context)
    if domain.has_exports:
        context["metatags"] += _alternates(app, context)
    app.add_js_file("refblock.js", loading_method="defer")


def _cards(domain: ReferenceBlockDomain, app: Sphinx, pagename: str, keys: list[str]) -> str:
    """Write the entries that a page cites, for its script to show in cards."""
    manner = config.manner(app.config)

    def href_of(part: Part) -> str:
        return domain.part_href(part, pagename)

    items = "".join(
        html.write_card(only(lay_out(entry, domain.library, manner, domain.badges.get(key, ())), _ON_CARDS), href_of)
        for key in keys
        if (entry := domain.library.entries.get(key))
    )
    return f'<template id="refblock-cards">{items}</template>\n' if items else ""


def _description(domain: ReferenceBlockDomain, pagename: str, context: dict[str, Any]) -> str:
    """Describe the page and its list to search engines."""
    keys = dict.fromkeys(key for block in domain.blocks[pagename] if block.lists for key in block.keys)
    address = context.get("pageurl") or ""

    def place(key: str) -> str:
        home = domain.home_of(key)
        return urljoin(address, domain.href(pagename, *home)) if home else ""

    text = write_jsonld(
        [domain.library.entries[key] for key in keys],
        domain.library,
        name=unescape(_TAG.sub("", context["title"])),
        address=address,
        language=normalize_tag(domain.env.config.language),
        place=place,
    )
    return f'<script type="application/ld+json">{text}</script>\n'


def _alternates(app: Sphinx, context: dict[str, Any]) -> str:
    """Point programs to the whole site's entries, and readers of feeds to the feed."""
    known = [("application/x-bibtex", f"{SITE}.bib"), ("application/x-research-info-systems", f"{SITE}.ris"),
             ("application/vnd.citationstyles.csl+json", f"{SITE}.json")]  # fmt: skip
    if config.read(app.config).baseurl or app.config.html_baseurl:
        known.append(("application/atom+xml", FEED))
    title = escape(app.config.html_title)
    return "".join(
        f'<link rel="alternate" type="{type_}" title="{title}" href="{context["pathto"](address, 1)}">\n'
        for type_, address in known
    )
