"""The crawl of a built site, by the real LinkChecker."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from linkhealth.sources import Place, read_sources

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


def discover(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Crawl a site as a curator would."""
    command = [sys.executable, "-m", "linkhealth", "discover", str(folder), *options]
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


def test_each_link_out_of_the_site_is_listed_with_all_its_pages(tmp_path: Path) -> None:
    out = '<a href="https://o.example/多?x=1&amp;y#z">o</a>'
    pages = site(
        tmp_path,
        index=f'{out} {out} <a href="a.html">a</a> <a href="mailto:a@b.example">m</a>',
        a=f'{out} <a href="https://p.example/">p</a> <!-- <a href="https://q.example/">q</a> -->',
        en__index=f'{out} <a href="https://www.bing.com/search?q=a">a search for what is gone</a>'
        '<a href="https://web.archive.org/web/20240101000000/https://p.example/">its archived copy</a>',
    )
    listed = tmp_path / "below" / "outside.jsonl"
    result = discover(pages, "--outside", str(listed))

    assert result.returncode == 0, result.stdout
    assert read_sources([listed]) == {
        "https://o.example/多?x=1&y#z": [Place(page=name) for name in ("a.html", "en/index.html", "index.html")],
        "https://p.example/": [Place(page="a.html")],
    }


def test_links_out_of_the_site_are_listed_however_they_are_written(tmp_path: Path) -> None:
    links = {
        "https://中文.example/路径": "https://中文.example/路径",
        " https://space.example/a ": "https://space.example/a",
        "https://line.exam\nple/a": "https://line.example/a",
        "//scheme.example/a": "https://scheme.example/a",
        "https://o.example/[a]%zz&quot;": 'https://o.example/[a]%zz"',
        "http://[": "http://[",
    }
    listed = tmp_path / "outside.jsonl"
    result = discover(
        site(tmp_path, index="".join(f'<a href="{href}">o</a>' for href in links)), "--outside", str(listed)
    )

    assert result.returncode == 0, result.stderr
    assert list(read_sources([listed])) == list(links.values())


def test_a_broken_link_is_named_with_its_page_and_the_reason(tmp_path: Path) -> None:
    result = discover(site(tmp_path, index='<a href="en/a.html">a</a>', en__a='<a href="../gone.html#x">g</a>'))

    assert f"{tmp_path / 'en/a.html'}: ../gone.html#x: 404" in result.stdout
    assert "1 broken" in result.stdout


def test_a_folder_without_a_site_is_said_to_be_one(tmp_path: Path) -> None:
    result = discover(tmp_path)

    assert result.returncode == 2
    assert "nox -s docs" in result.stderr
