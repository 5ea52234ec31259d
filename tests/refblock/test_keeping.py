"""What was read from bib files is recalled while nothing changes, and read again when something does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pybtex.database.input.bibtex import month_names
from pybtex.utils import CaseInsensitiveDict

from refblock.bibdata import BibKeeper, syntax
from refblock.bibdata.faults import Faults
from refblock.bibdata.reading import read_bib, read_raw

if TYPE_CHECKING:
    from tests.conftest import Site

ROOT = Path(__file__).parents[2]
REFS = "@misc{a, title = {A}, note = {x\u202ey}}\n@misc{b, title = {B}}\n"


def keeper(folder: Path, refs: str | bytes = REFS) -> BibKeeper:
    path = folder / "refs.bib"
    path.write_bytes(refs if isinstance(refs, bytes) else refs.encode())
    return BibKeeper([path], ["refs.bib"], "utf-8-sig", folder / "store" / "refblock.pickle")


def test_the_same_files_are_recalled_with_their_entries_keys_and_faults(tmp_path: Path) -> None:
    first, second = keeper(tmp_path), keeper(tmp_path)

    assert "entries" not in vars(second.library), "the entries are not even loaded before they are asked for"
    assert second.kept == first.kept
    assert second.kept.keys == ("a", "b")
    assert [fault.source for fault in second.kept.faults] == ["refs.bib:1"]
    assert second.library.fingerprint == first.library.fingerprint
    assert second.library.entries == first.library.entries


def test_changed_files_are_read_again(tmp_path: Path) -> None:
    first = keeper(tmp_path)
    second = keeper(tmp_path, REFS.replace("{B}", "{C}"))

    assert second.kept.seal != first.kept.seal
    assert second.library.fingerprint != first.library.fingerprint
    assert second.library.entries["b"].title.text == "C"


@pytest.mark.parametrize("cut", [0, 1, 10, 200, -1])
def test_a_store_that_is_broken_is_read_over(tmp_path: Path, cut: int) -> None:
    first = keeper(tmp_path)
    store = tmp_path / "store" / "refblock.pickle"
    store.write_bytes(store.read_bytes()[:cut])

    assert keeper(tmp_path).library.entries == first.library.entries
    assert keeper(tmp_path).library.entries == first.library.entries


def test_a_store_that_another_build_has_written_meanwhile_is_not_mistaken_for_ours(tmp_path: Path) -> None:
    keeper(tmp_path)
    mine = keeper(tmp_path)
    (tmp_path / "other").mkdir()
    other = keeper(tmp_path / "other", "@misc{z, title = {Z}}")
    (tmp_path / "other" / "store" / "refblock.pickle").replace(tmp_path / "store" / "refblock.pickle")

    assert list(mine.library.entries) == ["a", "b"]
    assert list(other.library.entries) == ["z"]


def test_a_store_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file, where a folder should be")

    assert list(keeper(tmp_path).library.entries) == ["a", "b"]


def test_nothing_is_left_beside_the_store(tmp_path: Path) -> None:
    keeper(tmp_path)

    assert [path.name for path in (tmp_path / "store").iterdir()] == ["refblock.pickle"]


def test_what_programs_write_is_read_as_pybtex_reads_it() -> None:
    for path in (ROOT / "refs.bib", *(ROOT / "tests").rglob("*.bib")):
        text = path.read_text(encoding="utf-8-sig", errors="replace").replace("\r", "\n")
        plain, tokens = Faults(), Faults()
        found = syntax._plain_commands(text, "refs.bib", plain)
        if found is not None:
            assert found == list(syntax._parse(text, 1, "refs.bib", CaseInsensitiveDict(month_names), tokens))
            assert plain == tokens
    assert syntax._plain_commands((ROOT / "refs.bib").read_text(encoding="utf-8"), "refs.bib", Faults()) is not None


@pytest.mark.parametrize(
    "text",
    [
        "@Article { a:b/c+1 ,\n title={A {B {C} d} e},YEAR = 2020 ,\n}\nloose text\n\n@misc{x,}",
        "@misc{a, title = {A\n  b}, title = {again}}",
        "@misc{a, title = {one {two {three {four}}}}}",
        "@misc{a, title = {\\{ not balanced}, note = {x}} }",
        "@misc{a, title = {A} note = {B}}",
        "@misc{a, title = {A}, month = 12, note = {}}",
    ],
)
def test_odd_files_are_read_as_pybtex_reads_them_or_left_to_it(text: str) -> None:
    plain, tokens = Faults(), Faults()
    found = syntax._plain_commands(text, "r", plain)

    assert found is None or found == list(syntax._parse(text, 1, "r", CaseInsensitiveDict(month_names), tokens))
    assert found is None or plain == tokens


@pytest.mark.parametrize(
    "text",
    [
        '@misc{a, title = "A"}',
        "@misc{a, month = jan}",
        "@string{x = {y}}",
        "@misc(a, title = {A})",
        "a@b.org @misc{a,}",
        "% @misc{a, title = {A}}",
        "@misc{a, title = {A}}, year = 2001}",
        "@misc{a, title = {{A\n@misc{b, title = {B}}\n}}}",
    ],
)
def test_what_needs_all_of_bibtex_is_left_to_pybtex(text: str) -> None:
    assert syntax._plain_commands(text, "r", Faults()) is None


def test_the_raw_entries_are_those_of_the_entries(tmp_path: Path) -> None:
    path = ROOT / "refs.bib"

    assert list(read_raw([path])) == list(read_bib([path], ["refs.bib"]).keys)


def test_a_build_without_news_reads_and_writes_no_page_and_says_again_what_is_wrong(site: Site) -> None:
    site.write(refs=REFS, index="# A\n\n```{refblock}\na\n```\n")
    first = site.build(suppress_warnings=[])
    second = site.build(suppress_warnings=[])

    assert len(first.warnings) == 2
    assert second.warnings == first.warnings
    assert second.read == []
