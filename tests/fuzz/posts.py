"""The importer of posts: any bytes as a post -> pages and entries, balanced; a second run has nothing to do."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

from refblock.bibdata import read_bib
from refblock.diagnostics import Diagnostic

with atheris.instrument_imports(include=["postimport", "markdown_it", "mdit_py_plugins"]):
    from postimport.importing import plan
    from postimport.writing import write_files

FOLDER = Path(tempfile.mkdtemp())
POST, BIB, PAGES = FOLDER / "post.md", FOLDER / "refs.bib", FOLDER / "pages"


FOUND_IN_POSTS = {
    Diagnostic.CONTROL_CHARACTERS,
    Diagnostic.DECEPTIVE_HOST,
    Diagnostic.MARKUP,
    Diagnostic.NO_TITLE,
    Diagnostic.UNSAFE_URL,
}
"""What may be wrong with an address or a title, whoever writes it into a bib file."""


def once(data: bytes) -> None:
    """Import a post; the books are balanced, refblock reads what was written, and a second run has nothing to do."""
    POST.write_bytes(data)
    for path in (BIB, *PAGES.glob("*.md")):
        path.unlink(missing_ok=True)
    planned = plan([POST], BIB, PAGES, lambda *_: None)
    report = planned.report
    assert report.links_in == report.links_out + len(report.merged), report
    assert report.posts + len(report.faults) == 1, report
    write_files(planned.files, planned.before)
    if report.added:
        read = read_bib([BIB], ["refs.bib"])
        wrong = [fault for fault in read.faults if fault.diagnostic not in FOUND_IN_POSTS]
        assert not wrong, wrong
        assert len(read.entries) == report.added, read.entries
    again = plan([POST], BIB, PAGES, lambda *_: None)
    assert not again.files, (list(again.files), report)
    assert (again.report.links_in, again.report.links_out) == (report.links_in, report.links_out), again.report


if __name__ == "__main__":
    atheris.Setup(sys.argv, once)
    atheris.Fuzz()
