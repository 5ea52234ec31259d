"""Where blocks stand, what they show, and which pages that makes out of date."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.domains import Domain
from sphinx.util import logging

from refblock import config
from refblock.arrangement import Group, SortKey, group, sort
from refblock.badges import gather_badges, state_of
from refblock.bibdata import BibKeeper, CitationDoor
from refblock.diagnostics import Diagnostic, warn
from refblock.entries import Library
from refblock.langid import normalize_tag
from refblock.ledger import balance
from refblock.nodes import reference_block
from refblock.selection import Context, FilterError, parse_filter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from refblock.bibdata import Kept
    from refblock.layout import Badge, Part

logger = logging.getLogger(__name__)

NAME: Final = "refblock"
_OUTSIDE_NAMES: Final = re.compile(r"[^\w.-]")
"""What a page's name or a key may hold, and an id in XML may not."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block as its page asks for it, and what it was found to show."""

    line: int
    filter: str | None
    """The filter's text, or None for the listed keys alone; empty for all entries."""
    listed: tuple[str, ...] = ()
    sort: tuple[SortKey, ...] = ()
    limit: int = 0
    """The most entries that it shows; 0 for all."""
    group: str = "none"
    numbered: str = "yes"
    lists: bool = True
    """Whether it puts entries on the page, where citations can lead, or only draws them."""
    groups: tuple[Group, ...] = ()
    """What it shows, in order; found by the domain."""
    digest: str = ""
    """Of all that it shows."""

    @property
    def keys(self) -> Iterator[str]:
        """The keys of what it shows, in order; a key in two groups comes twice."""
        return (key for part in self.groups for key in part.keys)


