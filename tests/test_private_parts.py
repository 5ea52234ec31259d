"""Parts of other packages that we touch and they do not promise: each test says what an upgrade has broken.

docs/extension/architecture.md lists them, by the names of these tests.
"""

from __future__ import annotations

import ast
import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from docutils.core import publish_doctree
from docutils.parsers.rst import Directive, directives
from lxml import html
from pybtex.database import BibliographyData
from pybtex.database.input.bibtex import NAME_CHARS, LowLevelParser, UndefinedMacro, month_names, split_name_list
from pybtex.scanner import Pattern, PrematureEOF, Token
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.directives.patches import Figure
from sphinx.jinja2glue import BuiltinTemplateLoader
from sphinx.testing.util import SphinxTestApp
from sphinx.transforms.post_transforms import ReferencesResolver
from sphinxcontrib.bibtex.bibfile import process_bibdata
from sphinxcontrib.bibtex.citation_target import parse_citation_targets

from linkhealth.discover import crawl
from refblock import pinyin
from refblock.bibdata import CitationDoor
from refblock.transforms import BlockFiller, CitationResolver, TimelineDrawer
from sphinx_pagefind import indexing
from sphinx_pagefind.harvest import Record
from svgfigure import SvgFigureDirective

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docutils import nodes
    from sphinx.environment import BuildEnvironment
    from sphinxcontrib.bibtex.domain import BibtexDomain

