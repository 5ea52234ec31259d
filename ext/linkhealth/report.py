"""What a curator is told: which links are newly broken, and what else is worth a look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from linkhealth.record import BROKEN, LinkState, count
from linkhealth.rules import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from linkhealth.record import Record
    from linkhealth.sources import Place

_ORDER: Final = (
    Verdict.GONE,
    Verdict.SUSPECTED,
    Verdict.CHANGED,
    Verdict.MOVED,
    Verdict.UNREACHABLE,
    Verdict.BLOCKED,
    Verdict.NOT_CHECKED,
    Verdict.ALIVE,
)


@dataclass(frozen=True, slots=True)
class Item:
    """One link, what is known of it, and where it stands."""

    url: str
    state: LinkState
    places: Sequence[Place]
    is_new: bool
    """Whether it is broken now and was not in the baseline."""


@dataclass(frozen=True, slots=True)
class Report:
    """All links, newly broken ones first."""

    items: Sequence[Item]
    unknown: Sequence[str]
    """Links that were never checked."""

    @property
    def newly_broken(self) -> list[Item]:
        """The links that are broken and were not."""
        return [item for item in self.items if item.is_new]

    @property
    def counts(self) -> dict[str, int]:
        """How many links there are of each verdict."""
        return count(item.state for item in self.items)

    @property
    def exit_code(self) -> int:
        """0 if nothing is newly broken, else 1."""
        return 1 if self.newly_broken else 0

    def of(self, *verdicts: Verdict, new: bool = False) -> list[Item]:
        """Give the links of some verdicts, either the newly broken ones or the others."""
        return [item for item in self.items if item.state.verdict in verdicts and item.is_new is new]


def make_report(
    urls: Iterable[str], places: Mapping[str, Sequence[Place]], record: Record, baseline: Record | None
) -> Report:
    """Compare what is known now with what was known.

    :param urls: the links to speak of.
    :param places: where links stand.
    :param baseline: what was known before; None where nothing was, so that all that is broken is new.
    """
    known, urls = record.links, list(urls)
    items = [
        Item(url, known[url], places.get(url, ()), _is_new(url, known[url], baseline)) for url in urls if url in known
    ]
    # Sorting keeps the order of the list among equals.
    items.sort(key=lambda item: (not item.is_new, _ORDER.index(item.state.verdict)))
    return Report(items, [url for url in urls if url not in known])


def _is_new(url: str, state: LinkState, baseline: Record | None) -> bool:
    if state.verdict not in BROKEN:
        return False
    before = baseline.links.get(url) if baseline is not None else None
    return before is None or before.verdict not in BROKEN
