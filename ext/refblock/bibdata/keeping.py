"""What was read from bib files, kept beside the stored pages, so that a build without news need not read them."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar, cast

import refblock.entries
import refblock.langid
from refblock.bibdata import counting, faults, inheritance, reading, syntax, tex
from refblock.entries import Library

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from refblock.bibdata.faults import BibFault
    from refblock.entries import Entry

T = TypeVar("T")
_READERS: Final = (counting, faults, inheritance, reading, syntax, tex, refblock.entries, refblock.langid)
"""The modules that decide what is read from a file."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of bib files without their entries."""

    seal: str
    """A digest of the files, and of the code that read them."""
    fingerprint: str
    """That of the library of their entries."""
    keys: tuple[str, ...]
    containers: tuple[str, ...]
    """The keys of what only holds data for other entries."""
    faults: tuple[BibFault, ...]
    given: int
    """How many entries the files hold, counted by themselves."""
    lost: tuple[str, ...]
    """Those of them that came to nothing."""


class BibKeeper:
    """Reads bib files, or recalls what an earlier build read from the same ones."""

    def __init__(self, paths: Sequence[Path], names: Sequence[str], encoding: str, store: Path) -> None:
        """Read *paths*, or recall them.

        :param names: how messages are to call each file.
        :param store: the file to keep in what was read.
        """
        self._given = list(paths), list(names), encoding
        self._store = store
        seal = self._seal()
        kept = self._recall()
        if kept is not None and kept.seal == seal:
            self.kept = kept
            self.library = Library(self._recall_entries(), kept.fingerprint)
        else:
            read = reading.read_bib(*self._given)
            self.library = Library(read.entries)
            containers = tuple(key for key in read.keys if key not in self.library.entries)
            self.kept = Kept(
                seal=seal,
                fingerprint=self.library.fingerprint,
                keys=tuple(read.keys),
                containers=containers,
                faults=tuple(read.faults),
                given=read.given,
                lost=tuple(read.lost),
            )
            self._keep(read.entries)

    def _seal(self) -> str:
        paths, names, encoding = self._given
        whole = hashlib.sha256(repr((names, encoding)).encode())
        for path in (*paths, Path(__file__), *(Path(cast("str", module.__file__)) for module in _READERS)):
            try:
                whole.update(hashlib.sha256(path.read_bytes()).digest())
            except OSError as fault:
                whole.update(repr(fault.errno).encode())
        return whole.hexdigest()

    def _recall(self) -> Kept | None:
        with contextlib.suppress(OSError), self._store.open("rb") as stream:
            return _loaded(stream, Kept)
        return None

    def _recall_entries(self) -> Iterator[Entry]:
        """Yield the entries, when they are first asked for."""
        entries = None
        with contextlib.suppress(OSError), self._store.open("rb") as stream:
            kept = _loaded(stream, Kept)
            # Another build in this folder may have kept something else meanwhile.
            if kept is not None and kept.seal == self.kept.seal:
                entries = _loaded(stream, list)
        yield from reading.read_bib(*self._given).entries if entries is None else entries

    def _keep(self, entries: list[Entry]) -> None:
        # Whoever reads meanwhile, in this process or another, finds the old file or the new one, and neither in part.
        part = self._store.with_name(f"{self._store.name}.{os.getpid()}")
        try:
            self._store.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as stream:
                pickle.dump(self.kept, stream, pickle.HIGHEST_PROTOCOL)
                pickle.dump(entries, stream, pickle.HIGHEST_PROTOCOL)
            part.replace(self._store)
        except OSError:
            # A full disk, say. Nothing is lost but the time to read again.
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


def _loaded(stream: BinaryIO, type_: type[T]) -> T | None:
    """Load one value; None where the file is broken, or of another version."""
    # Many small values at once: looking for cycles among them takes longer than loading them.
    collects = gc.isenabled()
    gc.disable()
    try:
        value = pickle.load(stream)  # noqa: S301  # beside Sphinx's own pickles, and as trusted
    except Exception:  # a broken pickle can raise anything
        return None
    finally:
        if collects:
            gc.enable()
    return value if isinstance(value, type_) else None
