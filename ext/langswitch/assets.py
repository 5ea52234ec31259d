"""Our files, where Sphinx looks for them."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config


def add_templates(app: Sphinx, config: Config) -> None:
    """Let the site name our template in the slots of its theme; its own templates come first."""
    config.templates_path = [*config.templates_path, str(Path(__file__).parent / "templates")]


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
