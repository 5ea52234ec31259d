"""The mark of a build under way, by which the next one knows that it is not alone, or that the last one broke off.

Sphinx writes a page again when its source is newer than the page. So one that a killed build left half written, or did
not come to, would stay as it is: https://github.com/sphinx-doc/sphinx/blob/v9.0.4/sphinx/builders/html/__init__.py
(``get_outdated_docs``).
"""

from __future__ import annotations

import sys
from typing import IO, TYPE_CHECKING, Final

from sphinx.util import logging

from refblock.diagnostics import Diagnostic, warn

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

logger = logging.getLogger(__name__)

NAME: Final = ".refblock-underway"


class BuildMark:
    """A file beside the built pages, locked as long as the build runs, and deleted when it has ended well."""

    def __init__(self) -> None:
        """Begin without one."""
        self._path: Path | None = None
        self._stream: IO[str] | None = None
        self._broken_off = False

    def put(self, app: Sphinx) -> None:
        """Put the mark; warn when another build has its own there, and remember when an ended one has."""
        # An EPUB is a pack of all that lies in its folder.
        path = (app.doctreedir if app.builder.name == "epub" else app.outdir) / NAME
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            found = path.exists()
            self._stream = path.open("a", encoding="utf-8")
        except OSError:
            # The folder can't be written, which Sphinx itself will say.
            return
        self._broken_off = found
        if _lock(self._stream):
            self._path = path
        else:
            warn(Diagnostic.BUILT_AT_ONCE, "", path=str(app.outdir))

    def write_again(self, app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
        """Give all pages to be written, when it is not known what the last build left of them."""
        if not self._broken_off:
            return []
        logger.info("refblock: the last build of %s broke off; every page is written again", app.outdir)
        return sorted(env.all_docs)

    def remove(self, app: Sphinx, exception: Exception | None) -> None:
        """Delete the mark, unless the build has failed, or the mark is another's."""
        if self._stream is not None:
            self._stream.close()
        if self._path is not None and not exception:
            self._path.unlink(missing_ok=True)


if sys.platform == "win32":

    def _lock(stream: IO[str]) -> bool:
        """Take it as locked: there is no such lock here, so that a second build goes unnoticed."""
        return not stream.closed

else:
    import fcntl

    def _lock(stream: IO[str]) -> bool:
        """Lock a file, which the system undoes when the process ends in whatever way; say whether nobody else has."""
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            # Some network file systems have no locks.
            return True
        return True
