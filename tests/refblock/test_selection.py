"""The filter language and the arrangement of what it finds, on values alone."""

from __future__ import annotations

import re
from itertools import product

import pytest

from refblock.arrangement import group, parse_group, parse_sort, sort
from refblock.entries import Entry, Library, Name, Title
from refblock.layout import Manner, parse_show
from refblock.selection import Context, FilterError, parse_filter

ENTRIES = [
    Entry(
        key=f"e{number}",
        type=("online", "article", "book")[number % 3],
        title=Title(title, "zh-Hans" if title > "z" else "en"),
        source=f"refs.bib:{number}",
        year=str(2000 + number) if number % 4 else "",
        topics=tuple(topics),
        fields={"keywords": ", ".join(topics), "title": title, "note": "x" if number % 2 else ""},
        persons={"author": (Name("Zhang", "Yu"),)} if number % 2 else {},
        authors=(Name("Zhang", "Yu"),) if number % 2 else (),
    )
    for number, (title, topics) in enumerate(
        [
            ("重庆", ["attention"]),
            ("Zebra", ["self-attention", "mtl"]),
            ("银行", ["mtl"]),
            ("apple", ["attention", "mtl"]),
            ("Äpfel", ["Attention"]),
            ("音乐", []),
            ("长大", ["mtl", "vision"]),
        ]
    )
]
LIBRARY = Library(ENTRIES)
CONTEXT = Context(
    "page",
    {"e4": frozenset({"page", "other"}), "e1": frozenset({"page"}), "e2": frozenset({"other"})},
    {"page": ["e4", "e1", "none"], "other": ["e4", "e2"]},
)
ENGLISH = Manner("en", str, {"mtl": "Multi-task", "attention": "Attention"}, {})
CHINESE = Manner("zh-Hans", str, {"mtl": "多任务", "attention": "注意力"}, {})


def selected(text: str) -> list[str]:
    """Give the keys that a filter lets through."""
    return list(parse_filter(text).select(LIBRARY, CONTEXT))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('"attention" in keywords', ["e0", "e3", "e4"]),
        ('"attention" not in keywords and "mtl" in keywords', ["e1", "e2", "e6"]),
        ('keywords % "attention"', ["e0", "e1", "e3", "e4"]),
        ('type == "book"', ["e2", "e5"]),
        ('type != "book" and not type == "online"', ["e1", "e4"]),
        ('"vision" in keywords or type == "book"', ["e2", "e5", "e6"]),
        ("year > 2004", ["e5", "e6"]),
        ('year == "2003" or year == 2001', ["e1", "e3"]),
        ("2005 <= year", ["e5", "e6"]),
        ('key in {"e1", "e6", "gone"}', ["e1", "e6"]),
        ('author % "^zhang"', ["e1", "e3", "e5"]),
        ("cited", ["e1", "e2", "e4"]),
        ("docname in docnames", ["e1", "e4"]),
        ('docnames & {"other"}', ["e2", "e4"]),
        ("note", ["e1", "e3", "e5"]),
        ("True", [f"e{number}" for number in range(7)]),
        ("False", []),
        # 'and' binds before 'or', and 'not' before both.
        ('type == "book" or type == "online" and year > 2003', ["e2", "e5", "e6"]),
        ('(type == "book" or type == "online") and year > 2003', ["e5", "e6"]),
        ('not type == "book" and "mtl" in keywords', ["e1", "e3", "e6"]),
        ('not (type == "book" and "mtl" in keywords)', ["e0", "e1", "e3", "e4", "e5", "e6"]),
        # A whole keyword, in whatever case, and never a part of one.
        ('"ATTENTION" in keywords', ["e0", "e3", "e4"]),
        ('"self-attention" in keywords', ["e1"]),
        ('"attent" in keywords', []),
        ('"attention, mtl" in keywords', []),
        ('keywords == "mtl, vision"', ["e6"]),
        ('keywords == ""', ["e5"]),
        ("year < 2002", ["e1"]),
        ("year <= 2002", ["e1", "e2"]),
        ("year >= 2005", ["e5", "e6"]),
        ("2005 < year", ["e6"]),
        ("year != 2001", ["e0", "e2", "e3", "e4", "e5", "e6"]),
        ('year == ""', ["e0", "e4"]),
        ('"ebr" in title', ["e1"]),
        ('title % "^ÄP"', ["e4"]),
        ('key not in {"e0", "e1", "e2", "e3", "e4"}', ["e5", "e6"]),
        ('docnames & {"page"} | docnames & {"other"}', ["e1", "e2", "e4"]),
        ('docnames == {"page"}', ["e1"]),
        ('"page" in docnames', ["e1", "e4"]),
        ("not cited and note", ["e3", "e5"]),
        ('abstract == "" and type == "book"', ["e2", "e5"]),
    ],
)
def test_a_filter_lets_through_what_it_says(text: str, keys: list[str]) -> None:
    assert selected(text) == keys


@pytest.mark.parametrize("topic", ["attention", "mtl", "vision", "none"])
@pytest.mark.parametrize("rest", ["True", "year > 2001", 'type == "online"', 'not type == "book"'])
def test_an_index_finds_what_going_through_all_entries_finds(topic: str, rest: str) -> None:
    # The same condition written so that no index can serve it.
    plain = selected(f'not ("{topic}" not in keywords or not ({rest}))')

    assert selected(f'"{topic}" in keywords and ({rest})') == plain
    assert selected(f'({rest}) and "{topic}" in keywords') == plain


