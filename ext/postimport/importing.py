"""The whole way: posts -> entries and pages, prepared in full before the first file is written."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from postimport.bibfile import BibError, read_shelf
from postimport.library import ENDINGS, read_library
from postimport.page import is_ours, page_name, write_index, write_page
from postimport.post import Part, Post, read_post
from postimport.sources import SourceError, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from postimport.bibfile import Shelf
    from postimport.library import Item
    from postimport.links import Link


@dataclass(slots=True)
class Report:
    """What went in, and what became of it."""

    posts: int = 0
    links_in: int = 0
    """Links found in the posts, each time one stands there."""
    links_out: int = 0
    """Addresses that have an entry now: ``links_in`` less ``merged``."""
    added: int = 0
    """Entries that are new in the bib file."""
    works: int = 0
    """Works that are named in book marks, without an address."""
    merged: list[str] = field(default_factory=list)
    """Addresses that stood somewhere already, with the post, and the title there if it is another."""
    untitled: list[str] = field(default_factory=list)
    untranslated: list[str] = field(default_factory=list)
    """Keys of new entries; none has a title in a second language yet."""
    review: list[str] = field(default_factory=list)
    """Entries whose title the text does not settle, with the reason."""
    left_out: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    """Pictures that were not found; their places are kept as words."""
    kept: list[str] = field(default_factory=list)
    """Pages that somebody has edited, with the keys that they lack."""
    faults: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Give it as plain values."""
        return asdict(self)


@dataclass(slots=True)
class Plan:
    """The files to be written, whole, and the report."""

    files: dict[Path, str] = field(default_factory=dict)
    report: Report = field(default_factory=Report)


def plan(posts: Sequence[Path], bib: Path, pages: Path, progress: Callable[[int, int], None]) -> Plan:
    """Read the posts, and prepare what is to be written; nothing is written yet.

    :raises BibError: if the bib file cannot be added to.
    """
    result = Plan()
    report = result.report
    before = _existing(bib)
    shelf = read_shelf(before, str(bib))
    titles: dict[str, str] = {}
    names: dict[str, Path] = {}
    for number, path in enumerate(posts, start=1):
        progress(number, len(posts))
        try:
            if path.suffix.lower() in ENDINGS:
                post = _as_post(read_library(path), path, shelf, report)
            else:
                post = read_post(read_text(path), page_name(path))
        except SourceError as fault:
            report.faults.append(str(fault))
            continue
        report.posts += 1
        report.left_out += [f"{path}: {what}" for what in post.left_out]
        keys = {
            (link.url, "" if link.url else link.title): _enter(link, path, shelf, titles, report) for link in post.links
        }
        name = page_name(path)
        while name in names:
            name = f"{name}-2"
        names[name] = path
        text, missing = write_page(post, keys, path.parent)
        report.pictures += [f"{path}: {picture}" for picture in missing]
        _put(pages / f"{name}.md", text, list(keys.values()), result)
    if names:
        _put(pages / "index.md", write_index(list(names), pages.resolve().name), list(names), result)
    if shelf.added:
        gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
        result.files[bib] = f"{before}{gap}" + "\n".join(shelf.added)
    report.added = len(shelf.added)
    return result


def carry_out(files: dict[Path, str]) -> None:
    """Write files: all of them beside their places first, then each into its place in one step.

    :raises OSError: if one cannot be written; then none has been changed.
    """
    parts = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in files}
    try:
        for path, part in parts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(files[path].encode("utf-8", "replace"))
        for path, part in parts.items():
            part.replace(path)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def _enter(link: Link, path: Path, shelf: Shelf, titles: dict[str, str], report: Report) -> str:
    if link.url:
        report.links_in += 1
    else:
        report.works += 1
    key = shelf.key_of(link)
    if key is None:
        key = shelf.add(link)
        report.untranslated.append(key)
        if not link.title:
            report.untitled.append(f"{path}: {link.url}")
        if link.doubt:
            report.review.append(f"{path}: {key}: {link.doubt}")
    elif link.url in titles:
        other = f" ({link.title!r} besides {titles[link.url]!r})" if link.title not in {"", titles[link.url]} else ""
        report.merged.append(f"{path}: {link.url}{other}")
    if link.url and link.url not in titles:
        titles[link.url] = link.title
        report.links_out += 1
    return key


def _as_post(items: Sequence[Item], path: Path, shelf: Shelf, report: Report) -> Post:
    """Add the entries of a library that are new, and give a post that lists all of them."""
    for item in items:
        if shelf.key_of(item.link) is None:
            key = shelf.reserve(item.key, item.link)
            shelf.added.append(item.under(key))
            if "titleaddon" not in item.text:
                report.untranslated.append(key)
    return Post(path.stem, [Part("", tuple(item.link for item in items))])


def _put(path: Path, text: str, needed: Sequence[str], result: Plan) -> None:
    present = _existing(path)
    if present == text:
        return
    if present and not is_ours(present):
        lacking = [each for each in needed if each not in present]
        if lacking:
            result.report.kept.append(f"{path}: edited by hand, so it is kept; add to it: {', '.join(lacking)}")
        return
    result.files[path] = text


def _existing(path: Path) -> str:
    if not path.exists():
        return ""
    try:
        return read_text(path)
    except SourceError as fault:
        raise BibError(f"{fault}; nothing was written") from fault
