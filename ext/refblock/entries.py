"""What a reference is, once it has been read: plain frozen values.

Nothing in here knows a bib file, a page or a writer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from refblock.langid import is_same_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Title:
    """A title and the language that it is in."""

    text: str
    language: str | None
    """BCP 47 tag, or None where it is not known."""


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name, or an institution's as ``family`` alone."""

    family: str
    given: str = ""

    @property
    def full(self) -> str:
        """The name as it is written in its own script: family name first, unspaced, in Chinese."""
        if not self.given:
            return self.family
        if not self.family.isascii() and not self.given.isascii() and is_cjk(self.family):
            return f"{self.family}{self.given}"
        return f"{self.given} {self.family}"


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One reference."""

    key: str
    type: str
    """The entry type in lower case, as the bib file has it: ``online``, ``article`` …"""
    title: Title
    """In the item's own language, exactly as given."""
    source: str
    """Where it stands: ``refs.bib:12``."""
    parallel: Title | None = None
    """The title in the other language."""
    authors: tuple[Name, ...] = ()
    year: str = ""
    venue: str = ""
    organization: str = ""
    url: str = ""
    """An http, https or mailto link, or empty."""
    doi: str = ""
    """Bare, without a resolver."""
    arxiv: str = ""
    """Bare arXiv identifier."""
    topics: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    """Keys of the entries that ``relation`` speaks of."""
    relation: str = ""
    """biblatex's ``relatedtype``; ``reviewof`` means: is about."""
    twins: tuple[str, ...] = ()
    """Keys of other entries for the same thing (``xref``)."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Every field by its lower-case name, as text, in the order of the bib file."""
    persons: Mapping[str, tuple[Name, ...]] = field(default_factory=dict)
    """The people by their field: ``author``, ``editor`` …"""

    def __repr__(self) -> str:
        # Sphinx writes out the arguments of each event, whether or not anyone reads that.
        return f"<Entry {self.key}>"

    @property
    def href(self) -> str:
        """The best address to send a reader to; empty where there is none."""
        return self.url or self.doi_href or self.arxiv_href

    @property
    def doi_href(self) -> str:
        """The lasting address of the DOI; empty without one."""
        return f"https://doi.org/{self.doi}" if self.doi else ""

    @property
    def arxiv_href(self) -> str:
        """The abstract page at arXiv; empty without an identifier."""
        return f"https://arxiv.org/abs/{self.arxiv}" if self.arxiv else ""

    def leading_title(self, language: str) -> Title:
        """Give the title for a reader of *language*: the one in it, else the original."""
        if self.parallel and not is_same_language(self.title.language, language):
            return self.parallel if is_same_language(self.parallel.language, language) else self.title
        return self.title


@dataclass(frozen=True, slots=True)
class Index:
    """What finding entries quickly needs, and what tells whether they have changed; it holds none of them."""

    digests: Mapping[str, bytes]
    """A digest of each entry's own content, by key."""
    by_topic: Mapping[str, tuple[str, ...]]
    by_type: Mapping[str, tuple[str, ...]]
    field_names: frozenset[str]
    reviews: Mapping[str, tuple[str, ...]]
    twins: Mapping[str, tuple[str, ...]]
    series: Mapping[str, tuple[str, ...]]
    """The parts of each numbered series of posts, by its name."""
    part_of: Mapping[str, str]
    """The name of the series that each of them belongs to."""


