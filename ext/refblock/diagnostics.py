"""Every message that refblock can give, in one list, and the only way to give one."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from sphinx.util import logging

if TYPE_CHECKING:
    from docutils.nodes import Node

logger = logging.getLogger(__name__)


class Diagnostic(enum.Enum):
    """What can be wrong: a subtype, written ``refblock.SUBTYPE`` in ``suppress_warnings``; when it is; and the message.

    The parts of a message in braces are filled in when it is given.
    """

    BIB_MISSING = (
        "bib_missing",
        "A bib file can't be read",
        "cannot read {path}: {reason}; check bibtex_bibfiles in conf.py, whose paths start at the folder of conf.py",
    )
    BIB_ENCODING = (
        "bib_encoding",
        "The file is not UTF-8, but can be read as GBK, UTF-16 or Latin-1",
        "this is not UTF-8, but reads as {guess}; it is read so for now: save the file as UTF-8",
    )
    BIB_BYTES = (
        "bib_bytes",
        "The file holds bytes that can't be read",
        "this is neither UTF-8 nor a Chinese encoding; what can't be read shows as \ufffd: save the file as UTF-8",
    )
    BIB_EMPTY = (
        "bib_empty",
        "The file holds no entries",
        "there is no entry in this file; add one, such as @online{{key, title = {{…}}, url = {{…}}}}",
    )
    BIB_SYNTAX = (
        "bib_syntax",
        "An entry is never closed, or breaks off; it is left out, and the rest is read as usual",
        "{what}; {advice}",
    )
    SWALLOWED_ENTRY = (
        "swallowed_entry",
        "A field holds what looks like another entry, which is not read",
        "{key}: {field} holds what looks like the entry {entry!r}; close the brace before it, or indent it as text",
    )
    UNKNOWN_MACRO = (
        "unknown_macro",
        "An abbreviation is used that is not defined",
        "{key}: {macro!r} is no macro, so it reads as nothing; put the text in braces, or define it with @string",
    )
    DUPLICATE_KEY = (
        "duplicate_key",
        "Two entries have the same key; the first is kept",
        "the key {entry!r} is already that of the entry at {first}; that one is kept: give this one a key of its own",
    )
    DUPLICATE_FIELD = (
        "duplicate_field",
        "A field appears twice in an entry; the first is kept",
        "{key}: the field {field!r} stands twice; the first is kept: delete or rename one",
    )
    NO_TITLE = (
        "no_title",
        "An entry has no title, so its address is shown, or its key",
        "{key}: there is no title, so {text!r} stands in for it; add title = {{…}}",
    )
    UNSAFE_URL = (
        "unsafe_url",
        "An address is not http, https or mailto, and is not linked",
        "{key}: {field} = {url!r} is not linked, since only http, https and mailto links are; correct or delete it",
    )
    DECEPTIVE_HOST = (
        "deceptive_host",
        "An address is written to look like that of another host",
        "{key}: {field} leads to {host!r}, which is written to look like another host; see where it really leads",
    )
    CONTROL_CHARACTERS = (
        "control_characters",
        "A field holds control characters, or ones that reorder text; it is shown without them",
        "{key}: {field} holds {names}, which reorder or hide text; it is shown without: delete them from the field",
    )
    MARKUP = (
        "markup",
        "A field holds HTML tags, which are shown as text",
        "{key}: {field} holds {markup!r}; fields are plain text, so readers see it as it stands: delete the tags",
    )
    UNKNOWN_LANGUAGE = (
        "unknown_language",
        "`langid` is not a known language name",
        "{key}: langid {langid!r} is not a language name of biblatex; write for example chinese or english",
    )
    UNKNOWN_RELATED = (
        "unknown_related",
        "`related`, `xref`, `crossref` or `xdata` points to an entry that does not exist",
        "{key}: {field} points at {other!r}, which no bib file has; correct the key or add the entry",
    )
    UNKNOWN_KEY = (
        "unknown_key",
        "A page uses a key that does not exist",
        "no bib file has an entry {key!r}{hint}; correct the key or add the entry",
    )
    BAD_KEY_LINE = (
        "bad_key_line",
        "A line of a directive's body is not a citation key",
        "{line!r} is not a citation key; write one key a line",
    )
    BAD_FILTER = (
        "bad_filter",
        "A filter can't be used",
        "cannot use the filter {text!r}: {reason}",
    )
    NESTED_GROUPS = (
        "nested_groups",
        "A block with groups stands within a list, a note or the like, where headings are in no contents",
        "its groups' headings are in no contents, since the block stands within a {parent}; move it, or drop :group:",
    )
    EMPTY_BLOCK = (
        "empty_block",
        "No entry meets a filter",
        "no entry meets the filter {text!r}; check its words against refs.bib, or delete the block",
    )
    NOT_SHOWN = (
        "not_shown",
        "No page shows an entry",
        "no page shows {key!r}; have a block's filter or list take it in, or suppress refblock.not_shown",
    )
    CITED_NOT_SHOWN = (
        "cited_not_shown",
        "An entry is cited, but no page shows it",
        "{key!r} is cited here, but no page shows it; add a refblock that does",
    )
    UNBALANCED = (
        "unbalanced",
        "An entry of the bib files is neither shown nor named; refblock or another extension is at fault",
        "{ledger}, which does not add up; neither shown nor named: {keys}; tell the authors of the site's extensions",
    )
    BUILT_AT_ONCE = (
        "built_at_once",
        "Another build is writing into the same folder",
        "another build is writing into {path}, so pages of both may mix; build again when it has ended",
    )
    BAD_BADGE = (
        "bad_badge",
        "An extension gives an entry a badge that can't be shown",
        "{key}: an extension gives the badge {badge}, which can't be shown: {reason}; tell its author",
    )

    MISSING_FIELD = (
        "missing_field",
        "A field is missing that entries of this type should have",
        "{key}: there is no {field}, which @{type} wants; look it up and add it, or choose another type",
    )
    NO_TRANSLATION = (
        "no_translation",
        "There is no title in the other language",
        "{key}: there is no title in the other language; add titleaddon = {{…}}",
    )
    NO_IDENTIFIER = (
        "no_identifier",
        "A paper has no DOI, arXiv identifier or ISBN, and does not say that one was sought",
        "{key}: a paper without DOI, arXiv identifier or ISBN; add one, or say in annotation what was sought in vain",
    )
    UNKNOWN_TOPIC = (
        "unknown_topic",
        "A topic is not in the vocabulary",
        "{key}: {topic!r} is not a topic; {hint}",
    )
    UNKNOWN_RELATION = (
        "unknown_relation",
        "`relatedtype` is not a known relation",
        "{key}: relatedtype {relation!r} is not a relation; write reviewof for an article about a paper",
    )
    UNKNOWN_KIND = (
        "unknown_kind",
        "`entrysubtype` is not a known kind",
        "{key}: entrysubtype {kind!r} is not a kind; write one of {known}, or leave it out",
    )
    BAD_IDENTIFIER = (
        "bad_identifier",
        "An identifier's form or check digit is wrong",
        "{key}: {field} {given!r} is not well-formed; write it bare, without address or prefix, and check its digits",
    )
    DUPLICATE_URL = (
        "duplicate_url",
        "Two entries have the same address",
        "{key}: this is the address of {other!r} too, at {source}; delete one of the two",
    )
    NEAR_TITLE = (
        "near_title",
        "A title is almost that of another entry, and nothing says how they are related",
        "{key}: the title is almost that of {other!r}, at {source}; delete one, or join them with xref",
    )
    NOT_NFC = (
        "not_nfc",
        "Text is not in Unicode form NFC",
        "{key}: a letter is written in pieces (not in Unicode form NFC); type it anew",
    )
    STRAY_SPACE = (
        "stray_space",
        "There is stray white space at the end of a line or in a field",
        "{key}: white space {where}; delete it",
    )

    def __init__(self, subtype: str, occasion: str, template: str) -> None:
        """Keep the parts by name."""
        self.subtype = subtype
        self.occasion = occasion
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
        **{name: printable(part) if isinstance(part, str) else part for name, part in parts.items()}
    )


def printable(text: str) -> str:
    """Write what could steer a terminal in other people's text as its code."""
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)
