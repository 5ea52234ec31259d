"""The command line: ``python -m linkhealth``."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Final

from linkhealth.classify import one_line
from linkhealth.discover import CrawlError, crawl
from linkhealth.fix import fix_addresses
from linkhealth.formats import FORMATS, as_text
from linkhealth.record import Record, RecordError, advance
from linkhealth.report import make_report
from linkhealth.rules import Rules, RulesError, Verdict, host_of, load_rules
from linkhealth.schedule import Choice, choose, is_on
from linkhealth.sources import SourceError, read_sources
from linkhealth.store import Keeper, keeping, read_record, write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkhealth.classify import Finding
    from linkhealth.fix import Change
    from linkhealth.record import LinkState
    from linkhealth.report import Report

NOTHING_NEW: Final = 0
BROKEN: Final = 1
COULD_NOT_CHECK: Final = 2
INTERRUPTED: Final = 130
RECORD: Final = Path("docs/link-health.json")
BIB: Final = Path("refs.bib")
_FILES: Final = ("markdown", "junit", "json")


class UsageError(ValueError):
    """A command that cannot be run as it was given."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    :returns: 0 if nothing is newly broken, 1 if something is, 2 if it could not be found out.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a title's letters still gets the report
    given = _parser().parse_args(arguments)
    try:
        result: int = given.run(given)
    except (CrawlError, RecordError, RulesError, SourceError, UsageError) as fault:
        _say(f"linkhealth: {fault}")
        return COULD_NOT_CHECK
    except KeyboardInterrupt:
        _say("linkhealth: interrupted; what was found is kept, and the same command goes on from there")
        return INTERRUPTED
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m linkhealth",
        description="Tell which links are alive, gone or only blocked.",
        epilog="Exit codes: 0 nothing is newly broken, 1 something is, 2 it could not be found out.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    discover = commands.add_parser("discover", help="crawl a built site and check its internal links and anchors")
    discover.add_argument("folder", type=Path, help="the built site, such as docs/_build/html")
    discover.add_argument(
        "--outside",
        type=Path,
        metavar="FILE.jsonl",
        help="write there which links lead out of the site, and their pages",
    )
    discover.set_defaults(run=_discover)

    check = commands.add_parser("check", help="visit each outside link once and keep the record")
    _add_lists(check)
    _add_choice(check)
    _add_manners(check)
    check.add_argument(
        "--fix", action="store_true", help="then do what the command fix does, to the bib files among the lists"
    )
    _add_outputs(check)
    check.set_defaults(run=_check)

    report = commands.add_parser("report", help="print what the record knows")
    _add_lists(report, is_all_by_default=True)
    report.add_argument("--format", choices=sorted(FORMATS), default="text", help="what to print (default: text)")
    _add_outputs(report)
    report.set_defaults(run=_report)

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
    fix.set_defaults(run=_fix)

    join = commands.add_parser("merge", help="join records of several lines, such as CI's and the curator's own")
    join.add_argument("others", type=Path, nargs="+", metavar="OTHER.json", help="what to merge into the record")
    _add_record(join)
    join.set_defaults(run=_merge)
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
        type=ip_network,
        action="append",
        default=[],
        metavar="CIDR",
        help="a private network that may be asked all the same, such as 198.18.0.0/15, from which some VPNs answer",
    )


