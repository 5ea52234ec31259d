"""How verdicts add up over time, and how they are written down."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from linkhealth.classify import Finding
from linkhealth.record import (
    LinkState,
    Record,
    RecordError,
    advance,
    differs_much,
    dump,
    is_another_day,
    is_fresh,
    merge,
    parse,
)
from linkhealth.rules import Verdict

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAY = timedelta(days=1)
MONTH = timedelta(days=30)
INCONCLUSIVE = (Verdict.BLOCKED, Verdict.UNREACHABLE)


def found(verdict: str, **more: str) -> Finding:
    return Finding(Verdict(verdict), f"evidence of {verdict}", **more)  # type: ignore[arg-type]


def story(*verdicts: str, apart: timedelta = DAY) -> LinkState:
    """What is known after findings some time apart."""
    state = None
    for number, verdict in enumerate(verdicts):
        state = advance(state, found(verdict), MONDAY + number * apart)
    assert state is not None
    return state


@pytest.mark.parametrize(
    ("verdicts", "known"),
    [
        (("alive",), "alive"),
        (("gone",), "gone"),
        (("suspected",), "suspected"),
        (("suspected", "suspected"), "gone"),
        (("suspected", "alive", "suspected"), "suspected"),
        (("suspected", "blocked", "suspected"), "gone"),
        (("suspected", "unreachable"), "suspected"),
        (("alive", "suspected"), "suspected"),
        (("alive", "blocked"), "blocked"),
        (("alive", "unreachable"), "unreachable"),
        (("blocked",) * 9, "blocked"),
        (("unreachable",) * 9, "unreachable"),
        (("blocked", "unreachable") * 9, "unreachable"),
        (("gone", "blocked"), "gone"),
        (("gone", "unreachable"), "gone"),
        (("gone", "suspected"), "gone"),
        (("gone", "alive"), "alive"),
        (("moved", "blocked"), "moved"),
        (("alive", "not_checked"), "alive"),
        (("gone", "not_checked"), "gone"),
        (("not_checked",), "not_checked"),
        (("not_checked", "alive"), "alive"),
        (("not_checked", "not_checked"), "not_checked"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else value,
)
def test_verdicts_add_up(verdicts: tuple[str, ...], known: str) -> None:
    assert story(*verdicts).verdict == known


def test_a_second_look_on_the_same_day_confirms_nothing() -> None:
    assert story("suspected", "suspected", apart=timedelta(hours=15)).verdict == "suspected"


def test_a_run_just_after_midnight_is_no_second_witness() -> None:
    late = MONDAY.replace(hour=23, minute=59)

    assert not is_another_day(late, late + timedelta(minutes=2))
    assert is_another_day(late, late + timedelta(hours=13))


@pytest.mark.parametrize(("hour", "verdict"), [(20, "suspected"), (24, "gone")])
def test_a_day_is_one_of_those_who_check(hour: int, verdict: str) -> None:
    """In China, half past seven in the morning is yesterday by Greenwich, and the evening is not."""
    midnight = datetime(2026, 11, 23, tzinfo=timezone(timedelta(hours=8)))
    morning = midnight + timedelta(hours=7, minutes=30)
    state = parse(dump(Record({"u": advance(None, found("suspected"), morning)}))).links["u"]

    assert advance(state, found("suspected"), midnight + timedelta(hours=hour)).verdict == verdict


def test_dates_say_since_when_and_until_when() -> None:
    state = story("alive", "alive", "blocked", "blocked")

    assert state.since == MONDAY + 2 * DAY
    assert state.last_alive == MONDAY + DAY
    assert state.last_check == MONDAY + 3 * DAY
    assert state.failures == 2


def test_a_refusal_of_what_was_gone_is_remembered_beside_it() -> None:
    state = story("gone", "blocked")

    assert (state.verdict, state.lately, state.confirmed) == ("gone", "blocked", MONDAY)
    assert state.evidence == "evidence of gone"


def test_what_is_confirmed_says_by_what() -> None:
    assert story("suspected", "suspected").evidence == "evidence of suspected; the same on 2026-11-23"


def test_an_archived_copy_and_the_notes_of_others_are_kept() -> None:
    before = replace(story("gone"), archived="https://web.archive.org/x", more={"note": "by hand"})
    after = advance(before, found("alive"), MONDAY + DAY)

    assert (after.archived, after.more) == (before.archived, before.more)


def test_a_page_with_another_title_has_changed_until_its_own_is_back() -> None:
    first = advance(None, found("alive", title="多任务学习概述"), MONDAY)
    second = advance(first, found("alive", title="澳门娱乐城开户"), MONDAY + DAY)
    third = advance(second, found("alive", title="澳门娱乐城开户"), MONDAY + 2 * DAY)
    fourth = advance(third, found("alive", title="多任务学习概述"), MONDAY + 3 * DAY)

    assert [state.verdict for state in (first, second, third, fourth)] == ["alive", "changed", "changed", "alive"]
    assert "多任务学习概述" in second.evidence
    assert "澳门娱乐城开户" in second.evidence
    assert third.since == MONDAY + DAY
    assert third.last_alive == MONDAY


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("注意力机制 - 知乎", "(12 封私信 / 80 条消息) 注意力机制 - 知乎", False),
        ("注意力机制", "注意力机制_CSDN博客", False),
        ("Attention is all you need", "Attention Is All You Need (2017)", False),
        ("深度学习中的多任务学习概述", "深度学习中的多任务学习综述（更新）", False),
        ("多任务学习", "Page not found", True),
        ("Home", "A casino", True),
        ("", "A casino", False),
        ("Home", "", False),
    ],
)
def test_titles_differ_when_the_page_is_another(one: str, other: str, differ: bool) -> None:
    assert differs_much(one, other) is differ


@pytest.mark.parametrize(
    ("verdict", "fresh_for", "stale_after"),
    [
        ("alive", 22, 38),
        ("moved", 22, 38),
        ("changed", 5, 10),
        ("gone", 5, 10),
        ("blocked", 0.7, 1.3),
        ("unreachable", 0.7, 1.3),
        ("suspected", 0.4, 1.01),
        ("not_checked", -1, 0),
    ],
)
def test_each_verdict_is_asked_again_in_its_time(verdict: str, fresh_for: float, stale_after: float) -> None:
    state = replace(story(verdict), title="its title")
    for number in range(50):
        url = f"https://a.example/{number}"
        assert fresh_for < 0 or is_fresh(url, state, MONDAY + timedelta(days=fresh_for), MONTH)
        assert not is_fresh(url, state, MONDAY + timedelta(days=stale_after), MONTH)


def test_links_checked_together_do_not_stay_together() -> None:
    state = story("alive")
    after_a_month = [is_fresh(f"https://a.example/{number}", state, MONDAY + MONTH, MONTH) for number in range(100)]

    assert 30 < sum(after_a_month) < 70


def test_an_age_of_nothing_asks_for_everything() -> None:
    assert not is_fresh("u", story("alive"), MONDAY, timedelta(0))


def test_a_check_in_the_future_is_not_believed() -> None:
    assert not is_fresh("u", story("alive"), MONDAY - 2 * DAY, MONTH)


def test_another_machine_s_clock_may_be_a_little_ahead() -> None:
    assert is_fresh("u", story("alive"), MONDAY - timedelta(minutes=5), MONTH)


def test_what_was_never_seen_is_asked_for() -> None:
    assert not is_fresh("u", None, MONDAY, MONTH)


def test_the_record_has_one_line_a_url_in_a_stable_order() -> None:
    links = {url: story("alive") for url in ("https://b", "https://a", "https://多")}
    text = dump(Record(links))

    assert list(json.loads(text)["links"]) == ["https://a", "https://b", "https://多"]
    assert len(text.splitlines()) == len(links) + 2
    assert '"https://a": {"verdict": "alive", "since": "2026-11-23T08:00:00Z"' in text
    assert text == dump(Record(dict(reversed(links.items()))))


def test_the_record_reads_as_it_was_written() -> None:
    state = replace(
        story("gone", "blocked"), title="标题 “a”", archived="https://web.archive.org/x", more={"note": [1]}
    )
    record = Record({"https://a": state, "https://b": story("alive")}, {"2026-11-23": {"alive": 1, "gone": 1}})

    assert parse(dump(record)) == record
    assert dump(parse(dump(record))) == dump(record)
    assert parse(dump(Record())) == Record()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"links": []}',
        '{"links": {"u": 1}}',
        '{"links": {"u": {}}}',
        '{"links": {"u": {"verdict": "gone"}}}',
        '{"links": {"u": {"verdict": "fine", "since": "2026-11-23", "last_check": "2026-11-23"}}}',
        '{"links": {"u": {"verdict": "gone", "since": "then", "last_check": "2026-11-23"}}}',
        '<<<<<<< HEAD\n{"links": {}}',
        '{"links": {"u": {"verdict": "gone", "since": "2026-11-23", "last_check": "2026-11-23", "title": null}}}',
        '{"links": {"u": {"verdict": "gone", "since": "2026-11-23", "last_check": "2026-11-23", "failures": "2"}}}',
        '{"links": {"u": {"verdict": "gone", "since": 1, "last_check": "2026-11-23"}}}',
        '{"links": {}, "history": []}',
        '{"links": {}, "history": {"2026-11-23": {"alive": "many"}}}',
        '{"links": {}, "history": {"yesterday": {"alive": 1}}}',
    ],
)
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(RecordError):
        parse(text)


def test_a_line_by_hand_may_say_little() -> None:
    state = parse('{"links": {"u": {"verdict": "gone", "last_check": "2026-11-23"}}}').links["u"]

    assert (state.verdict, state.since, state.last_alive) == ("gone", datetime(2026, 11, 23, tzinfo=UTC), None)


def one_link(state: LinkState) -> Record:
    return Record({"u": state})


@pytest.mark.parametrize(
    ("home", "runner", "together"),
    [
        (("alive",), ("blocked", "blocked"), "alive"),
        (("blocked", "blocked"), ("alive",), "alive"),
        (("gone",), ("blocked", "blocked"), "gone"),
        (("alive", "gone"), ("alive",), "gone"),
        (("suspected",), ("alive", "alive"), "alive"),
        (("blocked",), ("unreachable", "unreachable"), "unreachable"),
        (("not_checked", "not_checked"), ("blocked",), "not_checked"),
    ],
)
def test_the_line_that_saw_more_wins(home: tuple[str, ...], runner: tuple[str, ...], together: str) -> None:
    merged = merge(one_link(story(*home)), one_link(story(*runner)))

    assert merged.links["u"].verdict == together
    assert merged == merge(one_link(story(*runner)), one_link(story(*home)))


@pytest.mark.parametrize("later", INCONCLUSIVE)
def test_merging_remembers_the_later_refusal(later: Verdict) -> None:
    merged = merge(one_link(story("alive")), one_link(story("alive", later))).links["u"]

    assert (merged.verdict, merged.lately, merged.last_alive) == ("alive", later, MONDAY)
    assert merged.last_check == MONDAY + DAY
    assert merged.confirmed == MONDAY


def test_merging_is_the_same_in_any_order_and_number() -> None:
    records = [
        one_link(story(*verdicts)) for verdicts in (("alive", "gone"), ("blocked",) * 3, ("suspected", "blocked"))
    ]
    a, b, c = records

    assert merge(a, merge(b, c)) == merge(merge(a, b), c) == merge(merge(c, a), b)
    assert merge(a, a) == a


def test_merging_keeps_what_only_one_has() -> None:
    one = Record({"a": story("alive")}, {"2026-11-22": {"alive": 1}})
    other = Record({"b": story("gone")}, {"2026-11-23": {"gone": 1}, "2026-11-22": {"alive": 2}})
    merged = merge(one, other)

    assert set(merged.links) == {"a", "b"}
    assert merged.history == {"2026-11-22": {"alive": 2}, "2026-11-23": {"gone": 1}}
