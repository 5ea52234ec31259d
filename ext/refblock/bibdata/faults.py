"""What is found wrong with bib files, kept until somebody says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from refblock.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class BibFault:
    """Something wrong with a bib file."""

    diagnostic: Diagnostic
    source: str
    """File and line, ``refs.bib:12``."""
    parts: Mapping[str, object]
    """What fills the message; ``entry`` is the key of an entry that is left out because of it.

    ``begins`` is where such an entry begins, which need not be where it breaks off.
    """


class Faults(list[BibFault]):
    """Faults, in the order in which they were found."""

    def note(self, diagnostic: Diagnostic, source: str, **parts: object) -> None:
        """Keep a fault."""
        self.append(BibFault(diagnostic, source, parts))
