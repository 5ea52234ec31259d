"""The command line: ``python -m postimport``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from postimport.bibfile import BibError
from postimport.sources import SourceError, find_posts
from postimport.writing import ChangedMeanwhile, write_files

try:
    from postimport.importing import Report, plan
except ModuleNotFoundError as fault:
    # The parser of Markdown is there only where it was asked for.
    sys.exit(f"{fault}; install it with: pip install 'refblock[postimport]'")

_SHOWN: Final = 20
"""Lines under each heading; of hundreds of posts nobody reads all on a terminal."""


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
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be done, and write nothing but the report"
    )
    parser.add_argument("--report", type=Path, metavar="FILE.json", help="write the report as JSON, too")
    given = parser.parse_args(arguments)
    posts, faults = find_posts(given.paths, given.pages)
    if not posts:
        print("\n".join(map(_tame, faults)), file=sys.stderr)
        return 2
    try:
        planned = plan(posts, given.bib, given.pages, _progress)
        planned.report.faults[:0] = faults
        files = {} if given.dry_run else dict(planned.files)
        if given.report:
            text = json.dumps(planned.report.as_json(), ensure_ascii=False, indent=1) + "\n"
            files[given.report] = text.encode("utf-8", "replace")
        write_files(files, planned.before)
    except OSError as fault:
        reason = (fault.strerror or str(fault)).lower()
        print(_tame(f"{fault.filename}: cannot be written: {reason}; nothing was changed"), file=sys.stderr)
        return 2
    except (BibError, SourceError, ChangedMeanwhile) as fault:
        print(_tame(str(fault)), file=sys.stderr)
        return 2
    _print(planned.report, list(planned.files), dry=given.dry_run)
    return 1 if planned.report.faults else 0


def _print(report: Report, files: list[Path], *, dry: bool) -> None:
    print(
        f"{report.posts} posts: {report.links_in} links in = {report.links_out} addresses out + {len(report.merged)}"
        f" merged; {report.works} works without an address; {report.added} entries new"
    )
    for title, lines in (
        ("Would write" if dry else "Wrote", list(map(str, files))),
        ("Not read", report.faults),
        ("Pages that were edited by hand, or whose posts are gone", report.kept),
        ("To be reviewed", report.review),
        ("Without a title", report.untitled),
        ("The same address again", report.merged),
        ("Left out, since only the blog's program or another library understands it", report.left_out),
        ("Pictures and pages of the blog that were not found", report.missing),
    ):
        if lines:
            print(f"{title} ({len(lines)}):")
            print("\n".join(f"  {_tame(line)}" for line in lines[:_SHOWN]))
            if len(lines) > _SHOWN:
                print(f"  … and {len(lines) - _SHOWN} more; --report FILE.json has all of them")
    if report.untranslated:
        print(
            f"{len(report.untranslated)} entries have no title in a second language:"
            " python -m postimport.translations writes a table of them for a translator"
        )


def _progress(number: int, of: int) -> None:
    if sys.stderr.isatty() and (number == of or number % 20 == 0):
        print(f"\rreading {number} of {of}", end="\n" if number == of else "", file=sys.stderr, flush=True)


def _tame(text: str) -> str:
    """Take what could steer a terminal out of other people's text."""
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)


if __name__ == "__main__":
    sys.exit(main())
