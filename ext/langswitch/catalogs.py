"""Message catalogs: kept free of dates, and checked against the pages that they translate."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from babel.messages.catalog import Catalog

_VOLATILE: Final = re.compile(
    r'^(?:#(?![,~|.:]).*|"(?:Generated-By|Language-Team|Last-Translator|PO-Revision-Date|POT-Creation-Date'
    r'|Project-Id-Version|Report-Msgid-Bugs-To):.*")\n',
    re.MULTILINE,
)
"""Header lines that change with every update and tell a translator nothing, and the comments above the header."""


def settle(locale: Path) -> None:
    """Take out of every catalog below *locale* what changes though no message does."""
    for path in sorted(locale.rglob("*.po")):
        text = path.read_text(encoding="utf-8")
        header, separator, messages = text.partition("\n\n")
        header = _VOLATILE.sub("", header).replace("#, fuzzy\n", "")
        path.write_text(header.lstrip("\n") + separator + messages, encoding="utf-8")


def faults(templates: Path, locale: Path) -> Iterator[str]:
    """Yield what there is to mend in the catalogs, as ``FILE:LINE: what, and what to do``.

    :param templates: where ``sphinx-build -b gettext`` wrote the messages of the pages.
    :param locale: the folder of the catalogs, one folder in it a language.
    """
    for language in sorted(path for path in locale.iterdir() if path.is_dir()):
        folder = language / "LC_MESSAGES"
        names = {path.relative_to(templates).with_suffix("") for path in templates.rglob("*.pot")}
        for name in sorted(names):
            path = folder / name.with_suffix(".po")
            if not path.is_file():
                yield f"{path}:1: there is no such catalog; run nox -s i18n, and translate it"
                continue
            yield from _faults_of(path, _read(templates / name.with_suffix(".pot")), _read(path))
        for path in sorted(folder.rglob("*.po")):
            if path.relative_to(folder).with_suffix("") not in names:
                yield f"{path}:1: no page has these messages; delete the file"


def _faults_of(path: Path, template: Catalog, catalog: Catalog) -> Iterator[str]:
    wanted = {message.id for message in template if message.id}
    known = {message.id: message for message in catalog if message.id}
    for message in known.values():
        at = f"{path}:{message.lineno or 1}"
        if message.id not in wanted:
            yield f"{at}: no page has the message {message.id!r}; delete it"
        elif not message.string:
            yield f"{at}: the message {message.id!r} has no translation; add it"
        elif message.fuzzy:
            yield f"{at}: the translation of {message.id!r} is marked fuzzy; check it, and delete the mark"
    for message in catalog.obsolete.values():
        yield f"{path}:{message.lineno or 1}: no page has the message {message.id!r} any more; delete it"
    for missing in sorted(wanted - known.keys(), key=str):
        yield f"{path}:1: the message {missing!r} is missing; run nox -s i18n, and translate it"


def _read(path: Path) -> Catalog:
    with path.open("rb") as stream:
        return read_po(stream)
