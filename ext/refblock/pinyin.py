"""The sound of Chinese text, as readers type it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pypinyin import lazy_pinyin

_HAN: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+")


@lru_cache(maxsize=2**16)
def spell(text: str) -> str:
    """Give the pinyin of the Chinese in a text, without tones: each syllable capitalized, runs apart.

    ``ü`` is written ``u``: keyboards have none, and no title turns on it.

    :returns: for "看透Attention机制", ``KanTou JiZhi``; empty where there is no Chinese.
    """
    runs = (lazy_pinyin(run.group(), errors="ignore") for run in _HAN.finditer(text))
    return " ".join("".join(syllable.replace("v", "u").capitalize() for syllable in run) for run in runs)
