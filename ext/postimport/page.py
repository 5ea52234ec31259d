"""A post -> a MyST page that mirrors it, with a block of references where links stood."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from postimport.post import Post

_SEAL: Final = re.compile(r"\n% postimport ([0-9a-f]{16})\n\Z")
_PICTURE: Final = re.compile(r"!\[([^\]]*)\]\((?!https?:)([^)\s]+)[^)]*\)")
_UNSAFE: Final = re.compile(r"[^\w.-]+")


def write_page(post: Post, keys: Mapping[tuple[str, str], str], folder: Path) -> tuple[str, list[str]]:
    """Write a page.

    :param keys: of each link, by its address and title.
    :param folder: where the post stands; pictures are looked for from there.
    :returns: the page, and the pictures that were not found.
    """
    parts = [f"# {post.title}"]
    missing: list[str] = []
    for part in post.parts:
        if part.text:
            parts.append(_with_pictures(part.text, folder, missing))
        if part.links:
            own = dict.fromkeys(keys[link.url, "" if link.url else link.title] for link in part.links)
            parts.append("```{refblock}\n" + "\n".join(own) + "\n```")
    return seal("\n\n".join(parts) + "\n"), missing


def write_index(names: Sequence[str], title: str) -> str:
    """Write the page that leads to all pages."""
    return seal(f"# {title}\n\n```{{toctree}}\n:maxdepth: 1\n\n" + "\n".join(names) + "\n```\n")


def seal(text: str) -> str:
    """End a page with a digest of it, by which it is known for one that nobody has edited."""
    return f"{text}\n% postimport {_digest(text)}\n"


def is_ours(text: str) -> bool:
    """Say whether a page is as it was written here, so that it may be written over."""
    found = _SEAL.search(text)
    return bool(found) and found[1] == _digest(text[: found.start()])  # type: ignore[index, union-attr]  # found is one here


def page_name(path: Path) -> str:
    """Name the page of a post: as its file, without what a blog puts in front of it for the date."""
    stem = re.sub(r"^\d{4}-\d{1,2}-\d{1,2}-", "", path.stem)
    return _UNSAFE.sub("-", stem).strip("-.") or "post"


def _with_pictures(text: str, folder: Path, missing: list[str]) -> str:
    """Keep the places of pictures that are not there, as words, so that the page can be built."""

    def place(found: re.Match[str]) -> str:
        if (folder / found[2].lstrip("/")).is_file():
            return found[0]
        missing.append(found[2])
        return f"〔{found[1] or '图'}：`{found[2]}`〕"

    return text if text.startswith(("```", "~~~", "    ")) else _PICTURE.sub(place, text)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
