"""Every message, each from what calls for it."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest

from refblock.checking import check
from refblock.diagnostics import Diagnostic, text_of

if TYPE_CHECKING:
    from tests.conftest import Site

GOOD = "@online{good, title = {Good one}, titleaddon = {好}, url = {https://example.org/good}}\n"
BOOK = "@book{b, title = {T}, titleaddon = {题}, author = {A B}, date = {2000}, isbn = {0-306-40615-2}"


@dataclass(frozen=True)
class Case:
    """A site that calls for a message, and the place that the message names."""

    at: str
    refs: str | bytes | None = GOOD
    body: str = ""
    conf: str = ""


BUILD: Final = {
    Diagnostic.BIB_MISSING: Case("refs.bib:1", None),
    Diagnostic.BIB_ENCODING: Case("refs.bib:2", "@misc{b, title = {T}}\n@misc{a, title = {多任务学习}}".encode("gbk")),
    Diagnostic.BIB_BYTES: Case("refs.bib:2", GOOD.encode() + b"@misc{a, title = {caf\xe9 \xff\xff}}"),
    Diagnostic.BIB_EMPTY: Case("refs.bib:1", "% nothing\n"),
    Diagnostic.BIB_SYNTAX: Case("refs.bib:2", GOOD + "@misc{a, title = {"),
    Diagnostic.SWALLOWED_ENTRY: Case(
        "refs.bib:2", GOOD + "@misc{a, note = {x}, title = {{A\n@misc{b, title = {B}}\n}}}"
    ),
    Diagnostic.UNKNOWN_MACRO: Case("refs.bib:2", GOOD + "@misc{a, title = {A}, note = nothing}"),
    Diagnostic.DUPLICATE_KEY: Case("refs.bib:2", GOOD + GOOD),
    Diagnostic.DUPLICATE_FIELD: Case("refs.bib:2", GOOD + "@misc{a, title = {A}, title = {B}}"),
    Diagnostic.NO_TITLE: Case("refs.bib:2", GOOD + "@misc{a, note = {x}}"),
    Diagnostic.UNSAFE_URL: Case("refs.bib:2", GOOD + "@misc{a, title = {A}, url = {data:x}}"),
    Diagnostic.DECEPTIVE_HOST: Case("refs.bib:2", GOOD + "@misc{a, title = {A}, url = {https://a@b.example}}"),
    Diagnostic.CONTROL_CHARACTERS: Case("refs.bib:2", GOOD + "@misc{a, title = {A\u202eb}}"),
    Diagnostic.MARKUP: Case("refs.bib:2", GOOD + "@misc{a, title = {<b>A</b>}}"),
    Diagnostic.UNKNOWN_LANGUAGE: Case("refs.bib:2", GOOD + "@misc{a, title = {A}, langid = {englisch}}"),
    Diagnostic.UNKNOWN_RELATED: Case("refs.bib:2", GOOD + "@misc{a, title = {A}, related = {gone}}"),
    Diagnostic.UNKNOWN_KEY: Case("index.rst:7", body=".. refblock::\n\n   good\n   nobody\n"),
    Diagnostic.BAD_KEY_LINE: Case("index.rst:7", body=".. refblock::\n\n   good\n   one, two\n"),
    Diagnostic.BAD_FILTER: Case("index.rst:4", body=".. refblock::\n   :filter: type ==\n"),
    Diagnostic.NESTED_GROUPS: Case("index.rst:6", body=".. note::\n\n   .. refblock::\n      :group: type\n"),
    Diagnostic.EMPTY_BLOCK: Case("index.rst:4", body=".. refblock::\n   :filter: type == 'book'\n"),
    Diagnostic.NOT_SHOWN: Case("refs.bib:1"),
    Diagnostic.CITED_NOT_SHOWN: Case("index.rst:4", body=":cite:t:`good`\n"),
    Diagnostic.UNBALANCED: Case(
        "WARNING: 1 entries",
        conf="""
def setup(app):
    # Another extension that loses an entry.
    app.connect("env-updated", lambda app, env: env.get_domain("refblock").library.entries.clear(), priority=1)
""",
    ),
    Diagnostic.BUILT_AT_ONCE: Case(
        "WARNING: another",
        conf="""
def setup(app):
    import fcntl
    app.outdir.mkdir(parents=True, exist_ok=True)
    app.other = (app.outdir / ".refblock-underway").open("a")
    fcntl.flock(app.other, fcntl.LOCK_EX)
    app.connect("build-finished", lambda *_: app.other.close(), priority=1000)
