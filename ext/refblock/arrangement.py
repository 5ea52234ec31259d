"""The order of a block's entries, and the groups that they fall into.

Nothing in here knows Sphinx, docutils or a bib file.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from babel import Locale, UnknownLocaleError
from pyuca import Collator

from refblock.layout import host_name, host_of
from refblock.pinyin import romanize

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from refblock.entries import Entry, Library
    from refblock.layout import Manner

SORTS: Final = ("author", "host", "key", "title", "type", "year")
GROUPS: Final = ("host", "language", "none", "topic", "type", "year")
NUMBERINGS: Final = ("yes", "continue", "no")
"""From 1 in each list; on from the list before it on the page; without numbers."""


@dataclass(frozen=True, slots=True)
class SortKey:
    """One thing to sort by."""

    name: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading; name and heading of an ungrouped list are empty."""

    name: str
    """What they share, the same in every language: ``2018``, ``self-attention``."""
    heading: str
    """What readers see."""
    keys: tuple[str, ...]


def parse_sort(text: str) -> tuple[SortKey, ...]:
    """Read ``year desc, title``; ``none`` is the order of the bib files.

    :raises ValueError: for a name that can't be sorted by, or a direction other than asc and desc.
    """
    if text.strip() == "none":
        return ()
    keys = []
    for part in text.split(","):
        name, *direction = part.split()[:2] or [""]
        if name not in SORTS or direction not in ([], ["asc"], ["desc"]) or len(part.split()) > 2:
            raise ValueError(f"{part.strip()!r} is not an order; write one of {', '.join(SORTS)}, then asc or desc")
        keys.append(SortKey(name, direction == ["desc"]))
    return tuple(keys)


def parse_group(text: str) -> str:
    """Read the name of a way to group.

    :raises ValueError: for any other name.
    """
    if text.strip() not in GROUPS:
        raise ValueError(f"{text.strip()!r} is not a way to group; write one of {', '.join(GROUPS)}")
    return text.strip()


def parse_limit(text: str) -> int:
    """Read how many entries a block shows at most; ``none``, which is 0 here, for all.

    :raises ValueError: for anything but a whole number from 1 on.
    """
    if text.strip() == "none":
        return 0
    if not text.strip().isdecimal() or int(text) == 0:
        raise ValueError(f"{text.strip()!r} is not a limit; write a whole number from 1 on, or none")
    return int(text)


def parse_numbered(text: str | None) -> str:
    """Read how entries are numbered; an option without a value says yes.

    :raises ValueError: for any other word.
    """
    word = (text or "yes").strip()
    if word not in NUMBERINGS:
        raise ValueError(f"{word!r} is not a way to number; write one of {', '.join(NUMBERINGS)}")
    return word


def sort(keys: Sequence[str], by: Sequence[SortKey], library: Library, manner: Manner) -> tuple[str, ...]:
    """Put keys in order; those that lack what is sorted by come last, either way, in the order they had."""
    ordered = list(keys)
    for key in reversed(by):
        place = _PLACES[key.name]
        lacking = [each for each in ordered if not place(library.entries[each], manner)]
        having = [each for each in ordered if place(library.entries[each], manner)]
        # Sorting is stable either way round, so later keys decide among equals.
        having.sort(key=lambda each, place=place: place(library.entries[each], manner), reverse=key.descending)  # type: ignore[misc]  # mypy can't see the bound default
        ordered = [*having, *lacking]
    return tuple(ordered)


def group(keys: Sequence[str], by: str, library: Library, manner: Manner) -> tuple[Group, ...]:
    """Gather keys under headings; an entry with several topics stands under each of them.

    Years run from the newest, topics in the order of ``refblock_topics``, all else by first appearance;
    what belongs nowhere comes last.
    """
    if by == "none":
        return (Group("", "", tuple(keys)),)
    groups: dict[str, list[str]] = {}
    for key in keys:
        for name in _names(library.entries[key], by) or [""]:
            groups.setdefault(name, []).append(key)
    names = list(groups)
    if by == "year":
        names.sort(reverse=True)
    elif by == "topic":
        order = {topic: place for place, topic in enumerate(manner.topic_names)}
        names.sort(key=lambda name: order.get(name, len(order)))
    names.sort(key=lambda name: not name)
    return tuple(Group(name or "other", _heading(name, by, manner), tuple(groups[name])) for name in names)


@lru_cache(maxsize=2**16)
def collation(text: str, override: str = "") -> tuple[int, ...]:
    """Give what to sort a text by: its place in the order of Unicode (UTS #10), Chinese by its pinyin.

    Punctuation counts for nothing, so that a title in quotation marks stands where its first word does.

    :param override: sorted by instead, if given: ``sortname`` or ``sorttitle``.
    """
    plain = unicodedata.normalize("NFKC", override or text)
    letters = "".join(letter for letter in plain if letter.isspace() or unicodedata.category(letter)[0] in "LMN")
    return tuple(_collator().sort_key(romanize(letters, tones=True)))


@cache
def _collator() -> Collator:
    return Collator()


def _names(entry: Entry, by: str) -> list[str]:
    match by:
        case "year":
            return [entry.year]
        case "topic":
            return list(entry.topics)
        case "type":
            return [entry.type]
        case "host":
            return [entry.organization or host_name(entry)]
        case _:
            return [entry.title.language or ""]


def _heading(name: str, by: str, manner: Manner) -> str:
    if not name:
        return manner.label("Other")
    match by:
        case "topic":
            return manner.topic_names.get(name, name)
        case "host":
            return manner.organization_names.get(name, name)
        case "year":
            return name
        case "language":
            return _language_name(name, manner)
        case _:
            return manner.label(name)


def _language_name(tag: str, manner: Manner) -> str:
    """Name a language in the page's: shortly where we have a word for it, else as CLDR does."""
    known = manner.label(tag)
    if known != tag:
        return known
    try:
        return Locale.parse(tag, sep="-").get_display_name(Locale.parse(manner.language, sep="-")) or tag
    except (UnknownLocaleError, ValueError):
        return tag


def _by_title(entry: Entry, manner: Manner) -> tuple[int, ...]:
    return collation(entry.leading_title(manner.language).text, entry.fields.get("sorttitle", ""))


def _by_author(entry: Entry, manner: Manner) -> tuple[int, ...]:
    names = "; ".join(f"{name.family} {name.given}" for name in entry.authors)
    return collation(names, entry.fields.get("sortname", "")) if names else ()


_PLACES: Final[dict[str, Callable[[Entry, Manner], object]]] = {
    "author": _by_author,
    "host": lambda entry, manner: collation(host_of(entry, manner)),
    "key": lambda entry, _: entry.key.lower(),
    "title": _by_title,
    "type": lambda entry, _: entry.type,
    "year": lambda entry, _: entry.year,
}
