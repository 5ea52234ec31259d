"""What a site says in its ``conf.py``, and the files that this names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sphinx.util import logging

from linkhealth.record import Record, RecordError
from linkhealth.sources import Place, SourceError, read_sources
from linkhealth.store import read_record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sphinx.application import Sphinx

logger = logging.getLogger(__name__)

_OPTIONS: Final[tuple[tuple[str, Any, type, str], ...]] = (
    ("record", "link-health.json", str, "The record of checks, from the folder of conf.py."),
    ("lists", [], list, "The lists of links that the record is about, such as a bib file, from the folder of conf.py."),
)


def register(app: Sphinx) -> None:
    """Tell Sphinx our options."""
    for name, default, kind, meaning in _OPTIONS:
        app.add_config_value(f"linkhealth_{name}", default, "env", types=frozenset({kind}), description=meaning)


def record_path(app: Sphinx) -> Path:
    """Give the path of the record."""
    return Path(app.confdir, app.config.linkhealth_record)


def list_paths(app: Sphinx) -> list[Path]:
    """Give the paths of the lists."""
    return [Path(app.confdir, path) for path in app.config.linkhealth_lists]


def record_of(app: Sphinx) -> Record:
    """Read the record; one that cannot be read is named, and knows nothing."""
    try:
        return read_record(record_path(app))
    except RecordError as fault:
        logger.warning("%s", fault, type="linkhealth", subtype="bad_record", once=True)
        return Record()


def lists_of(app: Sphinx) -> Mapping[str, Sequence[Place]]:
    """Read the lists; one that cannot be read is named, and left out."""
    links: dict[str, list[Place]] = {}
    for path in list_paths(app):
        try:
            for url, places in read_sources([path]).items():
                links.setdefault(url, []).extend(places)
        except SourceError as fault:
            logger.warning("%s", fault, type="linkhealth", subtype="bad_list", once=True)
    return links
