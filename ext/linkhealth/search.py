"""A search on the web by title, for pages that are gone."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

SEARCH: Final = "Bing"
_ADDRESS: Final = "https://www.bing.com/search?q="
"""It finds titles in both languages, and opens in China too, unlike most others."""


def search_address(title: str) -> str:
    """Give the address of a search for the exact title."""
    return f"{_ADDRESS}{quote(chr(34) + title.strip() + chr(34), safe='')}"


def is_search(url: str) -> bool:
    """Say whether an address is such a search: it is no reference of the site's, and always there."""
    return url.startswith(_ADDRESS)
