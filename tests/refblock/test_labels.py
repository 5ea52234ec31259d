"""Our own words on pages: every one has its translation."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from refblock import checking, manual
from refblock.labels import labels
from refblock.writers import tools

PACKAGE = Path(__file__).parents[2] / "ext" / "refblock"
LANGUAGES = sorted(path.name for path in (PACKAGE / "locale").iterdir() if path.is_dir())
# Names of entry types and kinds come from the bib file; these are the ones that the check of bib files knows.
NAMES = {*checking._REQUIRED, *checking._KINDS, "en", "zh-Hans"}


def written() -> set[str]:
    """Collect the labels that stand in the source: what is given to a function called ``label``."""
    calls = (
        node
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", "") == "label" or getattr(node.func, "attr", "") == "label")
    )
    found = {
        argument.value
        for call in calls
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }

    def collect(label: str) -> str:
        found.add(label)
        return label

    # The labels of these stand in tables.
    tools.write_tools(collect, {})
    for chapter in manual._CHAPTERS.values():
        list(chapter(collect))
    return found


def catalog(language: str) -> dict[str, str]:
    """Read a catalog's messages."""
    with (PACKAGE / "locale" / language / "LC_MESSAGES" / "refblock.po").open("rb") as stream:
        return {str(message.id): str(message.string) for message in read_po(stream) if message.id}


def fields(text: str) -> set[str | None]:
    """Give the names in braces that a text has."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_labels_are_found_in_the_source() -> None:
    assert {"About:", "original title", "Other"} <= written()


def test_every_label_is_in_chinese_and_keeps_what_is_filled_in() -> None:
    chinese = catalog("zh_CN")

    assert written() - chinese.keys() == set()
    for label in written():
        assert chinese[label] not in {"", label}, label
        assert fields(chinese[label]) == fields(label), label


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_type_kind_and_language_has_a_name(language: str) -> None:
    assert NAMES - catalog(language).keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_catalog_holds_what_nothing_says(language: str) -> None:
    assert catalog(language).keys() - written() - NAMES == set()


@pytest.mark.parametrize(
    ("language", "label", "text"),
    [("zh_CN", "online", "网络文章"), ("en_GB", "online", "Web articles"), ("fr", "About:", "About:")],
)
def test_a_language_without_a_catalog_reads_that_of_its_kin_or_english(language: str, label: str, text: str) -> None:
    assert labels(language)(label) == text
