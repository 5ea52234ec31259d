"""The whole way: posts -> entries and pages, prepared in full before the first file is written."""

from __future__ import annotations

import filecmp
import os
import re
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from postimport.bibfile import BibError, entry_of, read_shelf
from postimport.library import DATA, ENDINGS, read_library, with_keys
from postimport.links import Link
from postimport.page import (
    Surroundings,
    is_of,
    is_ours,
    listed,
    page_name,
    relisted,
    source_of,
    write_list,
    write_page,
    year_of,
)
from postimport.post import Part, Post, read_post
from postimport.sources import POST_LIMIT, Source, SourceError, read_source, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from postimport.bibfile import Entry, Shelf

_TAKEN: Final = ("conf", "genindex", "index", "search")
"""Names that a site gives to pages of its own."""


@dataclass(slots=True)
class Report:
    """What went in, and what became of it."""

    posts: int = 0
    links_in: int = 0
    """Links found in the posts, each time one stands there."""
    links_out: int = 0
    """Addresses that have an entry now: ``links_in`` less those that are merged."""
    added: int = 0
    """Entries that are new in the bib file."""
    works: int = 0
    """Works that are named in book marks, or stand in a library, without an address."""
    merged: list[str] = field(default_factory=list)
    """One for each link whose address stood before, with the post, and its title if that is another."""
    untitled: list[str] = field(default_factory=list)
    """Posts and addresses, of which the entries have no title."""
    untranslated: list[str] = field(default_factory=list)
    """Keys of the entries of these posts that have no title in a second language."""
    review: list[str] = field(default_factory=list)
    """Posts and keys of entries whose title the text does not settle, with the reason, until somebody takes it away."""
    left_out: list[str] = field(default_factory=list)
    """What only the blog's own program understands, and what of a library has no place in an entry."""
    missing: list[str] = field(default_factory=list)
    """Pictures and pages of the blog that were not found; their places are kept as words."""
    kept: list[str] = field(default_factory=list)
    """Pages that somebody has edited, with the keys that they lack; and those whose posts are gone."""
    faults: list[str] = field(default_factory=list)
    """What could not be read."""

    def as_json(self) -> dict[str, Any]:
        """Give it as plain values."""
        return asdict(self)


@dataclass(slots=True)
class Plan:
    """The files to be written, and the report."""

    files: dict[Path, bytes | Path] = field(default_factory=dict)
    """What they are to hold, or of which files they are to be copies; the bib file first."""
    before: dict[Path, bytes] = field(default_factory=dict)
    """What they held when they were read; nothing for one that was not there."""
    report: Report = field(default_factory=Report)


def plan(posts: Sequence[Path], bib: Path, pages: Path, progress: Callable[[int, int], None]) -> Plan:
    """Read the posts, and prepare what is to be written; nothing is written yet.

    :param progress: is told the number of each post, and how many there are.
    :raises BibError: if the bib file cannot be added to.
    """
    result = Plan()
    report = result.report
    before = _existing(bib)
    shelf = read_shelf(before.text, str(bib))
    names = _names(posts, pages)
    # A name that two posts share says of neither where an address leads.
    count = Counter(map(page_name, posts))
    others = {page_name(path): names[path] for path in posts if count[page_name(path)] == 1}
    seen: dict[str, str] = {}
    written: dict[str, list[str]] = {}
    for number, path in enumerate(posts, start=1):
        progress(number, len(posts))
        around = Surroundings(path, pages, names[path], others)
        try:
            if path.suffix.lower() in ENDINGS:
                post, keys = _of_library(path, shelf)
            else:
                post = read_post(read_text(path, POST_LIMIT), page_name(path))
                keys = {}
        except SourceError as fault:
            report.faults.append(str(fault))
            continue
        report.posts += 1
        report.left_out += [f"{path}: {what}" for what in post.left_out]
        for link in post.links:
            if link not in keys:
                keys[link] = shelf.find(link) or shelf.add(entry_of(link))
            _count(link, shelf.entries[keys[link]], path, seen, report)
        text = write_page(post, keys, around)
        report.missing += [f"{path}: {target}" for target in around.missing]
        result.files |= {to: found for to, found in around.copies.items() if not _is_copy(to, found)}
        _put(pages / f"{names[path]}.md", text, keys.values(), result)
        written.setdefault(year_of(path), []).append(names[path])
    _put_lists(pages, written, result)
    if shelf.added:
        gap = "" if not before.text else "\n" if before.text.endswith("\n") else "\n\n"
        result.files = {bib: before.followed_by(gap + "\n".join(shelf.texts())), **result.files}
        result.before[bib] = before.data
    report.added = len(shelf.added)
    return result


