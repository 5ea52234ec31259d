"""Languages: what a bib file calls them, and what HTML calls them.

A ``langid`` field holds one of biblatex's language names (biblatex manual 3.17, section 3.1.1, ``autolang``).
HTML wants a BCP 47 tag.
This module knows text and tags, and nothing of bib files, Sphinx or docutils.
"""

from __future__ import annotations

import re
from typing import Final

_TAG_OF_LANGID: Final = {
    "american": "en",
    "arabic": "ar",
    "australian": "en",
    "austrian": "de",
    "british": "en",
    "canadian": "en",
    "chinese": "zh-Hans",
    "chinese-simplified": "zh-Hans",
    "chinese-traditional": "zh-Hant",
    "dutch": "nl",
    "english": "en",
    "finnish": "fi",
    "french": "fr",
    "german": "de",
    "greek": "el",
    "hebrew": "he",
    "italian": "it",
    "japanese": "ja",
    "korean": "ko",
    "naustrian": "de",
    "newzealand": "en",
    "ngerman": "de",
    "nswissgerman": "de",
    "polish": "pl",
    "portuguese": "pt",
    "russian": "ru",
    "spanish": "es",
    "swedish": "sv",
    "swissgerman": "de",
    "turkish": "tr",
    "ukenglish": "en",
    "ukrainian": "uk",
    "usenglish": "en",
    "vietnamese": "vi",
    # Not biblatex's: what PubMed (ISO 639-2), EndNote and Chinese databases write.
    "chi": "zh-Hans",
    "eng": "en",
    "fre": "fr",
    "ger": "de",
    "jpn": "ja",
    "zho": "zh-Hans",
    "中文": "zh-Hans",
    "汉语": "zh-Hans",
    "简体中文": "zh-Hans",
    "英文": "en",
    "英语": "en",
}
_REGION_SCRIPTS: Final = {
    "zh": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
}
_SCRIPTS: Final = (
    # Kana before Han: Japanese writes both.
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh-Hans", re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")),
)
_ALPHABETS: Final = (
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("en", re.compile("[A-Za-z]")),
)
_TAG: Final = re.compile(r"[a-z]{2,3}([-_][a-z0-9]{2,8})*", re.IGNORECASE)


def tag_of_langid(langid: str) -> str | None:
    """Give the BCP 47 tag of a ``langid`` or ``language`` field.

    :param langid: a biblatex language name, or a tag such as ``zh-CN``, which Zotero exports.
    :returns: the tag, or None where the name is not known.
    """
    name = langid.strip("; ").lower()
    if name in _TAG_OF_LANGID:
        return _TAG_OF_LANGID[name]
    return normalize_tag(langid) if _TAG.fullmatch(langid.strip()) else None


def normalize_tag(tag: str) -> str:
    """Give the tag that we print for a tag in any spelling, Sphinx's ``zh_CN`` included.

    Chinese is told apart by script, since that is what decides which glyphs a browser picks.
    """
    parts = tag.strip().replace("_", "-").split("-")
    plain = "-".join(parts).lower()
    return _REGION_SCRIPTS.get(plain) or "-".join(
        [parts[0].lower(), *(part.title() if len(part) == 4 else part.upper() for part in parts[1:])]
    )


def tag_of_text(text: str) -> str | None:
    """Guess the tag from the script of a text: Han without kana is Chinese, Latin is English.

    Of alphabets the one with the most letters decides, since formulas bring Greek into English titles.

    :returns: the tag, or None where the text has no letter of a script that we tell apart.
    """
    for tag, letters in _SCRIPTS:
        if letters.search(text):
            return tag
    counts = {tag: len(letters.findall(text)) for tag, letters in _ALPHABETS}
    most = max(counts, key=lambda tag: counts[tag])
    return most if counts[most] else None


def is_same_language(one: str | None, other: str | None) -> bool:
    """Say whether two tags name one language, whatever their script or region."""
    return one is not None and other is not None and one.split("-")[0] == other.split("-")[0]
