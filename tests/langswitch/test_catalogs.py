"""The message catalogs of the real site, and the check that keeps them whole."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LOCALE = ROOT / "docs" / "locale"


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the messages of the real pages."""
    folder = tmp_path_factory.mktemp("gettext")
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "gettext", "-d", str(folder / "doctrees")]
    subprocess.run([*command, str(ROOT / "docs"), str(folder / "out")], check=True, capture_output=True)
    return folder / "out"


def check(templates: Path, locale: Path) -> subprocess.CompletedProcess[str]:
    """Run the check as nox does."""
    command = [sys.executable, "-m", "langswitch", "check", str(templates), str(locale)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_every_message_of_the_real_site_is_translated(templates: Path) -> None:
    result = check(templates, LOCALE)

    assert result.stdout == ""
    assert result.returncode == 0


@pytest.mark.parametrize(
    ("good", "bad", "says"),
    [
        ('msgstr "Index of papers"', 'msgstr ""', "has no translation"),
        ('msgid "论文索引"', '#, fuzzy\nmsgid "论文索引"', "marked fuzzy"),
        ('msgid "论文索引"', 'msgid "论文的索引"', "no page has the message '论文的索引'"),
        ('msgid "论文索引"', 'msgid "论文的索引"', "the message '论文索引' is missing"),
        ('msgid "论文索引"', '#~ msgid "旧"\n#~ msgstr "Old"\n\nmsgid "论文索引"', "'旧' any more"),
    ],
)
def test_a_broken_message_is_found(tmp_path: Path, templates: Path, good: str, bad: str, says: str) -> None:
    locale = tmp_path / "locale"
    shutil.copytree(LOCALE, locale)
    path = locale / "en/LC_MESSAGES/papers.po"
    text = path.read_text(encoding="utf-8")
    assert text.count(good) == 1
    path.write_text(text.replace(good, bad), encoding="utf-8")
    result = check(templates, locale)

    assert result.returncode == 1
    assert f"{path}:" in result.stdout
    assert says in result.stdout


def test_a_catalog_without_a_page_and_a_page_without_a_catalog_are_found(tmp_path: Path, templates: Path) -> None:
    locale = tmp_path / "locale"
    shutil.copytree(LOCALE, locale)
    path = locale / "en/LC_MESSAGES/papers.po"
    path.rename(path.with_name("gone.po"))
    result = check(templates, locale)

    assert "papers.po:1: there is no such catalog" in result.stdout
    assert "gone.po:1: no page has these messages" in result.stdout


def test_settling_takes_out_dates_and_no_message(tmp_path: Path, templates: Path) -> None:
    locale = tmp_path / "locale"
    shutil.copytree(LOCALE, locale)
    before = {path: path.read_bytes() for path in locale.rglob("*.po")}
    command = ["sphinx-intl", "update", "-p", str(templates), "-d", str(locale), "-l", "en", "-w", "0"]
    subprocess.run([sys.executable, "-m", "sphinx_intl", *command[1:]], check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "langswitch", "settle", str(locale)], check=True)

    assert {path: path.read_bytes() for path in locale.rglob("*.po")} == before
