"""What stands at an entry about its link: by itself, and on pages of refblock's."""

from __future__ import annotations

import ast
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import linkhealth
from linkhealth.badges import NAMES, badge_of
from linkhealth.record import LinkState, Record, dump
from linkhealth.rules import Verdict
from linkhealth.words import words

if TYPE_CHECKING:
    from tests.conftest import Site

SINCE = datetime(2026, 11, 1, 8, tzinfo=UTC)
CHECKED = datetime(2026, 11, 23, 8, tzinfo=UTC)
SEEN = datetime(2026, 10, 20, 8, tzinfo=UTC)
ENGLISH = words("en")
CHINESE = words("zh_CN")
PACKAGE = Path(linkhealth.__file__).parent


def state(verdict: str, last_alive: datetime | None = None, **more: str) -> LinkState:
    return LinkState(Verdict(verdict), since=SINCE, last_check=CHECKED, last_alive=last_alive, **more)  # type: ignore[arg-type]  # only texts are given here


@pytest.mark.parametrize(
    ("known", "text", "href"),
    [
        (state("alive", CHECKED), "last seen alive 2026-11-23", None),
        (
            state("moved", CHECKED, final_url="https://a.example/new"),
            "moved: read it at its new address",
            "https://a.example/new",
        ),
        (state("changed", SEEN), "the page now has another title", None),
        (state("suspected", SEEN), "not found, perhaps gone", None),
        (
            state("gone", archived="https://web.archive.org/web/1/x"),
            "gone: read the archived copy",
            "https://web.archive.org/web/1/x",
        ),
        (
            state("gone"),
            "gone: search Bing for its title",
            "https://www.bing.com/search?q=%22%E5%A4%9A%20%26%20%3Cb%3E%22",
        ),
        (state("blocked"), "could not be checked: blocked", None),
        (state("blocked", SEEN), "could not be checked: blocked; last seen alive 2026-10-20", None),
        (state("unreachable"), "could not be checked: out of reach", None),
    ],
    ids=lambda value: value.verdict.value if isinstance(value, LinkState) else None,
)
def test_a_badge_says_in_words_what_is_known_and_where_else_to_look(
    known: LinkState, text: str, href: str | None
) -> None:
    badge = badge_of(known, "多 & <b>", ENGLISH)

    assert badge is not None
    assert (badge["name"], badge["text"], badge.get("href")) == (known.verdict, text, href)


@pytest.mark.parametrize("verdict", set(Verdict) - {Verdict.ALIVE, Verdict.MOVED})
def test_what_was_never_seen_is_never_called_alive(verdict: Verdict) -> None:
    badge = badge_of(state(verdict), "Title", ENGLISH) or {}

    assert "alive" not in badge.get("text", "").replace("never seen alive", "")
    assert "alive" not in badge.get("hint", "").replace("never seen alive", "")


def test_a_hint_says_since_when_and_what_was_seen_before() -> None:
    badge = badge_of(state("gone", SEEN), "Title", ENGLISH) or {}

    assert badge["hint"] == "since 2026-11-01; last seen alive 2026-10-20; last checked 2026-11-23"


def test_a_link_that_was_never_asked_for_gets_no_badge() -> None:
    assert badge_of(state("not_checked"), "Title", ENGLISH) is None


@pytest.mark.parametrize("target", ["javascript:alert(1)", "data:text/html,x", ""])
def test_an_address_that_is_none_is_not_linked(target: str) -> None:
    moved = badge_of(state("moved", CHECKED, final_url=target), "Title", ENGLISH)
    gone = badge_of(state("gone", archived=target), "", ENGLISH)

    assert moved is not None
    assert "href" not in moved
    assert gone is not None
    assert "href" not in gone


