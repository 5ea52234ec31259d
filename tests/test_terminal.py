"""Other people's text on a terminal: a real one, tmux, is neither renamed nor cleared nor coloured by it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from linkhealth.record import LinkState, Record, dump
from linkhealth.rules import Verdict
from tests.conftest import find_program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ESCAPES = "\x1b[2J\x1b[H\x1b[45m\x1b]0;owned\x07\x1b[?1049h\x9b31m\u202e\u2066\u200b\x07\x00\x7f\r"
"""Clears the screen, goes to its corner, changes its colour, renames the window, changes to the other screen; turns
text round, hides in it, rings, and goes back to the line's start.
"""
FIRST = "what stood there before"


@dataclass(frozen=True)
class Screen:
    """What a terminal shows after a command."""

    lines: list[str]
    title: str
    is_other: bool
    """Whether the program has changed to the terminal's other screen."""

    @property
    def is_steered(self) -> bool:
        return self.lines[:1] != [FIRST] or self.title == "owned" or self.is_other or "\x1b[45m" in "".join(self.lines)


@pytest.fixture(scope="module")
def terminal() -> Iterator[Callable[..., Screen]]:
    """Give the function that runs a command in a terminal, and answers with what is to be seen."""
    tmux = find_program("tmux")
    # Not in pytest's folder: a socket's path may have a hundred characters.
    with tempfile.TemporaryDirectory() as folder:
        program = [tmux, "-u", "-S", f"{folder}/socket", "-f", "/dev/null"]

        def ask(*arguments: str) -> str:
            done = subprocess.run([*program, *arguments], capture_output=True, encoding="utf-8", check=True)
            return done.stdout

        def run(command: list[str], cwd: Path) -> Screen:
            # It waits for keys in the end, so that the screen stays.
            line = f"echo {FIRST}; {shlex.join(command)}; tmux wait-for -S done; exec cat"
            ask("new-session", "-d", "-x", "300", "-y", "100", "-c", str(cwd), "sh", "-c", line)
            try:
                ask("wait-for", "done")
                title, other = ask("display-message", "-p", "#{pane_title}\n#{alternate_on}").splitlines()
                # With the codes for colours; a line that is longer than the screen is one.
                shown = ask("capture-pane", "-p", "-e", "-J", "-S", "-")
            finally:
                ask("kill-session")
            return Screen(shown.rstrip().split("\n"), title, other == "1")

        yield run


def test_a_terminal_can_be_steered(terminal: Callable[..., Screen], tmp_path: Path) -> None:
    (tmp_path / "evil").write_text(ESCAPES, encoding="utf-8")
    screen = terminal(["cat", "evil"], tmp_path)

    assert screen.is_steered
    assert (screen.title, screen.is_other) == ("owned", True)


REFS = f"""
@misc{{a{ESCAPES}, title = {{T}}, related = {{{ESCAPES}b}}}}
@misc{{b, title = {{{ESCAPES}}}, url = {{{ESCAPES}x}}, langid = {{{ESCAPES}}}, author = {{{ESCAPES}}}}}
@misc{{c, title = {{T}}, keywords = {{{ESCAPES}}}, doi = {{{ESCAPES}}}, entrysubtype = {{{ESCAPES}}}}}
@misc{{d, title = {{T}}, title{ESCAPES} = {{T}}, x\x7f = {{}}, x\x7f = {{}}}}
@string{{x{ESCAPES} = }}
@x{ESCAPES} y
@misc{{e{ESCAPES}, title = {{T}}}}
@misc{{e{ESCAPES}, title = {{@misc{{f{ESCAPES}, x}}}}}}
@misc{{g{ESCAPES}, title = T{ESCAPES}}}
@misc{{h{ESCAPES}, title = {{T
"""


def test_the_check_of_a_bib_file_does_not_steer_it(terminal: Callable[..., Screen], tmp_path: Path) -> None:
    (tmp_path / "refs.bib").write_text(REFS, encoding="utf-8")
    screen = terminal([sys.executable, "-m", "refblock", "check", "refs.bib"], tmp_path)

    assert not screen.is_steered
    assert len(screen.lines) > 15
    assert all(line.startswith("refs.bib:") for line in screen.lines[1:])


def test_a_build_does_not_steer_it(terminal: Callable[..., Screen], tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text('extensions = ["refblock"]\nbibtex_bibfiles = ["refs.bib"]\n', encoding="utf-8")
    (tmp_path / "refs.bib").write_text(REFS, encoding="utf-8")
    (tmp_path / "index.rst").write_text("A\n=\n\n.. refblock::\n\n   a\n   nobody\n", encoding="utf-8")
    screen = terminal([sys.executable, "-m", "sphinx", "--no-color", ".", "out"], tmp_path)

    assert not screen.is_steered
    assert any("refs.bib:2: WARNING: " in line for line in screen.lines)
    assert any(line.startswith("refblock: ") and "shown" in line for line in screen.lines)


def test_a_report_on_links_does_not_steer_it(terminal: Callable[..., Screen], tmp_path: Path) -> None:
    then = datetime(2026, 11, 1, 8, tzinfo=UTC)
    evil = LinkState(Verdict.GONE, then, then, title=ESCAPES, evidence=ESCAPES, archived=ESCAPES, final_url=ESCAPES)
    (tmp_path / "record.json").write_text(dump(Record({f"https://a.example/{ESCAPES}": evil})), encoding="utf-8")
    (tmp_path / "refs.bib").write_text(REFS, encoding="utf-8")
    screen = terminal([sys.executable, "-m", "linkhealth", "report", "--record", "record.json"], tmp_path)

    assert not screen.is_steered
    assert any("a.example" in line for line in screen.lines)


def test_an_import_does_not_steer_it(terminal: Callable[..., Screen], tmp_path: Path) -> None:
    # With a NUL it would be taken for no text at all.
    evil = ESCAPES.replace("\0", "")
    post = f"---\ntitle: {json.dumps(evil)}\n---\n\nhttps://a.example/{evil}\n\n[{evil}](https://b.example/)\n"
    (tmp_path / "2020-01-01-evil.md").write_text(post, encoding="utf-8")
    command = ["-m", "postimport", "--bib", "refs.bib", "--pages", "pages", "2020-01-01-evil.md", "nothing.md"]
    screen = terminal([sys.executable, *command], tmp_path)

    assert not screen.is_steered
    assert any("1 posts: " in line for line in screen.lines)
