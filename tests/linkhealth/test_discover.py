"""The crawl of a built site, by the real LinkChecker."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def site(folder: Path, **pages: str) -> Path:
    """Write a site of a few pages."""
    for name, body in pages.items():
        text = f'<!DOCTYPE html><html lang="en"><head><title>{name}</title></head><body>{body}</body></html>'
        path = folder / f"{name.replace('__', '/')}.html"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def discover(folder: Path) -> subprocess.CompletedProcess[str]:
    """Crawl a site as a curator would."""
    command = [sys.executable, "-m", "linkhealth", "discover", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_site_whose_links_all_lead_somewhere_passes(tmp_path: Path) -> None:
    result = discover(site(tmp_path, index='<a href="a.html#here">a</a>', a='<p id="here">here</p>'))

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("href", "named"), [("gone.html", "gone.html"), ("a.html#gone", "gone"), ("#没有", "没有")], ids=str
)
def test_a_dead_link_or_anchor_fails_and_is_named(tmp_path: Path, href: str, named: str) -> None:
    result = discover(site(tmp_path, index=f'<a href="a.html">a</a> <a href="{href}">b</a>', a='<p id="here">here</p>'))

    assert result.returncode == 1
    assert named in result.stdout


def test_the_other_language_is_crawled_too(tmp_path: Path) -> None:
    result = discover(site(tmp_path, index="<p>no link leads there</p>", en__index='<a href="gone.html">b</a>'))

    assert result.returncode == 1


def test_a_link_to_another_host_is_not_asked_for(tmp_path: Path) -> None:
    # Port 1 on loopback answers nobody: asked for, it would fail.
    result = discover(site(tmp_path, index='<a href="http://localhost:1/">outside</a>'))

    assert result.returncode == 0, result.stdout


def test_a_folder_without_a_site_is_said_to_be_one(tmp_path: Path) -> None:
    result = discover(tmp_path)

    assert result.returncode == 2
    assert "nox -s docs" in result.stderr
