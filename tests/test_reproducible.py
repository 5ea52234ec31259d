"""Two builds of one commit give the same bytes, wherever, whenever, by however many processes and whichever Python."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.outside import find_python, run

ROOT = Path(__file__).parent.parent
UPSTREAM = re.compile(r"(?:en/)?pagefind/(?:filter/.*|pagefind-entry\.json|pagefind\.\w+\.pf_meta)")
"""What Pagefind makes anew each time: it writes the values of a filter in an order of chance, and names these files by
what they hold (https://github.com/Pagefind/pagefind/issues/638).
"""


@pytest.fixture(scope="module")
def other_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give another version of Python than ours, with what is in the lock."""
    version = "3.13" if sys.version_info < (3, 13) else "3.11"
    found = find_python(version)
    if found is None:
        message = f"no Python {version} on this machine"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    folder = tmp_path_factory.mktemp("other")
    python = folder / "bin/python"
    steps: tuple[tuple[str | Path, ...], ...] = (
        ("venv", "-q", "--python", found, folder),
        ("pip", "install", "-q", "--python", python, "--require-hashes", "-r", ROOT / "requirements.txt"),
    )
    for command in steps:
        done = run(sys.executable, "-m", "uv", *command)
        if done.returncode and not os.environ.get("CI"):
            pytest.skip(f"nothing can be installed here: {done.stderr.strip()}")
        assert done.returncode == 0, done.stderr
    return str(python)


def build(folder: Path, python: str, processes: int, zone: str, age: int) -> dict[str, bytes]:
    """Build the site in both languages from a copy whose files are *age* days older; give its files."""
    for name in ("docs", "ext", "tests/roots"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("_build", "__pycache__", "*.mo"))
    shutil.copy(ROOT / "refs.bib", folder)
    for path in folder.rglob("*"):
        changed = path.stat().st_mtime - age * 86_400
        os.utime(path, (changed, changed))
    modules = os.pathsep.join([str(folder / "ext"), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1767225600", "TZ": zone, "PYTHONPATH": modules}
    for language, out in (("zh_CN", "out"), ("en", "out/en")):
        command = [
            *(python, "-m", "sphinx", "-q", "-j", str(processes), "-b", "html"),
            *("-D", f"language={language}", "-d", f"doctrees/{language}", "docs", out),
        ]
        subprocess.run(command, cwd=folder, check=True, env={**environment, "PYTHONHASHSEED": str(processes)})
    out_folder = folder / "out"
    files = {path.relative_to(out_folder).as_posix(): path for path in out_folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if not UPSTREAM.fullmatch(name)}


def test_two_builds_of_the_site_are_the_same_to_the_byte(tmp_path: Path, other_python: str) -> None:
    # Of these two zones one is always a day ahead of the other.
    one = build(tmp_path / "one", sys.executable, 1, "Etc/GMT+12", age=0)
    two = build(tmp_path / "somewhere" / "else", other_python, 2, "Pacific/Kiritimati", age=400)

    assert len(one) > 600
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
