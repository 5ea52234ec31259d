"""The command line: ``python -m linkhealth``."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from linkhealth.classify import one_line
from linkhealth.discover import CrawlError, crawl
from linkhealth.fix import fix_addresses
from linkhealth.formats import FORMATS, as_text
from linkhealth.options import BIB, REPORT_FILES, parse
from linkhealth.record import Record, RecordError, advance
from linkhealth.report import make_report
from linkhealth.rules import Rules, RulesError, Verdict, host_of, load_rules
from linkhealth.schedule import Choice, choose, is_on
from linkhealth.sources import SourceError, read_sources
from linkhealth.store import Keeper, keeping, read_record, write_whole

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from linkhealth.classify import Finding
    from linkhealth.fix import Change
    from linkhealth.record import LinkState
    from linkhealth.report import Report

NOTHING_NEW: Final = 0
BROKEN: Final = 1
COULD_NOT_CHECK: Final = 2
INTERRUPTED: Final = 130


class UsageError(ValueError):
    """A command that cannot be run as it was given."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    :returns: 0 if nothing is newly broken, 1 if something is, 2 if it could not be found out.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a title's letters still gets the report
    given = parse(arguments)
    try:
        return _COMMANDS[given.command](given)
    except (CrawlError, RecordError, RulesError, SourceError, UsageError) as fault:
        _say(f"linkhealth: {fault}")
        return COULD_NOT_CHECK
    except KeyboardInterrupt:
        _say("linkhealth: interrupted; what was found is kept, and the same command goes on from there")
        return INTERRUPTED


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


_COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace], int]]] = {
    "discover": _discover,
    "check": _check,
    "report": _report,
    "fix": _fix,
    "merge": _merge,
}


# ---------------------------------------------------------------- what they share


def _print_report(report: Report) -> None:
    is_coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")  # https://no-color.org
    sys.stdout.write(as_text(report, width=shutil.get_terminal_size((120, 24)).columns, is_coloured=is_coloured))


def _write_files(report: Report, given: argparse.Namespace) -> None:
    for name in REPORT_FILES:
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


if __name__ == "__main__":
    sys.exit(main())
