"""Which network addresses may be asked: public ones.

A list of links is other people's text, and a page may redirect anywhere;
neither may make the machine that checks it talk to the machines around it.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

if TYPE_CHECKING:
    from ipaddress import IPv4Network

_CARRIERS: Final = tuple(map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/96", "::/96", "::ffff:0:0:0/96")))
"""NAT64 (RFC 6052, RFC 8215), IPv4-compatible (RFC 4291) and IPv4-translated (RFC 2765) addresses:
an IPv4 address stands in the last 32 bits."""
_NUMERIC: Final = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+)){0,3}\.?", re.IGNORECASE)


class RefusedAddressError(OSError):
    """An address that is not asked."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses private and loopback addresses, except in networks that the user has allowed."""

    allowed: tuple[IPv4Network | IPv6Network, ...] = ()

    def check_host(self, host: str) -> None:
        """Refuse a host that is written as an address, in whatever form, or that names this machine.

        :raises RefusedAddressError: if it may not be asked.
        """
        name = host.strip("[]").rstrip(".").lower()
        if name == "localhost" or name.endswith(".localhost"):
            name = "127.0.0.1"
        elif _NUMERIC.fullmatch(name):
            # 2130706433 and 0x7f.1 are 127.0.0.1 to the system.
            try:
                name = socket.inet_ntoa(socket.inet_aton(name))
            except OSError:
                raise RefusedAddressError(f"{host} is no address") from None
        try:
            address = ip_address(name.partition("%")[0])
        except ValueError:
            return
        self.check(address)

    def check(self, address: IPv4Address | IPv6Address) -> None:
        """Refuse an address.

        :raises RefusedAddressError: if it may not be asked.
        """
        if any(address in network for network in self.allowed):
            return
        meant = _meant(address)
        if meant is not address and any(meant in network for network in self.allowed):
            return
        if not meant.is_global or meant.is_multicast or (isinstance(meant, IPv6Address) and meant.is_site_local):
            raise RefusedAddressError(f"{address} is not a public address, so it is not asked")


class GuardedResolver(AbstractResolver):
    """Looks names up as the system does, and keeps only addresses that may be asked."""

    def __init__(self, guard: Guard) -> None:
        """Take the guard."""
        self._guard = guard
        self._system = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._system.resolve(host, port, family)
        kept, refusal = [], None
        for result in found:
            try:
                self._guard.check(ip_address(result["host"].partition("%")[0]))
            except RefusedAddressError as fault:
                refusal = RefusedAddressError(f"{host} is at {fault}")
            else:
                kept.append(result)
        if refusal is not None and not kept:
            raise refusal
        return kept

    async def close(self) -> None:
        await self._system.close()


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Give the IPv4 address that an IPv6 one carries."""
    if isinstance(address, IPv4Address):
        return address
    if any(address in network for network in _CARRIERS):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)
