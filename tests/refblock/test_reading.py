"""What comes out of bib files, good and broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from refblock.bibdata import ReadBib, read_bib

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, text: str | bytes) -> ReadBib:
    """Read a text as a bib file."""
    path = folder / "refs.bib"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return read_bib([path], ["refs.bib"])


def faults(found: ReadBib) -> list[tuple[str, str]]:
    """Give the name and the place of each fault."""
    return [(fault.diagnostic.subtype, fault.source) for fault in found.faults]


def keys(found: ReadBib) -> list[str]:
    """Give the keys of what was read."""
    return [entry.key for entry in found.entries]


@pytest.mark.parametrize(
    "title",
    [
        '一文"看透"多任务学习',
        "Multi-Task多任务学习， 那些你不知道的事",
        "从词袋到Transfomer，NLP十年突破史",
        "UNC&Adobe提出模块化注意力模型MAttNet，解决指示表达的理解问题",
        "全角　空格（与）标点：“引号”《书名》！？",
        "100% of $5 #1 under_score",
    ],
)
def test_a_title_is_read_to_the_character(tmp_path: Path, title: str) -> None:
    (entry,) = read(tmp_path, f"@online{{a, title = {{{title}}}, url = {{https://example.org}}}}").entries

    assert entry.title.text == title


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (r"G{\"o}del and Erd{\H o}s", "Gödel and Erdős"),
        (r"The {BERT} model", "The BERT model"),
        (r"Cut \& paste", "Cut & paste"),
        ("two\n   lines", "two lines"),
    ],
)
def test_tex_and_line_breaks_are_read_as_text(tmp_path: Path, field: str, text: str) -> None:
    (entry,) = read(tmp_path, f"@online{{a, title = {{{field}}}, url = {{https://example.org}}}}").entries

    assert entry.title.text == text


def test_an_address_is_read_byte_for_byte(tmp_path: Path) -> None:
    url = "https://mp.weixin.qq.com/s?__biz=Mz%3D&mid=1&chksm=a~b_c%20#rd"
    (entry,) = read(tmp_path, f"@online{{a, title = {{A b}}, url = {{{url}}}}}").entries

    assert entry.url == url


GOOD = "@online{{{key}, title = {{T {key}}}, url = {{https://example.org/{key}}}}}\n"


@pytest.mark.parametrize(
    ("broken", "at", "says"),
    [
        ("@online{b, title = {never closed,\n", 2, "never closed"),
        ("@online{b,\n  title = {T}\n  url = {x}\n}\n", 4, "breaks off"),
        ('@online{b, title = "never closed,\n}\n', 3, "breaks off"),
        ("@online{b, title {T}}\n", 2, "breaks off"),
        ("@online b\n", 2, ""),
    ],
)
def test_a_broken_entry_is_named_and_the_others_are_read(tmp_path: Path, broken: str, at: int, says: str) -> None:
    found = read(tmp_path, GOOD.format(key="a") + broken + GOOD.format(key="c"))

    assert keys(found) == ["a", "c"]
    if says:
        (fault,) = found.faults
        assert (fault.diagnostic.subtype, fault.source) == ("bib_syntax", f"refs.bib:{at}")
        assert "'b'" in str(fault.parts["what"])
        assert says in str(fault.parts["what"])


def test_of_two_entries_with_one_key_the_first_is_kept_and_both_are_named(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD.format(key="a") + "\n" + GOOD.format(key="A"))

    assert keys(found) == ["a"]
    assert faults(found) == [("duplicate_key", "refs.bib:3")]
    assert found.faults[0].parts["first"] == "refs.bib:1"


def test_of_two_fields_with_one_name_the_first_is_kept(tmp_path: Path) -> None:
    found = read(tmp_path, "@online{a, title = {One}, Title = {Two}, url = {https://example.org}}")

    assert found.entries[0].title.text == "One"
    assert faults(found) == [("duplicate_field", "refs.bib:1")]


def test_strings_preambles_comments_and_joins_are_read_as_bibtex_reads_them(tmp_path: Path) -> None:
    text = """@string{acm = "ACM Press"}
