"""The options in conf.py: what is refused, and what they do."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

import pytest
from sphinx.errors import ConfigError

from refblock.config import RefblockConfig, names_in

if TYPE_CHECKING:
    from tests.conftest import Site

NOT_NAMES: Final = [
    ["attention"],
    "attention",
    {"attention": "Attention"},
    {"attention": {}},
    {"attention": {"en": 1}},
    {"attention": {1: "Attention"}},
    {1: {"en": "Attention"}},
]
BAD: Final[dict[str, list[Any]]] = {
    "topics": NOT_NAMES,
    "organizations": NOT_NAMES,
    "sort": ["yeer", "year down", 3],
    "group": ["author", True],
    "show": ["abstract", ["year"]],
    "limit": ["0", "-1", "ten", "", 10],
    "numbered": ["roman", True],
    "baseurl": ["example.org/", "javascript:x", 1],
}
"""For each option, values that cannot be used."""


def test_every_option_is_tried_with_values_that_cannot_be_used() -> None:
    assert BAD.keys() == {option.name for option in fields(RefblockConfig)}


@pytest.mark.parametrize(("option", "value"), [(option, value) for option, values in BAD.items() for value in values])
def test_a_value_that_cannot_be_used_stops_the_build_and_says_what_to_write(
    site: Site, option: str, value: Any
) -> None:
    site.write(refs="", index="# A\n")
    with (site.folder / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write(f"refblock_{option} = {value!r}\n")
    with pytest.raises(ConfigError) as stopped:
        site.build()

    assert str(stopped.value).startswith(f"refblock_{option}: ")
    assert re.search(r"it must|write", str(stopped.value))
    named = [f"{thing!r} has {names!r}" for thing, names in value.items()] if isinstance(value, dict) else [str(value)]
    assert all(each in str(stopped.value) for each in named)


def test_all_faults_are_named_at_once(site: Site) -> None:
    site.write(refs="", index="# A\n")
    with pytest.raises(ConfigError) as stopped:
        site.build(refblock_topics={"a": 1, "good": {"en": "Good"}, "b": {}}, refblock_organizations=["c"])
    faults = str(stopped.value).splitlines()

    assert [fault.partition(":")[0] for fault in faults] == ["refblock_topics", "refblock_organizations"]
    assert "'a' has 1" in faults[0]
    assert "'b' has {}" in faults[0]
    assert "'good'" not in str(stopped.value)


@pytest.mark.parametrize(
    ("language", "name"),
    [("zh-Hans", "注意力"), ("en", "Attention"), ("en-GB", "Attention"), ("fr", "注意力")],
)
def test_a_name_in_no_language_of_the_reader_s_is_the_first_one(language: str, name: str) -> None:
    assert names_in(language, {"attention": {"zh_CN": "注意力", "en": "Attention"}}) == {"attention": name}


def test_a_topic_renamed_in_conf_py_is_renamed_in_headings_and_entries(site: Site) -> None:
    site.write(
        refs="@online{a, title = {A b}, url = {https://example.org}, keywords = {mtl}, organization = {知乎}}\n",
        index="# A\n\n```{refblock}\n:group: topic\n```\n",
    )
    site.build(refblock_topics={"mtl": {"zh": "旧"}}, refblock_organizations={"知乎": {"zh": "旧乎"}})
    built = site.build(refblock_topics={"mtl": {"zh": "新"}}, refblock_organizations={"知乎": {"zh": "新乎"}})
    section = built.page().get_element_by_id("topic-mtl")

    assert section.xpath("string(h2/text())") == "新 (1)"
    assert section.cssselect(".refblock-topic")[0].text_content() == "新"
    assert section.cssselect(".refblock-host")[0].text_content() == "新乎"
