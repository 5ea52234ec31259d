"""Our own words, in each language of a site; the catalogs are read as they are written."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from babel.messages.pofile import read_po

_CATALOGS: Final = files(__package__) / "locale"


def word(code: str, english: str) -> str:
    """Give one of our words in a Sphinx language; English where there is no catalog for it."""
    return _catalog(code).get(english) or _catalog(code.split("_")[0]).get(english) or english


@cache
def _catalog(name: str) -> dict[str, str]:
    catalog = _CATALOGS / name / "LC_MESSAGES" / "sphinx_pagefind.po"
    if not catalog.is_file():
        return {}
    with catalog.open("rb") as stream:
        return {str(message.id): str(message.string) for message in read_po(stream)}