class Library:
    """All entries of a site's bib files, in their order, with what finding them quickly needs."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        """Hold *entries*; of two with one key the first stays."""
        self._given = entries
        self._digests: dict[str, str] = {}

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """The entries by key."""
        entries: dict[str, Entry] = {}
        for entry in self._given:
            entries.setdefault(entry.key, entry)
        return entries

    @cached_property
    def index(self) -> Index:
        """What is known of them all."""
        return _index(self.entries)

    @cached_property
    def fingerprint(self) -> str:
        """A digest of all entries: two libraries with the same one read alike."""
        return hashlib.sha256(b"".join(self.index.digests.values())).hexdigest()

    @cached_property
    def rank(self) -> Mapping[str, int]:
        """The place of each key in the bib files, from 0."""
        return _rank(self.entries)

    @property
    def keys_by_topic(self) -> Mapping[str, tuple[str, ...]]:
        """The keys of each topic, the topic in lower case, in the order of the bib files."""
        return self.index.by_topic

    @property
    def keys_by_type(self) -> Mapping[str, tuple[str, ...]]:
        """The keys of each entry type, in the order of the bib files."""
        return self.index.by_type

    @property
    def field_names(self) -> frozenset[str]:
        """Every field that some entry has."""
        return self.index.field_names

    @property
    def reviews(self) -> Mapping[str, tuple[str, ...]]:
        """For each entry, those that are about it, in the order of the bib files."""
        return self.index.reviews

    @property
    def twins(self) -> Mapping[str, tuple[str, ...]]:
        """The other entries for the same thing, seen from both sides."""
        return self.index.twins

    def siblings(self, key: str) -> tuple[str, ...]:
        """Give the parts of the series that an entry belongs to, by their numbers; none outside a series."""
        return self.index.series.get(self.index.part_of.get(key, ""), ())

    def shown_with(self, key: str) -> Iterator[str]:
        """Yield the keys of the other entries that a block names along with this one."""
        for other in (
            *self.entries[key].related,
            *self.reviews.get(key, ()),
            *self.twins.get(key, ()),
            *self.siblings(key),
        ):
            if other in self.entries and other != key:
                yield other

    def digest(self, key: str) -> str:
        """Digest all that a page shows of an entry: its own content and that of what it points at.

        :returns: a hexadecimal digest, or the empty string where no entry has the key,
            so that a key that appears later changes it.
        """
        if key not in self._digests:
            if key not in self.entries:
                return ""
            whole = hashlib.sha256(self.index.digests[key])
            for other in self.shown_with(key):
                whole.update(self.index.digests[other])
            self._digests[key] = whole.hexdigest()[:16]
        return self._digests[key]


def is_cjk(text: str) -> bool:
    """Say whether a text is written in Han characters, kana or hangul throughout."""
    return bool(text) and all(
        "\u2e80" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7af" or letter >= "\U00020000" for letter in text
    )


def _index(entries: Mapping[str, Entry]) -> Index:
    rank = _rank(entries)
    pairs = [(key, twin) for key, entry in entries.items() for twin in entry.twins if twin in entries]
    parts = [
        (key, entry.fields["series"])
        for key, entry in entries.items()
        if entry.type == "online" and entry.fields.get("series") and entry.fields.get("number")
    ]
    parts.sort(key=lambda part: entries[part[0]].fields["number"].zfill(6))
    return Index(
        digests={key: _own_digest(entry) for key, entry in entries.items()},
        by_topic=_gather((topic.lower(), key) for key, entry in entries.items() for topic in entry.topics),
        by_type=_gather((entry.type, key) for key, entry in entries.items()),
        field_names=frozenset(name for entry in entries.values() for name in (*entry.fields, *entry.persons)),
        reviews=_gather(
            (other, key) for key, entry in entries.items() if entry.relation == "reviewof" for other in entry.related
        ),
        twins=_gather(sorted({*pairs, *((twin, key) for key, twin in pairs)}, key=lambda pair: rank[pair[1]])),
        series=_gather((name, key) for key, name in parts),
        part_of=dict(parts),
    )


def _rank(entries: Iterable[str]) -> dict[str, int]:
    return {key: place for place, key in enumerate(entries)}


def _own_digest(entry: Entry) -> bytes:
    # The line number is left out: an entry that only moved down the file shows nothing new.
    shown = (entry.type, entry.key, entry.title, entry.parallel, *entry.fields.items(), *entry.persons.items())
    return hashlib.sha256(repr(shown).encode("utf-8", "surrogatepass")).digest()


def _gather(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for group, key in pairs:
        groups.setdefault(group, []).append(key)
    return {group: tuple(keys) for group, keys in groups.items()}
