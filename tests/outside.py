"""Programs that run outside of this checkout, and see nothing of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def run(*command: str | Path, folder: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program, in a folder and with variables of its environment."""
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        list(map(str, command)),
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**outside, **variables},
    )


def find_python(version: str) -> Path | None:
    """Find a Python of a version that can be run; None where there is none.

    pyenv puts a name on the PATH for each that it has, and runs only those that are chosen.
    """
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    on_path = shutil.which(f"python{version}")
    found = [*([Path(on_path)] if on_path else []), *sorted(versions.glob(f"{version}.*/bin/python"))]
    return next((python for python in found if run(python, "-c", "").returncode == 0), None)


def build_wheel(folder: Path) -> Path:
    """Build the wheel in a folder."""
    # From a copy of what is under version control, so that nothing else of the working tree gets in.
    source, out = folder / "source", folder / "wheel"
    source.mkdir(parents=True)
    for name in ("ext", "LICENSE", "README.md", "pyproject.toml"):
        path = ROOT / name
        copy = shutil.copytree if path.is_dir() else shutil.copy
        copy(path, source / name)
    options = ("-q", "--wheel", "--no-build-isolation", "--python", sys.executable, "-o", out)
    built = run(sys.executable, "-m", "uv", "build", *options, source)
    assert built.returncode == 0, built.stderr
    (found,) = out.glob("refblock-*.whl")
    return found
