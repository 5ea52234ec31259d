import os
from urllib.parse import urlsplit

import refblock

project = "多任务学习与注意力机制：双语阅读清单"
ENGLISH_TITLE = "Multi-task learning and attention: a bilingual reading list"
author = "the reading list's contributors"
copyright = "the reading list's contributors"
version = release = refblock.__version__

# Fonts that come with TeX Live and with Debian's fonts-noto-cjk; those of Sphinx's default come with neither.
LATEX_FONTS = r"""
\usepackage{fontspec,xeCJK}
\defaultfontfeatures{
  Extension=.otf, UprightFont=*-regular, BoldFont=*-bold, ItalicFont=*-italic, BoldItalicFont=*-bolditalic}
\setmainfont{texgyretermes}
\setsansfont{texgyreheros}
\setmonofont{texgyrecursor}
\defaultfontfeatures{}
\setCJKmainfont{Noto Serif CJK SC}
\setCJKsansfont{Noto Sans CJK SC}
\setCJKmonofont{Noto Sans Mono CJK SC}
"""

language = "zh_CN"
locale_dirs = ["locale"]
gettext_compact = False
gettext_location = False

extensions = [
    "langswitch",
    "linkhealth",
    "myst_parser",
    "notfound.extension",
    "refblock",
    "refblock.manual",
    "sphinx_pagefind",
    "svgfigure",
]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

bibtex_bibfiles = ["../refs.bib"]
refblock_organizations = {
    "微信公众号": {"zh": "微信公众号", "en": "WeChat"},
    "知乎": {"zh": "知乎", "en": "Zhihu"},
    "博客园": {"zh": "博客园", "en": "cnblogs"},
}
# The vocabulary of topics; docs/contributing.md says how to choose among them.
refblock_topics = {
    "multi-task-learning": {"zh": "多任务学习", "en": "Multi-task learning"},
    "shared-representations": {"zh": "共享表征与参数", "en": "Shared representations and parameters"},
    "optimization": {"zh": "优化与任务平衡", "en": "Optimization and task balancing"},
    "general-purpose-models": {"zh": "通用模型", "en": "General-purpose models"},
    "transfer-and-meta-learning": {"zh": "迁移学习与元学习", "en": "Transfer learning and meta-learning"},
    "reinforcement-learning": {"zh": "强化学习", "en": "Reinforcement learning"},
    "recommender-systems": {"zh": "推荐系统", "en": "Recommender systems"},
    "attention": {"zh": "注意力机制", "en": "Attention"},
    "self-attention": {"zh": "自注意力", "en": "Self-attention"},
    "natural-language-processing": {"zh": "自然语言处理", "en": "Natural language processing"},
    "pretrained-models": {"zh": "预训练模型", "en": "Pre-trained models"},
    "machine-translation": {"zh": "机器翻译", "en": "Machine translation"},
    "text-classification": {"zh": "文本分类", "en": "Text classification"},
    "question-answering": {"zh": "问答", "en": "Question answering"},
    "speech-recognition": {"zh": "语音识别", "en": "Speech recognition"},
    "computer-vision": {"zh": "计算机视觉", "en": "Computer vision"},
    "convolutional-networks": {"zh": "卷积神经网络", "en": "Convolutional neural networks"},
    "vision-and-language": {"zh": "视觉与语言", "en": "Vision and language"},
    "generative-models": {"zh": "生成模型", "en": "Generative models"},
    "graph-neural-networks": {"zh": "图神经网络", "en": "Graph neural networks"},
    "interpretability": {"zh": "可解释性", "en": "Interpretability"},
}

linkhealth_lists = bibtex_bibfiles

html_theme = "sphinx_book_theme"
html_title = project
html_baseurl = os.environ.get("READTHEDOCS_CANONICAL_URL", "")
# A page that is not there is shown under any address, so its links start at the root of the host.
notfound_urls_prefix = urlsplit(html_baseurl).path or "/"
notfound_context = {"title": "没有这一页", "body": "<h1>没有这一页</h1><p>地址可能写错了，也可能这一页已经移走。</p>"}
langswitch_languages = {
    "zh_CN": {"name": "中文"},
    "en": {
        "name": "English",
        "folder": "en",
        "config": {
            "project": ENGLISH_TITLE,
            "html_title": ENGLISH_TITLE,
            "refblock_baseurl": f"{html_baseurl}en/" if html_baseurl else "",
            "sphinx_pagefind_labels": {"topic": "topic"},
            "latex_documents": [("index", "reading-list.tex", ENGLISH_TITLE, author, "manual")],
            # In Chinese these are as wide as a character; in English they are not.
            "latex_elements": {
                "fontpkg": LATEX_FONTS + r"\xeCJKDeclareCharClass{Default}{`‘,`’,`“,`”}",
                "extraclassoptions": "openany,oneside",
            },
            "man_pages": [("index", "reading-list", ENGLISH_TITLE, [author], 7)],
            "notfound_urls_prefix": f"{notfound_urls_prefix}en/",
            "notfound_context": {
                "title": "No such page",
                "body": "<h1>No such page</h1><p>The address may be wrong, or the page may have moved.</p>",
            },
        },
    },
}
templates_path = ["_templates"]
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_theme_options = {
    "article_header_end": ["langswitch.html", "article-header-buttons.html"],
    "use_download_button": False,
    "use_fullscreen_button": False,
    # The search box in the sidebar is enough; a second one would stand right above it.
    "navbar_persistent": [],
    "show_toc_level": 2,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_copy_source = False
html_show_sphinx = False

sphinx_pagefind_records = "li.refblock-entry"
sphinx_pagefind_titles = [".refblock-title", ".refblock-parallel"]
sphinx_pagefind_filters = {"topic": ".refblock-topic"}
sphinx_pagefind_labels = {"topic": "主题"}

epub_basename = "reading-list"
epub_show_urls = "no"
epub_tocscope = "includehidden"
epub_exclude_files = ["search.html"]

latex_engine = "xelatex"
latex_elements = {"fontpkg": LATEX_FONTS, "extraclassoptions": "openany,oneside"}
latex_documents = [("index", "reading-list.tex", project, author, "manual")]
man_pages = [("index", "reading-list", project, [author], 7)]
texinfo_documents = [("index", "reading-list", project, author, "reading-list", project, "Miscellaneous")]
