"""What may be said on the command line, and what each word of it means."""

from __future__ import annotations

import argparse
from contextlib import suppress
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final

from linkhealth.formats import FORMATS

RECORD: Final = Path("docs/link-health.json")
BIB: Final = Path("refs.bib")
REPORT_FILES: Final = ("markdown", "junit", "json")
"""The formats in which a report may be written into a file besides."""


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read a command line; what cannot be understood ends the program, and is said.

    :returns: the name of the command, as ``command``, and its options.
    """
    return _parser().parse_args(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m linkhealth",
        description="Tell which links are alive, gone or only blocked.",
        epilog="Exit codes: 0 nothing is newly broken, 1 something is, 2 it could not be found out.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    discover = commands.add_parser("discover", help="crawl a built site and check its internal links and anchors")
    discover.add_argument("folder", type=Path, help="the built site, such as docs/_build/html")
    discover.add_argument(
        "--outside",
        type=Path,
        metavar="FILE.jsonl",
        help="write there which links lead out of the site, and their pages",
    )

    check = commands.add_parser("check", help="visit each outside link once and keep the record")
    _add_lists(check)
    _add_choice(check)
    _add_manners(check)
    check.add_argument(
        "--fix", action="store_true", help="then do what the command fix does, to the bib files among the lists"
    )
    _add_outputs(check)

    report = commands.add_parser("report", help="print what the record knows")
    _add_lists(report, is_all_by_default=True)
    report.add_argument("--format", choices=sorted(FORMATS), default="text", help="what to print (default: text)")
    _add_outputs(report)

    fix = commands.add_parser("fix", help="write moved addresses into bib files, and find copies of what is gone")
    fix.add_argument("--bib", type=Path, action="append", metavar="FILE", help=f"may be given again (default: {BIB})")
    _add_record(fix)
    fix.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    fix.add_argument("--no-archive", action="store_true", help="do not ask the Wayback Machine")
    fix.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="URL",
        help="a changed page whose new title is right; may be given again",
    )
    _add_client(fix.add_argument_group("manners"))

    join = commands.add_parser("merge", help="join records of several lines, such as CI's and the curator's own")
    join.add_argument("others", type=Path, nargs="+", metavar="OTHER.json", help="what to merge into the record")
    _add_record(join)
    return parser


def _add_record(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--record", type=Path, default=RECORD, metavar="FILE", help=f"the record (default: {RECORD})")


def _add_lists(parser: argparse.ArgumentParser, *, is_all_by_default: bool = False) -> None:
    parser.add_argument(
        "--urls",
        type=Path,
        action="append",
        metavar="FILE",
        help="a list of links: a .bib file, JSON lines of discover, or one address a line; may be given again "
        f"(default: {'all of the record' if is_all_by_default else BIB})",
    )
    _add_record(parser)


def _add_choice(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("which links")
    group.add_argument(
        "--host", action="append", metavar="HOST", help="only this host, and those below it; may be given again"
    )
    ages = group.add_mutually_exclusive_group()
    ages.add_argument("--only-stale", action="store_true", help="leave out what is fresh (the default)")
    ages.add_argument("--all", action="store_true", help="ask for what is fresh too")
    group.add_argument(
        "--max-age",
        type=_days,
        default=timedelta(days=30),
        metavar="DAYS",
        help="how long a living link is fresh; a gone one is asked for after a quarter of it, "
        "a blocked one after a thirtieth (default: 30)",
    )
    group.add_argument("--limit", type=_count, metavar="N", help="at most so many, the longest unasked first")
    group.add_argument("--shard", type=_shard, default=(1, 1), metavar="I/N", help="only the I-th of N parts")
    group.add_argument("--dry-run", action="store_true", help="say what would be asked for, and ask for nothing")


def _add_manners(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("manners")
    group.add_argument("--obey-robots", action="store_true", help="leave out what a robots.txt refuses")
    _add_client(group)


def _add_client(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--rules", type=Path, metavar="FILE.toml", help="rules of hosts that add to or change the built-in ones"
    )
    group.add_argument("--contact", metavar="URL", help="where owners of hosts find out who asks")
    group.add_argument(
        "--timeout", type=_seconds, default=30.0, metavar="SECONDS", help="for each request (default: 30)"
    )
    group.add_argument(
        "--retries", type=_count, default=2, metavar="N", help="after a fault that may pass (default: 2)"
    )
    group.add_argument(
        "--allow-network",
        type=_network,
        action="append",
        default=[],
        metavar="CIDR",
        help="a private network that may be asked all the same, such as 198.18.0.0/15, from which some VPNs answer",
    )


def _add_outputs(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("report")
    group.add_argument("--baseline", type=Path, metavar="FILE", help="the record to compare with")
    for name in REPORT_FILES:
        group.add_argument(f"--{name}", type=Path, metavar="FILE", help=f"write the report there as {name} too")


def _days(text: str) -> timedelta:
    return timedelta(days=_number(text, 0, 36_500, "days"))


def _seconds(text: str) -> float:
    return _number(text, 0.001, 3_600, "seconds")


def _number(text: str, least: float, most: float, unit: str) -> float:
    with suppress(ValueError):
        number = float(text)
        if least <= number <= most:
            return number
    raise argparse.ArgumentTypeError(f"{text!r} is no number of {unit} from {least:g} to {most:g}")


def _count(text: str) -> int:
    with suppress(ValueError):
        number = int(text)
        if number >= 0:
            return number
    raise argparse.ArgumentTypeError(f"{text!r} is no count")


def _shard(text: str) -> tuple[int, int]:
    part, _, parts = text.partition("/")
    with suppress(ValueError):
        if 1 <= int(part) <= int(parts):
            return int(part), int(parts)
    raise argparse.ArgumentTypeError(f"{text!r} is no part of a whole, such as 1/3")


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(f"{fault}; it is written like 198.18.0.0/15") from None
