"""Sites that are not ours: other themes, other languages, a strict policy, a machine without Pagefind."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from sphinx_pagefind.tokens import LONGEST, tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser

    from tests.conftest import Site

# Scripts, styles and requests of the site's own alone, and WebAssembly.
POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"


@pytest.mark.parametrize("builder", ["html", "dirhtml"])
@pytest.mark.parametrize("theme", ["alabaster", "furo"])
def test_in_any_theme_and_language_what_stands_on_a_page_is_found(
    chromium: Browser, serve: Callable[..., str], copied: Callable[[str], Site], theme: str, builder: str
) -> None:
    site = copied("foreign")
    english = site.build(builder, html_theme=theme)
    german = site.build(builder, into=site.folder / "_german", html_theme=theme, language="de")
    shutil.copytree(german.folder, english.folder / "de")
    assert english.warnings == german.warnings == []
    search = "search.html" if builder == "html" else "search/"
    address = serve(english.folder, POLICY)
    with chromium.new_context() as context:
        page = context.new_page()
        for folder in ("", "de/"):
            page.goto(f"{address}/{folder}{search}?q=rose")
            link = page.locator(".pagefind-results a").first
            assert link.inner_text() == "Pruning roses"
            link.click()
            assert page.locator(":target h2").inner_text().startswith("Pruning roses")
            # The other extension of ours leads to the same section of the other language.
            page.locator(".langswitch a").click()
            assert page.locator(":target h2").inner_text().startswith("Pruning roses")
            assert page.locator(".langswitch [aria-current]").inner_text() == {"": "Deutsch", "de/": "English"}[folder]


def test_the_search_of_sphinx_comes_back_with_one_option(copied: Callable[[str], Site]) -> None:
    site = copied("foreign")
    ours = site.build()
    # What is left is there for themes that load it on every page.
    assert "setIndex" not in (ours.folder / "searchindex.js").read_text(encoding="utf-8")
    shutil.rmtree(site.folder / "_build")
    theirs = site.build(sphinx_pagefind_keep_sphinx_search=True)

    assert "setIndex" in (theirs.folder / "searchindex.js").read_text(encoding="utf-8")
    assert not (theirs.folder / "pagefind").exists()


def test_an_index_is_made_again_when_a_page_has_changed_or_it_is_gone_and_not_else(
    copied: Callable[[str], Site],
) -> None:
    site = copied("foreign")

    def made() -> int:
        return (site.build().folder / "pagefind" / "pagefind.js").stat().st_mtime_ns

    first, again = made(), made()
    page = site.folder / "sub.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    after_a_change = made()
    shutil.rmtree(site.folder / "_build" / "html" / "pagefind")
    after_a_loss = made()

    assert first == again < after_a_change < after_a_loss


def test_where_pagefind_fails_the_pages_are_built_and_a_message_says_what_to_do(
    copied: Callable[[str], Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = copied("foreign")
    # A Python that knows no installed package, as on a machine for which Pagefind has no wheel.
    python = site.folder / "python"
    python.write_text(f'#!/bin/sh\nexec {shutil.which("python3")} -I -S "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))
    built = site.build()

    (warning,) = built.warnings
    assert "No module named pagefind" in warning
    assert "[sphinx_pagefind.no_index]" in warning
    assert (built.folder / "sub.html").exists()


def test_any_part_of_a_run_of_chinese_begins_some_word() -> None:
    title = "乐队重新长大银行行长"
    words = tokens(title, pinyin=False)

    for start in range(len(title)):
        for end in range(start + 1, min(start + LONGEST, len(title)) + 1):
            assert any(word.startswith(title[start:end]) for word in words)


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("音乐推荐", "yinyue"),
        ("快乐学习", "kuaile"),
        ("重庆", "chongqing"),
        ("重要性", "zhongyaoxing"),
        ("银行", "yinhang"),
        ("行为预测", "xingwei"),
        ("长大", "zhangda"),
        ("长文详解", "changwen"),
        ("注意力机制", "zyljz"),
        ("注意力机制", "lijizhi"),
    ],
)
def test_pinyin_reads_characters_as_their_phrase_does(title: str, query: str) -> None:
    assert any(word.startswith(query) for word in tokens(title, pinyin=True))


def test_words_of_other_scripts_are_kept_whole_and_in_parts() -> None:
    assert tokens("Self-Attention, ＧＡＮ’s T5!", pinyin=True) == [
        "self-attention",
        "self",
        "attention",
        "gan’s",
        "gan",
        "s",
        "t5",
    ]
