"""What was read from bib files, kept beside the stored pages, so that a build without news need not read them."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar, cast

import refblock.entries
import refblock.langid
from refblock.bibdata import counting, faults, inheritance, reading, syntax, tex
from refblock.entries import Entry, Index, Library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from refblock.bibdata.faults import BibFault

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


class _Pickled(Mapping[str, Entry]):
    """Entries by key, each as a pickle until somebody asks for it: a page needs its own ones alone."""

    def __init__(self, pickles: Mapping[str, bytes]) -> None:
        self._pickles = pickles
        self._loaded: dict[str, Entry] = {}

    def __getitem__(self, key: str) -> Entry:
        if key not in self._loaded:
            self._loaded[key] = self._load(key)
        return self._loaded[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pickles)

    def __len__(self) -> int:
        return len(self._pickles)

    def __contains__(self, key: object) -> bool:
        return key in self._pickles

    def _load(self, key: str) -> Entry:
        return cast("Entry", pickle.loads(self._pickles[key]))  # noqa: S301  # from the same file as all in `_loaded`


class _RecalledLibrary(Library):
    """The library of an earlier build, recalled when somebody first asks for anything in it."""

    def __init__(self, recall: Callable[[], tuple[Mapping[str, Entry], Index]], fingerprint: str) -> None:
        super().__init__()
        self._recall = recall
        self.fingerprint = fingerprint

    @cached_property
    def _recalled(self) -> tuple[Mapping[str, Entry], Index]:
        return self._recall()

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        return self._recalled[0]

    @cached_property
    def index(self) -> Index:
        return self._recalled[1]


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
            self.library: Library = _RecalledLibrary(self._recall_entries, kept.fingerprint)
        else:
            with _uncollected():
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
            self._keep()

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

    def _recall_entries(self) -> tuple[Mapping[str, Entry], Index]:
        with contextlib.suppress(OSError), self._store.open("rb") as stream:
            kept = _loaded(stream, Kept)
            # Another build in this folder may have kept something else meanwhile.
            if kept is not None and kept.seal == self.kept.seal:
                index, pickles = _loaded(stream, Index), _loaded(stream, dict)
                if index is not None and pickles is not None:
                    return _Pickled(pickles), index
        library = Library(reading.read_bib(*self._given).entries)
        return library.entries, library.index

    def _keep(self) -> None:
        # Whoever reads meanwhile, in this process or another, finds the old file or the new one, and neither in part.
        part = self._store.with_name(f"{self._store.name}.{os.getpid()}")
        try:
            self._store.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as stream:
                pickle.dump(self.kept, stream, pickle.HIGHEST_PROTOCOL)
                pickle.dump(self.library.index, stream, pickle.HIGHEST_PROTOCOL)
                pickles = {
                    key: pickle.dumps(entry, pickle.HIGHEST_PROTOCOL) for key, entry in self.library.entries.items()
                }
                pickle.dump(pickles, stream, pickle.HIGHEST_PROTOCOL)
            part.replace(self._store)
        except OSError:
            # A full disk, say. Nothing is lost but the time to read again.
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


def _loaded(stream: BinaryIO, type_: type[T]) -> T | None:
    """Load one value; None where the file is broken, or of another version."""
    try:
        with _uncollected():
            value = pickle.load(stream)  # noqa: S301  # beside Sphinx's own pickles, and as trusted
    except Exception:  # a broken pickle can raise anything
        return None
    return value if isinstance(value, type_) else None


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Make many small values at once: looking again and again for cycles among them takes longer than making them."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
