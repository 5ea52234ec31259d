"""What a curator is told, in four formats."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from linkhealth.classify import Finding
from linkhealth.formats import FORMATS, as_json, as_junit, as_markdown, as_text
from linkhealth.record import LinkState, Record, advance
from linkhealth.report import Report, make_report
from linkhealth.rules import Verdict
from linkhealth.sources import Place

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
EVIL = "a | b <script>alert(1)</script> [x](javascript:x) `y` \x1b[31m \x00 ]]> & \u202e\ud800"


def state(verdict: str, **more: Any) -> LinkState:
    found = advance(None, Finding(Verdict(verdict), f"evidence of {verdict}"), NOW)
    return replace(found, **more)


LINKS = {
    "https://a.example/alive": state("alive"),
    "https://a.example/blocked": state("blocked"),
    "https://a.example/moved": state("moved", final_url="https://a.example/new"),
    "https://a.example/changed": state("changed"),
    "https://a.example/old": state("gone", archived="https://web.archive.org/web/1/https://a.example/old"),
    "https://a.example/gone": state("gone", lately=Verdict.BLOCKED, failures=3, last_alive=NOW - timedelta(days=9)),
    "https://a.example/suspected": state("suspected"),
    "https://b.example/unreachable": state("unreachable"),
    "https://b.example/robots": state("not_checked"),
}
PLACES = {
    "https://a.example/gone": [
        Place("refs.bib", 55, "mtl", "多任务学习概述", "Multi-task learning"),
        Place(page="index.html"),
        Place(page="en/index.html"),
    ],
    "https://a.example/moved": [Place("refs.bib", 66, "moved", "Moved")],
}
BASELINE = Record({"https://a.example/old": state("suspected"), "https://a.example/gone": state("alive")})


@pytest.fixture
def report() -> Report:
    return make_report([*LINKS, "https://c.example/never"], PLACES, Record(LINKS), BASELINE)


def test_newly_broken_links_come_first(report: Report) -> None:
    assert [item.url.rpartition("/")[2] for item in report.items] == [
        "gone",
        "suspected",
        "old",
        "changed",
        "moved",
        "unreachable",
        "blocked",
        "robots",
        "alive",
    ]
    assert [item.is_new for item in report.items][:3] == [True, True, False]
    assert report.unknown == ["https://c.example/never"]


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (None, "alive", 0),
        (None, "gone", 1),
        (None, "suspected", 1),
        ("alive", "gone", 1),
        ("alive", "suspected", 1),
        ("blocked", "gone", 1),
        ("gone", "gone", 0),
        ("suspected", "gone", 0),
        ("alive", "blocked", 0),
        ("alive", "unreachable", 0),
        ("alive", "changed", 0),
        ("alive", "moved", 0),
        (None, "not_checked", 0),
    ],
)
def test_only_what_is_newly_broken_fails(before: str | None, after: str, code: int) -> None:
    baseline = Record({"u": state(before)} if before else {})

    assert make_report(["u"], {}, Record({"u": state(after)}), baseline).exit_code == code


def test_without_a_baseline_all_that_is_broken_is_new() -> None:
    assert make_report(["u"], {}, Record({"u": state("gone")}), None).exit_code == 1


def test_the_terminal_names_line_key_titles_and_pages(report: Report) -> None:
    text = as_text(report)

    assert text.index("Newly broken (2)") < text.index("Changed") < text.index("Moved") < text.index("Broken before")
    for part in (
        "refs.bib:55  mtl",
        "多任务学习概述",
        "Multi-task learning",
        "https://a.example/gone",
        "on index.html, en/index.html",
        "last alive 2026-11-14",
        "lately blocked",
        "not seen 3 times in a row",
        "now at https://a.example/new",
        "archived at https://web.archive.org",
        "10 links: 1 alive, 1 moved, 1 changed, 1 suspected, 2 gone, 1 blocked, 1 unreachable, 1 not checked, ",
        "1 never checked",
        "Newly broken: 2.",
    ):
        assert part in text
    assert "\033" not in text
    assert "\033[31mgone" in as_text(report, is_coloured=True)


def test_chinese_titles_are_cut_to_the_columns_they_take() -> None:
    places = {"u": [Place("refs.bib", 1, "k", "多" * 200)]}
    text = as_text(make_report(["u"], places, Record({"u": state("gone")}), None), width=60)
    (line,) = [line for line in text.splitlines() if "多" in line]

    assert line.strip() == "多" * 22 + "…"


def test_the_table_of_hosts_ends_somewhere_and_says_so() -> None:
    links = {f"https://{number}.example/": state("alive") for number in range(50)}
    text = as_text(make_report(links, {}, Record(links), None))

    assert len(text.splitlines()) == 44
    assert "and 10 hosts more, of at most 1 links each" in text


def test_an_empty_report_says_so() -> None:
    empty = make_report([], {}, Record(), None)

    assert as_text(empty) == "0 links: none. Newly broken: 0.\n"
    assert all(give(empty) for give in FORMATS.values())


def test_markdown_has_a_row_for_each_finding(report: Report) -> None:
    text = as_markdown(report)
    (row,) = [line for line in text.splitlines() if "[https://a.example/gone]" in line.replace("\\", "")]

    assert "`refs.bib:55` mtl<br>on index.html<br>on en/index.html" in row
    assert "多任务学习概述<br>Multi-task learning" in row
    assert "(<https://a.example/gone>)" in row
    assert "[archived copy](<https://web.archive.org/web/1/https://a.example/old>)" in text


def evil_report() -> Report:
    url = f"https://evil.example/{EVIL}"
    places = {url: [Place("refs.bib", 1, EVIL, EVIL, EVIL), Place(page=EVIL)]}
    return make_report([url], places, Record({url: state("gone", evidence=EVIL, archived="javascript:x")}), None)


def test_markdown_lets_other_people_s_text_be_no_more_than_text() -> None:
    text = as_markdown(evil_report())
    (row,) = [line for line in text.splitlines() if "evil" in line]

    assert "<script" not in row
    assert "](javascript" not in row
    assert "](<javascript" not in row
    assert len(re.findall(r"(?<!\\)\|", row)) == 6
    assert row.isprintable()


def test_markdown_calls_nobody_whom_a_title_names() -> None:
    places = {"u": [Place("refs.bib", 1, "@one", "By @octocat and @org/team")]}
    text = as_markdown(make_report(["u"], places, Record({"u": state("gone", evidence="@two")}), None))

    assert text.count("@") == text.count("@<!-- -->") == 4


def test_the_terminal_is_not_steered() -> None:
    assert as_text(evil_report()).replace("\n", "").isprintable()


def test_junit_fails_the_newly_broken_and_skips_what_was_not_seen(report: Report) -> None:
    root = ET.fromstring(as_junit(report))  # noqa: S314  # our own
    outcome = {case.attrib["name"].rpartition("/")[2]: [child.tag for child in case] for case in root.iter("testcase")}

    assert outcome == {
        "gone": ["failure"],
        "suspected": ["failure"],
        "old": ["skipped"],
        "changed": ["system-out"],
        "moved": ["system-out"],
        "blocked": ["skipped"],
        "alive": [],
        "unreachable": ["skipped"],
        "robots": ["skipped"],
    }
    assert root.attrib == {"name": "linkhealth", "tests": "9", "failures": "2", "errors": "0"}
    assert sum(int(suite.attrib["skipped"]) for suite in root) == 4
    assert [suite.attrib["name"] for suite in root] == ["a.example", "b.example"]
    case = next(case for case in root.iter("testcase") if case.attrib["name"].endswith("/gone"))
    failure = case.find("failure")
    assert failure is not None
    assert failure.attrib["message"] == "refs.bib:55: gone: evidence of gone"
    # What Jenkins' junit-10.xsd knows of a case; it refuses a report that says more.
    assert {name for case in root.iter("testcase") for name in case.attrib} == {"name", "classname"}


def test_junit_is_xml_whatever_a_title_holds() -> None:
    text = as_junit(evil_report())

    assert ET.fromstring(text.encode("utf-8")) is not None  # noqa: S314  # our own


def conforms(value: Any, schema: dict[str, Any], whole: dict[str, Any]) -> None:
    """Check a value against the part of JSON Schema that ours uses."""
    if "$ref" in schema:
        schema = whole["$defs"][schema["$ref"].rpartition("/")[2]]
    unknown = set(schema) - {
        "$schema", "title", "description", "$defs", "type", "required", "additionalProperties", "properties", "const",
        "enum", "minimum", "maximum", "items", "propertyNames", "pattern",
    }  # fmt: skip
    assert not unknown
    types = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
    assert "type" not in schema or isinstance(value, types[schema["type"]]), (value, schema)
    assert "const" not in schema or value == schema["const"]
    assert "enum" not in schema or value in schema["enum"]
    assert "pattern" not in schema or re.search(schema["pattern"], value)
    assert schema.get("minimum", float("-inf")) <= value <= schema["maximum"] if "maximum" in schema else True
    assert "minimum" not in schema or value >= schema["minimum"]
    for name in schema.get("required", ()):
        assert name in value
    if isinstance(value, list):
        for item in value:
            conforms(item, schema.get("items", {}), whole)
    if isinstance(value, dict):
        for name, item in value.items():
            if "propertyNames" in schema:
                conforms(name, schema["propertyNames"], whole)
            more = schema.get("additionalProperties", {})
            assert name in schema.get("properties", {}) or more is not False, name
            conforms(item, schema.get("properties", {}).get(name, more if isinstance(more, dict) else {}), whole)


def test_json_is_of_its_schema(report: Report) -> None:
    schema = json.loads((files("linkhealth") / "report.schema.json").read_text(encoding="utf-8"))
    told = json.loads(as_json(report))
    conforms(told, schema, schema)

    assert told["newly_broken"] == 2
    assert told["links"][0]["places"][0] == {
        "path": "refs.bib",
        "line": 55,
        "key": "mtl",
        "title": "多任务学习概述",
        "parallel_title": "Multi-task learning",
    }
    assert told["never_checked"] == ["https://c.example/never"]
