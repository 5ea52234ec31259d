"""What went in and what came of it: each entry of the bib files is shown, or named with the reason."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refblock.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from refblock.bibdata import BibFault

_LEFT_OUT = {
    Diagnostic.BIB_SYNTAX: "broken",
    Diagnostic.DUPLICATE_KEY: "duplicate key",
    Diagnostic.SWALLOWED_ENTRY: "inside another",
}
"""Why an entry is left out, by the message that names it."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The two sides of the account."""

    given: int
    """How many entries the bib files hold, counted in their text and not by what was read from it."""
    shown: int
    reported: dict[str, tuple[str, ...]]
    """What no page shows, by the reason: keys, with file and line where two may share a key."""

    @property
    def accounted(self) -> int:
        """How many are shown or reported."""
        return self.shown + sum(map(len, self.reported.values()))

    def __str__(self) -> str:
        """Write it in one line."""
        reasons = ", ".join(f"{len(keys)} {reason}" for reason, keys in self.reported.items() if keys)
        count = self.accounted - self.shown
        return f"{self.given} entries = {self.shown} shown + {count} reported{f' ({reasons})' if reasons else ''}"

    def as_json(self) -> str:
        """Write it as JSON."""
        values = {"entries": self.given, "shown": self.shown, "reported": self.reported}
        return json.dumps(values, ensure_ascii=False, indent=1) + "\n"


def balance(
    given: int,
    shown: Collection[str],
    unshown: Iterable[str],
    containers: Iterable[str],
    faults: Iterable[BibFault],
) -> Ledger:
    """Draw up the account.

    :param given: how many entries the bib files hold.
    :param shown: the keys that stand on pages.
    :param unshown: those that stand on none.
    :param containers: those that only hold what other entries share.
    :param faults: what is wrong with the bib files.
    """
    reported: dict[str, list[str]] = {"not shown": list(unshown), "no reference by itself": list(containers)}
    for fault in faults:
        if "entry" in fault.parts:
            reported.setdefault(_LEFT_OUT[fault.diagnostic], []).append(f"{fault.source}: {fault.parts['entry']}")
    return Ledger(given, len(shown), {reason: tuple(keys) for reason, keys in reported.items()})
