"""From an answer to a verdict."""

from __future__ import annotations

import ast
import codecs
import time
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import pytest

import linkhealth.classify
from linkhealth.classify import Answer, Hop, Trouble, classify
from linkhealth.page import decode, has_element, skeleton, title_of
from linkhealth.rules import Confidence, builtin_rules
from tests.linkhealth.field import PHRASES, ROWS, Reply, Row, page, weixin_article, weixin_message


def answer_of(row: Row, encoding: str) -> Answer:
    """What a client that follows redirects makes of a row."""
    replies = {urldefrag(row.url).url: row.reply, **dict(row.then)}
    url, hops = urldefrag(row.url).url, []
    while (reply := replies[url]).headers.get("Location"):
        url = urljoin(url, reply.headers["Location"])
        hops.append(Hop(reply.status, url))
    assert isinstance(reply.body, str)
    body = reply.body.replace('charset="utf-8"', f'charset="{encoding}"').encode(encoding)
    return Answer(
        row.url, url, reply.status, {name.lower(): text for name, text in reply.headers.items()}, body, tuple(hops)
    )


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_row_of_the_field_notes_gets_its_verdict(row: Row, encoding: str) -> None:
    finding = classify(answer_of(row, encoding), builtin_rules())

    assert (finding.verdict, finding.final_url or row.final_url) == (row.verdict, row.final_url or finding.final_url)
    assert row.evidence in finding.evidence
    assert "\n" not in finding.evidence


@pytest.mark.parametrize("phrase", PHRASES.split())
def test_an_article_that_quotes_a_marker_is_alive(phrase: str) -> None:
    body = weixin_article(title=phrase, text=f"<p>{phrase}</p>").encode()
    url = "https://mp.weixin.qq.com/s/x"

    assert classify(Answer(url, url, 200, {}, body), builtin_rules()).verdict == "alive"


@pytest.mark.parametrize(
    "decoy",
    [
        "<script>document.getElementById('js_content'); var t = '<div id=\"js_content\">'</script>",
        '<!-- <div id="js_content"></div> -->',
        "<p>&lt;div id=&quot;js_content&quot;&gt;</p>",
        '<p>id="js_content"</p>',
        '<div data-id="js_content_old" class="js_content"></div>',
    ],
)
def test_a_page_that_only_speaks_of_the_container_has_none(decoy: str) -> None:
    url = "https://mp.weixin.qq.com/s/x"
    body = (weixin_message("该内容已被发布者删除") + decoy).encode()

    assert classify(Answer(url, url, 200, {}, body), builtin_rules()).verdict == "gone"


@pytest.mark.parametrize("spelling", ['<div id="js_content">', "<div id='js_content' >", "<DIV class=a ID=js_content>"])
def test_a_container_is_found_however_it_is_spelled(spelling: str) -> None:
    assert has_element(skeleton(f"<p>{spelling}正文</div>"), "id", "js_content")


@pytest.mark.parametrize(
    ("trouble", "hops", "verdict"),
    [
        (Trouble.ADDRESS, (), "not_checked"),
        (Trouble.ADDRESS, (Hop(302, "http://127.0.0.1/"),), "unreachable"),
        (Trouble.ROBOTS, (), "not_checked"),
        (Trouble.WAIT, (), "not_checked"),
        (Trouble.URL, (), "not_checked"),
        (Trouble.DNS, (), "unreachable"),
        (Trouble.CONNECT, (), "unreachable"),
        (Trouble.PROXY, (), "unreachable"),
        (Trouble.TLS, (), "unreachable"),
        (Trouble.TIMEOUT, (), "unreachable"),
        (Trouble.BROKEN, (), "unreachable"),
        (Trouble.REDIRECTS, (), "unreachable"),
    ],
)
def test_trouble_never_makes_a_link_gone(trouble: Trouble, hops: tuple[Hop, ...], verdict: str) -> None:
    finding = classify(Answer("http://a/b", "http://a/b", trouble=trouble, detail="so", hops=hops), builtin_rules())

    assert finding.verdict == verdict
    assert finding.evidence.startswith(f"{trouble}: so")


def test_a_place_in_a_page_is_kept_over_a_move() -> None:
    answer = Answer("http://a/b#c", "http://a/d", 200, {}, b"", (Hop(301, "http://a/d"),))

    assert classify(answer, builtin_rules()).final_url == "http://a/d#c"


def test_an_address_spelled_otherwise_is_no_move() -> None:
    answer = Answer("http://a/多", "http://a/%E5%A4%9A", 200, {}, b"", (Hop(301, "http://a/%E5%A4%9A"),))

    assert classify(answer, builtin_rules()).verdict == "alive"


