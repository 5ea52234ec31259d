"""Every builder, parallel builds, and what an edit makes out of date."""

from __future__ import annotations

import html
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import unquote

import lxml.html
import pytest
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lxml.html import HtmlElement

    from tests.conftest import Site

POST = "@online{{{key}, title = {{文章{key}}}, titleaddon = {{Article {key}}}, url = {{https://example.org/{key}}}, keywords = {{{topic}}}}}\n"  # noqa: E501  # one entry, one line


def posts(*numbers: int, topic: str = "t") -> str:
    """Give entries p1, p2 …"""
    return "".join(POST.format(key=f"p{number}", topic=topic) for number in numbers)


OUTPUTS = {
    "html": "index.html",
    "dirhtml": "index.html",
    "singlehtml": "index.html",
    "epub": "index.xhtml",
    "latex": "*.tex",
    "text": "index.txt",
    "man": "*.1",
    "texinfo": "*.texi",
    "xml": "index.xml",
    "pseudoxml": "index.pseudoxml",
    "gettext": "index.pot",
    "linkcheck": "output.json",
}
"""Every builder that writes pages, or looks through them, and a file that it writes."""
NO_TITLES = {"gettext", "linkcheck"}


def plain(output: Path) -> str:
    """Read what a builder wrote, without the breaks and escapes that man and TeX put into words and addresses."""
    text = output.read_text(encoding="utf-8").replace("\\sphinxhyphen{}", "-")
    for escape in ("\\:", "\\/", "\\%"):
        text = text.replace(escape, "")
    return html.unescape(text.replace("\\-", "-").replace("\\&", "&"))


