"""Words to index for a text in any mixture of Chinese and other scripts.

Pagefind finds a query at the beginning of an indexed word.
Chinese has no spaces to say where words begin, so each character begins one here, with what follows it:
any part of a run of Chinese is then the beginning of some word, and no query needs to be segmented.
The same words are indexed as pinyin, in full and as initials.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

LONGEST: Final = 8
"""Characters in a word of Chinese; the search page cuts longer queries into parts of this length."""

_HAN: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+")
_WORD: Final = re.compile(r"[^\W_]+(?:[-'’.+][^\W_]+)*")
_JOINT: Final = re.compile(r"[-'’.+]")


def tokens(text: str, *, pinyin: bool) -> list[str]:
    """Give the words to index for a text.

    :param pinyin: whether Chinese can be found by its readings too; worth it for titles, costly for prose.
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    found: list[str] = []
    for word in _WORD.findall(_HAN.sub(" ", plain)):
        parts = _JOINT.split(word)
        found += [word, *parts] if len(parts) > 1 else parts
    for run in _HAN.findall(plain):
        found += [run[start : start + LONGEST] for start in range(len(run))]
        if pinyin:
            readings = _in_order(run)
            for start in range(len(run) - 1):
                part = readings[start : start + LONGEST]
                initials = "".join(reading[0] for reading in part)
                found += ["".join(part), initials]
                # Pagefind's English stems make i of a final y, so a query that ends with one looks for this.
                found += [f"{initials[:at]}i" for at in range(2, len(initials)) if initials[at] == "y"]
                # Where no dictionary has the phrase, a reader may know better how it begins.
                found += ["".join((other, *part[1:])) for other in _readings(run[start]) if other != part[0]]
    return found


def _in_order(run: str) -> list[str]:
    """Give the reading of each character; its neighbours decide how one with several is read."""
    # Its dictionaries take a quarter of a second, which a site without Chinese need not wait for.
    from pypinyin import lazy_pinyin

    return list(lazy_pinyin(run))


@cache
def _readings(character: str) -> tuple[str, ...]:
    """Give every reading of a character, without tones."""
    from pypinyin import Style
    from pypinyin import pinyin as all_readings

    return tuple(dict.fromkeys(all_readings(character, style=Style.NORMAL, heteronym=True)[0]))