@preamble{"\\newcommand{\\x}{y}"}
@comment{ignored @}
% a remark
@book{a, title = "One " # "and " # {two}, publisher = acm, author = "A B", year = 2001, month = jan}
"""
    (entry,) = read(tmp_path, text).entries

    assert (entry.title.text, entry.venue, entry.year) == ("One and two", "ACM Press", "2001")


def test_an_unknown_abbreviation_is_named_at_its_line(tmp_path: Path) -> None:
    found = read(tmp_path, "@book{a, title = {T},\n  publisher = acm}\n")

    assert keys(found) == ["a"]
    assert faults(found) == [("unknown_macro", "refs.bib:2")]


GBK = "@online{a,\n  title = {多任务学习概述}, url = {https://example.org}}\n"


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (GBK.encode("gbk"), [("bib_encoding", "refs.bib:2")]),
        (GBK.encode("utf-16"), [("bib_encoding", "refs.bib:1")]),
        (GBK.encode("utf-8-sig"), []),
        (GBK.replace("\n", "\r\n").encode(), []),
    ],
    ids=["GBK", "UTF-16", "byte order mark", "CRLF"],
)
def test_a_file_in_another_encoding_is_read_and_named(
    tmp_path: Path, data: bytes, named: list[tuple[str, str]]
) -> None:
    found = read(tmp_path, data)

    assert [entry.title.text for entry in found.entries] == ["多任务学习概述"]
    assert faults(found) == named


def test_bytes_that_nobody_can_read_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    found = read(
        tmp_path, GOOD.format(key="a").encode() + b"@online{b, title = {caf\xe9 \xff\xff}, url = {https://x.y}}\n"
    )

    assert keys(found) == ["a", "b"]
    assert ("bib_bytes", "refs.bib:2") in faults(found)


@pytest.mark.parametrize("text", ["", "\n\n", "% nothing but a remark\n"])
def test_an_empty_file_is_named(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text)

    assert (keys(found), faults(found)) == ([], [("bib_empty", "refs.bib:1")])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    found = read_bib([tmp_path / "none.bib"], ["none.bib"])

    assert faults(found) == [("bib_missing", "none.bib:1")]


@pytest.mark.parametrize(
    ("fields", "language", "parallel"),
    [
        ("title = {注意力}, titleaddon = {Attention}", "zh-Hans", ("Attention", "en")),
        ("title = {注意力}, title_en = {Attention}", "zh-Hans", ("Attention", "en")),
        ("title = {Attention}, title_zh = {注意力}", "en", ("注意力", "zh-Hans")),
        ("title = {Attention}, titletranslation = {注意力}", "en", ("注意力", "zh-Hans")),
        ("title = {Attention}, origtitle = {注意力}", "en", ("注意力", "zh-Hans")),
        ("title = {Attention}, titleaddon = {Oral presentation}", "en", None),
        ("title = {Attention}, langid = {ngerman}, titleaddon = {注意力}", "de", ("注意力", "zh-Hans")),
        ("title = {Attention}, language = {zh-CN}, titleaddon = {Attention}", "zh-Hans", None),
    ],
)
def test_titles_know_their_languages(
    tmp_path: Path, fields: str, language: str, parallel: tuple[str, str] | None
) -> None:
    (entry,) = read(tmp_path, f"@misc{{a, {fields}}}").entries

    assert entry.title.language == language
    assert (entry.parallel and (entry.parallel.text, entry.parallel.language)) == parallel


@pytest.mark.parametrize(
    "joined",
    [
        "@set{s, entryset = {zh, en}}",
        "@misc{more, title = {More}, related = {zh}}",
    ],
)
def test_a_set_of_two_gives_each_the_other_s_title(tmp_path: Path, joined: str) -> None:
    found = read(tmp_path, f"@book{{zh, title = {{注意力}}}}\n@book{{en, title = {{Attention}}}}\n{joined}\n")
    parallels = {entry.key: entry.parallel.text if entry.parallel else None for entry in found.entries}

    is_set = joined.startswith("@set")
    assert (parallels["zh"], parallels["en"]) == (("Attention", "注意力") if is_set else (None, None))
    assert "s" not in parallels


def test_a_translation_joined_by_related_gives_each_the_other_s_title(tmp_path: Path) -> None:
    text = (
        "@book{zh, title = {注意力}, related = {en}, relatedtype = {translationof}}\n@book{en, title = {Attention}}\n"
    )
    found = read(tmp_path, text)

    assert [entry.parallel and entry.parallel.text for entry in found.entries] == ["Attention", "注意力"]


def test_a_pointer_to_nothing_is_named(tmp_path: Path) -> None:
    found = read(tmp_path, "@misc{a, title = {A b}, related = {gone}, xref = {away}}")

    assert faults(found) == [("unknown_related", "refs.bib:1"), ("unknown_related", "refs.bib:1")]


def test_what_would_steer_the_screen_is_taken_out_and_named(tmp_path: Path) -> None:
    found = read(tmp_path, "@misc{a, title = {one\u202etwo\u0007\u2066three}}")

    assert found.entries[0].title.text == "onetwothree"
    assert faults(found) == [("control_characters", "refs.bib:1")]
    assert found.faults[0].parts["names"] == "U+202E, U+0007, U+2066"


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Vandenhende, Simon and Van Gansbeke, Wouter", ["Simon Vandenhende", "Wouter Van Gansbeke"]),
        ("张宇 and 杨, 强", ["张宇", "杨强"]),
        ("Ludwig van Beethoven", ["Ludwig van Beethoven"]),
        ("{Stanford University}", ["Stanford University"]),
        (r"S{\o}gaard, Anders", ["Anders Søgaard"]),
        ("One, Two, Three, Four", ["One, Two, Three, Four"]),
    ],
)
def test_names_are_read_as_their_bearers_write_them(tmp_path: Path, author: str, names: list[str]) -> None:
    (entry,) = read(tmp_path, f"@misc{{a, title = {{A b}}, author = {{{author}}}}}").entries

    assert [name.full for name in entry.authors] == names
