"""Languages: what bib files call them, and what pages call them."""

from __future__ import annotations

import pytest

from refblock.langid import is_same_language, normalize_tag, tag_of_langid, tag_of_text


@pytest.mark.parametrize(
    ("langid", "tag"),
    [
        ("chinese", "zh-Hans"),
        (" Chinese ", "zh-Hans"),
        ("chinese-traditional", "zh-Hant"),
        ("english", "en"),
        ("USenglish", "en"),
        ("ngerman", "de"),
        ("zh-CN", "zh-Hans"),
        ("zh_TW", "zh-Hant"),
        ("pt-br", "pt-BR"),
        ("fr", "fr"),
    ],
)
def test_a_name_of_biblatex_or_a_tag_names_its_language(langid: str, tag: str) -> None:
    assert tag_of_langid(langid) == tag


@pytest.mark.parametrize("langid", ["", "englisch", "中国", "en us", "e", "en-", "chinese, english"])
def test_what_names_no_language_gives_none(langid: str) -> None:
    assert tag_of_langid(langid) is None


@pytest.mark.parametrize(
    ("given", "tag"),
    [
        ("zh", "zh-Hans"),
        ("zh_CN", "zh-Hans"),
        ("ZH-cn", "zh-Hans"),
        ("zh_HK", "zh-Hant"),
        ("zh_Hant_TW", "zh-Hant-TW"),
        ("EN", "en"),
        ("en_gb", "en-GB"),
        ("sr-latn", "sr-Latn"),
    ],
)
def test_a_tag_is_written_in_one_way(given: str, tag: str) -> None:
    assert normalize_tag(given) == tag
    assert normalize_tag(tag) == tag


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("多任务学习", "zh-Hans"),
        ("BERT 与 Transformer 的关系", "zh-Hans"),
        ("Attention is all you need", "en"),
        ("注意機構の仕組み", "ja"),
        ("어텐션", "ko"),
        ("Внимание", "ru"),
        ("𠮷", "zh-Hans"),
        ("2018 — 3.14 …", None),
        ("", None),
    ],
)
def test_a_text_tells_its_language_by_its_script(text: str, tag: str | None) -> None:
    assert tag_of_text(text) == tag


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("zh-Hans", "zh-Hant", True),
        ("en", "en-GB", True),
        ("en", "zh-Hans", False),
        ("e", "en", False),
        ("en", None, False),
        (None, None, False),
    ],
)
def test_script_and_region_do_not_part_a_language(one: str | None, other: str | None, same: bool) -> None:
    assert is_same_language(one, other) is same
    assert is_same_language(other, one) is same