""",
    ),
    Diagnostic.BAD_BADGE: Case("refs.bib:1", conf='def setup(app): app.connect("refblock-badges", lambda *_: ["x"])'),
}
"""The messages of a build."""
CHECK: Final = {
    Diagnostic.MISSING_FIELD: "@online{b, title = {T}, titleaddon = {题}}",
    Diagnostic.NO_TRANSLATION: "@online{b, title = {T}, url = {https://example.org}}",
    Diagnostic.NO_IDENTIFIER: "@book{b, title = {T}, titleaddon = {题}, author = {A B}, date = {2000}}",
    Diagnostic.UNKNOWN_TOPIC: BOOK + ", keywords = {mlt}}",
    Diagnostic.UNKNOWN_RELATION: BOOK + ", related = {good}, relatedtype = {review}}",
    Diagnostic.UNKNOWN_KIND: BOOK + ", entrysubtype = {kurs}}",
    Diagnostic.BAD_IDENTIFIER: BOOK + ", doi = {none}}",
    Diagnostic.DUPLICATE_URL: BOOK + ", url = {https://example.org/good}}",
    Diagnostic.NEAR_TITLE: "@online{b, title = {Good One}, titleaddon = {题}, url = {https://example.org}}",
    Diagnostic.NOT_NFC: BOOK + ", note = {Cafe\u0301}}",
    Diagnostic.STRAY_SPACE: BOOK + ", note = { x}}",
}
"""The messages that only the check of a bib file gives, each for the second line."""


def test_every_message_has_a_case_here() -> None:
    assert {*BUILD, *CHECK} == set(Diagnostic)


def test_no_two_messages_have_one_name() -> None:
    assert len({diagnostic.subtype for diagnostic in Diagnostic}) == len(Diagnostic)


@pytest.mark.parametrize("diagnostic", BUILD, ids=lambda diagnostic: diagnostic.subtype)
def test_a_build_gives_the_message_once_with_its_place_and_name(site: Site, diagnostic: Diagnostic) -> None:
    case = BUILD[diagnostic]
    site.write(index_rst=f"A\n=\n\n{case.body}")
    if case.refs is not None:
        (site.folder / "refs.bib").write_bytes(case.refs if isinstance(case.refs, bytes) else case.refs.encode())
    with (site.folder / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write(case.conf)
    built = site.build(suppress_warnings=[] if diagnostic is Diagnostic.NOT_SHOWN else ["refblock.not_shown"])

    (warning,) = built.warnings
    assert (case.at if "WARNING" in case.at else f"{case.at}: WARNING: ") in warning
    assert warning.endswith(f"[refblock.{diagnostic.subtype}]")


@pytest.mark.parametrize("diagnostic", CHECK, ids=lambda diagnostic: diagnostic.subtype)
def test_the_check_gives_the_message_once_and_no_other(site: Site, diagnostic: Diagnostic) -> None:
    site.write(refs=GOOD + CHECK[diagnostic] + "\n")
    (finding,) = check(site.folder / "refs.bib", topics=["mtl"])

    assert (finding.diagnostic, finding.line, finding.key) == (diagnostic.subtype, 2, "b")


HOSTILE = "a\x1b[31mb\u202ec\u2066d\u2028e\x07\x9bf\ufeff"


@pytest.mark.parametrize("diagnostic", Diagnostic, ids=lambda diagnostic: diagnostic.subtype)
def test_no_part_of_a_message_can_steer_the_terminal(diagnostic: Diagnostic) -> None:
    names = ("path", "reason", "guess", "what", "advice", "key", "macro", "first", "field", "url", "names", "markup",
             "langid", "other", "hint", "line", "text", "type", "topic", "relation", "kind", "known", "given",
             "source", "where", "badge", "host", "ledger", "keys", "parent",
             "entry")  # fmt: skip
    text = text_of(diagnostic, **dict.fromkeys(names, HOSTILE))

    assert text.isprintable()
    assert "\n" not in text


def test_nothing_from_a_bib_file_or_a_page_steers_the_terminal(site: Site) -> None:
    refs = "".join(
        f"@misc{{k{number}, title = {{T}}, {name} = {{{HOSTILE}<b{HOSTILE}>}}}}\n"
        for number, name in enumerate(("url", "langid", "related", "note", "author", "title_zh"))
    )
    site.write(
        refs=refs + "@misc{x" + HOSTILE + ", title = {" + HOSTILE,
        index=f"# A\n\n```{{refblock}}\n{HOSTILE}\n```\n\n```{{refblock}}\n:filter: title % '{HOSTILE}('\n```\n",
    )
    command = [sys.executable, "-m", "sphinx", "-q", "--no-color", str(site.folder), str(site.folder / "_build")]
    result = subprocess.run(command, capture_output=True, check=True)
    said = result.stderr.decode()

    assert said.count("WARNING") > 6
    steering = [letter for letter in said.replace("\n", "") if unicodedata.category(letter) in {"Cc", "Cf", "Zl", "Zp"}]
    assert steering == []
