"""What several groups of tests share: the real site, built once, and a browser."""

from __future__ import annotations

import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html
from playwright.sync_api import sync_playwright
from sphinx.testing.util import SphinxTestApp

from tests.outside import build_wheel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def find_program(name: str, *others: str, package: str = "") -> str:
    """Find a program by one of its names. Without it a run by hand leaves its tests out; in CI that fails."""
    path = next(filter(None, map(shutil.which, (name, *others))), None)
    if path is None:
        message = f"no {name} on this machine; install the package {package or name}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path


@dataclass(frozen=True)
class Built:
    """What one build of a small site gave."""

    folder: Path
    warnings: list[str]
    read: list[str]
    """The pages that were read, in order."""
    written: list[str]
    """The pages that were written."""

    def page(self, docname: str = "index") -> html.HtmlElement:
        """Parse a page of HTML."""
        return html.parse(self.folder / f"{docname}.html", html.HTMLParser(encoding="utf-8")).getroot()


@dataclass
class Site:
    """A small site in a folder of its own, to be edited and built again."""

    folder: Path

    def write(self, **files: str) -> None:
        """Write files; ``refs`` is refs.bib, ``conf`` conf.py, all else a page in MyST, or in reST with ``_rst``."""
        for name, text in files.items():
            known = {"refs": "refs.bib", "conf": "conf.py"}
            path = self.folder / known.get(name, f"{name[:-4]}.rst" if name.endswith("_rst") else f"{name}.md")
            path.write_text(text, encoding="utf-8")

    def build(self, builder: str = "html", parallel: int = 0, into: Path | None = None, **options: Any) -> Built:
        """Build it, as often as wanted; what an earlier build left is used, as by sphinx-build."""
        app = SphinxTestApp(builder, self.folder, builddir=into, confoverrides=options, parallel=parallel)
        read: list[str] = []
        written: list[str] = []
        app.connect("env-before-read-docs", lambda *given: read.extend(given[2]))
        app.connect("html-page-context", lambda *given: written.append(given[1]))
        try:
            app.build()
            warnings = _COLOUR.sub("", app.warning.getvalue()).splitlines()
            # Applications of one process share docutils' registries, and say so.
            warnings = [line for line in warnings if line.strip() and "while setting up extension" not in line]
        finally:
            app.cleanup()
        return Built(app.outdir, warnings, sorted(read), sorted(written))


CONF = """
extensions = ["myst_parser", "refblock"]
bibtex_bibfiles = ["refs.bib"]
html_theme = "basic"
language = "zh_CN"
suppress_warnings = ["refblock.not_shown"]
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Give an empty small site with refblock, in Chinese; the warning for entries on no page is off."""
    site = Site(tmp_path / "site")
    site.folder.mkdir()
    site.write(conf=CONF)
    return site


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[str], Site]:
    """Give the function that copies one of tests/roots, by its name, to be built and edited."""

    def copy(name: str) -> Site:
        return Site(Path(shutil.copytree(ROOT / "tests" / "roots" / f"test_{name}", tmp_path / name)))

    return copy


@dataclass(frozen=True)
class BuiltSite:
    """The real site, built in both languages."""

    folder: Path
    warnings: str

    def page(self, docname: str, language: str = "zh_CN") -> html.HtmlElement:
        """Parse a page of it."""
        below = "" if language == "zh_CN" else language
        return html.parse(self.folder / below / f"{docname}.html", html.HTMLParser(encoding="utf-8")).getroot()


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> BuiltSite:
    """Build the real site as `nox -s docs` does, in a folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    warnings = ""
    for language, below in (("zh_CN", ""), ("en", "en")):
        command = [
            *(sys.executable, "-m", "sphinx", "-q", "-n", "-W", "--keep-going", "-j", "2", "-b", "html"),
            *("-D", f"language={language}", "-d", str(folder / "doctrees" / language)),
            *(str(ROOT / "docs"), str(folder / "html" / below)),
        ]
        warnings += subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False).stderr
    return BuiltSite(folder / "html", warnings)


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, under a Content-Security-Policy where one is given."""

    def __init__(self, *given: Any, policy: str, **named: Any) -> None:
        self.policy = policy
        super().__init__(*given, **named)

    def end_headers(self) -> None:
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., str]]:
    """Give the function that serves a folder on loopback, and answers with the address."""
    with ExitStack() as stack:

        def start(folder: Path, policy: str = "") -> str:
            handler = functools.partial(_Handler, policy=policy, directory=str(folder))
            server = stack.enter_context(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_port}"

        yield start


@pytest.fixture(scope="session")
def address(built_site: BuiltSite, serve: Callable[..., str]) -> str:
    """Serve the real site."""
    return serve(built_site.folder)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the machine's Chromium."""
    path = find_program("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    # Without these, Chromium asks its maker's hosts for updates at every start.
    quiet = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*quiet, *sandbox])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def pins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the versions of the lock without their hashes, which do not cover a wheel that was built just now."""
    path = tmp_path_factory.mktemp("pins") / "pins.txt"
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.removesuffix("\\").strip() for line in lines if not line.startswith(("#", " "))))
    return path
