"""What holds for every bib file, whole or broken: nothing crashes the reader, and no entry is lost without a word.

hypothesis makes the files, the same ones in every run. `--hypothesis-seed=random` is for a look further afield.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from refblock.bibdata import read_bib
from refblock.checking import check
from refblock.diagnostics import Diagnostic, printable, text_of

if TYPE_CHECKING:
    from refblock.bibdata import ReadBib

SAME = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=250,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ROOT = Path(__file__).parent.parent.parent
REFS = (ROOT / "refs.bib").read_text(encoding="utf-8")
CORPUS = sorted((ROOT / "tests" / "data" / "bib").glob("*.bib"))
START = re.compile(
    r"^@(?!comment|string|preamble|set|xdata)[A-Za-z][A-Za-z0-9_-]*[{(]([^\s,{}()\"#=%]+),",
    re.MULTILINE | re.IGNORECASE,
)
"""What everybody would call the start of an entry."""


def read(data: str | bytes) -> ReadBib:
    """Read a text as a bib file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "refs.bib"
        path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
        return read_bib([path], ["refs.bib"])


def assert_nothing_is_lost(data: str | bytes, keys: list[str]) -> ReadBib:
    """Each key comes out as an entry's, or is named in a message; each message says file, line and key."""
    found = read(data)
    messages = [text_of(fault.diagnostic, **fault.parts) for fault in found.faults]
    said = "\n".join(messages)
    known = {entry.key.lower() for entry in found.entries}
    left_out = sum("entry" in fault.parts for fault in found.faults)
    assert found.lost == []
    assert found.given == len(found.keys) + left_out
    for key in keys:
        shown = re.sub(r"[\x00-\x1f]", "", key)
        assert shown.lower() in known or shown in said or repr(key)[1:-1] in said, key
    lines = (data if isinstance(data, bytes) else data.encode()).replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(
        b"\n"
    ) + 1
    for fault, message in zip(found.faults, messages, strict=True):
        line = int(re.fullmatch(r"refs\.bib:(\d+)", fault.source)[1])  # type: ignore[index]  # it fails here if not
        assert 1 <= line <= lines
        assert message.isprintable()
        if fault.diagnostic not in OF_FILES:
            assert {"key", "entry"} & fault.parts.keys(), message
        for key in {"key", "entry"} & fault.parts.keys():
            name = str(fault.parts[key])
            ways = {printable(name), repr(name)[1:-1], repr(printable(name))[1:-1]}
            assert any(way in message for way in ways) or "without a key" in message
    return found


OF_FILES = {Diagnostic.BIB_SYNTAX, Diagnostic.BIB_BYTES, Diagnostic.BIB_EMPTY, Diagnostic.BIB_ENCODING}
"""What may be said of a file, or of what stands between its entries, and then names no key."""


PLAIN = st.text(st.characters(exclude_characters='{}"\\%@#', exclude_categories=["Cs"]), max_size=30)
"""Every plane of Unicode, with NUL and all the other controls."""
TEX = st.sampled_from(
    [
        r"\'e", r"{\'{\i}}", r"\"{o}", r"\v{S}", r"\alpha", r"$\alpha_1$", r"\emph{x}", r"{\em y}", r"\&", r"\%", r"\_",
        r"\{x\}", r"\\", "~", "--", "``", "''", r"\url{https://example.org/a_b}", r"\unknown{z}", "%", "#",
        "\r\n", "\n\n", "\t", "@", "@misc", "<b>", "&amp;", "\u202e", "\u200b", "\ufeff", "\x00", "\U0001f600",
    ]
)  # fmt: skip
VALUE = st.recursive(
    PLAIN | TEX, lambda inner: st.lists(inner, max_size=5).map(lambda parts: "{" + "".join(parts) + "}"), max_leaves=15
)
BALANCED = st.lists(VALUE, max_size=4).map("".join)
KEY = st.text(st.characters(exclude_characters='{}(),"#=%@\\', exclude_categories=["C", "Z"]), min_size=1, max_size=12)
FIELD = st.sampled_from(
    [
        "title",
        "titleaddon",
        "author",
        "editor",
        "year",
        "date",
        "url",
        "doi",
        "eprint",
        "keywords",
        "journal",
        "note",
        "langid",
        "file",
        "howpublished",
        "related",
        "crossref",
        "xdata",
    ]
)
GIVEN = st.one_of(
    BALANCED.map("{{{}}}".format),
    BALANCED.map(lambda text: '"' + text.replace('"', "") + '"'),
    st.integers(0, 99999).map(str),
    st.sampled_from(["jan", "acm", "acm # { x}", '"a" # "b" # {c}', "nosuch"]),
)
ENTRY = st.builds(
    lambda kind, key, fields, comma, opening: (
        key,
        f"@{kind}{opening}{key},\n"
        + ",\n".join(f"  {name} = {value}" for name, value in fields)
        + ("," if comma else "")
        + ("\n}" if opening == "{" else "\n)"),
    ),
    st.sampled_from(["misc", "article", "Online", "INPROCEEDINGS", "data-set2"]),
    KEY,
    st.lists(st.tuples(FIELD, GIVEN), max_size=6),
    st.booleans(),
    st.sampled_from("{("),
)
REST = st.sampled_from(
    [
        "@string{acm = {ACM}}",
        '@preamble{"\\newcommand{\\x}{y}"}',
        "@comment{a {b} c}",
        "% a remark",
        "@xdata{data-of-others, year = 2000}",
        "@set{pair-of-entries, entryset = {a, b}}",
        "",
        "text between",
    ]
)


