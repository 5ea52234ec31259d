"""Visit each outside URL once, each host at its own pace.

Every host, or family of hosts, has a lane: a queue, a pace, and a few workers of its own.
A redirect to another host joins that host's queue, so that no host ever holds up another.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urldefrag, urljoin, urlsplit

from linkhealth.classify import Answer, Finding, Hop, Trouble, classify
from linkhealth.client import Client, FaultError, Limits, Reply, retry_after
from linkhealth.robots import SIZE, is_allowed
from linkhealth.rules import Verdict, host_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from linkhealth.addresses import Guard
    from linkhealth.rules import HostRules, Rules

_WORTH_A_RETRY: Final = frozenset({Trouble.DNS, Trouble.CONNECT, Trouble.PROXY, Trouble.TIMEOUT, Trouble.BROKEN})
_FAULTS_THAT_PASS: Final = frozenset({500, 502, 503, 504})
_HOLD_ON: Final = frozenset({429, 503})
_REFUSED: Final = 403
_MANY_HOSTS: Final = 20
"""When so many hosts and all probes are out of reach for as long as a connection may take, there is no network."""
_AT_ONCE: Final = 150
"""Requests to all hosts together: with the lookups, below the 256 files that macOS lets a program open."""
_LOOKUPS: Final = 64
"""Names looked up at once: a name server that is silent on one must not hold up the others."""


class NoNetworkError(RuntimeError):
    """Nothing at all could be reached."""


class Watcher(Protocol):
    """Who is told what goes on."""

    def planned(self, lane: str, count: int, seconds: float) -> None:
        """So many links wait in a lane, which needs so long for them."""

    def asked(self, lane: str, url: str) -> None:
        """A link is being asked for."""

    def held(self, lane: str, seconds: float, reason: str) -> None:
        """A lane waits."""

    def gave_up(self, lane: str, reason: str, /) -> None:
        """Nothing more is asked of a lane in this run; the reason names it."""

    def settled(self, lane: str, url: str, finding: Finding) -> None:
        """A link has its verdict."""

    def ticked(self) -> None:
        """A second has passed."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How a run behaves."""

    limits: Limits = field(default_factory=Limits)
    obey_robots: bool = False


def check(
    urls: Iterable[str],
    rules: Rules,
    guard: Guard,
    manners: Manners,
    watcher: Watcher,
    on_finding: Callable[[str, Finding], None],
) -> None:
    """Visit each URL, and hand over each finding the moment it is made.

    :raises NoNetworkError: if nothing at all could be reached; then nothing was handed over.
    :raises ProxyError: if the environment names a proxy that cannot be used.
    """
    asyncio.run(_Run(rules, guard, manners, watcher, on_finding).over(list(dict.fromkeys(urls))))


@dataclass(slots=True, eq=False)
class _Visit:
    """A link on its way to a verdict."""

    asked: list[str]
    """The URLs of the list that this visit answers: they differ in fragment at most."""
    url: str
    """What to ask for next."""
    home: _Lane
    """The lane that it is counted in."""
    method: str = "GET"
    hops: tuple[Hop, ...] = ()
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    """By host."""
    tries: int = 0


@dataclass(slots=True, eq=False)
class _Lane:
    """A host, or a family of hosts, and what waits for it."""

    family: HostRules
    queue: asyncio.Queue[_Visit] = field(default_factory=asyncio.Queue)
    workers: list[asyncio.Task[None]] = field(default_factory=list)
    idle: int = 0
    next_turn: float = 0
    held_until: float = 0
    refusals: int = 0
    """Refusals in a row."""
    given_up: str = ""
    """Why nothing more is asked of it in this run."""

    async def turn(self) -> None:
        """Wait for the moment at which the pace allows one more request."""
        clock = asyncio.get_running_loop().time
        pace = self.family.pace
        turn = max(clock(), self.next_turn)
        # The jitter has no part in security, and its mean is the pace.
        pause = random.uniform(1 - pace.jitter, 1 + pace.jitter) / pace.rate  # noqa: S311
        self.next_turn = turn + pause
        while (wait := max(turn, self.held_until) - clock()) > 0 and not self.given_up:
            await asyncio.sleep(wait)

    def hold(self, seconds: float) -> None:
        """Ask nothing for a while."""
        self.held_until = max(self.held_until, asyncio.get_running_loop().time() + seconds)


