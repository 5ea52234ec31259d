"""The door of bib files: any bytes -> entries and messages, which can be written out again."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["refblock", "pybtex", "latexcodec"]):
    from refblock.bibdata import read_bib
    from refblock.checking import check
    from refblock.diagnostics import text_of
    from refblock.exports.bibtex import write_bibtex

PATH = Path(tempfile.mkdtemp()) / "refs.bib"


def once(data: bytes) -> None:
    """Read a file; no entry is lost, each message is one printable line, and each line is in the file."""
    PATH.write_bytes(data)
    found = read_bib([PATH], ["refs.bib"])
    assert not found.lost, found.lost
    for fault in found.faults:
        assert text_of(fault.diagnostic, **fault.parts).isprintable(), fault
        assert 1 <= int(fault.source.removeprefix("refs.bib:")) <= len(data) + 1, fault
    write_bibtex(found.entries)
    for finding in check(PATH):
        assert str(finding).isprintable(), finding


if __name__ == "__main__":
    atheris.Setup(sys.argv, once)
    atheris.Fuzz()
