"""The record's file: read it, and keep it whole while a run adds to it.

Each verdict goes into a journal beside the file the moment it is found, and into the file itself every now and then,
which is then replaced as a whole. So nothing finished is lost when a run is killed, and nobody sees half a file.
The journal also says what was known before the run: a run that takes up a killed one still knows what is new.
It is locked while a run writes, so that a second run waits for the first.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from linkhealth.record import Record, RecordError, count, dump, dump_state, merge, parse, parse_state

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from linkhealth.record import LinkState

_FOLD_SHARE: Final = 0.05
"""The share of a run's time that replacing the file may take."""
_FOLD_PAUSE: Final = 0.25
"""Seconds between two replacements, at least."""


def read_record(path: Path) -> Record:
    """Read a record, with what a run that is under way or was killed has found; a missing file holds nothing.

    This is also what a page of the site asks: ``read_record(path).links.get(url)``.

    :raises RecordError: if the file cannot be read.
    """
    record = _read_file(path)
    with suppress(FileNotFoundError):
        record, _ = _replay(record, journal_of(path).read_bytes())
    return record


@contextmanager
def keeping(path: Path, on_wait: Callable[[], object] = lambda: None) -> Iterator[Keeper]:
    """Open a record for a run, alone; a second run waits here for the first.

    :param on_wait: called before waiting.
    :raises RecordError: if the file cannot be read, or written.
    """
    path = path.resolve()
    try:
        journal = _lock(journal_of(path), on_wait)
    except OSError as fault:
        raise RecordError(f"cannot write beside {path}: {fault}") from fault
    try:
        for left in path.parent.glob(f".{path.name}.*.tmp"):
            left.unlink(missing_ok=True)
        keeper = Keeper(path, journal)
        try:
            yield keeper
        finally:
            keeper.close()
    finally:
        os.close(journal)


def journal_of(path: Path) -> Path:
    """Give the journal's path."""
    return path.with_name(f"{path.name}.journal")


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file by another content in one step, keeping its mode and owner."""
    path = path.resolve()
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            with suppress(FileNotFoundError):
                os.fchmod(file.fileno(), path.stat().st_mode & 0o7777)
            _own_as(file.fileno(), path if path.exists() else path.parent)
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    with suppress(OSError):  # not every system lets a folder be opened
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class Keeper:
    """A record under a run's pen."""

    def __init__(self, path: Path, journal: int) -> None:
        """Take up the file, and the journal of a run that was killed."""
        self.path = path
        self._journal = journal
        on_file = _read_file(path)
        left = _read_all(journal)
        if not left.endswith(b"\n"):
            self._write(b"\n" if left else b"")
        record, self._known_before = _replay(on_file, left)
        self.links: dict[str, LinkState] = dict(record.links)
        self.history: dict[str, Mapping[str, int]] = dict(record.history)
        self._has_journal = bool(self._known_before)
        self._is_folded = self.links == on_file.links
        self._fold_due = 0.0

    @property
    def known_before(self) -> Record:
        """What was known before this run, and before those that it takes up."""
        links = {url: state for url, state in self.links.items() if url not in self._known_before}
        links.update({url: state for url, state in self._known_before.items() if state is not None})
        return Record(links, self.history)

    def note(self, url: str, state: LinkState) -> None:
        """Write down what is now known of a link; once this returns, a kill does not lose it.

        :raises RecordError: if it cannot be written, as on a full disk; what was written before is kept.
        """
        before = self.links.get(url)
        self._known_before.setdefault(url, before)
        line = {"url": url, "before": before and dump_state(before), "now": dump_state(state)}
        self._write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        self.links[url] = state
        self._has_journal = True
        self._is_folded = False
        if time.monotonic() >= self._fold_due:
            self.fold()

    def _write(self, data: bytes) -> None:
        try:
            # One write, so that a kill leaves the whole line or none of it; a disk that fills up may take a part.
            written = os.write(self._journal, data)
        except OSError as fault:
            raise RecordError(
                f"cannot write {journal_of(self.path)}: {fault}; what was found before is kept"
            ) from fault
        if written < len(data):
            raise RecordError(f"cannot write all of {journal_of(self.path)}; what was found before is kept")

    def put(self, url: str, state: LinkState) -> None:
        """Change what is known of a link otherwise than by checking it."""
        self.links[url] = state
        self._is_folded = False

    def fold(self) -> None:
        """Bring the file up to date."""
        if self._is_folded:
            return
        start = time.monotonic()
        try:
            write_whole(self.path, dump(Record(self.links, self.history)).encode())
        except OSError as fault:
            raise RecordError(f"cannot write {self.path}: {fault}") from fault
        self._is_folded = True
        end = time.monotonic()
        self._fold_due = end + max(_FOLD_PAUSE, (end - start) / _FOLD_SHARE)

    def merge(self, others: Iterable[Record]) -> None:
        """Join what other lines know."""
        merged = Record(self.links, self.history)
        for other in others:
            merged = merge(merged, other)
        self.links, self.history = dict(merged.links), dict(merged.history)
        self._is_folded = False

    def finish(self, now: datetime) -> None:
        """Bring the file up to date after a whole run, with the day's counts; the journal has done its work."""
        if self._has_journal:
            self.history[now.date().isoformat()] = count(self.links.values())
            self._is_folded = False
            self.fold()
            self._has_journal = False

    def close(self) -> None:
        """Bring the file up to date, and leave a journal only where a run was not finished."""
        self.fold()
        if not self._has_journal:
            journal_of(self.path).unlink(missing_ok=True)


def _read_file(path: Path) -> Record:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Record()
    except (OSError, UnicodeDecodeError, RecordError) as fault:
        raise RecordError(f"{path} cannot be read, and is left as it is: {fault}") from fault


def _replay(record: Record, journal: bytes) -> tuple[Record, dict[str, LinkState | None]]:
    """Give a record with a journal's findings, and what was known before them."""
    links = dict(record.links)
    before: dict[str, LinkState | None] = {}
    for line in journal.splitlines():
        try:
            raw: dict[str, Any] = json.loads(line)
            url, state = raw["url"], parse_state(raw["url"], raw["now"])
            old = parse_state(url, raw["before"]) if raw["before"] else None
        except (ValueError, KeyError, TypeError):
            continue  # a machine that lost power may leave half a line
        # The file may have been brought up to date by other ways since, such as git.
        if url in links and links[url].last_check > state.last_check:
            continue
        before.setdefault(url, old)
        links[url] = state
    return Record(links, record.history), before


def _lock(path: Path, on_wait: Callable[[], object]) -> int:
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        if sys.platform == "win32":
            return file  # there, two runs at once are not kept apart
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                on_wait()
                fcntl.flock(file, fcntl.LOCK_EX)
            # The run before us removes its journal when it ends; then what we have locked is no longer the journal.
            with suppress(FileNotFoundError):
                if path.stat().st_ino == os.fstat(file).st_ino:
                    _own_as(file, path.parent)
                    return file
        except BaseException:
            os.close(file)
            raise
        os.close(file)


def _own_as(file: int, model: Path) -> None:
    """Leave no file behind as root that its folder's owner could not write."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        with suppress(OSError):
            os.fchown(file, model.stat().st_uid, model.stat().st_gid)


def _read_all(file: int) -> bytes:
    os.lseek(file, 0, os.SEEK_SET)
    parts = []
    while part := os.read(file, 1 << 20):
        parts.append(part)
    return b"".join(parts)
