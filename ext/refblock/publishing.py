"""Exports as files beside the pages: of each block, and of the whole site at fixed addresses.

A block's files are named by what they hold, so that one which is there need not be written again.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sphinx.util import logging
from sphinx.util.osutil import relative_uri

from refblock import config
from refblock.domain import domain_of
from refblock.exports import write_bibtex, write_csl, write_feed, write_ris
from refblock.langid import normalize_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
_VERSION: Final = "1"
"""To be counted up when an export of the same entries changes."""


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
            path.unlink()
    _publish_site(app, out, domain)


def _publish_site(app: Sphinx, out: Path, domain: ReferenceBlockDomain) -> None:
    seal = f"% {_digest(domain.library.fingerprint, _VERSION)}\n"
    site = out / SITE
    bib = site.with_suffix(".bib")
    if not _begins_with(bib, seal):
        entries = list(domain.library.entries.values())
        # The sealed file comes last: should the build break off before it, the next one writes all again.
        _write(site, entries, domain.library, {"ris", "json"})
        _put(bib, seal + write_bibtex(entries))
    options = config.read(app.config)
    root = options.baseurl or app.config.html_baseurl
    if root:
        _publish_feed(app, out, domain, root if root.endswith("/") else f"{root}/")


def _publish_feed(app: Sphinx, out: Path, domain: ReferenceBlockDomain, root: str) -> None:
    """Write the feed; a reader's program knows its entries by full addresses, so it needs that of the site."""
    language = normalize_tag(app.config.language)

    def place(key: str) -> str:
        home = domain.home_of(key)
        return f"{root}{app.builder.get_target_uri(home[0])}#{home[1]}" if home else root

    feed = write_feed(
        [entry for key, entry in domain.library.entries.items() if key in domain.homes],
        domain.library,
        title=app.config.html_title,
        author=app.config.author,
        address=root,
        feed_address=f"{root}{FEED}",
        language=language,
        place=place,
        about=config.manner(app.config).label("About:"),
    )
    if feed.text:
        _put(out / FEED, feed.text)
        logger.info("refblock: the feed leaves out %d entries that do not say when they were added", len(feed.undated))


def _write(base: Path, entries: Sequence[Entry], library: Library, endings: set[str]) -> None:
    for ending in sorted(endings):
        _put(base.with_name(f"{base.name}.{ending}"), _WRITERS[ending](entries, library))


def _put(path: Path, text: str) -> None:
    """Write a file so that whoever reads it meanwhile finds all of it or the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    # Bytes, since the line ends of RIS are its own.
    part.write_bytes(text.encode("utf-8", "replace"))
    part.replace(path)


def _begins_with(path: Path, line: str) -> bool:
    if not path.is_file():
        return False
    with path.open(encoding="utf-8") as stream:
        return stream.readline() == line


def _name(block: Block) -> str:
    return _digest(block.digest, _VERSION)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
