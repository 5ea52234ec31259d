"""Titles that go to a translator and come back: as a table or a .po file, into a bib file that is else untouched."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po, write_po

from postimport.translations import main
from refblock.bibdata import read_bib

if TYPE_CHECKING:
    from pathlib import Path

BIB = """% first
@online{one,
  title         = {一 \\textbraceleft{}x\\textbraceright{}},
  langid        = {chinese},
  url           = {https://example.org/1},
}

@article{wrapped, author = {A, B},
  title = {A title
    on two lines, with title = and @online{one, in it}},
  year = 2020
}

@misc(paren, title = "Quoted")
@online{done, title = {三}, title_en = {Three}}
@online{formula, title = {=HYPERLINK("https://example.org/")}}
"""
WANTED = {"one": "One {x} & 50%", "wrapped": "两行的标题", "paren": "引号", "formula": "公式"}


def translate(bib: Path, ending: str) -> Path:
    """Export, translate as a person would in a program of theirs, and give the file."""
    file = bib.with_name(f"titles.{ending}")
    assert main(["export", str(bib), str(file)]) == 0
    if ending == "po":
        catalog = read_po(io.BytesIO(file.read_bytes()))
        for message in catalog:
            if message.id:
                message.string = WANTED[str(message.context)]
        out = io.BytesIO()
        write_po(out, catalog)
        file.write_bytes(out.getvalue())
        return file
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    with file.open("w", encoding="gb18030", newline="") as table:  # as a Chinese Excel saves it
        writer = csv.DictWriter(table, rows[0].keys())
        writer.writeheader()
        writer.writerows({**row, "translation": WANTED[row["key"]]} for row in rows)
    return file


@pytest.mark.parametrize("ending", ["csv", "po"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_translations_come_back_and_no_other_byte_changes(
    tmp_path: Path, ending: str, encoding: str, ends: str
) -> None:
    bib = tmp_path / "refs.bib"
    bib.write_bytes(BIB.replace("\n", ends).encode(encoding))
    before = read_bib([bib], ["refs.bib"]).entries
    assert main(["apply", str(bib), str(translate(bib, ending))]) == 0
    entries = read_bib([bib], ["refs.bib"]).entries
    text = bib.read_bytes().decode(encoding)

    assert {entry.key: entry.parallel.text for entry in entries if entry.parallel} == {**WANTED, "done": "Three"}
    assert [(entry.key, entry.title, entry.url) for entry in entries] == [
        (entry.key, entry.title, entry.url) for entry in before
    ]
    without, times = re.subn(rf"{ends}  titleaddon    = {{.*?}},(?= |{ends})", "", text)
    assert times == len(WANTED)
    assert without.encode(encoding) == BIB.replace("\n", ends).encode(encoding)


def test_a_translation_stands_behind_the_title(tmp_path: Path) -> None:
    bib = tmp_path / "refs.bib"
    bib.write_text(BIB, encoding="utf-8")
    main(["apply", str(bib), str(translate(bib, "csv"))])

    assert (
        "\\textbraceright{}},\n  titleaddon    = {One \\textbraceleft{}x\\textbraceright{} \\& 50\\%},\n  langid"
        in (bib.read_text(encoding="utf-8"))
    )


def test_a_title_that_a_spreadsheet_would_run_is_text_in_the_table(tmp_path: Path) -> None:
    bib = tmp_path / "refs.bib"
    bib.write_text(BIB, encoding="utf-8")
    table = translate(bib, "csv").read_text(encoding="gb18030")

    assert "'=HYPERLINK" in table
    assert ",=HYPERLINK" not in table


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("table.csv", "a,b\n1,2\n", "table.csv: there are no columns key and translation"),
        ("titles.po", "hello\n", "titles.po: this is no .po file"),
        ("gone.csv", None, "gone.csv: there is no such file"),
    ],
)
def test_a_file_without_translations_is_named_and_the_bib_file_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str | None, said: str
) -> None:
    bib = tmp_path / "refs.bib"
    bib.write_text(BIB, encoding="utf-8")
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")

    assert main(["apply", str(bib), str(tmp_path / name)]) == 2
    assert said in capsys.readouterr().err
    assert bib.read_text(encoding="utf-8") == BIB
