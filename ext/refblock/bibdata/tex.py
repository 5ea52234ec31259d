r"""The value of a field -> the text that readers see: accents and symbols as characters, no braces, no commands.

pybtex's decoder knows the letters; what it leaves as it is stands here. A command that neither knows stays as text.
"""

from __future__ import annotations

import re
from typing import Final

from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

_LATEX: Final = re.compile(r"[\\{}~]")
_DOTLESS: Final = re.compile(r"(\\[`'^\"~=.]\s*)(?:\{\\([ij])\s*\}|\\([ij])(?![A-Za-z]) ?)")
"""An accent on TeX's i without a dot, which pybtex leaves as it is; DBLP writes Garc\\'{\\i}a so."""
_STYLES: Final = re.compile(
    r"\\(?:emph|enquote|math(?:bb|bf|cal|it|rm|sf|tt)|mbox|mkbib(?:bold|emph|italic|quote)|nolinkurl|path"
    r"|text(?:bf|it|md|normal|rm|sc|sf|sl|subscript|superscript|tt|up)|underline|url)(?![A-Za-z])\s*(?=\{)"
    r"|\\(?:bf|bfseries|em|it|itshape|normalfont|protect|relax|rm|sc|scshape|sf|sl|tt|ttfamily)(?![A-Za-z])\s*"
    r"|\\href\s*\{[^{}]*\}\s*(?=\{)"
    r"|\\[-/!]"
)
"""What says how text is to look, or where it leads; the text itself follows."""
_SYMBOLS: Final = {
    "BibTeX": "BibTeX", "LaTeX": "LaTeX", "TeX": "TeX", "dots": "…", "ldots": "…", "slash": "/",
    "textasciicircum": "\ufdd2", "textbar": "|", "textbraceleft": "\ufdd0", "textbraceright": "\ufdd1",
    "textgreater": ">", "textless": "<", "textquotedbl": '"', "textquotedblleft": "“", "textquotedblright": "”",
    "textquoteleft": "‘", "textquoteright": "’", "textquotesingle": "\ufdd3", "{": "\ufdd0", "}": "\ufdd1",
    ",": " ", "\\": " ",
}  # fmt: skip
"""Commands for characters that pybtex does not know, as Mendeley, Zotero and ACM write them.

Where a character means something to its decoder, a noncharacter (Unicode 23.7) stands for it meanwhile.
"""
_SYMBOL: Final = re.compile(
    rf"\\(?:({'|'.join(name for name in _SYMBOLS if name.isalpha())})(?![A-Za-z])(?:\{{\}}| *)|([{{}},\\]))"
)
_HELD: Final = str.maketrans("\ufdd0\ufdd1\ufdd2\ufdd3", "{}^'")
_MATH_SIGN: Final = re.compile(r"\$([<>|])\$")
_COMMENT: Final = re.compile(r"(?<!\\)%")
_URL: Final = re.compile(r"\\url\s*\{([^{}]*)\}")
_TILDE: Final = re.compile(r"\{?\\(?:textasciitilde(?![A-Za-z])(?:\{\})?|~\{\})\}?|\$\\sim\$")
_ESCAPED: Final = re.compile(r"\{\\?([&%#_~])\}|\\([&%#_~])|\{?\\text(less|greater)(?![A-Za-z])(?:\{\})?\}?")


def plain(value: str) -> str:
    """Give a field as readers see it: without TeX's braces and commands."""
    if not _LATEX.search(value) and "$" not in value:
        return value
    value = _STYLES.sub("", _MATH_SIGN.sub(r"\1", value))
    value = _SYMBOL.sub(lambda found: _SYMBOLS[found.group(1) or found.group(2)], value)
    try:
        # In a bib file a per cent sign is one; only TeX would take what follows for a remark, and drop it.
        text = str(Text.from_latex(_COMMENT.sub(r"\\%", _DOTLESS.sub(r"\1\2\3", value))))
        # A field is one line; \\par decodes to an empty one, which in LaTeX would end the argument that it stands in.
        return re.sub(r" ?\n\s*", " ", re.sub(r"\\([&$])", r"\1", text)).translate(_HELD)
    except (PybtexError, ValueError):
        return value.replace("{", "").replace("}", "").translate(_HELD)


def verbatim(value: str) -> str:
    """Take back the escapes, and the command, that some programs write into verbatim fields all the same."""
    if "\\" not in value and "{" not in value:
        return value
    value = _TILDE.sub("~", _URL.sub(r"\1", value))
    return _ESCAPED.sub(
        lambda found: found.group(1) or found.group(2) or {"less": "<", "greater": ">"}[found.group(3)], value
    )
