"""Entries and the library of all of them, on values alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refblock.entries import Entry, Library, Name, Title

ZH, EN = Title("注意力", "zh-Hans"), Title("Attention", "en")


def entry(key: str, /, **values: object) -> Entry:
    """Make an entry of which only some things matter."""
    return replace(Entry(key, "online", Title(key, "en"), "refs.bib:1"), **values)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("name", "full"),
    [
        (Name("张", "三"), "张三"),
        (Name("欧阳", "修"), "欧阳修"),
        (Name("Zhang", "Yu"), "Yu Zhang"),
        (Name("Stanford University"), "Stanford University"),
        (Name("Søgaard", "Anders"), "Anders Søgaard"),
        (Name("Müller", "Jürgen"), "Jürgen Müller"),
        (Name("张", "San"), "San 张"),
        (Name("김", "민수"), "김민수"),
    ],
)
def test_a_name_is_written_as_its_script_does(name: Name, full: str) -> None:
    assert name.full == full


@pytest.mark.parametrize(
    ("own", "other", "reader", "leads"),
    [
        (ZH, EN, "zh-Hans", ZH),
        (ZH, EN, "en", EN),
        (EN, ZH, "zh-Hans", ZH),
        (EN, ZH, "en-GB", EN),
        (ZH, EN, "fr", ZH),
        (ZH, None, "en", ZH),
        (Title("3.14", None), ZH, "en", Title("3.14", None)),
    ],
)
def test_the_title_in_the_reader_s_language_leads_else_the_original(
    own: Title, other: Title | None, reader: str, leads: Title
) -> None:
    assert entry("a", title=own, parallel=other).leading_title(reader) == leads


@pytest.mark.parametrize(
    ("values", "href"),
    [
        ({"url": "https://a.b", "doi": "10.1/x", "arxiv": "2004.13379"}, "https://a.b"),
        ({"doi": "10.1/x", "arxiv": "2004.13379"}, "https://doi.org/10.1/x"),
        ({"arxiv": "hep-th/9901001"}, "https://arxiv.org/abs/hep-th/9901001"),
        ({}, ""),
    ],
)
def test_a_reader_is_sent_to_the_best_address_there_is(values: dict[str, str], href: str) -> None:
    assert entry("a", **values).href == href


def test_of_two_entries_with_one_key_a_library_keeps_the_first() -> None:
    library = Library([entry("a", url="https://one"), entry("a", url="https://two")])

    assert [held.url for held in library.entries.values()] == ["https://one"]


def test_a_library_finds_entries_by_topic_in_any_case_type_and_place() -> None:
    library = Library([entry("a", topics=("MTL", "nlp")), entry("b", type="book", topics=("mtl",)), entry("c")])

    assert library.keys_by_topic == {"mtl": ("a", "b"), "nlp": ("a",)}
    assert library.keys_by_type == {"online": ("a", "c"), "book": ("b",)}
    assert sorted("cab", key=lambda key: library.rank[key]) == ["a", "b", "c"]


def test_a_library_knows_which_entries_are_about_which() -> None:
    library = Library([
        entry("a", related=("p", "q"), relation="reviewof"),
        entry("b", related=("p",), relation="reviewof"),
        entry("c", related=("p",), relation="translationof"),
        entry("p"),
    ])  # fmt: skip

    assert library.reviews["p"] == ("a", "b")
    assert set(library.shown_with("p")) == {"a", "b"}
    assert set(library.shown_with("a")) == {"p"}


def test_the_parts_of_a_series_stand_by_their_numbers() -> None:
    parts = [entry(f"n{number}", fields={"series": "S", "number": str(number)}) for number in (10, 2, 1)]
    paper = entry("proceedings", type="inproceedings", fields={"series": "S", "number": "3"})
    library = Library([*parts, paper, entry("alone")])

    assert library.siblings("n2") == ("n1", "n2", "n10")
    assert library.siblings("alone") == ()


FULL = entry(
    "a",
    title=ZH,
    parallel=EN,
    related=("p",),
    relation="reviewof",
    twins=("t",),
    fields={"url": "https://a.b", "series": "S", "number": "1"},
    persons={"author": (Name("Zhang", "Yu"),)},
)
AROUND = [entry("p"), entry("t"), entry("s", fields={"series": "S", "number": "2"}), entry("far")]


@pytest.mark.parametrize(
    "change",
    [
        {"title": Title("注意力！", "zh-Hans")},
        {"title": Title("注意力", "ja")},
        {"parallel": None},
        {"type": "misc"},
        {"fields": {**FULL.fields, "url": "https://a.c"}},
        {"persons": {"author": (Name("Yang", "Yu"),)}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_digest_changes_with_each_thing_that_an_entry_shows(change: dict[str, object]) -> None:
    before, after = Library([FULL, *AROUND]), Library([replace(FULL, **change), *AROUND])  # type: ignore[arg-type]  # as above

    assert before.digest("a") != after.digest("a")
    assert before.fingerprint != after.fingerprint


@pytest.mark.parametrize(("other", "changes"), [("p", True), ("t", True), ("s", True), ("far", False)])
def test_a_digest_follows_the_entries_that_are_named_along_and_no_other(other: str, changes: bool) -> None:
    around = [replace(each, title=Title("new", "en")) if each.key == other else each for each in AROUND]

    assert (Library([FULL, *AROUND]).digest("a") != Library([FULL, *around]).digest("a")) is changes


def test_a_digest_does_not_follow_the_line_or_the_place_in_the_file() -> None:
    moved = [replace(each, source="refs.bib:99") for each in (*AROUND, FULL)]

    assert Library([FULL, *AROUND]).digest("a") == Library(moved).digest("a")


def test_a_key_that_no_entry_has_has_an_empty_digest() -> None:
    assert Library([FULL]).digest("gone") == ""
