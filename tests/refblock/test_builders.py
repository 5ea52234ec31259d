"""Every builder, parallel builds, and what an edit makes out of date."""

from __future__ import annotations

import pickle
import re
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Site

POST = "@online{{{key}, title = {{文章{key}}}, titleaddon = {{Article {key}}}, url = {{https://example.org/{key}}}, keywords = {{{topic}}}}}\n"  # noqa: E501  # one entry, one line
BUILDERS = {
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
}


def posts(*numbers: int, topic: str = "t") -> str:
    """Give entries p1, p2 …"""
    return "".join(POST.format(key=f"p{number}", topic=topic) for number in numbers)


PAGE = """# 首页

```{toctree}
b
```

见{cite:t}`p1`与{cite:p}`p2`。

```{refblock}
:filter: type == "online"
:group: topic
```

```{refblock-timeline}
```
"""


@pytest.mark.parametrize("builder", BUILDERS)
def test_every_builder_shows_the_entries_without_a_warning(site: Site, builder: str) -> None:
    paper = (
        "@article{q, title = {A paper}, titleaddon = {一篇论文}, author = {A B}, date = {2020}, doi = {10.1000/x}}\n"
    )
    site.write(refs=posts(1, 2) + paper, index=PAGE, b="# B\n\n{cite:t}`q`\n\n```{refblock}\nq\np1\n```\n")
    built = site.build(
        builder, parallel=2, nitpicky=True, version="1", copyright="a", man_pages=[("index", "a", "a", ["a"], 1)]
    )
    (output,) = built.folder.glob(BUILDERS[builder])
    text = output.read_text(encoding="utf-8")

    assert built.warnings == []
    for shown in ("文章p1", "Article p2", "https://example.org/p1"):
        # man and LaTeX put breaks and escapes into addresses; what is left of them is whole.
        assert shown in text.replace("\\:", "").replace("\\/", "/").replace("\\-", "-").replace("\\%", "")


def test_in_latex_each_citation_leads_to_a_label_that_is_there(site: Site) -> None:
    site.write(refs=posts(1, 2), index=PAGE, b="# B\n\n{cite:p}`p1,p2`\n")
    (output,) = site.build("latex").folder.glob("*.tex")
    text = output.read_text(encoding="utf-8")
    targets = re.findall(r"\\hyperref\[\\detokenize\{([^}]*ref-p[^}]*)\}\]", text)

    assert len(targets) == 4
    assert set(targets) <= set(re.findall(r"\\label\{\\detokenize\{([^}]*)\}\}", text))
    # What sphinxcontrib-bibtex writes for its own bibliographies, which have other labels.
    assert "\\hyperlink{cite." not in text


def test_message_catalogs_hold_no_title_of_the_bib_file(site: Site) -> None:
    site.write(refs=posts(1, 2), index=PAGE, b="# B\n")
    built = site.build("gettext")
    text = (built.folder / "index.pot").read_text(encoding="utf-8")

    assert "首页" in text
    assert "文章" not in text
    assert "Article" not in text


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

    assert [link.get("href") for link in second.page().cssselect(".bibtex-citation a")] == ["c.html#ref-p1"]
    assert second.page("c").get_element_by_id("ref-p1") is not None


def test_a_stored_page_holds_no_text_of_an_entry(site: Site) -> None:
    site.write(refs=posts(1), index="# A\n\n```{refblock}\n```\n")
    built = site.build()
    stored = (built.folder.parent / "doctrees" / "index.doctree").read_bytes()

    assert b"Article p1" not in stored
    assert pickle.loads(stored).astext().strip() == "A"  # noqa: S301  # our own build wrote it
