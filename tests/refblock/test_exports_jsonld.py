"""JSON-LD that we write, expanded by a processor and judged by a validator that knows schema.org's vocabulary."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lxml import html
from pyld import jsonld

from refblock.entries import Entry, Library, Name, Title
from refblock.exports import write_jsonld
from refblock.exports.jsonld import _SUBTYPES
from tests.refblock.comparing import titles_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SCHEMA = "https://schema.org/"
ADDRESS = "https://example.org/attention.html"


def place(key: str) -> str:
    """Give the address of an entry."""
    return f"{ADDRESS}#ref-{key}"


def write(entries: Iterable[Entry], library: Library) -> str:
    """Write a page."""
    return write_jsonld(entries, library, name="注意力", address=ADDRESS, language="zh-Hans", place=place)


def expanded(text: str) -> dict[str, Any]:
    """Expand a document, with the terms of schema.org's context that say more than the vocabulary's address."""
    context = {"@vocab": SCHEMA, "url": {"@type": "@id"}, "sameAs": {"@type": "@id"}}

    def load(address: str, _: object) -> dict[str, Any]:
        assert address == SCHEMA.rstrip("/")
        return {"contextUrl": None, "documentUrl": address, "document": {"@context": context}}

    (page,) = jsonld.expand(json.loads(text), {"documentLoader": load})
    found: dict[str, Any] = page
    return found


def items(page: dict[str, Any]) -> list[dict[str, Any]]:
    """Give what a page lists."""
    (listed,) = page[f"{SCHEMA}mainEntity"]
    return [element[f"{SCHEMA}item"][0] for element in listed[f"{SCHEMA}itemListElement"]]


def texts(node: dict[str, Any], name: str) -> list[Any]:
    """Give the values of a property, texts and addresses alike."""
    return [value.get("@value", value.get("@id")) for value in node.get(f"{SCHEMA}{name}", [])]


def test_a_processor_finds_each_entry_in_full(refs: list[Entry], library: Library) -> None:
    found = items(expanded(write(refs, library)))

    assert len(found) == len(refs)
    for node, entry in zip(found, refs, strict=True):
        assert entry.parallel
        assert node["@id"] == f"{ADDRESS}#ref-{entry.key}"
        assert node[f"{SCHEMA}name"] == [{"@value": entry.title.text}]
        assert node[f"{SCHEMA}alternateName"] == [
            {"@value": entry.parallel.text, "@language": str(entry.parallel.language).lower()}
        ]
        assert texts(node, "inLanguage") == [entry.title.language]
        assert texts(node, "url") == [entry.href]
        links = {*texts(node, "url"), *texts(node, "sameAs")}
        assert links == {entry.url, entry.doi_href, entry.arxiv_href} - {""}
        assert texts(node, "keywords") == list(entry.topics)
        assert texts(node, "datePublished") == ([entry.year] if entry.year else [])
        names = [texts(author, "name")[0] for author in node.get(f"{SCHEMA}author", [])]
        assert names == [author.full for author in entry.authors]
        whole = [texts(part, "name")[0] for part in node.get(f"{SCHEMA}isPartOf", [])]
        named = entry.fields.get("journaltitle") or entry.fields.get("booktitle") or entry.organization
        assert whole == ([named] if named else [])
        about = node.get(f"{SCHEMA}about", [])
        # The same node as that work's own, so that programs can join the two.
        assert [work["@id"] for work in about] == [f"{ADDRESS}#ref-{key}" for key in entry.related]
        assert [texts(work, "name")[0] for work in about] == [library.entries[key].title.text for key in entry.related]


TYPES = ("book", "inbook", "thesis", "report", "dataset", "software", "misc", "patent", "proceedings", "periodical")


def test_a_validator_accepts_each_type_of_entry_and_the_real_list(
    refs: list[Entry], library: Library, validator: Callable[..., list[list[dict[str, Any]]]]
) -> None:
    kinds = [
        *(Entry(key=kind, type=kind, title=Title("T", None), source="", fields={"publisher": "P"}) for kind in TYPES),
        *(
            Entry(key=kind, type="online", title=Title("T", None), source="", fields={"entrysubtype": kind})
            for kind in _SUBTYPES
        ),
    ]
    pages = [
        f'<title>x</title><script type="application/ld+json">{text}</script>'
        for text in (write(refs, library), write(kinds, Library(kinds)))
    ]

    issues = validator(*pages, pages[0].replace('"alternateName"', '"otherName"'))

    assert issues[:2] == [[], []]
    # It does look.
    assert {issue["fieldNames"][0] for issue in issues[2]} == {"otherName"}


def test_hostile_titles_come_back_from_inside_a_script(hostile: list[Entry]) -> None:
    text = write(hostile, Library(hostile))
    page = html.document_fromstring(f'<title>x</title><script type="application/ld+json">{text}</script><p>after</p>')

    (script,) = page.cssselect("script")
    found = items(expanded(str(script.text)))
    assert script.text == text
    assert {node["@id"].partition("#ref-")[2]: texts(node, "name") for node in found} == {
        key: [title] for key, title in titles_of(hostile).items()
    }
    assert [paragraph.text for paragraph in page.cssselect("p")] == ["after"]


def test_nothing_in_it_can_end_a_script(hostile: list[Entry]) -> None:
    assert set(write(hostile, Library(hostile))).isdisjoint("<>&\u2028\u2029")


def test_an_institution_is_an_organization() -> None:
    names = (Name("Barnes and Noble"), Name("张宇"), Name("Smith", "John"))
    entry = Entry(key="k", type="book", title=Title("T", "en"), source="", authors=names)

    (node,) = items(expanded(write([entry], Library([entry]))))

    kinds = [author["@type"][0].removeprefix(SCHEMA) for author in node[f"{SCHEMA}author"]]
    assert kinds == ["Organization", "Person", "Person"]
