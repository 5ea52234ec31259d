"""The command line, run as a curator runs it, against hosts that are played on a stage."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from linkhealth.record import parse
from linkhealth.store import journal_of, read_record
from tests.linkhealth.field import Reply, page, redirect, weixin_article, weixin_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.linkhealth.stage import Stage, Wire

ALIVE = Reply(body=page("A page", "text"))
GONE = Reply(410)
DELETED = Reply(body=weixin_message("该内容已被发布者删除"))
HASTY = """
probes = ["http://probe.example/"]
[[host]]
names = ["*"]
pace = { rate = 10000, concurrency = 4, jitter = 0.0, patience = 10000 }
"""
AS_NOBODY = """
import contextlib, encodings, importlib, os, pkgutil, sys
for module in pkgutil.iter_modules(encodings.__path__):
    with contextlib.suppress(ImportError):
        importlib.import_module(f"encodings.{module.name}")
import linkhealth.check, linkhealth.progress, linkhealth.__main__
linkhealth.rules.builtin_rules()
os.setgroups([]); os.setgid(65534); os.setuid(65534)
sys.exit(linkhealth.__main__.main(sys.argv[1:]))
"""
"""Drops root only after importing: a Python below root's home could not import as another user."""


class Curator:
    """Somebody at a command line, in a folder of their own."""

    def __init__(self, folder: Path, stage: Stage) -> None:
        self.folder = folder
        self.record = folder / "link-health.json"
        self.rules = folder / "hasty.toml"
        self.rules.write_text(HASTY, encoding="utf-8")
        clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        self.environment = {**clean, **stage.environment, "COLUMNS": "120"}

    def list_links(self, *urls: str) -> Path:
        path = self.folder / "urls.txt"
        path.write_text("\n".join(urls), encoding="utf-8")
        return path

    def command(self, *arguments: str | Path, program: Sequence[str] = ("-m", "linkhealth")) -> list[str]:
        command = [sys.executable, *program, *map(str, arguments)]
        if arguments[0] in {"check", "report", "merge", "fix"} and "--record" not in arguments:
            command += ["--record", str(self.record)]
        if arguments[0] in {"check", "fix"} and "--rules" not in arguments:
            command += ["--rules", str(self.rules), "--retries", "0"]
        return command

    def run(
        self,
        *arguments: str | Path,
        code: int = 0,
        program: Sequence[str] = ("-m", "linkhealth"),
    ) -> subprocess.CompletedProcess[str]:
        result = subprocess.run(  # our own arguments
            self.command(*arguments, program=program),
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env=self.environment,
        )
        assert result.returncode == code, result.stdout + result.stderr
        return result

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(  # our own arguments
            self.command(*arguments),
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            cwd=self.folder,
            env=self.environment,
        )

    def verdicts(self) -> dict[str, str]:
        return {url: state.verdict.value for url, state in parse(self.record.read_text(encoding="utf-8")).links.items()}


@pytest.fixture
def curator(tmp_path: Path, stage: Stage) -> Curator:
    return Curator(tmp_path, stage)


BIB = """@online{deleted, title = {多任务学习概述}, titleaddon = {Multi-task learning}, url = {https://mp.weixin.qq.com/s/deleted}}
@online{alive,
  title = {Alive},
  url = {https://mp.weixin.qq.com/s/alive},
}
"""


def test_a_curator_learns_which_line_to_mend(curator: Curator, stage: Stage) -> None:
    stage.play("https://mp.weixin.qq.com/s/deleted", DELETED)
    stage.play("https://mp.weixin.qq.com/s/alive", Reply(body=weixin_article()))
    (curator.folder / "refs.bib").write_text(BIB, encoding="utf-8")
    result = curator.run("check", code=1)

    assert curator.verdicts() == {
        "https://mp.weixin.qq.com/s/alive": "alive",
        "https://mp.weixin.qq.com/s/deleted": "gone",
    }
    for part in (
        "refs.bib:1  deleted",
        "多任务学习概述",
        "Multi-task learning",
        "该内容已被发布者删除",
        "Newly broken: 1.",
    ):
        assert part in result.stdout
    assert "robots.txt is not asked for" in result.stderr
    assert curator.run("report", code=1).stdout == result.stdout


