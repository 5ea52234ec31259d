"""The wheel as authors of other sites have it: installed with nothing but Sphinx, under themes of others."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import html

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent
THEMES = ("alabaster", "furo", "pydata_sphinx_theme", "sphinx_rtd_theme")


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, env=outside)


def build(folder: Path) -> Path:
    """Build the wheel in a folder."""
    # From a copy of what is under version control, so that nothing else of the working tree gets in.
    source, out = folder / "source", folder / "wheel"
    source.mkdir(parents=True)
    for name in ("ext", "LICENSE", "README.md", "pyproject.toml"):
        path = ROOT / name
        copy = shutil.copytree if path.is_dir() else shutil.copy
        copy(path, source / name)
    built = run("uv", "build", "-q", "--wheel", "--no-build-isolation", "--python", sys.executable, "-o", out, source)
    assert built.returncode == 0, built.stderr
    (found,) = out.glob("refblock-*.whl")
    return found


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    return build(tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="session")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install it, with Sphinx and the themes and what they need, into a new environment; give its Python."""
    folder = tmp_path_factory.mktemp("clean")
    python = folder / "bin" / "python"
    run("uv", "venv", "-q", "--python", sys.executable, folder)
    themes = [name.replace("_", "-") for name in THEMES]
    # At the versions of the lock, whose hashes do not cover the wheel that was built just now.
    pins = folder / "pins.txt"
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins.write_text("\n".join(line.removesuffix("\\").strip() for line in lines if not line.startswith(("#", " "))))
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


def test_a_second_wheel_is_the_same_to_the_byte(wheel: Path, tmp_path: Path) -> None:
    assert build(tmp_path / "in" / "another" / "folder").read_bytes() == wheel.read_bytes()


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
