"""From an answer to a verdict: a pure function, with the knowledge of hosts in ``rules.toml``.

It knows neither the client that asked nor LinkChecker.
"""

from __future__ import annotations

import enum
import html
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from linkhealth.page import decode, has_element, skeleton, title_of
from linkhealth.rules import Confidence, HostRules, Rule, Rules, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class Trouble(enum.StrEnum):
    """Why there is no whole answer."""

    ADDRESS = "address"
    """A private or loopback address, which is not asked."""
    DNS = "dns"
    CONNECT = "connect"
    PROXY = "proxy"
    TLS = "tls"
    TIMEOUT = "timeout"
    BROKEN = "broken"
    """What came was not HTTP, or broke off."""
    REDIRECTS = "redirects"
    """A circle, too many, or one that leads nowhere."""
    URL = "url"
    """Not an address that can be asked."""
    ROBOTS = "robots"
    """robots.txt refuses, and it was to be obeyed."""
    WAIT = "wait"
    """The host wants to be left alone for longer than a run."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect."""

    status: int
    url: str
    """Where it leads."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking for a URL."""

    asked: str
    final: str
    """The URL that answered, after redirects."""
    status: int = 0
    """0 where there was no answer."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """With names in lower case."""
    body: bytes = b""
    """As far as it was read."""
    hops: tuple[Hop, ...] = ()
    trouble: Trouble | None = None
    detail: str = ""
    """The trouble in words."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, and what it rests on."""

    verdict: Verdict
    evidence: str
    """One line."""
    confidence: Confidence = Confidence.HIGH
    status: int = 0
    title: str = ""
    """The title of a page that was seen alive."""
    final_url: str = ""
    """Where the page was found, if not where it was asked for; the new address of what has moved."""


_PERMANENT: Final = frozenset({301, 308})
_UNASKED: Final = frozenset({Trouble.ROBOTS, Trouble.WAIT, Trouble.URL})
_ROOTS: Final = frozenset({"", "/", "/index.html", "/index.htm", "/index.php"})


def classify(answer: Answer, rules: Rules) -> Finding:
    """Give the verdict on an answer. What only time can tell (changed, confirmed) is the record's to say."""
    if answer.trouble is not None:
        return _of_trouble(answer)
    page = _Page(answer)
    families = _families(answer, rules)
    is_success = 200 <= answer.status < 300
    article = page.article((*families, rules.every)) if is_success else None
    if article is None:
        for rule in (*(rule for one in families for rule in one.rules), *rules.every.rules):
            evidence = _evidence(rule, page)
            if evidence is not None:
                return _of_rule(rule, evidence, page)
    if not is_success:
        return Finding(Verdict.UNREACHABLE, f"HTTP {answer.status}", Confidence.LOW, answer.status)
    needed = families[0].article_needed
    if article is None and needed is not None and needed.search(urlsplit(answer.final).path):
        return Finding(
            Verdict.UNREACHABLE,
            f"HTTP {answer.status}, but neither an article nor any known sign; look at it",
            Confidence.LOW,
            answer.status,
        )
    return _of_living(page, article)


