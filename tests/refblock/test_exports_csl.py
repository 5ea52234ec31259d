"""CSL-JSON that we write, as others read it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from refblock.entries import Entry, Library, Name, Title
from refblock.exports import write_csl
from tests.refblock.comparing import lost, spaced, titles_of, typographic

if TYPE_CHECKING:
    from collections.abc import Callable


def same(item: dict[str, Any], entry: Entry) -> None:
    """Compare what every reader keeps with the entry."""
    assert item["id"] == entry.key
    assert item["URL"] == entry.href
    assert item.get("DOI", "") == entry.doi
    assert item["language"] == entry.title.language
    assert item["keyword"] == ", ".join(entry.topics)
    assert [(name["family"], name["given"]) for name in item.get("author", [])] == [
        (name.family, name.given) for name in entry.authors
    ]
    assert item.get("issued", {}).get("date-parts") == ([[int(entry.year)]] if entry.year else None)
    container = entry.fields.get("journaltitle") or entry.fields.get("booktitle") or entry.organization
    assert item.get("container-title", "") == container


def test_the_real_list_is_there_in_full(refs: list[Entry], library: Library) -> None:
    items = json.loads(write_csl(refs, library))

    assert len(items) == len(refs)
    for item, entry in zip(items, refs, strict=True):
        same(item, entry)
        assert entry.parallel
        assert item["title"] == entry.title.text
        assert item["custom"]["parallel-title"] == {"text": entry.parallel.text, "language": entry.parallel.language}
        assert f"tex.titleaddon: {entry.parallel.text}" in item["note"].splitlines()
        assert item["custom"].get("related", []) == list(entry.related)
        assert item["custom"].get("relatedtype", "") == entry.relation
        assert item.get("archive_location", "") == entry.arxiv
        assert lost(entry, item) == {"dateadded"} & entry.fields.keys()


def test_pandoc_reads_the_real_list(
    refs: list[Entry], library: Library, pandoc: Callable[[str, str], list[dict[str, Any]]]
) -> None:
    items = {item["id"]: item for item in pandoc(write_csl(refs, library), "csljson")}

    assert items.keys() == {entry.key for entry in refs}
    for entry in refs:
        item = items[entry.key]
        for name in item.get("author", []):
            # pandoc tells a particle from the rest of a family name by its small letter.
            name["family"] = " ".join(filter(None, (name.get("non-dropping-particle"), name["family"])))
        same(item, entry)
        assert typographic(item["title"]) == typographic(entry.title.text)
        assert all(f"About: {key}" in item["note"] for key in entry.related)
        assert lost(entry, item) <= {"dateadded"}


def test_citation_js_reads_the_real_list(
    refs: list[Entry], library: Library, citation_js: Callable[..., list[dict[str, Any]]]
) -> None:
    items = citation_js(write_csl(refs, library))

    assert len(items) == len(refs)
    for item, entry in zip(items, refs, strict=True):
        same(item, entry)
        assert item["title"] == entry.title.text
        assert lost(entry, item) <= {"dateadded"}


def test_hostile_titles_are_kept_to_the_letter(hostile: list[Entry]) -> None:
    items = json.loads(write_csl(hostile, Library(hostile)))

    assert {item["id"]: item["title"] for item in items} == titles_of(hostile)
    assert {item["id"]: item["custom"]["parallel-title"]["text"] for item in items} == {
        key: f"另：{title}" for key, title in titles_of(hostile).items()
    }
    assert all(item["note"].count("\n") == 0 for item in items)


def test_pandoc_and_citation_js_keep_hostile_titles(
    hostile: list[Entry],
    pandoc: Callable[[str, str], list[dict[str, Any]]],
    citation_js: Callable[..., list[dict[str, Any]]],
) -> None:
    text = write_csl(hostile, Library(hostile))

    assert {item["id"]: item["title"] for item in citation_js(text)} == titles_of(hostile)
    for item in pandoc(text, "csljson"):
        assert typographic(spaced(item["title"])) == typographic(spaced(titles_of(hostile)[item["id"]])), item["id"]


def test_characters_stand_as_they_are(refs: list[Entry], library: Library) -> None:
    text = write_csl(refs, library)

    assert all(entry.title.text.replace('"', r"\"") in text for entry in refs)


def test_names_keep_their_parts() -> None:
    names = (Name("van Hasselt", "Hado"), Name("Smith, Jr.", "John"), Name("中国科学院"))
    entry = Entry(key="k", type="book", title=Title("T", "en"), source="", authors=names, persons={"editor": names})

    (item,) = json.loads(write_csl([entry], Library([entry])))

    assert item["editor"] == [
        {"family": "van Hasselt", "given": "Hado"},
        {"family": "Smith", "given": "John", "suffix": "Jr."},
        {"literal": "中国科学院"},
    ]


@pytest.mark.parametrize(
    ("fields", "year", "issued"),
    [
        ({"date": "2021-05-03"}, "2021", {"date-parts": [[2021, 5, 3]]}),
        ({"date": "2021-05"}, "2021", {"date-parts": [[2021, 5]]}),
        ({"date": "2019/2021-02"}, "2019", {"date-parts": [[2019], [2021, 2]]}),
        ({"date": "2019/"}, "2019", {"date-parts": [[2019]]}),
        ({"date": "1990~"}, "1990", {"date-parts": [[1990]]}),
        ({"year": "2021", "month": "may"}, "2021", {"date-parts": [[2021, 5]]}),
        ({"year": "2021", "month": "11"}, "2021", {"date-parts": [[2021, 11]]}),
        ({"year": "in press"}, "in press", {"literal": "in press"}),
        ({}, "", None),
    ],
)
def test_a_date_is_kept_as_far_as_it_is_known(fields: dict[str, str], year: str, issued: dict[str, Any] | None) -> None:
    entry = Entry(key="k", type="book", title=Title("T", "en"), source="", year=year, fields=fields)

    (item,) = json.loads(write_csl([entry], Library([entry])))

    assert item.get("issued") == issued
