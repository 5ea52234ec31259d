"""The directive ``linkhealth-summary``: all that the record knows, on a page.

Like refblock's entries, the words are put in when the page is written and not when it is read, so that no address
and no other people's title gets into the site's own message catalogs.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Final

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from linkhealth.badges import NAMES, last_seen
from linkhealth.chart import draw
from linkhealth.classify import one_line
from linkhealth.config import list_paths, lists_of, record_of, record_path
from linkhealth.elsewhere import SEARCH, search_address
from linkhealth.rules import Verdict, host_of
from linkhealth.words import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sphinx.application import Sphinx

    from linkhealth.record import LinkState, Record
    from linkhealth.sources import Place

_MEANINGS: Final = {
    Verdict.GONE: "the page says so itself, or was not found on two days",
    Verdict.SUSPECTED: "not found once; a check on another day decides",
    Verdict.CHANGED: "another title stands there now; somebody has to look",
    Verdict.MOVED: "seen at a new address",
    Verdict.UNREACHABLE: "the host did not answer, which says nothing of the page",
    Verdict.BLOCKED: "the host turns programs away, which says nothing of the page",
    Verdict.NOT_CHECKED: "not asked for, such as what robots.txt refuses",
    Verdict.ALIVE: "the page was seen",
}
"""What each verdict means, in the order in which they matter to a curator."""
_ORDER: Final = tuple(_MEANINGS)
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_DAYS: Final = 12
"""The days of checks that are given in numbers."""


class health_summary(nodes.General, nodes.Element):  # noqa: N801  # a node's name is its tag
    """Where the summary goes."""


class SummaryDirective(SphinxDirective):
    """``{linkhealth-summary}``: counts by verdict, a chart over time, and every address with what is known of it."""

    def run(self) -> list[nodes.Node]:
        """Leave an empty node; `fill` puts the words in."""
        return [health_summary()]


def note_files(app: Sphinx, doctree: nodes.document) -> None:
    """Have a page with a summary read again when the record or a list changes."""
    if any(doctree.findall(health_summary)):
        for path in (record_path(app), *list_paths(app)):
            app.env.note_dependency(str(path))


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the words in place of each node."""
    for node in list(doctree.findall(health_summary)):
        summary = _Summary(record_of(app), lists_of(app), app.config.language)
        node.replace_self(list(summary.parts(is_html=app.builder.format == "html")))


def copy_assets(app: Sphinx) -> None:
    """Put our style sheet where the pages look for it, before each link to it gets the file's checksum."""
    if app.builder.format == "html":
        target = app.outdir / "_static"
        target.mkdir(parents=True, exist_ok=True)
        with as_file(files(__package__) / "static") as folder:
            shutil.copyfile(folder / "linkhealth.css", target / "linkhealth.css")