class ReferenceBlockDomain(Domain):
    """The blocks and the citations of every page, by page."""

    name = NAME
    label = "Reference blocks"
    data_version = 4
    initial_data: ClassVar[dict[str, Any]] = {
        "blocks": {},
        "citations": {},
        "homes": {},
        "badges": {},
        "badges_state": "",
        "unshown": (),
        "fingerprint": "",
    }

    def __init__(self, env: BuildEnvironment) -> None:
        """Begin with an empty library; `load_library` fills it."""
        super().__init__(env)
        # Held by the domain and not in its data: data travels to and from parallel readers, and this is large.
        self.library = Library()
        self.kept: Kept
        self.builder: Builder
        self.badges: dict[str, tuple[Badge, ...]] = {}

    @property
    def blocks(self) -> dict[str, list[Block]]:
        """The blocks of each page in order."""
        return cast("dict[str, list[Block]]", self.data["blocks"])

    @property
    def citations(self) -> dict[str, dict[str, str]]:
        """For each page, the keys that it cites and the digests that they had."""
        return cast("dict[str, dict[str, str]]", self.data["citations"])

    @property
    def homes(self) -> dict[str, tuple[str, int, int]]:
        """For each key shown, the page, the block and the group in it that citations lead to, each by its number."""
        return cast("dict[str, tuple[str, int, int]]", self.data["homes"])

    def clear_doc(self, docname: str) -> None:
        """Forget a page."""
        self.blocks.pop(docname, None)
        self.citations.pop(docname, None)

    def merge_domaindata(self, docnames: AbstractSet[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process read."""
        for mine, theirs in ((self.blocks, otherdata["blocks"]), (self.citations, otherdata["citations"])):
            mine.update({docname: theirs[docname] for docname in docnames if docname in theirs})

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        """Note what a page that was just read cites, and name groups whose headings the page's contents lack."""
        for node in document.findall(reference_block):
            # Only now is it known where the block stands; Sphinx looks for headings in sections alone.
            section, around = node.parent, node.parent.parent
            is_first = node["place"] == 0 and self.blocks[docname][node["number"]].groups[0].heading
            if is_first and not isinstance(around, nodes.document | nodes.section | addnodes.only):
                warn(Diagnostic.NESTED_GROUPS, section, parent=around.tagname.replace("_", " "))
        cited = {
            target.key
            for node in document.findall(addnodes.pending_xref)
            if node.get("refdomain") == "cite"
            for target in CitationDoor.targets(node["reftarget"])
        }
        if cited:
            self.citations[docname] = {key: self.library.digest(key) for key in sorted(cited)}

    def resolve_any_xref(self, *_: Any) -> list[tuple[str, nodes.reference]]:
        """Leave the ``any`` role to others: entries are cited, not referred to."""
        return []

    def note_block(self, docname: str, block: Block) -> int:
        """Add a block to its page, with what it shows.

        :returns: its number on the page, from 0.
        :raises FilterError: if its filter can't be used; the block is then not added.
        """
        found = self._found(docname, block)
        blocks = self.blocks.setdefault(docname, [])
        blocks.append(found)
        return len(blocks) - 1

    def outdated(self) -> Iterator[str]:
        """Yield the pages that show or cite an entry other than they did."""
        if self.library.fingerprint == self.data["fingerprint"]:
            return
        citing = self._citing()
        for docname in sorted({*self.blocks, *self.citations}):
            cited = self.citations.get(docname, {})
            if any(self._has_changed(docname, block, citing) for block in self.blocks.get(docname, [])) or any(
                self.library.digest(key) != digest for key, digest in cited.items()
            ):
                yield docname

    def settle(self) -> Iterator[str]:
        """Decide, now that every page is read, what asks for citations, and where each entry is at home.

        :returns: the pages to write anew because of it.
        """
        citing = self._citing()
        for docname, blocks in self.blocks.items():
            for number, block in enumerate(blocks):
                if block.filter and parse_filter(block.filter).asks_for_citations:
                    blocks[number] = self._found(docname, block, citing)
                    if blocks[number].digest != block.digest:
                        yield docname
        homes: dict[str, tuple[str, int, int]] = {}
        for docname in sorted(self.blocks):
            for number, block in enumerate(self.blocks[docname]):
                for place, part in enumerate(block.groups if block.lists else ()):
                    for key in part.keys:
                        homes.setdefault(key, (docname, number, place))
        moved = {key for key, home in self.homes.items() if homes.get(key) != home} | (homes.keys() - self.homes.keys())
        if moved:
            yield from (docname for docname, cited in self.citations.items() if not moved.isdisjoint(cited))
            yield from (docname for docname in self.blocks if not moved.isdisjoint(self._named_on(docname)))
        if homes.keys() != self.homes.keys() or self.library.fingerprint != self.data["fingerprint"]:
            entries = self.library.entries.values()
            self.data["unshown"] = tuple((entry.key, entry.source) for entry in entries if entry.key not in homes)
        self.data["homes"] = homes
        changed = {key for key, _ in self.badges.items() ^ self.data["badges"].items()}
        if changed:
            yield from (docname for docname, blocks in self.blocks.items() if _show_any(blocks, changed))
        self.data["badges"] = dict(self.badges)
        self.data["fingerprint"] = self.library.fingerprint

    def is_home(self, key: str, docname: str, number: int, place: int) -> bool:
        """Say whether citations of an entry lead to this block and group."""
        return self.homes.get(key) == (docname, number, place)

    def id_of(self, key: str, docname: str, number: int, place: int) -> str:
        """Give an entry's id: ``ref-KEY`` where citations lead to, and else one that names block and group too."""
        if self.is_home(key, docname, number, place):
            return self._anchor(key)
        return f"{self._anchor(key)}-{_OUTSIDE_NAMES.sub('.', docname)}-{number + 1}-{place + 1}"

    def home_of(self, key: str) -> tuple[str, str] | None:
        """Give the page and id that a citation of *key* leads to, or None where no page shows it."""
        home = self.homes.get(key)
        return (home[0], self._anchor(key)) if home else None

    def seen_from(self, docname: str, home: str) -> str:
        """Give the page from which a builder is to link to *home*: *docname*, or *home* where all pages are one."""
        # Since 8.2 Sphinx puts two fragments into a link from page to page of singlehtml (its issue 14221).
        return home if self.builder.name == "singlehtml" else docname

    @property
    def has_exports(self) -> bool:
        """Whether exports stand beside the pages that are built: in HTML, but not in a book or on a single page."""
        return self.builder.format == "html" and self.builder.name in {"html", "dirhtml"}

    def first_number(self, docname: str, number: int, place: int) -> int:
        """Give the number of the first entry in a list of a block; 0 where entries bear none."""
        blocks = self.blocks[docname]
        match blocks[number].numbered:
            case "no":
                return 0
            case "continue":
                before = [block for block in blocks[:number] if block.lists and block.numbered != "no"]
                own = blocks[number].groups[:place]
                return 1 + sum(len(part.keys) for part in (*(each for b in before for each in b.groups), *own))
            case _:
                return 1

    def href(self, docname: str, home: str, id_: str) -> str:
        """Give the address of an id on the page *home* as seen from the page *docname*."""
        is_here = self.seen_from(docname, home) == home
        return f"{'' if is_here else self.builder.get_relative_uri(docname, home)}#{id_}"

    def part_href(self, part: Part, docname: str) -> str:
        """Give the address that a part of an entry leads to from a page; empty for none."""
        home = self.home_of(part.key) if part.key else None
        if home:
            return self.href(docname, *home)
        return part.href or (self.library.entries[part.key].href if part.key else "")

    def _anchor(self, key: str) -> str:
        # An id in a book is a name in XML; keys from DBLP have colons and slashes.
        return f"ref-{_OUTSIDE_NAMES.sub('-', key) if self.builder.name == 'epub' else key}"

    def _found(self, docname: str, block: Block, citing: dict[str, frozenset[str]] | None = None) -> Block:
        keys = dict.fromkeys(block.listed)
        if block.filter is not None:
            # Before every page is read, what asks for citations finds nothing.
            context = Context(docname) if citing is None else Context(docname, citing, self.citations)
            selected = (
                parse_filter(block.filter).select(self.library, context) if block.filter else self.library.entries
            )
            keys |= dict.fromkeys(selected)
        shown = tuple(key for key in keys if key in self.library.entries)
        manner = config.manner(self.env.config)
        ordered = sort(shown, block.sort, self.library, manner)[: block.limit or None]
        groups = group(ordered, block.group, self.library, manner)
        digest = hashlib.sha256(repr(groups).encode("utf-8", "surrogatepass"))
        for key in keys:
            digest.update(f"{key}={self.library.digest(key)};".encode("utf-8", "surrogatepass"))
        return replace(block, groups=groups, digest=digest.hexdigest()[:16])

    def _has_changed(self, docname: str, block: Block, citing: dict[str, frozenset[str]]) -> bool:
        try:
            return self._found(docname, block, citing).digest != block.digest
        except FilterError:
            # The last entry with a field that the filter names is gone; reading the page again says so.
            return True

    def _named_on(self, docname: str) -> Iterator[str]:
        """Yield the keys that a page shows, and those that it leads to from there."""
        for block in self.blocks[docname]:
            for key in block.keys:
                yield key
                yield from self.library.shown_with(key)

    def _citing(self) -> dict[str, frozenset[str]]:
        citing: dict[str, set[str]] = {}
        for docname, cited in self.citations.items():
            for key in cited:
                citing.setdefault(key, set()).add(docname)
        return {key: frozenset(docnames) for key, docnames in citing.items()}


def domain_of(env: BuildEnvironment) -> ReferenceBlockDomain:
    """Give our domain."""
    return cast("ReferenceBlockDomain", env.get_domain(NAME))


def load_library(app: Sphinx) -> None:
    """Read the bib files, name their faults, and hand sphinxcontrib-bibtex what was read."""
    paths = [(Path(app.confdir) / name).resolve() for name in app.config.bibtex_bibfiles or ()]
    names = [_shown_path(path) for path in paths]
    keeper = BibKeeper(paths, names, app.config.bibtex_encoding, Path(app.doctreedir) / "refblock.pickle")
    for fault in keeper.kept.faults:
        warn(fault.diagnostic, fault.source, **fault.parts)
    domain = domain_of(app.env)
    domain.library = keeper.library
    domain.kept = keeper.kept
    # Post-transforms are not told the builder any more (Sphinx 9 deprecates their ``app``).
    domain.builder = app.builder
    CitationDoor(app.env).hand_over(paths, keeper.kept.keys, app.config.bibtex_encoding)


def load_before_forks(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Load the entries once, and not in each process that reads pages in parallel."""
    if docnames:
        len(domain_of(env).library.entries)


def choose_citation_style(app: Sphinx) -> None:
    """Have citations name authors and year, unless the site asks for another style.

    sphinxcontrib-bibtex's default is a label, and entries in blocks bear none.
    """
    if app.config.bibtex_reference_style == "label":
        CitationDoor(app.env).use_author_year(normalize_tag(app.config.language))


def find_outdated(app: Sphinx, env: BuildEnvironment, *_: AbstractSet[str]) -> Iterable[str]:
    """Tell Sphinx which pages to read again."""
    return list(domain_of(env).outdated())


def settle(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Tell Sphinx which pages to write again, and the author which entries no page shows."""
    domain = domain_of(env)
    state = state_of(app, domain.library)
    if state and state == domain.data["badges_state"]:
        domain.badges = dict(domain.data["badges"])
    else:
        domain.badges = gather_badges(app, domain.library)
    domain.data["badges_state"] = state
    stale = sorted(set(domain.settle()))
    for key, source in domain.data["unshown"]:
        warn(Diagnostic.NOT_SHOWN, source, key=key)
    close_ledger(app, domain)
    return stale


def close_ledger(app: Sphinx, domain: ReferenceBlockDomain) -> None:
    """Account for each entry of the bib files: in one line of the log, and in refblock-ledger.json by the doctrees."""
    unshown = [key for key, _ in domain.data["unshown"]]
    kept = domain.kept
    ledger = balance(kept.given, domain.homes, unshown, kept.containers, kept.faults)
    logger.info("refblock: %s", ledger)
    with contextlib.suppress(OSError):
        (Path(app.doctreedir) / "refblock-ledger.json").write_text(ledger.as_json(), encoding="utf-8")
    if ledger.given != ledger.accounted:
        missing = [*kept.lost, *sorted({*kept.keys} - {*domain.homes, *unshown, *kept.containers})]
        warn(Diagnostic.UNBALANCED, "", ledger=str(ledger), keys=", ".join(missing) or "none")


def _show_any(blocks: Iterable[Block], keys: AbstractSet[str]) -> bool:
    return any(not keys.isdisjoint(block.keys) for block in blocks)


def _shown_path(path: Path) -> str:
    """Name a file as an author at the terminal would: from where they are, if it is below."""
    here = Path.cwd()
    return os.fspath(path.relative_to(here) if path.is_relative_to(here) else path)
