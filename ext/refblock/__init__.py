"""Reference blocks: entries of bib files on pages, each with its title in two languages.

``extensions = ["refblock"]`` and ``bibtex_bibfiles`` are enough; sphinxcontrib-bibtex is set up along with it.
"""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from refblock import badges, config, domain, nodes, pages, publishing
from refblock.directives import ReferenceBlockDirective, ReferenceTimelineDirective
from refblock.transforms import BlockFiller, CitationResolver, TimelineDrawer
from refblock.underway import BuildMark
from refblock.writers import html, latex

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

__version__ = "0.1.0"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register all that refblock has."""
    app.setup_extension("sphinxcontrib.bibtex")
    config.register(app)
    app.add_domain(domain.ReferenceBlockDomain)
    app.add_node(nodes.reference_block, html=(html.visit_block, None))
    app.add_node(nodes.reference_timeline, html=(html.visit_timeline, None))
    app.add_node(nodes.reference_list)
    app.add_node(nodes.reference_entry, latex=(latex.visit_entry, latex.depart_entry))
    app.add_node(nodes.entry_lines)
    app.add_node(nodes.entry_line)
    app.add_node(nodes.entry_link)
    app.add_node(nodes.entry_text)
    app.add_directive("refblock", ReferenceBlockDirective)
    app.add_directive("refblock-timeline", ReferenceTimelineDirective)
    app.add_post_transform(BlockFiller)
    app.add_post_transform(TimelineDrawer)
    app.add_post_transform(CitationResolver)
    app.add_css_file("refblock.css")
    app.add_event(badges.EVENT)
    app.add_event(badges.STATE)
    app.connect("config-inited", config.check)
    # sphinxcontrib-bibtex's own handler runs at 500: it must find its cache filled, and sets a style, which we change.
    app.connect("builder-inited", domain.load_library, priority=400)
    app.connect("builder-inited", domain.choose_citation_style, priority=600)
    app.connect("builder-inited", copy_assets)
    app.connect("env-get-outdated", domain.find_outdated)
    app.connect("env-before-read-docs", domain.load_before_forks)
    app.connect("env-updated", domain.settle)
    app.connect("html-page-context", pages.add_tools)
    app.connect("build-finished", publishing.publish)
    mark = BuildMark()
    app.connect("builder-inited", mark.put)
    app.connect("env-updated", mark.write_again)
    # Behind all others: what they write belongs to the build.
    app.connect("build-finished", mark.remove, priority=999)
    return {"version": __version__, "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}


def copy_assets(app: Sphinx) -> None:
    """Put our style sheet and script where the pages look for them.

    Before any page is written, since each link to them bears the file's checksum.
    """
    if app.builder.format == "html":
        target = app.outdir / "_static"
        target.mkdir(parents=True, exist_ok=True)
        with as_file(files(__package__) / "static") as folder:
            for name in ("refblock.css", "refblock.js"):
                shutil.copyfile(folder / name, target / name)
