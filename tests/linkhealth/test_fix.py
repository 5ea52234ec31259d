"""Moved addresses, written into a bib file."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from linkhealth.fix import Change, fix_addresses
from linkhealth.record import LinkState
from linkhealth.rules import Verdict

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def moved(to: str, verdict: Verdict = Verdict.MOVED) -> LinkState:
    return LinkState(verdict, since=NOW, last_check=NOW, final_url=to)


BIB = (
    "\ufeff% 笔记 http://a.example/old\r\n"
    "@online{one,\r\n\ttitle = {多任务学习 — old},\r\n  url  = { http://a.example/old },\r\n}\r\n"
    '@Misc(two, url = "http://a.example/b\\_c" , note={http://a.example/old},)\n'
    "@online{three, url = {http://a.example/stays}}  \n"
).encode() + b"% not UTF-8: \xb6\xe0\xff\n"


def test_only_the_address_changes_and_no_other_byte() -> None:
    links = {
        "http://a.example/old": moved("https://a.example/new?x=1&y=2"),
        "http://a.example/b_c": moved("https://a.example/d"),
        "http://a.example/stays": moved("", Verdict.ALIVE),
    }
    after, changes = fix_addresses(BIB, links)

    assert after == BIB.replace(b"{ http://a.example/old }", b"{ https://a.example/new?x=1&y=2 }").replace(
        b'"http://a.example/b\\_c"', b'"https://a.example/d"'
    )
    assert changes == [
        Change(4, "one", "http://a.example/old", "https://a.example/new?x=1&y=2"),
        Change(6, "two", "http://a.example/b_c", "https://a.example/d"),
    ]


@pytest.mark.parametrize("verdict", set(Verdict) - {Verdict.MOVED})
def test_only_a_moved_link_is_written_anew(verdict: Verdict) -> None:
    links = {"http://a.example/old": moved("https://a.example/new", verdict)}

    assert fix_addresses(BIB, links) == (BIB, [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("https://a.example/a", "http://a.example/b"),
        ("http://a.example/a", "javascript:alert(1)"),
        ("http://a.example/a", ""),
    ],
)
def test_a_move_that_takes_something_from_the_reader_is_left_to_the_curator(old: str, new: str) -> None:
    bib = f"@online{{a, url = {{{old}}}}}".encode()

    assert fix_addresses(bib, {old: moved(new)}) == (bib, [])


@pytest.mark.parametrize("end", ["}, note = {x", "\\", '", "', "\n@online{b, x", "#"])
def test_an_address_cannot_leave_its_field(end: str) -> None:
    bib = b"@online{a, url = {http://a.example/a}, title = {T}}\n"
    after, _ = fix_addresses(bib, {"http://a.example/a": moved(f"http://a.example/b{end}")})

    assert after.startswith(b"@online{a, url = {http://a.example/b")
    assert after.endswith(b"}, title = {T}}\n")
    assert after.count(b"\n") == 1
    assert not set(after[18:-17]) & set(b'{}"\\ \n')


def test_a_file_in_gbk_in_which_characters_hold_braces_is_mended_too() -> None:
    """The second bytes of 倉, 亄 and 俓 are a closing brace, an opening one and a backslash in GBK."""
    bib = "@online{a, title = {倉库与亄、俓}, url = {http://a.example/a}}\n@online{b, title = {b}}\n".encode("gbk")
    assert (bib.count(b"{"), bib.count(b"}")) == (6, 6)
    fixed, _ = fix_addresses(bib, {"http://a.example/a": moved("https://a.example/b")})

    assert fixed == bib.replace(b"http://a.example/a", b"https://a.example/b")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (r"url = {\url{http://a.example/a}}", r"url = {\url{https://a.example/b}}"),
        (r"howpublished = { \url { http://a.example/a } }", r"howpublished = { \url { https://a.example/b } }"),
        ("url = {http://a.example/a https://c.example/}", "url = {https://a.example/b https://c.example/}"),
        ("url = {{http://a.example/a}}", "url = {{https://a.example/b}}"),
        ("url={http://a.example/\n  a}", "url={https://a.example/b}"),
    ],
)
def test_what_stands_around_an_address_stays(before: str, after: str) -> None:
    bib = f"@misc{{a, note = {{http://a.example/a}}, {before} }}"
    fixed, _ = fix_addresses(bib.encode(), {"http://a.example/a": moved("https://a.example/b")})

    assert fixed.decode() == bib.replace(before, after)


def test_an_address_of_joined_parts_is_not_taken_for_its_first() -> None:
    bib = b'@online{a, url = "http://a.example/" # rest}\n'

    assert fix_addresses(bib, {"http://a.example/": moved("http://b.example/")}) == (bib, [])
