"""Files of posts -> their text, whatever they were written with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LIMIT: Final = 20_000_000
"""Bytes. A longer file is no post."""
_ENDINGS: Final = frozenset({".md", ".markdown", ".mkd"})


class SourceError(Exception):
    """A file that cannot be imported; the text says which, why, and what to do."""


def find_posts(paths: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """Give the posts among files and folders, in order, each once; and what is none, with the reason.

    Folders are searched for Markdown files. Links to folders are not followed, so that none can lead in a circle.
    """
    posts: dict[Path, None] = {}
    faults = []
    for path in paths:
        if path.is_dir():
            found = list(_in_folder(path))
            posts.update(dict.fromkeys(found))
            if not found:
                faults.append(f"{path}: there is no Markdown file in this folder; name the posts themselves")
        elif path.is_file():
            posts[path] = None
        else:
            faults.append(f"{path}: there is no such file; check its name")
    return list(posts), faults


def read_text(path: Path) -> str:
    """Read a post, with line feeds for line ends.

    :raises SourceError: for what is no text, too long, or may not be read.
    """
    try:
        if path.stat().st_size > LIMIT:
            raise SourceError(f"{path}: this is longer than {LIMIT // 1_000_000} MB, so it is no post; leave it out")
        data = path.read_bytes()
    except OSError as fault:
        reason = (fault.strerror or str(fault)).lower()
        raise SourceError(f"{path}: cannot be read: {reason}; check its permissions") from fault
    text = _decoded(data)
    if text is None or "\0" in text:
        raise SourceError(f"{path}: this is no text; leave it out, or save it as UTF-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _in_folder(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if Path(name).suffix.lower() in _ENDINGS:
                yield Path(root, name)


def _decoded(data: bytes) -> str | None:
    encodings = ["utf-16"] if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
