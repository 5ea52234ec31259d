"""The post that the reading list mirrors, imported alone: the links and titles of refs.bib, under the same headings."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from postimport.__main__ import main
from refblock.bibdata import read_bib

ROOT = Path(__file__).parents[2]
DIGEST = "a8d3554bb89161ad54196a851bc9252383c604c81ff1fd91f1c7cef71eeb8932"
"""SHA-256 of the post."""
WORKS = (
    "Multi-Task Learning for Dense Prediction Tasks: A Survey",
    "Progressive Layered Extraction (PLE): A Novel Multi-Task Learning (MTL) Model for Personalized Recommendations",
)
PICTURES = ("MTL", "MTL_2", "Single_MTL", "Multi_MTL")
LINKS = [json.loads(line) for line in (ROOT / "tests/data/post-links.jsonl").read_text(encoding="utf-8").splitlines()]


def links_under(*headings: str) -> str:
    return "".join(f"{link['url']}\n\n{link['title']}\n\n" for link in LINKS if link["headings"] == list(headings))


def the_post() -> str:
    """Put the post together from the list of its links and what stands around them; the digest says that it is it."""
    works = "".join(f"《{work}》\n\n" for work in WORKS)
    pictures = "".join(f"![](/images/img4/{name}.png)\n\n" for name in PICTURES)
    text = (
        "---\nlayout: post\ntitle:  深度学习（二十五）——多任务学习\ncategory: DL \n---\n\n* toc\n{:toc}\n\n"
        f"# 多任务学习\n\n## 教程\n\n{links_under('多任务学习', '教程')}## 论文\n\n{works}## 概述\n\n{pictures}"
        f"## 参考\n\n{links_under('多任务学习', '参考')}# Attention进阶+\n\n{links_under('Attention进阶+')}"
    ).removesuffix("\n")
    assert hashlib.sha256(text.encode()).hexdigest() == DIGEST
    return text


def test_the_post_gives_the_links_and_titles_of_refs_bib_under_the_same_headings(tmp_path: Path) -> None:
    post, bib, pages = tmp_path / "post.md", tmp_path / "refs.bib", tmp_path / "pages"
    post.write_text(the_post(), encoding="utf-8")
    done = main([str(post), "--bib", str(bib), "--pages", str(pages), "--report", str(tmp_path / "report.json")])
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    mine = [(entry.url, entry.title.text) for entry in read_bib([ROOT / "refs.bib"], ["refs.bib"]).entries if entry.url]
    entries = {entry.key: entry for entry in read_bib([bib], ["refs.bib"]).entries}

    assert done == 0
    assert (report["links_in"], report["links_out"], report["works"]) == (98, 98, 2)
    assert [report[name] for name in ("merged", "untitled", "review", "faults")] == [[], [], [], []]
    assert [(entry.url, entry.title.text) for entry in entries.values() if entry.url] == mine[:98]
    # The page, read from top to bottom: headings, works and pictures, and below each heading its links.
    under: list[str] = []
    found: list[tuple[list[str], str, str]] = []
    places = []
    for line in (pages / "post.md").read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"(##+) (.*)", line):
            under = [*under[: len(heading[1]) - 2], heading[2]]
        elif line in entries:
            entry = entries[line]
            found.append((list(under), entry.url, entry.title.text))
        elif "/images/" in line:
            places.append((list(under), line))
    assert [each for each in found if each[1]] == [(link["headings"], link["url"], link["title"]) for link in LINKS]
    assert [each for each in found if not each[1]] == [(["多任务学习", "论文"], "", work) for work in WORKS]
    assert places == [(["多任务学习", "概述"], f"(`/images/img4/{name}.png`)") for name in PICTURES]


def test_with_refs_bib_there_already_the_post_adds_nothing_to_it(tmp_path: Path) -> None:
    post, bib = tmp_path / "post.md", tmp_path / "refs.bib"
    post.write_text(the_post(), encoding="utf-8")
    before = (ROOT / "refs.bib").read_bytes()
    bib.write_bytes(before)

    assert main([str(post), "--bib", str(bib), "--pages", str(tmp_path / "pages")]) == 0
    assert bib.read_bytes() == before