class _Summary:
    """A record in a reader's language."""

    def __init__(self, record: Record, lists: Mapping[str, Sequence[Place]], language: str) -> None:
        self._record = record
        self._lists = lists
        self._language = language
        self._word: Callable[[str], str] = words(language)

    def parts(self, *, is_html: bool) -> Iterator[nodes.Node]:
        """Yield what stands on the page, in order."""
        yield nodes.paragraph("", self._opening(), classes=["linkhealth-opening"])
        if self._record.links:
            yield self._counts()
        if self._record.history:
            yield from self._history(is_html=is_html)
        hosts: dict[str, list[str]] = {}
        for url in self._record.links:
            hosts.setdefault(one_line(host_of(url)) or "?", []).append(url)
        for host, urls in sorted(hosts.items(), key=lambda item: (-len(item[1]), item[0])):
            # A heading in HTML, and none that Sphinx would want to list in its contents.
            yield nodes.rubric("", f"{host} · {len(urls)}", classes=["linkhealth-host"], **{"heading-level": 2})
            yield self._links(urls)

    def _opening(self) -> str:
        waiting = len(self._lists.keys() - self._record.links.keys())
        if not self._record.links:
            said = self._word("Nothing has been checked yet; {number} addresses wait for their first check.")
            return said.format(number=waiting)
        last = max(state.last_check for state in self._record.links.values()).date()
        said = self._word("{number} addresses have been looked at, the last of them on {date}.")
        opening = said.format(number=len(self._record.links), date=last)
        if waiting:
            opening += self._word(" {number} more wait for their first check.").format(number=waiting)
        return opening

    # ------------------------------------------------------------ counts, and how they came about

    def _counts(self) -> nodes.table:
        counts = Counter(state.verdict for state in self._record.links.values())
        rows = [
            [_text(self._word(NAMES[verdict])), _text(str(counts[verdict])), _text(self._word(_MEANINGS[verdict]))]
            for verdict in _ORDER
            if counts[verdict]
        ]
        heads = [(self._word(name), width) for name, width in (("State", 16), ("Links", 8), ("Meaning", 60))]
        return _table("linkhealth-counts", heads, rows)

    def _history(self, *, is_html: bool) -> Iterator[nodes.Node]:
        history = self._record.history
        names = {verdict: self._word(NAMES[verdict]) for verdict in _ORDER}
        days = sorted(history)
        used = [verdict for verdict in _ORDER if any(counts.get(verdict.value) for counts in history.values())]
        rows = [
            [_text(day), *(_text(str(history[day].get(verdict.value, 0))) for verdict in used)]
            for day in reversed(days[-_DAYS:])
        ]
        table = _table("linkhealth-days", [(self._word("Day"), 12), *((names[verdict], 12) for verdict in used)], rows)
        if not is_html:
            yield table
            return
        newest = ", ".join(f"{names[verdict]} {history[days[-1]].get(verdict.value, 0)}" for verdict in used)
        title = self._word("How many links were in which state, from {first} to {last}. The newest: {newest}")
        legend = self._word(
            "A bar for each day of checks. Each row has its own scale; the number is that of the newest day."
        )
        yield nodes.paragraph("", legend, classes=["linkhealth-legend"])
        yield _raw(draw(history, names, title.format(first=days[0], last=days[-1], newest=newest)))
        yield _raw(f'<details class="linkhealth-numbers"><summary>{self._word("The chart in numbers")}</summary>')
        yield table
        yield _raw("</details>")

    # ------------------------------------------------------------ every address

    def _links(self, urls: Sequence[str]) -> nodes.table:
        known = self._record.links
        ordered = sorted(urls, key=lambda url: (_ORDER.index(known[url].verdict), self._title(url)[0]))
        rows = [[self._page(url), self._state(known[url]), self._evidence(url, known[url])] for url in ordered]
        heads = [(self._word(name), width) for name, width in (("Page", 40), ("State", 30), ("Evidence", 30))]
        return _table("linkhealth-links", heads, rows)

    def _page(self, url: str) -> nodes.paragraph:
        title, language = self._title(url)
        return nodes.paragraph("", "", _link(title, url, language))

    def _state(self, state: LinkState) -> nodes.paragraph:
        name = nodes.strong("", self._word(NAMES[state.verdict]), classes=[f"linkhealth-{state.verdict.value}"])
        dates = [self._word("since {date}").format(date=state.since.date()), last_seen(state, self._word)]
        parts = re.split(r"(\d{4}-\d\d-\d\d)", f" {self._word('; ').join(dates)}")
        texts = (
            nodes.inline("", part, classes=["linkhealth-date"]) if place % 2 else nodes.Text(part)
            for place, part in enumerate(parts)
        )
        return nodes.paragraph("", "", name, *texts)

    def _evidence(self, url: str, state: LinkState) -> nodes.paragraph:
        says, bracket, shown = state.evidence.partition(" (")
        told = self._word(says)  # what a rule says is in the catalog; of what a host says, nothing is
        is_ours = told != says
        evidence = nodes.inline("", one_line(f"{told}{bracket}{shown}"), classes=[] if is_ours else ["language-en"])
        cell = nodes.paragraph("", "", evidence)
        more = []
        if state.verdict is Verdict.MOVED and state.final_url:
            more.append(_link(self._word("the new address"), state.final_url))
        if state.archived:
            more.append(_link(self._word("archived copy"), state.archived))
        elif state.verdict is Verdict.GONE and url in self._lists:
            text = self._word("search {engine} for its title").format(engine=self._word(SEARCH))
            more.append(_link(text, search_address(self._own_title(url))))
        for link in more:
            cell += [nodes.Text(" "), link]
        return cell

    def _title(self, url: str) -> tuple[str, str]:
        """Give the title for a reader of the page, and its language; the address itself where no title is known."""
        places = self._lists.get(url, ())
        titles = [title for place in places for title in (place.title, place.parallel_title) if title]
        titles = titles or [title for title in (self._record.links[url].title,) if title]
        if not titles:
            return one_line(url), ""
        wanted = self._language.partition("_")[0] == "zh"
        title = next((title for title in titles if bool(_HAN.search(title)) is wanted), titles[0])
        return one_line(title), "zh-Hans" if _HAN.search(title) else "en"

    def _own_title(self, url: str) -> str:
        return next((place.title for place in self._lists[url] if place.title), url)


def _table(name: str, heads: Sequence[tuple[str, int]], rows: Sequence[Sequence[nodes.Node]]) -> nodes.table:
    """Make a table.

    :param heads: the words above each column, and its width in letters, for formats that do not find one themselves.
    """
    group = nodes.tgroup("", *(nodes.colspec(colwidth=width) for _, width in heads), cols=len(heads))
    group += nodes.thead("", nodes.row("", *(nodes.entry("", _text(head)) for head, _ in heads)))
    group += nodes.tbody("", *(nodes.row("", *(nodes.entry("", cell) for cell in row)) for row in rows))
    return nodes.table("", group, classes=[name, "colwidths-auto", "longtable"])


def _text(text: str) -> nodes.paragraph:
    return nodes.paragraph("", text)


def _link(text: str, href: str, language: str = "") -> nodes.Element:
    classes = [f"language-{language}"] if language else []
    if not href.lower().startswith(("http://", "https://")):
        return nodes.literal("", text)
    return nodes.reference("", text, refuri=href, internal=False, classes=classes)


def _raw(markup: str) -> nodes.raw:
    return nodes.raw("", markup, format="html")
