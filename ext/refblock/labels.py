"""Our own words on pages, in the page's language.

The catalog is read as it is written, without a compiled copy beside it.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from refblock.layout import Label

_CATALOGS: Final = files(__package__) / "locale"


@cache
def labels(language: str) -> Label:
    """Give the function that turns an English label into that of a Sphinx language.

    :param language: as in ``conf.py``: ``zh_CN``; a language without a catalog reads English.
    """
    for name in (language, language.split("_")[0]):
        catalog = _CATALOGS / name / "LC_MESSAGES" / "refblock.po"
        if name and catalog.is_file():
            with catalog.open("rb") as stream:
                messages = {str(message.id): str(message.string) for message in read_po(stream) if message.string}
            return lambda label: messages.get(label, label)
    return lambda label: label
