"""Which links a run asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from linkhealth.classify import Finding
from linkhealth.record import advance
from linkhealth.rules import Verdict, host_of
from linkhealth.schedule import Choice, choose

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
URLS = [f"https://{host}.example/{number}" for host in ("a", "b.c") for number in range(10)]


def known(verdict: str = "alive", days: float = 1) -> dict[str, object]:
    state = advance(None, Finding(Verdict(verdict), "so"), NOW - timedelta(days=days))
    return dict.fromkeys(URLS, state)


def test_what_is_fresh_is_left_out() -> None:
    states = known(days=1)
    del states[URLS[3]]

    assert choose(URLS, states, Choice(), NOW) == [URLS[3]]  # type: ignore[arg-type]
    assert choose(URLS, known(days=60), Choice(), NOW) == URLS  # type: ignore[arg-type]


def test_what_is_fresh_is_asked_for_on_demand() -> None:
    assert choose(URLS, known(), Choice(fresh_too=True), NOW) == URLS  # type: ignore[arg-type]
    assert choose(URLS, known(), Choice(max_age=timedelta(0)), NOW) == URLS  # type: ignore[arg-type]


def test_only_some_hosts_are_asked() -> None:
    assert choose(URLS, {}, Choice(hosts=frozenset({"c.example"})), NOW) == URLS[10:]
    assert choose(URLS, {}, Choice(hosts=frozenset({"example"})), NOW) == URLS
    assert choose(URLS, {}, Choice(hosts=frozenset({"xample", "z.b.c.example"})), NOW) == []


def test_the_longest_unasked_come_first_under_a_limit() -> None:
    states = {
        **known(days=60),
        **dict.fromkeys(URLS[:2], advance(None, Finding(Verdict.ALIVE, ""), NOW - timedelta(days=90))),
    }
    del states[URLS[9]]

    assert choose(URLS, states, Choice(limit=4), NOW) == [URLS[9], URLS[0], URLS[1], URLS[2]]  # type: ignore[arg-type]
    assert choose(URLS, states, Choice(limit=0), NOW) == []  # type: ignore[arg-type]


def test_shards_share_the_links_among_them_and_no_host_is_asked_by_two() -> None:
    urls = [
        f"https://{below}host{number}.example/{below}{number}" for number in range(20) for below in ("", "www.", "m.")
    ]
    shards = [choose(urls, {}, Choice(shard=(part, 3)), NOW) for part in (1, 2, 3)]
    domains = [{host_of(url).removeprefix("www.").removeprefix("m.") for url in shard} for shard in shards]

    assert sorted(url for shard in shards for url in shard) == sorted(urls)
    assert all(shards)
    assert sum(map(len, domains)) == 20
