"""The real refs.bib: what it promises, and what its check finds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from refblock.bibdata import read_bib
from refblock.checking import check
from tests.conftest import find_program

if TYPE_CHECKING:
    from refblock.entries import Entry
    from tests.conftest import BuiltSite

ROOT = Path(__file__).parent.parent
REFS = ROOT / "refs.bib"


def records(name: str) -> list[dict[str, Any]]:
    """Read a file of one JSON object a line."""
    return [json.loads(line) for line in (ROOT / "tests/data" / name).read_text(encoding="utf-8").splitlines()]


def entries(path: Path = REFS) -> dict[str, Entry]:
    """Read a bib file's entries by key."""
    return {entry.key: entry for entry in read_bib([path], [str(path)]).entries}


def test_the_real_list_has_nothing_to_mend() -> None:
    command = [sys.executable, "-m", "refblock", "check", "refs.bib", "--conf", "docs/conf.py"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.stdout == ""
    assert result.returncode == 0


def test_each_paper_says_who_when_where_and_how_to_find_it() -> None:
    papers = [entry for entry in entries().values() if entry.type != "online"]

    assert papers
    for paper in papers:
        assert paper.authors, paper.key
        assert paper.year.isdecimal(), paper.key
        assert paper.venue or paper.arxiv, paper.key
        assert paper.doi or paper.arxiv or "in vain" in paper.fields.get("annotation", ""), paper.key
        assert paper.parallel, paper.key


def test_each_relation_rests_on_something_written_down() -> None:
    evidence = {record["key"]: record for record in records("relations.jsonl")}
    posts = {key: entry for key, entry in entries().items() if entry.type == "online"}

    assert posts.keys() == evidence.keys()
    for key, post in posts.items():
        assert list(post.related) == evidence[key]["papers"], key
        assert post.relation == ("reviewof" if post.related else ""), key
        assert evidence[key]["rests_on"], key
        if post.related:
            assert evidence[key]["confidence"] in {"high", "middle"}, key


def test_each_paper_names_where_it_was_looked_up() -> None:
    looked_up = {record["key"]: record["sources"] for record in records("paper-sources.jsonl")}
    papers = [entry.key for entry in entries().values() if entry.type != "online"]

    assert sorted(papers) == sorted(looked_up)
    assert all(looked_up.values())


def test_articles_and_papers_lead_to_each_other_on_the_site(built_site: BuiltSite) -> None:
    index = built_site.page("papers")
    for post in (entry for entry in entries().values() if entry.related):
        docname = "multi-task-learning" if "multi-task-learning" in post.topics else "attention"
        article = built_site.page(docname).get_element_by_id(f"ref-{post.key}")
        links = article.cssselect(".refblock-about .refblock-work")
        about = {str(link.get("href")).partition("#")[2] for link in links}
        assert about == {f"ref-{key}" for key in post.related}, post.key
        for key in post.related:
            (paper,) = index.cssselect(f"[data-key='{key}']")
            explained = [str(link.get("href")) for link in paper.cssselect(".refblock-explained a")]
            assert f"{docname}.html#ref-{post.key}" in explained, (post.key, key)


def test_the_parts_of_a_series_know_each_other(built_site: BuiltSite) -> None:
    parts = [entry.key for entry in entries().values() if entry.fields.get("series") == "深度学习中的注意力机制"]

    assert len(parts) == 4
    for key in parts:
        shown = built_site.page("attention").get_element_by_id(f"ref-{key}")
        links = {str(link.get("href")) for link in shown.cssselect(".refblock-series a")}
        assert links == {f"#ref-{other}" for other in parts if other != key}


def test_the_topics_page_counts_each_topic(built_site: BuiltSite) -> None:
    counts: dict[str, int] = {}
    for entry in entries().values():
        for topic in entry.topics:
            counts[topic] = counts.get(topic, 0) + 1
    for language in ("zh_CN", "en"):
        page = built_site.page("topics", language)
        for topic, count in counts.items():
            section = page.get_element_by_id(f"topic-{topic}")
            assert f"({count})" in section.xpath("string(h2)")
            assert len(section.cssselect("li.refblock-entry")) == count


def test_the_timeline_has_a_mark_for_each_paper_that_leads_to_it(built_site: BuiltSite) -> None:
    papers = {entry.key for entry in entries().values() if entry.type != "online"}
    for language in ("zh_CN", "en"):
        page = built_site.page("papers", language)
        marks = page.cssselect("svg.refblock-timeline a")
        assert {str(mark.get("href")).partition("#ref-")[2] for mark in marks} == papers
        assert len(marks) == len(papers)
        assert all(mark.get("aria-label") for mark in marks)


def test_biber_finds_no_error_and_keeps_each_field(tmp_path: Path) -> None:
    out = tmp_path / "out.bib"
    command = [find_program("biber"), "--tool", "--validate-datamodel", f"--output-file={out}", str(REFS)]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout
    assert "ERROR" not in result.stdout
    before, after = entries(), entries(out)
    assert list(before) == list(after)
    for key, entry in before.items():
        # biblatex has no field for the day on which a list took an entry in; biber names it, and leaves it out.
        fields = {name: value for name, value in entry.fields.items() if name != "dateadded"}
        assert fields.keys() == entry.fields.keys() - {"dateadded"}
        # biber writes lists of keywords without a space after the comma.
        assert {name: value.replace(", ", ",") for name, value in fields.items()} == {
            name: value.replace(", ", ",") for name, value in after[key].fields.items()
        }, key


@pytest.mark.parametrize(
    ("isbn", "is_one"),
    [
        ("978-3-030-01249-6", True),
        ("978-3-030-01249-7", False),
        ("0-306-40615-2", True),
        ("0-306-40615-3", False),
        ("0-8044-2957-X", True),
        ("97830300124", False),
    ],
)
def test_an_isbn_is_known_by_its_check_digit(tmp_path: Path, isbn: str, is_one: bool) -> None:
    copy = tmp_path / "refs.bib"
    copy.write_text(
        f"@book{{b, title = {{T}}, author = {{A B}}, date = {{2000}}, isbn = {{{isbn}}}}}\n", encoding="utf-8"
    )

    assert ("bad_identifier" not in {finding.diagnostic for finding in check(copy)}) == is_one


SEEDED = [
    # what is replaced in the real file, what by, the message's name, and what stands on the line to mend
    ("  url           = {http://cs330.stanford.edu/},\n", "", "missing_field", "@online{cs330-course"),
    ("titleaddon    = {Multi-task learning: an overview}", "titleaddon    = {}", "no_translation", "titleaddon"),
    ("355147999},", "46044947},", "duplicate_url", "46044947"),
    ("{理解卷积神经网络中的自注意力机制}", "{从各种注意力机制窥探深度学习在NLP里的神威}", "near_title", "神威"),
    ("xref          = {t5-large-scale-exploration}", "xref          = {t5-large-scale}", "unknown_related", "xref"),
    ("related       = {zhou2018atrank}", "related       = {zhou2018}", "unknown_related", "related"),
    (
        "related       = {yu2018mattnet},\n  relatedtype   = {reviewof}",
        "related       = {yu2018mattnet},\n  relatedtype   = {review}",
        "unknown_relation",
        "relatedtype",
    ),
    (
        "speech-recognition},\n  dateadded     = {2026-11-24},\n}\n\n@online{attention-model",
        "speech},\n}\n\n@online{attention-model",
        "unknown_topic",
        "keywords",
    ),
    ("doi           = {10.1109/TPAMI.2021.3054719}", "doi           = {TPAMI.2021.3054719}", "bad_identifier", "doi"),
    ("eprint        = {1801.08186}", "eprint        = {arXiv:1801.08186}", "bad_identifier", "eprint"),
    (
        "eprint        = {2004.13379}",
        "isbn = {978-3-030-01249-7},\n  eprint        = {2004.13379}",
        "bad_identifier",
        "isbn",
    ),
    ("titleaddon    = {再谈注意力}", "titleaddon    = {Cafe\u0301 再谈}", "not_nfc", "再谈"),
    ("title         = {More About Attention}", "title         = { More About Attention}", "stray_space", "More About"),
    (
        "langid        = {english},\n  titleaddon    = {再谈注意力}",
        "langid        = {englisch},\n  titleaddon    = {再谈注意力}",
        "unknown_language",
        "langid",
    ),
    ("@online{mtl-brief-talk,", "@online{MTL-Overview,", "duplicate_key", "@online{MTL-Overview"),
    ("entrysubtype  = {course}", "entrysubtype  = {kurs}", "unknown_kind", "entrysubtype"),
    (
        "url           = {https://mp.weixin.qq.com/s/jRfOzKO6OlQLokIzipbqUQ}",
        "url           = {javascript:alert(1)}",
        "unsafe_url",
        "url",
    ),
    (
        "title         = {为什么使用自注意力机制？}",
        "title         = {为什么使用\u202e自注意力机制？}",
        "control_characters",
        "title ",
    ),
    ("title         = {打入神经网络思维内部}", "title         = {打入<b>神经网络</b>思维内部}", "markup", "title "),
    ("organization  = {CSDN},", "organization  = {CSDN}, organization = {CSDN},", "duplicate_field", "organization"),
    ('  title         = {一文"看透"多任务学习},\n', "", "no_title", "@online{mtl-in-one-article"),
]


@pytest.mark.parametrize(("good", "bad", "name", "at"), SEEDED, ids=[f"{seed[2]}-{n}" for n, seed in enumerate(SEEDED)])
def test_the_check_finds_a_seeded_fault_at_its_line(tmp_path: Path, good: str, bad: str, name: str, at: str) -> None:
    text = REFS.read_text(encoding="utf-8")
    assert text.count(good) == 1
    copy = tmp_path / "refs.bib"
    copy.write_text(text.replace(good, bad), encoding="utf-8")
    lines = copy.read_text(encoding="utf-8").splitlines()
    known = {topic for entry in entries().values() for topic in entry.topics}

    findings = [finding for finding in check(copy, known) if finding.diagnostic == name]

    assert len(findings) == 1
    assert at in lines[findings[0].line - 1]
    assert str(findings[0]).startswith(f"{copy}:{findings[0].line}: ")