@pytest.mark.parametrize("builder", OUTPUTS)
def test_every_builder_is_content_and_shows_the_entries(copied: Callable[[str], Site], builder: str) -> None:
    folder = copied("bilingual").folder
    out = folder.with_name("out")
    strictly = [sys.executable, "-m", "sphinx", "-q", "-n", "-W", "--keep-going", "-j", "2"]
    command = [*strictly, "-b", builder, "-d", str(folder.with_name("doctrees")), str(folder), str(out)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (result.returncode, result.stderr) == (0, "")
    (output,) = out.glob(OUTPUTS[builder])
    text = plain(output)
    titles = ["多任务学习综述", "A Survey on Multi-Task Learning", "Multi-task learning in one article", "注意力机制"]
    assert [title for title in titles if title in text] == ([] if builder in NO_TITLES else titles)
    assert builder == "gettext" or "https://example.org/lone" in text


def test_linkcheck_sees_every_address_of_an_entry(copied: Callable[[str], Site]) -> None:
    built = copied("bilingual").build("linkcheck")
    lines = (built.folder / "output.json").read_text(encoding="utf-8").splitlines()

    assert {json.loads(line)["uri"] for line in lines} >= {
        "https://example.org/post?a=1&b=2",
        "https://example.org/lone",
        "https://doi.org/10.1109/TKDE.2021.3070203",
        "https://arxiv.org/abs/1707.08114",
    }


def links(page: HtmlElement) -> list[str]:
    """Give the addresses inside the site that refblock wrote on a page."""
    found = page.cssselect("ol.refblock a, .bibtex-citation a, svg.refblock-timeline a")
    return [href for link in found if not (href := str(link.get("href"))).startswith("https:")]


@pytest.mark.parametrize("builder", ["html", "dirhtml", "singlehtml", "epub"])
def test_every_link_inside_the_site_leads_to_an_id(site: Site, builder: str) -> None:
    refs = POST.format(key="DBLP:conf/x+y", topic="t") + POST.format(key="张三2020", topic="t").replace(
        "url =", "related = {DBLP:conf/x+y}, relatedtype = {reviewof}, url ="
    )
    body = "见{cite:t}`DBLP:conf/x+y`与{cite:p}`张三2020`。\n\n```{refblock-timeline}\n```\n"
    site.write(
        refs=refs.replace("keywords", "date = {2020}, keywords"),
        index=f"# 首页\n\n```{{toctree}}\nb\n第二页\n```\n\n{body}",
        b=f"# B\n\n{body}\n```{{refblock}}\nDBLP:conf/x+y\n```\n",
        第二页=f"# 第二页\n\n{body}\n```{{refblock}}\n```\n",
    )
    built = site.build(builder, version="1")
    suffix = {"dirhtml": "/index.html", "epub": ".xhtml"}.get(builder, ".html")
    pages = {"index": "index.xhtml" if builder == "epub" else "index.html"}
    if builder != "singlehtml":
        pages |= {name: f"{name}{suffix}" for name in ("b", "第二页")}
    trees = {(built.folder / name).resolve(): parse(built.folder / name) for name in pages.values()}

    for path, page in trees.items():
        assert len(links(page)) >= 4
        for href in links(page):
            address, _, anchor = unquote(href).partition("#")
            target = (path.parent / address).resolve() if address else path
            target = target / "index.html" if target.is_dir() else target
            assert trees[target].xpath("//*[@id = $id]", id=anchor), (path.name, href)


def parse(path: Path) -> HtmlElement:
    """Parse a page."""
    return lxml.html.parse(path, lxml.html.HTMLParser(encoding="utf-8")).getroot()


PAGE = """# 首页

```{toctree}
b
```

见{cite:t}`p1`与{cite:p}`p2`。

```{refblock}
:filter: type == "online"
:group: topic
```
"""


def test_in_latex_each_citation_leads_to_a_label_that_is_there(site: Site) -> None:
    site.write(refs=posts(1, 2), index=PAGE, b="# B\n\n{cite:p}`p1,p2`\n")
    (output,) = site.build("latex").folder.glob("*.tex")
    text = output.read_text(encoding="utf-8")
    targets = re.findall(r"\\hyperref\[\\detokenize\{([^}]*ref-p[^}]*)\}\]", text)

    assert len(targets) == 4
    assert set(targets) <= set(re.findall(r"\\label\{\\detokenize\{([^}]*)\}\}", text))
    # What sphinxcontrib-bibtex writes for its own bibliographies, which have other labels.
    assert "\\hyperlink{cite." not in text


def test_message_catalogs_hold_the_pages_words_and_nothing_of_the_bib_file(copied: Callable[[str], Site]) -> None:
    # Applications of one process share Sphinx's default list, to which pydata's theme adds its own templates.
    built = copied("bilingual").build("gettext", templates_path=[])
    messages: set[str] = set()
    for catalog in built.folder.glob("*.pot"):
        with catalog.open("rb") as stream:
            messages |= {str(message.id) for message in read_po(stream) if message.id}

    # Sphinx itself offers the name of the project.
    assert messages - {"bilingual"} == {
        "首页",
        "第二页",
        "见{cite:t}`survey`与{cite:p}`post,lone`。",
        "见 :cite:t:`survey` 。",
    }


def pages(count: int) -> dict[str, str]:
    """Give an index and as many pages, each with a block of its own topic and a citation of its neighbour's entry."""
    toctree = "\n".join(f"page{number}" for number in range(count))
    return {
        "index": f"# 首页\n\n```{{toctree}}\n{toctree}\n```\n",
        **{
            f"page{number}": f"# 第{number}页\n\n{{cite:t}}`p{(number + 1) % count}`\n\n"
            f'```{{refblock}}\n:filter: key == "p{number}" or keywords % "new{number}$"\n```\n'
            for number in range(count)
        },
    }


def test_a_parallel_build_gives_the_same_pages_as_a_serial_one(site: Site) -> None:
    site.write(refs=posts(*range(9)), **pages(9))
    serial = site.build()
    texts = {path.name: path.read_bytes() for path in serial.folder.glob("*.html")}
    shutil.rmtree(serial.folder.parent)
    parallel = site.build(parallel=4)

    assert parallel.warnings == serial.warnings == []
    assert {path.name: path.read_bytes() for path in parallel.folder.glob("*.html")} == texts


@pytest.mark.parametrize("parallel", [0, 4])
def test_an_edit_reads_only_the_pages_that_show_or_cite_the_entry(site: Site, parallel: int) -> None:
    site.write(refs=posts(*range(9)), **pages(9))
    assert len(site.build(parallel=parallel).read) == 10
    assert site.build(parallel=parallel).read == []

    site.write(refs=posts(*range(9)).replace("Article p4", "Essay p4"))
    built = site.build(parallel=parallel)

    assert built.read == ["page3", "page4"]
    assert "Essay p4" in built.page("page4").text_content()


def test_moving_entries_about_reads_nothing(site: Site) -> None:
    site.write(refs=posts(*range(9)), **pages(9))
    site.build()
    site.write(refs="% a remark\n\n" + posts(*reversed(range(9))))

    assert site.build().read == []


def test_moving_entries_within_a_block_moves_them_on_its_page(site: Site) -> None:
    site.write(refs=posts(1, 2), index="# A\n\n```{refblock}\n```\n")
    site.build()
    site.write(refs=posts(2, 1))
    built = site.build()

    assert built.read == ["index"]
    assert [item.get("data-key") for item in built.page().cssselect("li.refblock-entry")] == ["p2", "p1"]


def test_a_newer_file_with_the_same_entries_reads_and_writes_nothing(site: Site) -> None:
    site.write(refs=posts(*range(9)), **pages(9))
    site.build()
    path = site.folder / "refs.bib"
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime + 100))
    built = site.build()

    assert built.read == []
    # Sphinx writes the index and the search page at each build, since 8.2.
    assert set(built.written) <= {"genindex", "search"}


