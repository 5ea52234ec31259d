"""The command line: ``python -m linkhealth``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from linkhealth.discover import CrawlError, crawl


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    :returns: 0 if nothing is broken, 1 if something is, 2 if it could not be found out.
    """
    parser = argparse.ArgumentParser(prog="python -m linkhealth", description="Check the links of a built site.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    discover = commands.add_parser("discover", help="crawl a built site and check its internal links and anchors")
    discover.add_argument("folder", type=Path, help="the built site, such as docs/_build/html")
    discover.set_defaults(run=lambda given: crawl(given.folder))
    given = parser.parse_args(arguments)
    try:
        result: int = given.run(given)
    except CrawlError as fault:
        print(f"linkhealth: {fault}", file=sys.stderr)  # noqa: T201  # a command line speaks by printing
        return 2
    return result


if __name__ == "__main__":
    sys.exit(main())
