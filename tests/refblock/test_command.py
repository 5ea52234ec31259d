"""The command line: ``python -m refblock check``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from refblock.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

WELL_KEPT = "@online{a, title = {A b}, titleaddon = {好}, url = {https://example.org}, keywords = {mtl}}\n"


@pytest.fixture
def refs(tmp_path: Path) -> Path:
    """Give a bib file with nothing to mend."""
    path = tmp_path / "refs.bib"
    path.write_text(WELL_KEPT, encoding="utf-8")
    return path


def test_a_well_kept_file_is_passed_over_in_silence(refs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(refs)]) == 0
    assert capsys.readouterr().out == ""


def test_what_there_is_to_mend_is_said_by_line_for_each_file(refs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = refs.with_name("other.bib")
    other.write_text("@misc{b, title = {T}}\n\n@online{a, title = { A}, titleaddon = {好}}\n", encoding="utf-8")

    assert main(["check", str(refs), str(other), str(refs.with_name("none.bib"))]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert {line.partition(": ")[0] for line in lines} == {
        f"{other}:1",
        f"{other}:3",
        f"{refs.with_name('none.bib')}:1",
    }
    assert all(line.startswith((f"{other}:1: b: ", f"{other}:3: a: ")) for line in lines if str(other) in line)


def test_topics_are_those_of_the_named_conf_py(refs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    conf = refs.with_name("conf.py")
    conf.write_text('refblock_topics = {"mtl": {"en": "Multi-task"}}\n', encoding="utf-8")
    assert main(["check", str(refs), "--conf", str(conf)]) == 0

    conf.write_text('refblock_topics = {"mlt": {"en": "Multi-task"}}\n', encoding="utf-8")
    assert main(["check", str(refs), "--conf", str(conf)]) == 1
    assert "did you mean 'mlt'?" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["check"], ["check", "refs.bib", "--conf", "nowhere/conf.py"]])
def test_what_cannot_be_run_says_how_to(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert "usage: python -m refblock" in capsys.readouterr().err
