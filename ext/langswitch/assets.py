"""Our files, where Sphinx looks for them."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.jinja2glue import BuiltinTemplateLoader, SphinxFileSystemLoader

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def add_templates(app: Sphinx) -> None:
    """Let the site name our template in the slots of its theme; its own templates come first."""
    # Not by way of templates_path: Sphinx keeps a digest of the configuration beside the pages, and with the full path
    # of our folder in it, pages that were built elsewhere would all be built again.
    if isinstance(app.builder, StandaloneHTMLBuilder) and isinstance(app.builder.templates, BuiltinTemplateLoader):
        app.builder.templates.loaders.append(SphinxFileSystemLoader(Path(__file__).parent / "templates"))


def copy(app: Sphinx) -> None:
    """Put our style sheet and script where the pages look for them.

    Before any page is written, since each link to them bears the file's checksum.
    """
    if app.builder.format == "html":
        target = app.outdir / "_static"
        target.mkdir(parents=True, exist_ok=True)
        with as_file(files(__package__) / "static") as folder:
            for file in folder.iterdir():
                shutil.copyfile(file, target / file.name)
