"""Copies that the Wayback Machine tells of."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from linkhealth.addresses import Guard
from linkhealth.archive import ArchiveError, copy_of, find_copies
from tests.linkhealth.conftest import QUICK, hasty_rules, in_a_thread
from tests.linkhealth.field import Reply

if TYPE_CHECKING:
    from tests.linkhealth.stage import Stage

PAGE = "https://mp.weixin.qq.com/s/gone?a=1&b=2"
COPY = "http://web.archive.org/web/20200304050607/https://mp.weixin.qq.com/s/gone?a=1&b=2"
SNAPSHOT = {"available": True, "url": COPY, "timestamp": "20200304050607", "status": "200"}


def answer(**closest: object) -> bytes:
    return json.dumps({"url": PAGE, "archived_snapshots": {"closest": {**SNAPSHOT, **closest}}}).encode()


def question(url: str, timestamp: str = "") -> str:
    return f"https://archive.org/wayback/available?url={quote(url, safe='')}{timestamp}"


def ask(*urls: str, last_alive: datetime | None = None) -> dict[str, str]:
    found: dict[str, str] = {}
    wanted = dict.fromkeys(urls, last_alive)
    limits = replace(QUICK, connect=1, total=1)
    in_a_thread(find_copies, wanted, hasty_rules(), Guard(), limits, found.__setitem__)
    return found


def test_a_copy_is_named_by_its_safe_address() -> None:
    assert copy_of(answer()) == COPY.replace("http:", "https:", 1)


@pytest.mark.parametrize(
    "silence",
    [
        b'{"url": "x", "archived_snapshots": {}}',
        b"{}",
        b"[]",
        b"null",
        b"",
        b"<html>busy</html>",
        b"\xff",
        answer(available=False),
        answer(status="404"),
        answer(url="https://evil.example/web/20200304050607/x"),
        answer(url="javascript:alert(1)"),
        answer(url=None),
    ],
)
def test_silence_is_no_copy(silence: bytes) -> None:
    assert copy_of(silence) is None


def test_the_copy_from_when_it_was_last_alive_is_asked_for(on_stage: Stage) -> None:
    on_stage.play(question(PAGE, "&timestamp=20200304050607"), Reply(body=answer().decode()))
    found = ask(PAGE, last_alive=datetime(2020, 3, 4, 5, 6, 7, tzinfo=UTC))

    assert found == {PAGE: COPY.replace("http:", "https:", 1)}


def test_one_page_without_a_copy_does_not_hide_the_other_s(on_stage: Stage) -> None:
    on_stage.play(question("https://a.example/"), Reply(body='{"archived_snapshots": {}}'))
    on_stage.play(question("https://b.example/"), Reply(503))
    on_stage.play(question("https://c.example/"), lambda _: None)
    on_stage.play(question(PAGE), Reply(body=answer().decode()))

    assert set(ask("https://a.example/", "https://b.example/", "https://c.example/", PAGE)) == {PAGE}


def test_an_archive_that_never_answers_is_said(on_stage: Stage) -> None:
    with pytest.raises(ArchiveError, match="could not be asked"):
        ask(PAGE)
