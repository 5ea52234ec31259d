"""Bib files as programs and people really write them: each is read as its owner would expect.

The shapes are those of the programs that the files are named after; titles and people are made up. What is expected of
NAME.bib stands in NAME.json: each entry's parts, those that it lacks left out, and each message with its line.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from refblock.bibdata import read_bib

if TYPE_CHECKING:
    from refblock.entries import Entry

CORPUS = Path(__file__).parent.parent / "data" / "bib"
FILES = sorted(CORPUS.glob("*.bib"))


def parts(entry: Entry) -> dict[str, Any]:
    """Give what a reader gets to see of an entry."""
    found = {
        "title": entry.title.text,
        "language": entry.title.language,
        "parallel": [entry.parallel.text, entry.parallel.language] if entry.parallel else None,
        "authors": [name.full for name in entry.authors],
        "year": entry.year,
        "venue": entry.venue,
        "organization": entry.organization,
        "url": entry.url,
        "doi": entry.doi,
        "arxiv": entry.arxiv,
        "topics": list(entry.topics),
        "related": list(entry.related),
        "relation": entry.relation,
    }
    return {name: part for name, part in found.items() if part}


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_file_is_read_as_its_owner_expects(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    found = read_bib([path], [path.name])

    assert {entry.key: parts(entry) for entry in found.entries} == expected["entries"]
    assert [
        f"{fault.source.removeprefix(f'{path.name}:')} {fault.diagnostic.subtype}" for fault in found.faults
    ] == expected["faults"]
    assert found.lost == []


def test_the_corpus_has_every_shape_and_every_expectation_a_file() -> None:
    assert len(FILES) >= 40
    assert {path.stem for path in FILES} == {path.stem for path in CORPUS.glob("*.json")}
