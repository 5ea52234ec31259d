project = "figure"
version = "1"
epub_copyright = "the curator"
language = "zh_CN"
extensions = ["myst_parser", "svgfigure"]
html_theme = "basic"
locale_dirs = ["locale"]
gettext_compact = False
