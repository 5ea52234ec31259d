"""A feed that we write, as feed readers read it, and as RFC 4287 asks for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import feedparser
import pytest
from defusedxml.ElementTree import fromstring

from refblock.entries import Entry, Library, Title
from refblock.exports import Feed, write_feed
from refblock.exports.atom import added
from refblock.labels import labels
from refblock.layout import Manner
from tests.refblock.comparing import spaced, titles_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from xml.etree.ElementTree import Element

ATOM = "{http://www.w3.org/2005/Atom}"
XHTML = "{http://www.w3.org/1999/xhtml}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write(entries: Iterable[Entry], library: Library, language: str = "en", limit: int = 1000) -> Feed:
    """Write a feed of a site."""
    return write_feed(
        entries,
        library,
        title="New <references>",
        author="The keepers",
        address="https://example.org/",
        feed_address="https://example.org/feed.atom",
        manner=Manner(language, labels(language), {"attention": "注意力"}, {"微信公众号": "WeChat"}),
        place=lambda key: f"https://example.org/page.html#ref-{key}",
        limit=limit,
    )


def entry(**fields: str) -> Entry:
    """Make an entry."""
    return Entry(key="k", type="online", title=Title("T", "en"), source="", url="https://x.org/", fields=fields)


def one(node: Element, name: str) -> Element:
    """Give the only child of a name."""
    (child,) = node.findall(f"{ATOM}{name}")
    return child


def test_feedparser_reads_the_real_list(dated: list[Entry], library: Library) -> None:
    feed = feedparser.parse(write(dated, library, "zh-Hans").text.encode())

    assert feed.bozo == 0
    assert feed.version == "atom10"
    assert feed.feed.title_detail.value == "New <references>"
    assert len(feed.entries) == len(dated)
    by_key = {each.key: each for each in dated}
    for read in feed.entries:
        given = by_key[read.id.partition("#ref-")[2]]
        assert read.title == given.leading_title("zh-Hans").text
        assert read.title_detail.language == "zh-Hans"
        assert read.link == given.href
        assert [tag.term for tag in read.get("tags", [])] == list(given.topics)
        assert [author.name for author in read.get("authors", [])] == [author.full for author in given.authors]
        assert read.updated[:10] == given.fields["dateadded"]
        related = {link.href for link in read.links if link.rel == "related"}
        ours = f"https://example.org/page.html#ref-{given.key}"
        assert related == {ours, given.doi_href, given.arxiv_href} - {"", given.href}


def test_both_titles_are_there_each_with_its_language(dated: list[Entry], library: Library) -> None:
    root = fromstring(write(dated, library, "en").text.encode())

    for node, given in zip(root.findall(f"{ATOM}entry"), reversed(dated), strict=True):
        title = one(node, "title")
        other = next(one(node, "summary").iter(f"{XHTML}p"))
        assert given.parallel
        assert {(title.text, title.get(LANG)), (other.text, other.get(LANG))} == {
            (given.title.text, given.title.language),
            (given.parallel.text, given.parallel.language),
        }
        assert title.get(LANG) == "en"
        works = [cite.text for cite in one(node, "summary").iter(f"{XHTML}cite")]
        assert works == [library.entries[key].title.text for key in given.related]
        written = "".join(one(node, "summary").itertext())
        organization = given.organization.replace("微信公众号", "WeChat")
        assert all(part in written for part in (given.venue, organization, given.year))
        assert (given.relation == "reviewof") == ("About: " in written)
        # The term is the same in every language, the label is for readers.
        assert [each.get("term") for each in node.findall(f"{ATOM}category")] == list(given.topics)
        assert {each.get("label") for each in node.findall(f"{ATOM}category[@term='attention']")} <= {"注意力"}


def test_it_has_what_the_standard_asks_for(dated: list[Entry], library: Library) -> None:
    """RFC 4287, sections 4.1.1, 4.1.2 and 4.2.7.2, and 3.1.1.3 for the div."""
    root = fromstring(write(dated, library).text.encode())

    entries = root.findall(f"{ATOM}entry")
    for node in (root, *entries):
        stamp = datetime.strptime(str(one(node, "updated").text), "%Y-%m-%dT%H:%M:%S%z")
        assert stamp.utcoffset() is not None
        assert one(node, "title").text
        assert re.match("https?://", str(one(node, "id").text))
        assert len([link for link in node.findall(f"{ATOM}link") if link.get("rel") == "alternate"]) == 1
    assert one(one(root, "author"), "name").text
    assert [link.get("href") for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"] == [
        "https://example.org/feed.atom"
    ]
    assert len({one(node, "id").text for node in entries}) == len(entries)
    for node in entries:
        assert one(node, "summary").get("type") == "xhtml"
        assert [child.tag for child in one(node, "summary")] == [f"{XHTML}div"]


def test_the_newest_come_first_and_say_when_the_feed_changed(dated: list[Entry], library: Library) -> None:
    root = fromstring(write(dated, library, limit=5).text.encode())

    days = [str(one(node, "updated").text)[:10] for node in root.findall(f"{ATOM}entry")]
    assert days == sorted((each.fields["dateadded"] for each in dated), reverse=True)[:5]
    assert str(one(root, "updated").text)[:10] == days[0]


def test_an_entry_without_a_date_is_not_in_it_and_is_named(dated: list[Entry], library: Library) -> None:
    entries = [replace(dated[0], fields={}), *dated[1:]]

    feed = write(entries, library)

    assert feed.undated == (dated[0].key,)
    assert f"#ref-{dated[0].key}<" not in feed.text


def test_each_entry_of_the_real_list_says_when_it_was_added(refs: list[Entry], library: Library) -> None:
    feed = write(refs, library)

    assert feed.undated == ()
    assert max(str(added(each))[:10] for each in refs) <= datetime.now(tz=UTC).strftime("%Y-%m-%d")


def test_without_a_date_there_is_no_feed(refs: list[Entry], library: Library) -> None:
    undated = [replace(each, fields={**each.fields, "dateadded": ""}) for each in refs]

    assert write(undated, library) == Feed("", tuple(each.key for each in refs))


@pytest.mark.parametrize(
    ("fields", "when"),
    [
        ({"dateadded": "2026-03-01"}, datetime(2026, 3, 1, tzinfo=UTC)),
        ({"dateadded": "2026-03-01T12:30"}, datetime(2026, 3, 1, 12, 30, tzinfo=UTC)),
        ({"date-added": "2016-12-07 20:27:41 +0100"}, datetime(2016, 12, 7, 19, 27, 41, tzinfo=UTC)),
        ({"creationdate": "2020-03-17T12:28:32"}, datetime(2020, 3, 17, 12, 28, 32, tzinfo=UTC)),
        ({"timestamp": "2021.05.07"}, datetime(2021, 5, 7, tzinfo=UTC)),
        ({"timestamp": "2021-05-07T01:02:03.5z"}, datetime(2021, 5, 7, 1, 2, 3, tzinfo=UTC)),
        ({"timestamp": "2021-05-07", "dateadded": "2022-01-01"}, datetime(2022, 1, 1, tzinfo=UTC)),
        # When somebody last opened the page says nothing of when it came into the list.
        ({"urldate": "2021-05-07"}, None),
        ({"dateadded": "2021-13-01"}, None),
        ({"dateadded": "0001-01-01T00:00 +1200"}, None),
        ({"dateadded": "yesterday"}, None),
        ({}, None),
    ],
)
def test_when_an_entry_was_added(fields: dict[str, str], when: datetime | None) -> None:
    assert added(entry(**fields)) == when


def test_hostile_titles_come_back(hostile: list[Entry]) -> None:
    entries = [replace(each, fields={"dateadded": "2026-01-01"}) for each in hostile]

    root = fromstring(write(entries, Library(entries)).text.encode())

    titles = {
        str(one(node, "id").text).partition("#ref-")[2]: one(node, "title").text for node in root.iter(f"{ATOM}entry")
    }
    expected = {key: FORBIDDEN.sub("", re.sub("\r\n?", "\n", title)) for key, title in titles_of(hostile).items()}
    assert titles == expected


def test_feedparser_shows_hostile_titles_as_text(hostile: list[Entry]) -> None:
    entries = [replace(each, fields={"dateadded": "2026-01-01"}) for each in hostile]

    feed = feedparser.parse(write(entries, Library(entries)).text.encode())

    assert feed.bozo == 0
    for read in feed.entries:
        title = FORBIDDEN.sub("", titles_of(hostile)[read.id.partition("#ref-")[2]])
        # feedparser takes U+0085 and U+009F for what they are in Windows-1252.
        assert spaced(read.title_detail.value) == spaced(title.replace("\u0085", "…").replace("\u009f", "Ÿ"))
        assert read.title_detail.type == "text/plain"


def test_an_entry_with_no_address_leads_to_our_page() -> None:
    lone = replace(entry(dateadded="2026-01-01"), url="")

    root = fromstring(write([lone], Library([lone])).text.encode())

    links = one(root, "entry").findall(f"{ATOM}link")
    assert [(link.get("rel"), link.get("href")) for link in links] == [
        ("alternate", "https://example.org/page.html#ref-k")
    ]
