"""Which links are alive, gone, or only blocked.

``python -m linkhealth`` checks them: ``discover`` crawls a built site with LinkChecker, ``check`` visits what leads out
of it, and keeps a record. As a Sphinx extension it shows that record: a few words at each of refblock's entries, and
the directive ``linkhealth-summary``. Only the checks need an HTTP client; the extension asks nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

__version__ = "0.1.0"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register all that linkhealth has on a site."""
    # Loaded here, since the command line has no use for Sphinx, and does not wait for it.
    from linkhealth import badges, config, summary

    config.register(app)
    app.add_node(summary.health_summary)
    app.add_directive("linkhealth-summary", summary.SummaryDirective)
    app.add_css_file("linkhealth.css")
    app.connect("builder-inited", badges.offer_badges)
    app.connect("builder-inited", summary.copy_assets)
    app.connect("doctree-read", summary.note_files)
    app.connect("doctree-resolved", summary.fill)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}
