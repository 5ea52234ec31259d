"""What is known only when every page is read: blocks are filled, and citations find their entries."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

from refblock import config
from refblock.bibdata import Citation, CitationDoor
from refblock.diagnostics import Diagnostic, warn
from refblock.domain import domain_of
from refblock.exports import coins
from refblock.layout import LaidOutEntry, Line, Part, again, joint, lay_out, lead, only, short_name
from refblock.nodes import (
    entry_line,
    entry_lines,
    entry_link,
    entry_text,
    reference_block,
    reference_entry,
    reference_list,
    reference_timeline,
)
from refblock.pinyin import spell
from refblock.publishing import exports_of
from refblock.timeline import Mark, draw
from refblock.writers import html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from refblock.entries import Entry


class BlockFiller(SphinxPostTransform):
    """Put the entries into each block.

    Entries are laid out here and not when a page is read, so that a stored page holds no entry's text:
    it stays small, and one language's words never reach another language's page.
    """

    # Before Sphinx resolves references (10), which would take our empty node for finished.
    default_priority: ClassVar[int] = 5

    def run(self, **kwargs: Any) -> None:
        """Fill each block's node for HTML; for other formats replace it with a list."""
        for node in list(self.document.findall(reference_block)):
            laid_out = self._laid_out(node)
            if domain_of(self.env).builder.format == "html":
                self._write(node, laid_out)
            else:
                node.replace_self(self._list(node, laid_out))

    def _laid_out(self, node: reference_block) -> list[tuple[str, LaidOutEntry]]:
        """Give the entries of a block, each with its id."""
        domain = domain_of(self.env)
        docname, number, place = node["docname"], node["number"], node["place"]
        manner = config.manner(self.config)
        result = []
        for key in domain.blocks[docname][number].groups[place].keys:
            entry = lay_out(domain.library.entries[key], domain.library, manner, domain.badges.get(key, ()))
            if node["show"] is not None:
                entry = only(entry, node["show"])
            if not domain.is_home(key, docname, number, place):
                entry = again(entry, manner)
            if entry.href and self._spells_out_addresses():
                entry = replace(
                    entry, lines=(*entry.lines, Line("address", "", (Part("url", entry.href, entry.href),)))
                )
            result.append((domain.id_of(key, docname, number, place), entry))
        return result

    def _spells_out_addresses(self) -> bool:
        # These drop the address of a link, and on paper a link is only as good as its address.
        builder = domain_of(self.env).builder
        return builder.format in {"latex", "text"} or (builder.name == "epub" and self.config.epub_show_urls != "no")

    def _write(self, node: reference_block, laid_out: list[tuple[str, LaidOutEntry]]) -> None:
        def href_of(part: Part) -> str:
            return domain_of(self.env).part_href(part, node["docname"])

        domain = domain_of(self.env)
        library = domain.library
        items = "".join(
            html.write_entry(
                entry,
                id_,
                href_of,
                spelled=spell("\n".join(title.text for title in entry.titles)),
                context=coins(library.entries[entry.key], library),
            )
            for id_, entry in laid_out
        )
        exports = exports_of(domain, node["docname"], node["number"]) if domain.has_exports else ""
        node["html"] = html.write_list(items, self._first_number(node), exports) if items else ""
        block = domain.blocks[node["docname"]][node["number"]]
        if items and exports and node["place"] == len(block.groups) - 1:
            node["html"] += html.write_exports(exports, _file_name(node), config.manner(self.config).label("Export:"))
        # Nobody sees this text but Sphinx's own search, which reads nodes, and to which saying a word once is enough.
        node += nodes.Text("\n".join(dict.fromkeys(text for _, entry in laid_out for text in _searched(entry))))

    def _first_number(self, node: reference_block) -> int:
        return domain_of(self.env).first_number(node["docname"], node["number"], node["place"])

    def _list(self, node: reference_block, laid_out: list[tuple[str, LaidOutEntry]]) -> list[nodes.Node]:
        first = self._first_number(node)
        items: nodes.Element = nodes.bullet_list(bullet="-")
        if first:
            items = reference_list(enumtype="arabic", prefix="", suffix=".", start=first)
        items += [self._entry(entry, node["docname"], id_) for id_, entry in laid_out]
        return [items] if laid_out else []

    def _entry(self, entry: LaidOutEntry, docname: str, id_: str) -> reference_entry:
        lines = entry_lines()
        lines += entry_line("", "", _text(entry.leading.text, entry.href))
        if entry.parallel:
            mark = f" [{entry.original_mark}]" if entry.original_mark else ""
            lines += entry_line("", "", entry_text("", entry.parallel.text), nodes.Text(mark))
        badges = tuple(Part("badge", badge.text, badge.href) for badge in entry.badges)
        if entry.meta or badges:
            lines += self._line("", (*entry.meta, *badges), docname, lambda _: " · ")
        for line in entry.lines:
            lines += self._line(line.label, line.parts, docname, joint)
        return reference_entry("", lines, ids=[id_], key=entry.key)

    def _line(self, label: str, parts: tuple[Part, ...], docname: str, between: Callable[[Part], str]) -> entry_line:
        line = entry_line("", "", nodes.Text(lead(label)))
        for number, part in enumerate(parts):
            if number:
                line += nodes.Text(between(part))
            line += self._part(part, docname)
        return line

    def _part(self, part: Part, docname: str) -> nodes.Node:
        domain = domain_of(self.env)
        home = domain.home_of(part.key) if part.key else None
        if home:
            text = entry_text("", part.text)
            return make_refnode(domain.builder, domain.seen_from(docname, home[0]), home[0], home[1], text)
        return _text(part.text, domain.part_href(part, docname))


