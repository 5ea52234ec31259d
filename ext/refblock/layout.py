"""An entry, as a reader of one language sees it: ordered parts, and no markup.

Nothing in here knows Sphinx, docutils or a bib file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from refblock.entries import Name
from refblock.langid import is_same_language, tag_of_text

if TYPE_CHECKING:
    from refblock.entries import Entry, Library, Title

_SHOWN_AUTHORS: Final = 4
"""Longer lists of authors show one fewer and say that there are more."""

PARTS: Final = (
    "parallel", "authors", "venue", "kind", "host", "year", "identifier", "topic",
    "badges", "about", "explained", "series", "see-also",
)  # fmt: skip
"""What ``:show:`` can name; the title that leads is always there."""

Label = Callable[[str], str]
"""From an English label to that of the page's language."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text with one role."""

    role: str
    """What it is, and the end of its class: ``host`` is ``.refblock-host``."""
    text: str
    href: str = ""
    key: str = ""
    """The citation key of the entry that it leads to, where it leads to one."""
    language: str | None = None
    name: str = ""
    """What it is called in every language, where that is not its text: ``attention`` of a topic."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A word on an entry's state, from another extension."""

    name: str
    """The end of its class, the same in every language: ``gone`` is ``.refblock-badge-gone``."""
    text: str
    href: str = ""
    hint: str = ""
    """A sentence that says more."""
    label: str = ""
    """The words under which a page's filter offers all badges of this name; ``text`` where empty."""


@dataclass(frozen=True, slots=True)
class Line:
    """Parts under one label: "About: …"."""

    role: str
    label: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class LaidOutEntry:
    """Everything a block shows of one entry, in order."""

    key: str
    kind: str
    """The kind of item, else the entry type: ``survey``, ``article``."""
    leading: Title
    href: str
    parallel: Title | None
    original_mark: str
    """The words that mark the parallel title as the item's own; empty where the leading one is."""
    meta: tuple[Part, ...]
    badges: tuple[Badge, ...]
    lines: tuple[Line, ...]

    @property
    def titles(self) -> tuple[Title, ...]:
        """The titles that are shown, the leading one first."""
        return (self.leading, self.parallel) if self.parallel else (self.leading,)


@dataclass(frozen=True, slots=True)
class Manner:
    """For whom entries are laid out."""

    language: str
    """The page's language, a BCP 47 tag."""
    label: Label
    topic_names: Mapping[str, str]
    """The names of topics in that language."""
    organization_names: Mapping[str, str]
    """The names of organizations in that language."""


def lay_out(entry: Entry, library: Library, manner: Manner, badges: tuple[Badge, ...] = ()) -> LaidOutEntry:
    """Order what a block shows of an entry for a reader of ``manner.language``."""
    leading = entry.leading_title(manner.language)
    parallel = entry.parallel if leading == entry.title else entry.title
    return LaidOutEntry(
        key=entry.key,
        kind=kind_of(entry),
        leading=leading,
        href=entry.href,
        parallel=parallel,
        original_mark=manner.label("original title") if leading != entry.title else "",
        meta=tuple(_meta(entry, manner)),
        badges=badges,
        lines=tuple(line for make in _LINES if (line := make(entry, library, manner))),
    )


def parse_show(text: str) -> tuple[str, ...] | None:
    """Read a list of parts to show; ``all``, which is None here, for every part.

    :raises ValueError: for a part that no entry has.
    """
    if text.strip() == "all":
        return None
    parts = tuple(part.strip() for part in text.split(",") if part.strip())
    for part in parts:
        if part not in PARTS:
            raise ValueError(f"{part!r} is not a part of an entry; write all, or some of {', '.join(PARTS)}")
    return parts


def only(entry: LaidOutEntry, parts: Collection[str]) -> LaidOutEntry:
    """Give an entry with just these parts besides its title, and with what must be said of it."""
    return replace(
        entry,
        parallel=entry.parallel if "parallel" in parts else None,
        meta=tuple(part for part in entry.meta if part.role in {*parts, "problem"}),
        badges=entry.badges if "badges" in parts else (),
        lines=tuple(line for line in entry.lines if line.role in parts),
    )


def lead(label: str) -> str:
    """Give a label as it stands before what it labels: a colon of Chinese brings its own space."""
    return label if not label or label.endswith("：") else f"{label} "


def joint(part: Part) -> str:
    """Give what stands between a part of a line and the one before: an identifier belongs to the work before it."""
    return " " if part.role == "identifier" else " · "


def short_name(entry: Entry, manner: Manner) -> str:
    """Name an entry in a few words: "Vandenhende et al. 2022", or its leading title where nobody is named."""
    known = known_names(entry.authors)
    if not known:
        return entry.leading_title(manner.language).text
    chinese = is_same_language(manner.language, "zh")
    match entry.authors:
        case [only]:
            who = only.family
        case [one, two] if len(known) == 2:
            who = f"{one.family}{'和' if chinese else ' and '}{two.family}"
        case _:
            who = f"{known[0].family}{and_others(manner)}"
    return f"{who} {entry.year}".rstrip()


def again(entry: LaidOutEntry, manner: Manner) -> LaidOutEntry:
    """Have an entry that stands elsewhere too say so, with a link to where citations lead."""
    return replace(entry, meta=(*entry.meta, Part("home", manner.label("main entry"), key=entry.key)))


