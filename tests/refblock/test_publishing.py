"""Exports as files beside the pages, and what programs find of them on a page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import feedparser
import pytest
import rispy
from bibtexparser.entrypoint import parse_string

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Built, Site

REFS = """
@online{post, title = {一文</script>看透}, titleaddon = {All of it & more}, url = {https://example.org/post},
  keywords = {mtl}, related = {paper}, relatedtype = {reviewof}, dateadded = {2026-01-02}}
@article{paper, title = {A Survey}, langid = {english}, author = {Zhang, Yu}, date = {2022}, doi = {10.1/x},
  dateadded = {2026-03-04}}
@online{undated, title = {Undated}, url = {https://example.org/undated}}
"""
PAGES = {
    "index": "# A\n\n```{refblock}\npost\npaper\n```\n\n```{refblock}\n:sort: year\n:group: type\n```\n",
    "other": "---\norphan: true\n---\n\n# B\n\n```{refblock}\nundated\n```\n",
}


@pytest.fixture
def written(site: Site) -> Site:
    site.write(refs=REFS, **PAGES)
    return site


def keys_in(base: Path) -> dict[str, list[str]]:
    """Read an export in each format with other people's code; give its keys by format."""
    bib = parse_string(base.with_name(f"{base.name}.bib").read_text(encoding="utf-8"))
    ris = rispy.loads(base.with_name(f"{base.name}.ris").read_bytes().decode())
    csl = json.loads(base.with_name(f"{base.name}.json").read_text(encoding="utf-8"))
    return {
        "bib": [entry.key for entry in bib.entries],
        "ris": [str(record["id"]) for record in ris],
        "json": [str(item["id"]) for item in csl],
    }


def bases(built: Built, docname: str = "index") -> list[Path]:
    """Give the files, without ending, that the lists of a page name as their exports."""
    page = built.folder / f"{docname}.html"
    lists = built.page(docname).cssselect("ol.refblock")
    return [(page.parent / str(shown.get("data-exports"))).resolve() for shown in lists]


def test_each_block_has_its_entries_in_each_format(written: Site) -> None:
    built = written.build()
    plain, *groups = bases(built)

    assert all(keys == ["post", "paper"] for keys in keys_in(plain).values())
    # Groups of one block share its files.
    assert len(set(groups)) == 1
    assert all(sorted(keys) == ["paper", "post", "undated"] for keys in keys_in(groups[0]).values())


def test_links_to_a_block_s_exports_stand_below_it_once_and_name_the_file(written: Site) -> None:
    built = written.build()
    shown = built.page().cssselect(".refblock-exports")
    names = [[str(link.get("download")) for link in each.cssselect("a")] for each in shown]

    assert names == [["index.bib", "index.ris", "index.json"], ["index-2.bib", "index-2.ris", "index-2.json"]]
    assert all((built.folder / str(link.get("href"))).is_file() for each in shown for link in each.cssselect("a"))
    assert shown[0].text_content().startswith("导出：")


@pytest.mark.parametrize("builder", ["html", "dirhtml"])
def test_addresses_hold_from_pages_in_folders(site: Site, builder: str) -> None:
    site.write(refs=REFS, index="# A\n\n```{toctree}\ndeep/page\n```\n")
    (site.folder / "deep").mkdir()
    site.write(**{"deep/page": "# B\n\n```{refblock}\n```\n"})
    built = site.build(builder)
    docname = "deep/page" if builder == "html" else "deep/page/index"

    assert all(sorted(keys) == ["paper", "post", "undated"] for keys in keys_in(bases(built, docname)[0]).values())


def test_the_whole_site_s_entries_stand_at_fixed_addresses(written: Site) -> None:
    built = written.build()

    assert all(keys == ["post", "paper", "undated"] for keys in keys_in(built.folder / "_static" / "refs").values())
    alternates = {
        str(link.get("type")): str(link.get("href")) for link in built.page().cssselect("link[rel=alternate]")
    }
    assert alternates == {
        "application/x-bibtex": "_static/refs.bib",
        "application/x-research-info-systems": "_static/refs.ris",
        "application/vnd.citationstyles.csl+json": "_static/refs.json",
    }


def test_what_has_not_changed_is_not_written_again_and_what_no_block_has_is_deleted(written: Site) -> None:
    built = written.build()
    times = {path: path.stat().st_mtime_ns for path in (built.folder / "_static").rglob("refs.*")}
    times |= {path: path.stat().st_mtime_ns for path in (built.folder / "_static" / "refblock").iterdir()}
    written.build()
    assert {path: path.stat().st_mtime_ns for path in times} == times

    written.write(refs=REFS.replace("Undated", "Still undated"))
    built = written.build()
    now = set((built.folder / "_static" / "refblock").iterdir())
    assert {path for path in now if path in times} == {path for path in times if path.stem == bases(built)[0].name}
    assert len(now) == 9
    assert "Still undated" in (built.folder / "_static" / "refs.bib").read_text(encoding="utf-8")


def test_what_was_deleted_from_the_output_is_written_again(written: Site) -> None:
    built = written.build()
    for path in (bases(built)[0].with_suffix(".ris"), built.folder / "_static" / "refs.bib"):
        path.unlink()
        written.build()
        assert path.is_file()


@pytest.mark.parametrize("builder", ["singlehtml", "epub", "latex", "text"])
def test_formats_without_pages_of_their_own_have_no_exports(written: Site, builder: str) -> None:
    built = written.build(builder)

    assert not list(built.folder.rglob("refs.ris"))


def test_the_feed_holds_the_newest_first_by_the_date_in_the_bib_file(written: Site) -> None:
    built = written.build(html_baseurl="https://list.example/zh")
    feed = feedparser.parse((built.folder / "_static" / "refs.atom").read_text(encoding="utf-8"))

    assert not feed.bozo
    assert [(entry.title, entry.updated) for entry in feed.entries] == [
        ("A Survey", "2026-03-04T00:00:00Z"), ("一文</script>看透", "2026-01-02T00:00:00Z")
    ]  # fmt: skip
    assert feed.feed.updated == "2026-03-04T00:00:00Z"
    assert feed.feed.links[0].href == "https://list.example/zh/_static/refs.atom"
    assert "https://list.example/zh/index.html#ref-paper" in {link.href for link in feed.entries[0].links}
    assert built.page().cssselect("link[type='application/atom+xml'][href='_static/refs.atom']")


def test_each_language_has_a_feed_of_its_own(written: Site) -> None:
    root = "https://list.example/"
    built = written.build(language="en", html_baseurl=root, refblock_baseurl=f"{root}en/")
    feed = feedparser.parse((built.folder / "_static" / "refs.atom").read_text(encoding="utf-8"))

    assert [entry.title for entry in feed.entries] == ["A Survey", "All of it & more"]
    assert feed.feed.language == "en"
    assert feed.feed.id == "https://list.example/en/"


def test_without_an_address_of_the_site_there_is_no_feed(written: Site) -> None:
    built = written.build()

    assert not (built.folder / "_static" / "refs.atom").exists()
    assert not built.page().cssselect("link[type='application/atom+xml']")


def test_search_engines_find_the_list_described(written: Site) -> None:
    built = written.build(html_baseurl="https://list.example/")
    page, other = (
        json.loads(script.text or "")
        for name in ("index", "other")
        for script in built.page(name).cssselect("script[type='application/ld+json']")
    )
    items = page["mainEntity"]["itemListElement"]

    assert (page["@type"], page["name"], page["url"]) == ("CollectionPage", "A", "https://list.example/index.html")
    assert [item["item"]["name"] for item in items] == ["一文</script>看透", "A Survey", "Undated"]
    # An entry is the same thing on every page that shows it, and what it is about is the thing that its page shows.
    (again,) = other["mainEntity"]["itemListElement"]
    assert again["item"]["@id"] == items[2]["item"]["@id"] == "https://list.example/index.html#ref-undated"
    assert items[0]["item"]["about"][0]["@id"] == items[1]["item"]["@id"]
    assert "url" not in json.loads(written.build().page().cssselect("script[type='application/ld+json']")[0].text or "")


def test_zotero_finds_each_entry_on_the_page(written: Site) -> None:
    spans = written.build().page().cssselect("ol.refblock > li > span.Z3988")
    titles = [parse_qs(str(span.get("title"))) for span in spans]

    assert len(spans) == 5
    assert titles[0]["rft.title"] == ["一文</script>看透"]
    assert titles[1]["rft.atitle"] == ["A Survey"]
