"""Visits to hosts that are played on a stage: the field notes' rows, and hosts that mean harm."""

from __future__ import annotations

import gzip
import os
import selectors
import socket
import struct
import subprocess
import sys
import threading
import time
import tracemalloc
import zlib
from contextlib import ExitStack, suppress
from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

import pytest

from linkhealth.addresses import Guard
from linkhealth.check import NoNetworkError
from linkhealth.client import ProxyError
from linkhealth.robots import is_allowed
from linkhealth.rules import Pace
from linkhealth.store import read_record
from tests.linkhealth.conftest import QUICK, Witness, hasty_rules
from tests.linkhealth.field import ROWS, Reply, Row, page, redirect, weixin_article, weixin_message

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from linkhealth.classify import Finding
    from tests.linkhealth.stage import Stage, Wire

ALIVE = Reply(body=page("A page", "text"))
HTTP = "http://host.example"
HTTPS = "https://host.example"


def ask(
    stage: Stage, player: Reply | Callable[[Wire], Reply | None], witness: Witness, url: str = f"{HTTPS}/a"
) -> Finding:
    stage.play(url, player)
    return witness.run(url)[url]


# ---------------------------------------------------------------- the rows of the field notes


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_row_of_the_field_notes_gets_its_verdict_over_the_wire(
    on_stage: Stage, witness: Witness, row: Row, encoding: str
) -> None:
    # Through a proxy, an HTTP 503 may be the proxy's own, which is found out by a probe.
    on_stage.play("http://probe.example/", Reply())
    for url, reply in ((row.url.partition("#")[0], row.reply), *row.then):
        assert isinstance(reply.body, str)
        body = reply.body.replace('charset="utf-8"', f'charset="{encoding}"')
        on_stage.play(url, replace(reply, body=body, encoding=encoding))
    finding = witness.run(row.url)[row.url]

    assert finding.verdict == row.verdict, finding
    assert row.evidence in finding.evidence
    assert not row.final_url or finding.final_url == row.final_url


# ---------------------------------------------------------------- manners


def test_a_request_says_who_asks_and_for_which_readers(on_stage: Stage, witness: Witness) -> None:
    ask(on_stage, ALIVE, witness)
    headers = on_stage.asked[0].headers

    assert headers["user-agent"].startswith("linkhealth/")
    assert "+https://" in headers["user-agent"]
    assert headers["accept-language"] == "zh-CN,zh;q=0.9,en;q=0.8"
    assert "authorization" not in headers


def test_each_page_is_asked_for_once(on_stage: Stage, witness: Witness) -> None:
    on_stage.play(f"{HTTPS}/a", redirect(f"{HTTPS}/b", 301))
    on_stage.play(f"{HTTPS}/b", ALIVE)
    findings = witness.run(f"{HTTPS}/a#one", f"{HTTPS}/a#two", f"{HTTPS}/a#one")

    assert on_stage.urls() == [f"{HTTPS}/a", f"{HTTPS}/b"]
    assert [finding.final_url for finding in findings.values()] == [f"{HTTPS}/b#one", f"{HTTPS}/b#two"]


def test_an_address_goes_over_the_wire_as_it_is_spelled(on_stage: Stage, witness: Witness) -> None:
    url = f"{HTTPS}/s?__biz=MzI%3D&chksm=a%7Eb~c&q=(x)"

    assert ask(on_stage, ALIVE, witness, url).verdict == "alive"


def test_an_address_in_chinese_is_asked_for(on_stage: Stage, witness: Witness) -> None:
    on_stage.play(f"{HTTPS}/%E5%A4%9A", ALIVE)

    assert witness.run(f"{HTTPS}/多")[f"{HTTPS}/多"].verdict == "alive"


def test_a_redirect_in_raw_chinese_is_followed(on_stage: Stage, witness: Witness) -> None:
    on_stage.play(f"{HTTPS}/%E5%A4%9A", ALIVE)

    assert ask(on_stage, redirect("/多"), witness).verdict == "alive"


def test_a_host_that_wants_its_cookie_back_gets_it(on_stage: Stage, witness: Witness) -> None:
    def play(wire: Wire) -> Reply:
        if wire.request.headers.get("cookie") == "seen=1":
            return ALIVE
        return Reply(302, "", {"Location": "/a", "Set-Cookie": "seen=1; Path=/"})

    assert ask(on_stage, play, witness).verdict == "alive"


def test_one_link_s_cookies_are_no_business_of_the_next(on_stage: Stage, witness: Witness) -> None:
    on_stage.play(f"{HTTPS}/a", Reply(headers={"Set-Cookie": "seen=1; Path=/"}))
    on_stage.play(f"{HTTPS}/b", ALIVE)
    witness.run(f"{HTTPS}/a", f"{HTTPS}/b")

    assert all("cookie" not in request.headers for request in on_stage.asked)


