"""The links to check, and where each of them stands: from bib files, from a crawl, or from a plain list."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from linkhealth.bibfile import BibEntry, read_entries
from linkhealth.page import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


_ARXIV: Final = re.compile(
    r"(?:https?://arxiv\.org/(?:abs|pdf)/|arxiv:\s*)?(\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+(?:\.[a-z]{2})?/\d{7}(?:v\d+)?)",
    re.IGNORECASE,
)


class SourceError(ValueError):
    """A list of links that cannot be read."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a link stands."""

    path: str = ""
    line: int = 0
    key: str = ""
    """The citation key of the entry that has it."""
    title: str = ""
    parallel_title: str = ""
    """The title in the other language."""
    page: str = ""
    """The page of the site that shows it."""

    @property
    def spot(self) -> str:
        """The place as editors and terminals understand it."""
        return f"{self.path}:{self.line}" if self.line else self.path


def read_sources(paths: Iterable[Path]) -> dict[str, list[Place]]:
    """Read lists of links: bib files, JSON lines as ``discover`` writes them, or one address a line.

    :returns: the places of each URL, in the order of the lists.
    :raises SourceError: if one cannot be read.
    """
    links: dict[str, list[Place]] = {}
    for path in paths:
        try:
            text = decode(path.read_bytes())
            for url, place in _read(path, text):
                places = links.setdefault(url, [])
                if place not in places:
                    places.append(place)
        except OSError as fault:
            raise SourceError(f"cannot read {path}: {fault}") from fault
    return links


def urls_of_entry(entry: BibEntry) -> Iterator[tuple[str, str]]:
    """Yield the addresses that a site links to for an entry, and the fields that they come from."""
    name = url_field(entry)
    if name:
        yield plain_url(entry.fields[name].text), name
    doi = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", plain_url(entry.text("doi")), flags=re.IGNORECASE)
    if doi:
        yield f"https://doi.org/{doi}", "doi"
    arxiv = _ARXIV.fullmatch(entry.text("eprint"))
    if arxiv and entry.text("eprinttype", "archiveprefix").lower() in {"", "arxiv"}:
        yield f"https://arxiv.org/abs/{arxiv.group(1)}", "eprint"


def url_field(entry: BibEntry) -> str:
    """Name the field that holds an entry's address: ``url``, or BibTeX's own ``howpublished`` where that is a link."""
    if "url" in entry.fields and entry.fields["url"].text.strip():
        return "url"
    told = entry.fields.get("howpublished")
    return "howpublished" if told is not None and re.match(r"https?://", plain_url(told.text), re.IGNORECASE) else ""


def address_in(text: str) -> tuple[int, int]:
    r"""Say from where to where the address stands in a field.

    It may stand in ``\url{…}``; and Mendeley writes all addresses that it knows, of which the first counts.
    """
    command = re.fullmatch(r"\s*\\url\s*\{([^{}]*)\}\s*", text)
    start, end = command.span(1) if command else (0, len(text))
    several = re.compile(r"\s*https?://\S+(?=\s+https?://)", re.IGNORECASE).match(text, start, end)
    end = several.end() if several else end
    inner = text[start:end]
    return start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip())


def plain_url(text: str) -> str:
    r"""Give the address of a field, without the backslashes that some programs put into it: ``\_`` for ``_``."""
    return re.sub(r"\{?\\([_%&#~$])\}?", r"\1", "".join(text[slice(*address_in(text))].split()))


def _read(path: Path, text: str) -> Iterator[tuple[str, Place]]:
    match path.suffix.lower():
        case ".bib":
            return _read_bib(path, text)
        case ".jsonl":
            return _read_json_lines(path, text)
        case _:
            return _read_plain(path, text)


def _read_bib(path: Path, text: str) -> Iterator[tuple[str, Place]]:
    for entry in read_entries(text):
        parallel = entry.text("titleaddon", "title_en", "title_zh", "titletranslation", "origtitle")
        for url, name in urls_of_entry(entry):
            yield url, Place(str(path), entry.fields[name].line, entry.key, entry.text("title"), parallel)


def _read_json_lines(path: Path, text: str) -> Iterator[tuple[str, Place]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
        except ValueError:
            raw = None
        pages = raw.get("pages") or [""] if isinstance(raw, dict) else None
        if not isinstance(pages, list) or not isinstance(raw.get("url"), str):
            raise SourceError(f'{path}:{number}: a line is written like {{"url": "https://…", "pages": ["…"]}}')
        for page in pages:
            yield raw["url"], _place_of(path, number, raw, str(page))


def _place_of(path: Path, number: int, raw: Mapping[str, object], page: str) -> Place:
    key, title, parallel = (str(raw.get(name) or "") for name in ("key", "title", "titleaddon"))
    # A list that a crawl wrote is no place that an author could mend; the page is.
    return Place("" if page else str(path), 0 if page else number, key, title, parallel, page)


def _read_plain(path: Path, text: str) -> Iterator[tuple[str, Place]]:
    for number, line in enumerate(text.splitlines(), 1):
        url = line.split(maxsplit=1)[0] if line.strip() else ""
        if url and not url.startswith("#"):
            yield url, Place(str(path), number)
