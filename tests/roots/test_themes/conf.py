project = html_title = "Reading list"
extensions = ["refblock"]
bibtex_bibfiles = ["refs.bib"]
refblock_topics = {"attention": {"zh": "注意力机制", "en": "Attention"}}
