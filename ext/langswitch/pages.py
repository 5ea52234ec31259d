"""What each page says of its twins: the switch, and the links that machines read."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from babel.core import get_global
from sphinx.util.osutil import relative_uri

from langswitch.config import Language, current, languages_of
from langswitch.words import word

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config

TEMPLATE: Final = "langswitch.html"


def add_twins(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document) -> None:
    """Give a page its switch, its canonical address and its alternates.

    The switch goes where the site put our template in a slot of its theme; else it opens the page's body,
    or the sidebar of a page that has none.
    """
    here = current(app.config)
    if here is None or app.builder.format != "html" or app.builder.name in {"epub", "singlehtml"}:
        return
    uri = app.builder.get_target_uri(pagename)
    root = app.config.html_baseurl
    if root:
        # Sphinx takes the address of the site for that of this language.
        context["pageurl"] = _join(root, here.place(uri))
    languages = languages_of(app.config)
    links = {
        language.code: _join(root, language.place(uri)) if root else _relative(here, language, uri)
        for language in languages
    }
    context["metatags"] = context.get("metatags", "") + "".join(_machine_links(here, languages, links))
    context["langswitch"] = _switch(here, languages, uri)
    if _has_slot(app.config):
        return
    if "body" in context:
        context["body"] = context["langswitch"] + context["body"]
    elif context.get("sidebars"):
        # An index or a search page, whose body is its template's.
        context["sidebars"] = [TEMPLATE, *context["sidebars"]]


def _switch(here: Language, languages: tuple[Language, ...], uri: str) -> str:
    items = []
    for language in languages:
        attributes = f'lang="{escape(language.tag)}"'
        if language == here:
            items.append(f'<li><span {attributes} aria-current="true">{escape(language.name)}</span></li>')
            continue
        attributes += f' hreflang="{escape(language.tag)}" rel="alternate"'
        # The note is for its readers, in their language.
        attributes += f' data-note="{escape(word(language.code, "This page is also in English."))}"'
        attributes += f' data-dismiss="{escape(word(language.code, "Dismiss"))}"'
        href = escape(_relative(here, language, uri))
        items.append(f'<li><a {attributes} href="{href}">{escape(language.name)}</a></li>')
    label = escape(word(here.code, "Language"))
    return f'<nav class="langswitch" aria-label="{label}"><ul>{"".join(items)}</ul></nav>'


def _machine_links(here: Language, languages: tuple[Language, ...], links: dict[str, str]) -> list[str]:
    tags = [_alternate(language.tag, links[language.code]) for language in languages]
    tags.append(_alternate("x-default", links[languages[0].code]))
    tags.append(f'<meta property="og:locale" content="{_locale(here)}">\n')
    tags += [
        f'<meta property="og:locale:alternate" content="{_locale(language)}">\n'
        for language in languages
        if language != here
    ]
    return tags


def _alternate(tag: str, href: str) -> str:
    return f'<link rel="alternate" hreflang="{escape(tag)}" href="{escape(href)}">\n'


def _locale(language: Language) -> str:
    """Give the language with the territory that Open Graph asks for: the likeliest, by Unicode's CLDR."""
    likely = get_global("likely_subtags").get(language.code)
    if "_" in language.code or likely is None:
        return language.code
    return f"{language.code}_{likely.rpartition('_')[2]}"


def _relative(here: Language, language: Language, uri: str) -> str:
    return relative_uri(here.place(uri), language.place(uri)) or "#"


def _join(root: str, uri: str) -> str:
    return f"{root.rstrip('/')}/{uri}"


def _has_slot(config: Config) -> bool:
    """Say whether the site has put our template somewhere: in a sidebar, or in an option of its theme."""
    return TEMPLATE in repr(config.html_sidebars) or TEMPLATE in repr(config.html_theme_options)
