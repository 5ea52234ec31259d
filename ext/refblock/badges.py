"""Words on an entry's state that other extensions supply, through the event ``refblock-badges``.

A handler is called as ``handler(app, entry)`` for each entry, once a build, when every page is read. It returns
mappings of strings: ``name``, the end of the badge's class, lower-case letters and hyphens; ``text``, words in the
site's language; and, if wanted, ``href``, ``hint``, a sentence that says more, and ``label``, the words under which a
page's filter offers all badges of this name.

A handler of ``refblock-badges-state`` is called as ``handler(app)``, and returns text that is another whenever that
extension's badges may be: a digest of what it reads them from. As long as that of every extension is the same, and
the entries are, badges are those of the last build, and no entry is asked about.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final

from refblock.diagnostics import Diagnostic, warn
from refblock.layout import Badge

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from refblock.entries import Entry, Library

EVENT: Final = "refblock-badges"
STATE: Final = "refblock-badges-state"
_NAME: Final = re.compile(r"[a-z]+(-[a-z]+)*")
_HREF: Final = re.compile(r"(https?://|mailto:)\S+", re.IGNORECASE)


def state_of(app: Sphinx, library: Library) -> str:
    """Digest what badges are made from; empty where some extension does not say what its own are made from."""
    states = app.emit(STATE)
    if len(states) != len(app.events.listeners.get(EVENT, [])) or not all(isinstance(state, str) for state in states):
        return ""
    return hashlib.sha256(repr((states, library.fingerprint)).encode()).hexdigest()


def gather_badges(app: Sphinx, library: Library) -> dict[str, tuple[Badge, ...]]:
    """Ask the site's extensions for badges; what can't be shown is named and left out.

    :returns: the badges of each entry that has any, by its citation key.
    """
    if not app.events.listeners.get(EVENT):
        return {}
    found: dict[str, tuple[Badge, ...]] = {}
    # Most entries share their badges with others; what is kept between builds then holds each but once.
    known: dict[tuple[Badge, ...], tuple[Badge, ...]] = {}
    for entry in library.entries.values():
        badges = tuple(
            badge
            for given in app.emit(EVENT, entry)
            for each in given or ()
            if (badge := _read(each, entry)) is not None
        )
        if badges:
            found[entry.key] = known.setdefault(badges, badges)
    return found


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
