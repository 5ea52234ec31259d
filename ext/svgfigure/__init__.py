"""Figures drawn once for all languages, colours and formats.

``{svgfigure} drawing.svg`` is Sphinx's ``figure`` for an SVG file, with three differences:
the drawing's words go through the page's message catalog;
in HTML the drawing stands in the page itself, so that it takes the page's colours, light or dark;
and for LaTeX and Texinfo, which take no SVG, it is rendered with resvg.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docutils import nodes
from sphinx import addnodes
from sphinx.directives.patches import Figure
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from svgfigure.drawing import Drawing, DrawingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata
    from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)

__version__ = "0.1.0"
_ZOOM: Final = 4
"""Pixels for each unit of a drawing; at the usual 360 units across a text block of 16 cm that makes 230 dpi."""


class svg_drawing(nodes.General, nodes.Element, addnodes.translatable):  # noqa: N801  # a node's name is its tag
    """A drawing; ``file`` is its path, ``alt`` what it shows, ``translations`` its words in the page's language."""

    def preserve_original_messages(self) -> None:
        self["originals"] = [*self["labels"], self["alt"]]

    def apply_translated_message(self, original_message: str, translated_message: str) -> None:
        self["translations"] = {**self.get("translations", {}), original_message: translated_message}

    def extract_original_messages(self) -> Sequence[str]:
        originals: list[str] = self.get("originals", [])
        return [message for message in dict.fromkeys(originals) if message]

    def drawn(self) -> tuple[Drawing, str]:
        """Give the drawing in the page's language, and its text alternative."""
        translations: dict[str, str] = self.get("translations", {})
        drawing = Drawing(Path(self["file"]).read_text(encoding="utf-8"))
        drawing.translate(translations)
        return drawing, translations.get(self["alt"], self["alt"])


class SvgFigureDirective(SphinxDirective, Figure):
    """``{svgfigure} FILE`` with the options and the body of ``figure``; ``:alt:`` says what the drawing shows."""

    def run(self) -> list[nodes.Node]:
        """Make the figure that Sphinx would, with a drawing in the place of its image."""
        relative, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(relative)
        result = super().run()
        figure = next((node for node in result if isinstance(node, nodes.figure)), None)
        image = next(iter(figure.findall(nodes.image)), None) if figure else None
        if image is None:
            return result
        try:
            labels = Drawing(Path(path).read_text(encoding="utf-8")).labels
        except (OSError, UnicodeDecodeError, DrawingError) as fault:
            logger.warning(
                "cannot use the drawing %s: %s", relative, fault,
                location=self.get_location(), type="svgfigure", subtype="unreadable",
            )  # fmt: skip
            return [nodes.warning("", nodes.paragraph("", f"{relative}: {fault}", translatable=False))]
        if "alt" not in image:
            logger.warning(
                "the drawing %s has no text alternative; say with :alt: what it shows", relative,
                location=self.get_location(), type="svgfigure", subtype="no_alt",
            )  # fmt: skip
        drawing = svg_drawing(file=path, alt=image.get("alt", ""), labels=labels)
        self.set_source_info(drawing)
        image.replace_self(drawing)
        return result


def convert(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give formats that can't hold a drawing in their pages an image file of it."""
    builder = app.builder
    # gettext wants the drawing itself, for its words.
    if builder.name == "gettext" or (builder.format == "html" and builder.name != "epub"):
        return
    for node in list(doctree.findall(svg_drawing)):
        drawing, alt = node.drawn()
        path = node["file"]
        if builder.format in {"latex", "texinfo"}:
            path = _stored(app, _rendered(drawing.standalone()), path, ".png")
        elif builder.name == "epub":
            path = _stored(app, drawing.standalone().encode(), path, ".svg")
        node.replace_self(nodes.image(uri=path, candidates={"*": path}, alt=alt))
        app.env.images.add_file(docname, path)


def _stored(app: Sphinx, content: bytes, name: str, suffix: str) -> str:
    digest = hashlib.sha256(content).hexdigest()[:8]
    path = app.doctreedir / "svgfigure" / f"{Path(name).stem}-{digest}{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return str(path)


def _rendered(svg: str) -> bytes:
    # Only paper needs it, so that a site without it can still be built.
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=_ZOOM, background="#ffffff"))


def visit_drawing(self: HTML5Translator, node: svg_drawing) -> None:
    drawing, alt = node.drawn()
    self.body.append(drawing.inline(alt))
    raise nodes.SkipNode


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive, its node and what other formats make of it."""
    app.add_node(svg_drawing, html=(visit_drawing, None))
    app.add_directive("svgfigure", SvgFigureDirective)
    app.connect("doctree-resolved", convert)
    return {"version": __version__, "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