class _Run:
    """One run over a list of URLs."""

    def __init__(
        self,
        rules: Rules,
        guard: Guard,
        manners: Manners,
        watcher: Watcher,
        on_finding: Callable[[str, Finding], None],
    ) -> None:
        self._rules = rules
        self._limits = manners.limits
        self._obey_robots = manners.obey_robots
        self._watcher = watcher
        self._on_finding = on_finding
        self._client = Client(rules.contact, manners.limits, guard)
        self._lanes: dict[str, _Lane] = {}
        self._robots: dict[str, asyncio.Future[str]] = {}
        self._pending = 0
        self._done = asyncio.Event()
        self._fault: BaseException | None = None
        self._is_online = False
        self._is_cut_off = False
        """Whether something that needs a network failed, and so did the probes."""
        self._probe: asyncio.Task[None] | None = None
        self._said_to_probes: set[int] = set()
        """What a proxy said that let no probe through."""
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._start = 0.0
        self._withheld: list[tuple[_Visit, Mapping[str, Finding]]] = []
        """Findings from before anything was reached: without a network, none of them is to be recorded."""

    async def over(self, urls: list[str]) -> None:
        loop = asyncio.get_running_loop()
        self._start = self._clock()
        loop.set_default_executor(ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="lookup"))
        async with self._client:
            ticker = asyncio.create_task(self._tick())
            visits = self._plan(urls)
            self._pending = len(visits)
            try:
                for visit in visits:
                    self._send(visit.home, visit)
                if visits:
                    await self._done.wait()
            finally:
                ticker.cancel()
                await self._stop()
        if self._fault is not None:
            raise self._fault

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(1)
            self._watcher.ticked()

    @staticmethod
    def _clock() -> float:
        return asyncio.get_running_loop().time()

    def _plan(self, urls: list[str]) -> list[_Visit]:
        """Make one visit for all URLs that lead to one page, in the order of the list."""
        visits: dict[str, _Visit] = {}
        for url in urls:
            page = urldefrag(url).url
            if page in visits:
                visits[page].asked.append(url)
            else:
                lane = self._lane_of(page)
                visits[page] = _Visit([url], page, lane, "HEAD" if lane.family.head else "GET")
        for lane, count in Counter(visit.home for visit in visits.values()).items():
            self._watcher.planned(lane.family.name, count, count / lane.family.pace.rate)
        return list(visits.values())

    def _lane_of(self, url: str) -> _Lane:
        family = self._rules.of(host_of(url))
        return self._lanes.setdefault(family.name, _Lane(family))

    def _send(self, lane: _Lane, visit: _Visit) -> None:
        """Put a visit into a lane's queue, and see that somebody works there."""
        lane.queue.put_nowait(visit)
        if lane.queue.qsize() > lane.idle and len(lane.workers) < lane.family.pace.concurrency:
            lane.workers.append(asyncio.create_task(self._work(lane)))

    async def _work(self, lane: _Lane) -> None:
        try:
            while True:
                lane.idle += 1
                visit = await lane.queue.get()
                lane.idle -= 1
                await self._step(lane, visit)
        except Exception as fault:  # a worker that failed silently would leave the run waiting for ever
            self._fault = self._fault or fault
            self._done.set()

    async def _stop(self) -> None:
        workers = [task for lane in self._lanes.values() for task in lane.workers]
        tasks: list[asyncio.Task[Any]] = [*workers, self._probe] if self._probe else [*workers]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # ------------------------------------------------------------ one step of a visit

    async def _step(self, lane: _Lane, visit: _Visit) -> None:
        """Ask for one address, and see where that leads."""
        try:
            self._client.check(visit.url)
        except FaultError as fault:
            is_dead_end = visit.hops and fault.trouble is Trouble.URL
            trouble = Trouble.REDIRECTS if is_dead_end else fault.trouble
            self._settle(lane, visit, _answer(visit, trouble=trouble, detail=fault.detail))
            return
        if self._obey_robots and not await self._may_ask(lane, visit.url):
            self._settle(lane, visit, _answer(visit, trouble=Trouble.ROBOTS, detail="robots.txt refuses this address"))
            return
        if not lane.given_up:
            await lane.turn()
        if lane.given_up:
            self._settle(lane, visit, _answer(visit, trouble=Trouble.WAIT, detail=lane.given_up))
            return
        self._watcher.asked(lane.family.name, visit.url)
        host = host_of(visit.url)
        try:
            async with self._slots:  # its time begins only now
                reply = await self._client.ask(visit.url, method=visit.method, cookies=visit.cookies.get(host))
        except FaultError as fault:
            await self._on_fault(lane, visit, fault)
            return
        if not await self._tells_of_host(reply):
            said = f"HTTP {reply.status}, which is not the host's own word"
            self._settle(lane, visit, _answer(visit, trouble=Trouble.PROXY, detail=said))
            return
        visit.cookies.setdefault(host, {}).update(_fit_cookies(reply.cookies))
        if reply.location is not None:
            self._follow(lane, visit, reply)
        elif visit.method == "HEAD" and reply.status >= 400:  # a refusal of HEAD says nothing
            visit.method = "GET"
            self._send(lane, visit)
        elif not self._try_again_later(lane, visit, reply):
            self._settle(lane, visit, _answer(visit, reply))

    def _follow(self, lane: _Lane, visit: _Visit, reply: Reply) -> None:
        """Send a visit on to where it is redirected."""
        try:
            target = urldefrag(urljoin(visit.url, reply.location)).url
            urlsplit(target)
        except ValueError:
            target = ""
        passed = {urldefrag(visit.asked[0]).url, *(hop.url for hop in visit.hops)}
        trouble = ""
        if not target:
            trouble = "the redirect leads nowhere"
        elif target in passed and not reply.cookies:
            trouble = "the redirects go in a circle"
        elif len(visit.hops) >= self._limits.redirects:
            trouble = f"more than {self._limits.redirects} redirects"
        if trouble:
            self._settle(lane, visit, _answer(visit, trouble=Trouble.REDIRECTS, detail=trouble))
            return
        visit.hops = (*visit.hops, Hop(reply.status, target))
        visit.url = target
        lane = self._lane_of(target)
        visit.method = "HEAD" if lane.family.head else "GET"
        self._send(lane, visit)

    def _try_again_later(self, lane: _Lane, visit: _Visit, reply: Reply) -> bool:
        """Respect what an overloaded host asks for; say whether the visit goes on."""
        asked_for = retry_after(reply.headers) if reply.status in _HOLD_ON else None
        if asked_for is not None and asked_for > self._limits.wait:
            lane.given_up = f"{lane.family.name} asks to be left alone for {asked_for:.0f} s; try later"
            self._watcher.gave_up(lane.family.name, lane.given_up)
            return False
        if visit.tries >= self._limits.retries or reply.status not in _HOLD_ON | _FAULTS_THAT_PASS:
            return False
        pause = asked_for if asked_for is not None else self._limits.back_off * 2**visit.tries
        if reply.status in _HOLD_ON:
            # It speaks for the whole host, not for this page alone.
            lane.hold(pause)
            self._watcher.held(lane.family.name, pause, f"HTTP {reply.status}")
        self._again(lane, visit, pause)
        return True

    async def _on_fault(self, lane: _Lane, visit: _Visit, fault: FaultError) -> None:
        if fault.is_reached:
            self._go_online()
        elif not self._is_online:
            await self._is_there_a_network()
        if fault.trouble in _WORTH_A_RETRY and visit.tries < self._limits.retries and self._is_online:
            self._again(lane, visit, self._limits.back_off * 2**visit.tries)
            return
        self._settle(lane, visit, _answer(visit, trouble=fault.trouble, detail=fault.detail))

    def _again(self, lane: _Lane, visit: _Visit, pause: float) -> None:
        """Put a visit back into its queue after a while, in which the lane goes on."""
        visit.tries += 1
        asyncio.get_running_loop().call_later(pause, self._send, lane, visit)

    def _settle(self, lane: _Lane, visit: _Visit, answer: Answer) -> None:
        # The URLs differ in the place on the page that they name, which a moved page keeps.
        findings = {url: classify(replace(answer, asked=url), self._rules) for url in visit.asked}
        if answer.trouble is None:
            is_refusal = any(finding.verdict is Verdict.BLOCKED for finding in findings.values())
            lane.refusals = lane.refusals + 1 if is_refusal else 0
            if lane.refusals >= lane.family.pace.patience and not lane.given_up:
                lane.given_up = (
                    f"{lane.family.name} has refused {lane.refusals} times in a row; try later, or elsewhere"
                )
                self._watcher.gave_up(lane.family.name, lane.given_up)
        self._hand_over(visit, findings)

    def _hand_over(self, visit: _Visit, findings: Mapping[str, Finding]) -> None:
        if not self._is_online:
            self._withheld.append((visit, findings))
            self._see_whether_to_give_up()
            return
        for url, finding in findings.items():
            self._on_finding(url, finding)
            self._watcher.settled(visit.home.family.name, url, finding)
        self._pending -= 1
        if not self._pending:
            self._done.set()

    # ------------------------------------------------------------ is there a network at all?

    def _go_online(self) -> None:
        if not self._is_online:
            self._is_online = True
            withheld, self._withheld = self._withheld, []
            for visit, findings in withheld:
                self._hand_over(visit, findings)

    def _see_whether_to_give_up(self) -> None:
        """End the run when nothing is left to hope for: no probe answered, and no host will."""
        is_all = len(self._withheld) == self._pending
        if is_all and not self._is_cut_off:
            self._go_online()  # nothing on the list needed a network: addresses that are none, or private
            return
        homes = {visit.home for visit, _ in self._withheld}
        # A host that is slow to answer may still show that there is a network.
        is_silent = len(homes) >= _MANY_HOSTS and self._clock() - self._start > self._limits.connect
        if self._is_cut_off and (is_all or len(homes) == len(self._lanes) or is_silent):
            self._fault = NoNetworkError(_no_network(self._withheld))
            self._done.set()

    async def _is_there_a_network(self) -> bool:
        """Ask hosts that are always there, once, before a silence is put down to the host."""
        if self._probe is None:
            self._probe = asyncio.create_task(self._ask_probes())
        await asyncio.shield(self._probe)
        self._is_cut_off = not self._is_online
        return self._is_online

    async def _tells_of_host(self, reply: Reply) -> bool:
        """Say whether an answer is the host's own, or that of a proxy which has let others through."""
        if reply.is_from_host:
            self._go_online()
        elif not self._is_online and not await self._is_there_a_network():
            # A proxy that refuses everybody would have refused the probes too.
            if reply.status != _REFUSED or _REFUSED in self._said_to_probes:
                return False
            self._go_online()
        return True

    async def _ask_probes(self) -> None:
        asked = [asyncio.create_task(self._answers(url)) for url in self._rules.probes]
        try:
            for answer in asyncio.as_completed(asked):
                if await answer:
                    self._go_online()
                    return
        finally:
            for task in asked:
                task.cancel()

    async def _answers(self, url: str) -> bool:
        try:
            reply = await self._client.ask(url, method="HEAD")
        except FaultError as fault:
            self._said_to_probes.add(fault.status)
            return False
        self._said_to_probes.add(reply.status)
        # A proxy that may not reach a host answers too, in the host's name.
        return reply.is_from_host and reply.status < 400

    # ------------------------------------------------------------ robots.txt

    async def _may_ask(self, lane: _Lane, url: str) -> bool:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = asyncio.ensure_future(self._fetch_robots(lane, f"{origin}/robots.txt"))
        return is_allowed(await asyncio.shield(self._robots[origin]), url)

    async def _fetch_robots(self, lane: _Lane, url: str) -> str:
        """Read a robots.txt; a host without one allows all, one that is out of order nothing (RFC 9309, 2.3.1)."""
        for _ in range(5):
            await lane.turn()
            try:
                reply = await self._client.ask(url)
            except FaultError:
                # The page itself will say what is wrong with the host.
                return ""
            if reply.is_from_host:
                self._go_online()
            if reply.location is None:
                break
            try:
                url = urljoin(url, reply.location)
            except ValueError:  # an address that is none
                break
        if reply.status >= 500:
            return "User-agent: *\nDisallow: /"
        return reply.body[:SIZE].decode("utf-8", "replace") if reply.status < 300 else ""


def _answer(visit: _Visit, reply: Reply | None = None, trouble: Trouble | None = None, detail: str = "") -> Answer:
    if reply is None:
        return Answer(visit.asked[0], visit.url, hops=visit.hops, trouble=trouble, detail=detail)
    return Answer(visit.asked[0], visit.url, reply.status, reply.headers, reply.body, visit.hops)


def _fit_cookies(cookies: Mapping[str, str]) -> dict[str, str]:
    """Give the cookies that are no nuisance to send back."""
    fit = {name: value for name, value in cookies.items() if len(name) + len(value) < 1000 and (name + value).isascii()}
    return {name: value for name, value in list(fit.items())[:20] if (name + value).isprintable() and ";" not in value}


def _no_network(withheld: list[tuple[_Visit, Mapping[str, Finding]]]) -> str:
    found = [(visit.home.family.name, one) for visit, findings in withheld for one in findings.values()]
    host, finding = min(found, key=lambda one: (one[1].verdict is Verdict.NOT_CHECKED, one[0]))
    return f"nothing could be reached; {host}, for one: {finding.evidence}"
