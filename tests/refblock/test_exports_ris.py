"""A RIS file that we write, as others read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rispy

from refblock.entries import Entry, Library, Name, Title
from refblock.exports import write_ris
from tests.refblock.comparing import lost, spaced, titles_of

if TYPE_CHECKING:
    from collections.abc import Callable


def test_rispy_reads_the_real_list(refs: list[Entry], library: Library) -> None:
    records = rispy.loads(write_ris(refs, library))

    assert [record["id"] for record in records] == [entry.key for entry in refs]
    for record, entry in zip(records, refs, strict=True):
        assert entry.parallel
        assert record["title"] == entry.title.text
        assert record["language"] == entry.title.language
        assert record.get("doi", "") == entry.doi
        assert record["urls"] == [entry.href]
        assert record["keywords"] == list(entry.topics)
        assert record.get("authors", []) == [f"{name.family}, {name.given}" for name in entry.authors]
        assert record.get("year", "") == entry.year
        assert record.get("secondary_title", "") == (entry.venue or entry.organization)
        assert f"Parallel title ({entry.parallel.language}): {entry.parallel.text}" in record["notes"]
        numbers = [note.split()[0] for note in record["notes"] if note.startswith("arXiv:")]
        assert numbers == ([f"arXiv:{entry.arxiv}"] if entry.arxiv else [])
        assert lost(entry, record) == {"dateadded"} & entry.fields.keys()


def test_what_an_article_is_about_stands_in_a_note(refs: list[Entry], library: Library) -> None:
    notes = {record["id"]: record["notes"] for record in rispy.loads(write_ris(refs, library))}

    for entry in refs:
        for key in entry.related:
            other = library.entries[key]
            assert f"About: {key} <{other.doi_href or other.arxiv_href}>" in notes[entry.key]
        for key in entry.twins:
            assert any(note.startswith(f"See also: {key}") for note in notes[entry.key])


def test_citation_js_reads_the_real_list(
    refs: list[Entry], library: Library, citation_js: Callable[..., list[dict[str, Any]]]
) -> None:
    items = citation_js(write_ris(refs, library), "@ris/file")

    assert len(items) == len(refs)
    kinds = {"online": "webpage", "article": "article-journal", "inproceedings": "paper-conference"}
    for item, entry in zip(items, refs, strict=True):
        assert item["title"] == entry.title.text
        assert item["URL"] == entry.href
        assert item.get("DOI", "") == entry.doi
        assert item["language"] == entry.title.language
        assert item["type"] == kinds.get(entry.type, item["type"])
        assert [name["family"] for name in item.get("author", [])] == [name.family for name in entry.authors]


def test_pandoc_reads_the_real_list(
    refs: list[Entry], library: Library, pandoc: Callable[[str, str], list[dict[str, Any]]]
) -> None:
    items = {item["id"]: item for item in pandoc(write_ris(refs, library), "ris")}

    assert list(items) == [entry.key for entry in refs]
    for entry in refs:
        item = items[entry.key]
        assert item["title"] == entry.title.text
        assert item["language"] == entry.title.language
        assert item["URL"] == entry.href
        # It reads neither series nor kind (T3, M3), nor when a list took an entry in.
        assert lost(entry, item) <= {"dateadded", "series", "entrysubtype"}


def test_an_abstract_stays_what_it_is() -> None:
    entry = Entry(
        key="k", type="article", title=Title("T", "en"), source="", parallel=Title("题", "zh-Hans"),
        fields={"abstract": "In short."},
    )  # fmt: skip

    (record,) = rispy.loads(write_ris([entry], Library([entry])))

    assert (record["abstract"], record["notes"]) == ("In short.", ["Parallel title (zh-Hans): 题"])


def test_rispy_keeps_hostile_titles(hostile: list[Entry]) -> None:
    records = rispy.loads(write_ris(hostile, Library(hostile)))

    assert {record["id"]: record["title"] for record in records} == {
        key: spaced(title) for key, title in titles_of(hostile).items()
    }
    assert all(record["urls"] == [hostile[0].url] for record in records)


def test_citation_js_keeps_hostile_titles(
    hostile: list[Entry], citation_js: Callable[..., list[dict[str, Any]]]
) -> None:
    items = citation_js(write_ris(hostile, Library(hostile)), "@ris/file")

    assert [item["title"] for item in items] == [spaced(title) for title in titles_of(hostile).values()]


def test_each_line_is_a_tag_and_ends_as_the_format_asks(hostile: list[Entry]) -> None:
    text = write_ris(hostile, Library(hostile))

    lines = text.split("\r\n")
    assert lines.pop() == ""
    assert all(line[:2].isupper() and line[2:6] == "  - " for line in lines)
    assert text.splitlines() == lines


def test_a_suffix_comes_last_and_an_institution_whole() -> None:
    names = (Name("Smith, Jr.", "John"), Name("Barnes and Noble"))
    entry = Entry(key="k", type="book", title=Title("T", "en"), source="", authors=names, persons={"author": names})

    (record,) = rispy.loads(write_ris([entry], Library([entry])))

    assert record["authors"] == ["Smith, John, Jr.", "Barnes and Noble"]


def test_month_and_day_are_kept() -> None:
    entry = Entry(
        key="k", type="article", title=Title("T", "en"), source="", year="2021", fields={"date": "2021-05-03"}
    )

    (record,) = rispy.loads(write_ris([entry], Library([entry])))

    assert (record["year"], record["date"]) == ("2021", "2021/05/03/")
