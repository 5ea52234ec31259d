"""Which links to ask for in a run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from linkhealth.record import is_fresh
from linkhealth.rules import host_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from linkhealth.record import LinkState

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a run is asked to do."""

    max_age: timedelta = timedelta(days=30)
    hosts: frozenset[str] = frozenset()
    """Only these hosts, and those below them; all where there is none."""
    limit: int | None = None
    shard: tuple[int, int] = (1, 1)
    """Which part of how many."""
    fresh_too: bool = False


def choose(urls: Iterable[str], known: Mapping[str, LinkState], choice: Choice, now: datetime) -> list[str]:
    """Give the links to ask for: those never asked for first, then the ones asked for longest ago."""
    part, parts = choice.shard
    due = [
        url
        for url in urls
        if (not choice.hosts or is_on(url, choice.hosts))
        and (parts == 1 or _part_of(url, parts) == part - 1)
        and (choice.fresh_too or not is_fresh(url, known.get(url), now, choice.max_age))
    ]
    due.sort(key=lambda url: known[url].last_check if url in known else _NEVER)
    return due if choice.limit is None else due[: choice.limit]


def is_on(url: str, hosts: Collection[str]) -> bool:
    """Say whether a link leads to one of some hosts, or to one below them."""
    labels = host_of(url).split(".")
    return any(".".join(labels[start:]) in hosts for start in range(len(labels)))


def _part_of(url: str, parts: int) -> int:
    """Give the part that a link falls into: a host, and those beside it, are asked by one part alone."""
    domain = ".".join(host_of(url).split(".")[-2:])
    return int.from_bytes(hashlib.sha256(domain.encode()).digest()[4:8]) % parts
