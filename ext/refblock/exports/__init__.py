"""Entries -> the formats that other programs read: BibTeX, RIS, CSL-JSON, JSON-LD, COinS, Atom.

Each module writes one format, from entries alone.
"""

from refblock.exports.atom import Feed, write_feed
from refblock.exports.bibtex import write_bibtex
from refblock.exports.coins import coins
from refblock.exports.csl import write_csl
from refblock.exports.jsonld import write_jsonld
from refblock.exports.ris import write_ris

__all__ = ["Feed", "coins", "write_bibtex", "write_csl", "write_feed", "write_jsonld", "write_ris"]
