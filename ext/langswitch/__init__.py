"""Languages side by side: a switch on each page to its twin, and the links that tell machines of it.

Build the site once for each language of ``langswitch_languages``, each into its folder below the default one's:
``sphinx-build docs out``, then ``sphinx-build -D language=de docs out/de``.
Put ``langswitch.html`` into a slot of the theme (a sidebar, an option that lists templates);
without one the switch opens each page's body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from langswitch import assets, config, pages, sitemap

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

__version__ = "0.1.0"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register all that langswitch has."""
    app.add_config_value(config.OPTION, {}, "html", types=frozenset({dict}), description=config.HELP)
    app.add_css_file("langswitch.css")
    app.add_js_file("langswitch.js", loading_method="defer")
    # Before anyone reads what is different in this language.
    app.connect("config-inited", config.apply, priority=100)
    app.connect("builder-inited", assets.add_templates)
    app.connect("builder-inited", assets.copy)
    # Before the theme looks (at 500) which of the templates in its slots have anything to show.
    app.connect("html-page-context", pages.add_twins, priority=400)
    app.connect("build-finished", sitemap.write)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}
