"""The order of a block's entries, and the groups that they fall into.

Nothing in here knows Sphinx, docutils or a bib file.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pypinyin import Style, lazy_pinyin

from refblock.layout import host_name, host_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from refblock.entries import Entry, Library
    from refblock.layout import Manner

SORTS: Final = ("author", "host", "key", "title", "type", "year")
GROUPS: Final = ("host", "language", "none", "topic", "type", "year")


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
    """Read ``year desc, title``.

    :raises ValueError: for a name that can't be sorted by, or a direction other than asc and desc.
    """
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


def collation(text: str, override: str = "") -> tuple[str, ...]:
    """Give what to sort a text by: Chinese by its pinyin, other letters without case and accents.

    :param override: sorted by instead, if given: ``sortname`` or ``sorttitle``.
    """
    plain = unicodedata.normalize("NFKD", override or text).casefold()
    letters = "".join(letter for letter in plain if letter.isalnum() or letter.isspace())
    return tuple(lazy_pinyin(letters, style=Style.TONE3, neutral_tone_with_five=True))


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
        case _:
            return manner.label(name)


def _by_title(entry: Entry, manner: Manner) -> tuple[str, ...]:
    return collation(entry.leading_title(manner.language).text, entry.fields.get("sorttitle", ""))


def _by_author(entry: Entry, manner: Manner) -> tuple[str, ...]:
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
