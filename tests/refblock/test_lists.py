"""How much of its entries a block shows, how they are numbered, and what conf.py says for all blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Built, Site

REFS = "".join(
    f"@misc{{p{number}, title = {{P{number}}}, date = {{{2000 + number % 2}}}, keywords = {{t{number % 2}}}}}\n"
    for number in range(6)
)


def block(*options: str) -> str:
    lines = "".join(f"{option}\n" for option in options)
    return f"```{{refblock}}\n{lines}```\n\n"


def keys(built: Built) -> list[list[str]]:
    """Give the keys in each list of the page."""
    return [[str(item.get("data-key")) for item in shown] for shown in built.page().cssselect("ol.refblock")]


def starts(built: Built) -> list[str | None]:
    """Give the number with which each list begins, as a browser counts; None for a list without numbers."""
    return [
        None if "refblock-unnumbered" in str(shown.get("class")) else shown.get("start", "1")
        for shown in built.page().cssselect("ol.refblock")
    ]


def test_a_limit_takes_the_first_entries_in_their_order(site: Site) -> None:
    site.write(refs=REFS, index="# A\n\n" + block(":sort: key desc", ":limit: 2"))

    assert keys(site.build()) == [["p5", "p4"]]


def test_titles_stand_in_the_order_of_unicode_and_of_pinyin(site: Site) -> None:
    titles = ["a", "Ábel", "“acta”", "b", "crème", "cree", "多任务", "度量", "eta", "注意力", "Ω"]
    refs = "".join(f"@misc{{k{number}, title = {{{title}}}}}\n" for number, title in enumerate(reversed(titles)))
    site.write(refs=refs, index="# A\n\n" + block(":sort: title"))
    shown = [str(title.text_content()) for title in site.build().page().cssselect(".refblock-title")]

    # cree before crème: in the order of Unicode an accent decides only between words that are otherwise the same.
    assert shown == ["a", "Ábel", "“acta”", "b", "cree", "crème", "度量", "多任务", "eta", "注意力", "Ω"]


@pytest.mark.parametrize(
    ("order", "shown"),
    [
        ("year, title", ["b", "a", "d", "c"]),
        ("year desc, title", ["d", "c", "b", "a"]),
        ("year asc, title desc", ["a", "b", "c", "d"]),
        ("title", ["b", "d", "a", "c"]),
        ("author desc, key desc", ["b", "d", "a", "c"]),
    ],
)
def test_several_orders_decide_one_after_the_other_and_fields_override_them(
    site: Site, order: str, shown: list[str]
) -> None:
    refs = """
@misc{a, title = {乐谱}, sorttitle = {yuè pǔ}, author = {Berg, A}, date = {2001}}
@misc{b, title = {The Apple}, sorttitle = {Apple}, author = {de Zwart, B}, date = {2001}}
@misc{c, title = {资料}, author = {中国科学院}, sortname = {Academia Sinica}, date = {2002}}
@misc{d, title = {B}, author = {Cohen, C}, date = {2002}}
"""
    site.write(refs=refs, index="# A\n\n" + block(f":sort: {order}"))

    assert keys(site.build()) == [shown]


@pytest.mark.parametrize(
    ("language", "headings"),
    [
        ("zh_CN", ["中文 (1)", "日语 (1)", "英文 (1)", "其他 (1)"]),
        ("en", ["Chinese (1)", "Japanese (1)", "English (1)", "Other (1)"]),
    ],
)
def test_groups_by_language_name_each_in_the_page_s(site: Site, language: str, headings: list[str]) -> None:
    refs = """
@misc{a, title = {注意力}, langid = {chinese}}
@misc{b, title = {注意機構}, langid = {japanese}}
@misc{c, title = {Attention}, langid = {english}}
@misc{d, title = {1984}}
"""
    site.write(refs=refs, index="# A\n\n" + block(":group: language"))
    shown = site.build(language=language).page().cssselect("section section > h2")

    assert [str(heading.text) for heading in shown] == headings


def test_what_a_limit_leaves_out_is_named_if_no_other_block_shows_it(site: Site) -> None:
    site.write(refs=REFS, index="# A\n\n" + block(":limit: 5"))
    (warning,) = site.build(suppress_warnings=[]).warnings

    assert "no page shows 'p5'" in warning


def test_groups_are_made_of_what_the_limit_leaves(site: Site) -> None:
    site.write(refs=REFS, index="# A\n\n" + block(":limit: 3", ":group: year"))

    assert keys(site.build()) == [["p1"], ["p0", "p2"]]


@pytest.mark.parametrize("option", [":limit: 0", ":limit: many", ":numbered: roman", ":sort: yeer", ":show: abstract"])
def test_an_option_that_cannot_be_used_is_named_where_it_stands(site: Site, option: str) -> None:
    site.write(refs=REFS, index_rst=f"A\n=\n\n.. refblock::\n   {option}\n")
    built = site.build()

    assert any("index.rst:4" in warning for warning in built.warnings)
    assert any("write" in warning for warning in built.warnings)


def test_numbers_begin_anew_go_on_or_are_left_out(site: Site) -> None:
    parts = [[":limit: 2"], [":limit: 2", ":numbered: continue"], [":numbered: no", ":limit: 3"], [":numbered:"]]
    site.write(refs=REFS, index="# A\n\n" + "".join(block(*options) for options in parts))

    assert starts(site.build()) == ["1", "3", None, "1"]


def test_numbers_go_on_through_groups(site: Site) -> None:
    site.write(refs=REFS, index="# A\n\n" + block(":limit: 2") + block(":group: year", ":numbered: continue"))

    assert starts(site.build()) == ["1", "3", "6"]


@pytest.mark.parametrize(
    ("builder", "file", "expected"),
    [("latex", "*.tex", r"\setcounter{enumi}{2}"), ("text", "index.txt", "3. ")],
)
def test_numbers_go_on_in_other_formats(site: Site, builder: str, file: str, expected: str) -> None:
    site.write(refs=REFS, index="# A\n\n" + block(":limit: 2") + block(":numbered: continue"))
    (output,) = site.build(builder).folder.glob(file)

    assert expected in output.read_text(encoding="utf-8").replace("\\makeatletter", "")


def test_a_list_without_numbers_has_none_in_text(site: Site) -> None:
    site.write(refs=REFS, index="# A\n\n" + block(":numbered: no"))
    text = (site.build("text").folder / "index.txt").read_text(encoding="utf-8")

    assert "P0" in text
    assert "1." not in text


def test_conf_says_how_blocks_are_unless_they_say_it_themselves(site: Site) -> None:
    site.write(
        refs=REFS, index="# A\n\n" + block() + block(":sort: none", ":limit: none", ":numbered: yes", ":show: all")
    )
    built = site.build(refblock_sort="key desc", refblock_limit="2", refblock_numbered="no", refblock_show="year")
    first, second = built.page().cssselect("ol.refblock")

    assert keys(built) == [["p5", "p4"], [f"p{number}" for number in range(6)]]
    assert starts(built) == [None, "1"]
    assert not first.cssselect(".refblock-topic")
    assert second.cssselect(".refblock-topic")


def test_conf_can_group_every_block(site: Site) -> None:
    site.write(refs=REFS, index="# A\n\n" + block() + block(":group: none"))

    assert [len(part) for part in keys(site.build(refblock_group="topic"))] == [3, 3, 6]