class _Page:
    """An answer, and what is read from it once and only when asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    @cached_property
    def text(self) -> str:
        return decode(self.answer.body, self.answer.headers.get("content-type", ""))

    @cached_property
    def shown(self) -> str:
        return skeleton(self.text)

    @cached_property
    def title(self) -> str:
        return title_of(self.shown)

    def article(self, families: Iterable[HostRules]) -> str | None:
        """Give the attribute by which the page is known to hold an article."""
        known = ((name, value) for family in families for name, value in family.articles)
        return next((f'{name}="{value}"' for name, value in known if has_element(self.shown, name, value)), None)

    def passed(self) -> Iterator[str]:
        """Yield the addresses on the way, other than the one asked for."""
        yield from (hop.url for hop in self.answer.hops)
        if not _is_same(self.answer.asked, self.answer.final):
            yield self.answer.final

    def new_address(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.search(self.text)
        if found is None:
            return None
        # Scripts write & as \x26amp; and the like.
        plain = re.sub(r"\\x([0-9a-fA-F]{2})", lambda code: chr(int(code.group(1), 16)), found.group(1))
        try:
            address = urljoin(self.answer.final, html.unescape(html.unescape(plain)).strip())
        except ValueError:
            # A bracket in the host, say: a page can write anything.
            return None
        return address if re.fullmatch(r"https?://[^\s\"'<>{}|\\^`]+", address) else None


def _families(answer: Answer, rules: Rules) -> list[HostRules]:
    """Give the rules of the host that answered, and of the one that was asked where that is another."""
    final, asked = (rules.of(urlsplit(url).hostname or "") for url in (answer.final, answer.asked))
    return [final] if final.name == asked.name else [final, asked]


def _evidence(rule: Rule, page: _Page) -> str | None:
    """Give what shows that a rule holds, or None where it does not."""
    shown = []
    if rule.status:
        if page.answer.status not in rule.status:
            return None
        shown.append(f"HTTP {page.answer.status}")
    if rule.header is not None:
        name, part = rule.header
        if part not in page.answer.headers.get(name, "").lower():
            return None
        shown.append(f"{name}: {part}")
    if rule.at_root:
        if not _leads_to_root(page.answer):
            return None
        shown.append(page.answer.final)
    if rule.passed is not None:
        passed = next((url for url in page.passed() if rule.passed.search(url)), None)
        if passed is None or rule.passed.search(page.answer.asked):
            return None
        shown.append(passed)
    if rule.title:
        marker = next((marker for marker in rule.title if marker in page.title), None)
        if marker is None:
            return None
        shown.append(f"title {marker}")
    if rule.whole_title is not None:
        if not rule.whole_title.fullmatch(page.title):
            return None
        shown.append(f"title {page.title}")
    if rule.body:
        marker = next((marker for marker in rule.body if marker in page.text), None)
        if marker is None:
            return None
        shown.append(marker)
    if rule.address is not None and page.new_address(rule.address) is None:
        return None
    return ", ".join(shown) if shown else None


def _of_rule(rule: Rule, evidence: str, page: _Page) -> Finding:
    is_sure = rule.confidence is Confidence.HIGH
    verdict = Verdict.SUSPECTED if rule.verdict is Verdict.GONE and not is_sure else rule.verdict
    is_seen = verdict in {Verdict.ALIVE, Verdict.MOVED}
    address = page.new_address(rule.address) if rule.address is not None else None
    return Finding(
        verdict,
        one_line(f"{rule.says} ({evidence})"),
        rule.confidence,
        page.answer.status,
        title=one_line(page.title) if is_seen else "",
        final_url=address or _elsewhere(page.answer),
    )


def _of_living(page: _Page, article: str | None) -> Finding:
    answer = page.answer
    title = one_line(page.title)
    seen = f"HTTP {answer.status}" + (f", {article}" if article else "") + (f", “{title}”" if title else "")
    moved_to = _moved_to(answer)
    confidence = Confidence.HIGH if article else Confidence.MEDIUM
    if moved_to is not None:
        evidence = one_line(f"moved for good to {moved_to} ({seen})")
        return Finding(Verdict.MOVED, evidence, confidence, answer.status, title, moved_to)
    return Finding(Verdict.ALIVE, one_line(seen), confidence, answer.status, title, _elsewhere(answer))


def _of_trouble(answer: Answer) -> Finding:
    assert answer.trouble is not None  # noqa: S101  # the caller has looked
    unasked = answer.trouble in _UNASKED or (answer.trouble is Trouble.ADDRESS and not answer.hops)
    verdict = Verdict.NOT_CHECKED if unasked else Verdict.UNREACHABLE
    by_way_of = f", by way of {answer.hops[-1].url}" if answer.hops else ""
    return Finding(verdict, one_line(f"{answer.trouble}: {answer.detail}{by_way_of}"), Confidence.HIGH, answer.status)


def _moved_to(answer: Answer) -> str | None:
    """Give the address up to which each redirect was for good."""
    address = None
    for hop in answer.hops:
        if hop.status not in _PERMANENT:
            break
        address = hop.url
    if address is None or _is_same(answer.asked, address):
        return None
    asked_for = urldefrag(answer.asked).fragment
    # A place in the page is kept over a redirect, unless that names its own (RFC 9110, 10.2.2).
    return f"{address}#{asked_for}" if asked_for and not urldefrag(address).fragment else address


def _leads_to_root(answer: Answer) -> bool:
    asked, final = urlsplit(answer.asked), urlsplit(answer.final)
    return final.path in _ROOTS and not final.query and (asked.path not in _ROOTS or bool(asked.query))


def _elsewhere(answer: Answer) -> str:
    return "" if _is_same(answer.asked, answer.final) else one_line(answer.final)


def _is_same(one: str, other: str) -> bool:
    """Say whether two URLs differ in spelling at most."""
    return unquote(urldefrag(one).url).rstrip("?") == unquote(urldefrag(other).url).rstrip("?")


def one_line(text: str, length: int = 300) -> str:
    """Give other people's text on one line, without what could steer a terminal."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * length])
    plain = " ".join(plain.split())
    return plain if len(plain) <= length else f"{plain[: length - 1]}…"
