"""When a reference appeared, read from its ``date``, or its ``year`` and ``month``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from refblock.entries import Entry

_DATE: Final = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?(?:T.*)?")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def publication_date(entry: Entry) -> tuple[tuple[int, ...], ...]:
    """Give year, month and day, as far as they are known: one such for a date, two for a period.

    Seasons, uncertain dates and open periods (biblatex manual 3.17, section 2.3.8) have no numbers for all of that;
    they, and years that are no numbers, give what of them is a plain date, or nothing.
    """
    date = entry.fields.get("date", "")
    if date:
        return tuple(parts for part in date.split("/")[:2] if (parts := _numbers(part)))
    if not re.fullmatch(r"\d{4}", entry.year):
        return ()
    month = entry.fields.get("month", "").strip().lower()
    number = int(month) if re.fullmatch(r"0?[1-9]|1[0-2]", month) else 0
    if month[:3] in _MONTHS:
        number = _MONTHS.index(month[:3]) + 1
    return ((int(entry.year), number) if number else (int(entry.year),),)


def iso(parts: tuple[int, ...]) -> str:
    """Write year, month and day as ISO 8601 does, as far as they are given."""
    return "-".join(f"{part:0{4 if place == 0 else 2}d}" for place, part in enumerate(parts))


def _numbers(text: str) -> tuple[int, ...]:
    found = _DATE.fullmatch(text.strip().rstrip("?~%"))
    return tuple(int(part) for part in found.groups() if part) if found else ()
