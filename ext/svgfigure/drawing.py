"""An SVG drawing as text that can be read, put into another language, and drawn.

Knows XML and nothing of Sphinx or docutils.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET  # the drawing is the author's own file, as trusted as the page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SVG: Final = "http://www.w3.org/2000/svg"
_LABELS: Final = (f"{{{_SVG}}}text", f"{{{_SVG}}}tspan")

ET.register_namespace("", _SVG)


class DrawingError(ValueError):
    """A file that is no SVG drawing."""


class Drawing:
    """One drawing and the words in it."""

    def __init__(self, source: str) -> None:
        """Read a drawing.

        :param source: the text of an SVG file.
        :raises DrawingError: if it is not well-formed XML with ``svg`` at its root.
        """
        try:
            self._root = ET.fromstring(source)  # noqa: S314  # see the import
        except ET.ParseError as fault:
            raise DrawingError(f"it is not well-formed XML: {fault}") from None
        if self._root.tag != f"{{{_SVG}}}svg":
            raise DrawingError(f"its root is not svg in the namespace {_SVG}")

    @property
    def labels(self) -> list[str]:
        """The words in the drawing, each once, in order."""
        return list(dict.fromkeys(text for text in map(_label, self._texts()) if text))

    def translate(self, translations: Mapping[str, str]) -> None:
        """Put labels into another language; a label without a translation stays."""
        for element in self._texts():
            label = _label(element)
            if label in translations:
                element.text = translations[label]

    def inline(self, alt: str) -> str:
        """Give the markup to stand in an HTML page, where it takes the page's colours.

        :param alt: what it shows, for those who do not see it.
        """
        self._root.set("role", "img")
        self._root.set("aria-label", alt)
        return ET.tostring(self._root, encoding="unicode")

    def standalone(self) -> str:
        """Give the text of an SVG file."""
        return ET.tostring(self._root, encoding="unicode", xml_declaration=True)

    def _texts(self) -> Iterator[ET.Element]:
        return (element for element in self._root.iter() if element.tag in _LABELS)


def _label(element: ET.Element) -> str:
    return (element.text or "").strip()
