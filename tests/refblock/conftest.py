"""What the exports are tested with: the real bib file, hostile entries, and other people's programs."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypandoc
import pytest

from refblock.bibdata import read_bib
from refblock.entries import Entry, Library, Title
from tests.conftest import find_program

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
NODE = ROOT / "tests" / "refblock" / "node"

HOSTILE = {
    "one-opening": "a { b",
    "one-closing": "a } b",
    "crossed": "} a {",
    "paired": "a {b {c}} d",
    "backslash": "\\",
    "command": r"\textbf{x} \n \\ \{ \' \input{/etc/passwd}",
    "special": "100% of #1 costs $5 & a_b, $x$",
    "tilde": "a~b and x^2 ^^41",
    "quotes": "say \"hi\" `a' ``b'' 'c'",
    "hyphens": "a -- b --- c ---- d",
    "inverted": "what?` no!`",
    "script": "</script><script>alert(1)</script><!-- x -->",
    "cdata": "]]> <![CDATA[ &amp; &#65; &lt;",
    "tags": "TY  - JOUR ER  - UR  - x",
    "lines": "one\ntwo\r\nER  - \r\nTY  - BOOK\r\nTI  - three",
    "separators": "a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg",
    "control": "a\x00b\x07c\x1bd\x7fe\x9ff",
    "noncharacters": "a\ufffeb\uffffc",
    "right-to-left": "עברית و عربي \u202eabc\u202c \u200f!",
    "astral": "𠮷野家 😀 𝔘𝔫𝔦 e\u0301",
    "entry": "@article{x, title = {y}, }",
    "comma": 'a, "b", {c} = d # e',
    "json": '{"a": ["b\\u0041", null]}',
    "plus": "C++ & a=b;c?d+e%2Bf",
    "long": "长 {title} " * 11_000,
}
"""Titles that mean something to some format, by the key of the entry that bears them."""


@pytest.fixture(scope="session")
def refs() -> list[Entry]:
    """Give the entries of the real bib file."""
    return read_bib([ROOT / "refs.bib"], ["refs.bib"]).entries


@pytest.fixture(scope="session")
def library(refs: list[Entry]) -> Library:
    """Give the library of the real bib file."""
    return Library(refs)


@pytest.fixture(scope="session")
def hostile() -> list[Entry]:
    """Give an entry for each hostile title, with the same for its other texts."""
    return [
        Entry(
            key=key,
            type="online",
            title=Title(text, "en"),
            parallel=Title(f"另：{text}", "zh-Hans"),
            source="refs.bib:1",
            organization=text,
            url="https://example.org/a_b%20c?d=e&f#g~h",
            topics=("a-b", "c_d"),
            fields={
                "title": text,
                "langid": "english",
                "titleaddon": f"另：{text}",
                "organization": text,
                "url": "https://example.org/a_b%20c?d=e&f#g~h",
                "keywords": "a-b, c_d",
            },
        )
        for key, text in HOSTILE.items()
    ]


@pytest.fixture(scope="session")
def dated(refs: list[Entry]) -> list[Entry]:
    """Give the entries of the real bib file as they were if each said when it was added; the last one first."""
    return [
        replace(entry, fields={**entry.fields, "dateadded": f"2026-{1 + place // 28:02d}-{1 + place % 28:02d}"})
        for place, entry in enumerate(refs)
    ]


@pytest.fixture(scope="session")
def biber() -> str:
    """Find biber."""
    return find_program("biber")


@pytest.fixture(scope="session")
def pandoc() -> Callable[[str, str], list[dict[str, Any]]]:
    """Give the function that has pandoc read a text in a format, and answers with CSL-JSON."""
    # Not the machine's own: pandoc reads RIS since 2.18 only.
    path = pypandoc.get_pandoc_path()

    def read(text: str, kind: str) -> list[dict[str, Any]]:
        command = [path, "--from", kind, "--to", "csljson"]
        result = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
        assert result.returncode == 0, result.stderr.decode()
        items: list[dict[str, Any]] = json.loads(result.stdout)
        return items

    return read


@pytest.fixture(scope="session")
def run_node(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., list[Any]]:
    """Install other people's JavaScript, once, and give the function that runs one of our scripts on files beside it.

    It is told what to write into each file, by its name, and answers with what the script prints.
    """
    node, npm = find_program("node", package="nodejs"), find_program("npm")
    folder = tmp_path_factory.mktemp("node")
    for file in NODE.iterdir():
        if file.is_file():
            shutil.copy(file, folder)
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr

    def run(script: str, files: dict[str, str], *options: str) -> list[Any]:
        for name, text in files.items():
            (folder / name).write_bytes(text.encode())
        command = [node, script, *files, *options]
        result = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
        assert result.returncode == 0, result.stderr
        answer: list[Any] = json.loads(result.stdout)
        return answer

    return run


@pytest.fixture(scope="session")
def citation_js(run_node: Callable[..., list[Any]]) -> Callable[..., list[dict[str, Any]]]:
    """Give the function that has Citation.js read a text in a format, and answers with CSL-JSON."""
    return lambda text, *kind: run_node("read.js", {"in.txt": text}, *kind)


@pytest.fixture(scope="session")
def validator(run_node: Callable[..., list[Any]]) -> Callable[..., list[list[dict[str, Any]]]]:
    """Give the function that has Adobe's validator judge the structured data of pages: its issues with each."""

    def judge(*pages: str) -> list[list[dict[str, Any]]]:
        found = run_node("validate.js", {f"{place}.html": page for place, page in enumerate(pages)})
        assert [each["types"] for each in found] == [["CollectionPage"]] * len(pages)
        return [each["issues"] for each in found]

    return judge
