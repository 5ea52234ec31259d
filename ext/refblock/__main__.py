"""The command line: ``python -m refblock``."""

from __future__ import annotations

import argparse
import runpy
import sys
from pathlib import Path

from refblock.checking import check


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    :returns: 0 if there is nothing to mend, 1 if there is, 2 if the command can't be used so.
    """
    parser = argparse.ArgumentParser(prog="python -m refblock", description="Work on bib files by themselves.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    checking = commands.add_parser("check", help="say what there is to mend, as FILE:LINE: KEY: what is wrong")
    checking.add_argument("files", nargs="+", type=Path, metavar="FILE.bib")
    checking.add_argument("--conf", type=Path, metavar="FILE", help="the conf.py whose refblock_topics are the topics")
    given = parser.parse_args(arguments)
    topics = None
    if given.conf:
        if not given.conf.is_file():
            parser.error(f"there is no {given.conf}")
        topics = runpy.run_path(str(given.conf)).get("refblock_topics", {}).keys()
    findings = [finding for file in given.files for finding in check(file, topics)]
    for finding in findings:
        print(finding)  # a command line speaks by printing
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
