"""Archived copies of pages that are gone, from the Wayback Machine's availability answer.

Its silence means nothing: the answer may be empty for pages that the archive holds.
The interface: https://archive.org/help/wayback_api.php
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from linkhealth.client import Client, FaultError
from linkhealth.elsewhere import is_copy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from linkhealth.addresses import Guard
    from linkhealth.client import Limits
    from linkhealth.rules import Rules

_QUESTION: Final = "https://archive.org/wayback/available?url="


class ArchiveError(RuntimeError):
    """The archive could not be asked."""


def find_copies(
    urls: Mapping[str, datetime | None], rules: Rules, guard: Guard, limits: Limits, on_copy: Callable[[str, str], None]
) -> None:
    """Ask for a copy of each page, as near as can be to when it was last alive.

    :param on_copy: given the URL and the address of its copy, the moment it is found.
    :raises ArchiveError: if the archive never answered.
    :raises ProxyError: if the environment names a proxy that cannot be used.
    """
    asyncio.run(_find_copies(urls, rules, guard, limits, on_copy))


def copy_of(answer: bytes) -> str | None:
    """Give the address of the copy that an availability answer names."""
    try:
        closest = json.loads(answer)["archived_snapshots"]["closest"]
        url, status = closest["url"], str(closest.get("status", "200"))
        is_there = closest["available"] is True and status == "200"
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if not (is_there and isinstance(url, str) and is_copy(url)):
        return None
    return re.sub(r"^http:", "https:", url)


async def _find_copies(
    urls: Mapping[str, datetime | None], rules: Rules, guard: Guard, limits: Limits, on_copy: Callable[[str, str], None]
) -> None:
    faults: list[FaultError] = []
    async with Client(rules.contact, limits, guard) as client:
        for number, (url, last_alive) in enumerate(urls.items()):
            if number:
                await asyncio.sleep(1 / rules.of("archive.org").pace.rate)
            when = last_alive.strftime("&timestamp=%Y%m%d%H%M%S") if last_alive else ""
            try:
                reply = await client.ask(f"{_QUESTION}{quote(url, safe='')}{when}")
            except FaultError as fault:
                faults.append(fault)
                continue
            copy = copy_of(reply.body) if reply.status == 200 else None
            if copy is not None:
                on_copy(url, copy)
    if faults and len(faults) == len(urls):
        raise ArchiveError(f"the Wayback Machine could not be asked: {faults[0].detail}")
