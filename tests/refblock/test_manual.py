"""The manual that refblock writes of itself, for the pages that document it."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from refblock.config import RefblockConfig
from refblock.diagnostics import Diagnostic
from refblock.directives import OPTIONS
from refblock.labels import labels

if TYPE_CHECKING:
    from tests.conftest import Site

CHAPTERS = {
    "options": [f":{name}:" for name in OPTIONS],
    "configuration": [f"refblock_{option.name}" for option in fields(RefblockConfig)],
    "messages": [f"refblock.{diagnostic.subtype}" for diagnostic in Diagnostic],
}


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_names_everything_that_the_code_has_in_the_page_s_language(
    site: Site, chapter: str, language: str
) -> None:
    site.write(refs="", index=f"# A\n\n```{{refblock-manual}} {chapter}\n```\n")
    built = site.build(
        extensions=["myst_parser", "refblock.manual"], language=language, suppress_warnings=["refblock.bib_empty"]
    )
    terms = [term.text_content() for term in built.page().cssselect("dl dt")]
    texts = [str(text.text_content()) for text in built.page().cssselect("dl dd")]

    assert built.warnings == []
    assert terms == CHAPTERS[chapter]
    assert (
        labels(language)("Default:" if chapter == "configuration" else "Message:") in texts[0] or chapter == "options"
    )
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in text) for text in texts) is (language == "zh_CN")
    assert not any("{{" in text or "{parts}" in text for text in texts)


def test_a_chapter_that_is_not_there_is_named(site: Site) -> None:
    site.write(refs="", index="# A\n\n```{refblock-manual} nothing\n```\n")
    built = site.build(extensions=["myst_parser", "refblock.manual"])

    assert any("'nothing' is not a chapter; write one of" in warning for warning in built.warnings)
