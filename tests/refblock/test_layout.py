"""What a block shows of an entry, on values alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refblock.entries import Entry, Library, Name, Title
from refblock.labels import labels
from refblock.layout import PARTS, Badge, LaidOutEntry, Manner, lay_out, only, parse_show, people, short_name

TOPICS = {"mtl": "多任务"}
CHINESE = Manner("zh-Hans", labels("zh_CN"), TOPICS, {"WeChat": "微信公众号"})
ENGLISH = Manner("en", labels("en"), {"mtl": "Multi-task"}, {"微信公众号": "WeChat"})
ZH, EN = Title("注意力", "zh-Hans"), Title("Attention", "en")


def entry(key: str = "a", /, **values: object) -> Entry:
    """Make an entry of which only some things matter."""
    return replace(Entry(key, "online", EN, "refs.bib:1"), **values)  # type: ignore[arg-type]  # by name


def shown(given: Entry, *around: Entry, manner: Manner = ENGLISH) -> LaidOutEntry:
    """Lay out an entry in a library of it and others, with a badge."""
    return lay_out(given, Library([given, *around]), manner, (Badge("gone", "gone"),))


def roles(laid_out: LaidOutEntry) -> set[str]:
    """Give the names of all the parts that an entry has besides its title."""
    own = {"parallel": laid_out.parallel, "badges": laid_out.badges}
    named = {part.role for part in laid_out.meta} | {line.role for line in laid_out.lines}
    return named | {name for name, part in own.items() if part}


def meta(laid_out: LaidOutEntry) -> dict[str, str]:
    """Give the parts of the line of facts by their roles."""
    return {part.role: part.text for part in laid_out.meta}


def line(laid_out: LaidOutEntry, role: str) -> tuple[str, list[tuple[str, str]]] | None:
    """Give a line's label, and the text and key of each of its parts."""
    found = [each for each in laid_out.lines if each.role == role]
    return (found[0].label, [(part.text, part.key or part.href) for part in found[0].parts]) if found else None


def test_an_entry_with_one_title_shows_that_and_marks_nothing() -> None:
    for manner in (ENGLISH, CHINESE):
        laid_out = shown(entry(title=ZH), manner=manner)

        assert (laid_out.leading, laid_out.parallel, laid_out.original_mark) == (ZH, None, "")


@pytest.mark.parametrize(
    ("own", "other", "manner", "leads", "marked"),
    [
        (ZH, EN, CHINESE, ZH, False),
        (ZH, EN, ENGLISH, EN, True),
        (EN, ZH, CHINESE, ZH, True),
        (EN, ZH, ENGLISH, EN, False),
    ],
)
def test_the_original_is_marked_where_it_does_not_lead(
    own: Title, other: Title, manner: Manner, leads: Title, marked: bool
) -> None:
    laid_out = shown(entry(title=own, parallel=other), manner=manner)

    assert laid_out.leading == leads
    assert {laid_out.leading, laid_out.parallel} == {own, other}
    assert laid_out.original_mark == (manner.label("original title") if marked else "")


def test_a_paper_at_arxiv_alone_says_so() -> None:
    laid_out = shown(entry(arxiv="2004.13379", authors=(Name("A"),)), manner=CHINESE)

    assert meta(laid_out)["venue"] == "arXiv 预印本"
    assert meta(laid_out)["identifier"] == "arXiv:2004.13379"
    assert laid_out.href == "https://arxiv.org/abs/2004.13379"


def test_an_entry_without_an_address_leads_to_its_doi_which_stands_beside_it() -> None:
    laid_out = shown(entry(doi="10.1/x"))

    assert laid_out.href == "https://doi.org/10.1/x"
    assert [(part.text, part.href) for part in laid_out.meta if part.role == "identifier"] == [
        ("DOI:10.1/x", "https://doi.org/10.1/x")
    ]


@pytest.mark.parametrize(
    ("values", "host"),
    [
        ({"url": "https://www.example.org:8080/x"}, "example.org"),
        ({"url": "https://example.org", "organization": "微信公众号"}, "WeChat"),
        ({"url": "https://example.org", "organization": "Elsewhere"}, "Elsewhere"),
        ({"url": "https://example.org", "authors": (Name("A"),)}, None),
        ({"organization": "微信公众号", "authors": (Name("A"),)}, "WeChat"),
        ({"url": "https://[bad"}, None),
        ({"url": "mailto:a@b.c"}, None),
        ({}, None),
    ],
)
def test_the_host_stands_where_nobody_else_is_named(values: dict[str, object], host: str | None) -> None:
    assert meta(shown(entry(**values))).get("host") == host


def test_an_address_that_is_not_linked_is_said_to_be_withheld() -> None:
    laid_out = shown(entry(fields={"url": "javascript:alert(1)"}), manner=CHINESE)

    assert laid_out.href == ""
    assert "链接未显示" in meta(laid_out)["problem"]
    assert "problem" in meta(only(laid_out, []))


