"""Exports written by pieces are what they would be in one stroke, whatever of them is copied from the file before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from refblock.entries import Entry, Library, Title
from refblock.exports import write_bibtex, write_csl, write_ris
from refblock.pieces import ExportWriter, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
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


def written(
    path: Path, entries: Iterable[Entry], library: Library, known: dict[str, Span] | None = None
) -> dict[str, Span]:
    return ExportWriter(path.suffix[1:], library).write(path, entries, known=known)


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
    spans = written(path, ENTRIES, Library(ENTRIES))

    assert len(spans) > 3
    assert path.read_bytes().decode() == whole(ENTRIES, ending)


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("entries", [retitled(700), [*ENTRIES[:300], *ENTRIES[301:]], ENTRIES[::-1], ENTRIES[:1], []])
def test_after_a_change_the_file_is_what_it_would_be_anew(tmp_path: Path, ending: str, entries: list[Entry]) -> None:
    path = tmp_path / f"refs.{ending}"
    known = written(path, ENTRIES, Library(ENTRIES))
    written(path, entries, Library(entries), known=known)

    assert path.read_bytes().decode() == whole(entries, ending)


@pytest.mark.parametrize("ending", FORMATS)
def test_most_pieces_outlive_an_entry_put_in_between(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"refs.{ending}"
    known = written(path, ENTRIES, Library(ENTRIES))
    more = [*ENTRIES[:300], replace(ENTRIES[0], key="new", related=()), *ENTRIES[300:]]
    spans = written(path, more, Library(more), known=known)

    assert len(spans.keys() - known.keys()) == 1
    assert path.read_bytes().decode() == whole(more, ending)


def test_a_piece_that_is_not_what_was_written_is_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    known = written(path, ENTRIES, Library(ENTRIES))
    path.write_bytes(path.read_bytes().replace("第9篇".encode(), "第8篇".encode()))
    written(path, ENTRIES, Library(ENTRIES), known=known)

    assert path.read_bytes().decode() == whole(ENTRIES, "bib")


@pytest.mark.parametrize("ending", FORMATS)
def test_of_what_one_file_holds_another_is_made(tmp_path: Path, ending: str) -> None:
    writer = ExportWriter(ending, Library(ENTRIES))
    for name, entries in {"all": ENTRIES, "some": ENTRIES[900:300:-7]}.items():
        path = tmp_path / f"{name}.{ending}"
        writer.write(path, entries)

        assert path.read_bytes().decode() == whole(entries, ending)


def test_a_file_that_is_gone_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    known = written(path, ENTRIES, Library(ENTRIES))
    path.unlink()
    written(path, ENTRIES, Library(ENTRIES), known=known)

    assert path.read_bytes().decode() == whole(ENTRIES, "bib")


def test_nothing_is_left_beside_the_file_when_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    written(path, ENTRIES, Library(ENTRIES))
    before = path.read_bytes()

    def broken() -> Iterator[Entry]:
        yield from ENTRIES[:900]
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space"):
        written(path, broken(), Library(ENTRIES))
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == before
