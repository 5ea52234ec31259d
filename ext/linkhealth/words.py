"""Our own words on pages, in the page's language; the catalog is read as it is written."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from collections.abc import Callable

_CATALOGS: Final = files(__package__) / "locale"


@cache
def words(language: str) -> Callable[[str], str]:
    """Give the function that turns our English words into those of a Sphinx language, or leaves them."""
    for name in (language, language.partition("_")[0]):
        catalog = _CATALOGS / name / "LC_MESSAGES" / "linkhealth.po"
        if name and catalog.is_file():
            with catalog.open("rb") as stream:
                known = {str(message.id): str(message.string) for message in read_po(stream) if message.string}
            return lambda english: known.get(english, english)
    return lambda english: english
