"""Exports of many entries, written by pieces, so that memory never holds the whole of one.

A piece whose entries are as they were is copied from the file that the last build wrote:
an edit of one entry then costs its piece, and not the site.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from refblock.exports import write_bibtex, write_csl, write_ris

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from refblock.entries import Entry, Library

WRITERS: Final[dict[str, Callable[[Sequence[Entry], Library], str]]] = {
    "bib": lambda entries, _: write_bibtex(entries),
    "ris": write_ris,
    "json": write_csl,
}
"""What writes each format, by the ending of its files."""
_FRAMES: Final = {"bib": ("", "\n", ""), "ris": ("", "", ""), "json": ("[\n", ",\n", "\n]\n")}
"""What stands before, between and behind the entries of an export."""
_PIECE: Final = 200
"""How many entries a piece holds on average."""


class Span(NamedTuple):
    """Where a piece stands in a file, in bytes, and what it was when it was written."""

    start: int
    length: int
    digest: str


def write_export(
    path: Path,
    entries: Iterable[Entry],
    library: Library,
    *,
    seal: str = "",
    known: Mapping[str, Span] | None = None,
) -> dict[str, Span]:
    """Write entries into a file in the format that its ending names.

    :param seal: a line to stand before them.
    :param known: what the last call gave for this file.
    :returns: the pieces of the file, by a digest of their entries.
    """
    ending = path.suffix.removeprefix(".")
    opening, between, closing = _FRAMES[ending]
    spans: dict[str, Span] = {}
    with replaced(path) as stream, path.open("rb") if known and path.is_file() else nullcontext() as old:
        stream.write(f"{seal}{opening}".encode())
        for number, piece in enumerate(_pieces(entries)):
            name = _digest(f"{entry.key}={library.digest(entry.key)}" for entry in piece)
            data = _copied(old, (known or {}).get(name))
            if data is None:
                text = WRITERS[ending](piece, library).removeprefix(opening).removesuffix(closing)
                data = text.encode("utf-8", "replace")
            if number:
                stream.write(between.encode())
            spans[name] = Span(stream.tell(), len(data), hashlib.sha256(data).hexdigest())
            stream.write(data)
        stream.write(closing.encode())
    return spans


@contextmanager
def replaced(path: Path) -> Iterator[BinaryIO]:
    """Open a file to be written anew; whoever reads it meanwhile finds the one before, and all of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as stream:
            yield stream
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _pieces(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Cut where a key's checksum says so: an entry put in between then changes one piece, and not all behind it."""
    piece: list[Entry] = []
    for entry in entries:
        piece.append(entry)
        if zlib.crc32(entry.key.encode("utf-8", "surrogatepass")) % _PIECE == 0:
            yield piece
            piece = []
    if piece:
        yield piece


def _copied(old: BinaryIO | None, span: Span | None) -> bytes | None:
    """Give a piece from the file before; None where it is not what was written."""
    if old is None or span is None:
        return None
    old.seek(span.start)
    data = old.read(span.length)
    return data if hashlib.sha256(data).hexdigest() == span.digest else None


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
