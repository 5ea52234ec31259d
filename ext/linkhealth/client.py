"""One request to one host: polite, bounded in time and memory, over aiohttp.

Redirects are not followed here: each is a request to a host with a pace of its own.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import urllib.request
import weakref
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import quote

import aiohttp
from yarl import URL

from linkhealth.addresses import Guard, GuardedResolver, RefusedAddressError
from linkhealth.classify import Trouble, one_line
from linkhealth.unpack import ANNOUNCED, Unpacker, UnpackError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_TEXT: Final = re.compile(r"\s*(?:text/|application/(?:xhtml\+xml|xml|json)|$)", re.IGNORECASE)
_PROXYS_OWN: Final = frozenset({403, 407, 502, 503, 504})
"""What a proxy says of a host that it may not or cannot reach."""
_LOGIN_TO_NETWORK: Final = 511
"""What a network says that wants a login first (RFC 6585, 6): never the host."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a host may cost us."""

    connect: float = 10
    """Seconds for a connection."""
    total: float = 30
    """Seconds for a request and its answer."""
    body: int = 2_000_000
    """Bytes of a page, before and after decompression."""
    redirects: int = 10
    retries: int = 2
    wait: float = 60
    """Seconds that a host may ask us to wait before it is left for another day."""
    back_off: float = 1
    """Seconds before the first retry; each later one waits twice as long."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A host's answer to one request."""

    status: int
    headers: Mapping[str, str]
    """With names in lower case."""
    body: bytes = b""
    location: str | None = None
    """Where it redirects to, not yet joined with the address that was asked."""
    cookies: Mapping[str, str] = field(default_factory=dict)
    is_from_host: bool = True
    """Whether the answer must be the host's own, rather than that of something on the way to it."""


class ProxyError(ValueError):
    """The environment names a proxy that cannot be used."""


class FaultError(Exception):
    """A request that got no answer."""

    def __init__(self, trouble: Trouble, detail: str, *, is_reached: bool = False, status: int = 0) -> None:
        """Keep the parts.

        :param is_reached: whether the host was reached all the same, so that there is a network.
        :param status: what a proxy said that did not let us through.
        """
        super().__init__(f"{trouble}: {detail}")
        self.trouble = trouble
        self.detail = detail
        self.is_reached = is_reached
        self.status = status


class Client:
    """Asks hosts, by way of the proxies that the environment names."""

    def __init__(self, contact: str, limits: Limits, guard: Guard) -> None:
        """Read the environment.

        :raises ProxyError: if it names a proxy that cannot be used.
        """
        self.limits = limits
        self._guard = guard
        self._contact = contact
        self._proxies = _proxies()
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()

    async def __aenter__(self) -> Self:
        # Reads SSL_CERT_FILE and SSL_CERT_DIR.
        trust = ssl.create_default_context()
        trust.set_alpn_protocols(["http/1.1"])
        # A proxy is trusted: it may stand on this machine, and it looks names up itself.
        resolvers = (GuardedResolver(self._guard), aiohttp.ThreadedResolver())
        self._direct, self._proxied = (
            self._session(
                aiohttp.TCPConnector(
                    ssl=trust,
                    limit=0,
                    # A host is asked once in seconds; a line kept open to each of thousands is more than systems allow.
                    force_close=True,
                    resolver=resolver,
                    socket_factory=self._open_socket,
                )
            )
            for resolver in resolvers
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._direct.close()
        await self._proxied.close()
        # asyncio waits half a minute for a host to end TLS in good order; one that never does is not waited for.
        for opened in list(self._sockets):
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                while any(opened.fileno() >= 0 for opened in list(self._sockets)):
                    await asyncio.sleep(0.001)

    def check(self, url: str) -> URL:
        """Read an address to ask. Where its host's name leads, only `ask` finds out.

        :raises FaultError: if it is none, or is written as one that is not asked.
        """
        address = parse_url(url)
        try:
            self._guard.check_host(address.host or "")
        except RefusedAddressError as fault:
            raise FaultError(Trouble.ADDRESS, str(fault)) from None
        return address

    async def ask(self, url: str, *, method: str = "GET", cookies: Mapping[str, str] | None = None) -> Reply:
        """Make one request.

        :raises FaultError: if there was no whole answer.
        """
        address = self.check(url)
        proxy = self._proxy_for(address)
        session = self._proxied if proxy else self._direct
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
        is_from_host = proxy is None or address.scheme == "https"
        reached = False
        try:
            async with session.request(
                method, address, headers=headers, proxy=proxy, allow_redirects=False
            ) as response:
                is_own = is_from_host or response.status not in _PROXYS_OWN
                reached = is_own and response.status != _LOGIN_TO_NETWORK
                return Reply(
                    response.status,
                    {name.lower(): value for name, value in response.headers.items()},
                    await self._body(response),
                    _location(response),
                    {name: morsel.value for name, morsel in response.cookies.items()},
                    reached,
                )
        except FaultError:
            raise
        except Exception as fault:  # what a client raises on hostile input is no closed list
            raise _as_fault(fault, self.limits, is_reached=reached) from fault

    def _open_socket(self, address: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, *_ = address
        opened = socket.socket(family, kind, protocol)
        self._sockets.add(opened)
        return opened

    def _session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            # trust_env would also send the user's .netrc passwords to hosts; proxies are read by ourselves.
            trust_env=False,
            # What hosts remember of one link is no business of the next.
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=self.limits.total, sock_connect=self.limits.connect),
            headers={
                "User-Agent": user_agent(self._contact),
                "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
                "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8",
                "Accept-Encoding": ANNOUNCED,
            },
        )

    def _proxy_for(self, address: URL) -> URL | None:
        proxy = self._proxies.get(address.scheme)
        if proxy is None or urllib.request.proxy_bypass(f"{address.host}:{address.port}"):
            return None
        return proxy

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        """Read a page as far as the limit; what is no text, or only a redirect, is not read."""
        if response.status in _REDIRECTS or not _TEXT.match(response.headers.get("Content-Type", "")):
            return b""
        limit = self.limits.body
        unpack = Unpacker(response.headers.get("Content-Encoding", ""), limit)
        received = 0
        async for part in response.content.iter_any():
            received += len(part)
            unpack.feed(part)
            if received >= limit or unpack.is_full:
                _hang_up(response)
                break
        return bytes(unpack.text)