def _add_outputs(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("report")
    group.add_argument("--baseline", type=Path, metavar="FILE", help="the record to compare with")
    for name in _FILES:
        group.add_argument(f"--{name}", type=Path, metavar="FILE", help=f"write the report there as {name} too")


# ---------------------------------------------------------------- commands


def _discover(given: argparse.Namespace) -> int:
    found = crawl(given.folder)
    for broken in found.broken:
        print(f"{given.folder / broken.page}: {one_line(broken.link, 2000)}: {one_line(broken.reason, 500)}")
    print(f"{found.checked} internal links and anchors checked, {len(found.broken)} broken")
    if given.outside is not None:
        lines = [json.dumps({"url": url, "pages": pages}, ensure_ascii=False) for url, pages in found.outside.items()]
        _write(given.outside, "".join(f"{line}\n" for line in lines))
        print(f"{len(lines)} links lead out of the site: {given.outside}")
    return BROKEN if found.broken else NOTHING_NEW


def _check(given: argparse.Namespace) -> int:
    rules = _rules(given)
    lists = given.urls or [BIB]
    bibs = [path for path in lists if path.suffix.lower() == ".bib"] if given.fix else []
    links = read_sources(lists)
    choice = Choice(
        max_age=given.max_age,
        hosts=frozenset(host.lower() for host in given.host or ()),
        limit=given.limit,
        shard=given.shard,
        fresh_too=given.all,
    )
    if strangers := sorted(host for host in choice.hosts if not any(is_on(url, {host}) for url in links)):
        raise UsageError(f"no link of the lists is on {', '.join(strangers)}")
    if given.dry_run:
        _rehearse(choose(links, read_record(given.record).links, choice, _now()), rules)
        return _mend(bibs, rules, given) if given.fix else NOTHING_NEW
    baseline = read_record(given.baseline) if given.baseline else None
    with keeping(given.record, lambda: _say("another run is writing the record; waiting for it to end")) as keeper:
        urls = choose(links, keeper.links, choice, _now())
        verdicts = _visit(urls, rules, given, keeper)
        report = make_report(links, links, Record(keeper.links), baseline or keeper.known_before)
        keeper.finish(_now())
    _write_files(report, given)
    _print_report(report)
    if urls and verdicts == {Verdict.NOT_CHECKED}:
        _say("linkhealth: none of the links could be checked")
        return COULD_NOT_CHECK
    mended = _mend(bibs, rules, given) if given.fix else NOTHING_NEW
    return report.exit_code or mended


def _visit(urls: list[str], rules: Rules, given: argparse.Namespace, keeper: Keeper) -> set[Verdict]:
    """Check the links, write each finding down, and give the verdicts that there were."""
    # The client takes a while to load, and is not installed where only the record is read.
    try:
        from linkhealth.addresses import Guard
        from linkhealth.check import Manners, NoNetworkError, check
        from linkhealth.client import Limits, ProxyError
        from linkhealth.progress import Progress
    except ModuleNotFoundError as fault:
        raise _lacking(fault) from fault
    if not urls:
        _say("nothing to ask for: every link chosen is fresh (--all asks all the same)")
        return set()
    if not given.obey_robots:
        _say(
            "robots.txt is not asked for, as checkers of single links do not; --obey-robots leaves out what it refuses"
        )
    verdicts = set()

    def note(url: str, finding: Finding) -> None:
        verdicts.add(finding.verdict)
        keeper.note(url, advance(keeper.links.get(url), finding, _now()))

    limits = Limits(connect=min(10.0, given.timeout), total=given.timeout, retries=given.retries)
    progress = Progress(sys.stderr)
    try:
        check(urls, rules, Guard(tuple(given.allow_network)), Manners(limits, given.obey_robots), progress, note)
    except NoNetworkError as fault:
        raise UsageError(f"no network: {fault}. Nothing is recorded") from fault
    except ProxyError as fault:
        raise UsageError(str(fault)) from fault
    finally:
        progress.close()
    return verdicts


def _rehearse(urls: list[str], rules: Rules) -> None:
    lanes: dict[str, list[str]] = {}
    for url in urls:
        lanes.setdefault(rules.of(host_of(url)).name, []).append(url)
    for name, waiting in lanes.items():
        rate = rules.of(name).pace.rate
        print(f"{one_line(name) or '?'}: {len(waiting)} links, about {len(waiting) / rate:.0f} s")
        for url in waiting:
            print(f"  {one_line(url, 2000)}")
    print(f"{len(urls)} links would be asked for")


def _report(given: argparse.Namespace) -> int:
    if not given.record.exists():
        raise _no_record(given.record)
    record = read_record(given.record)
    # Without a list, the report is on all of the record; where a link stands is still worth saying.
    places = read_sources(given.urls or [path for path in (BIB,) if path.exists()])
    baseline = read_record(given.baseline) if given.baseline else None
    report = make_report(places if given.urls else record.links, places, record, baseline)
    _write_files(report, given)
    if given.format == "text":
        _print_report(report)
    else:
        sys.stdout.write(FORMATS[given.format](report))
    return report.exit_code


def _fix(given: argparse.Namespace) -> int:
    if not given.record.exists():
        raise _no_record(given.record)
    with keeping(given.record) as keeper:
        for url in given.accept:
            state = keeper.links.get(url)
            if state is None or state.verdict is not Verdict.CHANGED:
                raise UsageError(f"{url} is not recorded as changed")
            print(f"{url}: its title is accepted; the next check asks for it")
            if not given.dry_run:
                keeper.put(url, replace(state, title=""))
    return _mend(given.bib or [BIB], _rules(given), given, asks_archive=not given.no_archive)


def _mend(bibs: list[Path], rules: Rules, given: argparse.Namespace, *, asks_archive: bool = True) -> int:
    with keeping(given.record) as keeper:
        changes = [change for path in bibs for change in _fix_addresses(path, keeper.links, is_rehearsal=given.dry_run)]
        if not given.dry_run:
            for change in changes:
                keeper.move(change.old, change.new)
        gone = {
            url: state.last_alive
            for url, state in keeper.links.items()
            if state.verdict is Verdict.GONE and not state.archived
        }
        if not asks_archive or not gone:
            return NOTHING_NEW
        if given.dry_run:
            print(f"the Wayback Machine would be asked for {len(gone)} copies")
            return NOTHING_NEW
        return _archive(gone, rules, given, keeper)


def _fix_addresses(path: Path, links: Mapping[str, LinkState], *, is_rehearsal: bool) -> list[Change]:
    try:
        before = path.read_bytes()
        after, changes = fix_addresses(before, links)
        for change in changes:
            print(f"{path}:{change.line}  {one_line(change.key)}: {one_line(change.old)} -> {one_line(change.new)}")
        if changes and not is_rehearsal:
            write_whole(path, after)
    except OSError as fault:
        raise UsageError(f"cannot mend {path}: {fault}") from fault
    return changes


def _archive(gone: Mapping[str, datetime | None], rules: Rules, given: argparse.Namespace, keeper: Keeper) -> int:
    found = []

    def note(url: str, copy: str) -> None:
        found.append(url)
        keeper.put(url, replace(keeper.links[url], archived=copy))
        print(f"{one_line(url, 2000)}: archived at {one_line(copy, 2000)}")

    try:
        from linkhealth.addresses import Guard
        from linkhealth.archive import ArchiveError, find_copies
        from linkhealth.client import Limits, ProxyError
    except ModuleNotFoundError as fault:
        raise _lacking(fault) from fault
    limits = Limits(connect=min(10.0, given.timeout), total=given.timeout, retries=given.retries)
    try:
        find_copies(gone, rules, Guard(tuple(given.allow_network)), limits, note)
    except (ArchiveError, ProxyError) as fault:
        raise UsageError(str(fault)) from fault
    if len(found) < len(gone):
        print(f"{len(gone) - len(found)} have no copy that the Wayback Machine told us of, which means little")
    return NOTHING_NEW


def _merge(given: argparse.Namespace) -> int:
    for path in given.others:
        if not path.exists():
            raise UsageError(f"there is no record {path}")
    with keeping(given.record) as keeper:
        keeper.merge(read_record(path) for path in given.others)
    return NOTHING_NEW


# ---------------------------------------------------------------- what they share


def _print_report(report: Report) -> None:
    is_terminal = sys.stdout.isatty()
    sys.stdout.write(as_text(report, width=shutil.get_terminal_size((120, 24)).columns, is_coloured=is_terminal))


def _write_files(report: Report, given: argparse.Namespace) -> None:
    for name in _FILES:
        path: Path | None = getattr(given, name)
        if path is not None:
            _write(path, FORMATS[name](report))


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode())
    except OSError as fault:
        raise UsageError(f"cannot write {path}: {fault}") from fault


def _rules(given: argparse.Namespace) -> Rules:
    rules = load_rules(given.rules)
    return replace(rules, contact=given.contact) if given.contact else rules


def _no_record(path: Path) -> UsageError:
    return UsageError(f"there is no record {path}; python -m linkhealth check makes one")


def _lacking(fault: ModuleNotFoundError) -> UsageError:
    return UsageError(f"{fault}; install it with: pip install 'refblock[linkhealth]'")


def _now() -> datetime:
    """Give the time, in the time zone whose days the curator knows."""
    return datetime.now(UTC).astimezone().replace(microsecond=0)


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # a command line speaks by printing


def _days(text: str) -> timedelta:
    days = float(text)
    if not 0 <= days <= 36_500:
        raise ValueError(text)
    return timedelta(days=days)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 3_600:
        raise ValueError(text)
    return seconds


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def _shard(text: str) -> tuple[int, int]:
    part, _, parts = text.partition("/")
    if not 1 <= int(part) <= int(parts):
        raise ValueError(text)
    return int(part), int(parts)


if __name__ == "__main__":
    sys.exit(main())