def kind_of(entry: Entry) -> str:
    """Give the kind of item that an entry is: ``survey``, ``slides``; else its type."""
    return entry.fields.get("entrysubtype") or entry.type


def host_of(entry: Entry, manner: Manner) -> str:
    """Name where an item stands: its organization, else the host of its address."""
    if entry.organization:
        return manner.organization_names.get(entry.organization, entry.organization)
    return host_name(entry)


def host_name(entry: Entry) -> str:
    """Give the host of an entry's address; empty without one."""
    try:
        return (urlsplit(entry.url).hostname or "").removeprefix("www.")
    except ValueError:
        # A bracket in the host, say; the link is shown as it is given.
        return ""


def people(names: Sequence[Name], manner: Manner) -> str:
    """Join the names of people, the later ones of many left to "et al."."""
    known = known_names(names)
    shown = known if len(known) <= _SHOWN_AUTHORS else known[: _SHOWN_AUTHORS - 1]
    text = ("、" if is_same_language(manner.language, "zh") else ", ").join(name.full for name in shown)
    return text if len(shown) == len(names) or not shown else f"{text}{and_others(manner)}"


def known_names(names: Sequence[Name]) -> list[Name]:
    """Leave out the "others" with which a bib file ends a list of names that goes on."""
    return [name for name in names if name != Name("others")]


def and_others(manner: Manner) -> str:
    """Give what follows the last name of a list that goes on."""
    return "等" if is_same_language(manner.language, "zh") else " et al."


def _meta(entry: Entry, manner: Manner) -> list[Part]:
    parts = []
    if entry.authors:
        parts.append(Part("authors", people(entry.authors, manner)))
    if entry.venue:
        parts.append(Part("venue", entry.venue, language=_foreign(entry.venue, manner)))
    elif entry.arxiv and not entry.organization:
        parts.append(Part("venue", manner.label("arXiv preprint")))
    if entry.fields.get("entrysubtype"):
        parts.append(Part("kind", manner.label(entry.fields["entrysubtype"])))
    if entry.organization or not entry.authors:
        host = host_of(entry, manner)
        parts.append(Part("host", host, language=_foreign(host, manner), name=entry.organization))
    if entry.year:
        parts.append(Part("year", entry.year))
    parts += [Part("identifier", f"{name}:{text}", href=href) for name, text, href in _identifiers(entry)]
    if entry.fields.get("url") and not entry.url:
        parts.append(Part("problem", manner.label("address withheld: only http, https and mailto are linked")))
    parts += [Part("topic", manner.topic_names.get(topic, topic), name=topic) for topic in entry.topics]
    return [part for part in parts if part.text]


def _foreign(name: str, manner: Manner) -> str | None:
    """Give the tag of a name in a script that the page's readers may lack, so that a browser picks fitting glyphs."""
    tag = None if name.isascii() else tag_of_text(name)
    return None if tag == "en" or is_same_language(tag, manner.language) else tag


def _identifiers(entry: Entry) -> list[tuple[str, str, str]]:
    known = [("DOI", entry.doi, entry.doi_href), ("arXiv", entry.arxiv, entry.arxiv_href)]
    return [(name, text, href) for name, text, href in known if text]


def _about(entry: Entry, library: Library, manner: Manner) -> Line | None:
    if entry.relation != "reviewof":
        return None
    parts = []
    for other in _found(entry.related, library):
        parts.append(Part("work", short_name(other, manner), key=other.key))
        parts += [Part("identifier", name, href=href) for name, _, href in _identifiers(other)]
    return Line("about", manner.label("About:"), tuple(parts)) if parts else None


def _explained(entry: Entry, library: Library, manner: Manner) -> Line | None:
    parts = [
        Part("review", title.text, key=other.key, language=title.language)
        for other in _found(library.reviews.get(entry.key, ()), library)
        for title in [other.leading_title(manner.language)]
    ]
    return Line("explained", manner.label("Explained in:"), tuple(parts)) if parts else None


def _series(entry: Entry, library: Library, manner: Manner) -> Line | None:
    siblings = library.siblings(entry.key)
    if len(siblings) < 2 or entry.key not in siblings:
        return None
    parts = []
    for other in _found(siblings, library):
        number = manner.label("part {number}").format(number=other.fields["number"])
        parts.append(Part("part", number, key="" if other is entry else other.key))
    return Line("series", manner.label("Series:"), tuple(parts))


def _see_also(entry: Entry, library: Library, manner: Manner) -> Line | None:
    parts = []
    for other in _found(library.twins.get(entry.key, ()), library):
        title = other.leading_title(manner.language)
        host = host_of(other, manner)
        if host and title == entry.leading_title(manner.language):
            # Of two posts with one title the title tells nothing; where the other stands does.
            text = manner.label("another post of this title ({host})").format(host=host)
            parts.append(Part("twin", text, key=other.key))
        else:
            parts.append(Part("twin", title.text, key=other.key, language=title.language))
    return Line("see-also", manner.label("See also:"), tuple(parts)) if parts else None


def _found(keys: Sequence[str], library: Library) -> list[Entry]:
    return [library.entries[key] for key in keys if key in library.entries]


_LINES: Final = (_about, _explained, _series, _see_also)
