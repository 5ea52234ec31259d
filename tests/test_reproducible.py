"""Two builds of one commit give the same bytes, wherever, whenever, and by however many processes they are made."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
UPSTREAM = re.compile(r"\.buildinfo|pagefind/(?:filter/.*|pagefind-entry\.json|pagefind\.\w+\.pf_meta)")
"""What others make anew each time: Sphinx's digest of conf.py holds the full path of the folder of templates, and
Pagefind writes the values of a filter in an order of chance, and names these files by what they hold."""


def build(folder: Path, processes: int, zone: str) -> dict[str, bytes]:
    """Build the Chinese site from a copy in a folder; give its files."""
    for name in ("docs", "ext", "tests/roots"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("_build", "__pycache__", "*.mo"))
    shutil.copy(ROOT / "refs.bib", folder)
    command = [sys.executable, "-m", "sphinx", "-q", "-j", str(processes), "-b", "html", "docs", "out"]
    path = os.pathsep.join([str(folder / "ext"), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1767225600", "TZ": zone, "PYTHONPATH": path}
    subprocess.run(command, cwd=folder, check=True, env={**environment, "PYTHONHASHSEED": str(processes)})
    out = folder / "out"
    files = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file()}
    return {
        name: path.read_bytes()
        for name, path in files.items()
        if not name.startswith(".doctrees/") and not UPSTREAM.fullmatch(name)
    }


def test_two_builds_in_two_folders_are_the_same_to_the_byte(tmp_path: Path) -> None:
    one = build(tmp_path / "one", 1, "UTC")
    two = build(tmp_path / "somewhere" / "else", 2, "Asia/Shanghai")

    assert len(one) > 300
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
