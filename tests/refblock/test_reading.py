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
        "a < b > c & d; e --- f ``g'' H2O",
        "𠮷野家 🎉 café naïve",
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
        (r"50\% of \$5, \#1, a\_b", "50% of $5, #1, a_b"),
        (r"{\'e}t{\'{e}} na\"{\i}ve", "été naïve"),
        ("{{All}} {B}races", "All Braces"),
        (r"{多任务}\&学习", "多任务&学习"),
        ("two\n   lines", "two lines"),
        (r"two \par paragraphs", "two paragraphs"),
    ],
)
def test_tex_and_line_breaks_are_read_as_text(tmp_path: Path, field: str, text: str) -> None:
    (entry,) = read(tmp_path, f"@online{{a, title = {{{field}}}, url = {{https://example.org}}}}").entries

    assert entry.title.text == text


@pytest.mark.parametrize(
    "url",
    [
        "https://mp.weixin.qq.com/s?__biz=Mz%3D&mid=1&chksm=a~b_c%20#rd",
        "https://zhuanlan.zhihu.com/p/1?utm=a&amp;b=%E4%B8%AD",
        "http://例子.中国/路径?问=答",
        "HTTPS://Example.org/$x/{y}/\\z",
        "mailto:a@b.c?subject=x%20y",
    ],
)
def test_an_address_is_read_byte_for_byte(tmp_path: Path, url: str) -> None:
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


@pytest.mark.parametrize("remark", ["% a brace {", "%@comment{", "% @misc{", "%{", "% maja@"])
def test_what_a_remark_ends_with_opens_nothing(tmp_path: Path, remark: str) -> None:
    # The abbreviation has the file read token by token.
    found = read(tmp_path, f"@string{{x = {{y}}}}\n{remark}\n{GOOD.format(key='a')}% }}\n{GOOD.format(key='c')}")

    assert keys(found) == ["a", "c"]
    assert found.faults == []


def test_a_comment_that_a_remark_mentions_hides_nothing_in_a_broken_file(tmp_path: Path) -> None:
    found = read(tmp_path, f"@online{{open, title = {{T\n% see @comment{{\n{GOOD.format(key='a')}% }}\n")

    assert keys(found) == ["a"]
    assert [fault.parts["entry"] for fault in found.faults] == ["open"]


@pytest.mark.parametrize("month", ["5", "may"])
def test_a_stray_at_sign_is_no_part_of_the_next_entry(tmp_path: Path, month: str) -> None:
    text = f"@online{{a, title = {{A}}, month = {month}}}@\n@online{{b, title = {{B}}}}\n"

    assert [(entry.type, entry.source) for entry in read(tmp_path, text).entries] == [
        ("online", "refs.bib:1"),
        ("online", "refs.bib:2"),
    ]


def test_every_fault_of_a_file_is_named_at_its_line(tmp_path: Path) -> None:
    text = "\n".join([
        "@misc{a, title = {A}, title = {B}}",
        "@misc{b,",
        "  title = {B}, note = none}",
        "@misc{c, title = {C} note = {N}}",
        "@misc{A, title = {A}}",
        "@misc{d, url = {x}}",
        "@misc{e, title = {E",
    ])  # fmt: skip
    for newline, mark in (("\n", b""), ("\r\n", b""), ("\n", b"\xef\xbb\xbf")):
        found = read(tmp_path, mark + text.replace("\n", newline).encode())

        assert keys(found) == ["a", "b", "d"]
        assert sorted(faults(found), key=lambda fault: fault[1]) == [
            ("duplicate_field", "refs.bib:1"),
            ("unknown_macro", "refs.bib:3"),
            ("bib_syntax", "refs.bib:4"),
            ("duplicate_key", "refs.bib:5"),
            ("no_title", "refs.bib:6"),
            ("unsafe_url", "refs.bib:6"),
            ("bib_syntax", "refs.bib:7"),
        ]


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


