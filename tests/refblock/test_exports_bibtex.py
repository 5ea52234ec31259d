"""A bib file that we write, as others and we ourselves read it."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from bibtexparser.entrypoint import parse_string
from pylatexenc.latex2text import LatexNodes2Text

from refblock.bibdata import read_bib
from refblock.entries import Entry, Name, Title
from refblock.exports import write_bibtex
from tests.refblock.comparing import spaced, titles_of, typographic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

LONE_BRACES = {"one-opening", "one-closing", "crossed", "command"}
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200f\u202a-\u202e\ufdd0-\ufdef\ufffe\uffff]")


def read_again(entries: Iterable[Entry], folder: Path) -> list[Entry]:
    """Write entries, and read what was written."""
    path = folder / "written.bib"
    path.write_bytes(write_bibtex(entries).encode())
    return read_bib([path], ["written.bib"]).entries


def read_by_biber(biber: str, entries: Iterable[Entry], folder: Path) -> list[Entry]:
    """Write entries, have biber check them and write them again, and read that."""
    written, out = folder / "written.bib", folder / "out.bib"
    written.write_bytes(write_bibtex(entries).encode())
    command = [biber, "--tool", "--validate-datamodel", f"--output-file={out}", str(written)]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
    assert "ERROR" not in result.stdout, result.stdout
    return read_bib([out], ["out.bib"]).entries


def read_by_us(text: str) -> str:
    """Give a hostile text as our own reader keeps it: on one line, and without what would steer a screen."""
    return unicodedata.normalize("NFC", CONTROL.sub("", re.sub(r"[ \t\r\n]+", " ", text)))


def test_we_read_the_real_list_again_as_it_was(refs: list[Entry], tmp_path: Path) -> None:
    again = read_again(refs, tmp_path)

    assert [replace(entry, source="") for entry in again] == [replace(entry, source="") for entry in refs]


def test_biber_keeps_the_real_list(biber: str, refs: list[Entry], tmp_path: Path) -> None:
    again = {entry.key: entry for entry in read_by_biber(biber, refs, tmp_path)}

    assert list(again) == [entry.key for entry in refs]
    for entry in refs:
        # biber writes lists of keywords without a space after the comma, and fields in an order of its own;
        # the day on which a list took an entry in is no field of biblatex's.
        assert {name: text.replace(", ", ",") for name, text in entry.fields.items() if name != "dateadded"} == {
            name: text.replace(", ", ",") for name, text in again[entry.key].fields.items()
        }
        assert again[entry.key].authors == entry.authors
        assert again[entry.key].parallel == entry.parallel


def test_pandoc_reads_the_real_list(refs: list[Entry], pandoc: Callable[[str, str], list[dict[str, Any]]]) -> None:
    items = {item["id"]: item for item in pandoc(write_bibtex(refs), "biblatex")}

    assert items.keys() == {entry.key for entry in refs}
    for entry in refs:
        item = items[entry.key]
        # pandoc puts the titleaddon behind the title, with a full stop between them where the title has no end mark.
        assert entry.parallel
        title = typographic(item["title"])
        assert title.startswith(typographic(entry.title.text)), entry.key
        assert title.endswith(typographic(entry.parallel.text)), entry.key
        assert item.get("URL", "") == (entry.url or entry.arxiv_href)
        assert item.get("DOI", "") == entry.doi
        assert item["keyword"] == entry.fields["keywords"]
        assert item.get("issued", {"date-parts": [[""]]})["date-parts"][0][0] == (int(entry.year) if entry.year else "")
        names = [" ".join(filter(None, (a.get("dropping-particle"), a["family"]))) for a in item.get("author", [])]
        assert names == [author.family for author in entry.authors]
        # pandoc has a tag for most names of languages, and passes on those that it does not know.
        assert item["language"] == {"en": "en-US", "zh-Hans": "chinese"}[str(entry.title.language)]
        assert item.get("publisher", "") == (entry.fields.get("publisher") or entry.organization)


def test_citation_js_reads_the_real_list(refs: list[Entry], citation_js: Callable[..., list[dict[str, Any]]]) -> None:
    items = {item["id"]: item for item in citation_js(write_bibtex(refs), "@biblatex/text")}

    assert items.keys() == {entry.key for entry in refs}
    for entry in refs:
        item = items[entry.key]
        assert item["title"] == entry.title.text
        assert item.get("URL", "") == entry.url
        assert item.get("DOI", "") == entry.doi
        assert item["keyword"].split(",") == list(entry.topics)
        assert [author["given"] for author in item.get("author", [])] == [author.given for author in entry.authors]


def test_bibtexparser_reads_the_real_list(refs: list[Entry]) -> None:
    library = parse_string(write_bibtex(refs))
    plain = LatexNodes2Text(math_mode="verbatim", keep_comments=True).latex_to_text

    assert library.failed_blocks == []
    assert [(entry.key, entry.entry_type) for entry in library.entries] == [(entry.key, entry.type) for entry in refs]
    for read, entry in zip(library.entries, refs, strict=True):
        assert {field.key for field in read.fields} == entry.fields.keys()
        for name, text in entry.fields.items():
            if name in {"url", "doi", "eprint"}:
                assert read[name] == text
            elif name not in entry.persons:
                # pylatexenc sets straight quotes and hyphens as TeX does.
                assert typographic(plain(read[name])) == typographic(text.replace("--", "–"))
        names = plain(read["author"]).split(" and ") if entry.authors else []
        assert names == [f"{author.family}, {author.given}" for author in entry.authors]


def test_we_read_a_hostile_title_again_as_it_was(hostile: list[Entry], tmp_path: Path) -> None:
    again = read_again(hostile, tmp_path)

    assert titles_of(again) == {entry.key: read_by_us(entry.title.text) for entry in hostile}
    for entry, given in zip(again, hostile, strict=True):
        assert entry.parallel
        assert given.parallel
        assert entry.parallel.text == read_by_us(given.parallel.text)
        assert (entry.url, entry.topics) == (given.url, given.topics)


def test_biber_keeps_hostile_titles(biber: str, hostile: list[Entry], tmp_path: Path) -> None:
    # biber stops at control characters and noncharacters, and does not come to an end with the long title's braces.
    known = [entry for entry in hostile if entry.key not in {"control", "long", "noncharacters"}]

    again = {entry.key: entry.title.text for entry in read_by_biber(biber, known, tmp_path)}

    # It puts a space for each line end that Unicode knows.
    assert {key: spaced(title) for key, title in again.items()} == {
        entry.key: spaced(read_by_us(entry.title.text)) for entry in known if entry.key != "separators"
    } | {"separators": "a b c d e fg"}


def test_pandoc_keeps_hostile_titles(hostile: list[Entry], pandoc: Callable[[str, str], list[dict[str, Any]]]) -> None:
    titles = {item["id"]: item.get("title-short", item["title"]) for item in pandoc(write_bibtex(hostile), "biblatex")}

    assert titles.keys() == titles_of(hostile).keys()
    for key, title in titles.items():
        if key not in LONE_BRACES:
            assert typographic(spaced(title)) == typographic(spaced(titles_of(hostile)[key])), key


def test_citation_js_keeps_hostile_titles(
    hostile: list[Entry], citation_js: Callable[..., list[dict[str, Any]]]
) -> None:
    titles = {item["id"]: spaced(item["title"]) for item in citation_js(write_bibtex(hostile), "@biblatex/text")}

    assert titles == {key: spaced(title) for key, title in titles_of(hostile).items()}


def test_a_hostile_title_never_ends_its_entry(hostile: list[Entry]) -> None:
    library = parse_string(write_bibtex(hostile))

    assert library.failed_blocks == []
    assert [entry.key for entry in library.entries] == list(titles_of(hostile))


@pytest.mark.parametrize(
    "name",
    [
        Name("Lovelace", "Ada"),
        Name("van Hasselt", "Hado"),
        Name("de la Cruz", "María José"),
        Name("Smith, Jr.", "John"),
        Name("Brinch Hansen", "Per"),
        Name("Barnes and Noble"),
        Name("Foo & Bar, Inc."),
        Name("中国科学院"),
        Name("杨", "强"),
        Name("50% {Lab}"),
        Name("and", "Band, X"),
        Name("others"),
    ],
)
def test_a_name_comes_back(name: Name, tmp_path: Path) -> None:
    entry = Entry(
        key="k", type="book", title=Title("T", "en"), source="", authors=(Name("First", "A"), name),
        fields={"title": "T", "author": ""}, persons={"author": (Name("First", "A"), name)},
    )  # fmt: skip

    (again,) = read_again([entry], tmp_path)

    assert again.authors == entry.authors


def test_a_verbatim_field_comes_back(tmp_path: Path) -> None:
    url = "https://example.org/a_b%20c~d?x=1&y={z}#$^"
    fields = {
        "title": "T",
        "url": url,
        "doi": "10.1000/a_b",
        "howpublished": "https://x.org/a_b%20~?c=1&d#$",
        "note": r"\url",
    }
    entry = Entry(key="k", type="misc", title=Title("T", "en"), source="", url=url, fields=fields)

    (again,) = read_again([entry], tmp_path)

    assert again.fields == fields


def test_a_lone_brace_in_an_address_is_percent_encoded(tmp_path: Path) -> None:
    entry = Entry(
        key="k", type="misc", title=Title("T", "en"), source="", fields={"title": "T", "url": "https://x.org/}\\{"}
    )

    (again,) = read_again([entry], tmp_path)

    assert again.url == "https://x.org/%7D%5C%7B"


def test_text_how_something_was_published_comes_back(tmp_path: Path) -> None:
    fields = {"title": "T", "howpublished": "100% {by hand} ~ \\LaTeX"}
    (again,) = read_again([Entry(key="k", type="misc", title=Title("T", "en"), source="", fields=fields)], tmp_path)

    assert again.fields == fields


def test_a_parallel_title_from_another_entry_is_written(tmp_path: Path) -> None:
    entry = Entry(
        key="k", type="book", title=Title("Title", "en"), source="", parallel=Title("标题", "zh-Hans"),
        fields={"title": "Title"},
    )  # fmt: skip

    (again,) = read_again([entry], tmp_path)

    assert again.parallel == entry.parallel