ATOMS = (
    *('"mtl" in keywords', '"ATTENTION" in keywords', '"none" in keywords', 'type == "online"', 'type == "nothing"'),
    *("year > 2002", "cited", 'keywords % "att"'),
    *("docname in docnames", '"other" in docnames', '"nowhere" in docnames', "'page' not in docnames"),
)


@pytest.mark.parametrize("shape", ["{} and {} and {}", "{} or {} and {}", "({} or {}) and {}", "not {} and ({} or {})"])
def test_the_indexes_change_no_answer(shape: str) -> None:
    for atoms in product(ATOMS, repeat=3):
        text = shape.format(*atoms)
        # Under "not" nothing is required, so every entry is tried.
        assert selected(text) == selected(f"not not ({text})"), text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("keyword == 'a'", "no entry has a field 'keyword'; did you mean 'keywords'?"),
        ("attention", "text goes in quotation marks"),
        ("type == == 1", "it is not an expression at column 9; write for example"),
        ("f(1)", "'f(1)' is not part of the filter language"),
        ("title.lower", "'title.lower' is not part"),
        ("1 < year < 3", "join them with 'and'"),
        ("type is 'a'", "write '=='"),
        ("title % note", "'%' wants a quoted regular expression"),
        ("title % '['", "'[' is not a regular expression"),
        ("1 % 'a'", "'%' wants text on its left"),
        ("type & {'a'}", "joins what are not sets; use 'and' or 'or'"),
        ("type < 1", "put text in quotation marks"),
        ("'a' in cited", "compares things of different kinds"),
    ],
)
def test_what_is_wrong_with_a_filter_is_said_with_what_to_write(text: str, says: str) -> None:
    with pytest.raises(FilterError, match=re.escape(says)):
        selected(text)


@pytest.mark.parametrize(
    ("text", "asks"),
    [("cited", True), ("'x' in docnames", True), ("docname == 'x'", False), ("type == 'cited'", False)],
)
def test_a_filter_knows_whether_it_must_wait_for_all_pages(text: str, asks: bool) -> None:
    assert parse_filter(text).asks_for_citations is asks


@pytest.mark.parametrize(
    "text",
    ["", " ", "type ==", "x = 1", "x := 1", "a.b", "a if b else c", "1 + 1", "-1", "~1", "2 ** 9", "(1, 2)", "{1: 2}",
     "[a for a in b]", "{a for a in b}", "f'{a}'", "*a", "await a", "None", "b'a'", "...", "not " * 9000 + "cited",
     "1" * 5000, "a\x00b", "f(1)", "[1]", "lambda: 1", "type is 'a'", "1 < 2 < 3", "a % b", "'(' in (", "1.5",
     "__import__('os')", "(yield)", "{**{}}", "a[0]", "'%s' % 1", "title % '['"],
)  # fmt: skip
def test_what_is_not_of_the_language_is_an_error(text: str) -> None:
    with pytest.raises(FilterError):
        parse_filter(text)


@pytest.mark.parametrize("text", ["keyword == 'a'", "attention", "titel % 'a'", "type < 1", "type & {'a'}"])
def test_what_the_entries_cannot_answer_is_an_error(text: str) -> None:
    with pytest.raises(FilterError):
        selected(text)


def order(text: str, manner: Manner = CHINESE) -> str:
    """Give the numbers of all entries in an order."""
    return "".join(key[1] for key in sort(list(LIBRARY.entries), parse_sort(text), LIBRARY, manner))


def test_titles_sort_by_pinyin_and_without_case_or_accents() -> None:
    # Äpfel, apple, 重庆 chóng qìng, 银行 yín háng, 音乐 yīn yuè, Zebra, 长大 zhǎng dà
    assert order("title") == "4305216"


def test_what_lacks_the_value_sorts_last_either_way() -> None:
    assert order("year") == "1235604"
    assert order("year desc") == "6532104"


def test_later_keys_decide_among_equals() -> None:
    assert order("type, year desc") == "14" + "52" + "630"
    assert order("type desc, key desc") == "630" + "52" + "41"


@pytest.mark.parametrize("text", ["", "colour", "year down", "year desc asc", "year,,title"])
def test_an_order_that_is_none_says_so(text: str) -> None:
    with pytest.raises(ValueError, match="is not an order"):
        parse_sort(text)


def test_groups_by_year_run_from_the_newest_and_end_with_what_has_none() -> None:
    groups = group(list(LIBRARY.entries), "year", LIBRARY, ENGLISH)

    assert [part.name for part in groups] == ["2006", "2005", "2003", "2002", "2001", "other"]
    assert groups[-1].keys == ("e0", "e4")


def test_an_entry_with_several_topics_stands_under_each_in_the_order_of_the_names() -> None:
    groups = group(list(LIBRARY.entries), "topic", LIBRARY, ENGLISH)

    assert [part.heading for part in groups][:2] == ["Multi-task", "Attention"]
    assert [part.name for part in groups if "e1" in part.keys] == ["mtl", "self-attention"]
    assert groups[-1].keys == ("e5",)


def test_groups_and_parts_that_are_none_say_so() -> None:
    with pytest.raises(ValueError, match="is not a way to group"):
        parse_group("colour")
    with pytest.raises(ValueError, match="is not a part"):
        parse_show("host, colour")