@pytest.mark.parametrize(
    ("count", "english", "chinese", "cited"),
    [
        (1, "G1 F1", "G1 F1", "F1"),
        (2, "G1 F1, G2 F2", "G1 F1、G2 F2", "F1 and F2"),
        (3, "G1 F1, G2 F2, G3 F3", "G1 F1、G2 F2、G3 F3", "F1 et al."),
        (4, "G1 F1, G2 F2, G3 F3, G4 F4", "G1 F1、G2 F2、G3 F3、G4 F4", "F1 et al."),
        (5, "G1 F1, G2 F2, G3 F3 et al.", "G1 F1、G2 F2、G3 F3等", "F1 et al."),
    ],
)
def test_authors_are_joined_in_the_manner_of_the_language(count: int, english: str, chinese: str, cited: str) -> None:
    names = tuple(Name(f"F{number}", f"G{number}") for number in range(1, count + 1))

    assert (people(names, ENGLISH), people(names, CHINESE)) == (english, chinese)
    assert short_name(entry(authors=names, year="2022"), ENGLISH) == f"{cited} 2022"


@pytest.mark.parametrize(
    ("known", "listed", "cited"),
    [([], "", "Attention"), (["A"], "A et al.", "A et al."), (["A", "B"], "A, B et al.", "A et al.")],
)
def test_others_are_never_a_person(known: list[str], listed: str, cited: str) -> None:
    names = (*map(Name, known), Name("others"))

    assert people(names, ENGLISH) == listed
    assert short_name(entry(authors=names), ENGLISH) == cited


def test_an_article_names_the_paper_that_it_is_about_and_where_to_find_it() -> None:
    paper = entry("p", authors=(Name("Zhang"), Name("Yang")), year="2022", doi="10.1/x", arxiv="1707.08114")
    article = entry(title=ZH, related=("p", "gone"), relation="reviewof")

    assert line(shown(article, paper), "about") == (
        "About:",
        [("Zhang and Yang 2022", "p"), ("DOI", "https://doi.org/10.1/x"), ("arXiv", "https://arxiv.org/abs/1707.08114")],
    )  # fmt: skip
    assert line(shown(paper, article, manner=CHINESE), "explained") == ("解读文章：", [("注意力", "a")])


@pytest.mark.parametrize("values", [{"relation": "translationof", "related": ("p",)}, {"relation": "reviewof"}])
def test_what_is_no_review_has_no_such_line(values: dict[str, object]) -> None:
    laid_out = shown(entry(**values), entry("p"))

    assert line(laid_out, "about") is None
    assert line(shown(entry("p"), entry(**values)), "explained") is None


def test_each_part_of_a_series_leads_to_the_others_and_not_to_itself() -> None:
    parts = [entry(key, fields={"series": "S", "number": number}) for key, number in (("b", "2"), ("a", "1"))]

    assert line(shown(*parts, manner=CHINESE), "series") == ("连载：", [("第 1 篇", "a"), ("第 2 篇", "")])
    assert line(shown(parts[0]), "series") is None


def test_two_entries_for_one_thing_name_each_other() -> None:
    one, other = entry("a", title=ZH, twins=("b",)), entry("b")

    assert line(shown(one, other), "see-also") == ("See also:", [("Attention", "b")])
    assert line(shown(other, one, manner=CHINESE), "see-also") == ("另见：", [("注意力", "a")])


@pytest.mark.parametrize(
    ("organization", "text"), [("微信公众号", "another post of this title (WeChat)"), ("", "Attention")]
)
def test_of_two_entries_with_one_title_the_host_tells_them_apart(organization: str, text: str) -> None:
    other = entry("b", organization=organization)

    assert line(shown(entry(twins=("b",)), other), "see-also") == ("See also:", [(text, "b")])


EVERYTHING = entry(
    title=ZH,
    parallel=EN,
    authors=(Name("A"),),
    venue="V",
    organization="微信公众号",
    year="2022",
    doi="10.1/x",
    topics=("mtl", "unnamed"),
    related=("b",),
    relation="reviewof",
    twins=("b",),
    fields={"entrysubtype": "course", "series": "S", "number": "1"},
)
OTHER = entry("b", related=("a",), relation="reviewof", fields={"series": "S", "number": "2"})


def test_topics_are_named_in_the_page_s_language_where_they_have_a_name() -> None:
    for manner, name in ((ENGLISH, "Multi-task"), (CHINESE, "多任务")):
        topics = [part.text for part in shown(EVERYTHING, OTHER, manner=manner).meta if part.role == "topic"]

        assert topics == [name, "unnamed"]


def test_each_part_that_an_entry_can_have_can_be_chosen_by_name() -> None:
    assert roles(shown(EVERYTHING, OTHER)) == set(PARTS)
    assert parse_show(", ".join(PARTS)) == PARTS


@pytest.mark.parametrize("part", PARTS)
def test_a_chosen_part_is_shown_alone(part: str) -> None:
    chosen = only(shown(EVERYTHING, OTHER), [part])

    assert roles(chosen) == {part}
    assert chosen.leading == EN
