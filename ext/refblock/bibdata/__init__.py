"""The only door to pybtex and to sphinxcontrib-bibtex.

Through `reading` their data comes in, as entries, and `keeping` spares reading what has not changed;
through `citing` our entries answer their ``cite`` roles.
Nothing else in refblock imports either package.
"""

from refblock.bibdata.citing import Citation, CitationDoor
from refblock.bibdata.faults import BibFault
from refblock.bibdata.keeping import BibKeeper, Kept
from refblock.bibdata.reading import ReadBib, read_bib

__all__ = ["BibFault", "BibKeeper", "Citation", "CitationDoor", "Kept", "ReadBib", "read_bib"]