def test_an_edit_of_an_entry_that_no_page_shows_reads_nothing(site: Site) -> None:
    site.write(refs=posts(*range(9)) + posts(77), **pages(9))
    site.build()
    site.write(refs=posts(*range(9)) + posts(77).replace("Article", "Essay"))

    assert site.build().read == []


def test_a_block_that_asks_what_is_cited_is_read_again_only_for_its_own_entries(site: Site) -> None:
    index = "# A\n\n{cite:t}`p1`\n\n```{refblock}\n:filter: cited\n```\n\n```{refblock}\n:filter: not cited\n```\n"
    site.write(refs=posts(1, 2), index=index)
    site.build()
    site.write(index=index.replace(":filter: not cited\n", "\np2\n"))
    site.build()
    site.write(refs=posts(1, 2) + posts(77))
    assert site.build().read == []

    site.write(refs=posts(1, 2).replace("Article p1", "Essay p1") + posts(77))
    assert site.build().read == ["index"]


def test_a_page_that_begins_to_cite_an_entry_changes_the_blocks_that_ask(site: Site) -> None:
    site.write(
        refs=posts(1, 2),
        index="# A\n\n```{toctree}\nb\n```\n\n```{refblock}\n:filter: cited\n```\n\n```{refblock}\np1\np2\n```\n",
        b="# B\n\n{cite:t}`p1`\n",
    )
    site.build()
    site.write(b="# B\n\n{cite:t}`p1` {cite:t}`p2`\n")
    built = site.build()

    assert built.read == ["b"]
    assert [item.get("data-key") for item in built.page().cssselect("ol.refblock")[0]] == ["p1", "p2"]


def test_another_bib_file_heals_the_pages_that_miss_its_entries(site: Site) -> None:
    site.write(refs=posts(*range(8)), **pages(9))
    assert site.build().warnings
    (site.folder / "more.bib").write_text(posts(8), encoding="utf-8")
    built = site.build(bibtex_bibfiles=["refs.bib", "more.bib"])

    assert built.warnings == []
    assert built.read == ["page7", "page8"]


def test_an_edit_reaches_the_bibliography_directive_too(site: Site) -> None:
    site.write(refs=posts(1), index="# A\n\n{cite:t}`p1`\n\n```{bibliography}\n```\n")
    site.build()
    site.write(refs=posts(1).replace("文章p1", "短文p1"))

    assert "短文p1" in site.build().page().text_content()


def test_a_new_entry_reads_only_the_pages_whose_filters_take_it_in(site: Site) -> None:
    site.write(refs=posts(*range(9)), **pages(9))
    site.build()
    site.write(refs=posts(*range(9)) + posts(77, topic="new5"))
    built = site.build()

    assert built.read == ["page5"]
    assert built.page("page5").get_element_by_id("ref-p77") is not None


def test_a_key_that_is_missing_today_and_added_tomorrow_heals_its_page(site: Site) -> None:
    site.write(refs=posts(1), index="# A\n\n{cite:t}`p2`\n\n```{refblock}\np1\np2\n```\n")
    assert len(site.build().warnings) == 2
    site.write(refs=posts(1, 2))
    healed = site.build()

    assert healed.warnings == []
    assert healed.read == ["index"]
    assert len(healed.page().cssselect("li.refblock-entry")) == 2


def test_an_entry_that_goes_leaves_a_message_on_its_page(site: Site) -> None:
    site.write(refs=posts(1, 2), index="# A\n\n```{refblock}\np1\np2\n```\n")
    site.build()
    site.write(refs=posts(1))
    built = site.build()

    assert built.read == ["index"]
    assert "[refblock.unknown_key]" in built.warnings[0]