def test_what_is_known_to_be_broken_fails_only_once(curator: Curator, stage: Stage) -> None:
    stage.play("http://a.example/a", GONE)
    urls = curator.list_links("http://a.example/a")
    curator.run("check", "--urls", urls, code=1)
    curator.run("check", "--urls", urls, "--all", code=0)

    assert len(stage.asked) == 2


def test_what_is_fresh_is_not_asked_again(curator: Curator, stage: Stage) -> None:
    stage.play("http://a.example/a", ALIVE)
    urls = curator.list_links("http://a.example/a")
    curator.run("check", "--urls", urls)
    before = curator.record.read_bytes()
    result = curator.run("check", "--urls", urls, "--only-stale")

    assert len(stage.asked) == 1
    assert "every link chosen is fresh" in result.stderr
    assert curator.record.read_bytes() == before
    curator.run("check", "--urls", urls, "--max-age", "0")
    assert len(stage.asked) == 2


def test_a_baseline_says_what_was_known(curator: Curator, stage: Stage) -> None:
    stage.play("http://a.example/a", GONE)
    urls = curator.list_links("http://a.example/a")
    curator.run("check", "--urls", urls, code=1)
    baseline = curator.record.rename(curator.folder / "baseline.json")
    curator.run("check", "--urls", urls, "--baseline", baseline, code=0)
    curator.run("report", "--baseline", baseline, code=0)
    curator.run("report", code=1)


def test_only_some_links_are_asked_on_demand(curator: Curator, stage: Stage) -> None:
    links = [f"http://{host}.example/{number}" for host in "ab" for number in range(3)]
    for url in links:
        stage.play(url, ALIVE)
    urls = curator.list_links(*links)
    curator.run("check", "--urls", urls, "--host", "a.example", "--limit", "2")

    assert sorted(stage.urls()) == links[:2]


def test_a_rehearsal_asks_for_nothing_and_writes_nothing(curator: Curator, stage: Stage) -> None:
    urls = curator.list_links("http://a.example/a")
    result = curator.run("check", "--urls", urls, "--dry-run")

    assert "http://a.example/a" in result.stdout
    assert stage.asked == []
    assert not curator.record.exists()


def test_a_list_cannot_steer_the_terminal(curator: Curator, stage: Stage) -> None:
    evil = "http://a.example/\x1b[31m\x07", "http://b\x1b]0;x.example/"
    stage.play("http://a.example/%1B%5B31m%07", GONE)
    urls = curator.list_links(*evil)
    said = [curator.run("check", "--urls", urls, "--dry-run"), curator.run("check", "--urls", urls, code=1)]

    assert curator.verdicts()[evil[0]] == "gone"
    for text in (said[0].stdout, said[1].stdout, said[1].stderr):
        assert "a.example" in text
        assert text.replace("\n", "").isprintable()


def test_reports_go_to_files_as_well(curator: Curator, stage: Stage) -> None:
    stage.play("http://a.example/a", GONE)
    files = [curator.folder / name for name in ("summary.md", "junit.xml", "report.json")]
    options = ["--markdown", str(files[0]), "--junit", str(files[1]), "--json", str(files[2])]
    curator.run("check", "--urls", curator.list_links("http://a.example/a"), *options, code=1)

    assert files[0].read_text(encoding="utf-8").startswith("# Link health")
    assert 'failures="1"' in files[1].read_text(encoding="utf-8")
    assert json.loads(files[2].read_text(encoding="utf-8"))["newly_broken"] == 1
    assert curator.run("report", "--format", "json", code=1).stdout.startswith("{")


def test_without_a_network_the_record_is_untouched_and_the_exit_is_2(curator: Curator) -> None:
    urls = curator.list_links("https://a.example/a", "http://b.example/b")
    result = curator.run("check", "--urls", urls, code=2)

    assert "no network" in result.stderr
    assert not curator.record.exists()
    assert not journal_of(curator.record).exists()
    curator.record.write_text('{"links": {}}', encoding="utf-8")
    curator.run("check", "--urls", urls, code=2)
    assert curator.record.read_text(encoding="utf-8") == '{"links": {}}'


