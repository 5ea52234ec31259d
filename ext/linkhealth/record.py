"""What is known of each link: how verdicts add up over time, and the form in which they are written down.

Nothing here looks at a clock or a file: time comes as an argument, and `linkhealth.store` keeps the file.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from linkhealth.rules import Confidence, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from linkhealth.classify import Finding

SEEN: Final = frozenset({Verdict.ALIVE, Verdict.MOVED, Verdict.CHANGED})
"""Verdicts on a page that was there."""
BROKEN: Final = frozenset({Verdict.GONE, Verdict.SUSPECTED})
"""Verdicts on a page that was looked for and is not there."""
_TELLING: Final = SEEN | BROKEN
_STICKY: Final = _TELLING - {Verdict.ALIVE}
"""What a refusal or a silent host does not make us forget."""
_ANOTHER_RUN: Final = timedelta(hours=12)
"""Runs before and after midnight are not two witnesses."""
_SKEW: Final = timedelta(days=1)
"""By how much another machine's clock may be ahead of ours."""
_ALIKE: Final = 0.4
"""Titles whose letters agree in less than this share are different titles."""
_AGE_SHARE: Final = {
    Verdict.ALIVE: 1.0,
    Verdict.MOVED: 1.0,
    Verdict.CHANGED: 0.25,
    Verdict.GONE: 0.25,
    Verdict.BLOCKED: 1 / 30,
    Verdict.UNREACHABLE: 1 / 30,
}
"""The share of the full age after which a verdict is asked for again."""
_AGE_JITTER: Final = 7 / 30


class RecordError(ValueError):
    """A record that cannot be read."""


@dataclass(frozen=True, slots=True)
class LinkState:
    """What is known of one link."""

    verdict: Verdict
    since: datetime
    """When this became the verdict."""
    last_check: datetime
    last_alive: datetime | None = None
    failures: int = 0
    """Checks in a row that did not see the page."""
    status: int = 0
    title: str = ""
    """The title of the page when it was last itself."""
    final_url: str = ""
    evidence: str = ""
    confidence: Confidence = Confidence.HIGH
    lately: Verdict | None = None
    """What later checks met that told nothing of the page."""
    confirmed: datetime | None = None
    """When the verdict itself was last found, if that was before the last check."""
    archived: str = ""
    """An archived copy."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """What others have written beside it."""

    @property
    def found(self) -> datetime:
        """When the verdict itself was last found."""
        return self.confirmed or self.last_check


@dataclass(frozen=True, slots=True)
class Record:
    """All links, and how many were how on which day."""

    links: Mapping[str, LinkState] = field(default_factory=dict)
    history: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Counts of verdicts by date: the chart over time."""


# ---------------------------------------------------------------- how verdicts add up


def advance(before: LinkState | None, finding: Finding, now: datetime) -> LinkState:
    """Give what is known of a link after one more finding.

    :param now: in the time zone whose days count.
    """
    is_confirming = before is not None and is_another_day(before.since, now)
    now = now.astimezone(UTC)
    if finding.verdict is Verdict.NOT_CHECKED:
        if before is not None and before.verdict is not Verdict.NOT_CHECKED:
            return before
        return _became(before, finding, now, failures=0)
    if finding.verdict in SEEN:
        return _seen(before, finding, now)
    failures = (before.failures if before else 0) + 1
    if finding.verdict not in _TELLING and before is not None and before.verdict in _STICKY:
        return replace(before, last_check=now, failures=failures, lately=finding.verdict, confirmed=before.found)
    if finding.verdict is Verdict.SUSPECTED and before is not None:
        if before.verdict is Verdict.GONE:
            return replace(before, last_check=now, failures=failures, lately=None, confirmed=None)
        if before.verdict is Verdict.SUSPECTED and is_confirming:
            seen_before = f"{finding.evidence}; the same on {before.since.date()}"
            finding = replace(finding, verdict=Verdict.GONE, evidence=seen_before)
    return _became(before, finding, now, failures=failures)


def at_new_address(state: LinkState, old: str) -> LinkState:
    """Give what is known of a moved link under its new address, at which its page was seen."""
    evidence = f"found by way of {old}: {state.evidence}"
    return replace(state, verdict=Verdict.ALIVE, final_url="", evidence=evidence)


