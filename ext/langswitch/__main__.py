"""The command line: ``python -m langswitch``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from langswitch import catalogs


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    :returns: 0 if there is nothing to mend, 1 if there is.
    """
    parser = argparse.ArgumentParser(prog="python -m langswitch", description="Work on the message catalogs of a site.")
    commands = parser.add_subparsers(required=True, dest="command", metavar="COMMAND")
    check = commands.add_parser("check", help="say which messages are untranslated, fuzzy or on no page any more")
    check.add_argument("templates", type=Path, help="the folder that sphinx-build -b gettext wrote")
    settle = commands.add_parser("settle", help="take dates and other changing lines out of the catalogs")
    for each in (check, settle):
        each.add_argument("locale", type=Path, help="the folder of the catalogs, such as docs/locale")
    given = parser.parse_args(arguments)
    if given.command == "settle":
        catalogs.settle(given.locale)
        return 0
    found = list(catalogs.faults(given.templates, given.locale))
    for fault in found:
        print(fault)  # a command line speaks by printing
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
