"""What stands at an entry about its link: a few words, and for a page that is gone, where else to look.

Nothing is said of a link that was never looked at, and none is called alive that was not seen.
"""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from sphinx.util import logging

from linkhealth.config import record_of
from linkhealth.elsewhere import SEARCH, search_address
from linkhealth.rules import Verdict
from linkhealth.words import words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sphinx.application import Sphinx

    from linkhealth.record import LinkState

    class Title(Protocol):
        """A title, as refblock has it."""

        text: str

    class Entry(Protocol):
        """What the event hands over, as far as it is used here."""

        title: Title

        @property
        def href(self) -> str:
            """The address that the title leads to."""


logger = logging.getLogger(__name__)

EVENT: Final = "refblock-badges"
NAMES: Final = {
    Verdict.ALIVE: "alive",
    Verdict.MOVED: "moved",
    Verdict.CHANGED: "changed",
    Verdict.SUSPECTED: "suspected",
    Verdict.GONE: "gone",
    Verdict.BLOCKED: "blocked",
    Verdict.UNREACHABLE: "unreachable",
    Verdict.NOT_CHECKED: "not checked",
}
"""The verdicts in words, as the catalog knows them."""


def badge_of(state: LinkState, title: str, word: Callable[[str], str]) -> dict[str, str] | None:
    """Give the badge of a link, as refblock's event wants it; None where there is nothing to say.

    :param title: what to search for where the page is gone and has no archived copy.
    :param word: turns our English words into those of the page's language.
    """
    if state.verdict is Verdict.NOT_CHECKED:
        return None
    text, href = _words_of(state, title, word)
    since = word("since {date}").format(date=state.since.date())
    checked = word("last checked {date}").format(date=state.last_check.date())
    badge = {
        "name": state.verdict.value,
        "text": text,
        "href": href if href.startswith(("http://", "https://")) else "",
        "hint": "" if state.verdict is Verdict.ALIVE else word("; ").join([since, last_seen(state, word), checked]),
        "label": word(NAMES[state.verdict]),
    }
    return {name: value for name, value in badge.items() if value}


def _words_of(state: LinkState, title: str, word: Callable[[str], str]) -> tuple[str, str]:
    """Give what a badge says, and where it leads."""
    match state.verdict:
        case Verdict.ALIVE:
            return last_seen(state, word), ""
        case Verdict.MOVED:
            return word("moved: read it at its new address"), state.final_url
        case Verdict.CHANGED:
            return word("the page now has another title"), ""
        case Verdict.SUSPECTED:
            return word("not found, perhaps gone"), ""
        case Verdict.GONE if state.archived:
            return word("gone: read the archived copy"), state.archived
        case Verdict.GONE if title:
            return word("gone: search {engine} for its title").format(engine=word(SEARCH)), search_address(title)
        case Verdict.GONE:
            return word("gone"), ""
        case Verdict.BLOCKED:
            reason = word("could not be checked: blocked")
        case _:
            reason = word("could not be checked: out of reach")
    return (word("; ").join([reason, last_seen(state, word)]) if state.last_alive else reason), ""


def last_seen(state: LinkState, word: Callable[[str], str]) -> str:
    """Say when a page was last seen, if ever."""
    if state.last_alive is None:
        return word("never seen alive")
    return word("last seen alive {date}").format(date=state.last_alive.date())


def offer_badges(app: Sphinx) -> None:
    """Answer refblock's event with what the record knows, if there is refblock."""
    if EVENT not in app.events.events:
        logger.warning(
            "refblock is not among the extensions, so entries get no badges; add it, or, if only the directive "
            "linkhealth-summary is wanted, suppress_warnings = ['linkhealth.no_refblock']",
            type="linkhealth", subtype="no_refblock",
        )  # fmt: skip
        return
    record = record_of(app)
    app.connect(EVENT, partial(answer, record.links, words(app.config.language)))
    state = hashlib.sha256(repr(sorted(record.links.items())).encode()).hexdigest()
    # So long as this is the same, refblock need not ask about each entry anew.
    app.connect(f"{EVENT}-state", lambda _: state)


def answer(
    links: Mapping[str, LinkState], word: Callable[[str], str], app: Sphinx, entry: Entry
) -> list[dict[str, str]]:
    """Give the badges of an entry: one, or none where nothing is known of its link."""
    state = links.get(entry.href)
    badge = badge_of(state, entry.title.text, word) if state else None
    return [badge] if badge else []
