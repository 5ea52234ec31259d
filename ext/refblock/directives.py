"""The directives: which entries stand here, and in what shape."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

from docutils import nodes
from docutils.nodes import make_id
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from refblock import config
from refblock.arrangement import parse_group, parse_limit, parse_numbered, parse_sort
from refblock.diagnostics import Diagnostic, warn
from refblock.domain import Block, domain_of
from refblock.labels import labels
from refblock.layout import parse_show
from refblock.nodes import reference_block, reference_timeline
from refblock.pinyin import romanize
from refblock.selection import FilterError, parse_filter

if TYPE_CHECKING:
    from collections.abc import Callable

    from refblock.arrangement import Group

_KEY: Final = re.compile(r"[^\s,{}]+")


@dataclass(frozen=True, slots=True)
class Option:
    """An option of the directive: how it is read, and what it does."""

    parse: Callable[[str], Any]
    help: str


OPTIONS: Final = {
    "filter": Option(
        directives.unchanged_required,
        "Which entries stand here; an empty filter is all of them.",
    ),
    "sort": Option(
        parse_sort,
        "What to sort by, one after the other, each with `asc` or `desc` behind it if wanted: `author`, "
        "`host`, `key`, `title`, `type`, `year`; `none` is the order of the bib files. Chinese is sorted by "
        "pinyin, all else in the order of Unicode; the fields `sortname` and `sorttitle` override that. "
        "Entries that lack what is sorted by come last.",
    ),
    "limit": Option(
        parse_limit,
        "The most entries to show, after sorting; `none` for all.",
    ),
    "group": Option(
        parse_group,
        "A heading for each `host`, `language`, `topic`, `type` or `year`; `none` for a single list. Headings"
        " stand in the page's contents, and their anchors, such as `year-2018`, are the same in every "
        "language. A filter that asks what is cited can't be grouped.",
    ),
    "numbered": Option(
        parse_numbered,
        "`yes` counts from 1 in each list, `continue` goes on from the list before it on the page, `no` shows"
        " no numbers.",
    ),
    "show": Option(
        parse_show,
        "The parts to show besides the title: {parts}; `all` for every part.",
    ),
}
"""The options of ``refblock``; ``{parts}`` stands for the names of all parts."""


class _Selecting(SphinxDirective):
    """A directive that chooses entries; whatever it can't use it names, on the page too."""

    has_content = True

    def note(self, **block: Any) -> tuple[int, list[nodes.Node]]:
        """Note with the domain what the directive asks for.

        :returns: the block's number on its page, and what to say on the page of keys and filters that can't be used.
        """
        domain = domain_of(self.env)
        docname = self.env.docname
        listed = self._listed()
        label = labels(self.config.language)
        problems = [
            self._problem(label("No bib file has an entry “{key}”.").format(key=key))
            for key in listed
            if key not in domain.library.entries
        ]
        text = self.options.get("filter", None if self.content else "")
        wanted = Block(self.lineno, text, listed, **block)
        try:
            if text and wanted.group != "none" and parse_filter(text).asks_for_citations:
                # Headings are made while pages are read, and what is cited is known only after that.
                reason = (
                    "what is cited is known too late to :group: by; the block has no groups: leave out one of the two"
                )
                warn(Diagnostic.BAD_FILTER, self.get_location(), text=text, reason=reason)
                problems.append(self._problem(label("This block is not grouped, since its filter asks what is cited.")))
                wanted = replace(wanted, group="none")
            number = domain.note_block(docname, wanted)
        except FilterError as fault:
            warn(Diagnostic.BAD_FILTER, self.get_location(), text=text, reason=str(fault))
            problems.append(self._problem(label("This block cannot be shown: {reason}").format(reason=fault)))
            return domain.note_block(docname, replace(wanted, filter=None)), problems
        if text and not any(domain.blocks[docname][number].keys) and not parse_filter(text).asks_for_citations:
            warn(Diagnostic.EMPTY_BLOCK, self.get_location(), text=text)
            problems.append(self._problem(label("No entry meets this block's filter.")))
        return number, problems

    def _listed(self) -> tuple[str, ...]:
        """Give the keys of the body, with a message for each line that is none or that no entry has."""
        library = domain_of(self.env).library
        keys = []
        for number, line in enumerate(self.content):
            key = line.strip()
            place = self._place_of(number)
            if not key:
                continue
            if not _KEY.fullmatch(key):
                warn(Diagnostic.BAD_KEY_LINE, place, line=key)
                continue
            if key not in library.entries:
                near = difflib.get_close_matches(key, library.entries, n=1)
                hint = f" (did you mean {near[0]!r}?)" if near else ""
                warn(Diagnostic.UNKNOWN_KEY, place, key=key, hint=hint)
            keys.append(key)
        return tuple(dict.fromkeys(keys))

    def _place_of(self, number: int) -> str:
        """Give the file and the line on which a line of the body stands."""
        # docutils knows where each line is from, included files and nested blocks too, and counts from the file's top.
        # MyST counts the body's lines from its own first.
        if self.content.offset(0):
            return f"{self.content.source(number)}:{self.content.offset(number) + 1}"
        return f"{self.get_source_info()[0]}:{self.lineno + self.content_offset + number + 1}"

    def _problem(self, text: str) -> nodes.Node:
        paragraph = nodes.paragraph("", text, translatable=False)
        return nodes.warning("", paragraph, classes=["refblock-problem"])


