"""Badges, which other extensions give to entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sphinx import version_info

if TYPE_CHECKING:
    from tests.conftest import Site

REFS = """
@online{one, title = {One}, url = {https://example.org/1}}
@online{two, title = {Two}, url = {https://example.org/2}}
"""
PAGES = {
    "index": "# A\n\n```{refblock}\none\n```\n",
    "other": "---\norphan: true\n---\n\n# B\n\n```{refblock}\ntwo\n```\n",
}
CONF = """
extensions = ["myst_parser", "refblock"]
bibtex_bibfiles = ["refs.bib"]
html_theme = "basic"


def badges(app, entry):
    from pathlib import Path
    state = Path(app.confdir, "states").read_text().split()
    if entry.key in state:
        yield {given}


def setup(app):
    app.connect("refblock-badges", badges)
"""
GONE = '{"name": "gone", "text": "gone <b>", "href": "https://example.org/?a=1&b=2", "hint": "Seen \'gone\'."}'


def write(site: Site, states: str, given: str = GONE) -> None:
    site.write(refs=REFS, conf=CONF.format(given=given), **PAGES)
    (site.folder / "states").write_text(states)


def test_a_badge_stands_at_its_entry_in_words_and_leads_where_it_says(site: Site) -> None:
    write(site, "one")
    built = site.build()

    assert built.warnings == []
    (badge,) = built.page().cssselect("[data-key=one] .refblock-badge.refblock-badge-gone")
    assert (badge.tag, badge.text_content()) == ("a", "gone <b>")
    assert (badge.get("href"), badge.get("title")) == ("https://example.org/?a=1&b=2", "Seen 'gone'.")
    assert built.page("other").cssselect(".refblock-badge") == []


@pytest.mark.parametrize("builder", ["latex", "text", "epub"])
def test_a_badge_stands_in_every_format(site: Site, builder: str) -> None:
    write(site, "one", '{"name": "gone", "text": "no-more"}')
    built = site.build(builder)
    (output,) = [*built.folder.glob("*.tex"), *built.folder.glob("index.txt"), *built.folder.glob("index.xhtml")]

    assert "no" in output.read_text(encoding="utf-8").partition("One")[2]


def test_only_the_pages_whose_badges_changed_are_written_again(site: Site) -> None:
    write(site, "one")
    site.build()
    for states, expected in (("one", set()), ("one two", {"other"}), ("two", {"index"})):
        (site.folder / "states").write_text(states)
        built = site.build()

        assert built.read == []
        # Before 8.2 Sphinx wrote, along with a page, the one whose contents list it.
        along = {"index"} if expected and version_info < (8, 2) else set()
        assert PAGES.keys() & built.written == expected | along
        for docname, key in (("index", "one"), ("other", "two")):
            assert bool(built.page(docname).cssselect(".refblock-badge-gone")) is (key in states)


def test_an_extension_that_says_its_state_is_asked_again_only_when_that_changes(site: Site) -> None:
    write(site, "one")
    conf = site.folder / "conf.py"
    conf.write_text(
        conf.read_text()
        + """
    app.connect("refblock-badges-state", lambda app: Path(app.confdir, "said").read_text())


from pathlib import Path
"""
    )
    for said, states, expected in (("a", "one", {"one"}), ("a", "two", {"one"}), ("b", "two", {"two"})):
        (site.folder / "said").write_text(said)
        (site.folder / "states").write_text(states)
        built = site.build()

        pages = {"one": "index", "two": "other"}
        assert {key for key, page in pages.items() if built.page(page).cssselect(".refblock-badge")} == expected


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ('"gone"', "must be a mapping"),
        ('{"name": "gone"}', "must be a mapping"),
        ('{"name": "gone", "text": "gone", "colour": "red"}', "must be a mapping"),
        ('{"name": "gone", "text": 3}', "must be text"),
        ('{"name": "Gone by", "text": "gone"}', "its name"),
        ('{"name": "gone", "text": " "}', "no text"),
        ('{"name": "gone", "text": "gone", "href": "javascript:x"}', "only http"),
    ],
)
def test_a_badge_that_cannot_be_shown_is_named_and_the_entry_shown_without(site: Site, given: str, reason: str) -> None:
    write(site, "one", given)
    built = site.build()

    (warning,) = built.warnings
    assert "refs.bib:2: WARNING: one: " in warning
    assert reason in warning
    assert "refblock.bad_badge" in warning
    assert built.page().cssselect("[data-key=one]")
    assert not built.page().cssselect(".refblock-badge")