@SAME
@given(st.lists(st.tuples(ENTRY, REST), max_size=6), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_every_entry_of_a_file_comes_out(
    entries: list[tuple[tuple[str, str], str]], newline: str, marked: bool
) -> None:
    text = "\n".join(f"{rest}\n{entry}" for (_, entry), rest in entries)
    found = assert_nothing_is_lost(
        ("\ufeff" if marked else "") + text.replace("\r\n", "\n").replace("\n", newline),
        [key for (key, _), _ in entries],
    )

    assert {entry.key.lower() for entry in found.entries} == {key.lower() for (key, _), _ in entries}


@SAME
@given(
    st.lists(ENTRY, min_size=2, max_size=5),
    st.lists(
        st.tuples(
            st.floats(0, 1, exclude_max=True),
            st.sampled_from(["", "{", "}", '"', ",", "=", "@", "%", "\\", "#", "(", "\x00", "\n"]),
            st.integers(0, 2),
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_of_a_spoilt_file_every_entry_comes_out_or_is_named(
    entries: list[tuple[str, str]], spoilings: list[tuple[float, str, int]]
) -> None:
    text = "\n".join(entry for _, entry in entries)
    for place, put, taken in spoilings:
        at = int(place * len(text))
        text = text[:at] + put + text[at + taken :]

    assert_nothing_is_lost(text, starts(text))


def starts(text: str) -> list[str]:
    """Give the keys of the entries that plainly start in a text, those in remarks left out."""
    text = re.sub(r"\r\n?", "\n", text)
    return [] if re.search(r"@\s*comment", text, re.IGNORECASE) else START.findall(text)


@SAME
@given(st.binary(max_size=300))
@example(b"\xff\xfe@\x00")
@example("@misc{a, title = {".encode("utf-16"))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    assert_nothing_is_lost(data, [])


@SAME
@given(
    st.lists(
        st.sampled_from(
            [
                "@",
                "misc",
                "comment",
                "string",
                "{",
                "}",
                "(",
                ")",
                '"',
                ",",
                "=",
                "#",
                "%",
                "\\",
                "a",
                "1",
                " ",
                "\n",
                "title",
                "xdata",
                "crossref",
            ]
        ),
        max_size=60,
    ).map("".join)
)
def test_no_row_of_the_signs_of_bibtex_crashes_the_reader_or_the_check(text: str) -> None:
    assert_nothing_is_lost(text, [])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "refs.bib"
        path.write_text(text, encoding="utf-8")
        for finding in check(path):
            assert finding.line <= text.count("\n") + 1


@pytest.mark.parametrize("path", CORPUS, ids=[path.stem for path in CORPUS])
def test_a_file_cut_off_at_any_byte_loses_no_entry_before_the_cut(path: Path) -> None:
    data = path.read_bytes()

    for cut in range(len(data)):
        assert_nothing_is_lost(data[:cut], starts(data[:cut].decode("utf-8", "ignore")))


def test_the_list_of_the_site_cut_off_within_its_last_entries_keeps_all_before() -> None:
    data = REFS.encode()
    heads = [found.start() for found in re.finditer(rb"^@", data, re.MULTILINE)]
    tail = data[heads[-3] :]
    keys = starts(tail.decode())

    assert len(keys) == 3
    for cut in range(len(tail)):
        found = assert_nothing_is_lost(tail[:cut], starts(tail[:cut].decode("utf-8", "ignore")))
        whole = [
            key
            for key, end in zip(keys, [*(head - heads[-3] for head in heads[-2:]), len(tail)], strict=True)
            if end <= cut
        ]
        assert [entry.key for entry in found.entries][: len(whole)] == whole


LARGE = {
    "letters": "a" * 100_000,
    "deep braces": "{" * 90 + "x" * 100_000 + "}" * 90,
    "many braces": "{a}" * 33_000,
    "accents": "\\'e" * 33_000,
    "ties": "~" * 100_000,
    "dollars": "$" * 100_000,
    "Chinese": "注" * 100_000,
    "people": " and ".join(["Lind, Maja"] * 7000),
    "commas": "a, " * 33_000,
    "backslashes": "\\" * 100_000,
    "commands": "\\emph" * 20_000,
    "per cent signs": "%" * 100_000,
    "address": "https://example.org/" + "a" * 100_000,
    "entries": "@misc{a, " * 1000 + "}" * 1000,
    "hyphens": "-" * 100_000,
    "backslashes in braces": "{\\" * 50 + "}" * 50,
}
LONG = {
    "unclosed": "@misc{a, title = {\n" * 3000,
    "comments": "@comment{" * 30_000,
    "unclosed quotes": '@misc{a, title = "' * 5000,
    "opening": "{" * 200_000,
    "closing": "}" * 200_000,
    "at signs": "@" * 200_000,
    "one line": "@misc{a,}" * 20_000,
    "remarks": "%" * 200_000,
    "fields": "@misc{a, " + 'b = "c", ' * 40_000 + "}",
    "a chain of xdata": "".join(f"@xdata{{x{n}, xdata = {{x{n + 1}}}}}\n" for n in range(3000))
    + "@misc{a, xdata = {x0}}",
    "a web of xdata": "".join(f"@xdata{{x{n}, xdata = {{x{n + 1}, x{n + 2}, x{n + 3}}}}}\n" for n in range(300)),
}


@pytest.mark.parametrize("value", LARGE.values(), ids=LARGE.keys())
def test_a_field_of_any_size_is_read(value: str) -> None:
    for name in ("title", "author", "url", "keywords"):
        assert_nothing_is_lost(f"@misc{{big, {name} = {{{value}}}}}\n@misc{{next, title = {{N}}}}\n", ["big", "next"])


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_no_file_takes_for_ever(text: str) -> None:
    """A quadratic way through any of these would take minutes; the job's own limit would end it."""
    assert_nothing_is_lost(text, [])
