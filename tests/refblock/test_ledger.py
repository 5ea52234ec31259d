"""The ledger: as many entries come out of a build, on pages or in messages, as went in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
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
            "duplicate key": [f"{site.folder}/refs.bib:4"],
            "broken": [f"{site.folder}/refs.bib:6"],
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
