"""A blog with one post, and the command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
POST = """---
title: 深度学习
---

# 一

https://example.org/1

第一篇

## 二

https://example.org/2

The second
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "postimport", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "ext"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False, env=environment
    )


def imported(folder: Path, *paths: str) -> tuple[dict[str, Any], subprocess.CompletedProcess[str]]:
    """Import, and give the report."""
    result = run(folder, *(paths or ("posts",)), "--bib", "refs.bib", "--pages", "pages", "--report", "report.json")
    return json.loads((folder / "report.json").read_text(encoding="utf-8")), result


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != "report.json")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}
