"""The wheel as authors of other sites have it: installed with nothing but Sphinx, under themes of others."""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import html

from tests.outside import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent
THEMES = ("alabaster", "furo", "pydata_sphinx_theme", "sphinx_rtd_theme")


@pytest.fixture(scope="session")
def clean(wheel: Path, pins: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install it, with Sphinx and the themes and what they need, into a new environment; give its Python."""
    folder = tmp_path_factory.mktemp("clean")
    python = folder / "bin" / "python"
    run("uv", "venv", "-q", "--python", sys.executable, folder)
    themes = [name.replace("_", "-") for name in THEMES]
    installed = run("uv", "pip", "install", "-q", "--python", python, "-c", pins, wheel, "sphinx", *themes)
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


@pytest.mark.parametrize("theme", THEMES)
def test_a_site_with_nothing_but_sphinx_shows_blocks_in_its_theme(
    clean: Path, theme: str, tmp_path: Path, chromium: Browser, serve: Callable[..., str]
) -> None:
    for language in ("en", "zh_CN"):
        built = run(
            *(clean, "-m", "sphinx", "-q", "-n", "-W", "--keep-going", "-b", "html"),
            *("-D", f"html_theme={theme}", "-D", f"language={language}"),
            *(ROOT / "tests" / "roots" / "test_themes", tmp_path / language),
        )
        assert (built.returncode, built.stderr) == (0, "")
    page = html.parse(tmp_path / "en" / "index.html", html.HTMLParser(encoding="utf-8"))
    contents = [str(link.get("href")) for link in page.getroot().cssselect("a[href*='#year-']")]
    assert page.getroot().cssselect("ol.refblock > li#ref-vaswani2017attention")
    # alabaster shows its contents elsewhere; the headings can be linked all the same.
    assert "#year-2017" in contents
    with chromium.new_context(viewport={"width": 390, "height": 844}) as context:
        shown = context.new_page()
        shown.goto(f"{serve(tmp_path)}/en/index.html")
        shown.locator(".refblock-filter").fill("zhuyili")
        assert shown.locator("li.refblock-entry:visible").count()
        assert shown.evaluate("document.documentElement.scrollWidth") <= 390
        shown.locator(".bibtex-citation a").first.hover()
        assert "2017" in shown.locator(".refblock-card").inner_text()
