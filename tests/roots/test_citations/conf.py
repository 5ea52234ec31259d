language = "en"
extensions = ["myst_parser", "refblock"]
bibtex_bibfiles = ["refs.bib"]
html_theme = "basic"
