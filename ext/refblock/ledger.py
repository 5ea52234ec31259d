"""What went in and what came of it: each entry of the bib files is shown, or named with the reason."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refblock.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from refblock.bibdata import BibFault

_LEFT_OUT = {Diagnostic.BIB_SYNTAX: "broken", Diagnostic.DUPLICATE_KEY: "duplicate key"}
"""The messages that name an entry which is left out, and what it then is."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The two sides of the account, by key, or by place where there is none."""

    read: tuple[str, ...]
    """The keys of what was read."""
    shown: tuple[str, ...]
    reported: dict[str, tuple[str, ...]]
    """What no page shows, by the reason."""

    @property
    def given(self) -> int:
        """How many entries the bib files hold."""
        return len(self.read) + sum(len(self.reported.get(reason, ())) for reason in _LEFT_OUT.values())

    @property
    def accounted(self) -> int:
        """How many are shown or reported."""
        return len(self.shown) + sum(map(len, self.reported.values()))

    def __str__(self) -> str:
        """Write it in one line."""
        reasons = ", ".join(f"{len(keys)} {reason}" for reason, keys in self.reported.items() if keys)
        count = self.accounted - len(self.shown)
        return f"{self.given} entries = {len(self.shown)} shown + {count} reported{f' ({reasons})' if reasons else ''}"

    def as_json(self) -> str:
        """Write it as JSON."""
        values = {"entries": self.given, "shown": len(self.shown), "reported": self.reported}
        return json.dumps(values, ensure_ascii=False, indent=1) + "\n"


def balance(
    read: Iterable[str],
    shown: Collection[str],
    unshown: Iterable[str],
    containers: Iterable[str],
    faults: Iterable[BibFault],
) -> Ledger:
    """Draw up the account.

    :param read: the keys of all that was read.
    :param shown: the keys that stand on pages.
    :param unshown: those that stand on none.
    :param containers: those that only hold what other entries share.
    :param faults: what is wrong with the bib files.
    """
    reported: dict[str, list[str]] = {"not shown": list(unshown), "no reference by itself": list(containers)}
    for fault in faults:
        if fault.diagnostic in _LEFT_OUT:
            reported.setdefault(_LEFT_OUT[fault.diagnostic], []).append(fault.source)
    kept = {reason: tuple(keys) for reason, keys in reported.items()}
    return Ledger(tuple(read), tuple(sorted(shown)), kept)
