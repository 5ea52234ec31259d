"""The sound of Chinese text, as readers type it and as lists are sorted by it.

The readings are pypinyin's: of whole phrases where it knows them, else of single characters, the commonest first.
Its own code holds its phrases in 90 MB, more than all else of a build; what is asked of it here needs a tenth of that.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HAN: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+")
_PHRASE: Final = re.compile(r'"([^"]+)":\s*\[((?:\s*\[[^\]]*\],?)+)\s*\]')
_READING: Final = re.compile(r'\[\s*"([^"]*)"')
_CHARACTER: Final = re.compile(r'"(\d+)":\s*"([^",]+)')
_LONGEST: Final = 8
"""Characters of the longest phrase that is looked for; longer ones are proverbs."""
_TONES: Final = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
"""The number of each tone by the accent that marks it (GB/T 16159)."""


@lru_cache(maxsize=2**12)
def spell(text: str) -> str:
    """Give the pinyin of the Chinese in a text, without tones: each syllable capitalized, runs apart.

    ``ü`` is written ``u``: keyboards have none, and no title turns on it.

    :returns: for "看透Attention机制", ``KanTou JiZhi``; empty where there is no Chinese.
    """
    runs = (_syllables(run.group()) for run in _HAN.finditer(text))
    return " ".join("".join(_without_tone(syllable).capitalize() for syllable in run) for run in runs)


def romanize(text: str, *, tones: bool = False) -> str:
    """Give a text with its Chinese in pinyin, each syllable a word, with the number of its tone behind it if wanted."""
    write = _with_tone if tones else _without_tone
    parts = []
    end = 0
    for run in _HAN.finditer(text):
        parts += [text[end : run.start()], *map(write, _syllables(run.group()))]
        end = run.end()
    return " ".join(part for part in [*parts, text[end:]] if part)


def _syllables(text: str) -> Iterator[str]:
    """Yield the syllables of Chinese characters, with accents; the longest phrase that is known goes first."""
    phrases, characters, longest = _phrases(), _characters(), _longest()
    place = 0
    while place < len(text):
        for length in range(min(longest.get(text[place], 1), len(text) - place), 1, -1):
            readings = phrases.get(text[place : place + length])
            if readings is not None:
                yield from _READING.findall(readings)
                place += length
                break
        else:
            # A character that nobody knows the sound of is left as it is.
            yield characters.get(text[place], text[place])
            place += 1


@lru_cache(maxsize=2**12)
def _without_tone(syllable: str) -> str:
    letters = unicodedata.normalize("NFD", syllable)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@lru_cache(maxsize=2**12)
def _with_tone(syllable: str) -> str:
    tone = next((_TONES[letter] for letter in unicodedata.normalize("NFD", syllable) if letter in _TONES), "5")
    return f"{_without_tone(syllable)}{tone}"


@cache
def _phrases() -> Mapping[str, str]:
    """Give the readings of phrases, as pypinyin's file has them, where they are not those of their characters."""
    text = _data("phrases_dict.json")
    characters = _characters()
    return {
        found[1]: found[2]
        for found in _PHRASE.finditer(text)
        if len(found[1]) <= _LONGEST
        and _READING.findall(found[2]) != [characters.get(character) for character in found[1]]
    }


@cache
def _longest() -> Mapping[str, int]:
    """Give how long the longest phrase is that begins with each character that begins any."""
    longest: dict[str, int] = {}
    for phrase in _phrases():
        longest[phrase[0]] = max(longest.get(phrase[0], 0), len(phrase))
    return longest


@cache
def _characters() -> Mapping[str, str]:
    """Give the commonest reading of each character."""
    text = _data("pinyin_dict.json")
    return {chr(int(found[1])): found[2] for found in _CHARACTER.finditer(text)}


def _data(name: str) -> str:
    # The package is found and not imported, since importing it loads all that is to be spared.
    package = find_spec("pypinyin")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("refblock needs pypinyin; install it with pip install pypinyin", name="pypinyin")
    return Path(package.submodule_search_locations[0], name).read_text(encoding="utf-8")