@pytest.mark.parametrize(
    "target",
    ["javascript:alert(1)//aaaaaaaa", "https://x.example/}\\evil{", "https://x y/aaaaaaaaa", "http://[aaaaaaaaaa"],
)
def test_a_new_address_that_is_none_is_not_believed(target: str) -> None:
    url = "https://mp.weixin.qq.com/s/x"
    body = (weixin_message("该公众号已迁移") + f"<script>var transferTargetLink='{target}'</script>").encode()

    assert classify(Answer(url, url, 200, {}, body), builtin_rules()).verdict == "unreachable"


def test_evidence_cannot_steer_a_terminal() -> None:
    body = page("\x1b[31mred\u202e\x07", "").encode()
    finding = classify(Answer("http://a/b", "http://a/b", 200, {}, body), builtin_rules())

    assert finding.evidence.isprintable()
    assert finding.title.isprintable()


@pytest.mark.parametrize(
    ("raw", "content_type"),
    [
        ("多任务".encode(), "text/html; charset=gbk"),
        ("多任务学习".encode("gbk"), "text/html; charset=utf-8"),
        ("多任务学习".encode("gbk"), "text/html; charset=ISO-8859-1"),
        ("多任务学习".encode("gb18030"), ""),
        (b'<meta charset="gb2312">' + "多任务學習".encode("gbk"), ""),
        ("多任务学习".encode()[:-1], "text/html; charset=utf-8"),
        ("多任务学习".encode("gbk")[:-1], "text/html; charset=gbk"),
        (codecs.BOM_UTF8 + "多任务".encode(), "text/html; charset=gbk"),
        (codecs.BOM_UTF16_LE + "多任务".encode("utf-16-le"), ""),
        ("多任务".encode(), "text/html; charset=utf8mb4"),
        ("多任务".encode(), "text/html; charset=unicode_escape"),
        ("多任务".encode(), "text/html; charset=zip"),
    ],
)
def test_the_text_is_read_whatever_the_header_says(raw: bytes, content_type: str) -> None:
    assert "多任" in decode(raw, content_type)


def test_a_latin_page_stays_latin() -> None:
    assert "Übung" in decode('<meta charset="iso-8859-1">Übung'.encode("latin-1"))


def test_bytes_of_no_encoding_still_give_a_text() -> None:
    assert "多任务" in decode("多任务".encode() + b"\xff\xff\xff", "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ('<title></title><meta property="og:title" content="A &gt; B &amp;amp">', "A > B &amp"),
        ("<title> a\n b </title>", "a b"),
        ("<meta content='c' name='twitter:title'><title>d</title>", "c"),
        ('<meta property="og:title" content=""><title>d</title>', "d"),
        ('<meta property="og:title"><meta name="x" content="y">', ""),
        ('<!-- <title>a</title> --><title lang="en">b</title>', "b"),
        ("<title>never closed", ""),
        ("", ""),
    ],
)
def test_the_title_is_the_one_shown(text: str, title: str) -> None:
    assert title_of(skeleton(text)) == title


@pytest.mark.parametrize(
    "part",
    [
        "<script",
        "<!--",
        "<title",
        "<meta og:title",
        'js_content id="',
        '<a id="',
        "<",
        '"',
        " id=",
        "<meta property='og:title' ",
    ],
)
def test_a_hostile_page_is_read_in_time(part: str) -> None:
    body = (part * (2_000_000 // len(part))).encode()
    url = "https://mp.weixin.qq.com/s/x"
    start = time.process_time()
    classify(Answer(url, url, 200, {}, body), builtin_rules())

    # Bounded is what matters; it takes a tenth of this.
    assert time.process_time() - start < 5


def test_every_rule_says_where_it_is_known_from() -> None:
    rules = builtin_rules()
    for family in (rules.every, *rules.hosts.values()):
        for rule in family.rules:
            assert rule.source, rule
            assert rule.says, rule
            assert rule.confidence in Confidence


def test_no_bare_word_is_a_marker() -> None:
    rules = builtin_rules()
    markers = {
        text
        for family in (rules.every, *rules.hosts.values())
        for rule in family.rules
        for text in (*rule.body, *rule.title)
    }

    assert not markers & {"404", "删除", "出错", "Forbidden"}


def test_the_classifier_is_pure() -> None:
    """It imports neither a client, nor LinkChecker, nor anything that does."""
    folder = Path(linkhealth.classify.__file__).parent
    allowed = {"linkhealth.page", "linkhealth.rules", "linkhealth.classify"}
    outside = {"asyncio", "aiohttp", "linkcheck", "socket", "urllib.request", "requests", "subprocess"}
    for name in allowed:
        tree = ast.parse((folder / f"{name.rpartition('.')[2]}.py").read_text(encoding="utf-8"))
        named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        named |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not {module for module in named if module.startswith("linkhealth")} - allowed
        assert not named & outside


def test_reply_bodies_are_bytes_on_the_wire() -> None:
    assert Reply(body="多", encoding="gbk").raw == "多".encode("gbk")
