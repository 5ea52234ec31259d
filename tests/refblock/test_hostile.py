"""Other people's text where no browser sees it: in LaTeX, on a terminal, in XML, in the data of a page's script."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from lxml import etree, html

from refblock.bibdata import read_bib
from refblock.timeline import Mark, draw
from refblock.writers.tools import write_tools
from tests.conftest import find_program

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Site


TEX = [
    r"\write18{touch owned}",
    r"\immediate\write18{touch owned}",
    r"\input{/etc/passwd}",
    r"\include{x} \openin1=/etc/passwd \read1 to\x",
    r"\newwrite\w\immediate\openout\w=owned\immediate\write\w{x}",
    r"\catcode`\@=0 @input x \def\item{x}",
    r"\csname input\endcsname{/etc/passwd}",
    r"\directlua{os.execute('touch owned')}",
    r"^^5cinput^^7b/etc/passwd^^7d",
    r"\end{document}\input x",
    r"\textbackslash input\{x\} \textbackslash{}write18\{touch owned\}",
    r"$\input{x}$ % \par & # _ ~",
    r"\special{ps: x} \href{run:./x}{y} \url{x}",
]
BLOCKS = "```{refblock}\n:group: topic\n```\n\n```{refblock-timeline}\n```\n"
COMMANDS = re.compile(
    r"\\(?:immediate|write|openout|openin|read|input|include|catcode|csname|directlua|def|special|newwrite)(?![A-Za-z])"
    r"|\^\^|href\{run:"
)


@pytest.fixture
def hostile(site: Site) -> Site:
    entries = [
        f"@article{{t{place}, title = {{{text}}}, titleaddon = {{中文 {text}}}, date = {{2020}},\n"
        f"  journaltitle = {{{text}}}, organization = {{{text}}}, keywords = {{{text}}}, entrysubtype = {{{text}}},\n"
        f"  author = {{{{{text}}}}}, url = {{https://example.org/{text}}}, doi = {{10.5555/{text}}}}}"
        for place, text in enumerate(TEX)
    ]
    site.write(
        refs="\n".join(entries),
        index="# A\n\nSee {cite:t}`t0` {cite:p}`t1`.\n\n" + BLOCKS,
    )
    return site


def test_what_commands_tex_comes_out_as_text_in_latex(hostile: Site) -> None:
    (path,) = hostile.build("latex", language="en").folder.glob("*.tex")
    preamble, document = path.read_text(encoding="utf-8").split(r"\sphinxmaketitle", 1)

    assert COMMANDS.findall(document) == []
    assert document.count(r"\end{document}") == 1
    assert "write18" in document
    assert "owned" not in preamble


def test_xelatex_reads_nothing_and_writes_nothing_for_a_hostile_list(hostile: Site) -> None:
    xelatex = find_program("xelatex", package="texlive-xetex")
    # The fonts that every TeX has.
    built = hostile.build("latex", language="en", latex_engine="xelatex", latex_elements={"fontpkg": ""})
    (path,) = built.folder.glob("*.tex")
    command = [xelatex, "-no-shell-escape", "-recorder", "-interaction=nonstopmode", path.name]
    subprocess.run(command, cwd=built.folder, capture_output=True, check=False, timeout=240)
    log = path.with_suffix(".log").read_text(encoding="utf-8", errors="replace")
    recorded = path.with_suffix(".fls").read_text(encoding="utf-8", errors="replace")

    assert "Output written on" in log
    # Fonts of TeX's own may be missing on a small machine; nothing else may stop it.
    assert [line for line in log.splitlines() if line.startswith("! ") and "not loadable" not in line] == []
    assert "runsystem" not in log
    assert "/etc/passwd" not in recorded
    assert not (built.folder / "owned").exists()


ESCAPES = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202e\u2066\x00\x7f"


@pytest.mark.parametrize(
    "text",
    [
        f"@misc{{a{ESCAPES}, title = {{T}}, related = {{{ESCAPES}b}}}}",
        f"@misc{{a, title = {{{ESCAPES}}}, url = {{{ESCAPES}x}}, langid = {{{ESCAPES}}}, author = {{{ESCAPES}}}}}",
        f"@misc{{a, title = {{T}}, keywords = {{{ESCAPES}}}, doi = {{{ESCAPES}}}, entrysubtype = {{{ESCAPES}}}}}",
        f"@misc{{a{ESCAPES}, title = {{T",
        f"@misc{{a{ESCAPES}, title = T{ESCAPES}}}",
        f"@string{{x{ESCAPES} = }}\n@x{ESCAPES} y",
        f"@misc{{a, title = {{T}}, title{ESCAPES} = {{T}}, x\x7f = {{}}, x\x7f = {{}}}}",
        f"@misc{{a{ESCAPES}, title = {{T}}}}\n@misc{{a{ESCAPES}, title = {{@misc{{b{ESCAPES}, x}}}}}}",
    ],
)
def test_no_message_steers_a_terminal(tmp_path: Path, text: str) -> None:
    path = tmp_path / "refs.bib"
    path.write_text(text, encoding="utf-8")
    said = subprocess.run(
        [sys.executable, "-m", "refblock", "check", "refs.bib"],
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip

    assert said.returncode == 1
    assert said.stderr == ""
    assert all(line.isprintable() for line in said.stdout.split("\n"))


def test_names_of_people_are_tamed_as_all_other_fields_are(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    path.write_text("@misc{a, title = {T}, author = {Li\x1b[2Jnd, Ma\u202e\x00ja}}", encoding="utf-8")
    (entry,) = read_bib([path], ["refs.bib"]).entries

    assert [(name.family, name.given) for name in entry.authors] == [("Li[2Jnd", "Maja")]


def test_what_no_xml_may_hold_leaves_a_book_well_formed(site: Site) -> None:
    letters = "".join(map(chr, (*range(1, 9), 11, 12, *range(14, 32), 127, 0x9B, 0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF)))
    fields = f"title = {{One{letters}two}}, author = {{A{letters}b}}, keywords = {{k{letters}}}"
    site.write(
        refs=f"@misc{{a, {fields}, date = {{2020}}}}\n",
        index="# A\n\n{cite:t}`a`\n\n" + BLOCKS,
    )
    page = etree.parse(site.build("epub", version="1").folder / "index.xhtml").getroot()

    assert any("Onetwo" in str(text) for text in page.xpath("//text()"))


WORDS = [
    "</script><script>alert(1)</script>",
    "\"'><b>",
    "]]>",
    "&quot;&amp;",
    "\u2028\u2029",
    "{{ 7*7 }} ${7}",
    "-->",
    "\\u003c",
]


def test_the_words_of_a_page_s_script_come_back_to_the_letter() -> None:
    kinds = {word: word for word in WORDS}
    (template,) = html.fromstring(f"<div>{write_tools(lambda text: text, kinds)}</div>").cssselect("template")

    assert json.loads(template.get("data-words", ""))["kinds"] == kinds


@pytest.mark.parametrize("word", WORDS)
def test_a_drawing_of_hostile_words_is_well_formed_and_says_them(word: str) -> None:
    drawing = etree.fromstring(draw([Mark(word, word, word, f"#{word}", "en")], {word: word}, word))

    assert drawing.get("aria-label") == word
    assert [link.get("href") for link in drawing.iter("{*}a")] == [f"#{word}"]
    assert {str(element.tag).rpartition("}")[2] for element in drawing.iter()} == {
        "svg",
        "g",
        "line",
        "text",
        "a",
        "circle",
        "title",
    }


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://\u0440aypal.example/x", "\u0440aypal.example"),
        ("https://www.gοοgle.example", "www.gοοgle.example"),
        ("https://example.org@evil.example/", "example.org@evil.example"),
        ("https://exam\u200bple.example/", "exam\u200bple.example"),
    ],
)
def test_a_host_that_is_made_to_look_like_another_is_named(tmp_path: Path, url: str, host: str) -> None:
    path = tmp_path / "refs.bib"
    path.write_text(f"@misc{{a, title = {{T}}, url = {{{url}}}}}", encoding="utf-8")
    (fault,) = read_bib([path], ["refs.bib"]).faults

    assert (fault.diagnostic.subtype, fault.parts["host"]) == ("deceptive_host", host)


@pytest.mark.parametrize(
    "url",
    [
        "https://例子.cn/x",
        "https://пример.example",
        "https://example.org/a@b",
        "mailto:a@b.c",
        "https://bücher.example",
    ],
)
def test_a_host_in_a_script_of_its_own_is_none_of_these(tmp_path: Path, url: str) -> None:
    path = tmp_path / "refs.bib"
    path.write_text(f"@misc{{a, title = {{T}}, url = {{{url}}}}}", encoding="utf-8")

    assert read_bib([path], ["refs.bib"]).faults == []