def _count(link: Link, entry: Entry, path: Path, seen: dict[str, str], report: Report) -> None:
    """Note in the report what a link is, and what is to be done for its entry.

    :param seen: the titles that addresses and works without one bore where they stood first.
    """
    if link.url:
        report.links_in += 1
    else:
        report.works += 1
    name = link.url or entry.key
    if name in seen:
        if link.url:
            other = f" ({link.title!r} besides {seen[name]!r})" if link.title not in {"", seen[name]} else ""
            report.merged.append(f"{path}: {link.url}{other}")
        return
    seen[name] = link.title
    if link.url:
        report.links_out += 1
    if not entry.title:
        report.untitled.append(f"{path}: {link.url or entry.key}")
    elif not entry.is_translated:
        report.untranslated.append(entry.key)
    if entry.doubt:
        report.review.append(f"{path}: {entry.key}: {entry.doubt}")


def _of_library(path: Path, shelf: Shelf) -> tuple[Post, dict[Link, str]]:
    """Add the entries of a library that are new, and give a post that lists all of them, and their keys."""
    entries, left_out = read_library(path)
    keys: dict[Link, str] = {}
    renamed: dict[str, str] = {}
    new = []
    for entry in entries:
        link = Link(entry.url, entry.title)
        is_data = entry.type in DATA or link == Link("")
        known = shelf.entries.get(entry.key)
        key = (entry.key if known and known.fields == entry.fields else None) if is_data else shelf.find(link)
        if key is None:
            key = shelf.add(entry)
            new.append(key)
        renamed[entry.key] = key
        if not is_data:
            keys[link] = key
    for key in new:
        shelf.entries[key] = with_keys(shelf.entries[key], renamed)
    links = (Link(entry.url, entry.title) for entry in entries)
    return Post(path.stem, [Part("", tuple(link for link in links if link in keys))], left_out), keys


def _names(posts: Sequence[Path], pages: Path) -> dict[Path, str]:
    """Name the page of each post, the same at each run: a page that is of another post keeps its name."""
    names: dict[Path, str] = {}
    taken = {*_TAKEN, *map(year_of, posts)}
    for path in posts:
        name = base = page_name(path)
        number = 1
        while name.lower() in taken or not _is_free(pages / f"{name}.md", path):
            number += 1
            name = f"{base}-{number}"
        taken.add(name.lower())
        names[path] = name
    return names


def _is_free(page: Path, post: Path) -> bool:
    """Say whether a page may be that of a post; one whose own post is gone may, if that had the same name."""
    source = source_of(read_text(page)) if page.is_file() else None
    if source is None:
        return True
    own = page.parent / source
    return source == os.path.relpath(post, page.parent) or (own.name == post.name and not own.exists())


def _put(path: Path, text: str, needed: Iterable[str], result: Plan) -> None:
    present = _existing(path)
    if present.text == text:
        return
    if present.data and not is_ours(present.text):
        words = set(re.findall(r"[^\s`,{}]+", present.text))
        lacking = [key for key in dict.fromkeys(needed) if key not in words]
        what = f"add to it: {', '.join(lacking)}" if lacking else "compare it with its post, which has changed"
        if lacking or not is_of(present.text, text):
            result.report.kept.append(f"{path}: edited by hand, so it is kept; {what}")
        return
    _write(path, text, present, result)


def _put_lists(pages: Path, written: Mapping[str, Sequence[str]], result: Plan) -> None:
    """List the pages that were written, those of a year on a page of their own, so that no list grows with the blog."""
    for year, names in written.items():
        if year:
            _put_list(pages, year, year, names, result)
    if written:
        top = [name for year, names in written.items() for name in ([year] if year else names)]
        _put_list(pages, "index", "Blog", top, result)


def _put_list(pages: Path, docname: str, title: str, written: Sequence[str], result: Plan) -> None:
    """List pages that were written, each behind the one before it, and those of other runs, where they stand."""
    path = pages / f"{docname}.md"
    present = _existing(path)
    names = [name for name in listed(present.text) if name in written or (pages / f"{name}.md").exists()]
    place = 0
    for name in written:
        if name in names:
            place = names.index(name) + 1
        else:
            names.insert(place, name)
            place += 1
    if not present.data:
        _write(path, write_list(title, names), present, result)
    elif source_of(present.text) is None or not listed(present.text):
        _put(path, "", written, result)
    elif names != listed(present.text):
        _write(path, relisted(present.text, names), present, result)
    for name in names:
        source = source_of(_existing(pages / f"{name}.md").text) if name not in written else None
        if source and not (pages / source).exists():
            result.report.kept.append(f"{pages / name}.md: its post is gone; delete the page, too, if it is not wanted")


def _write(path: Path, text: str, present: Source, result: Plan) -> None:
    result.files[path] = text.encode("utf-8", "replace")
    result.before[path] = present.data


def _existing(path: Path) -> Source:
    if not os.path.lexists(path):
        return Source(b"", "utf-8", "")
    try:
        return read_source(path)
    except SourceError as fault:
        raise BibError(f"{fault}; nothing was written") from fault


def _is_copy(copy: Path, original: Path) -> bool:
    return copy.is_file() and filecmp.cmp(copy, original, shallow=False)
