"""The search page: what stands in it before its script has run, and what the script needs."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from sphinx.util.osutil import relative_uri

from sphinx_pagefind.words import word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

NAME: Final = "search"
FOLDER: Final = "pagefind"
_HELP: Final = "Search needs JavaScript, and pages that come from a web server rather than from files."


def collect(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the search page, in the template that every theme has for a page."""
    if app.builder.name in {"html", "dirhtml"} and not app.config.sphinx_pagefind_keep_sphinx_search:
        code = app.config.language
        yield NAME, {"title": word(code, "Search"), "body": _body(app, code)}, "page.html"


def add_script(app: Sphinx, pagename: str, *_: Any) -> None:
    """Give the search page, and no other, its script and style."""
    if pagename == NAME and not app.config.sphinx_pagefind_keep_sphinx_search:
        app.add_css_file("sphinx_pagefind.css")
        app.add_js_file("sphinx_pagefind.js", type="module")


def _body(app: Sphinx, code: str) -> str:
    def say(english: str) -> str:
        return escape(word(code, english))

    here = app.builder.get_target_uri(NAME)
    data = {
        "bundle": relative_uri(here, f"{FOLDER}/pagefind.js"),
        "root": relative_uri(here, "") or "./",
        "results": word(code, "{count} results"),
        "none": word(code, "Nothing found."),
        "more": word(code, "Show more"),
        "all": word(code, "all"),
        "entry": word(code, "reference"),
        "page": word(code, "page"),
        **{f"filter-{name}": label for name, label in app.config.sphinx_pagefind_labels.items()},
        "filter-kind": word(code, "kind"),
    }
    attributes = " ".join(f'data-{name}="{escape(value)}"' for name, value in data.items())
    return f"""<section id="search"><h1>{say("Search")}</h1>
<form class="pagefind-form" role="search" action="{escape(here)}" method="get">
<input type="search" name="q" aria-label="{say("Search")}" placeholder="{say("Chinese, English or pinyin")}"
 autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="search">
<div class="pagefind-filters" hidden></div>
</form>
<p class="pagefind-help">{say(_HELP)}</p>
<p class="pagefind-status" role="status" aria-live="polite"></p>
<ol class="pagefind-results" {attributes}></ol>
</section>"""