class ReferenceBlockDirective(_Selecting):
    """Show entries of the site's bib files.

    ``:filter:`` chooses them by their fields; the body lists citation keys, one a line, which come first.
    With neither, all entries stand here. ``:sort:`` orders them, ``:limit:`` takes the first of them,
    ``:group:`` puts them under headings, ``:numbered:`` says how they are numbered,
    and ``:show:`` names the parts to show of each besides its title. What a block does not say, ``conf.py`` may.
    """

    option_spec: ClassVar[dict[str, Callable[[str], Any]]] = {name: option.parse for name, option in OPTIONS.items()}

    def run(self) -> list[nodes.Node]:
        """Note the block with the domain, and leave a node for each group, filled when the page is written."""
        defaults = config.read(self.config)
        given = {
            "sort": parse_sort(defaults.sort),
            "limit": parse_limit(defaults.limit),
            "group": parse_group(defaults.group),
            "numbered": parse_numbered(defaults.numbered),
            "show": parse_show(defaults.show),
            **self.options,
        }
        number, problems = self.note(**{name: given[name] for name in ("sort", "limit", "group", "numbered")})
        block = domain_of(self.env).blocks[self.env.docname][number]
        result: list[nodes.Node] = [*problems]
        for place, part in enumerate(block.groups):
            node = reference_block(docname=self.env.docname, number=number, place=place, show=given["show"])
            result.append(self._section(f"{block.group}-{part.name}", part, node) if part.heading else node)
        return result

    def _section(self, name: str, part: Group, node: reference_block) -> nodes.section:
        # Of Chinese make_id keeps nothing, and every group would have the same id.
        plain = id_ = make_id(romanize(name))
        number = 1
        while id_ in self.state.document.ids:
            number += 1
            id_ = f"{plain}-{number}"
        # The names of topics and years are no prose to translate: refblock_topics has them in each language.
        title = nodes.title("", f"{part.heading} ({len(part.keys)})", translatable=False)
        section = nodes.section("", title, node, ids=[id_])
        self.set_source_info(section)
        self.state.document.note_explicit_target(section, section)
        return section


class ReferenceTimelineDirective(_Selecting):
    """Draw the entries that ``:filter:`` chooses, or the body lists, by year and topic."""

    option_spec: ClassVar[dict[str, Callable[[str], Any]]] = {"filter": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Note with the domain what is drawn, and leave a node that is filled when the page is written."""
        number, problems = self.note(lists=False)
        return [*problems, reference_timeline(docname=self.env.docname, number=number)]