def test_an_entry_that_goes_is_read_of_where_it_was_shown_or_cited_and_nowhere_else(site: Site) -> None:
    site.write(refs=posts(*range(9)), **pages(9))
    site.build()
    site.write(refs=posts(*(number for number in range(9) if number != 4)))
    built = site.build()

    assert built.read == ["page3", "page4"]
    assert [stub.text_content() for stub in built.page("page3").cssselect(".refblock-problem")] == ["[p4?]"]


def test_an_edit_of_what_an_entry_points_at_reads_the_page_again(site: Site) -> None:
    refs = "@online{a, title = {A b}, url = {https://x.y}, related = {q}, relatedtype = {reviewof}}\n@book{q, title = {Q r}, author = {A Zed}}\n"  # noqa: E501  # two entries, two lines
    site.write(
        refs=refs, index="# A\n\n```{toctree}\nb\n```\n\n```{refblock}\na\n```\n", b="# B\n\n```{refblock}\nq\n```\n"
    )
    site.build()
    site.write(refs=refs.replace("Zed", "Yed"))

    assert site.build().read == ["b", "index"]


def test_a_filter_whose_field_goes_is_named(site: Site) -> None:
    refs = "@misc{a, title = {A b}, zone = {x}}\n"
    site.write(refs=refs, index_rst="A\n=\n\n.. refblock::\n   :filter: zone == 'x'\n")
    assert site.build().warnings == []
    site.write(refs=refs.replace("zone", "note"))
    (warning,) = site.build().warnings

    assert "no entry has a field 'zone'" in warning


def test_a_relation_follows_the_paper_that_it_leads_to(site: Site) -> None:
    refs = "@misc{a, title = {A b}, related = {q}, relatedtype = {reviewof}}\n@misc{q, title = {Q r}}\n"
    block = "```{refblock}\nq\n```\n"
    site.write(refs=refs, index="# A\n\n```{toctree}\n:glob:\n*\n```\n\n```{refblock}\na\n```\n", c=f"# C\n\n{block}")
    assert [a.get("href") for a in site.build().page().cssselect(".refblock-about a")] == ["c.html#ref-q"]
    site.write(b=f"# B\n\n{block}")
    built = site.build()

    assert [link.get("href") for link in built.page().cssselect(".refblock-about a")] == ["b.html#ref-q"]


def test_citations_follow_an_entry_whose_page_goes(site: Site) -> None:
    toctree = "```{toctree}\n:glob:\n*\n```\n"
    block = "```{refblock}\np1\n```\n"
    site.write(refs=posts(1), index=f"# A\n\n{toctree}\n{{cite:t}}`p1`\n", b=f"# B\n\n{block}", c=f"# C\n\n{block}")
    first = site.build()
    assert [link.get("href") for link in first.page().cssselect(".bibtex-citation a")] == ["b.html#ref-p1"]

    (site.folder / "b.md").unlink()
    second = site.build()

    # The citing page is written anew, and not for being read: its toctree, which globs, brings that about.
    assert "c" not in second.read
    assert "c" in second.written
    assert [link.get("href") for link in second.page().cssselect(".bibtex-citation a")] == ["c.html#ref-p1"]
    assert second.page("c").get_element_by_id("ref-p1") is not None


def test_a_page_that_cites_is_written_anew_and_not_read_where_an_entry_moves(site: Site) -> None:
    block = "```{refblock}\np1\n```\n"
    site.write(
        refs=posts(1),
        index="# A\n\n```{toctree}\na\nb\nc\n```\n",
        a="# A\n\n{cite:t}`p1`\n",
        b=f"# B\n\n{block}",
        c=f"# C\n\n{block}",
    )
    site.build()
    site.write(b="# B\n")
    built = site.build()

    assert built.read == ["b"]
    assert {"a", "c"} <= set(built.written)
    assert [link.get("href") for link in built.page("a").cssselect(".bibtex-citation a")] == ["c.html#ref-p1"]
    assert built.page("c").get_element_by_id("ref-p1") is not None


def test_a_stored_page_holds_no_text_of_an_entry(site: Site) -> None:
    site.write(refs=posts(1), index="# A\n\n```{refblock}\n```\n")
    built = site.build()
    stored = (built.folder.parent / "doctrees" / "index.doctree").read_bytes()

    assert b"Article p1" not in stored
    assert pickle.loads(stored).astext().strip() == "A"  # noqa: S301  # our own build wrote it
