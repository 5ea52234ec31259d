"""sphinxcontrib-bibtex's ``cite`` roles, answered from our entries.

Its domain is handed what has been read, so that no bib file is parsed twice,
and its reference styles write each citation, with a link to the entry in its block.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, cast

from docutils import nodes
from pybtex.database import BibliographyData, Person
from pybtex.database import Entry as RawEntry
from pybtex.richtext import Text
from pybtex.style import FormattedEntry
from pybtex.utils import OrderedCaseInsensitiveDict
from sphinxcontrib.bibtex.bibfile import BibData, BibFile, get_mtime
from sphinxcontrib.bibtex.citation_target import CitationTarget, parse_citation_targets
from sphinxcontrib.bibtex.style.referencing import BracketStyle, PersonStyle, format_references
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle
from sphinxcontrib.bibtex.style.template import SphinxReferenceInfo

from refblock.bibdata.reading import read_raw
from refblock.langid import is_same_language
from refblock.layout import Manner, and_others, host_of, known_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment
    from sphinxcontrib.bibtex.domain import BibtexDomain

    from refblock.entries import Entry

DOMAIN: Final = "cite"
_AS_LATEX: Final = str.maketrans(
    {
        **{letter: f"{{{letter}}}" for letter in "-`',?!"},
        "%": r"{\%}",
        "\\": r"{\textbackslash}",
        "~": r"{\textasciitilde}",
        "{": "",
        "}": "",
    }
)
"""What LaTeX reads as something else, by itself or with its like beside it; braces it has no plain letter for."""


@dataclass(frozen=True, slots=True)
class Citation:
    """One entry as a citation names it."""

    entry: Entry
    docname: str
    """The page on which the entry stands."""
    id: str
    """The entry's id on that page."""
    cited_on: str
    """The page on which the citation stands."""


class _OnDemand(BibliographyData):  # type: ignore[misc]  # pybtex has no types
    """The raw entries of bib files, read when somebody first asks for them, and never stored with a build."""

    def __init__(self, read: Callable[[], Mapping[str, RawEntry]]) -> None:
        super().__init__()
        self._read = read
        del self.entries

    @cached_property
    def entries(self) -> OrderedCaseInsensitiveDict:
        found = OrderedCaseInsensitiveDict()
        for key, entry in self._read().items():
            # BibliographyData's add_entry looks for a duplicate in a way that grows with the bibliography.
            entry.key = key
            found[key] = entry
        return found

    def __reduce__(self) -> tuple[type[BibliographyData], tuple[()]]:
        return BibliographyData, ()


class _Linker:
    """A builder, as far as links go.

    Under its name of latex or rinoh, sphinxcontrib-bibtex would link to items of its own bibliographies.
    """

    name = "refblock"

    def __init__(self, builder: Builder) -> None:
        self.get_relative_uri = builder.get_relative_uri


