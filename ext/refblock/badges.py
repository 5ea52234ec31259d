"""Words on an entry's state that other extensions supply, through the event ``refblock-badges``.

A handler is called as ``handler(app, entry)`` for each entry, once a build, when every page is read. It returns
mappings of strings: ``name``, the end of the badge's class, lower-case letters and hyphens; ``text``, words in the
site's language; and, if wanted, ``href``, ``hint``, a sentence that says more, and ``label``, the words under which a
page's filter offers all badges of this name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from refblock.diagnostics import Diagnostic, warn
from refblock.layout import Badge

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from refblock.entries import Entry, Library

EVENT: Final = "refblock-badges"
_NAME: Final = re.compile(r"[a-z]+(-[a-z]+)*")
_HREF: Final = re.compile(r"(https?://|mailto:)\S+", re.IGNORECASE)


def gather_badges(app: Sphinx, library: Library) -> dict[str, tuple[Badge, ...]]:
    """Ask the site's extensions for badges; what can't be shown is named and left out.

    :returns: the badges of each entry that has any, by its citation key.
    """
    if not app.events.listeners.get(EVENT):
        return {}
    found = {
        entry.key: tuple(
            badge
            for given in app.emit(EVENT, entry)
            for each in given or ()
            if (badge := _read(each, entry)) is not None
        )
        for entry in library.entries.values()
    }
    return {key: badges for key, badges in found.items() if badges}


def _read(given: Any, entry: Entry) -> Badge | None:
    try:
        badge = Badge(**given)
    except TypeError:
        reason = "it must be a mapping with name and text, and perhaps href, hint and label"
    else:
        parts = (badge.name, badge.text, badge.href, badge.hint, badge.label)
        if not all(isinstance(part, str) for part in parts):
            reason = "all of it must be text"
        elif not _NAME.fullmatch(badge.name):
            reason = "its name must be lower-case letters and hyphens"
        elif not badge.text.strip():
            reason = "it has no text"
        elif badge.href and not _HREF.fullmatch(badge.href):
            reason = "only http, https and mailto are linked"
        else:
            return badge
    warn(Diagnostic.BAD_BADGE, entry.source, key=entry.key, badge=repr(given), reason=reason)
    return None