def is_another_day(earlier: datetime, now: datetime) -> bool:
    """Say whether a run counts as a second witness: on another date where it is made, and not just after midnight."""
    return earlier.astimezone(now.tzinfo).date() != now.date() and now - earlier >= _ANOTHER_RUN


def differs_much(one: str, other: str) -> bool:
    """Say whether two titles are of different pages, rather than one title edited or decorated."""
    first, second = _bare(one), _bare(other)
    if not first or not second or first in second or second in first:
        return False
    return difflib.SequenceMatcher(None, first, second, autojunk=False).ratio() < _ALIKE


def is_fresh(url: str, state: LinkState | None, now: datetime, max_age: timedelta) -> bool:
    """Say whether a link need not be asked for again.

    The age varies from link to link, always in the same way, so that links checked together do not stay together.
    """
    if state is None or state.verdict is Verdict.NOT_CHECKED or not max_age or state.last_check > now + _SKEW:
        return False
    if state.verdict is Verdict.CHANGED and not state.title:
        return False  # the curator has accepted the change
    if state.verdict is Verdict.SUSPECTED:
        # A second look on the same day could not confirm anything.
        return not is_another_day(state.last_check, now) and now - state.last_check < max_age
    share = min(_AGE_SHARE[verdict] for verdict in (state.verdict, state.lately) if verdict in _AGE_SHARE)
    spread = int.from_bytes(hashlib.sha256(url.encode()).digest()[:4]) / 2**31 - 1
    return now - state.last_check < max_age * share * (1 + _AGE_JITTER * spread)


def merge(one: Record, other: Record) -> Record:
    """Give what two lines know together, whichever is named first.

    The line that saw more wins: what tells of the page beats a refusal, however fresh, and newer beats older.
    """
    links = {
        url: _merge_states(one.links[url], other.links[url])
        if url in one.links and url in other.links
        else (one.links.get(url) or other.links[url])
        for url in one.links.keys() | other.links.keys()
    }
    history = {
        day: max(
            (dict(record.history[day]) for record in (one, other) if day in record.history),
            key=lambda counts: (sum(counts.values()), sorted(counts.items())),
        )
        for day in one.history.keys() | other.history.keys()
    }
    return Record(links, history)


def count(links: Iterable[LinkState]) -> dict[str, int]:
    """Count the verdicts."""
    counts = Counter(state.verdict.value for state in links)
    return {verdict.value: counts[verdict.value] for verdict in Verdict if counts[verdict.value]}


def _seen(before: LinkState | None, finding: Finding, now: datetime) -> LinkState:
    if before is not None and differs_much(before.title, finding.title):
        evidence = f"the title was “{before.title}” and is “{finding.title}”; look at it"
        changed = replace(finding, verdict=Verdict.CHANGED, evidence=evidence, title=before.title)
        return _became(before, changed, now, failures=0)
    return replace(_became(before, finding, now, failures=0), last_alive=now)


def _became(before: LinkState | None, finding: Finding, now: datetime, failures: int) -> LinkState:
    is_same = before is not None and before.verdict is finding.verdict
    return LinkState(
        verdict=finding.verdict,
        since=before.since if before is not None and is_same else now,
        last_check=now,
        last_alive=before.last_alive if before else None,
        failures=failures,
        status=finding.status,
        title=finding.title or (before.title if before else ""),
        final_url=finding.final_url,
        evidence=finding.evidence,
        confidence=finding.confidence,
        archived=before.archived if before else "",
        more=before.more if before else {},
    )


def _bare(title: str) -> str:
    """Give a title's letters, without a count of messages in front, which Zhihu puts there."""
    plain = unicodedata.normalize("NFKC", title).casefold()
    plain = re.sub(r"^\(\d+[^)]{0,40}\)", "", plain)
    return "".join(letter for letter in plain if letter.isalnum())


