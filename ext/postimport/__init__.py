"""Link posts of a blog -> entries of a bib file and pages that show them.

``python -m postimport PATHS… --bib FILE.bib --pages FOLDER`` reads Markdown posts as people write them, and loses no
link: what goes in comes out, or is named in the report.
"""

__version__ = "0.1.0"
