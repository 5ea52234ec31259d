"""The command: what it writes, what it keeps, and what it says of what it cannot read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postimport.bibfile import entry_of, written
from postimport.links import Link
from postimport.sources import SourceError, read_text
from refblock.bibdata import read_bib
from tests.postimport.field import POST, ROOT, files, imported, run

if TYPE_CHECKING:
    from pathlib import Path


def test_it_writes_entries_a_page_for_each_post_and_a_page_that_leads_to_them(blog: Path) -> None:
    report, result = imported(blog)
    entries = read_bib([blog / "refs.bib"], ["refs.bib"])

    assert result.returncode == 0, result.stderr
    assert entries.faults == []
    assert [(entry.url, entry.title.text, entry.title.language) for entry in entries.entries] == [
        ("https://example.org/1", "第一篇", "zh-Hans"), ("https://example.org/2", "The second", "en")
    ]  # fmt: skip
    assert (report["links_in"], report["links_out"], report["merged"], report["untitled"]) == (2, 2, [], [])
    assert len(report["untranslated"]) == 2
    page = (blog / "pages" / "first.md").read_text(encoding="utf-8")
    assert page.startswith("# 深度学习\n\n## 一\n\n```{refblock}\nexample-1\n```\n\n### 二\n")
    assert "\n2020\n```" in (blog / "pages" / "index.md").read_text(encoding="utf-8")
    assert "\nfirst\n```" in (blog / "pages" / "2020.md").read_text(encoding="utf-8")


def test_what_it_writes_is_a_site_without_a_warning(blog: Path) -> None:
    imported(blog)
    conf = 'extensions = ["myst_parser", "refblock"]\nbibtex_bibfiles = ["../refs.bib"]\nlanguage = "zh_CN"\n'
    (blog / "pages" / "conf.py").write_text(conf)
    command = [sys.executable, "-m", "sphinx", "-q", "-n", "-W", "-b", "html", "pages", "html"]
    result = subprocess.run(command, cwd=blog, capture_output=True, text=True, check=False)

    assert (result.returncode, result.stderr) == (0, "")
    assert "第一篇" in (blog / "html" / "first.html").read_text(encoding="utf-8")


def test_running_again_changes_nothing_and_a_new_link_adds_one_entry(blog: Path) -> None:
    imported(blog)
    before = files(blog)
    imported(blog)
    assert files(blog) == before
    post = blog / "posts" / "2020-01-02-first.md"
    post.write_text(POST + "\nhttps://example.org/3\n\n第三\n", encoding="utf-8")
    report, _ = imported(blog)
    after = files(blog)

    assert report["added"] == 1
    assert after["refs.bib"].startswith(before["refs.bib"])
    assert "example-3" in after["pages/first.md"].decode()


def test_what_a_person_edited_is_kept_and_what_it_lacks_is_named(blog: Path) -> None:
    imported(blog)
    page, bib = blog / "pages" / "first.md", blog / "refs.bib"
    page.write_text(page.read_text(encoding="utf-8").replace("## 一", "## 一（改）"), encoding="utf-8")
    bib.write_text(bib.read_text(encoding="utf-8").replace("第一篇", "第一篇（改）") + "% mine\n", encoding="utf-8")
    edited = files(blog)
    post = blog / "posts" / "2020-01-02-first.md"
    post.write_text(POST + "\nhttps://example.org/3\n\n第三\n", encoding="utf-8")
    report, _ = imported(blog)

    assert files(blog)["pages/first.md"] == edited["pages/first.md"]
    assert files(blog)["refs.bib"].startswith(edited["refs.bib"])
    assert report["kept"] == ["pages/first.md: edited by hand, so it is kept; add to it: example-3"]


def test_an_address_that_stands_twice_has_one_entry_and_is_named(blog: Path) -> None:
    (blog / "posts" / "second.md").write_text("https://example.org/1\n\n另一个题目\n", encoding="utf-8")
    report, result = imported(blog)

    assert (report["links_in"], report["links_out"], len(report["merged"])) == (3, 2, 1)
    assert "'另一个题目' besides '第一篇'" in report["merged"][0]
    assert "3 links in = 2 addresses out + 1 merged" in result.stdout


def test_a_dry_run_writes_nothing_and_says_what_it_would(blog: Path) -> None:
    before = files(blog)
    result = run(blog, "posts", "--bib", "refs.bib", "--pages", "pages", "--dry-run")

    assert files(blog) == before
    assert "Would write (4):\n  refs.bib\n  pages/first.md\n  pages/2020.md\n  pages/index.md\n" in result.stdout


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_posts_are_read_in_whatever_they_were_saved_as(blog: Path, encoding: str, ends: str) -> None:
    (blog / "posts" / "2020-01-02-first.md").write_bytes(POST.replace("\n", ends).encode(encoding))
    imported(blog)

    assert [entry.title.text for entry in read_bib([blog / "refs.bib"], ["r"]).entries] == ["第一篇", "The second"]


def test_what_cannot_be_read_is_named_and_the_rest_goes_in(blog: Path) -> None:
    (blog / "posts" / "picture.md").write_bytes(b"\x89PNG\0\0\xff\xfe\xfd")
    with (blog / "posts" / "huge.md").open("wb") as huge:
        huge.truncate(100_000_000)
    (blog / "posts" / "loop").symlink_to(blog / "posts", target_is_directory=True)
    (blog / "posts" / "itself.md").symlink_to(blog / "posts" / "itself.md")
    (blog / "empty").mkdir()
    originals = files(blog / "posts")
    report, result = imported(blog, "posts", "empty", "nowhere.md")

    assert result.returncode == 1
    faults = "\n".join(report["faults"])
    for name in (
        "picture.md: this is no text",
        "huge.md: this is longer",
        "itself.md",
        "empty: there is no",
        "nowhere.md",
    ):
        assert name in faults
    assert report["posts"] == 1
    assert files(blog / "posts") == originals


def test_a_post_that_may_not_be_read_is_named(blog: Path) -> None:
    secret = blog / "posts" / "secret.md"
    secret.write_text("https://example.org/9\n")
    secret.chmod(0)
    # The superuser may read everything, so somebody else tries.
    myself = os.geteuid()
    os.seteuid(65534 if myself == 0 else myself)
    try:
        with pytest.raises(SourceError, match=r"secret.md: cannot be read: permission denied; check its permissions"):
            read_text(secret)
    finally:
        os.seteuid(myself)


def test_a_bib_file_that_cannot_be_parsed_stops_it_before_anything_is_written(blog: Path) -> None:
    (blog / "refs.bib").write_text("@misc{a, title = {A}\n@misc{b, title = {B}}")
    before = files(blog)
    result = run(blog, "posts", "--bib", "refs.bib", "--pages", "pages")

    assert result.returncode == 2
    assert "refs.bib:2: cannot be parsed" in result.stderr
    assert files(blog) == before


def test_where_one_file_cannot_be_written_none_is(blog: Path) -> None:
    (blog / "pages").write_text("a file, where a folder should be")
    before = files(blog)
    result = run(blog, "posts", "--bib", "refs.bib", "--pages", "pages")

    assert result.returncode == 2
    assert files(blog) == before


ZOTERO = """@article{zhang2022survey,
  title = {{A Survey}}, author = {Zhang, Yu and Yang, Qiang}, date = {2022}, url = {https://example.org/s?a=1\\&b=2}
}

@online{example-1, title = {Same key, another page}, url = {https://example.org/x}}

@book{nolink, title = {A Book without a Link}}
"""
CSL = [
    {"id": "http://zotero.org/1", "type": "article-journal", "title": "论文", "URL": "https://example.org/c",
     "author": [{"family": "张", "given": "宇"}, {"literal": "A Group"}], "issued": {"date-parts": [[2020, 3]]},
     "container-title": "Journal", "DOI": "10.1234/x"},
]  # fmt: skip


def test_libraries_of_other_programs_go_in_as_they_are(blog: Path) -> None:
    (blog / "mine.bib").write_text(ZOTERO, encoding="utf-8")
    (blog / "mine.json").write_text(json.dumps(CSL), encoding="utf-8")
    report, result = imported(blog, "posts", "mine.bib", "mine.json")
    read = {entry.key: entry for entry in read_bib([blog / "refs.bib"], ["r"]).entries}

    assert result.returncode == 0, result.stdout
    assert (report["links_in"], report["links_out"], report["works"]) == (5, 5, 1)
    assert read["zhang2022survey"].url == "https://example.org/s?a=1&b=2"
    assert [name.full for name in read["zhang2022survey"].authors] == ["Yu Zhang", "Qiang Yang"]
    assert read["example-1-2"].title.text == "Same key, another page"
    assert "nolink" in read
    (paper,) = [entry for entry in read.values() if entry.doi == "10.1234/x"]
    assert ([name.full for name in paper.authors], paper.year, paper.venue) == (["张宇", "A Group"], "2020", "Journal")
    before = files(blog)
    imported(blog, "posts", "mine.bib", "mine.json")
    assert files(blog) == before


def test_a_readme_of_awesome_links_goes_in_with_what_it_says_of_them(blog: Path) -> None:
    (blog / "README.md").write_text(
        "# Awesome [![Awesome](https://example.org/b.svg)](https://example.org/list)\n\n"
        "- [Papers](#papers)\n\n## Papers\n\n- [One](https://example.org/a) - The first of its kind.\n"
        "* [Two](https://example.org/b): Another.\n",
        encoding="utf-8",
    )
    imported(blog, "README.md")
    read = read_bib([blog / "refs.bib"], ["r"]).entries

    assert [(entry.title.text, entry.fields.get("annotation", "")) for entry in read] == [
        ("Awesome", ""), ("One", "The first of its kind."), ("Two", "Another.")
    ]  # fmt: skip
    page = (blog / "pages" / "README.md").read_text(encoding="utf-8")
    assert page.startswith("# Awesome\n\n```{refblock}\nexample-list\n```\n\n- Papers\n\n## Papers\n\n- [One](https://")
    assert "* [Two](https://example.org/b): Another.\n\n```{refblock}\nexample-b\n```" in page


def test_titles_are_translated_by_a_table_and_nothing_else_is_touched(blog: Path) -> None:
    imported(blog)

    def translate(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "postimport.translations", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "ext")}
        return subprocess.run(command, cwd=blog, capture_output=True, text=True, check=False, env=environment)

    assert translate("export", "refs.bib", "table.csv").returncode == 0
    table = (blog / "table.csv").read_text(encoding="utf-8-sig")
    assert table.splitlines()[1] == "example-1,chinese,第一篇,"
    (blog / "table.csv").write_text(
        table.replace("第一篇,", "第一篇,The first {one}") + "nobody,,,No one\n", encoding="utf-8"
    )
    before = (blog / "refs.bib").read_text(encoding="utf-8").splitlines()
    result = translate("apply", "refs.bib", "table.csv")
    after = (blog / "refs.bib").read_text(encoding="utf-8").splitlines()

    assert (result.returncode, result.stdout) == (
        1,
        "1 translations are in refs.bib now\nnobody: passed over: no such entry, or it has a translation already\n",
    )
    assert [line for line in after if line not in before] == [after[2]]
    assert [line for line in before if line not in after] == []
    (entry, _) = read_bib([blog / "refs.bib"], ["r"]).entries
    assert entry.parallel is not None
    assert entry.parallel.text == "The first {one}"
    # An imported entry that a translator has been at is still the same entry.
    report, _ = imported(blog)
    assert report["added"] == 0


@settings(deadline=None, derandomize=True, database=None, max_examples=300)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Co", "Cn"]), min_size=1, max_size=60))
def test_every_title_comes_back_from_the_bib_file(tmp_path_factory: pytest.TempPathFactory, title: str) -> None:
    path = tmp_path_factory.getbasetemp() / "title.bib"
    wanted = " ".join(title.split())
    if not wanted:
        return
    path.write_text(written(entry_of(Link("https://example.org/", wanted))), encoding="utf-8")
    (entry,) = read_bib([path], ["r"]).entries

    assert entry.title.text == unicodedata.normalize("NFC", wanted)