def test_several_files_are_read_as_one_and_each_fault_names_its_own(tmp_path: Path) -> None:
    paths = [tmp_path / "one.bib", tmp_path / "two.bib"]
    paths[0].write_text("@string{acm = {ACM}}\n" + GOOD.format(key="a"), encoding="utf-8")
    paths[1].write_text("\n" + GOOD.format(key="A") + "@book{b, title = {B}, publisher = acm}\n", encoding="utf-8")
    found = read_bib(paths, ["one.bib", "two.bib"])

    assert [(entry.key, entry.source, entry.venue) for entry in found.entries] == [
        ("a", "one.bib:2", ""), ("b", "two.bib:3", "ACM")
    ]  # fmt: skip
    assert faults(found) == [("duplicate_key", "two.bib:2")]
    assert found.faults[0].parts["first"] == "one.bib:2"


def test_data_for_other_entries_is_no_entry(tmp_path: Path) -> None:
    found = read(tmp_path, "@xdata{x, publisher = {P}}\n@set{s, entryset = {a, b}}\n" + GOOD.format(key="a"))

    assert keys(found) == ["a"]


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


@pytest.mark.parametrize("relation", ["translationof", "translatedas", "translationfrom"])
def test_a_translation_joined_by_related_gives_each_the_other_s_title(tmp_path: Path, relation: str) -> None:
    related = f"related = {{en}}, relatedtype = {{{relation}}}"
    found = read(tmp_path, f"@book{{zh, title = {{注意力}}, {related}}}\n@book{{en, title = {{Attention}}}}\n")

    assert [entry.parallel and entry.parallel.text for entry in found.entries] == ["Attention", "注意力"]


def test_a_pointer_to_nothing_is_named(tmp_path: Path) -> None:
    found = read(tmp_path, "@misc{a, title = {A b}, related = {gone}, xref = {away}}")

    assert faults(found) == [("unknown_related", "refs.bib:1"), ("unknown_related", "refs.bib:1")]


def test_a_language_that_nobody_knows_is_named_and_the_script_decides(tmp_path: Path) -> None:
    found = read(tmp_path, "@misc{a, title = {注意力}, langid = {chinglish}, titleaddon = {Attention}}")

    assert faults(found) == [("unknown_language", "refs.bib:1")]
    assert found.entries[0].title.language == "zh-Hans"
    assert found.entries[0].parallel is not None


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "java\u0000script:alert(1)",
        "\u0001javascript:alert(1)",
        "data:text/html,<script>",
        "DATA:text/html;base64,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org",
        "/relative",
        "www.example.org",
        "https:",
        "https:///x",
        "http:// x",
        "javascript:https://example.org",
    ],
)
def test_only_an_address_of_the_web_or_of_mail_is_kept(tmp_path: Path, url: str) -> None:
    found = read(tmp_path, f"@misc{{a, title = {{T}}, url = {{{url}}}}}")

    assert found.entries[0].href == ""
    assert ("unsafe_url", "refs.bib:1") in faults(found)


def test_an_address_stands_in_howpublished_too_but_prose_there_is_no_fault(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        r"@misc{a, title = {T}, howpublished = {\url{https://example.org/a_b}}}"
        "@misc{b, title = {T}, howpublished = {https://example.org/a_b}}"
        "@misc{c, title = {T}, howpublished = {In print}}",
    )

    assert [entry.url for entry in found.entries] == ["https://example.org/a_b"] * 2 + [""]
    assert found.faults == []


@pytest.mark.parametrize(
    ("fields", "doi", "arxiv"),
    [
        ("doi = {10.1109/TKDE.2021.3070203}", "10.1109/TKDE.2021.3070203", ""),
        ("doi = {https://doi.org/10.1000/a_b(1)}", "10.1000/a_b(1)", ""),
        ("doi = {http://dx.doi.org/10.1000/x}", "10.1000/x", ""),
        ("doi = {doi: 10.1000/x}", "10.1000/x", ""),
        (r"doi = {10.1000/a\_b}", "10.1000/a_b", ""),
        ("doi = {unknown}", "", ""),
        ("doi = {javascript:10.1000/x}", "", ""),
        ("eprint = {1707.08114v2}, eprinttype = {arxiv}", "", "1707.08114v2"),
        ("eprint = {hep-th/9901001}, archiveprefix = {arXiv}", "", "hep-th/9901001"),
        ("eprint = {math.GT/0309136}, eprinttype = {arXiv}", "", "math.GT/0309136"),
        ("eprint = {https://arxiv.org/abs/1707.08114}", "", "1707.08114"),
        ("eprint = {arXiv:1707.08114}", "", "1707.08114"),
        ("eprint = {12345}, eprinttype = {pubmed}", "", ""),
        ("eprint = {1707.08114/../x}, eprinttype = {arxiv}", "", ""),
    ],
)
def test_an_identifier_is_kept_bare(tmp_path: Path, fields: str, doi: str, arxiv: str) -> None:
    (entry,) = read(tmp_path, f"@misc{{a, title = {{T}}, {fields}}}").entries

    assert (entry.doi, entry.arxiv) == (doi, arxiv)