def _merge_states(one: LinkState, other: LinkState) -> LinkState:
    older, newer = sorted((one, other), key=lambda state: (state.last_check, _quote(_dump_state(state))))
    telling = [state for state in (older, newer) if state.verdict in _TELLING]
    chosen = max(telling or [older, newer], key=lambda state: (state.found, _quote(_dump_state(state))))
    alive = [state.last_alive for state in (one, other) if state.last_alive is not None]
    merged = replace(
        chosen,
        last_alive=max(alive, default=None),
        title=chosen.title or one.title or other.title,
        archived=chosen.archived or one.archived or other.archived,
        more={**older.more, **newer.more},
    )
    if newer.last_check > chosen.last_check:
        lately = newer.verdict if newer.verdict not in _TELLING else newer.lately
        return replace(
            merged, last_check=newer.last_check, failures=newer.failures, lately=lately, confirmed=chosen.found
        )
    return merged


# ---------------------------------------------------------------- how it is written down


def dump(record: Record) -> str:
    """Give a record's text: JSON, one line a URL, in the order of the URLs, so that differences read well."""
    lines = [f"{_quote(url)}: {_quote(_dump_state(record.links[url]))}" for url in sorted(record.links)]
    links = "{\n" + ",\n".join(lines) + "\n}" if lines else "{}"
    if not record.history:
        return '{"links": ' + links + "}\n"
    days = [f"{_quote(day)}: {_quote(dict(record.history[day]))}" for day in sorted(record.history)]
    return '{"links": ' + links + ',\n"history": {\n' + ",\n".join(days) + "\n}}\n"


def parse(text: str) -> Record:
    """Read a record's text.

    :raises RecordError: if it is not one; the message says where.
    """
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as fault:
        raise RecordError(f"line {fault.lineno}: {fault.msg}; is it half of a git merge?") from None
    if not (isinstance(raw, dict) and isinstance(raw.get("links"), dict)):
        raise RecordError('it has no {"links": {…}}')
    links = {url: parse_state(url, state) for url, state in raw["links"].items()}
    history = raw.get("history", {})
    try:
        for day, counts in history.items():
            date.fromisoformat(day)
            for number in counts.values():
                _read_number(number)
    except (ValueError, TypeError, AttributeError) as fault:
        raise RecordError(f"its history is not counts by date: {fault}") from None
    return Record(links, history)


def parse_state(url: str, raw: object) -> LinkState:
    """Read what is known of one link.

    :raises RecordError: if it cannot be understood.
    """
    if not isinstance(raw, dict):
        raise RecordError(f"{url}: {raw!r} is no state of a link")
    if not raw.keys() & {"last_check", "since", "last_alive"}:
        raise RecordError(f"{url}: it does not say when it was checked, as last_check")
    try:
        values = {name: _READERS[name](raw[name]) for name in _STORED if name in raw}
        times = [values[name] for name in ("last_check", "since", "last_alive") if name in values]
        # What somebody wrote by hand may say less than we would.
        values = {"since": times[0], "last_check": times[0], **values}
        more = {name: value for name, value in raw.items() if name not in _STORED}
        return LinkState(**values, more=more)
    except (ValueError, TypeError) as fault:
        raise RecordError(f"{url}: {fault}") from None


def dump_state(state: LinkState) -> dict[str, Any]:
    """Give what is known of one link as JSON has it."""
    return json.loads(_quote(_dump_state(state)))  # type: ignore[no-any-return]  # we have just written an object


_STORED: Final = tuple(name for name in LinkState.__dataclass_fields__ if name != "more")


def _read_time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def _read_text(text: object) -> str:
    if not isinstance(text, str):
        raise TypeError(f"{text!r} is no text")
    return text


def _read_number(number: object) -> int:
    if not isinstance(number, int) or number < 0:
        raise ValueError(f"{number!r} is no count")
    return number


_READERS: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("title", "final_url", "evidence", "archived"), _read_text),
    **dict.fromkeys(("failures", "status"), _read_number),
    "verdict": Verdict,
    "since": _read_time,
    "last_check": _read_time,
    "last_alive": _read_time,
    "lately": Verdict,
    "confirmed": _read_time,
    "confidence": Confidence,
}


def _dump_state(state: LinkState) -> dict[str, Any]:
    stored = {name: getattr(state, name) for name in _STORED}
    return {**{name: value for name, value in stored.items() if value or name == "failures"}, **state.more}


def _quote(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_write_time)


def _write_time(value: object) -> str:
    assert isinstance(value, datetime)  # noqa: S101  # a state holds nothing else that JSON lacks
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