def test_when_nothing_could_be_checked_the_exit_is_2(curator: Curator, stage: Stage) -> None:
    stage.play("http://a.example/robots.txt", Reply(body="User-agent: *\nDisallow: /"))
    result = curator.run("check", "--urls", curator.list_links("http://a.example/a"), "--obey-robots", code=2)

    assert curator.verdicts() == {"http://a.example/a": "not_checked"}
    assert "none of the links could be checked" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["check", "--urls", "none.txt"], "none.txt"),
        (["check", "--urls", "urls.txt", "--rules", "none.toml"], "none.toml"),
        (["check", "--urls", "urls.txt", "--baseline", "bad.json"], "bad.json"),
        (["check", "--urls", "urls.txt", "--record", "bad.json"], "bad.json"),
        (["check", "--urls", "urls.txt", "--record", "none/x.json"], "none"),
        (["check", "--urls", "urls.txt", "--max-age", "-1"], "--max-age: '-1' is no number of days"),
        (["check", "--urls", "urls.txt", "--timeout", "nan"], "--timeout: 'nan' is no number of seconds"),
        (["check", "--urls", "urls.txt", "--limit", "few"], "--limit: 'few' is no count"),
        (["check", "--urls", "urls.txt", "--shard", "3/2"], "--shard: '3/2' is no part"),
        (["check", "--urls", "urls.txt", "--allow-network", "home"], "written like 198.18.0.0/15"),
        (["check", "--urls", "urls.txt", "--host", "b.example"], "b.example"),
        (["report", "--record", "none.json"], "none.json"),
        (["merge", "none.json"], "none.json"),
        (["fix", "--record", "none.json"], "none.json"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_said_and_the_exit_is_2(curator: Curator, arguments: list[str], named: str) -> None:
    curator.list_links("http://a.example/a")
    (curator.folder / "bad.json").write_text("{", encoding="utf-8")
    result = curator.run(*arguments, code=2)

    assert named in result.stderr
    assert "Traceback" not in result.stderr


def test_rules_of_one_s_own_are_asked_first(curator: Curator, stage: Stage) -> None:
    own = '[[host]]\nnames = ["plain.example"]\n[[host.rule]]\nverdict = "gone"\nconfidence = "high"\n'
    own += 'says = "closed"\nsource = "the curator"\nbody = ["本站已关闭"]\n'
    curator.rules.write_text(HASTY + own, encoding="utf-8")
    stage.play("http://www.plain.example/a", Reply(body=page("A shop", "本站已关闭")))
    curator.run("check", "--urls", curator.list_links("http://www.plain.example/a"), code=1)

    assert curator.verdicts() == {"http://www.plain.example/a": "gone"}


def test_records_of_two_lines_are_merged(curator: Curator, stage: Stage) -> None:
    stage.play("http://a.example/a", Reply(403))
    urls = curator.list_links("http://a.example/a")
    curator.run("check", "--urls", urls, "--record", curator.folder / "runner.json")
    stage.play("http://a.example/a", ALIVE)
    curator.run("check", "--urls", urls)
    curator.run("merge", "runner.json")

    assert curator.verdicts() == {"http://a.example/a": "alive"}


def test_the_day_s_counts_of_shards_are_those_of_all_links(curator: Curator, stage: Stage) -> None:
    stage.play("http://a.example/a", ALIVE)
    stage.play("http://b.example/b", GONE)
    urls = curator.list_links("http://a.example/a", "http://b.example/b")
    for host, code in (("a.example", 0), ("b.example", 1)):
        curator.run("check", "--urls", urls, "--host", host, "--record", curator.folder / f"{host}.json", code=code)
    curator.run("merge", "a.example.json", "b.example.json")

    assert list(read_record(curator.record).history.values()) == [{"alive": 1, "gone": 1}]


def test_a_moved_link_says_where_to(curator: Curator, stage: Stage) -> None:
    stage.play("http://a.example/a", redirect("https://a.example/new", 301))
    stage.play("https://a.example/new", ALIVE)
    result = curator.run("check", "--urls", curator.list_links("http://a.example/a"))

    assert "now at https://a.example/new" in result.stdout


# ---------------------------------------------------------------- mending


def play_a_move_and_a_loss(curator: Curator, stage: Stage) -> tuple[Path, bytes]:
    """Check a bib file of which one link has moved and one is gone; give the file, and what it holds."""
    bib = curator.folder / "refs.bib"
    bib.write_bytes(
        "@online{one, title = {一}, url = {http://a.example/a}}\r\n% 尾\r\n@online{two, url={http://a.example/gone}}".encode()
    )
    stage.play("http://a.example/a", redirect("https://a.example/new", 301))
    stage.play("https://a.example/new", ALIVE)
    stage.play("http://a.example/gone", GONE)
    curator.run("check", code=1)
    return bib, bib.read_bytes()


def play_the_archive(stage: Stage, said: str) -> None:
    asked = "https://archive.org/wayback/available?url=http%3A%2F%2Fa.example%2Fgone"
    stage.play(asked, Reply(body=said))


COPY = "https://web.archive.org/web/20200101000000/http://a.example/gone"
SAYS_COPY = json.dumps({"archived_snapshots": {"closest": {"available": True, "url": COPY, "status": "200"}}})


def test_mending_writes_the_new_address_and_keeps_the_archived_copy(curator: Curator, stage: Stage) -> None:
    bib, before = play_a_move_and_a_loss(curator, stage)
    play_the_archive(stage, SAYS_COPY)
    result = curator.run("fix")

    assert bib.read_bytes() == before.replace(b"http://a.example/a}", b"https://a.example/new}")
    assert "refs.bib:1  one: http://a.example/a -> https://a.example/new" in result.stdout
    assert f"archived at {COPY}" in result.stdout
    links = read_record(curator.record).links
    assert links["http://a.example/gone"].archived == COPY
    assert links["http://a.example/gone"].verdict == "gone"
    # What is known of the page goes with it, so that its entry keeps its badge.
    assert "http://a.example/a" not in links
    assert (links["https://a.example/new"].verdict, links["https://a.example/new"].title) == ("alive", "A page")


def test_mending_again_changes_nothing(curator: Curator, stage: Stage) -> None:
    bib, _ = play_a_move_and_a_loss(curator, stage)
    play_the_archive(stage, SAYS_COPY)
    curator.run("fix")
    once = bib.read_bytes(), curator.record.read_bytes()
    curator.run("fix")

    assert (bib.read_bytes(), curator.record.read_bytes()) == once


def test_the_archive_s_silence_means_nothing(curator: Curator, stage: Stage) -> None:
    play_a_move_and_a_loss(curator, stage)
    curator.run("fix", "--no-archive")
    before = curator.record.read_bytes()
    play_the_archive(stage, '{"archived_snapshots": {}}')
    result = curator.run("fix")

    assert "which means little" in result.stdout
    assert curator.record.read_bytes() == before


def test_an_archive_out_of_reach_is_said_when_the_bib_file_is_mended(curator: Curator, stage: Stage) -> None:
    bib, before = play_a_move_and_a_loss(curator, stage)
    result = curator.run("fix", "--timeout", "1", code=2)

    assert "the Wayback Machine could not be asked" in result.stderr
    assert bib.read_bytes() != before


def test_a_check_mends_on_demand_and_still_says_what_is_newly_broken(curator: Curator, stage: Stage) -> None:
    bib, before = play_a_move_and_a_loss(curator, stage)
    curator.record.unlink()
    play_the_archive(stage, SAYS_COPY)
    curator.run("check", "--fix", code=1)

    assert bib.read_bytes() == before.replace(b"http://a.example/a}", b"https://a.example/new}")
    assert read_record(curator.record).links["http://a.example/gone"].archived == COPY


def test_a_rehearsal_of_mending_writes_nothing(curator: Curator, stage: Stage) -> None:
    bib, before = play_a_move_and_a_loss(curator, stage)
    record, asked = curator.record.read_bytes(), len(stage.asked)
    result = curator.run("fix", "--dry-run")

    assert "http://a.example/a -> https://a.example/new" in result.stdout
    assert "asked for 1 copies" in result.stdout
    assert (bib.read_bytes(), curator.record.read_bytes(), len(stage.asked)) == (before, record, asked)


def test_a_change_that_is_accepted_is_alive_again(curator: Curator, stage: Stage) -> None:
    urls = curator.list_links("http://a.example/a")
    stage.play("http://a.example/a", Reply(body=page("Multi-task learning", "text")))
    curator.run("check", "--urls", urls)
    stage.play("http://a.example/a", Reply(body=page("注意力机制", "正文")))
    curator.run("check", "--urls", urls, "--all")
    assert curator.verdicts() == {"http://a.example/a": "changed"}
    (curator.folder / "refs.bib").write_text("", encoding="utf-8")
    curator.run("fix", "--accept", "http://a.example/a")
    curator.run("check", "--urls", urls)

    assert curator.verdicts() == {"http://a.example/a": "alive"}


# ---------------------------------------------------------------- kills, and two at once


class Gate:
    """Lets a number of answers out, and holds back the rest until it is closed."""

    def __init__(self, answers: int) -> None:
        self._left = answers
        self._is_closed = False
        self._changed = threading.Condition()

    def play(self, _: Wire) -> Reply | None:
        with self._changed:
            if self._left:
                self._left -= 1
                return GONE
            self._changed.wait_for(lambda: self._is_closed)
            return None

    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()


def play_behind_gates(stage: Stage, links: list[str]) -> list[Gate]:
    """Have the n-th run's links answered by the n-th gate: a killed run's requests may be read late."""
    gates: list[Gate] = []

    def play(wire: Wire) -> Reply | None:
        number = wire.request.headers["user-agent"].rpartition("run-")[2].rstrip(")")
        return gates[int(number)].play(wire)

    for url in links:
        stage.play(url, play)
    return gates


def say_until(run: subprocess.Popen[str], count: int) -> set[str]:
    """Read on until a run has said of so many links that they are gone."""
    assert run.stderr is not None
    said: set[str] = set()
    while len(said) < count:
        line = run.stderr.readline()
        assert line, "it ended of itself"
        if line.startswith("gone"):
            said.add(line.split()[1])
    return said


def test_a_kill_at_any_moment_loses_nothing_that_was_found(curator: Curator, stage: Stage) -> None:
    """A run of 500 links is killed at twenty random moments, while it goes on finding."""
    links = [f"http://host{number % 10}.example/{number}" for number in range(500)]
    gates = play_behind_gates(stage, links)
    urls = curator.list_links(*links)
    moments = random.Random(6)  # noqa: S311  # the same moments each time
    found: set[str] = set()
    for number in range(20):
        count = moments.randint(1, 14)
        gates.append(Gate(count + moments.randint(0, 10)))
        with curator.start("check", "--urls", urls, "--contact", f"https://a.example/run-{number}") as run:
            found |= say_until(run, count)
            run.send_signal(signal.SIGKILL)
            assert run.stderr is not None
            # What it said while it died counts too.
            found |= {line.split()[1] for line in run.stderr if line.startswith("gone") and line.endswith("\n")}
        gates[-1].close()
        assert run.returncode == -signal.SIGKILL
        assert not found - set(read_record(curator.record).links)
        if curator.record.exists():
            assert set(json.loads(curator.record.read_text(encoding="utf-8"))) == {"links"}
    assert 100 < len(found) < 500
    gates.append(Gate(500))
    result = curator.run("check", "--urls", urls, "--contact", "https://a.example/run-20", code=1)

    assert curator.verdicts() == dict.fromkeys(links, "gone")
    # Found by runs that were killed, they are still new to the run that ends.
    assert "Newly broken: 500." in result.stdout
    assert sorted(path.name for path in curator.folder.iterdir()) == ["hasty.toml", "link-health.json", "urls.txt"]


def test_a_full_disk_ends_the_run_and_keeps_what_was_found(curator: Curator, stage: Stage) -> None:
    links = [f"http://host.example/{number}" for number in range(50)]
    for url in links:
        stage.play(url, ALIVE)
    full = "import resource, runpy; resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, 4_000)); "
    full += "runpy.run_module('linkhealth', run_name='__main__', alter_sys=True)"
    result = curator.run("check", "--urls", curator.list_links(*links), code=2, program=("-c", full))

    assert "cannot write" in result.stderr
    assert "Traceback" not in result.stderr
    kept = read_record(curator.record).links
    assert 0 < len(kept) < 50
    curator.run("check", "--urls", curator.folder / "urls.txt")
    assert curator.verdicts() == dict.fromkeys(links, "alive")


def test_an_interrupt_keeps_what_was_found(curator: Curator, stage: Stage) -> None:
    links = [f"http://host.example/{number}" for number in range(100)]
    gates = play_behind_gates(stage, links)
    gates.append(Gate(50))
    urls = curator.list_links(*links)
    with curator.start("check", "--urls", urls, "--contact", "https://a.example/run-0") as run:
        said = say_until(run, 50)
        run.send_signal(signal.SIGINT)
        assert run.stderr is not None
        assert "interrupted" in run.stderr.read()
    gates[-1].close()

    assert run.returncode == 130
    assert set(curator.verdicts()) == said
    gates.append(Gate(50))
    result = curator.run("check", "--urls", urls, "--contact", "https://a.example/run-1", code=1)
    assert "Newly broken: 100." in result.stdout


def test_two_runs_at_once_ask_for_each_link_once(curator: Curator, stage: Stage) -> None:
    links = [f"http://host{number % 10}.example/{number}" for number in range(100)]
    for url in links:
        stage.play(url, ALIVE)
    urls = curator.list_links(*links)
    with curator.start("check", "--urls", urls) as one, curator.start("check", "--urls", urls) as other:
        one.communicate()
        other.communicate()

    assert (one.returncode, other.returncode) == (0, 0)
    assert curator.verdicts() == dict.fromkeys(links, "alive")
    assert sorted(stage.urls()) == sorted(links)


ON_A_FULL_DISK = """
import resource, signal, sys
from linkhealth.__main__ import main
# What the kernel says of a file that would grow beyond the limit is an error, as with a full disk.
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)), resource.RLIM_INFINITY))
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("limit", [0, 100, 2_000, 6_000])
def test_a_full_disk_is_said_and_costs_no_more_than_what_did_not_fit(
    curator: Curator, stage: Stage, limit: int
) -> None:
    old, new = [[f"http://host{place % 5}.example/{name}{place}" for place in range(20)] for name in ("a", "b")]
    for url in (*old, *new):
        stage.play(url, ALIVE)
    curator.run("check", "--urls", curator.list_links(*old))
    urls = curator.list_links(*old, *new)
    full = curator.run("check", "--urls", urls, code=2, program=("-c", ON_A_FULL_DISK, str(limit)))

    assert "Traceback" not in full.stderr
    assert "link-health.json" in full.stderr
    assert set(old) <= set(read_record(curator.record).links)
    assert json.loads(curator.record.read_bytes())
    curator.run("check", "--urls", urls)
    assert curator.verdicts() == dict.fromkeys((*old, *new), "alive")
    assert sorted(path.name for path in curator.folder.iterdir()) == ["hasty.toml", "link-health.json", "urls.txt"]


# ---------------------------------------------------------------- as root and as another user


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user")
def test_root_and_another_user_can_keep_one_record(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp() / "shared"
    _open_to_all(folder)
    curator = Curator(folder, stage)
    stage.play("http://a.example/a", ALIVE)
    stage.play("http://a.example/b", Reply(body=page("二", "正文"), encoding="gbk"))
    first, second = folder / "first.txt", folder / "second.txt"
    first.write_text("http://a.example/a", encoding="utf-8")
    second.write_text("http://a.example/b", encoding="utf-8")
    curator.run("check", "--urls", first)
    assert curator.record.stat().st_uid == 65534
    curator.run("check", "--urls", second, program=("-c", AS_NOBODY))
    curator.run("check", "--urls", second, "--all")

    assert read_record(curator.record).links["http://a.example/b"].title == "二"
    assert curator.record.stat().st_uid == 65534


def _open_to_all(folder: Path) -> None:
    """Give a folder to nobody, on a way that nobody may walk."""
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    for parent in folder.parents:
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
