project = "Book"
extensions = ["myst_parser", "langswitch", "sphinx_pagefind"]
language = "en"
langswitch_languages = {"en": {"name": "English"}, "de": {"name": "Deutsch", "folder": "de"}}
html_theme = "furo"
