extensions = ["myst_parser", "refblock"]
bibtex_bibfiles = ["../../../refs.bib"]
suppress_warnings = ["refblock.not_shown"]
exclude_patterns = ["few.md", "grouped.md", "listed.md", "ordered.md"]
