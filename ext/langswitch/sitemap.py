"""sitemap.xml: every page of every language, with its twins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET  # writes only

from langswitch.config import current, languages_of

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML: Final = "http://www.w3.org/1999/xhtml"


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the site's map beside the pages of the default language.

    All languages have the same pages, so one of them can speak for all.
    A map needs full addresses; without ``html_baseurl`` there is none.
    """
    languages = languages_of(app.config)
    root = app.config.html_baseurl
    is_site = app.builder.name in {"html", "dirhtml"} and not exception
    if not (is_site and root and languages and current(app.config) == languages[0]):
        return
    urlset = ET.Element("urlset", {"xmlns": _SITEMAP, "xmlns:xhtml": _XHTML})
    for docname in sorted(app.env.found_docs):
        uri = app.builder.get_target_uri(docname)
        addresses = {language.tag: f"{root.rstrip('/')}/{language.place(uri)}" for language in languages}
        for address in addresses.values():
            url = ET.SubElement(urlset, "url")
            ET.SubElement(url, "loc").text = address
            for tag, twin in addresses.items():
                ET.SubElement(url, "xhtml:link", {"rel": "alternate", "hreflang": tag, "href": twin})
    ET.indent(urlset)
    ET.ElementTree(urlset).write(app.outdir / "sitemap.xml", encoding="utf-8", xml_declaration=True)