ROOT = Path(__file__).parent.parent
INDEX = """
A
=

:cite:t:`a` :cite:t:`b`

.. refblock::

   a

.. bibliography::
   :filter: key == "b"

.. svgfigure:: d.svg
   :alt: A drawing

   What it shows.
"""
FILES = {
    "conf.py": """
extensions = ["refblock", "langswitch", "linkhealth", "sphinx_pagefind", "svgfigure"]
bibtex_bibfiles = ["refs.bib"]
html_theme = "alabaster"
html_baseurl = "https://example.org/"
langswitch_languages = {"en": {"name": "English"}, "de": {"name": "Deutsch", "folder": "de"}}
suppress_warnings = ["refblock.not_shown"]
""",
    "index.rst": INDEX,
    "refs.bib": "@misc{a, title = {A}, author = {Lind, Maja}, year = 2020}\n@misc{b, title = {B}, year = 2021}\n",
    "d.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text>T</text></svg>',
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a site that uses each extension of ours."""
    folder = tmp_path_factory.mktemp("site")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def contexts() -> dict[str, dict[str, Any]]:
    """Hold what each page's template was given."""
    return {}


@pytest.fixture(scope="module")
def app(folder: Path, contexts: dict[str, dict[str, Any]]) -> Iterator[SphinxTestApp]:
    """Build it as HTML."""
    app = SphinxTestApp("html", folder)

    def keep(*given: Any) -> None:
        contexts[given[1]] = dict(given[3])

    # Before any other handler, so that the context is as Sphinx makes it.
    app.connect("html-page-context", keep, priority=1)
    app.build()
    yield app
    app.cleanup()


def bibtex(env: BuildEnvironment) -> BibtexDomain:
    domain: BibtexDomain = env.get_domain("cite")
    return domain


# ------------------------------------------------------------ sphinxcontrib-bibtex


def test_bibtex_takes_what_we_have_read_for_its_own(app: SphinxTestApp, folder: Path) -> None:
    data = bibtex(app.env).data["bibdata"]

    assert list(data.data.entries) == ["a", "b"]
    assert process_bibdata(data, [folder / "refs.bib"], app.config.bibtex_encoding) is data
    assert "parsing bibtex file" not in app.status.getvalue()


def test_bibtex_begins_where_we_expect_it_between_our_handlers(app: SphinxTestApp) -> None:
    handlers = sorted(app.events.listeners["builder-inited"], key=lambda listener: listener.priority)
    names = [f"{handler.handler.__module__}.{handler.handler.__name__}" for handler in handlers]
    theirs = [place for place, name in enumerate(names) if name.startswith("sphinxcontrib.bibtex.")]

    assert names.index("refblock.domain.load_library") < min(theirs)
    assert max(theirs) < names.index("refblock.domain.choose_citation_style")


def test_bibtex_keeps_the_keys_that_its_own_bibliographies_list(app: SphinxTestApp) -> None:
    assert [citation.key for citation in bibtex(app.env).citations] == ["b"]
    assert [CitationDoor(app.env).lists(key) for key in ("a", "b")] == [False, True]


def test_bibtex_s_styles_and_backend_write_what_we_hand_them(app: SphinxTestApp) -> None:
    page = html.parse(app.outdir / "index.html", html.HTMLParser(encoding="utf-8")).getroot()
    cited, listed = page.cssselect(".body p")[0], bibtex(app.env)

    assert cited.cssselect("a[href='#ref-a']")[0].text_content() == "2020"
    assert cited.text_content().startswith("Lind (2020)")
    assert listed.reference_style.__class__.__name__ == "AuthorYearReferenceStyle"


def test_bibtex_takes_the_text_of_a_role_apart() -> None:
    targets = [(target.key, target.pre, target.post) for target in parse_citation_targets("{see}a{p. 2},b")]

    assert targets == [("a", "see", "p. 2"), ("b", "", "")]


# ------------------------------------------------------------ pybtex


def test_pybtex_s_parser_says_where_it_is_and_goes_on_after_an_error() -> None:
    said: list[tuple[type[Exception], tuple[object, ...]]] = []

    def note(error: Exception) -> None:
        where = (parser.command_start, parser.lineno, parser.current_entry_key, parser.current_field_name)
        said.append((type(error), where))

    parser = LowLevelParser("\n@misc{a,\n b = c}\n@misc{d, e = {f}}@misc{g, h = {", handle_error=note, macros={})
    commands = list(parser)

    assert said == [(UndefinedMacro, (1, 3, "a", "b")), (PrematureEOF, (35, 4, "g", "h"))]
    assert commands[:2] == [("misc", ("a", [("b", [""])])), ("misc", ("d", [("e", ["f"])]))]
    assert parser.pos == len(parser.text)


def test_pybtex_s_parser_skips_by_a_method_that_we_can_replace() -> None:
    asked = []

    class Parser(LowLevelParser):  # type: ignore[misc]  # pybtex has no types
        WHITESPACE = Pattern(r"(?:\s|%[^\n]*)+", "whitespace")

        def skip_to(self, patterns: list[Pattern]) -> Token | None:
            asked.append(patterns)
            token: Token | None = super().skip_to(patterns)
            return token

    parser = Parser('@misc{a, % {\n b = {c}, d = "e"}', macros={})
    (command,) = parser

    assert command == ("misc", ("a", [("b", ["c"]), ("d", ["e"])]))
    assert asked == [
        [parser.AT],
        [parser.RBRACE, parser.LBRACE],
        [parser.QUOTE, parser.RBRACE, parser.LBRACE],
        [parser.AT],
    ]


def test_pybtex_has_the_small_things_that_we_borrow() -> None:
    assert {"a", "-", ":", "@"} <= set(NAME_CHARS)
    assert "{" not in NAME_CHARS
    assert month_names["jan"] == "January"
    assert split_name_list("Lind, Maja and {A and B}") == ["Lind, Maja", "{A and B}"]


def test_pybtex_s_bibliography_asks_for_its_entries_by_their_attribute() -> None:
    class Late(BibliographyData):  # type: ignore[misc]  # pybtex has no types
        def __init__(self) -> None:
            super().__init__()
            del self.entries

        @property
        def entries(self) -> str:
            return "late"

        @entries.setter
        def entries(self, _: object) -> None: ...

        @entries.deleter
        def entries(self) -> None: ...

    assert Late().entries == "late"
    assert "entries" in vars(BibliographyData())


# ------------------------------------------------------------ Sphinx


def test_sphinx_resolves_references_after_we_have_filled_our_nodes() -> None:
    ours = max(transform.default_priority for transform in (BlockFiller, TimelineDrawer, CitationResolver))

    assert ours < ReferencesResolver.default_priority


def test_sphinx_s_latex_writer_makes_targets_for_items(folder: Path) -> None:
    app = SphinxTestApp("latex", folder, freshenv=True)
    try:
        app.build()
        (path,) = app.outdir.glob("*.tex")
        text = path.read_text(encoding="utf-8")
    finally:
        app.cleanup()

    assert re.search(r"\\item.{0,80}\\phantomsection\\label\{\\detokenize\{index:ref-a\}\}", text, re.DOTALL)


def test_sphinx_makes_no_index_of_its_own_when_its_builder_is_told_so(app: SphinxTestApp) -> None:
    assert StandaloneHTMLBuilder.search is True
    assert "setIndex" not in (app.outdir / "searchindex.js").read_text(encoding="utf-8")


def test_sphinx_s_builder_says_which_file_a_page_became(app: SphinxTestApp) -> None:
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    assert Path(app.builder.get_outfilename("index")) == app.outdir / "index.html"


def test_sphinx_looks_for_templates_with_the_loaders_that_we_add_to(app: SphinxTestApp) -> None:
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    assert isinstance(app.builder.templates, BuiltinTemplateLoader)
    assert app.builder.templates.render("langswitch.html", {"langswitch": "here"}) == "here"


def test_sphinx_gives_templates_what_we_add_to(contexts: dict[str, dict[str, Any]], app: SphinxTestApp) -> None:
    context = contexts["index"]

    assert {"body", "metatags", "pageurl", "pathto", "sidebars", "title"} <= context.keys()
    assert context["pageurl"] == "https://example.org/index.html"
    assert context["metatags"].endswith("\n") or not context["metatags"]


def test_sphinx_s_figure_makes_a_figure_with_an_image_in_it(app: SphinxTestApp) -> None:
    page = html.parse(app.outdir / "index.html", html.HTMLParser(encoding="utf-8")).getroot()

    assert issubclass(SvgFigureDirective, Figure)
    assert page.cssselect("figure svg[aria-label='A drawing']")
    assert page.cssselect("figure figcaption")


def test_sphinx_copies_the_images_that_we_add_late(folder: Path) -> None:
    app = SphinxTestApp("epub", folder, freshenv=True, confoverrides={"version": "1"})
    try:
        app.build()
        found = {path.suffix for path in (app.outdir / "_images").iterdir()}
    finally:
        app.cleanup()

    assert found == {".svg"}


def test_sphinx_knows_events_by_their_names(app: SphinxTestApp) -> None:
    assert {"builder-inited", "refblock-badges"} <= app.events.events.keys()


def test_docutils_tells_the_line_of_each_line_of_a_body() -> None:
    seen: list[tuple[str | None, int]] = []

    class Seen(Directive):
        has_content = True

        def run(self) -> list[nodes.Node]:
            seen.extend((self.content.source(number), self.content.offset(number) + 1) for number in range(2))
            return []

    directives.register_directive("seen", Seen)
    publish_doctree("A\n\n.. seen::\n\n   one\n   two\n", source_path="a.rst")

    assert seen == [("a.rst", 5), ("a.rst", 6)]


# ------------------------------------------------------------ others


def test_the_theme_has_the_templates_that_ours_stand_in_for() -> None:
    folders = [
        Path(str(spec.origin)).parent / "theme" / name
        for name in ("pydata_sphinx_theme", "sphinx_book_theme")
        if (spec := find_spec(name))
    ]
    included = [
        name
        for path in (ROOT / "docs" / "_templates").glob("*.html")
        for name in re.findall(r'include "([^"]+)"', path.read_text(encoding="utf-8"))
    ]

    assert included
    assert [name for name in included if not any((folder / name).is_file() for folder in folders)] == []


def test_pypinyin_s_data_files_are_as_we_read_them() -> None:
    assert len(pinyin._characters()) > 20_000
    assert len(pinyin._phrases()) > 1_000
    assert pinyin.romanize("重庆银行") == "chong qing yin hang"


def test_pagefind_s_program_writes_the_files_that_our_page_loads(tmp_path: Path) -> None:
    indexing.write([Record("index.html#ref-a", "entry", (("Roses", "en"),), "Roses")], tmp_path / "pagefind")
    names = {path.name for path in (tmp_path / "pagefind").iterdir()}

    assert {"pagefind.js", "pagefind-entry.json", "fragment", "index"} <= names
    assert not [name for name in names if name.endswith((".css", "ui.js"))]
    assert "raw_content" in (tmp_path / "pagefind" / "pagefind.js").read_text(encoding="utf-8")


def test_linkchecker_s_table_has_the_columns_that_we_read(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text('<a href="gone.html">x</a> <a href="https://example.org/">y</a>', "utf-8")
    found = crawl(tmp_path)

    assert [(broken.page, broken.link) for broken in found.broken] == [("index.html", "gone.html")]
    assert "404" in found.broken[0].reason
    assert found.outside == {"https://example.org/": ["index.html"]}


def test_the_list_of_these_parts_is_complete() -> None:
    text = (ROOT / "docs" / "extension" / "architecture.md").read_text(encoding="utf-8")
    here = ast.parse(Path(__file__).read_text(encoding="utf-8")).body
    tests = [node.name for node in here if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]

    assert re.findall(r"^\|.*`(test_\w+)` \|$", text, re.MULTILINE) == tests[:-1]
