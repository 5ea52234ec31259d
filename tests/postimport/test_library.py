"""Libraries of other programs: what they hold goes in under the same report, and nothing of it in silence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from refblock.bibdata import read_bib
from refblock.diagnostics import Diagnostic
from tests.postimport.field import files, imported

if TYPE_CHECKING:
    from pathlib import Path

    from refblock.entries import Entry

BETTER_BIBTEX = """@comment{jabref-meta: databaseType:biblatex;}
@string{tpami = {IEEE TPAMI}}

@article{zhang2022survey,
  title = {A Survey on {{Multi-Task}} Learning},
  author = {Zhang, Yu and Yang, Qiang},
  date = {2022-03},
  month = mar,
  journaltitle = tpami # { (early)},
  url = {https://example.org/s?a=1\\&b=2\\_c},
  abstract = {Braces {in {here}} and an @ sign}
}

@inproceedings(paren, title = "Quoted {T}itle", crossref = {example-1}, publisher = undefined)
@proceedings{example-1, title = {A Volume of the Same Key as the Post's}}
@xdata{one, publisher = {One}}
@xdata{two, publisher = {Two}}
@book{misc, title = {《书》}, xdata = {one, two}}
% @online{remark, url = {https://example.org/no}}
"""
CSL = [
    {"id": "http://zotero.org/1", "type": "article-journal", "title": "论文 {x}",
     "URL": "https://example.org/c?utm_id=1",
     "author": [{"family": "张", "given": "宇"}, {"literal": "A Group"}, {"family": "Gool",
     "non-dropping-particle": "van", "given": "L."}],
     "issued": {"date-parts": [[2020, 3], [2020, 4]]}, "accessed": {"raw": "2021-01-02"},
     "container-title": "Journal", "DOI": "10.1234/x_y", "volume": 3, "issue": "4", "page": "1-9", "language": "zh-CN",
     "original-title": "The Paper", "keyword": "a, b", "abstract": "摘要", "source": "Zotero"},
    {"id": "untitled", "type": "webpage", "URL": "https://example.org/u"},
    {"id": "nothing"},
    "no item",
]  # fmt: skip


def entries_of(folder: Path) -> dict[str, Entry]:
    read = read_bib([folder / "refs.bib"], ["refs.bib"])
    assert [fault for fault in read.faults if fault.diagnostic is not Diagnostic.NO_TITLE] == []
    return {entry.key: entry for entry in read.entries}


def test_a_bib_file_brings_its_entries_whole_with_abbreviations_put_in_and_references_that_hold(blog: Path) -> None:
    (blog / "mine.bib").write_text(BETTER_BIBTEX, encoding="utf-8")
    report, result = imported(blog, "posts", "mine.bib")
    text = (blog / "refs.bib").read_text(encoding="utf-8")
    read = entries_of(blog)

    assert result.returncode == 0, result.stdout
    assert (report["links_in"], report["links_out"], report["works"]) == (3, 3, 3)
    assert read["zhang2022survey"].url == "https://example.org/s?a=1&b=2_c"
    assert read["zhang2022survey"].fields["journaltitle"] == "IEEE TPAMI (early)"
    assert "  title         = {A Survey on {{Multi-Task}} Learning},\n" in text
    assert "  abstract      = {Braces {in {here}} and an @ sign},\n" in text
    assert "  month         = mar,\n" in text
    assert "  publisher     = {undefined},\n" in text
    # Its key was taken by a link of the post, so whoever names it follows.
    assert read["example-1-2"].title.text == "A Volume of the Same Key as the Post's"
    assert "  crossref      = {example-1-2},\n" in text
    assert text.count("@xdata{") == 2
    assert "  xdata         = {one, two},\n" in text
    assert "example.org/no" not in text
    page = (blog / "pages" / "mine.md").read_text(encoding="utf-8")
    assert "```{refblock}\nzhang2022survey\nparen\nexample-1-2\nmisc\n```" in page
    before = files(blog)
    assert imported(blog, "posts", "mine.bib")[0]["added"] == 0
    assert files(blog) == before


def test_csl_json_brings_every_field_that_an_entry_has_a_place_for_and_names_the_others(blog: Path) -> None:
    (blog / "mine.json").write_text(json.dumps(CSL), encoding="utf-8")
    report, result = imported(blog, "mine.json")
    paper, page = entries_of(blog).values()

    assert result.returncode == 0, result.stdout
    assert [name.full for name in paper.authors] == ["张宇", "A Group", "L. van Gool"]
    assert (paper.title.text, paper.title.language, paper.year, paper.venue, paper.doi) == (
        "论文 {x}", "zh-Hans", "2020", "Journal", "10.1234/x_y"
    )  # fmt: skip
    assert paper.parallel is not None
    assert paper.parallel.text == "The Paper"
    assert {name: paper.fields[name] for name in ("date", "urldate", "volume", "number", "pages", "abstract")} == {
        "date": "2020-03/2020-04", "urldate": "2021-01-02", "volume": "3", "number": "4", "pages": "1-9",
        "abstract": "摘要",
    }  # fmt: skip
    assert page.url == "https://example.org/u"
    assert report["untitled"] == ["mine.json: https://example.org/u"]
    assert report["untranslated"] == []
    assert report["left_out"] == [
        "mine.json: http:-zotero.org-1: source",
        "mine.json: item 3: it has neither title nor address",
        "mine.json: item 4: it has neither title nor address",
    ]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("bad.bib", "@misc{a, title = {A}\n@misc{b, title = {B}}", "bad.bib:2: cannot be parsed"),
        ("bad.json", "{", "bad.json: this is no CSL-JSON"),
        ("number.json", "1", "number.json: this is no CSL-JSON (it is no list of items)"),
        ("deep.json", "[" * 100_000, "deep.json: this is no CSL-JSON"),
    ],
)
def test_a_library_that_cannot_be_read_is_named_and_the_posts_go_in(
    blog: Path, name: str, text: str, said: str
) -> None:
    (blog / name).write_text(text, encoding="utf-8")
    report, result = imported(blog, "posts", name)

    assert result.returncode == 1
    assert report["faults"][0].startswith(said)
    assert report["added"] == 2


def test_the_same_address_in_a_library_twice_is_merged_and_reported(blog: Path) -> None:
    items: list[dict[str, Any]] = [
        {"id": str(n), "title": title, "URL": "https://example.org/1"} for n, title in enumerate(("甲", "乙"))
    ]
    (blog / "mine.json").write_text(json.dumps({"items": items}), encoding="utf-8")
    report, _ = imported(blog, "mine.json", "posts")

    assert (report["links_in"], report["links_out"], len(report["merged"])) == (4, 2, 2)
    assert report["merged"][0] == "mine.json: https://example.org/1 ('乙' besides '甲')"
    assert report["merged"][1] == "posts/2020-01-02-first.md: https://example.org/1 ('第一篇' besides '甲')"
