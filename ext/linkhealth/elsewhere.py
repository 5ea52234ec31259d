"""Where else to look for a page that is gone: an archived copy, or a search on the web by title."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

SEARCH: Final = "Bing"
_ADDRESS: Final = "https://www.bing.com/search?q="
"""It finds titles in both languages, and opens in China too, unlike most others."""
_COPY: Final = re.compile(r"https?://web\.archive\.org/web/\d{4,14}[a-z_]*/\S+")


def search_address(title: str) -> str:
    """Give the address of a search for the exact title."""
    return f"{_ADDRESS}{quote(chr(34) + title.strip() + chr(34), safe='')}"


def is_copy(url: str) -> bool:
    """Say whether an address is that of a copy in the Wayback Machine."""
    return _COPY.fullmatch(url) is not None


def is_elsewhere(url: str) -> bool:
    """Say whether a site has an address from us, and not as a reference of its own: nobody need check it."""
    return url.startswith(_ADDRESS) or is_copy(url)
