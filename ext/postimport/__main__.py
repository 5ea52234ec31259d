"""The command line: ``python -m postimport``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from postimport.bibfile import BibError
from postimport.importing import Report, carry_out, plan
from postimport.sources import find_posts


def main(arguments: list[str] | None = None) -> int:
    """Import posts.

    :returns: 0 if all went in, 1 if something could not be read and is named, 2 if nothing could be done.
    """
    parser = argparse.ArgumentParser(
        prog="python -m postimport",
        description="Bring Markdown posts full of links, and other libraries, into a bib file and pages.",
    )
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a post, a folder of posts, a .bib file, or CSL-JSON"
    )
    parser.add_argument("--bib", type=Path, required=True, help="the bib file to add entries to")
    parser.add_argument("--pages", type=Path, required=True, help="the folder for the pages")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing")
    parser.add_argument("--report", type=Path, metavar="FILE.json", help="write the report as JSON, too")
    given = parser.parse_args(arguments)
    posts, faults = find_posts(given.paths)
    if not posts:
        print("\n".join(map(_tame, faults)), file=sys.stderr)
        return 2
    try:
        planned = plan(posts, given.bib, given.pages, _progress)
        report = planned.report
        report.faults[:0] = faults
        if not given.dry_run:
            carry_out(planned.files)
        if given.report:
            carry_out({given.report: json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n"})
    except (BibError, OSError) as fault:
        print(_tame(str(fault)), file=sys.stderr)
        return 2
    _print(report, [*planned.files], dry=given.dry_run)
    return 1 if report.faults else 0


def _print(report: Report, files: list[Path], *, dry: bool) -> None:
    print(
        f"{report.posts} posts: {report.links_in} links in = {report.links_out} addresses out + {len(report.merged)}"
        f" merged; {report.works} works named by title; {report.added} entries new"
    )
    for path in files:
        print(f"{'would write' if dry else 'wrote'} {_tame(str(path))}")
    for title, lines in (
        ("Not read", report.faults),
        ("Pages that were edited by hand", report.kept),
        ("To be reviewed", report.review),
        ("Without a title", report.untitled),
        ("The same address again", report.merged),
        ("Left out, since only the blog understands it", report.left_out),
        ("Pictures that were not found", report.pictures),
    ):
        if lines:
            print(f"{title} ({len(lines)}):")
            print("\n".join(f"  {_tame(line)}" for line in lines))
    if report.untranslated:
        print(f"{len(report.untranslated)} entries have no title in a second language yet: add titleaddon = {{…}}")


def _progress(number: int, of: int) -> None:
    if sys.stderr.isatty() and (number == of or number % 20 == 0):
        print(f"\rreading {number} of {of}", end="\n" if number == of else "", file=sys.stderr, flush=True)


def _tame(text: str) -> str:
    """Take what could steer a terminal out of other people's text."""
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)


if __name__ == "__main__":
    sys.exit(main())
