"""Exports as files beside the pages: of each block, and of the whole site at fixed addresses.

A block's files are named by what they hold, so that one which is there need not be written again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sphinx.util import logging
from sphinx.util.osutil import relative_uri

from refblock import config
from refblock.domain import domain_of
from refblock.exports import write_feed
from refblock.pieces import WRITERS, ExportWriter, Span, replaced

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from refblock.domain import Block, ReferenceBlockDomain

logger = logging.getLogger(__name__)

_BLOCKS: Final = "_static/refblock"
SITE: Final = "_static/refs"
FEED: Final = f"{SITE}.atom"
_VERSION: Final = "2"
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
    library, folder = domain.library, Path(app.outdir) / _BLOCKS
    wanted = {_name(block): block for blocks in domain.blocks.values() for block in blocks if block.lists}
    site, account = Path(app.outdir) / SITE, Path(app.doctreedir) / "refblock-exports.json"
    seal = f"% {_digest(library.fingerprint, _VERSION)}\n"
    is_current = _begins_with(site.with_suffix(".bib"), seal)
    known, spans = {} if is_current else _account(account), {}
    # The sealed file comes last: should the build break off before it, the next one writes all again.
    for ending in sorted(WRITERS, key="bib".__eq__):
        writer = ExportWriter(ending, library)
        for name, block in wanted.items():
            path = folder / f"{name}.{ending}"
            if not path.is_file():
                writer.write(path, (library.entries[key] for key in dict.fromkeys(block.keys)))
        if not is_current:
            before = seal if ending == "bib" else ""
            path = site.with_suffix(f".{ending}")
            spans[ending] = writer.write(path, library.entries.values(), seal=before, known=known.get(ending))
    if spans:
        with contextlib.suppress(OSError):
            account.write_text(json.dumps({_VERSION: spans}), encoding="utf-8")
    for path in folder.glob("*.*") if folder.is_dir() else ():
        if path.stem not in wanted:
            path.unlink(missing_ok=True)
    root = config.read(app.config).baseurl or app.config.html_baseurl
    if root:
        _publish_feed(app, domain, root if root.endswith("/") else f"{root}/")


def _publish_feed(app: Sphinx, domain: ReferenceBlockDomain, root: str) -> None:
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
    path = Path(app.outdir) / FEED
    if _begins_with(path, seal, line=2):
        return

    def place(key: str) -> str:
        home = domain.home_of(key)
        return f"{root}{app.builder.get_target_uri(home[0])}#{home[1]}" if home else root

    shown = [entry for key, entry in domain.library.entries.items() if key in domain.homes]
    feed = write_feed(shown, domain.library, manner=manner, place=place, **names)
    if feed.text:
        declaration, _, document = feed.text.partition("\n")
        with replaced(path) as stream:
            stream.write(f"{declaration}\n{seal}{document}".encode("utf-8", "replace"))
        logger.info("refblock: the feed leaves out %d entries that do not say when they were added", len(feed.undated))


def _account(path: Path) -> dict[str, dict[str, Span]]:
    """Read where the pieces of the site's exports are, by format; nothing where that is not known."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))[_VERSION]
        return {ending: {name: Span(*span) for name, span in spans.items()} for ending, spans in kept.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


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
