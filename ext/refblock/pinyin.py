"""The sound of Chinese text, as readers type it and as lists are sorted by it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_HAN: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+")


@lru_cache(maxsize=2**16)
def spell(text: str) -> str:
    """Give the pinyin of the Chinese in a text, without tones: each syllable capitalized, runs apart.

    ``ü`` is written ``u``: keyboards have none, and no title turns on it.

    :returns: for "看透Attention机制", ``KanTou JiZhi``; empty where there is no Chinese.
    """
    runs = (_syllables(run.group()) for run in _HAN.finditer(text))
    return " ".join("".join(syllable.replace("v", "u").capitalize() for syllable in run) for run in runs)


def romanize(text: str, *, tones: bool = False) -> str:
    """Give a text with its Chinese in pinyin, each syllable a word, with the number of its tone behind it if wanted."""
    parts = []
    end = 0
    for run in _HAN.finditer(text):
        parts += [text[end : run.start()], *_syllables(run.group(), tones=tones)]
        end = run.end()
    return " ".join(part for part in [*parts, text[end:]] if part)


def _syllables(text: str, *, tones: bool = False) -> list[str]:
    # Its dictionaries take a fifth of a second to load, and most builds change no Chinese title.
    from pypinyin.seg.mmseg import seg

    return [syllable for word in seg.cut(text) for syllable in _of_word(word, tones=tones)]


@lru_cache(maxsize=2**16)
def _of_word(word: str, *, tones: bool) -> list[str]:
    # Titles share most of their words, and a word costs far more to convert than to find.
    from pypinyin import Style, lazy_pinyin

    style = Style.TONE3 if tones else Style.NORMAL
    return lazy_pinyin(word, style=style, neutral_tone_with_five=True, errors="ignore")
