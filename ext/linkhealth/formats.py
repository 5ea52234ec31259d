"""A report as text for a terminal, Markdown, JUnit XML and JSON.

Titles and evidence are other people's text: no format lets them be more than text.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote
from xml.etree import ElementTree as ET

from linkhealth.classify import one_line
from linkhealth.record import dump_state
from linkhealth.rules import Verdict, host_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from linkhealth.report import Item, Report
    from linkhealth.sources import Place

SCHEMA_VERSION: Final = 1
_SECTIONS: Final = (
    ("Newly broken", (Verdict.GONE, Verdict.SUSPECTED), True),
    ("Changed: look at them", (Verdict.CHANGED,), False),
    ("Moved: `linkhealth fix` writes the new addresses", (Verdict.MOVED,), False),
    ("Broken before", (Verdict.GONE, Verdict.SUSPECTED), False),
    ("Out of reach, which says nothing of the page", (Verdict.UNREACHABLE,), False),
    ("Blocked, which says nothing of the page", (Verdict.BLOCKED,), False),
    ("Not checked", (Verdict.NOT_CHECKED,), False),
)
_MOST_HOSTS: Final = 40
"""Lines of the table of hosts: what was found stands above it, and is not to be pushed away."""
_COLOURS: Final = {
    Verdict.GONE: "31",
    Verdict.SUSPECTED: "33",
    Verdict.CHANGED: "35",
    Verdict.MOVED: "36",
    Verdict.ALIVE: "32",
}


# ---------------------------------------------------------------- terminal


def as_text(report: Report, *, width: int = 100, is_coloured: bool = False) -> str:
    """Give the report for a terminal: findings first, then a table of hosts, then one line that sums up."""
    lines: list[str] = []
    for heading, items in _sections(report):
        lines += [f"{heading} ({len(items)})", ""]
        for item in items:
            lines += [*_finding_lines(item, width, is_coloured=is_coloured), ""]
    if report.items:
        lines += [*_host_table(report), ""]
    return "\n".join([*lines, _summary(report), ""])


def _finding_lines(item: Item, width: int, *, is_coloured: bool) -> Iterator[str]:
    verdict = f"{item.state.verdict.value:<11}"
    if is_coloured and item.state.verdict in _COLOURS:
        verdict = f"\033[{_COLOURS[item.state.verdict]}m{verdict}\033[0m"
    listed = [place for place in item.places if place.path]
    first = listed[0] if listed else None
    url = one_line(item.url, 2000)
    name = f"{first.spot}  {one_line(first.key)}" if first else url
    yield f"  {verdict}  {name}".rstrip()
    indent = " " * 15
    for place in listed[1:]:
        yield f"{indent}{place.spot}  {one_line(place.key)}".rstrip()
    for title in _titles(item):
        yield indent + _cut(title, width - len(indent))
    if first:
        yield indent + url
    yield indent + _cut(one_line(item.state.evidence), max(width, 60) - len(indent))
    for line in (_dates(item), _pages(item), f"archived at {item.state.archived}" if item.state.archived else ""):
        if line:
            yield indent + one_line(line, 2000)
    if item.state.verdict is Verdict.MOVED:
        yield f"{indent}now at {one_line(item.state.final_url, 2000)}"


def _host_table(report: Report) -> Iterator[str]:
    hosts = Counter(host_of(item.url) or "?" for item in report.items)
    verdicts = [verdict for verdict in Verdict if verdict.value in report.counts]
    cells = Counter((host_of(item.url) or "?", item.state.verdict) for item in report.items)
    broad = max(*(len(host) for host, _ in hosts.most_common(_MOST_HOSTS)), len("host"))
    head = [f"{verdict.value:>13}" for verdict in verdicts]
    yield f"{'host':<{broad}}  {'links':>6}" + "".join(head)
    for host, number in hosts.most_common(_MOST_HOSTS):
        yield f"{host:<{broad}}  {number:>6}" + "".join(f"{cells[host, verdict] or '·':>13}" for verdict in verdicts)
    if others := hosts.most_common()[_MOST_HOSTS:]:
        yield f"and {len(others)} hosts more, of at most {others[0][1]} links each"


def _cut(text: str, width: int) -> str:
    """Shorten a text to columns of a terminal, in which a Chinese character takes two."""
    widths = [2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text]
    if sum(widths) <= width:
        return text
    kept = sum(total < width for total in accumulate(widths))
    return f"{text[:kept]}…"


# ---------------------------------------------------------------- Markdown


def as_markdown(report: Report) -> str:
    """Give the report for the summary of a job."""
    lines = ["# Link health", "", _markdown_text(_summary(report)), ""]
    for heading, items in _sections(report):
        lines += [f"## {_markdown_text(heading)} ({len(items)})", ""]
        lines += ["| verdict | where | titles | link | evidence |", "| --- | --- | --- | --- | --- |"]
        lines += [_markdown_row(item) for item in items]
        lines.append("")
    return "\n".join(lines)


def _markdown_row(item: Item) -> str:
    spots = [f"`{place.spot}` {_markdown_text(place.key)}".rstrip() for place in item.places if place.path]
    pages = [f"on {_markdown_text(page)}" for page in _page_names(item)]
    evidence = [_markdown_text(part) for part in (item.state.evidence, _dates(item)) if part]
    if item.state.verdict is Verdict.MOVED:
        evidence.append(f"now at {_markdown_link(item.state.final_url)}")
    if item.state.archived:
        evidence.append(f"[archived copy](<{_safe_url(item.state.archived)}>)")
    cells = [
        item.state.verdict.value,
        "<br>".join([*spots, *pages]),
        "<br>".join(map(_markdown_text, _titles(item))),
        _markdown_link(item.url),
        "<br>".join(evidence),
    ]
    return f"| {' | '.join(cells)} |"


def _markdown_text(text: str) -> str:
    plain = html.escape(one_line(text, 1000), quote=False)
    escaped = re.sub(r"([\\`*_{}\[\]()#+!|~])", r"\\\1", plain)
    # GitHub calls everybody whom a title happens to name, unless something stands in between.
    return escaped.replace("@", "@<!-- -->")


def _markdown_link(url: str) -> str:
    return f"[{_markdown_text(url)}](<{_safe_url(url)}>)"


def _safe_url(url: str) -> str:
    safe = quote(url, safe="%/:=&?~#+!$,;'@()*", errors="replace")
    return safe if re.match(r"https?://", safe, re.IGNORECASE) else ""


# ---------------------------------------------------------------- JUnit


def as_junit(report: Report) -> str:
    """Give the report as JUnit XML: newly broken links fail, what could not be seen is skipped.

    Only what all dialects have, such as Jenkins' junit-10.xsd: no file and line of a case, no sum of what is skipped.
    """
    suites = ET.Element("testsuites", name="linkhealth", tests=str(len(report.items)))
    totals: Counter[str] = Counter()
    hosts: dict[str, list[Item]] = {}
    for item in report.items:
        hosts.setdefault(host_of(item.url) or "?", []).append(item)
    for host, items in hosts.items():
        suite = ET.SubElement(suites, "testsuite", name=_xml_text(host), tests=str(len(items)))
        outcomes = Counter(_junit_case(suite, item) for item in items)
        suite.attrib.update(_outcomes(outcomes), skipped=str(outcomes["skipped"]))
        totals += outcomes
    suites.attrib.update(_outcomes(totals))
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _outcomes(outcomes: Counter[str]) -> dict[str, str]:
    return {"failures": str(outcomes["failure"]), "errors": "0"}


def _junit_case(suite: ET.Element, item: Item) -> str:
    place = next((place for place in item.places if place.path), None)
    name = one_line(place.key) if place and place.key else suite.attrib["name"]
    case = ET.SubElement(suite, "testcase", name=_xml_text(item.url), classname=name)
    where = f"{place.spot}: " if place else ""
    message = _xml_text(f"{where}{item.state.verdict.value}: {item.state.evidence}")
    details = _xml_text("\n".join(_finding_lines(item, 200, is_coloured=False)))
    if item.is_new:
        ET.SubElement(case, "failure", type=item.state.verdict.value, message=message).text = details
        return "failure"
    if item.state.verdict in {Verdict.ALIVE, Verdict.MOVED, Verdict.CHANGED}:
        if item.state.verdict is not Verdict.ALIVE:
            ET.SubElement(case, "system-out").text = details
        return "passed"
    ET.SubElement(case, "skipped", message=message)
    return "skipped"


def _xml_text(text: str) -> str:
    """Leave out what XML 1.0 has no way of saying."""
    return re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)


# ---------------------------------------------------------------- JSON


def as_json(report: Report) -> str:
    """Give the report as JSON, of the schema in ``report.schema.json``."""
    told: dict[str, Any] = {
        "schema": SCHEMA_VERSION,
        "counts": report.counts,
        "newly_broken": len(report.newly_broken),
        "links": [
            {
                "url": item.url,
                "newly_broken": item.is_new,
                **dump_state(item.state),
                "places": [_json_place(place) for place in item.places],
            }
            for item in report.items
        ],
        "never_checked": list(report.unknown),
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _json_place(place: Place) -> dict[str, object]:
    named = {
        "path": place.path,
        "line": place.line,
        "key": place.key,
        "title": place.title,
        "parallel_title": place.parallel_title,
        "page": place.page,
    }
    return {name: value for name, value in named.items() if value}


# ---------------------------------------------------------------- what they share


FORMATS: Final[dict[str, Callable[[Report], str]]] = {
    "text": as_text,
    "markdown": as_markdown,
    "junit": as_junit,
    "json": as_json,
}


def _sections(report: Report) -> Iterator[tuple[str, list[Item]]]:
    for heading, verdicts, is_new in _SECTIONS:
        items = report.of(*verdicts, new=is_new)
        if items:
            yield heading, items


def _summary(report: Report) -> str:
    parts = [f"{number} {verdict.replace('_', ' ')}" for verdict, number in report.counts.items()]
    if report.unknown:
        parts.append(f"{len(report.unknown)} never checked")
    total = len(report.items) + len(report.unknown)
    return f"{total} links: {', '.join(parts) or 'none'}. Newly broken: {len(report.newly_broken)}."


def _titles(item: Item) -> list[str]:
    """Give both titles, once each."""
    titles = [title for place in item.places for title in (place.title, place.parallel_title)]
    return list(dict.fromkeys(one_line(title) for title in titles if title))


def _page_names(item: Item) -> list[str]:
    return list(dict.fromkeys(place.page for place in item.places if place.page))


def _pages(item: Item) -> str:
    pages = _page_names(item)
    return f"on {one_line(', '.join(pages))}" if pages else ""


def _dates(item: Item) -> str:
    state = item.state
    parts = [f"since {state.since.date()}"]
    if state.last_alive is not None and state.verdict is not Verdict.ALIVE:
        parts.append(f"last alive {state.last_alive.date()}")
    elif state.last_alive is None:
        parts.append("never seen alive")
    if state.lately is not None:
        parts.append(f"lately {state.lately.value}")
    if state.failures > 1:
        parts.append(f"not seen {state.failures} times in a row")
    return ", ".join(parts)
