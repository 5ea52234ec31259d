"""Files of posts and libraries -> their text, whatever they were written with."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

POST_LIMIT: Final = 5_000_000
"""Bytes. A longer file is no post; its parts in memory are some forty times as long."""
LIBRARY_LIMIT: Final = 50_000_000
"""Bytes: some 25,000 entries with abstracts."""
_ENDINGS: Final = frozenset({".md", ".markdown", ".mkd"})
_NO_POSTS: Final = frozenset({"_site", "node_modules"})
"""Folders that programs fill; those whose names begin with a dot are passed over, too."""


class SourceError(Exception):
    """A file that cannot be imported; the text says which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, as it is and as it reads."""

    data: bytes
    encoding: str
    text: str
    """With line feeds for line ends."""

    @property
    def codec(self) -> str:
        """The encoding of any piece of the file; a mark of byte order is a character like others."""
        if self.encoding == "utf-16":
            return "utf-16-le" if self.data.startswith(b"\xff\xfe") else "utf-16-be"
        return self.encoding.removesuffix("-sig")

    def followed_by(self, text: str) -> bytes:
        """Give the file with a text behind it, in its own encoding and with its own line ends; no byte changes."""
        if "\r\n".encode(self.codec) in self.data:
            text = text.replace("\n", "\r\n")
        return self.data + text.encode(self.codec, "replace")


def find_posts(paths: Sequence[Path], pages: Path) -> tuple[list[Path], list[str]]:
    """Give the posts among files and folders, in order, each once; and what is none, with the reason.

    Folders are searched for Markdown files, other than the folder of the pages that are written. Links to folders are
    not followed, so that none can lead in a circle.
    """
    posts: dict[Path, Path] = {}
    faults: list[str] = []
    for path in paths:
        before = len(faults)
        try:
            if path.is_dir():
                found = list(_in_folder(path, Path(os.path.realpath(pages)), faults))
                if not found and len(faults) == before:
                    faults.append(f"{path}: there is no Markdown file in this folder; name the posts themselves")
            else:
                path.lstat()
                found = [path]
        except OSError as fault:
            faults.append(_unreadable(path, fault))
        else:
            for each in found:
                posts.setdefault(each.absolute(), each)
    return list(posts.values()), faults


def read_source(path: Path, limit: int = LIBRARY_LIMIT) -> Source:
    """Read a file.

    :param limit: the most bytes that it may have.
    :raises SourceError: for what is no text, too long, or may not be read.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise SourceError(f"{path}: this is no file, but a folder or a device; name a file")
        if found.st_size > limit:
            raise SourceError(f"{path}: this is longer than {limit // 1_000_000} MB; leave it out, or split it")
        data = path.read_bytes()
    except OSError as fault:
        raise SourceError(_unreadable(path, fault)) from fault
    encodings = ["utf-16"] if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            used = "utf-8" if encoding == "utf-8-sig" and data[:3] != b"\xef\xbb\xbf" else encoding
            return Source(data, used, text.replace("\r\n", "\n").replace("\r", "\n"))
    raise SourceError(f"{path}: this is no text; leave it out, or save it as UTF-8")


def read_text(path: Path, limit: int = LIBRARY_LIMIT) -> str:
    """Read the text of a file, as :func:`read_source` does."""
    return read_source(path, limit).text


def _unreadable(path: Path, fault: OSError) -> str:
    if isinstance(fault, FileNotFoundError):
        return f"{path}: there is no such file; check its name"
    return f"{path}: cannot be read: {(fault.strerror or str(fault)).lower()}; check its permissions"


def _in_folder(folder: Path, pages: Path, faults: list[str]) -> Iterator[Path]:
    def note(fault: OSError) -> None:
        faults.append(_unreadable(Path(fault.filename), fault))

    for root, folders, files in os.walk(folder, onerror=note):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and name not in _NO_POSTS and Path(os.path.realpath(Path(root, name))) != pages
        )
        for name in sorted(files):
            if Path(name).suffix.lower() in _ENDINGS:
                yield Path(root, name)
