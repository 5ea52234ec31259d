"""LinkChecker's crawl of a built site.

LinkChecker is under the GPL and runs as a program of its own; nothing of it is imported here.
"""

from __future__ import annotations

import csv
import functools
import http.server
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from linkhealth.elsewhere import is_elsewhere

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path


_LINKCHECKER: Final = """
import contextlib, encodings, importlib, pkgutil, runpy
for module in pkgutil.iter_modules(encodings.__path__):
    with contextlib.suppress(ImportError):  # some are for other systems
        importlib.import_module(f"encodings.{module.name}")
runpy.run_module("linkcheck", run_name="__main__", alter_sys=True)
"""
"""Runs ``python -m linkcheck``, with all codecs loaded: run as root, it becomes a user who may not be allowed to read
the Python that it runs in, where codecs are loaded only when first used; a host's name in Chinese then ends it."""


class CrawlError(RuntimeError):
    """The crawl could not be made."""


class _Links(HTMLParser):
    """The links of a page that its readers can follow."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, None] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") if tag in {"a", "area"} else None
        if href:
            self.found[_as_followed(href)] = None


class _SiteHandler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, and asks LinkChecker not to hold back."""

    def end_headers(self) -> None:
        # LinkChecker waits up to 0.6 s before each request to a host that does not send this header.
        self.send_header("LinkChecker", "welcome")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: LinkChecker reports."""


@dataclass(frozen=True, slots=True)
class Broken:
    """An internal link or anchor that leads nowhere."""

    page: str
    """The page that has it, from the site's folder."""
    link: str
    """As written there."""
    reason: str


@dataclass(frozen=True, slots=True)
class Crawl:
    """What a crawl found."""

    checked: int
    """How many internal links, each counted once."""
    broken: Sequence[Broken]
    outside: Mapping[str, Sequence[str]]
    """The pages on which each link to another host stands."""


def crawl(folder: Path) -> Crawl:
    """Check every internal link and anchor of the site in *folder*, and list the links that lead out of it.

    The site is served on loopback for the time of the crawl:
    run as root, LinkChecker becomes another user, who may not be allowed to read the files.

    :raises CrawlError: if there is no site, or no LinkChecker, or if it fails itself.
    """
    if not (folder / "index.html").is_file():
        raise CrawlError(f"{folder} holds no index.html; build the site first: nox -s docs")
    with as_file(files("linkhealth") / "linkcheckerrc") as settings, _served(folder) as address:
        # -I keeps the folder that we stand in, which another user may not read, out of the search for modules.
        command = [sys.executable, "-I", "-c", _LINKCHECKER, "--config", str(settings)]
        # A second language lives in a folder of its own, which the first need not link to.
        starts = [address, *(f"{address}{page.parent.name}/" for page in sorted(folder.glob("*/index.html")))]
        try:
            run = subprocess.run([*command, *starts], check=False, capture_output=True, encoding="utf-8")  # noqa: S603  # our own arguments
        except OSError as fault:
            raise CrawlError(f"LinkChecker did not start: {fault}") from fault
        rows = list(csv.DictReader(run.stdout.splitlines(keepends=True), delimiter=";"))
        if run.returncode not in {0, 1} or not rows:
            raise CrawlError(f"LinkChecker failed (exit {run.returncode}): {run.stderr.strip()[-2000:]}")
    inside = [row for row in rows if row["url"].startswith(address)]
    broken = [
        Broken(unquote(row["parentname"].removeprefix(address)) or "index.html", row["urlname"], reason)
        for row in inside
        if (reason := _reason(row))
    ]
    return Crawl(len(inside), broken, _outside(folder, {_as_followed(row["urlname"]) for row in rows}))


def _as_followed(href: str) -> str:
    """Give a link as a browser on a site over HTTPS follows it (URL Standard, basic URL parser)."""
    link = re.sub(r"[\t\n\r]", "", href).strip(" ")
    return f"https:{link}" if link.startswith("//") else link


def _reason(row: Mapping[str, str]) -> str:
    """Say in a line why a link is broken; nothing where it is not."""
    said = row["warningstring"] if row["valid"] == "True" else row["result"]
    return " ".join(said.split())


def _outside(folder: Path, known: Collection[str]) -> dict[str, list[str]]:
    """List the links to other hosts, with all the pages of each: LinkChecker names only the first that it meets."""
    outside: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.html")):
        for link in _Links(path.read_text(encoding="utf-8", errors="replace")).found:
            if link in known and link.lower().startswith(("http://", "https://")) and not is_elsewhere(link):
                outside.setdefault(link, []).append(path.relative_to(folder).as_posix())
    return outside


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    handler = functools.partial(_SiteHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
