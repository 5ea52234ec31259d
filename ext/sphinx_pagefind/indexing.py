"""Records -> Pagefind's index, made by the program in Pagefind's wheel.

Each record is written as a small page for the program to read:
its Python wrapper takes a tenth of a second for each record (1.5.2 sleeps between answers), the program none.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sphinx_pagefind.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx_pagefind.harvest import Record

_LANGUAGE: Final = "en"
"""Our words are cut already; English adds its word stems, and has no segmentation of its own to undo ours."""
_UNUSED: Final = ("pagefind-component-ui", "pagefind-highlight", "pagefind-modular-ui", "pagefind-ui")
"""Pagefind's own interfaces, which no page of ours loads."""
_A_FOLDER: Final = 1000
"""Pages in one folder, so that none grows slow to list."""


class IndexingError(RuntimeError):
    """Pagefind is missing, or failed; the message says how."""


def write(records: Sequence[Record], folder: Path) -> None:
    """Write an index of *records* into *folder*, in place of what is there.

    :raises IndexingError: if Pagefind can't be run, or fails.
    """
    with tempfile.TemporaryDirectory() as pages:
        for number, record in enumerate(records):
            path = Path(pages) / f"{number // _A_FOLDER:04}" / f"{number:06}.html"
            path.parent.mkdir(exist_ok=True)
            path.write_text(_page(record), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        command = [sys.executable, "-m", "pagefind", "--site", pages, "--output-path", str(folder)]
        done = subprocess.run(  # noqa: S603  # our own arguments
            [*command, "--force-language", _LANGUAGE], capture_output=True, text=True, encoding="utf-8", check=False
        )
    if done.returncode:
        raise IndexingError((done.stderr or done.stdout).strip().rpartition("\n")[2])
    for path in folder.iterdir():
        if path.name.startswith(_UNUSED):
            path.unlink()


def _page(record: Record) -> str:
    """Write a record as Pagefind reads it."""
    words = [word for title, _ in record.titles for word in tokens(title, pinyin=True)]
    words += tokens(record.text, pinyin=False)
    first, *others = record.titles
    meta = {"title": first[0], "titleLang": first[1], "href": record.href, "kind": record.kind, "where": record.where}
    if others:
        meta |= {"second": others[0][0], "secondLang": others[0][1]}
    filters = [(name, value) for name, values in record.filters.items() for value in values]
    marks = [("meta", name, value) for name, value in meta.items()]
    marks += [("filter", name, value) for name, value in [*filters, ("kind", record.kind)]]
    body = "".join(
        f'<i data-pagefind-{what}="{name}[data-v]" data-v="{escape(value)}"></i>' for what, name, value in marks
    )
    text = escape(" ".join(words) or first[0])
    return f'<html lang="{_LANGUAGE}"><meta charset="utf-8"><body data-pagefind-body>{body}<p>{text}</p></body></html>'
