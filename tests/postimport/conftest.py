"""What the tests of the command share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.postimport.field import POST

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """Give a folder with a blog of one post in it."""
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "2020-01-02-first.md").write_text(POST, encoding="utf-8")
    return tmp_path
