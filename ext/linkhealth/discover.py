"""LinkChecker's crawl of a built site.

LinkChecker is under the GPL and runs as a program of its own; nothing of it is imported here.
"""

from __future__ import annotations

import functools
import http.server
import subprocess
import sys
import threading
from contextlib import contextmanager
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class CrawlError(RuntimeError):
    """The crawl could not be made."""


class _SiteHandler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, and asks LinkChecker not to hold back."""

    def end_headers(self) -> None:
        # LinkChecker waits up to 0.6 s before each request to a host that does not send this header.
        self.send_header("LinkChecker", "welcome")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: LinkChecker reports."""


def crawl(folder: Path) -> int:
    """Check every internal link and anchor of the site in *folder*.

    The site is served on loopback for the time of the crawl:
    run as root, LinkChecker becomes another user, who may not be allowed to read the files.

    :returns: LinkChecker's exit code: 0 nothing broken, 1 something is, 2 it failed itself.
    :raises CrawlError: if there is no site, or no LinkChecker.
    """
    if not (folder / "index.html").is_file():
        raise CrawlError(f"{folder} holds no index.html; build the site first: nox -s docs")
    with as_file(files("linkhealth") / "linkcheckerrc") as settings, _served(folder) as address:
        try:
            # -I keeps the folder that we stand in, which another user may not read, out of the search for modules.
            command = [sys.executable, "-I", "-m", "linkcheck", "--config", str(settings)]
            # A second language lives in a folder of its own, which the first need not link to.
            starts = [address, *(f"{address}{page.parent.name}/" for page in sorted(folder.glob("*/index.html")))]
            return subprocess.run([*command, *starts], check=False).returncode  # noqa: S603  # our own arguments
        except OSError as fault:
            raise CrawlError(f"LinkChecker did not start: {fault}") from fault


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
