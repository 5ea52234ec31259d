"""Titles that lack a translation, as a table or a .po file for a translator: ``python -m postimport.translations``."""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from babel.messages import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po

from postimport.bibfile import BibError, read_entries, tex
from postimport.sources import SourceError, read_source, read_text
from postimport.writing import ChangedMeanwhile, write_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from postimport.bibfile import Entry
    from postimport.sources import Source

_COLUMNS: Final = ("key", "langid", "title", "translation")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula, and runs (OWASP, CSV injection)."""
_HEAD: Final = re.compile(
    r"^[ \t\ufeff]*@[ \t]*\w+\s*[{(]\s*([^\s,{}]+)\s*,"
    r"(?:\s*title\s*=\s*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}[ \t]*,[ \t]*(?=\r?\n))?",
    re.MULTILINE | re.IGNORECASE,
)
"""The beginning of an entry, with its title where that comes first, as it does in all that is imported."""


def lacking(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Yield the entries that have a title, and none in a second language."""
    return (entry for entry in entries if entry.title and not entry.is_translated)


def write_table(entries: Sequence[Entry]) -> bytes:
    """Write a table: key, language, title, room for the translation; with the mark by which Excel knows UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for entry in entries:
        title = f"'{entry.title}" if entry.title.startswith(_FORMULA) else entry.title
        writer.writerow((entry.key, entry.fields.get("langid", ""), title, ""))
    return out.getvalue().encode("utf-8-sig")


def write_catalog(entries: Sequence[Entry]) -> bytes:
    """Write titles as a .po file, in which the context of each message is the key."""
    catalog = Catalog(fuzzy=False)
    for entry in entries:
        catalog.add(entry.title, context=entry.key, user_comments=[entry.fields.get("langid", ""), entry.url])
    out = io.BytesIO()
    write_po(out, catalog, width=0, omit_header=False)
    return out.getvalue()


def read_translations(path: Path) -> dict[str, str]:
    """Give the translations that a table or a .po file holds, by key.

    :raises SourceError: for a file that is neither.
    """
    text = read_text(path)
    if path.suffix.lower() == ".po":
        try:
            catalog = read_po(io.StringIO(text), abort_invalid=True)
        except (PoFileError, ValueError) as fault:
            raise SourceError(f"{path}: this is no .po file ({fault}); export it anew") from fault
        given = {str(each.context): str(each.string) for each in catalog if each.id and not each.fuzzy}
    else:
        rows = list(csv.DictReader(io.StringIO(text)))
        if rows and not {"key", "translation"} <= rows[0].keys():
            raise SourceError(f"{path}: there are no columns key and translation; export the table anew")
        given = {row["key"]: row["translation"] or "" for row in rows}
    return {key: " ".join(translation.split()) for key, translation in given.items() if translation.strip()}


def with_translations(
    bib: Source, entries: Sequence[Entry], translations: Mapping[str, str]
) -> tuple[bytes, list[str]]:
    """Write translations into a bib file, each behind its title, and touch nothing else.

    :param entries: those of the file.
    :returns: the file, and the keys that have a translation already or that it lacks.
    """
    wanted = {entry.key for entry in lacking(entries)} & translations.keys()
    done = set()
    text = bib.data.decode(bib.codec)
    parts = []
    end = 0
    for found in _HEAD.finditer(text):
        key = found[1]
        if key in wanted and key not in done:
            done.add(key)
            line = f"\n  {'titleaddon':<13} = {{{tex(translations[key])}}},"
            parts += [text[end : found.end()], line.replace("\n", "\r\n") if "\r\n" in text else line]
            end = found.end()
    parts.append(text[end:])
    return "".join(parts).encode(bib.codec), [key for key in translations if key not in done]


def main(arguments: list[str] | None = None) -> int:
    """Write the table, or take it in.

    :returns: 0 if all went well, 1 if some translations were passed over, 2 if nothing could be done.
    """
    parser = argparse.ArgumentParser(
        prog="python -m postimport.translations",
        description="Translate titles by a table (.csv) or a message catalog (.po).",
    )
    commands = parser.add_subparsers(required=True, dest="command", metavar="COMMAND")
    for name, meaning in (("export", "write what lacks a translation"), ("apply", "take the translations in")):
        command = commands.add_parser(name, help=meaning)
        command.add_argument("bib", type=Path, metavar="FILE.bib")
        command.add_argument("table", type=Path, metavar="TABLE", help="TABLE.csv or TITLES.po")
    given = parser.parse_args(arguments)
    passed: list[str] = []
    try:
        bib = read_source(given.bib)
        entries = list(read_entries(bib.text, str(given.bib)))
        if given.command == "export":
            write = write_catalog if given.table.suffix.lower() == ".po" else write_table
            titles = list(lacking(entries))
            write_files({given.table: write(titles)}, {})
            said = f"{len(titles)} titles to be translated are in {given.table}"
        else:
            translations = read_translations(given.table)
            data, passed = with_translations(bib, entries, translations)
            write_files({given.bib: data}, {given.bib: bib.data})
            said = f"{len(translations) - len(passed)} translations are in {given.bib} now"
    except (BibError, ChangedMeanwhile, OSError, SourceError) as fault:
        print(fault, file=sys.stderr)  # noqa: T201  # a command line speaks by printing
        return 2
    print(said)  # noqa: T201
    for key in passed:
        print(f"{key}: passed over: no such entry, or it has a translation already")  # noqa: T201
    return 1 if passed else 0


if __name__ == "__main__":
    sys.exit(main())
