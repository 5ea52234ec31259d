"""Titles that lack a translation, as a table for a translator, and back: ``python -m postimport.translations``."""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pybtex.database import BibliographyData, parse_string
from pybtex.exceptions import PybtexError

from postimport.bibfile import tex
from postimport.importing import carry_out
from postimport.sources import SourceError, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping

_COLUMNS: Final = ("key", "langid", "title", "translation")


def table_of(bib: str) -> str:
    """Give the table of the entries without ``titleaddon``: key, language, title, and room for the translation.

    :raises PybtexError: for a bib file that cannot be parsed.
    """
    data: BibliographyData = parse_string(bib, "bibtex")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for key, entry in data.entries.items():
        if not entry.fields.get("titleaddon") and entry.fields.get("title"):
            writer.writerow((key, entry.fields.get("langid", ""), entry.fields["title"], ""))
    return out.getvalue()


def with_translations(bib: str, translations: Mapping[str, str]) -> tuple[str, list[str]]:
    """Write translations into a bib file, each behind its title, and touch nothing else.

    :returns: the file, and the keys that have a ``titleaddon`` already or that it lacks.
    """
    passed = []
    for key, translation in translations.items():
        found = re.search(rf"^[ \t]*@\w+\s*\{{\s*{re.escape(key)}\s*,.*?(?=^[ \t]*@|\Z)", bib, re.MULTILINE | re.DOTALL)
        title = re.search(r"^([ \t]*)title(\s*)=.*\n", found[0], re.MULTILINE) if found else None
        if not found or not title or re.search(r"^\s*titleaddon\s*=", found[0], re.MULTILINE):
            passed.append(key)
            continue
        line = f"{title[1]}{'titleaddon':<{5 + len(title[2])}} = {{{tex(' '.join(translation.split()))}}},\n"
        place = found.start() + title.end()
        bib = f"{bib[:place]}{line}{bib[place:]}"
    return bib, passed


def _read_table(path: Path) -> dict[str, str]:
    """Give the translations that a table holds, by key."""
    rows = list(csv.DictReader(io.StringIO(read_text(path))))
    if not rows or not {"key", "translation"} <= rows[0].keys():
        raise SourceError(f"{path}: there are no columns key and translation; export the table anew")
    return {row["key"]: row["translation"] for row in rows if (row["translation"] or "").strip()}


def main(arguments: list[str] | None = None) -> int:
    """Write the table, or take it in.

    :returns: 0 if all went well, 1 if some translations were passed over, 2 if nothing could be done.
    """
    parser = argparse.ArgumentParser(
        prog="python -m postimport.translations", description="Translate titles by a table."
    )
    commands = parser.add_subparsers(required=True, dest="command", metavar="COMMAND")
    for name, meaning in (("export", "write a table of what lacks a translation"), ("apply", "take a table in")):
        command = commands.add_parser(name, help=meaning)
        command.add_argument("bib", type=Path, metavar="FILE.bib")
        command.add_argument("table", type=Path, metavar="TABLE.csv")
    given = parser.parse_args(arguments)
    passed: list[str] = []
    try:
        if given.command == "export":
            carry_out({given.table: table_of(read_text(given.bib))})
        else:
            text, passed = with_translations(read_text(given.bib), _read_table(given.table))
            carry_out({given.bib: text})
    except (OSError, PybtexError, SourceError) as fault:
        print(fault, file=sys.stderr)  # noqa: T201  # a command line speaks by printing
        return 2
    for key in passed:
        print(f"{key}: passed over: no such entry, or it has a titleaddon already")  # noqa: T201
    return 1 if passed else 0


if __name__ == "__main__":
    sys.exit(main())