def test_one_host_s_cookies_are_no_business_of_another(on_stage: Stage, witness: Witness) -> None:
    on_stage.play(f"{HTTPS}/a", Reply(302, "", {"Location": "https://other.example/a", "Set-Cookie": "seen=1"}))
    on_stage.play("https://other.example/a", Reply(302, "", {"Location": f"{HTTPS}/b"}))
    on_stage.play(f"{HTTPS}/b", ALIVE)
    witness.run(f"{HTTPS}/a")

    cookies = {request.url: request.headers.get("cookie") for request in on_stage.asked}
    assert cookies == {f"{HTTPS}/a": None, "https://other.example/a": None, f"{HTTPS}/b": "seen=1"}


def test_head_is_asked_only_where_it_is_honest(on_stage: Stage, witness: Witness) -> None:
    on_stage.play("https://doi.org/10.1/a", redirect(f"{HTTPS}/a"))
    on_stage.play("https://arxiv.org/abs/1", Reply())
    on_stage.play(f"{HTTPS}/a", ALIVE)
    witness.run("https://doi.org/10.1/a", "https://arxiv.org/abs/1")

    assert {request.url: request.method for request in on_stage.asked} == {
        "https://doi.org/10.1/a": "HEAD",
        "https://arxiv.org/abs/1": "HEAD",
        f"{HTTPS}/a": "GET",
    }


def test_a_head_that_is_refused_is_asked_as_a_get(on_stage: Stage, witness: Witness) -> None:
    def play(wire: Wire) -> Reply:
        return Reply(405 if wire.request.method == "HEAD" else 200)

    assert ask(on_stage, play, witness, "https://arxiv.org/abs/1").verdict == "alive"


