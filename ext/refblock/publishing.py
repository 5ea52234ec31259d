"""Exports as files beside the pages: of each block, and of the whole site at fixed addresses.

A block's files are named by what they hold, so that one which is there need not be written again.
"""

from __future__ import annotations

import hashlib
import os
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sphinx.util import logging
from sphinx.util.osutil import relative_uri

from refblock import config
from refblock.domain import domain_of
from refblock.exports import write_bibtex, write_csl, write_feed, write_ris

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sphinx.application import Sphinx

    from refblock.domain import Block, ReferenceBlockDomain
    from refblock.entries import Entry, Library

logger = logging.getLogger(__name__)

_WRITERS: Final[dict[str, Callable[[Sequence[Entry], Library], str]]] = {
    "bib": lambda entries, _: write_bibtex(entries),
    "ris": write_ris,
    "json": write_csl,
}
_BLOCKS: Final = "_static/refblock"
SITE: Final = "_static/refs"
FEED: Final = f"{SITE}.atom"
_VERSION: Final = "2"
"""To be counted up when an export of the same entries changes."""


_FRAMES: Final = {"bib": ("", "\n", ""), "ris": ("", "", ""), "json": ("[\n", ",\n", "\n]\n")}
"""What stands before, between and behind the entries of an export."""
_PIECE: Final = 500


def exports_of(domain: ReferenceBlockDomain, docname: str, number: int) -> str:
    """Give the address of a block's exports as seen from its page, without the ending that names the format."""
    page = domain.builder.get_target_uri(docname)
    return relative_uri(page, f"{_BLOCKS}/{_name(domain.blocks[docname][number])}")


def publish(app: Sphinx, exception: Exception | None) -> None:
    """Write what is missing of the exports, and delete those of blocks that are gone."""
    domain = domain_of(app.env)
    if exception or not domain.has_exports:
        return
    out = Path(app.outdir)
    folder = out / _BLOCKS
    wanted = {_name(block): block for blocks in domain.blocks.values() for block in blocks if block.lists}
    for name, block in wanted.items():
        missing = {ending for ending in _WRITERS if not (folder / f"{name}.{ending}").is_file()}
        if missing:
            entries = [domain.library.entries[key] for key in dict.fromkeys(block.keys)]
            _write(folder / name, entries, domain.library, missing)
    for path in folder.glob("*.*") if folder.is_dir() else ():
        if path.stem not in wanted:
            path.unlink(missing_ok=True)
    _publish_site(app, out, domain)


def _publish_site(app: Sphinx, out: Path, domain: ReferenceBlockDomain) -> None:
    seal = f"% {_digest(domain.library.fingerprint, _VERSION)}\n"
    site = out / SITE
    bib = site.with_suffix(".bib")
    if not _begins_with(bib, seal):
        entries = list(domain.library.entries.values())
        # The sealed file comes last: should the build break off before it, the next one writes all again.
        _write(site, entries, domain.library, {"ris", "json"})
        _put(bib, chain([seal], _pieces("bib", entries, domain.library)))
    options = config.read(app.config)
    root = options.baseurl or app.config.html_baseurl
    if root:
        _publish_feed(app, out, domain, root if root.endswith("/") else f"{root}/")


def _publish_feed(app: Sphinx, out: Path, domain: ReferenceBlockDomain, root: str) -> None:
    """Write the feed; a reader's program knows its entries by full addresses, so it needs that of the site."""
    names = {
        "title": app.config.html_title,
        "author": app.config.author,
        "address": root,
        "feed_address": f"{root}{FEED}",
    }
    manner = config.manner(app.config)
    words = repr((names, manner.language, manner.topic_names, manner.organization_names))
    seal = f"<!-- {_digest(domain.library.fingerprint, repr(sorted(domain.homes.items())), words, _VERSION)} -->\n"
    path = out / FEED
    if _begins_with(path, seal, line=2):
        return

    def place(key: str) -> str:
        home = domain.home_of(key)
        return f"{root}{app.builder.get_target_uri(home[0])}#{home[1]}" if home else root

    shown = [entry for key, entry in domain.library.entries.items() if key in domain.homes]
    feed = write_feed(shown, domain.library, manner=manner, place=place, **names)
    if feed.text:
        declaration, _, document = feed.text.partition("\n")
        _put(path, [f"{declaration}\n", seal, document])
        logger.info("refblock: the feed leaves out %d entries that do not say when they were added", len(feed.undated))


def _write(base: Path, entries: Sequence[Entry], library: Library, endings: set[str]) -> None:
    for ending in sorted(endings):
        _put(base.with_name(f"{base.name}.{ending}"), _pieces(ending, entries, library))


def _pieces(ending: str, entries: Sequence[Entry], library: Library) -> Iterator[str]:
    """Yield an export by pieces of some hundred entries, so that memory never has to hold all of it."""
    opening, between, closing = _FRAMES[ending]
    yield opening
    for start in range(0, len(entries), _PIECE):
        text = _WRITERS[ending](entries[start : start + _PIECE], library)
        yield f"{between if start else ''}{text.removeprefix(opening).removesuffix(closing)}"
    yield closing


def _put(path: Path, pieces: Iterable[str]) -> None:
    """Write a file so that whoever reads it meanwhile finds all of it or the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        # The line ends of RIS are its own.
        with part.open("w", encoding="utf-8", errors="replace", newline="") as stream:
            stream.writelines(pieces)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _begins_with(path: Path, seal: str, line: int = 1) -> bool:
    """Say whether a file has the seal on one of its first lines."""
    if not path.is_file():
        return False
    with path.open(encoding="utf-8") as stream:
        return list(islice(stream, line))[-1:] == [seal]


def _name(block: Block) -> str:
    return _digest(block.digest, _VERSION)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
