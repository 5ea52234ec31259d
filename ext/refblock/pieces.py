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


class ExportWriter:
    """Writes files of one format; each entry is put into words once, however many of them hold it."""

    def __init__(self, ending: str, library: Library) -> None:
        """Begin with nothing put into words.

        :param ending: of the files, by which the format is known.
        :param library: where what entries speak of is looked up.
        """
        self._write = WRITERS[ending]
        self._opening, self._between, self._closing = map(str.encode, _FRAMES[ending])
        self._library = library
        self._texts: dict[str, bytes] = {}

    def write(
        self, path: Path, entries: Iterable[Entry], *, seal: str = "", known: Mapping[str, Span] | None = None
    ) -> dict[str, Span]:
        """Write entries into a file.

        :param seal: a line to stand before them.
        :param known: what the last call gave for this file.
        :returns: the pieces of the file, by a digest of their entries.
        """
        spans: dict[str, Span] = {}
        with replaced(path) as stream, path.open("rb") if known and path.is_file() else nullcontext() as old:
            stream.write(seal.encode() + self._opening)
            for number, piece in enumerate(_pieces(entries)):
                name = _digest(f"{entry.key}={self._library.digest(entry.key)}" for entry in piece)
                data = _copied(old, (known or {}).get(name))
                if data is None:
                    data = self._between.join(map(self._text, piece))
                if number:
                    stream.write(self._between)
                spans[name] = Span(stream.tell(), len(data), hashlib.sha256(data).hexdigest())
                stream.write(data)
            stream.write(self._closing)
        return spans

    def _text(self, entry: Entry) -> bytes:
        if entry.key not in self._texts:
            data = self._write([entry], self._library).encode("utf-8", "replace")
            self._texts[entry.key] = data.removeprefix(self._opening).removesuffix(self._closing)
        return self._texts[entry.key]


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
