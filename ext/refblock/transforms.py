"""What is known only when every page is read: blocks are filled, and citations find their entries."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

from refblock import config
from refblock.bibdata import Citation, CitationDoor
from refblock.diagnostics import Diagnostic, warn
from refblock.domain import domain_of
from refblock.layout import LaidOutEntry, Line, Part, lay_out, only, short_name
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
from refblock.timeline import Mark, draw

if TYPE_CHECKING:
    from refblock.entries import Entry


class BlockFiller(SphinxPostTransform):
    """Put the entries into each block.

    Entries are laid out here and not when a page is read, so that a stored page holds no entry's text:
    it stays small, and one language's words never reach another language's page.
    """

    # Before Sphinx resolves references (10), which would take our empty node for finished.
    default_priority: ClassVar[int] = 5

    def run(self, **kwargs: Any) -> None:
        """Replace each block's node with its list."""
        for node in list(self.document.findall(reference_block)):
            node.replace_self(self._list(node))

    def _list(self, node: reference_block) -> list[nodes.Node]:
        domain = domain_of(self.env)
        docname, number, place = node["docname"], node["number"], node["place"]
        keys = domain.blocks[docname][number].groups[place].keys
        manner = config.manner(self.config)
        items = reference_list(enumtype="arabic", prefix="", suffix=".", classes=["refblock"])
        for key in keys:
            laid_out = lay_out(domain.library.entries[key], domain.library, manner)
            if node["show"] is not None:
                laid_out = only(laid_out, node["show"])
            items += self._entry(laid_out, docname, domain.id_of(key, docname, number, place))
        return [items] if keys else []

    def _entry(self, entry: LaidOutEntry, docname: str, id_: str) -> reference_entry:
        lines = entry_lines()
        heading = _text("title", entry.leading.text, entry.href, entry.leading.language)
        lines += entry_line("", "", heading, classes=["refblock-heading"])
        if entry.parallel:
            second = _text("parallel", entry.parallel.text, "", entry.parallel.language)
            line = entry_line("", "", second, classes=["refblock-second"])
            if entry.original_mark:
                mark = nodes.inline("", entry.original_mark, classes=["refblock-mark"])
                line.extend([nodes.Text(" "), mark])
            lines += line
            (second if entry.original_mark else heading)["classes"].append("refblock-original")
        lines += self._line("meta", "", entry.meta, " · ", docname)
        for shown in entry.lines:
            lines += self._labelled(shown, docname)
        if entry.href and domain_of(self.env).builder.format in {"latex", "text"}:
            # These writers drop the address of a link, and on paper a link is only as good as its address.
            address = entry_line(classes=["refblock-address"])
            address += nodes.reference("", entry.href, refuri=entry.href, internal=False)
            lines += address
        return reference_entry("", lines, ids=[id_], key=entry.key)

    def _labelled(self, line: Line, docname: str) -> entry_line:
        return self._line(line.role, line.label, line.parts, " ", docname)

    def _line(self, role: str, label: str, parts: tuple[Part, ...], separator: str, docname: str) -> entry_line:
        line = entry_line(classes=[f"refblock-{role}"])
        if label:
            line += nodes.inline("", label, classes=["refblock-label"])
            line += nodes.Text(" ")
        for number, part in enumerate(parts):
            if number:
                line += nodes.Text(separator)
            line += self._part(part, docname)
        return line

    def _part(self, part: Part, docname: str) -> nodes.Node:
        domain = domain_of(self.env)
        home = domain.home_of(part.key) if part.key else None
        if home:
            text = entry_text("", part.text, classes=_classes(part.role, part.language))
            return make_refnode(domain.builder, domain.seen_from(docname, home[0]), home[0], home[1], text)
        href = part.href or (domain.library.entries[part.key].href if part.key else "")
        return _text(part.role, part.text, href, part.language)


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
        if home is None:
            return entry.href
        is_here = domain.seen_from(docname, home[0]) == home[0]
        return f"{'' if is_here else domain.builder.get_relative_uri(docname, home[0])}#{home[1]}"

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


def _text(role: str, text: str, href: str, language: str | None) -> nodes.Element:
    classes = _classes(role, language)
    if href:
        return entry_link("", text, refuri=href, internal=False, classes=classes)
    return entry_text("", text, classes=classes)


def _classes(role: str, language: str | None) -> list[str]:
    # docutils turns a class "language-zh" into lang="zh" wherever its HTML writer opens a tag.
    return [f"refblock-{role}", *([f"language-{language}"] if language else [])]
