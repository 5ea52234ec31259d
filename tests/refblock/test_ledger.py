"""The ledger: as many entries come out of a build, on pages or in messages, as went in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from refblock.bibdata.syntax import commands_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from refblock.bibdata.syntax import Command
    from tests.conftest import Site

REFS = """
@misc{shown, title = {Shown}}
@misc{unshown, title = {Unshown}}
@misc{shown, title = {Again}}
@xdata{common, publisher = {P}}
@misc{broken, title = {Broken
"""


def ledger(site: Site, **options: Any) -> dict[str, Any]:
    site.build(**options)
    found: dict[str, Any] = json.loads(
        (site.folder / "_build/doctrees/refblock-ledger.json").read_text(encoding="utf-8")
    )
    return found


def test_each_entry_is_shown_or_named_with_the_reason(site: Site) -> None:
    site.write(refs=REFS, index="# A\n\n```{refblock}\nshown\n```\n")

    assert ledger(site) == {
        "entries": 5,
        "shown": 1,
        "reported": {
            "not shown": ["unshown"],
            "no reference by itself": ["common"],
            "duplicate key": [f"{site.folder}/refs.bib:4: shown"],
            "broken": [f"{site.folder}/refs.bib:6: broken"],
        },
    }


@pytest.mark.parametrize("number", [0, 1, 7])
def test_the_account_holds_with_nothing_to_report(site: Site, number: int) -> None:
    site.write(
        refs="".join(f"@misc{{k{key}, title = {{T{key}}}}}\n" for key in range(number)),
        index="# A\n\n```{refblock}\n```\n\n```{refblock}\n```\n",
    )
    found = ledger(site, suppress_warnings=["refblock"])

    assert (found["entries"], found["shown"]) == (number, number)


def test_it_is_the_same_when_nothing_is_read_again(site: Site) -> None:
    site.write(refs=REFS, index="# A\n\n```{refblock}\nshown\n```\n")

    assert ledger(site) == ledger(site)


def test_what_the_reader_loses_is_missed_because_the_files_are_counted_by_themselves(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def losing(*given: Any) -> Iterator[Command]:
        return (command for command in commands_of(*given) if command.key != "b")

    monkeypatch.setattr("refblock.bibdata.reading.commands_of", losing)
    site.write(
        refs="@misc{a, title = {A}}\n\n@misc{b, title = {B}}\n", index="# A\n\n```{refblock}\n:filter: True\n```\n"
    )
    (warning,) = site.build().warnings

    assert "2 entries = 1 shown + 0 reported, which does not add up" in warning
    assert f"{site.folder}/refs.bib:3: b;" in warning


@pytest.mark.parametrize(
    ("refs", "number"),
    [
        ("@misc{a, title = {A}} @misc{b, title = {B}}", 2),
        ('  @misc{a,}\n\t@Misc (b, note = "see (@misc{c, x})")\n@book{c}', 3),
        ('mail me@home.org\n% @misc{a,}\n@comment{\n@misc{b,}\n}\n@string{c = {d}}\n@preamble{"e"}', 0),
        ("%@comment{\n@misc{a,}\n%}\n% @misc{\n@misc{b,}", 2),
        ("@misc{a, note = {one\n  @misc{b, title = {B}}\n, see also @misc{c, x}}}", 1),
        ("@misc{a, title = {A\n@misc{b, title = {B}}\n", 2),
        ("@misc{a, note = {x\n@misc{b, title = {B}}\n}}", 2),
        ("@misc{a, note = {x\n@ misc{b, title = {B}}\n}}", 2),
        ("@misc{, title = {A}}\n@misc{title = {B}}\n@misc{", 3),
        ("@xdata{a, title = {A}}\n@set{b, entryset = {a}}", 2),
    ],
)
def test_entries_are_counted_where_they_begin(site: Site, refs: str, number: int) -> None:
    site.write(refs=refs, index="# A\n\n```{refblock}\n:filter: True\n```\n")
    found = ledger(site, suppress_warnings=["refblock"])

    assert found["entries"] == number
    assert found["shown"] + sum(map(len, found["reported"].values())) == number
