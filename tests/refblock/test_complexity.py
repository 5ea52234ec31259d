"""How work grows with entries: counted, not timed. Each count is of calls while a real site is built."""

from __future__ import annotations

import cProfile
import pstats
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Site

COUNTED = {
    "laid out": ("layout.py", "lay_out"),
    "written": ("html.py", "write_entry"),
    "spelled": ("pinyin.py", "_syllables"),
    "read": ("reading.py", "_entry"),
    "loaded": ("keeping.py", "_load"),
    "raw": ("reading.py", "_raw_entry"),
    "exported": ("bibtex.py", "_entry"),
    "cited": ("citing.py", "_as_raw"),
    "nodes": ("nodes.py", "__init__"),
    "tried": ("selection.py", "_field"),
}


def write(site: Site, number: int, pages: int, cited: int = 0) -> None:
    site.write(
        refs="".join(
            f"@online{{k{place}, title = {{第{place}篇}}, titleaddon = {{No. {place}}},"
            f" url = {{https://example.org/{place}}}, keywords = {{p{place % pages}}}}}\n"
            for place in range(number)
        ),
        index="# Index\n\n```{toctree}\n"
        + "\n".join(f"p{page}" for page in range(pages))
        + "\n```\n\n"
        + " ".join(f"{{cite:t}}`k{key}`" for key in range(cited)),
    )
    for page in range(pages):
        site.write(
            **{f"p{page}": f"# P\n\n```{{refblock}}\n:filter: type == 'online' and 'p{page}' in keywords\n```\n"}
        )


def build(site: Site) -> tuple[dict[str, int], list[str]]:
    """Build the site; give how often each thing was done, and the pages that were read."""
    profile = cProfile.Profile()
    built = profile.runcall(site.build)
    assert built.warnings == []
    counts = dict.fromkeys(COUNTED, 0)
    for (file, _, function), (_, calls, *_) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]  # a documented attribute without a stub
        for name, (ending, wanted) in COUNTED.items():
            if function == wanted and file.endswith(ending):
                counts[name] += calls
    return counts, built.read


def test_each_entry_is_read_laid_out_and_written_once_however_many_there_are(site: Site) -> None:
    write(site, 40, pages=4)
    few, _ = build(site)
    write(site, 80, pages=4)
    many, _ = build(site)

    for name in ("laid out", "written", "read", "exported"):
        assert (few[name], many[name]) == (40, 80), name
    # Nobody asked for sphinxcontrib-bibtex's own entries.
    assert (few["raw"], many["raw"]) == (0, 0)


def test_nodes_grow_with_blocks_and_not_with_entries(site: Site) -> None:
    write(site, 400, pages=4)
    many, read = build(site)
    write(site, 800, pages=4)
    more, read_again = build(site)

    assert read == read_again
    assert 0 < many["nodes"] == more["nodes"]


def test_a_build_without_news_reads_no_entry_and_writes_none(site: Site) -> None:
    write(site, 40, pages=4)
    build(site)
    counts, read = build(site)

    assert read == []
    assert {name: counts[name] for name in counts if name != "nodes"} == dict.fromkeys(counts.keys() - {"nodes"}, 0)


def test_a_touched_page_loads_its_own_entries_alone(site: Site) -> None:
    loaded = []
    for number in (40, 400):
        write(site, number, pages=number // 10)
        build(site)
        site.write(p3="# Touched\n\n```{refblock}\n:filter: type == 'online' and 'p3' in keywords\n```\n")
        counts, read = build(site)
        assert read == ["p3"]
        loaded.append(counts["loaded"])

    assert loaded == [10, 10]


def test_an_edited_entry_costs_its_pages_alone(site: Site) -> None:
    write(site, 80, pages=8, cited=1)
    build(site)
    refs = site.folder / "refs.bib"
    refs.write_text(refs.read_text(encoding="utf-8").replace("No. 8}", "No. eight}"), encoding="utf-8")
    counts, read = build(site)

    assert read == ["p0"]
    assert counts["written"] == 10


def test_an_edited_entry_is_exported_with_its_page_and_its_piece_and_not_with_the_site(site: Site) -> None:
    write(site, 3000, pages=30)
    build(site)
    refs = site.folder / "refs.bib"
    refs.write_text(refs.read_text(encoding="utf-8").replace("No. 8}", "No. eight}"), encoding="utf-8")
    counts, _ = build(site)

    assert 100 < counts["exported"] < 1500


@pytest.mark.parametrize("cited", [10, 20])
def test_each_citation_is_formatted_once_and_nothing_else_is(site: Site, cited: int) -> None:
    write(site, 100, pages=1, cited=cited)
    counts, _ = build(site)

    assert counts["cited"] == cited


def test_more_entries_make_a_page_s_citations_no_dearer(site: Site) -> None:
    write(site, 50, pages=1, cited=10)
    few, _ = build(site)
    write(site, 500, pages=1, cited=10)
    many, _ = build(site)

    assert few["cited"] == many["cited"] == 10


def test_a_list_of_what_its_page_cites_asks_about_nothing_else(site: Site) -> None:
    tried = []
    for number in (20, 400):
        write(site, number, pages=2)
        for page in range(2):
            cited = " ".join(f"{{cite:t}}`k{page + key}`" for key in range(5))
            body = "```{refblock}\n:filter: docname in docnames\n```"
            site.write(**{f"p{page}": f"# P\n\n{cited}\n\n{body}\n"})
        shutil.rmtree(site.folder / "_build", ignore_errors=True)
        tried.append(build(site)[0]["tried"])

    assert tried[0] == tried[1] == 2 * 5 * 2, "both names for each of five entries on two pages"
