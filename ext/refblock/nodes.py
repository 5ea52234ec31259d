"""Our node classes.

Each descends from one that every writer knows, so that a writer without a handler of ours still writes a correct list.
"""

from __future__ import annotations

from docutils import nodes


class reference_block(nodes.General, nodes.Element):
    """Where a block stands; filled when the page is written.

    Attributes: ``docname`` and ``number``, by which the domain knows the block; ``place``, the group in it;
    ``show``, the parts to show of each entry, or None for all. For HTML, ``html`` holds the list then;
    for other formats, the nodes below take its place.
    """


class reference_timeline(nodes.General, nodes.Element):
    """Where a timeline stands; ``svg`` holds the drawing when the page is written."""


class reference_list(nodes.enumerated_list):
    """The entries of a block."""


class reference_entry(nodes.list_item):
    """One entry; ``key`` is its citation key."""


class entry_lines(nodes.line_block):
    """What is shown of an entry."""


class entry_line(nodes.line):
    """One line of it."""


class entry_link(nodes.reference):
    """A link whose text and address come from a bib file."""


class entry_text(nodes.inline):
    """Text from a bib file: in a language, and perhaps a direction, of its own."""
