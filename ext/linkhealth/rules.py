"""The host rules: what a data file says of each host's pages, and how fast a host may be asked.

The rules themselves, with their sources, stand in ``rules.toml``.
"""

from __future__ import annotations

import enum
import re
import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_Item = TypeVar("_Item", str, int)

EVERY_HOST: Final = "*"
"""The name under which a rules file speaks of all hosts."""


class Verdict(enum.StrEnum):
    """What a check says of a link."""

    ALIVE = "alive"
    MOVED = "moved"
    CHANGED = "changed"
    SUSPECTED = "suspected"
    GONE = "gone"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    NOT_CHECKED = "not_checked"


class Confidence(enum.StrEnum):
    """How far a sign is to be trusted."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class RulesError(ValueError):
    """A rules file that cannot be used."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a host may be asked."""

    rate: float
    """Requests a second."""
    concurrency: int
    """Requests under way at once."""
    jitter: float
    """By which share of itself the pause between two requests varies; the mean stays."""
    patience: int
    """How many answers in a row may be refusals before the rest of the host is left for another day."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One sign: every condition that is given must hold; within a list, one item is enough."""

    verdict: Verdict
    confidence: Confidence
    says: str
    """The sign in words, the beginning of the evidence."""
    source: str
    """Where the rule is known from."""
    status: frozenset[int] = frozenset()
    body: tuple[str, ...] = ()
    """Texts of the page's source."""
    title: tuple[str, ...] = ()
    """Texts of the page's title."""
    whole_title: re.Pattern[str] | None = None
    """What the whole title looks like."""
    passed: re.Pattern[str] | None = None
    """What an address that was passed or reached, other than the one asked for, looks like."""
    at_root: bool = False
    """Whether a deep link must have led to the root of a host."""
    header: tuple[str, str] | None = None
    """A header's name and a part of its value."""
    address: re.Pattern[str] | None = None
    """Where the page says its new address; without one, the rule does not hold."""


@dataclass(frozen=True, slots=True)
class HostRules:
    """What is known of one host, or of a family of hosts that count requests together."""

    names: tuple[str, ...]
    """Each stands for itself and for the hosts below it."""
    pace: Pace
    head: bool
    """Whether an answer to HEAD can be believed."""
    articles: tuple[tuple[str, str], ...] = ()
    """Attributes and values, such as ``("id", "js_content")``, of the elements that hold a living article."""
    article_needed: re.Pattern[str] | None = None
    """The paths at which a page without such an element, and without any known sign, is not to be called alive."""
    rules: tuple[Rule, ...] = ()

    @property
    def name(self) -> str:
        """The name that the host's requests are counted under."""
        return self.names[0]


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, ready to be asked for a host."""

    every: HostRules
    hosts: Mapping[str, HostRules] = field(default_factory=dict)
    contact: str = ""
    """Where the owner of a host finds out who asks, and complains."""
    probes: tuple[str, ...] = ()
    """What is asked for when nothing answers, to find out whether there is a network."""

    def of(self, host: str) -> HostRules:
        """Give the rules of a host: its own, those of a host above it, or those of every host."""
        labels = host.lower().rstrip(".").split(".")
        for start in range(len(labels)):
            found = self.hosts.get(".".join(labels[start:]))
            if found is not None:
                return found
        return replace(self.every, names=(host.lower(),), rules=())


def host_of(url: str) -> str:
    """Give the host of an address, or nothing where it is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


@cache
def builtin_rules() -> Rules:
    """Give the rules that come with linkhealth."""
    return _parse_rules(tomllib.loads((files("linkhealth") / "rules.toml").read_text(encoding="utf-8")), None)


def load_rules(path: Path | None = None) -> Rules:
    """Give the built-in rules, changed by those of a file of the same form.

    A host that the file names again keeps what the file does not say; its rules are asked before the built-in ones.

    :raises RulesError: if the file cannot be read, or says what cannot be understood.
    """
    if path is None:
        return builtin_rules()
    try:
        return _parse_rules(tomllib.loads(path.read_text(encoding="utf-8")), builtin_rules())
    except (
        OSError,
        ValueError,
        TypeError,
        AttributeError,
        LookupError,
    ) as fault:  # what is of another type than it should be
        raise RulesError(f"{path}: {fault}") from fault


_HOST_KEYS: Final = frozenset({"names", "pace", "head", "articles", "article_needed", "rule"})
_PACE_KEYS: Final = frozenset({"rate", "concurrency", "jitter", "patience"})
_RULE_KEYS: Final = frozenset(Rule.__dataclass_fields__)


