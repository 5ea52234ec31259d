"""What tests of linkhealth share: a stage on which they play the hosts."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from linkhealth.addresses import Guard
from linkhealth.check import Manners, check
from linkhealth.client import Limits
from linkhealth.rules import Pace, Rules, builtin_rules
from tests.linkhealth.stage import Authority, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from linkhealth.classify import Finding

QUICK = Limits(connect=2, total=2, body=200_000, retries=0, back_off=0.01)


def in_a_thread(run: Callable[..., None], *given: object) -> None:
    """Run what makes an event loop of its own: tests with a browser leave one running in the main thread."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(run, *given).result()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def stage(authority: Authority) -> Iterator[Stage]:
    with Stage(authority).open() as opened:
        yield opened


@pytest.fixture
def on_stage(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A stage to which this very process is sent by its environment."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    for name, value in stage.environment.items():
        monkeypatch.setenv(name, value)
    return stage


def hasty_rules() -> Rules:
    """The real rules, at a pace for loopback."""
    rules = builtin_rules()
    pace = Pace(rate=10_000, concurrency=8, jitter=0, patience=10_000)
    hosts = {name: replace(family, pace=pace) for name, family in rules.hosts.items()}
    return replace(rules, every=replace(rules.every, pace=pace), hosts=hosts, probes=("http://probe.example/",))


@dataclass
class Witness:
    """Takes down what a run says of itself."""

    findings: dict[str, Finding] = field(default_factory=dict)
    plans: dict[str, int] = field(default_factory=dict)
    holds: list[tuple[str, float]] = field(default_factory=list)
    surrenders: list[str] = field(default_factory=list)

    def planned(self, lane: str, count: int, seconds: float) -> None:
        self.plans[lane] = count

    def asked(self, lane: str, url: str) -> None:
        pass

    def held(self, lane: str, seconds: float, reason: str) -> None:
        self.holds.append((lane, seconds))

    def gave_up(self, lane: str, reason: str) -> None:
        self.surrenders.append(lane)

    def ticked(self) -> None:
        pass

    def settled(self, lane: str, url: str, finding: Finding) -> None:
        assert self.findings[url] is finding

    def run(
        self,
        *urls: str,
        rules: Rules | None = None,
        guard: Guard | None = None,
        limits: Limits = QUICK,
        obey_robots: bool = False,
    ) -> dict[str, Finding]:
        """Check some links, and give what was found."""
        in_a_thread(
            check,
            urls,
            rules or hasty_rules(),
            guard or Guard(),
            Manners(limits, obey_robots),
            self,
            self.findings.__setitem__,
        )
        return self.findings


@pytest.fixture
def witness() -> Witness:
    return Witness()
