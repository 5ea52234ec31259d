"""COinS that we write, read by the rules of Zotero's own reader (zotero/utilities, openurl.js)."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote

from lxml import html

from refblock.entries import Entry, Library, Name, Title
from refblock.exports import coins
from tests.refblock.comparing import titles_of


def values(entry: Entry, library: Library) -> dict[str, list[str]]:
    """Give the values of each key."""
    found: dict[str, list[str]] = {}
    for key, value in parse_qsl(coins(entry, library), strict_parsing=True):
        found.setdefault(key, []).append(value)
    return found


def zotero(entry: Entry, library: Library) -> dict[str, object]:
    """Read as Zotero does: by its rules for the formats and keys that we write."""
    parts = coins(entry, library).split("&")
    pairs = [(part.split("=")[0], unquote(part.split("=")[1].replace("%2B", " "))) for part in parts]
    kind = next(value for key, value in pairs if key == "rft_val_fmt").rpartition(":")[2]
    if kind == "book":
        genres = {"rft.genre=bookitem": "bookSection", "rft.genre=proceeding": "conferencePaper"}
        kind = next((genres[part] for part in parts if part in genres), "book")
    item: dict[str, object] = {"itemType": {"journal": "journalArticle", "dc": "webpage"}.get(kind, kind)}
    creators: list[str] = []
    tags: list[str] = []
    for key, value in pairs:
        if key == "rft_id" and value.startswith("info:doi"):
            item["DOI"] = value[9:]
        elif key == "rft_id" and value.startswith("http"):
            item["url"] = value
        elif key == "rft.type":
            item["itemType"] = value
        elif key in {"rft.au", "rft.creator"}:
            creators.append(value)
        elif key == "rft.subject":
            tags.append(value)
        elif key in {"rft.atitle", "rft.title"} or (key == "rft.btitle" and kind == "book"):
            item["title"] = value
        elif key in {"rft.jtitle", "rft.btitle", "rft.source"}:
            item["publicationTitle"] = value
        else:
            item[key.removeprefix("rft.")] = value
    return {**item, "creators": creators, "tags": tags}


def test_zotero_reads_the_real_list(refs: list[Entry], library: Library) -> None:
    kinds = {"online": "webpage", "article": "journalArticle", "inproceedings": "conferencePaper", "misc": "preprint"}
    for entry in refs:
        item = zotero(entry, library)
        # Its reader takes a plus sign for a space, however it is written.
        assert item["title"] == entry.title.text.replace("+", " ")
        assert item["itemType"] == kinds[entry.type]
        assert item["url"] == entry.href
        assert item.get("DOI", "") == entry.doi
        assert item["language"] == entry.title.language
        assert item["creators"] == [f"{name.family}, {name.given}" for name in entry.authors]
        assert item.get("date", "") == entry.year
        assert item["tags"] == list(entry.topics)
        assert item.get("publicationTitle", "") == (entry.venue or entry.organization)
        assert entry.parallel
        assert item["description"] == f"Parallel title ({entry.parallel.language}): {entry.parallel.text}".replace(
            "+", " "
        )


def test_what_an_article_is_about_is_said(refs: list[Entry], library: Library) -> None:
    for entry in refs:
        said = values(entry, library).get("rft.relation", [])
        assert [relation.split()[1] for relation in said if relation.startswith("About: ")] == list(entry.related)


def test_hostile_titles_come_back_through_an_attribute(hostile: list[Entry]) -> None:
    library = Library(hostile)
    for entry in hostile:
        span = html.fromstring("<span></span>")
        span.set("title", coins(entry, library))
        (title,) = (span.get("title") or "").split("rft.title=")[1:]
        assert unquote(title.partition("&")[0]) == titles_of(hostile)[entry.key]
        assert values(entry, library)["rft.title"] == [titles_of(hostile)[entry.key]]


def test_the_text_needs_no_escape_but_for_ampersands(hostile: list[Entry]) -> None:
    for entry in hostile:
        assert set(coins(entry, Library(hostile))).isdisjoint("<>\"' \n{}\\")


def test_an_institution_is_no_person() -> None:
    names = (Name("Barnes and Noble"), Name("Smith", "John"))
    entry = Entry(key="k", type="article", title=Title("T", "en"), source="", authors=names)

    found = values(entry, Library([entry]))

    assert found["rft.aucorp"] == ["Barnes and Noble"]
    assert found["rft.au"] == ["Smith, John"]
    assert "rft.aulast" not in found