def user_agent(contact: str) -> str:
    """Say what asks, and where to complain."""
    try:
        number = version("refblock")
    except PackageNotFoundError:
        number = "0"
    return f"linkhealth/{number} (checks the links of a reading list, each page once in weeks; +{contact})"


def parse_url(url: str) -> URL:
    """Read an address to ask.

    :raises FaultError: if it is none.
    """
    try:
        # An address that is spelled as it goes over the wire is sent as it is spelled.
        address = URL(url, encoded=re.fullmatch(r"[!-~]+", url) is not None)
        if address.scheme not in {"http", "https"}:
            raise FaultError(Trouble.URL, f"{one_line(address.scheme, 20) or 'it'} is not http or https")
        if not address.host or address.port is None:
            raise FaultError(Trouble.URL, "it names no host")
    except ValueError as fault:
        raise FaultError(Trouble.URL, one_line(str(fault))) from None
    return address


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Give the seconds that a host asks us to wait, or None where it does not say."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())


def _proxies() -> dict[str, URL]:
    """Give the proxy for each scheme, as HTTP_PROXY, HTTPS_PROXY and ALL_PROXY (or the system) say."""
    named = urllib.request.getproxies()
    proxies = {}
    for scheme in ("http", "https"):
        text = named.get(scheme) or named.get("all")
        if not text:
            continue
        try:
            proxy = URL(text if "://" in text else f"http://{text}")
        except ValueError as fault:
            raise ProxyError(f"{scheme.upper()}_PROXY names no proxy: {fault}") from None
        if proxy.scheme not in {"http", "https"}:
            raise ProxyError(
                f"a {proxy.scheme} proxy cannot be used; set {scheme.upper()}_PROXY to an http one, "
                "which most proxies offer too"
            )
        proxies[scheme] = proxy
    return proxies


def _hang_up(response: aiohttp.ClientResponse) -> None:
    """Stop listening at once: closed in good order, a host could go on talking."""
    if response.connection is not None and response.connection.transport is not None:
        response.connection.transport.abort()
    response.close()


def _location(response: aiohttp.ClientResponse) -> str | None:
    text = response.headers.get("Location", "").strip()
    if response.status not in _REDIRECTS or not text:
        return None
    # Hosts write raw UTF-8 or GBK; on the wire these are percent signs.
    return quote(text.encode("utf-8", "surrogateescape"), safe="%/:=&?~#+!$,;'@()*[]|")


def _as_fault(fault: Exception, limits: Limits, *, is_reached: bool) -> FaultError:
    """Say in our words what the client met."""
    match fault:
        case UnpackError():
            return FaultError(Trouble.BROKEN, one_line(str(fault), 120), is_reached=True)
        case aiohttp.ClientProxyConnectionError():
            return FaultError(Trouble.PROXY, f"the proxy cannot be reached: {_reason(fault.os_error)}")
        case aiohttp.ClientHttpProxyError():
            return FaultError(
                Trouble.PROXY, f"the proxy cannot reach the host: HTTP {fault.status}", status=fault.status
            )
        case aiohttp.ClientConnectorDNSError():
            if isinstance(fault.os_error, RefusedAddressError):
                return FaultError(Trouble.ADDRESS, str(fault.os_error))
            return FaultError(Trouble.DNS, _reason(fault.os_error))
        case aiohttp.ClientConnectorCertificateError():
            return FaultError(Trouble.TLS, _reason(fault.certificate_error), is_reached=True)
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return FaultError(Trouble.TLS, _reason(getattr(fault, "os_error", fault)), is_reached=True)
        case aiohttp.ClientConnectorError():
            return FaultError(Trouble.CONNECT, _reason(fault.os_error))
        case TimeoutError() | asyncio.TimeoutError():
            slow = (
                f"no connection within {limits.connect:g} s"
                if _is_connecting(fault)
                else f"no answer within {limits.total:g} s"
            )
            return FaultError(
                Trouble.TIMEOUT, "the page did not end in time" if is_reached else slow, is_reached=is_reached
            )
        case aiohttp.InvalidURL():
            return FaultError(Trouble.URL, one_line(str(fault)))
        case aiohttp.ClientResponseError():
            return FaultError(Trouble.BROKEN, f"what came is not HTTP: {one_line(fault.message, 120)}", is_reached=True)
        case aiohttp.ServerDisconnectedError():
            return FaultError(Trouble.BROKEN, "the host hung up without an answer", is_reached=True)
        case _:
            return FaultError(Trouble.BROKEN, f"the answer broke off: {_reason(fault)}", is_reached=is_reached)


def _is_connecting(fault: Exception) -> bool:
    return isinstance(fault, aiohttp.ConnectionTimeoutError | aiohttp.SocketTimeoutError)


def _reason(fault: BaseException) -> str:
    text = getattr(fault, "verify_message", None) or getattr(fault, "strerror", None) or str(fault)
    return one_line(str(text) or type(fault).__name__, 160)