@pytest.mark.parametrize(
    ("fields", "year"),
    [
        ("date = {2022-03-01}", "2022"),
        ("year = 2022", "2022"),
        ("date = {2019/2021}", "2019"),
        ("year = {in press}", "in press"),
        ("urldate = {2024}", ""),
    ],
)
def test_the_year_is_that_of_the_item(tmp_path: Path, fields: str, year: str) -> None:
    (entry,) = read(tmp_path, f"@misc{{a, title = {{T}}, {fields}}}").entries

    assert entry.year == year


@pytest.mark.parametrize("title", ["<b>bold</b>", "a <script src=x>", "<!-- x", "</p>"])
def test_tags_in_a_title_are_named_and_kept(tmp_path: Path, title: str) -> None:
    found = read(tmp_path, f"@misc{{a, title = {{{title}}}}}")

    assert found.entries[0].title.text == title
    assert faults(found) == [("markup", "refs.bib:1")]


def test_what_would_steer_the_screen_is_taken_out_and_named(tmp_path: Path) -> None:
    found = read(tmp_path, "@misc{a, title = {one\u202etwo\u0007\u2066th\u0000ree}}")

    assert found.entries[0].title.text == "onetwothree"
    assert faults(found) == [("control_characters", "refs.bib:1")]
    assert found.faults[0].parts["names"] == "U+202E, U+0007, U+2066, U+0000"


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Vandenhende, Simon and Van Gansbeke, Wouter", ["Simon Vandenhende", "Wouter Van Gansbeke"]),
        ("张宇 and 杨, 强", ["张宇", "杨强"]),
        ("Ludwig van Beethoven", ["Ludwig van Beethoven"]),
        ("{Stanford University}", ["Stanford University"]),
        (r"S{\o}gaard, Anders", ["Anders Søgaard"]),
        (r"Garc{\'{\i}}a, Mar\'{\i}a and Ru\'\i z, Ana", ["María García", "Ana Ruíz"]),
        (r"{\"O}zg{\"u}r {\c{C}}i{\c{c}}ek", ["Özgür Çiçek"]),
        ("One, Two, Three, Four", ["One, Two, Three, Four"]),
    ],
)
def test_names_are_read_as_their_bearers_write_them(tmp_path: Path, author: str, names: list[str]) -> None:
    (entry,) = read(tmp_path, f"@misc{{a, title = {{A b}}, author = {{{author}}}}}").entries

    assert [name.full for name in entry.authors] == names


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (r"{A \{set\} of}", "A {set} of"),
        (r"{a \textbraceleft{} b \textbraceright c}", "a { b }c"),
        (r"{x\textasciicircum{}2}", "x^2"),
    ],
)
def test_a_command_for_a_character_is_read_as_it(tmp_path: Path, written: str, read_as: str) -> None:
    (entry,) = read(tmp_path, f"@online{{a, title = {{{written}}}}}").entries

    assert entry.title.text == read_as


def test_how_something_was_published_is_text_unless_it_is_a_link(tmp_path: Path) -> None:
    text = r"@misc{a, title = T, howpublished = {A \textasciitilde{} \& {B}}} @misc{b, title = T, howpublished = {\url{http://x.org/a_b~c}}}"

    one, other = read(tmp_path, text.replace("= T,", "= {T},")).entries

    assert one.fields["howpublished"] == "A ~ & B"
    assert other.url == "http://x.org/a_b~c"
