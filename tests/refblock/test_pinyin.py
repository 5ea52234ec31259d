"""Pinyin: the readings of pypinyin, with less of its weight."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from pypinyin import Style, lazy_pinyin

from refblock.bibdata import read_bib
from refblock.pinyin import romanize, spell

ROOT = Path(__file__).parents[2]
HAN = re.compile("[\u4e00-\u9fff]+")


def toneless(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("v", "ü"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def test_every_title_of_the_list_reads_as_pypinyin_reads_it() -> None:
    entries = read_bib([ROOT / "refs.bib"], ["refs.bib"]).entries
    runs = [
        run for entry in entries for title in (entry.title, entry.parallel) if title for run in HAN.findall(title.text)
    ]
    different = {
        run: (romanize(run), expected)
        for run in runs
        if romanize(run) != (expected := " ".join(map(toneless, lazy_pinyin(run))))
    }

    assert len(runs) > 200
    assert different == {}


@pytest.mark.parametrize(
    "phrase", ["银行", "行走", "重庆", "重要", "长度", "增长", "音乐", "快乐", "女性", "绿色", "一行", "不重要"]
)
def test_a_character_of_several_sounds_reads_as_its_phrase_has_it(phrase: str) -> None:
    tones = " ".join(lazy_pinyin(phrase, style=Style.TONE3, neutral_tone_with_five=True))

    assert romanize(phrase, tones=True) == tones.replace("v", "u")


def test_the_rest_of_a_text_stays_as_it_is() -> None:
    assert romanize("看透Attention机制!", tones=True) == "kan4 tou4 Attention ji1 zhi4 !"
    assert spell("看透Attention机制!") == "KanTou JiZhi"
    assert spell("None") == ""


def test_a_character_without_a_known_sound_is_left_as_it_is() -> None:
    assert romanize("\U0003134a") == "\U0003134a"