def _messages(path: Path) -> set[str]:
    """Give the texts that a module hands to the catalog."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    named = [call.args[0] for call in calls if ast.unparse(call.func) in {"word", "self._word"}]
    return {str(node.value) for node in named if isinstance(node, ast.Constant)}


def test_every_word_of_ours_has_its_chinese() -> None:
    from linkhealth.summary import _MEANINGS

    told = {*_messages(PACKAGE / "badges.py"), *_messages(PACKAGE / "summary.py"), *NAMES.values(), *_MEANINGS.values()}

    assert len(told) > 30
    assert [message for message in told if CHINESE(message) == message] == []
    assert words("zh_TW")("gone") == words("de")("gone") == "gone"


# ---------------------------------------------------------------- on pages

REFS = """
@online{seen, title = {看到}, langid = {chinese}, titleaddon = {Seen}, url = {https://a.example/seen}}
@online{gone, title = {没了}, langid = {chinese}, titleaddon = {Gone}, url = {https://a.example/gone}}
@online{new, title = {New}, url = {https://a.example/new}}
@article{paper, title = {Paper}, doi = {10.1000/x}}
"""
PAGE = "# A\n\n```{refblock}\n```\n"
CONF = """
extensions = ["linkhealth", "myst_parser", "refblock"]
bibtex_bibfiles = ["refs.bib"]
html_theme = "basic"
language = "zh_CN"
"""


def write(site: Site, conf: str = CONF, **links: LinkState) -> None:
    site.write(conf=conf, refs=REFS, index=PAGE)
    known = {f"https://a.example/{name}": known for name, known in links.items()}
    record = dump(Record({**known, "https://doi.org/10.1000/x": state("alive", SEEN)}))
    (site.folder / "link-health.json").write_text(record, encoding="utf-8")


def test_badges_stand_at_their_entries_in_the_language_of_the_page(site: Site) -> None:
    write(site, seen=state("alive", CHECKED), gone=state("gone"))
    built = site.build()
    badges = {
        str(entry.get("data-key")): [badge.text_content() for badge in entry.cssselect(".refblock-badge")]
        for entry in built.page().cssselect(".refblock-entry")
    }

    assert built.warnings == []
    assert badges == {
        "seen": ["2026-11-23 还能访问"],
        "gone": ["已失效，用必应搜索标题"],
        "new": [],
        "paper": ["2026-10-20 还能访问"],
    }
    (link,) = built.page().cssselect("[data-key=gone] a.refblock-badge-gone")
    # The search is for the title that the page itself bears.
    assert link.get("href") == "https://www.bing.com/search?q=%22%E6%B2%A1%E4%BA%86%22"


def test_a_new_record_changes_the_badges_of_pages_that_did_not_change(site: Site) -> None:
    write(site, seen=state("alive", CHECKED))
    site.build()
    write(site, seen=state("suspected", CHECKED))
    built = site.build()

    assert [badge.text_content() for badge in built.page().cssselect("[data-key=seen] .refblock-badge")] == [
        "没有找到，疑似失效"
    ]


def test_without_refblock_that_is_said_once(site: Site) -> None:
    site.write(conf='extensions = ["linkhealth"]\nhtml_theme = "basic"\n', index_rst="A\n=\n")
    built = site.build()

    (warning,) = built.warnings
    assert "refblock is not among the extensions" in warning
    assert "linkhealth.no_refblock" in warning


@pytest.mark.parametrize("text", ["{", '{"links": 3}', '{"links": {"https://a.example/": {"verdict": "fine"}}}'])
def test_a_record_that_cannot_be_read_is_named_and_the_pages_are_built(site: Site, text: str) -> None:
    write(site)
    (site.folder / "link-health.json").write_text(text, encoding="utf-8")
    built = site.build()

    assert any("link-health.json cannot be read" in line and "linkhealth.bad_record" in line for line in built.warnings)
    assert len(built.page().cssselect(".refblock-entry")) == 4


def test_the_site_needs_no_http_client() -> None:
    script = (
        "import sys; sys.modules['aiohttp'] = None\n"
        "import linkhealth.badges, linkhealth.summary, linkhealth.config, linkhealth.chart\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stderr