@pytest.mark.parametrize("retry_after", ["0", "Mon, 23 Nov 2026 08:00:00 GMT"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_asks_us_to_wait_is_waited_for(
    on_stage: Stage, witness: Witness, status: int, retry_after: str
) -> None:
    def play(wire: Wire) -> Reply:
        first = on_stage.urls().count(wire.request.url) == 1
        return Reply(status, "", {"Retry-After": retry_after}) if first else ALIVE

    on_stage.play(f"{HTTPS}/a", play)
    findings = witness.run(f"{HTTPS}/a", limits=replace(QUICK, retries=1))

    assert findings[f"{HTTPS}/a"].verdict == "alive"
    assert witness.holds == [("host.example", 0)]


@pytest.mark.parametrize("retry_after", ["3600", "Sun, 31 Dec 2199 23:59:59 GMT"])
def test_a_host_that_wants_a_long_rest_gets_it(on_stage: Stage, witness: Witness, retry_after: str) -> None:
    rules = replace(hasty_rules(), every=replace(hasty_rules().every, pace=Pace(10_000, 1, 0, 10)))
    for name in "abc":
        on_stage.play(f"{HTTPS}/{name}", Reply(429, "", {"Retry-After": retry_after}))
    findings = witness.run(*(f"{HTTPS}/{name}" for name in "abc"), rules=rules)

    assert [finding.verdict for finding in findings.values()] == ["blocked", "not_checked", "not_checked"]
    assert witness.surrenders == ["host.example"]
    assert on_stage.urls() == [f"{HTTPS}/a"]


def test_a_host_that_keeps_refusing_is_left_alone(on_stage: Stage, witness: Witness) -> None:
    rules = replace(hasty_rules(), every=replace(hasty_rules().every, pace=Pace(10_000, 1, 0, patience=3)))
    urls = [f"{HTTPS}/{number}" for number in range(5)]
    for url in urls:
        on_stage.play(url, Reply(403))
    findings = witness.run(*urls, rules=rules)

    assert [finding.verdict for finding in findings.values()] == [*["blocked"] * 3, *["not_checked"] * 2]
    assert "3 times in a row" in findings[urls[4]].evidence
    assert witness.surrenders == ["host.example"]


def test_a_fault_that_passes_is_tried_again(on_stage: Stage, witness: Witness) -> None:
    def play(wire: Wire) -> Reply | None:
        match on_stage.urls().count(wire.request.url):
            case 1:
                return Reply(502)
            case 2:
                return None  # hangs up
            case _:
                return ALIVE

    on_stage.play(f"{HTTPS}/a", play)

    assert witness.run(f"{HTTPS}/a", limits=replace(QUICK, retries=2))[f"{HTTPS}/a"].verdict == "alive"


def test_retries_are_few(on_stage: Stage, witness: Witness) -> None:
    on_stage.play(f"{HTTPS}/a", Reply(500))
    witness.run(f"{HTTPS}/a", limits=replace(QUICK, retries=2))

    assert len(on_stage.asked) == 3


def test_a_slow_host_holds_up_no_other(on_stage: Stage, witness: Witness) -> None:
    """The other host's links are all done while the first is still busy with its first one."""
    others = [f"https://quick.example/{number}" for number in range(50)]
    done_meanwhile: list[int] = []

    def play(_: Wire) -> Reply:
        while len(witness.findings) < len(others):
            on_stage.closing.wait(0.005)
        done_meanwhile.append(len(witness.findings))
        return ALIVE

    on_stage.play(f"{HTTPS}/slow", play)
    for url in others:
        on_stage.play(url, ALIVE)
    witness.run(f"{HTTPS}/slow", *others, limits=replace(QUICK, total=30))

    assert done_meanwhile == [50]


def test_a_redirect_waits_at_its_target_s_pace_not_in_its_own_lane(on_stage: Stage, witness: Witness) -> None:
    """Links of one host that lead into a slow one do not keep the first host's workers."""
    slow = replace(hasty_rules().every, names=("slow.example",), pace=Pace(rate=4, concurrency=1, jitter=0, patience=9))
    quick = replace(hasty_rules().every, pace=Pace(10_000, 1, 0, 9))
    rules = replace(hasty_rules(), every=quick, hosts={"slow.example": slow})
    for number in range(4):
        on_stage.play(f"{HTTPS}/{number}", redirect(f"https://slow.example/{number}"))
        on_stage.play(f"https://slow.example/{number}", ALIVE)
    on_stage.play(f"{HTTPS}/last", ALIVE)
    witness.run(*(f"{HTTPS}/{number}" for number in range(4)), f"{HTTPS}/last", rules=rules)

    assert on_stage.urls().index(f"{HTTPS}/last") <= 6
    assert len(on_stage.asked) == 9


def test_a_pace_is_kept(on_stage: Stage, witness: Witness) -> None:
    rate, count = 50, 25
    rules = replace(hasty_rules(), every=replace(hasty_rules().every, pace=Pace(rate, 2, 0.3, 99)))
    urls = [f"{HTTPS}/{number}" for number in range(count)]
    for url in urls:
        on_stage.play(url, ALIVE)
    start = time.monotonic()
    witness.run(*urls, rules=rules)

    # Never faster; how much slower depends on the machine, and is measured by the benchmark.
    assert time.monotonic() - start > (count - 1) / rate * 0.8


def test_the_plan_says_how_many_wait_where(on_stage: Stage, witness: Witness) -> None:
    for url in (f"{HTTPS}/a", f"{HTTPS}/b", "https://zhuanlan.zhihu.com/p/1", "https://www.zhihu.com/question/1"):
        on_stage.play(url, ALIVE)
    witness.run(*(f"{HTTPS}/a", f"{HTTPS}/b", "https://zhuanlan.zhihu.com/p/1", "https://www.zhihu.com/question/1"))

    assert witness.plans == {"host.example": 2, "zhihu.com": 2}


# ---------------------------------------------------------------- robots.txt


ROBOTS = (
    "User-agent: *\nDisallow: /\n\nUser-agent: linkhealth\nDisallow: /private\nAllow: /private/but\nDisallow: /*.pdf$"
)


def test_robots_txt_is_not_asked_for_by_default(on_stage: Stage, witness: Witness) -> None:
    on_stage.play(f"{HTTPS}/robots.txt", Reply(body="User-agent: *\nDisallow: /"))

    assert ask(on_stage, ALIVE, witness).verdict == "alive"
    assert on_stage.urls() == [f"{HTTPS}/a"]


def test_what_robots_txt_refuses_is_not_checked_when_it_is_obeyed(on_stage: Stage, witness: Witness) -> None:
    on_stage.play(f"{HTTPS}/robots.txt", Reply(body=ROBOTS))
    paths = ("/a", "/private/a", "/private/but/a", "/x.pdf", "/x.pdf?y")
    for path in paths:
        on_stage.play(f"{HTTPS}{path}", ALIVE)
    findings = witness.run(*(f"{HTTPS}{path}" for path in paths), obey_robots=True)

    assert [findings[f"{HTTPS}{path}"].verdict for path in paths] == [
        "alive",
        "not_checked",
        "alive",
        "not_checked",
        "alive",
    ]
    assert on_stage.urls().count(f"{HTTPS}/robots.txt") == 1
    assert f"{HTTPS}/private/a" not in on_stage.urls()


@pytest.mark.parametrize(("status", "verdict"), [(404, "alive"), (403, "alive"), (500, "not_checked")])
def test_a_missing_robots_txt_allows_and_a_broken_one_refuses(
    on_stage: Stage, witness: Witness, status: int, verdict: str
) -> None:
    on_stage.play(f"{HTTPS}/robots.txt", Reply(status))
    on_stage.play(f"{HTTPS}/a", ALIVE)

    assert witness.run(f"{HTTPS}/a", obey_robots=True)[f"{HTTPS}/a"].verdict == verdict


@pytest.mark.parametrize(
    ("pattern", "path", "is_match"),
    [
        ("/", "/a", True),
        ("/a", "/b", False),
        ("/a*c", "/abbc/d", True),
        ("/a*c$", "/abbc", True),
        ("/a*c$", "/abbcd", False),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("/a*$", "/a", True),
        ("/ab*b$", "/ab", False),
        ("*", "/a", True),
        ("/**x", "/ax", True),
        ("/*.pdf$", "/x.pdf?y", False),
    ],
)
def test_a_robots_pattern_matches_as_rfc_9309_has_it(pattern: str, path: str, is_match: bool) -> None:
    assert is_allowed(f"User-agent: *\nDisallow: {pattern}", f"{HTTPS}{path}") is not is_match


def test_a_robots_txt_that_means_harm_is_read_in_time(on_stage: Stage, witness: Witness) -> None:
    """A host that also says which address is asked could make a matcher that tries all ways try for ever."""
    long = f"{HTTPS}/{'a' * 1900}"
    on_stage.play(f"{HTTPS}/robots.txt", Reply(body=f"User-agent: *\nDisallow: /{'*a' * 40}b"))
    on_stage.play(long, ALIVE)
    on_stage.play(f"{HTTPS}/a", redirect(long))

    assert witness.run(f"{HTTPS}/a", obey_robots=True)[f"{HTTPS}/a"].verdict == "alive"


@pytest.mark.parametrize("location", ["http://[", "//", "javascript:x", "/robots.txt", "http://127.0.0.1/"])
def test_a_robots_txt_that_leads_nowhere_allows(on_stage: Stage, witness: Witness, location: str) -> None:
    on_stage.play(f"{HTTPS}/robots.txt", redirect(location))
    on_stage.play(f"{HTTPS}/a", ALIVE)
    on_stage.play("https://other.example/a", ALIVE)
    findings = witness.run(f"{HTTPS}/a", "https://other.example/a", obey_robots=True)

    assert {finding.verdict for finding in findings.values()} == {"alive"}


def test_more_hosts_than_open_files_are_no_trouble(tmp_path: Path) -> None:
    """macOS lets a program open 256 files; each host here has an address of its own on loopback."""
    with socket.create_server(("0.0.0.0", 0), backlog=512) as listener:  # noqa: S104  # all of 127.0.0.0/8
        threading.Thread(target=_greet, args=(listener,), daemon=True).start()
        port = listener.getsockname()[1]
        hosts = [f"127.0.{number // 200}.{number % 200 + 1}" for number in range(400)]
        (tmp_path / "urls.txt").write_text("\n".join(f"http://{host}:{port}/" for host in hosts), encoding="utf-8")
        program = "import resource, runpy; resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256)); "
        program += "runpy.run_module('linkhealth', run_name='__main__', alter_sys=True)"
        options = ["--urls", "urls.txt", "--record", "r.json", "--allow-network", "127.0.0.0/8", "--retries", "0"]
        subprocess.run([sys.executable, "-c", program, "check", *options], cwd=tmp_path, check=True)
    verdicts = [state.verdict for state in read_record(tmp_path / "r.json").links.values()]

    assert verdicts == ["alive"] * 400


def _greet(listener: socket.socket) -> None:
    """Answer everybody, and hang up on nobody, as a host that keeps lines open does."""
    with selectors.DefaultSelector() as selector, suppress(OSError, ValueError), ExitStack() as lines:
        selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is listener:
                    selector.register(lines.enter_context(listener.accept()[0]), selectors.EVENT_READ)
                elif isinstance(key.fileobj, socket.socket):
                    if key.fileobj.recv(65536):
                        key.fileobj.sendall(head(200, "Content-Length: 15") + b"<title>A</title>"[:15])
                    else:
                        selector.unregister(key.fileobj)
                        key.fileobj.close()


# ---------------------------------------------------------------- hosts that mean harm


def head(status: int = 200, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status} OK", "Content-Type: text/html", *headers, "", ""]).encode("latin-1")


def endless(wire: Wire) -> None:
    wire.send(head())
    while True:
        wire.send(b"<p>and on</p>" * 1000)


def endless_headers(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\n")
    for number in range(1_000_000):
        wire.send(f"X-{number}: {'x' * 1000}\r\n".encode())


def drip(wire: Wire) -> None:
    wire.send(head(200, "Content-Length: 1000000"))
    while not _is_over(wire):
        wire.send(b".")


def drip_headers(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not _is_over(wire):
        wire.send(b".")


def silence(wire: Wire) -> None:
    while not _is_over(wire):
        pass


def _is_over(wire: Wire) -> bool:
    """Wait a little; say whether the client has hung up."""
    wire.line.settimeout(0.05)
    try:
        return wire.line.recv(1) == b""
    except TimeoutError:
        return False


def _make_bomb(wbits: int) -> bytes:
    """200 MB in 200 kB."""
    machine, step = zlib.compressobj(wbits=wbits), bytes(1_000_000)
    return b"".join([*(machine.compress(step) for _ in range(200)), machine.flush()])


BOMBS = {"gzip": _make_bomb(31), "deflate": _make_bomb(15), "bare deflate": _make_bomb(-15)}


def bomb(wire: Wire, kind: str = "gzip") -> None:
    coding = kind.rpartition(" ")[2]
    wire.send(head(200, f"Content-Encoding: {coding}", f"Content-Length: {len(BOMBS[kind])}") + BOMBS[kind])


def deflate_bomb(wire: Wire) -> None:
    bomb(wire, "deflate")


def bare_deflate_bomb(wire: Wire) -> None:
    bomb(wire, "bare deflate")


def bomb_in_a_bomb(wire: Wire) -> None:
    wire.send(head(200, "Content-Encoding: gzip, gzip", "Content-Length: 4") + b"\x1f\x8b\x08\x00")


def many_members(wire: Wire) -> None:
    body = gzip.compress(b"") * 8_000
    wire.send(head(200, "Content-Encoding: gzip", f"Content-Length: {len(body)}") + body)


def many_headers(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % number for number in range(100_000)) + b"\r\n")


def split_headers(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\nX-A: b\rX-C: d\r\n\x1b[31m: e\r\nContent-Length: 0\r\n\r\n")


def zstandard(wire: Wire) -> None:
    wire.send(head(200, "Content-Encoding: zstd", "Content-Length: 4") + b"\x28\xb5\x2f\xfd")


def deflated(wire: Wire) -> None:
    bare = zlib.compressobj(wbits=-15)
    body = bare.compress(weixin_article().encode()) + bare.flush()
    wire.send(head(200, "Content-Encoding: deflate", f"Content-Length: {len(body)}") + body)


def two_members(wire: Wire) -> None:
    body = gzip.compress(b"<title>") + gzip.compress(b"Two</title>")
    wire.send(head(200, "Content-Encoding: gzip", f"Content-Length: {len(body)}") + body)


def broken_gzip(wire: Wire) -> None:
    wire.send(head(200, "Content-Encoding: gzip", "Content-Length: 10") + b"not gzip!!")


def brotli(wire: Wire) -> None:
    wire.send(head(200, "Content-Encoding: br", "Content-Length: 4") + b"\x0b\x01\x80a")


def no_http(wire: Wire) -> None:
    wire.send(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")


def bad_headers(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\nno colon here\r\n\xff\xfe: x\r\n: empty\r\n\r\n")


def bad_length(wire: Wire) -> None:
    wire.send(head(200, "Content-Length: -5") + b"text")


def bad_chunks(wire: Wire) -> None:
    wire.send(head(200, "Transfer-Encoding: chunked") + b"zz\r\nnope\r\n")


def short(wire: Wire) -> None:
    wire.send(head(200, "Content-Length: 1000") + b"<p>half")


def reset(wire: Wire) -> None:
    wire.send(head(200, "Content-Length: 1000") + b"<p>half")
    _reset(wire.line)


def reset_at_once(wire: Wire) -> None:
    _reset(wire.line)


def _reset(line: socket.socket) -> None:
    # To close without lingering is to reset.
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()


@pytest.mark.parametrize("url", [f"{HTTP}/a", f"{HTTPS}/a"])
@pytest.mark.parametrize(
    ("player", "verdict", "evidence"),
    [
        (endless, "alive", "HTTP 200"),
        (endless_headers, "unreachable", "broken"),
        (drip, "unreachable", "timeout: the page did not end"),
        (drip_headers, "unreachable", "timeout: no answer"),
        (silence, "unreachable", "timeout: no answer"),
        (bomb, "alive", "HTTP 200"),
        (deflate_bomb, "alive", "HTTP 200"),
        (bare_deflate_bomb, "alive", "HTTP 200"),
        (bomb_in_a_bomb, "unreachable", "gzip, gzip, which was not asked for"),
        (many_members, "alive", "HTTP 200"),
        (many_headers, "unreachable", "broken"),
        (split_headers, "unreachable", "broken"),
        (zstandard, "unreachable", "zstd, which was not asked for"),
        (deflated, "alive", "HTTP 200"),
        (two_members, "alive", "“Two”"),
        (broken_gzip, "unreachable", "compression"),
        (brotli, "unreachable", "br, which was not asked for"),
        (no_http, "unreachable", "broken"),
        (bad_headers, "unreachable", "broken"),
        (bad_length, "unreachable", "broken"),
        (bad_chunks, "unreachable", "broken"),
        (short, "unreachable", "broke off"),
        (reset, "unreachable", "broke off"),
        (reset_at_once, "unreachable", "broken"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_hostile_host_ends_in_a_verdict_in_time_and_in_bounds(
    on_stage: Stage,
    witness: Witness,
    player: Callable[[Wire], None],
    verdict: str,
    evidence: str,
    url: str,
) -> None:
    on_stage.play(url, player)
    on_stage.play("https://good.example/a", ALIVE)
    tracemalloc.start()
    start = time.monotonic()
    findings = witness.run(url, "https://good.example/a", limits=replace(QUICK, total=1, connect=1))
    seconds = time.monotonic() - start
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert findings[url].verdict == verdict, findings[url]
    assert evidence in findings[url].evidence
    assert findings["https://good.example/a"].verdict == "alive"
    assert seconds < 10
    assert peak < 30_000_000


@pytest.mark.parametrize(
    ("location", "evidence"),
    [
        ("/a", "circle"),
        ("/b", "circle"),
        ("http://[", "nowhere"),
        ("//", "redirects"),
        ("weixin://dl/business", "weixin is not http"),
        ("javascript:alert(1)", "javascript is not http"),
        ("file:///etc/passwd", "file is not http"),
        ("data:text/html,x", "data is not http"),
        ("ftp://host.example/a", "ftp is not http"),
        ("http://", "redirects"),
        ("http://user@:80/", "redirects"),
        ("https://host.example:99999/", "redirects"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_unreachable(
    on_stage: Stage, witness: Witness, location: str, evidence: str
) -> None:
    on_stage.play(f"{HTTPS}/b", redirect("/a"))
    finding = ask(on_stage, redirect(location), witness)

    assert finding.verdict == "unreachable", finding
    assert evidence in finding.evidence


def test_redirects_without_end_are_followed_to_a_limit(on_stage: Stage, witness: Witness) -> None:
    for number in range(20):
        on_stage.play(f"{HTTPS}/{number}", redirect(f"/{number + 1}"))
    finding = witness.run(f"{HTTPS}/0")[f"{HTTPS}/0"]

    assert (finding.verdict, len(on_stage.asked)) == ("unreachable", 11)
    assert "more than 10 redirects" in finding.evidence


def plain_text(line: socket.socket) -> None:
    line.recv(65536)
    line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def hang_up(line: socket.socket) -> None:
    line.recv(1)


@pytest.mark.parametrize("fault", ["expired", "another's name", "plain text", "hangs up", "unknown authority"])
def test_bad_tls_is_unreachable(
    on_stage: Stage, witness: Witness, fault: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    on_stage.play("http://good.example/a", ALIVE)
    match fault:
        case "expired":
            on_stage.expired.add("host.example")
        case "another's name":
            on_stage.named["host.example"] = "other.example"
        case "plain text":
            on_stage.tls["host.example"] = plain_text
        case "hangs up":
            on_stage.tls["host.example"] = hang_up
        case _:
            (tmp_path / "empty.pem").touch()
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "empty.pem"))
            monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    on_stage.play(f"{HTTPS}/a", ALIVE)
    finding = witness.run(f"{HTTPS}/a", "http://good.example/a")[f"{HTTPS}/a"]

    assert finding.verdict == "unreachable"
    assert finding.evidence.startswith("connect: " if fault == "hangs up" else "tls: "), finding
    assert f"{HTTPS}/a" not in on_stage.urls()


def test_what_is_no_text_is_not_read(on_stage: Stage, witness: Witness) -> None:
    def play(wire: Wire) -> None:
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 1000000000\r\n\r\n%PDF-1.7")
        silence(wire)

    assert ask(on_stage, play, witness).verdict == "alive"


# ---------------------------------------------------------------- addresses that are not asked


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a",
        "http://127.1/a",
        "http://2130706433/a",
        "http://0x7f.0.0.1/a",
        "http://0177.0.0.1/a",
        "http://localhost/a",
        "http://a.localhost/a",
        "http://10.1.2.3/a",
        "http://192.168.1.1/a",
        "http://172.16.0.1/a",
        "http://169.254.169.254/latest/meta-data",
        "http://0.0.0.0/a",
        "http://224.0.0.1/a",
        "http://[::1]/a",
        "http://[::ffff:127.0.0.1]/a",
        "http://[::ffff:a9fe:a9fe]/a",
        "http://[64:ff9b::7f00:1]/a",
        "http://[64:ff9b:1::7f00:1]/a",
        "http://[::127.0.0.1]/a",
        "http://[::ffff:0:127.0.0.1]/a",
        "http://[fec0::1]/a",
        "http://１２７.０.０.１/a",
        "http://0/a",
        "http://[2002:7f00:1::]/a",
        "http://[fd00::1]/a",
        "http://[fe80::1%25eth0]/a",
    ],
)
@pytest.mark.parametrize("direct", [True, False], ids=["direct", "by proxy"])
def test_a_private_address_is_not_asked(
    on_stage: Stage, witness: Witness, url: str, direct: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if direct:
        monkeypatch.setenv("NO_PROXY", "*")
        monkeypatch.setenv("no_proxy", "*")
    finding = witness.run(url)[url]

    assert finding.verdict == "not_checked", finding
    assert on_stage.asked == []


def test_a_private_address_is_not_asked_after_a_redirect_either(on_stage: Stage, witness: Witness) -> None:
    finding = ask(on_stage, redirect(f"http://127.0.0.1:{on_stage.port}/secret"), witness)

    assert finding.verdict == "unreachable"
    assert "not a public address" in finding.evidence
    assert on_stage.urls() == [f"{HTTPS}/a"]


def test_a_name_that_leads_to_a_private_address_is_not_asked(
    on_stage: Stage, witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine's own name is in its hosts file, which is as much of a DNS as a test can count on."""
    name = _name_of_a_private_address()
    monkeypatch.setenv("NO_PROXY", name)
    monkeypatch.setenv("no_proxy", name)
    on_stage.play("http://good.example/a", ALIVE)
    url = f"http://{name}:{on_stage.port}/secret"
    on_stage.play(f"{HTTPS}/a", redirect(url))
    findings = witness.run(url, f"{HTTPS}/a", "http://good.example/a")

    assert findings[url].verdict == "not_checked"
    assert findings[f"{HTTPS}/a"].verdict == "unreachable"
    assert "not a public address" in findings[url].evidence
    assert url not in on_stage.urls()


def test_the_address_that_is_asked_is_the_one_that_was_looked_at(
    on_stage: Stage, witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that names a public address first, and this machine ever after, gets nobody to ask here."""
    lookups: list[str] = []
    look_up = socket.getaddrinfo

    def rebind(host: str, port: int, *given: int, **more: int) -> list[Any]:
        if host != "rebind.example":
            return look_up(host, port, *given, **more)
        lookups.append(host)
        # The first is public, and nobody's any more: RFC 7526.
        address = "192.88.99.1" if len(lookups) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebind)
    monkeypatch.setenv("NO_PROXY", "rebind.example")
    monkeypatch.setenv("no_proxy", "rebind.example")
    on_stage.play("http://good.example/a", ALIVE)
    url = f"http://rebind.example:{on_stage.port}/secret"
    limits = replace(QUICK, connect=0.2, total=0.5)
    finding = witness.run("http://good.example/a", url, limits=limits)[url]

    assert lookups == ["rebind.example"]
    assert finding.verdict == "unreachable"
    assert "/secret" not in on_stage.urls()


def _name_of_a_private_address() -> str:
    for name in (socket.gethostname(), "ip6-localhost", "ip6-loopback", "localhost.localdomain"):
        with suppress(OSError):
            addresses = {str(result[4][0]).partition("%")[0] for result in socket.getaddrinfo(name, 80)}
            if not any(ip_address(address).is_global for address in addresses):
                return name
    message = "no name on this machine leads to a private address"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def test_a_network_that_is_allowed_is_asked(on_stage: Stage, witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    url = f"http://127.0.0.1:{on_stage.port}/a"
    on_stage.play("/a", ALIVE)
    finding = witness.run(url, guard=Guard((ip_network("127.0.0.0/8"),)))[url]

    assert finding.verdict == "alive"


def test_passwords_of_the_user_are_not_sent(
    on_stage: Stage, witness: Witness, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine host.example login me password secret", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    ask(on_stage, ALIVE, witness)

    assert "authorization" not in on_stage.asked[0].headers


# ---------------------------------------------------------------- no network, and what is no address


def test_without_a_network_nothing_is_found(on_stage: Stage, witness: Witness) -> None:
    with pytest.raises(NoNetworkError, match="nothing could be reached"):
        witness.run("https://a.example/", "http://b.example/", *(f"https://c.example/{number}" for number in range(50)))

    assert witness.findings == {}


def test_without_a_network_nothing_is_found_of_what_needs_none_either(on_stage: Stage, witness: Witness) -> None:
    with pytest.raises(NoNetworkError):
        witness.run("ftp://a.example/", "http://127.0.0.1/", "nonsense", "https://b.example/")

    assert witness.findings == {}


def test_a_list_that_needs_no_network_is_judged_without_one(on_stage: Stage, witness: Witness) -> None:
    findings = witness.run("ftp://a.example/", "http://127.0.0.1/")

    assert {finding.verdict for finding in findings.values()} == {"not_checked"}


def test_a_name_server_that_leads_every_name_to_itself_is_no_network(
    on_stage: Stage, witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def capture(_: str, port: int, *given: int, **more: int) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", capture)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(NoNetworkError, match=r"10\.0\.0\.1 is not a public address"):
        witness.run("https://a.example/", "http://b.example/")

    assert (witness.findings, on_stage.asked) == ({}, [])


@pytest.mark.parametrize("status", [403, 407, 502, 511])
def test_a_proxy_that_lets_nobody_through_is_no_network(on_stage: Stage, witness: Witness, status: int) -> None:
    for url in ("http://a.example/", "http://b.example/", "http://probe.example/"):
        on_stage.play(url, Reply(status, "Go away"))
    with pytest.raises(NoNetworkError, match=f"HTTP {status}"):
        witness.run("http://a.example/", "http://b.example/")

    assert witness.findings == {}


def test_a_host_that_refuses_is_no_proxy_that_refuses(on_stage: Stage, witness: Witness) -> None:
    on_stage.play("http://host.example/a", Reply(403))

    assert witness.run("http://host.example/a")["http://host.example/a"].verdict == "blocked"


def test_without_even_a_proxy_nothing_is_found(
    witness: Witness, on_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
    with pytest.raises(NoNetworkError, match="the proxy cannot be reached"):
        witness.run("https://a.example/", "http://b.example/")


def test_one_dead_host_is_not_the_end_of_the_network(on_stage: Stage, witness: Witness) -> None:
    on_stage.play("http://probe.example/", Reply())
    finding = witness.run("https://dead.example/a")["https://dead.example/a"]

    assert finding.verdict == "unreachable"


def test_many_dead_hosts_among_living_ones_are_unreachable(on_stage: Stage, witness: Witness) -> None:
    on_stage.play(f"{HTTPS}/a", ALIVE)
    dead = [f"https://dead{number}.example/" for number in range(40)]
    findings = witness.run(*dead, f"{HTTPS}/a")

    assert {findings[url].verdict for url in dead} == {"unreachable"}
    assert findings[f"{HTTPS}/a"].verdict == "alive"


@pytest.mark.parametrize(
    "url", ["mailto:a@b.example", "ftp://a.example/", "http:///a", "http://[", "https://", "nonsense", ""]
)
def test_what_cannot_be_asked_is_not_checked(on_stage: Stage, witness: Witness, url: str) -> None:
    assert witness.run(url)[url].verdict == "not_checked"
    assert on_stage.asked == []


def test_nothing_to_ask_is_nothing_to_do(witness: Witness) -> None:
    assert witness.run() == {}


@pytest.mark.parametrize(
    ("proxy", "said"),
    [
        ("socks5://127.0.0.1:1080", "socks5 proxy cannot be used"),
        ("http://proxy:many", "HTTPS_PROXY names no proxy"),
        ("http://[::1", "HTTPS_PROXY names no proxy"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_said(
    witness: Witness, on_stage: Stage, monkeypatch: pytest.MonkeyPatch, proxy: str, said: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    monkeypatch.setenv("https_proxy", proxy)
    with pytest.raises(ProxyError, match=said):
        witness.run(f"{HTTPS}/a")


def test_a_gone_page_in_gbk_is_gone(on_stage: Stage, witness: Witness) -> None:
    reply = Reply(
        body=weixin_message("该内容已被发布者删除"),
        encoding="gbk",
        headers={"Content-Type": "text/html; charset=utf-8"},
    )

    assert ask(on_stage, reply, witness, "https://mp.weixin.qq.com/s/x").verdict == "gone"
