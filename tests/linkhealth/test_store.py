"""The record's file, while runs write to it and are killed."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from linkhealth.classify import Finding
from linkhealth.record import LinkState, Record, RecordError, advance, parse
from linkhealth.rules import Verdict
from linkhealth.store import journal_of, keeping, read_record, write_whole

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ALIVE = advance(None, Finding(Verdict.ALIVE, "seen"), NOW)
GONE = advance(None, Finding(Verdict.GONE, "not there"), NOW)


def run(path: Path, **states: LinkState) -> None:
    with keeping(path) as keeper:
        for url, state in states.items():
            keeper.note(url, state)
        keeper.finish(NOW)


def break_off(path: Path, **states: LinkState) -> None:
    """A run that is interrupted after some findings."""
    with suppress(KeyboardInterrupt), keeping(path) as keeper:
        for url, state in states.items():
            keeper.note(url, state)
        raise KeyboardInterrupt


def test_a_run_leaves_the_record_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "link-health.json"
    run(path, a=ALIVE, b=GONE)

    assert read_record(path) == Record({"a": ALIVE, "b": GONE}, {"2026-11-23": {"alive": 1, "gone": 1}})
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_run_that_found_nothing_touches_nothing(tmp_path: Path) -> None:
    run(tmp_path / "link-health.json")

    assert list(tmp_path.iterdir()) == []


def test_a_missing_record_is_empty(tmp_path: Path) -> None:
    assert read_record(tmp_path / "none.json") == Record()


def test_a_run_that_stops_midway_loses_nothing_and_knows_what_was_before(tmp_path: Path) -> None:
    path = tmp_path / "link-health.json"
    run(path, a=ALIVE)
    break_off(path, a=GONE, b=GONE)

    assert parse(path.read_text(encoding="utf-8")).links == {"a": GONE, "b": GONE}
    with keeping(path) as keeper:
        assert keeper.known_before.links == {"a": ALIVE}
        keeper.finish(NOW)
    assert not journal_of(path).exists()


def test_a_finding_is_in_the_journal_before_it_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "link-health.json"
    with keeping(path) as keeper:
        for number in range(50):
            keeper.note(f"u{number}", ALIVE)
        # Another process, or this one after a kill, sees all of it.
        assert len(read_record(path).links) == 50
        assert len(journal_of(path).read_text(encoding="utf-8").splitlines()) == 50
        assert len(parse(path.read_text(encoding="utf-8")).links) < 50


@pytest.mark.parametrize("torn", [b'{"url": "c", "bef', b'{"url": "c"}\n', b"\x00\x00\x00", b"[]\n"])
def test_a_torn_journal_is_read_as_far_as_it_is_whole(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "link-health.json"
    break_off(path, a=ALIVE)
    with journal_of(path).open("ab") as journal:
        journal.write(torn)
    path.unlink()
    break_off(path, b=ALIVE)
    path.unlink()

    assert set(read_record(path).links) == {"a", "b"}


def test_an_old_journal_does_not_undo_a_newer_record(tmp_path: Path) -> None:
    path = tmp_path / "link-health.json"
    break_off(path, a=ALIVE)
    later = advance(ALIVE, Finding(Verdict.GONE, "not there"), NOW.replace(day=25))
    path.write_text(
        path.read_text(encoding="utf-8").replace('"alive"', '"gone"').replace("11-23T", "11-25T"), encoding="utf-8"
    )

    assert read_record(path).links["a"].verdict == later.verdict


@pytest.mark.parametrize("text", ["", "{", '{"links": {"a": {}}}', "<<<<<<< HEAD\n{}"])
def test_a_record_that_cannot_be_read_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "link-health.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecordError, match="left as it is"), keeping(path):
        pass

    assert path.read_text(encoding="utf-8") == text


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="cannot write"), keeping(tmp_path / "none" / "link-health.json"):
        pass


def test_the_file_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "link-health.json"
    run(path, a=ALIVE)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask()
    path.chmod(0o640)
    run(path, b=ALIVE)

    assert path.stat().st_mode & 0o777 == 0o640


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_record_by_way_of_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "link-health.json"
    link.symlink_to(tmp_path / "real" / "record.json")
    run(link, a=ALIVE)

    assert link.is_symlink()
    assert set(read_record(tmp_path / "real" / "record.json").links) == {"a"}


def test_what_a_killed_run_left_half_written_is_swept_up(tmp_path: Path) -> None:
    path = tmp_path / "link-health.json"
    (tmp_path / ".link-health.json.1.tmp").write_text("{", encoding="utf-8")
    run(path, a=ALIVE)

    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    with pytest.raises(OSError, match="folder"):
        write_whole(path, b"x")

    assert [file.name for file in tmp_path.iterdir()] == ["folder"]


WRITER = """
import sys
from pathlib import Path
from datetime import UTC, datetime
from linkhealth.classify import Finding
from linkhealth.record import advance
from linkhealth.rules import Verdict
from linkhealth.store import keeping
path, name = Path(sys.argv[1]), sys.argv[2]
state = advance(None, Finding(Verdict.ALIVE, "seen"), datetime(2026, 11, 23, tzinfo=UTC))
with keeping(path, lambda: print("waits", flush=True)) as keeper:
    for number in range(100):
        keeper.note(f"{name}{number}", state)
    if name == "first":
        print("has it", flush=True)
        sys.stdin.read()
    keeper.finish(datetime(2026, 11, 23, tzinfo=UTC))
"""


def start(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # our own


def test_a_second_run_waits_for_the_first(tmp_path: Path) -> None:
    path = tmp_path / "link-health.json"
    command = [sys.executable, "-c", WRITER, str(path)]
    with start([*command, "first"]) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "has it\n"
        with start([*command, "second"]) as second:
            assert second.stdout is not None
            assert second.stdout.readline() == "waits\n"
            first.communicate("")
    assert (first.returncode, second.returncode) == (0, 0)
    assert len(read_record(path).links) == 200
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
