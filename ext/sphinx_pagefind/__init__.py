"""Pagefind for Sphinx: pages, and what stands in them, found in Chinese, in other languages, and by pinyin.

The index is made after the build; Sphinx's own is not made at all,
and the search page that every theme's box leads to is ours.
"""

from __future__ import annotations

import hashlib
import shutil
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.util import logging

from sphinx_pagefind import page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

__version__ = "0.1.0"

logger = logging.getLogger(__name__)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register all that sphinx_pagefind has."""
    options: tuple[tuple[str, Any, type, str], ...] = (
        ("records", "[data-key][id]", str, "CSS selector of elements that are found by themselves."),
        ("titles", [], list, "CSS selectors of the titles in such an element, the one that leads first."),
        ("filters", {}, dict, "Filters of such elements: name -> CSS selector of the values."),
        ("labels", {}, dict, "What readers see for the name of a filter."),
        ("keep_sphinx_search", False, bool, "Keep Sphinx's own search, and make no index of Pagefind's."),
    )
    for name, default, kind, meaning in options:
        app.add_config_value(f"sphinx_pagefind_{name}", default, "html", types=frozenset({kind}), description=meaning)
    app.connect("builder-inited", prepare)
    app.connect("html-collect-pages", page.collect)
    app.connect("html-page-context", page.add_script)
    app.connect("build-finished", index)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}


def prepare(app: Sphinx) -> None:
    """Keep Sphinx from making an index that nobody asks, and put our files where the search page looks for them."""
    if app.builder.name not in {"html", "dirhtml"} or app.config.sphinx_pagefind_keep_sphinx_search:
        return
    app.builder.search = False  # type: ignore[attr-defined]  # an attribute of the HTML builders
    target = app.outdir / "_static"
    target.mkdir(parents=True, exist_ok=True)
    with as_file(files(__package__) / "static") as folder:
        for file in folder.iterdir():
            shutil.copyfile(file, target / file.name)


def index(app: Sphinx, exception: Exception | None) -> None:
    """Index the pages of this language, as they were written, unless the last index was made of the same ones."""
    if exception or app.builder.name not in {"html", "dirhtml"} or app.config.sphinx_pagefind_keep_sphinx_search:
        return
    # Some themes (pydata's, and those on top of it) load Sphinx's index on every page, asked or not.
    (app.outdir / "searchindex.js").write_text("// This site is searched with Pagefind.\n", encoding="utf-8")
    pages = {
        docname: Path(app.builder.get_outfilename(docname))  # type: ignore[attr-defined]  # a method of the HTML builders
        for docname in sorted(app.env.found_docs)
    }
    folder = app.outdir / page.FOLDER
    seal, state = Path(app.doctreedir) / "sphinx_pagefind.seal", _state(pages.values())
    if (folder / "pagefind.js").is_file() and seal.is_file() and seal.read_text(encoding="utf-8") == state:
        return
    seal.unlink(missing_ok=True)
    # Not before they are needed: what they load takes longer than the rest of a build without news.
    from sphinx_pagefind import harvest, indexing

    selectors = harvest.Selectors(
        app.config.sphinx_pagefind_records, app.config.sphinx_pagefind_titles, app.config.sphinx_pagefind_filters
    )
    found = [
        named
        for docname, path in pages.items()
        for named in harvest.harvest(path, app.builder.get_target_uri(docname), app.config.language, selectors)
    ]
    try:
        indexing.write(harvest.one_of_each(found), folder)
    except indexing.IndexingError as fault:
        logger.warning(
            "Pagefind made no index, so search finds nothing: %s; install it with pip install 'pagefind[bin]'",
            fault, type="sphinx_pagefind", subtype="no_index",
        )  # fmt: skip
    else:
        seal.write_text(state, encoding="utf-8")


def _state(pages: Iterable[Path]) -> str:
    """Digest where pages are, and when and how long each was written."""
    whole = hashlib.sha256(__version__.encode())
    for path in pages:
        status = path.stat()
        whole.update(f"{path} {status.st_mtime_ns} {status.st_size}\n".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()