class CitationDoor:
    """What we ask of sphinxcontrib-bibtex's domain, and what we tell it."""

    def __init__(self, env: BuildEnvironment) -> None:
        """Open the door to the domain of *env*."""
        self._domain = cast("BibtexDomain", env.get_domain(DOMAIN))

    def hand_over(self, paths: Sequence[Path], keys: Iterable[str], encoding: str) -> None:
        """Tell it what the files hold, at their present times, so that it parses nothing.

        It finds the entries themselves when it first asks for one, as its own ``bibliography`` directive does.
        Must run before its own ``builder-inited`` handler.
        """
        files = {path: BibFile(get_mtime(path), {}) for path in paths}
        if paths:
            files[paths[0]].keys.update(dict.fromkeys(keys))
        data = _OnDemand(lambda: read_raw(list(paths), encoding))
        self._domain.data["bibdata"] = BibData(encoding=encoding, bibfiles=files, data=data)

    def use_author_year(self, language: str) -> None:
        """Make the roles write authors and year in the manner of *language*."""
        self._domain.reference_style = _author_year(language)

    def lists(self, key: str) -> bool:
        """Say whether one of its own ``bibliography`` directives lists *key*."""
        return any(citation.key == key for citation in self._domain.citations)

    @staticmethod
    def targets(text: str) -> list[CitationTarget]:
        """Give the keys that a role's text names, each with what stands before and after it.

        :raises ValueError: if the text is not a list of keys.
        """
        return list(parse_citation_targets(text))

    def render(
        self,
        role: str,
        cited: Sequence[tuple[CitationTarget, Citation]],
        builder: Builder,
        manner: Manner,
    ) -> nodes.inline:
        """Write a citation as the reference style would, each part a link to its entry."""
        references = [
            (
                _as_raw(citation.entry, manner),
                FormattedEntry(citation.entry.key, Text(citation.entry.title.text), citation.entry.key),
                SphinxReferenceInfo(
                    builder=_Linker(builder),
                    fromdocname=citation.cited_on,
                    todocname=citation.docname,
                    citation_id=citation.id,
                    title=_tooltip(citation.entry, manner.language),
                    pre_text=target.pre,
                    post_text=target.post,
                ),
            )
            for target, citation in cited
        ]
        formatted = format_references(self._domain.reference_style, role, references)
        node = nodes.inline(classes=["bibtex-citation"])
        node += formatted.render(self._domain.backend)
        return node


def _as_raw(entry: Entry, manner: Manner) -> RawEntry:
    """Give what a reference style asks for: who, when, and else the title that leads and where it stands."""
    title = entry.leading_title(manner.language)
    raw = RawEntry(entry.type, fields={"title": _literal(_quoted(title.text, title.language))})
    raw.key = entry.key
    raw.fields["year"] = _literal(entry.year or host_of(entry, manner) or entry.venue or _undated(manner.language))
    known = known_names(entry.authors)
    for name in known if len(known) == len(entry.authors) else ():
        raw.add_person(Person(last=f"{{{_literal(name.family)}}}", first=_literal(name.given)), "author")
    if known and not raw.persons:
        # The styles write "et al." for three and more; of a list that goes on, there may be fewer.
        raw.add_person(Person(last=f"{{{_literal(known[0].family)}{and_others(manner)}}}"), "author")
    return raw


def _literal(text: str) -> str:
    """Write text so that the reference styles, which take every field for LaTeX, read it back to the character."""
    return text.translate(_AS_LATEX)


def _quoted(text: str, language: str | None) -> str:
    if is_same_language(language, "zh"):
        return text if text.startswith("《") else f"《{text.replace('《', '〈').replace('》', '〉')}》"
    return f"“{text}”"


def _undated(language: str) -> str:
    return "无日期" if is_same_language(language, "zh") else "n.d."


def _tooltip(entry: Entry, language: str) -> str:
    leading = entry.leading_title(language)
    titles = [leading, *(title for title in (entry.title, entry.parallel) if title and title != leading)]
    return " / ".join(title.text for title in titles)


def _author_year(language: str) -> AuthorYearReferenceStyle:
    if is_same_language(language, "zh"):
        brackets = BracketStyle(left="（", right="）", sep="；")
        person = PersonStyle(sep="、", sep2="和", last_sep="、", other=Text("等"))
        style = AuthorYearReferenceStyle(**_bracketed(brackets), person=person, author_year_sep="，",
                                         text_reference_sep="", post_text_sep="，")  # fmt: skip
    else:
        brackets = BracketStyle(left="(", right=")", sep="; ")
        style = AuthorYearReferenceStyle(**_bracketed(brackets), person=PersonStyle(other=Text(" et al.")))
    return style


def _bracketed(style: BracketStyle) -> dict[str, BracketStyle]:
    """Give every kind of citation the same brackets."""
    return {f"bracket_{kind}": style for kind in ("textual", "parenthetical", "author", "label", "year")}
