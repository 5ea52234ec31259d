"""JSON-LD that we write, expanded by a processor and held against schema.org's vocabulary."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html
from pyld import jsonld

from refblock.entries import Entry, Library, Name, Title
from refblock.exports import write_jsonld

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SCHEMA = "https://schema.org/"
ADDRESS = "https://example.org/attention.html"

# schema.org release 30.0: data/releases/30.0/schemaorg-current-https.jsonld in schemaorg/schemaorg.
ABOVE = {
    "Article": "CreativeWork",
    "BlogPosting": "CreativeWork",
    "Book": "CreativeWork",
    "Chapter": "CreativeWork",
    "CollectionPage": "CreativeWork",
    "Course": "CreativeWork",
    "CreativeWork": "Thing",
    "Dataset": "CreativeWork",
    "ItemList": "Thing",
    "ListItem": "Thing",
    "Organization": "Thing",
    "Periodical": "CreativeWork",
    "Person": "Thing",
    "PresentationDigitalDocument": "CreativeWork",
    "PropertyValue": "Thing",
    "QAPage": "CreativeWork",
    "Report": "CreativeWork",
    "ScholarlyArticle": "CreativeWork",
    "SoftwareSourceCode": "CreativeWork",
    "Thesis": "CreativeWork",
    "WebPage": "CreativeWork",
    "WebSite": "CreativeWork",
}
"""The types that we use, and what each is a kind of, steps between left out."""
DOMAINS = {
    "Thing": {"alternateName", "identifier", "name", "sameAs", "url"},
    "CreativeWork": {
        *("about", "author", "datePublished", "inLanguage", "isPartOf", "keywords", "mainEntity", "mentions"),
        "publisher",
    },
    "ItemList": {"itemListElement", "numberOfItems"},
    "ListItem": {"item", "position"},
    "Person": {"familyName", "givenName"},
    "PropertyValue": {"propertyID", "value"},
}
"""The properties that we use, by the type that they belong to (``domainIncludes``)."""


def titles_of(entries: Iterable[Entry]) -> dict[str, str]:
    """Give the title of each entry by its key."""
    return {entry.key: entry.title.text for entry in entries}


def write(entries: Iterable[Entry], library: Library) -> str:
    """Write a page."""
    return write_jsonld(entries, library, name="注意力", address=ADDRESS, language="zh-Hans")


def expanded(text: str) -> dict[str, Any]:
    """Expand a document, with the terms of schema.org's context that say more than the vocabulary's address."""
    context = {"@vocab": SCHEMA, "url": {"@type": "@id"}, "sameAs": {"@type": "@id"}}

    def load(address: str, _: object) -> dict[str, Any]:
        assert address == SCHEMA.rstrip("/")
        return {"contextUrl": None, "documentUrl": address, "document": {"@context": context}}

    (page,) = jsonld.expand(json.loads(text), {"documentLoader": load})
    found: dict[str, Any] = page
    return found


def nodes(value: object) -> Iterator[dict[str, Any]]:
    """Yield each node of an expanded document."""
    if isinstance(value, list):
        for each in value:
            yield from nodes(each)
    elif isinstance(value, dict):
        if "@type" in value and "@value" not in value:
            yield value
        for each in value.values():
            yield from nodes(each)


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
        assert node[f"{SCHEMA}name"] == [{"@value": entry.title.text, "@language": str(entry.title.language).lower()}]
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
        assert [texts(work, "name")[0] for work in about] == [library.entries[key].title.text for key in entry.related]


def test_each_type_and_property_is_schema_orgs(refs: list[Entry], library: Library) -> None:
    for node in nodes(expanded(write(refs, library))):
        (kind,) = (each.removeprefix(SCHEMA) for each in node["@type"])
        allowed: set[str] = set()
        above = kind
        while above:
            allowed |= DOMAINS.get(above, set())
            above = ABOVE.get(above, "")
        assert kind in ABOVE
        assert {name.removeprefix(SCHEMA) for name in node if not name.startswith("@")} <= allowed, kind


@pytest.mark.parametrize("kind", ["book", "inbook", "thesis", "report", "dataset", "software", "misc", "patent"])
def test_an_entry_of_another_type_has_a_type_of_schema_orgs_too(kind: str) -> None:
    entry = Entry(key="k", type=kind, title=Title("T", None), source="", fields={"publisher": "P"})

    (node,) = items(expanded(write([entry], Library([entry]))))

    assert node["@type"][0].removeprefix(SCHEMA) in ABOVE
    assert texts(node, "name") == ["T"]


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
