"""What a robots.txt allows, after RFC 9309: the longest rule that matches a path decides."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

AGENT: Final = "linkhealth"
SIZE: Final = 500_000
"""Bytes of a robots.txt that are read, as RFC 9309, 2.5, wants at least."""


def is_allowed(robots: str, url: str, agent: str = AGENT) -> bool:
    """Say whether a robots.txt lets an agent ask for a URL."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    longest, allowed = -1, True
    for is_allow, pattern in _rules_for(robots, agent):
        if _matches(pattern, path) and (len(pattern), is_allow) > (longest, False):
            longest, allowed = len(pattern), is_allow
    return allowed


def _rules_for(robots: str, agent: str) -> list[tuple[bool, str]]:
    """Give the rules of the groups that name an agent, or of those for everyone."""
    groups: dict[str, list[tuple[bool, str]]] = {}
    agents: list[str] = []
    in_rules = False
    for line in robots.splitlines():
        name, _, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if name == "user-agent":
            agents = [value.lower()] if in_rules else [*agents, value.lower()]
            in_rules = False
            groups.setdefault(value.lower(), [])
        elif name in {"allow", "disallow"}:
            in_rules = True
            for one in agents:
                if value:
                    groups[one].append((name == "allow", value))
    return groups.get(agent, groups.get("*", []))


def _matches(pattern: str, path: str) -> bool:
    """Match from the left, each part where it first occurs: never slow, whatever a host writes."""
    is_anchored = pattern.endswith("$")
    first, *parts = pattern.rstrip("$").split("*")
    if not path.startswith(first):
        return False
    if not parts:
        return not is_anchored or path == first
    at, last = len(first), parts.pop() if is_anchored else ""
    for part in parts:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(path) - at >= len(last) and path.endswith(last)
