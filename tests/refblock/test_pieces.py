"""Exports written by pieces are what they would be in one stroke, whatever of them is copied from the file before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from refblock.entries import Entry, Library, Title
from refblock.exports import write_bibtex, write_csl, write_ris
from refblock.pieces import write_export

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMATS = ("bib", "ris", "json")
ENTRIES = [
    Entry(
        f"k{number}",
        "online",
        Title(f"第{number}篇", "zh-Hans"),
        f"refs.bib:{number}",
        related=(f"k{number + 1}",),
        relation="reviewof",
        fields={"title": f"第{number}篇"},
    )
    for number in range(1500)
]


def whole(entries: list[Entry], ending: str) -> str:
    """Write them in one stroke."""
    match ending:
        case "bib":
            return write_bibtex(entries)
        case "ris":
            return write_ris(entries, Library(entries))
        case _:
            return write_csl(entries, Library(entries))


def retitled(place: int) -> list[Entry]:
    changed = [*ENTRIES]
    changed[place] = replace(ENTRIES[place], title=Title("另一篇", "zh-Hans"), fields={"title": "另一篇"})
    return changed


@pytest.mark.parametrize("ending", FORMATS)
def test_pieces_make_the_whole(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"refs.{ending}"
    spans = write_export(path, ENTRIES, Library(ENTRIES))

    assert len(spans) > 3
    assert path.read_bytes().decode() == whole(ENTRIES, ending)


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("entries", [retitled(700), [*ENTRIES[:300], *ENTRIES[301:]], ENTRIES[::-1], ENTRIES[:1], []])
def test_after_a_change_the_file_is_what_it_would_be_anew(tmp_path: Path, ending: str, entries: list[Entry]) -> None:
    path = tmp_path / f"refs.{ending}"
    known = write_export(path, ENTRIES, Library(ENTRIES))
    write_export(path, entries, Library(entries), known=known)

    assert path.read_bytes().decode() == whole(entries, ending)


@pytest.mark.parametrize("ending", FORMATS)
def test_most_pieces_outlive_an_entry_put_in_between(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"refs.{ending}"
    known = write_export(path, ENTRIES, Library(ENTRIES))
    more = [*ENTRIES[:300], replace(ENTRIES[0], key="new", related=()), *ENTRIES[300:]]
    spans = write_export(path, more, Library(more), known=known)

    assert len(spans.keys() - known.keys()) == 1
    assert path.read_bytes().decode() == whole(more, ending)


def test_a_piece_that_is_not_what_was_written_is_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    known = write_export(path, ENTRIES, Library(ENTRIES))
    path.write_bytes(path.read_bytes().replace("第9篇".encode(), "第8篇".encode()))
    write_export(path, ENTRIES, Library(ENTRIES), known=known)

    assert path.read_bytes().decode() == whole(ENTRIES, "bib")


def test_a_file_that_is_gone_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    known = write_export(path, ENTRIES, Library(ENTRIES))
    path.unlink()
    write_export(path, ENTRIES, Library(ENTRIES), known=known)

    assert path.read_bytes().decode() == whole(ENTRIES, "bib")


def test_nothing_is_left_beside_the_file_when_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    write_export(path, ENTRIES, Library(ENTRIES))
    before = path.read_bytes()

    def broken() -> Iterator[Entry]:
        yield from ENTRIES[:900]
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_export(path, broken(), Library(ENTRIES))
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == before
