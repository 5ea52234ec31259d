"""The wheel as authors of other sites have it: installed with nothing but Sphinx, under themes of others."""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import html

from tests.outside import build_wheel, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parent.parent
CONTENTS = {
    # It has none of the page; headings can be linked all the same.
    "alabaster": "a.headerlink",
    "furo": ".toc-tree a",
    "pydata_sphinx_theme": ".page-toc a",
    "sphinx_rtd_theme": ".wy-menu a",
}
"""Each theme, and the links in the contents of its pages."""
THEMES = tuple(CONTENTS)
PALE = {"sphinx_rtd_theme": [["a"]]}
"""The links of this theme are too pale for its own ground."""


@pytest.fixture(scope="session")
def clean(wheel: Path, pins: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install it, with Sphinx and the themes and what they need, into a new environment; give its Python."""
    folder = tmp_path_factory.mktemp("clean")
    python = folder / "bin" / "python"
    run(sys.executable, "-m", "uv", "venv", "-q", "--python", sys.executable, folder)
    themes = [name.replace("_", "-") for name in THEMES]
    installed = run(
        sys.executable, "-m", "uv", "pip", "install", "-q", "--python", python, "-c", pins, wheel, "sphinx", *themes
    )
    if installed.returncode and not os.environ.get("CI"):
        pytest.skip(f"nothing can be installed here: {installed.stderr.strip()}")
    assert installed.returncode == 0, installed.stderr
    return python


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    kept = run("git", "-C", ROOT, "ls-files", "ext").stdout.splitlines()

    assert {path.removeprefix("ext/") for path in kept} <= held
    assert not [name for name in held if name.startswith(("tests", "docs"))]


def test_where_the_parser_of_markdown_is_lacking_the_importer_says_how_to_get_it(clean: Path, tmp_path: Path) -> None:
    done = run(clean, "-m", "postimport", tmp_path, "--bib", tmp_path / "refs.bib", "--pages", tmp_path / "pages")

    assert done.returncode == 1
    assert done.stderr == "No module named 'markdown_it'; install it with: pip install 'refblock[postimport]'\n"


def test_a_second_wheel_is_the_same_to_the_byte(wheel: Path, tmp_path: Path) -> None:
    assert build_wheel(tmp_path / "in" / "another" / "folder").read_bytes() == wheel.read_bytes()


@pytest.fixture(scope="session", params=THEMES)
def themed(request: pytest.FixtureRequest, clean: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Build the site in both languages in a theme; give the theme's name and the folder."""
    theme: str = request.param
    folder = tmp_path_factory.mktemp(theme)
    for language in ("en", "zh_CN"):
        built = run(
            *(clean, "-m", "sphinx", "-q", "-n", "-W", "--keep-going", "-b", "html"),
            *("-D", f"html_theme={theme}", "-D", f"language={language}"),
            *(ROOT / "tests" / "roots" / "test_themes", folder / language),
        )
        assert (built.returncode, built.stderr) == (0, "")
    return theme, folder


def test_a_site_with_nothing_but_sphinx_has_headings_of_groups_in_its_theme_s_contents(
    themed: tuple[str, Path],
) -> None:
    theme, folder = themed
    page = html.parse(folder / "en" / "index.html", html.HTMLParser(encoding="utf-8")).getroot()
    links = [str(link.get("href")) for link in page.cssselect(f"{CONTENTS[theme]}[href*='#year-']")]

    assert links == ["#year-2022", "#year-2019", "#year-2017", "#year-other"]
    assert page.cssselect("section#year-2017 > ol.refblock > li#ref-vaswani2017attention")


@pytest.mark.parametrize("width", [390, 1280])
def test_blocks_look_like_their_theme_and_can_be_filtered(
    themed: tuple[str, Path], width: int, chromium: Browser, serve: Callable[..., str]
) -> None:
    with chromium.new_context(viewport={"width": width, "height": 844}) as context:
        page = context.new_page()
        page.goto(f"{serve(themed[1])}/en/index.html")
        page.locator(".refblock-filter").fill("zhuyili")
        citation = page.locator(".bibtex-citation a").first
        title, cited = (
            link.evaluate("link => getComputedStyle(link).color")
            for link in (page.locator("a.refblock-title").first, citation)
        )
        gaps = page.locator("li.refblock-entry:visible").evaluate_all(
            "all => all.flatMap(li => [...li.querySelectorAll(':scope > div')].slice(1).map("
            "div => div.getBoundingClientRect().top - div.previousElementSibling.getBoundingClientRect().bottom))"
        )
        citation.hover()

        assert "2017" in page.locator(".refblock-card").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        # What the theme says of links holds for titles, and what it says of paragraphs in lists does not.
        assert title == cited
        assert max(map(abs, gaps)) < 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_is_ours_in_any_theme(
    themed: tuple[str, Path], scheme: Literal["light", "dark"], chromium: Browser, serve: Callable[..., str]
) -> None:
    theme, folder = themed
    ours = [[".refblock-bar"], ["ol.refblock"], [".refblock-exports"], [".refblock-card"]]
    with chromium.new_context(color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(f"{serve(folder)}/en/index.html")
        page.locator(".refblock-options").evaluate("details => { details.open = true }")
        page.locator("[data-do=mark]").first.click(force=True)
        page.locator(".bibtex-citation a").first.hover()
        found = axe(page, *ours, but=PALE.get(theme, []))
        page.keyboard.press("?")
        found += axe(page, ["dialog"], but=[])

    assert found == []


def axe(page: Page, *parts: list[str], but: list[list[str]]) -> list[tuple[str, str]]:
    """Give the rules that parts of a page break, and where."""
    result = Axe().run(page, context={"include": list(parts), "exclude": but})
    return [(rule["id"], node["html"]) for rule in result.response["violations"] for node in rule["nodes"]]