def _parse_rules(raw: Mapping[str, Any], base: Rules | None) -> Rules:
    _refuse_unknown(raw, frozenset({"contact", "probes", "host"}), "a rules file")
    listed: list[dict[str, Any]] = raw.get("host", [])
    generic = [host for host in listed if host.get("names") == [EVERY_HOST]]
    every = base.every if base else HostRules(names=(EVERY_HOST,), pace=Pace(1, 1, 0, 1), head=False)
    for host in generic:
        every = _parse_host(host, every)
    # What is said of every host's pace holds for the named hosts too, unless the same file says otherwise.
    hosts = dict(base.hosts) if base else {}
    if base:
        for host in generic:
            hosts = {name: replace(known, pace=_parse_pace(host, known.pace)) for name, known in hosts.items()}
    for host in listed:
        if host in generic:
            continue
        names = host.get("names")
        if not (isinstance(names, list) and names and all(isinstance(name, str) for name in names)):
            raise RulesError('a [[host]] wants names, such as names = ["example.org"]')
        known = next((hosts[name] for name in names if name in hosts), None)
        parsed = _parse_host(host, known or replace(every, rules=(), articles=(), article_needed=None))
        hosts.update(dict.fromkeys(parsed.names, parsed))
    return Rules(
        every=every,
        hosts=hosts,
        contact=str(raw.get("contact", base.contact if base else "")),
        probes=tuple(raw.get("probes", base.probes if base else ())),
    )


def _parse_host(raw: Mapping[str, Any], known: HostRules) -> HostRules:
    name = raw["names"][0]
    _refuse_unknown(raw, _HOST_KEYS, f"the host {name}")
    articles = [item.partition("=") for item in _items(raw, "articles", str)]
    if not all(attribute and value for attribute, _, value in articles):
        raise RulesError(f'{name}: articles are written like "id=js_content"')
    return HostRules(
        names=tuple(raw["names"]),
        pace=_parse_pace(raw, known.pace),
        head=bool(raw.get("head", known.head)),
        articles=tuple((attribute, value) for attribute, _, value in articles) or known.articles,
        article_needed=_pattern(raw.get("article_needed")) or known.article_needed,
        rules=(*(_parse_rule(rule, name) for rule in raw.get("rule", [])), *known.rules),
    )


def _parse_pace(raw: Mapping[str, Any], known: Pace) -> Pace:
    given = raw.get("pace", {})
    _refuse_unknown(given, _PACE_KEYS, f"the pace of {raw['names'][0]}")
    pace = replace(known, **given)
    if pace.rate <= 0 or pace.concurrency < 1 or not 0 <= pace.jitter <= 1 or pace.patience < 1:
        raise RulesError(f"{raw['names'][0]}: {pace} is no pace; rate > 0, concurrency >= 1, 0 <= jitter <= 1")
    return pace


def _parse_rule(raw: Mapping[str, Any], host: str) -> Rule:
    _refuse_unknown(raw, _RULE_KEYS, f"a rule of {host}")
    try:
        return Rule(
            verdict=Verdict(raw["verdict"]),
            confidence=Confidence(raw["confidence"]),
            says=raw["says"],
            source=raw["source"],
            status=frozenset(_items(raw, "status", int)),
            body=_items(raw, "body", str),
            title=_items(raw, "title", str),
            whole_title=_pattern(raw.get("whole_title")),
            passed=_pattern(raw.get("passed")),
            at_root=bool(raw.get("at_root", False)),
            header=(raw["header"][0].lower(), raw["header"][1].lower()) if "header" in raw else None,
            address=_pattern(raw.get("address")),
        )
    except KeyError as fault:
        raise RulesError(f"a rule of {host} lacks {fault}") from None
    except (ValueError, re.error) as fault:
        raise RulesError(f"a rule of {host}: {fault}") from None


def _items(raw: Mapping[str, Any], name: str, kind: type[_Item]) -> tuple[_Item, ...]:
    """Give a list of the file; a text in its place would be taken for a list of letters."""
    items = raw.get(name, [])
    if not isinstance(items, list) or not all(isinstance(item, kind) and item for item in items):
        raise RulesError(f"{name} wants a list")
    return tuple(items)


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return None if text is None else re.compile(text, re.IGNORECASE)


def _refuse_unknown(raw: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    unknown = sorted(set(raw) - known)
    if unknown:
        raise RulesError(f"{where} has no {', '.join(unknown)}; it has {', '.join(sorted(known))}")