class TimelineDrawer(SphinxPostTransform):
    """Draw each timeline: in HTML as a picture whose marks are links, elsewhere as a list of years."""

    default_priority: ClassVar[int] = 5

    def run(self, **kwargs: Any) -> None:
        """Fill each timeline's node, or replace it."""
        for node in list(self.document.findall(reference_timeline)):
            domain = domain_of(self.env)
            keys = dict.fromkeys(domain.blocks[node["docname"]][node["number"]].keys)
            entries = [domain.library.entries[key] for key in keys if domain.library.entries[key].year]
            if not entries:
                node.parent.remove(node)
            elif domain_of(self.env).builder.format == "html":
                node["svg"] = self._drawing(entries, node["docname"])
            else:
                node.replace_self(self._years(entries))

    def _drawing(self, entries: list[Entry], docname: str) -> str:
        manner = config.manner(self.config)
        # A paper stands in the lane of its rarest topic: the commonest says least about it.
        share = Counter(topic for entry in entries for topic in entry.topics)
        marks = [
            Mark(
                year=entry.year,
                topic=min(entry.topics, key=lambda topic: share[topic], default=""),
                label=f"{entry.leading_title(manner.language).text} ({short_name(entry, manner)})",
                href=self._href(entry, docname),
                language=entry.leading_title(manner.language).language,
            )
            for entry in entries
        ]
        names = {**manner.topic_names, "": manner.label("Other")}
        return draw(marks, names, manner.label("Papers by year and topic"))

    def _href(self, entry: Entry, docname: str) -> str:
        domain = domain_of(self.env)
        home = domain.home_of(entry.key)
        return domain.href(docname, *home) if home else entry.href

    def _years(self, entries: list[Entry]) -> nodes.bullet_list:
        manner = config.manner(self.config)
        items = nodes.bullet_list()
        for year in sorted({entry.year for entry in entries}):
            names = [short_name(entry, manner).removesuffix(year).strip() for entry in entries if entry.year == year]
            items += nodes.list_item("", nodes.paragraph("", f"{year}: {'; '.join(names)}"))
        return items


class CitationResolver(SphinxPostTransform):
    """Lead each ``cite`` role to the entry in its block."""

    # Before Sphinx (10) asks sphinxcontrib-bibtex, which knows only its own bibliographies.
    default_priority: ClassVar[int] = 6

    def run(self, **kwargs: Any) -> None:
        """Replace the citations whose entries stand in blocks; leave the rest to sphinxcontrib-bibtex."""
        pending = [node for node in self.document.findall(addnodes.pending_xref) if node.get("refdomain") == "cite"]
        for node in pending:
            self._resolve(node)

    def _resolve(self, node: addnodes.pending_xref) -> None:
        domain = domain_of(self.env)
        door = CitationDoor(self.env)
        targets = door.targets(node["reftarget"])
        unknown = [target.key for target in targets if target.key not in domain.homes]
        if any(door.lists(key) for key in unknown):
            return
        for key in unknown:
            if key in domain.library.entries:
                warn(Diagnostic.CITED_NOT_SHOWN, node, key=key)
            else:
                warn(Diagnostic.UNKNOWN_KEY, node, key=key, hint="")
        # On a page made of many, as in LaTeX, the reference itself knows where it stands.
        docname = node.get("refdoc", self.env.docname)
        cited = [
            (target, Citation(domain.library.entries[target.key], home[0], home[1], domain.seen_from(docname, home[0])))
            for target in targets
            if (home := domain.home_of(target.key))
        ]
        result = nodes.inline()
        if cited:
            result += door.render(node["reftype"], cited, domain.builder, config.manner(self.config))
        for key in unknown:
            result += nodes.inline("", f"[{key}?]", classes=["refblock-problem"])
        node.replace_self(result)


def _file_name(node: reference_block) -> str:
    """Name the file that a reader saves a block's export as, without its ending."""
    name = node["docname"].rpartition("/")[2]
    return f"{name}-{node['number'] + 1}" if node["number"] else name


def _searched(entry: LaidOutEntry) -> Iterator[str]:
    """Yield what a reader would search an entry by."""
    yield from (title.text for title in entry.titles)
    yield from (part.text for part in entry.meta)


def _text(text: str, href: str) -> nodes.Element:
    return entry_link("", text, refuri=href, internal=False) if href else entry_text("", text)
