"""A build that is killed, finds the disk full, or meets another in its folder leaves nothing that stays wrong."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import CONF

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Site

PAGES = 12
EPOCH = {**os.environ, "SOURCE_DATE_EPOCH": "1767225600"}
WAITING = (
    CONF
    + """
import sys

def wait(*_):
    # A build that is to be broken off as the very last thing waits for that; any other has nothing to read.
    print("finishing", flush=True)
    sys.stdin.read()

def setup(app):
    app.connect("build-finished", wait, priority=998)
"""
)


@pytest.fixture
def listing(site: Site) -> Site:
    """Write a site of some pages with entries, which cite each other's."""
    site.write(
        conf=WAITING,
        refs="\n".join(f"@misc{{k{n}, title = {{标题 {n}}}, titleaddon = {{Title {n}}}}}" for n in range(PAGES * 4)),
        index="# Site\n\n```{toctree}\n:glob:\n\np*\n```\n",
        **{
            f"p{page}": f"# {page}\n\n{{cite:t}}`k{page}`\n\n```{{refblock}}\n"
            + "".join(f"k{page * 4 + n}\n" for n in range(4))
            + "```\n"
            for page in range(PAGES)
        },
    )
    return site


def sphinx(site: Site, out: str = "out") -> list[str]:
    # One line for each page, which a pipe gets at once, tells where the build is.
    return [
        sys.executable,
        "-u",
        "-m",
        "sphinx",
        "-v",
        "--no-color",
        "-b",
        "html",
        str(site.folder),
        str(site.folder / out),
    ]


def files(site: Site, out: str = "out") -> dict[str, bytes]:
    folder = site.folder / out
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    # The digest of conf.py is that of each folder's own.
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith((".doctrees", ".buildinfo"))}


def break_off(site: Site, line: str, how: Callable[[subprocess.Popen[str]], None]) -> None:
    """Build until a line is said; then do to the process what is to be done."""
    with subprocess.Popen(
        sphinx(site), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        encoding="utf-8", env=EPOCH,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        said = []
        for text in process.stdout:
            said.append(text)
            if line in text:
                break
        else:
            pytest.fail(f"the build never said {line!r}:\n{''.join(said)}")
        how(process)


def build(site: Site, out: str = "out") -> str:
    done = subprocess.run(
        sphinx(site, out),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=EPOCH,
        check=True,
    )
    return done.stderr


@pytest.fixture
def whole(listing: Site) -> dict[str, bytes]:
    """Give what an undisturbed build of the site makes."""
    build(listing, "whole")
    return files(listing, "whole")


@pytest.mark.parametrize(
    "moment",
    [
        "reading sources... [ 54%]",
        "pickling environment",
        "copying static files",
        "writing output... [ 15%]",
        "writing output... [ 77%]",
        "generating indices",
        "finishing",
    ],
)
def test_the_next_build_makes_good_what_a_killed_one_left(listing: Site, whole: dict[str, bytes], moment: str) -> None:
    refs = (listing.folder / "refs.bib").read_bytes()
    break_off(listing, moment, subprocess.Popen.kill)
    # What was being written when a process is killed may be there in part.
    for page in (listing.folder / "out").glob("p*.html"):
        page.write_bytes(page.read_bytes()[:1000])
    build(listing)

    assert files(listing) == whole
    assert (listing.folder / "refs.bib").read_bytes() == refs


def test_an_interrupted_build_of_what_was_built_before_is_made_good(listing: Site) -> None:
    build(listing)
    refs = listing.folder / "refs.bib"
    refs.write_text(refs.read_text("utf-8").replace("标题", "题目"), "utf-8")
    break_off(listing, "writing output... [ 46%]", lambda process: process.send_signal(signal.SIGINT))
    build(listing)
    build(listing, "whole")

    assert files(listing) == files(listing, "whole")


def test_a_build_that_ended_well_is_not_made_again(listing: Site) -> None:
    build(listing)
    before = {path: path.stat().st_mtime_ns for path in (listing.folder / "out").glob("p*.html")}
    build(listing)

    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.parametrize("limit", [1_000, 6_000, 20_000])
def test_a_full_disk_fails_the_build_and_the_next_one_makes_it_good(
    listing: Site, whole: dict[str, bytes], limit: int
) -> None:
    def fill() -> None:
        # What the kernel says of a file that would grow beyond the limit is an error, as with a full disk.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    refs = (listing.folder / "refs.bib").read_bytes()
    full = subprocess.run(
        sphinx(listing), stdin=subprocess.DEVNULL, capture_output=True, env=EPOCH, preexec_fn=fill, check=False
    )
    build(listing)

    assert full.returncode != 0
    assert files(listing) == whole
    assert (listing.folder / "refs.bib").read_bytes() == refs


def test_a_second_build_in_the_same_folder_says_so_and_keeps_the_mark(listing: Site, whole: dict[str, bytes]) -> None:
    warnings = []

    def meet(first: subprocess.Popen[str]) -> None:
        first.send_signal(signal.SIGSTOP)
        warnings.append(build(listing))
        first.kill()

    break_off(listing, "writing output... [ 46%]", meet)
    after = build(listing)

    assert "another build is writing into" in warnings[0]
    assert "another build" not in after
    assert files(listing) == whole
