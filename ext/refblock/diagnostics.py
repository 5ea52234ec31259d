"""Every message that refblock can give, in one list, and the only way to give one."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from sphinx.util import logging

if TYPE_CHECKING:
    from docutils.nodes import Node

logger = logging.getLogger(__name__)


class Diagnostic(enum.Enum):
    """What can be wrong: a subtype, written ``refblock.SUBTYPE`` in ``suppress_warnings``, and the message.

    The parts of a message in braces are filled in when it is given.
    """

    BIB_MISSING = (
        "bib_missing",
        "cannot read {path}: {reason}; check bibtex_bibfiles in conf.py, whose paths start at the folder of conf.py",
    )
    BIB_ENCODING = (
        "bib_encoding",
        "this is not UTF-8, but reads as {guess}; it is read so for now: save the file as UTF-8",
    )
    BIB_BYTES = (
        "bib_bytes",
        "this is neither UTF-8 nor a Chinese encoding; what can't be read shows as \ufffd: save the file as UTF-8",
    )
    BIB_EMPTY = (
        "bib_empty",
        "there is no entry in this file; add one, such as @online{{key, title = {{…}}, url = {{…}}}}",
    )
    BIB_SYNTAX = (
        "bib_syntax",
        "{what}; {advice}",
    )
    UNKNOWN_MACRO = (
        "unknown_macro",
        "{key}: {macro!r} is no macro, so it reads as nothing; put the text in braces, or define it with @string",
    )
    DUPLICATE_KEY = (
        "duplicate_key",
        "the key {key!r} is already that of the entry at {first}; that one is kept: give this one a key of its own",
    )
    DUPLICATE_FIELD = (
        "duplicate_field",
        "{key}: the field {field!r} stands twice; the first is kept: delete or rename one",
    )
    NO_TITLE = (
        "no_title",
        "{key}: there is no title, so its key stands in for it; add title = {{…}}",
    )
    UNSAFE_URL = (
        "unsafe_url",
        "{key}: {field} = {url!r} is not linked, since only http, https and mailto links are; correct or delete it",
    )
    CONTROL_CHARACTERS = (
        "control_characters",
        "{key}: {field} holds {names}, which reorder or hide text; it is shown without: delete them from the field",
    )
    MARKUP = (
        "markup",
        "{key}: {field} holds {markup!r}; fields are plain text, so readers see it as it stands: delete the tags",
    )
    UNKNOWN_LANGUAGE = (
        "unknown_language",
        "{key}: langid {langid!r} is not a language name of biblatex; write for example chinese or english",
    )
    UNKNOWN_RELATED = (
        "unknown_related",
        "{key}: {field} points at {other!r}, which no bib file has; correct the key or add the entry",
    )
    UNKNOWN_KEY = (
        "unknown_key",
        "no bib file has an entry {key!r}{hint}; correct the key or add the entry",
    )
    BAD_KEY_LINE = (
        "bad_key_line",
        "{line!r} is not a citation key; write one key a line",
    )
    BAD_FILTER = (
        "bad_filter",
        "cannot use the filter {text!r}: {reason}",
    )
    EMPTY_BLOCK = (
        "empty_block",
        "no entry meets the filter {text!r}; check its words against refs.bib, or delete the block",
    )
    NOT_SHOWN = (
        "not_shown",
        "no page shows {key!r}; have a block's filter or list take it in, or suppress refblock.not_shown",
    )
    CITED_NOT_SHOWN = (
        "cited_not_shown",
        "{key!r} is cited here, but no page shows it; add a refblock that does",
    )
    BAD_BADGE = (
        "bad_badge",
        "{key}: an extension gives the badge {badge}, which can't be shown: {reason}; tell its author",
    )

    MISSING_FIELD = (
        "missing_field",
        "{key}: there is no {field}, which @{type} wants; look it up and add it, or choose another type",
    )
    NO_TRANSLATION = (
        "no_translation",
        "{key}: there is no title in the other language; add titleaddon = {{…}}",
    )
    NO_IDENTIFIER = (
        "no_identifier",
        "{key}: a paper without DOI, arXiv identifier or ISBN; add one, or say in annotation what was sought in vain",
    )
    UNKNOWN_TOPIC = (
        "unknown_topic",
        "{key}: {topic!r} is not a topic; {hint}",
    )
    UNKNOWN_RELATION = (
        "unknown_relation",
        "{key}: relatedtype {relation!r} is not a relation; write reviewof for an article about a paper",
    )
    UNKNOWN_KIND = (
        "unknown_kind",
        "{key}: entrysubtype {kind!r} is not a kind; write one of {known}, or leave it out",
    )
    BAD_IDENTIFIER = (
        "bad_identifier",
        "{key}: {field} {given!r} is not well-formed; write it bare, without address or prefix, and check its digits",
    )
    DUPLICATE_URL = (
        "duplicate_url",
        "{key}: this is the address of {other!r} too, at {source}; delete one of the two",
    )
    NEAR_TITLE = (
        "near_title",
        "{key}: the title is almost that of {other!r}, at {source}; delete one, or join them with xref",
    )
    NOT_NFC = (
        "not_nfc",
        "{key}: a letter is written in pieces (not in Unicode form NFC); type it anew",
    )
    STRAY_SPACE = (
        "stray_space",
        "{key}: white space {where}; delete it",
    )

    def __init__(self, subtype: str, template: str) -> None:
        """Keep the two parts by name."""
        self.subtype = subtype
        self.template = template


def warn(diagnostic: Diagnostic, location: str | Node | tuple[str, int], /, **parts: object) -> str:
    """Give a message of type ``refblock.SUBTYPE``.

    :param location: a node, a docname and line, or ``refs.bib:12`` for a bib file.
    :param parts: what fills the message's braces.
    :returns: the message, so that a page can show it too.
    """
    message = text_of(diagnostic, **parts)
    logger.warning(message, location=location, type="refblock", subtype=diagnostic.subtype)
    return message


def text_of(diagnostic: Diagnostic, /, **parts: object) -> str:
    """Give a message's text, in English as all of Sphinx's log, on one line."""
    return diagnostic.template.format(
        **{name: _tame(part) if isinstance(part, str) else part for name, part in parts.items()}
    )


def _tame(text: str) -> str:
    """Take what could steer a terminal out of other people's text."""
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)
