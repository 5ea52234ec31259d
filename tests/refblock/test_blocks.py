"""Blocks on pages: what stands in them, and what is said where something can't be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree
from myst_parser import __version__ as myst_version

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement

    from tests.conftest import Built, Site

REFS = """
@online{post, title = {一文"看透"多任务学习}, langid = {chinese},
  titleaddon = {Multi-task learning in one article}, url = {https://example.org/post?a=1&b=2},
  organization = {微信公众号}, keywords = {mtl}, related = {paper}, relatedtype = {reviewof}}
@article{paper, title = {Multi-Task Learning: A Survey}, langid = {english}, titleaddon = {多任务学习综述},
  author = {Zhang, Yu and Yang, Qiang}, journaltitle = {TKDE}, date = {2022}, doi = {10.1109/TKDE.2021.3070203},
  eprint = {1707.08114}, eprinttype = {arxiv}, keywords = {mtl, survey}}
@online{other, title = {注意力机制}, url = {https://example.org/other}, keywords = {attention}}
"""


def entry(built: Built, key: str, docname: str = "index") -> HtmlElement:
    """Find an entry on a page by its key."""
    (found,) = built.page(docname).cssselect(f"ol.refblock > li.refblock-entry[data-key='{key}']")
    return found


def keys(built: Built, docname: str = "index") -> list[str]:
    """Give the keys of the entries on a page, in order."""
    return [str(item.get("data-key")) for item in built.page(docname).cssselect("li.refblock-entry")]


def test_an_entry_has_the_html_that_others_rely_on(site: Site) -> None:
    site.write(refs=REFS, index="# A\n\n```{refblock}\n```\n")
    built = site.build()
    post = entry(built, "post")

    assert built.warnings == []
    assert post.get("id") == "ref-post"
    (title,) = post.cssselect("a.refblock-title")
    assert (title.get("lang"), title.get("href")) == ("zh-Hans", "https://example.org/post?a=1&b=2")
    assert title.text_content() == '一文"看透"多任务学习'
    # Isolates a title's direction from what stands around it.
    assert title.get("dir") == "auto"
    (parallel,) = post.cssselect(".refblock-parallel")
    assert (parallel.get("lang"), parallel.text_content()) == ("en", "Multi-task learning in one article")
    assert "微信公众号" in post.cssselect(".refblock-meta")[0].text_content()
    assert "Zhang和Yang 2022" in post.cssselect(".refblock-about")[0].text_content()
    assert [link.get("href") for link in post.cssselect(".refblock-about a")] == [
        "#ref-paper", "https://doi.org/10.1109/TKDE.2021.3070203", "https://arxiv.org/abs/1707.08114"
    ]  # fmt: skip
    assert [link.get("href") for link in entry(built, "paper").cssselect(".refblock-explained a")] == ["#ref-post"]


@pytest.mark.parametrize(
    ("language", "leads", "marked"), [("zh_CN", "zh-Hans", "原题"), ("en", "en", "original title")]
)
def test_the_title_in_the_page_s_language_leads_and_the_original_is_marked(
    site: Site, language: str, leads: str, marked: str
) -> None:
    site.write(refs=REFS, index="# A\n\n```{refblock}\n```\n")
    built = site.build(language=language)

    for key, original in (("post", "zh-Hans"), ("paper", "en")):
        found = entry(built, key)
        assert found.cssselect(".refblock-title")[0].get("lang") == leads
        assert [shown.get("lang") for shown in found.cssselect(".refblock-original")] == [original]
        marks = [mark.text_content() for mark in found.cssselect(".refblock-mark")]
        assert marks == ([] if original == leads else [marked])


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_myst_and_rest_give_the_same_block(copied: Callable[[str], Site], language: str) -> None:
    built = copied("bilingual").build(language=language)
    blocks = [
        [
            (
                element.tag,
                element.get("class"),
                element.get("lang"),
                element.get("data-key"),
                (element.text or "").strip(),
            )
            for block in built.page(docname).cssselect("ol.refblock")
            for element in block.iter()
            # The page that citations do not lead to says so.
            if element.get("class") != "refblock-home"
        ]
        for docname in ("index", "rest")
    ]

    assert built.warnings == []
    assert blocks[0] == blocks[1]
    assert keys(built) == keys(built, "rest") == ["survey", "post", "lone"]


def test_listed_keys_come_first_in_their_order_then_what_the_filter_finds(site: Site) -> None:
    site.write(refs=REFS, index='# A\n\n```{refblock}\n:filter: "mtl" in keywords\n\nother\npaper\n```\n')
    built = site.build()

    # MyST takes a filter that begins with a quotation mark for YAML, and says so.
    assert any("myst" in warning for warning in built.warnings)
    site.write(index='# A\n\n```{refblock}\n:filter: keywords % "mtl"\n\nother\npaper\n```\n')
    assert keys(site.build()) == ["other", "paper", "post"]


def test_entries_stand_in_the_order_of_the_bib_file(site: Site) -> None:
    site.write(refs=REFS, index="# A\n\n```{refblock}\n```\n")

    assert keys(site.build()) == ["post", "paper", "other"]


@pytest.mark.parametrize("page", ["index", "index_rst"])
def test_an_unknown_key_is_named_where_it_stands_and_the_rest_is_shown(site: Site, page: str) -> None:
    block = {
        "index": "# A\n\n```{refblock}\npost\npaperr\n```\n",
        "index_rst": "A\n=\n\n.. refblock::\n\n   post\n   paperr\n",
    }
    line = {"index": 5, "index_rst": 7}[page]
    site.write(refs=REFS, **{page: block[page]})
    built = site.build()

    (warning,) = built.warnings
    assert f"index.{'md' if page == 'index' else 'rst'}:{line}: " in warning
    assert "'paperr' (did you mean 'paper'?)" in warning
    assert "[refblock.unknown_key]" in warning
    assert keys(built) == ["post"]
    assert "paperr" in built.page().cssselect(".refblock-problem")[0].text_content()


NESTED: dict[str, dict[str, Any]] = {
    "index.rst": {
        "text": "A\n=\n\n.. note::\n\n   .. refblock::\n      :show: year\n\n      post\n      nobody\n",
        "line": 10,
    },
    "index.md": {
        "text": "# A\n\n````{note}\n```{refblock}\n---\nshow: year\n---\n\npost\nnobody\n```\n````\n",
        "line": 10,
    },
    "part.txt": {
        "text": "Some words.\n\n.. refblock::\n\n   post\n   nobody\n",
        "line": 6,
        "index.rst": "A\n=\n\n.. include:: part.txt\n",
    },
    "part.inc": {
        "text": "Some words.\n\n```{refblock}\npost\nnobody\n```\n",
        # Up to 5.1 MyST counted a line too many in what is included.
        "line": 5 if myst_version >= "5.2" else 6,
        "index.md": "# A\n\n```{include} part.inc\n```\n",
    },
}


@pytest.mark.parametrize("name", NESTED)
def test_an_unknown_key_is_named_in_the_file_and_line_where_it_stands(site: Site, name: str) -> None:
    site.write(refs=REFS)
    for file, text in {name: NESTED[name]["text"], **NESTED[name]}.items():
        if "." in file:
            (site.folder / file).write_text(str(text), encoding="utf-8")
    built = site.build()

    (warning,) = built.warnings
    assert f"{name}:{NESTED[name]['line']}: WARNING: no bib file has an entry 'nobody'" in warning
    assert keys(built) == ["post"]


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ("type ==", "bad_filter", "not an expression"),
        ("open('x')", "bad_filter", "not part of the filter language"),
        ("keyword == 'mtl'", "bad_filter", "did you mean 'keywords'"),
        ("year > 'a' > 'b'", "bad_filter", "join them with 'and'"),
        ("author % '('", "bad_filter", "not a regular expression"),
        ("type < 3", "bad_filter", "different kinds"),
        ("type is 'x'", "bad_filter", "write '=='"),
        ("type | 'x'", "bad_filter", "not sets"),
        ("type == 'book'", "empty_block", "no entry meets"),
    ],
)
def test_a_filter_that_can_t_be_used_is_named_and_the_listed_entries_are_shown(
    site: Site, text: str, name: str, says: str
) -> None:
    site.write(refs=REFS, index_rst=f"A\n=\n\n.. refblock::\n   :filter: {text}\n\n.. refblock::\n\n   post\n")
    built = site.build()

    (warning,) = built.warnings
    assert "index.rst:4: " in warning
    assert says in warning
    assert f"[refblock.{name}]" in warning
    assert built.page().cssselect(".refblock-problem")
    assert keys(built) == ["post"]


def test_a_line_that_is_no_key_is_named(site: Site) -> None:
    site.write(refs=REFS, index="# A\n\n```{refblock}\npost, paper\nother\n```\n")
    built = site.build()

    (warning,) = built.warnings
    assert "index.md:4: WARNING: 'post, paper' is not a citation key" in warning
    assert keys(built) == ["other"]


def test_an_entry_that_no_page_shows_is_reported_at_its_line(site: Site) -> None:
    site.write(refs=REFS, index="# A\n\n```{refblock}\npost\npaper\n```\n")
    (warning,) = site.build(suppress_warnings=[]).warnings

    assert "refs.bib:8: " in warning
    assert "no page shows 'other'" in warning


@pytest.mark.parametrize("docname", ["index", "rest"])
def test_every_role_of_a_citation_lands_on_the_entry_in_its_block(copied: Callable[[str], Site], docname: str) -> None:
    built = copied("citations").build(nitpicky=True)
    citations = built.page(docname).cssselect(".bibtex-citation")

    assert built.warnings == []
    for citation in citations[:-1]:
        assert [link.get("href") for link in citation.cssselect("a")] == ["blocks.html#ref-survey"]
    assert [link.get("href") for link in citations[-1].cssselect("a")] == [
        "blocks.html#ref-post",
        "blocks.html#ref-survey",
    ]
    for key in ("post", "survey"):
        assert built.page("blocks").get_element_by_id(f"ref-{key}").get("data-key") == key
    (here,) = built.page("blocks").cssselect(".bibtex-citation a")
    assert here.get("href") == "#ref-survey"


def test_citations_are_written_alike_in_myst_and_rest(copied: Callable[[str], Site]) -> None:
    built = copied("citations").build()
    texts = [
        [each.text_content() for each in built.page(name).cssselect(".bibtex-citation")] for name in ("index", "rest")
    ]

    assert texts[0] == texts[1]
    assert set(texts[0]) == {
        "(Zhang and Yang, 2022)", "Zhang and Yang (2022)", "2022", "(2022)", "survey", "(survey)", "Zhang and Yang",
        "(Zhang and Yang)", "(see “Multi-task learning in one article”, 微信公众号, in full; Zhang and Yang, 2022)",
    }  # fmt: skip


@pytest.mark.parametrize(
    "title",
    ["100% of $5 & #1", "x_y^2 ~ C:\\path", "one -- two --- three", "``quoted'' ,, !` ?`", "O'Brien's <b> \"R&D\""],
)
def test_a_citation_names_an_untitled_person_s_work_to_the_character(site: Site, title: str) -> None:
    entry_ = f"@misc{{a, title = {{{title}}}, organization = {{R&D 100%}}}}\n"
    site.write(refs=entry_, index="# A\n\nSee {cite:t}`a`.\n\n```{refblock}\n```\n")
    built = site.build(language="en")
    leading = entry(built, "a").cssselect(".refblock-title")[0].text_content()

    assert built.page().cssselect(".bibtex-citation")[0].text_content() == f"“{leading}” (R&D 100%)"


@pytest.mark.parametrize(("language", "text"), [("zh_CN", "Zhang等（2022）"), ("en", "Zhang et al. (2022)")])
@pytest.mark.parametrize(
    "author", ["Zhang, Yu and others", "Zhang, Yu and Yang, Qiang and others", "Zhang, Y and A, B and C, D"]
)
def test_others_among_the_authors_are_never_cited_as_a_person(
    site: Site, author: str, language: str, text: str
) -> None:
    refs = REFS.replace("Zhang, Yu and Yang, Qiang", author)
    site.write(refs=refs, index="# A\n\nSee {cite:t}`paper`.\n\n```{refblock}\n```\n")
    built = site.build(language=language)

    assert built.page().cssselect(".bibtex-citation")[0].text_content() == text


@pytest.mark.parametrize(("language", "text"), [("zh_CN", "Zhang和Yang（2022）"), ("en", "Zhang and Yang (2022)")])
def test_a_citation_is_written_in_the_manner_of_the_page_s_language(site: Site, language: str, text: str) -> None:
    site.write(refs=REFS, index="# A\n\nSee {cite:t}`paper`.\n\n```{refblock}\n```\n")

    built = site.build(language=language)
    assert built.page().cssselect(".bibtex-citation")[0].text_content() == text


def test_a_citation_of_what_is_not_there_is_named_and_visible(site: Site) -> None:
    site.write(refs=REFS, index="# A\n\nSee {cite:t}`nobody` and {cite:p}`post,other`.\n\n```{refblock}\npost\n```\n")
    built = site.build()

    unknown, hidden = sorted(built.warnings, key=lambda warning: "nobody" not in warning)
    assert "index.md:3: " in unknown
    assert "[refblock.unknown_key]" in unknown
    assert "[refblock.cited_not_shown]" in hidden
    assert [stub.text_content() for stub in built.page().cssselect(".refblock-problem")] == ["[nobody?]", "[other?]"]
    assert [link.get("href") for link in built.page().cssselect(".bibtex-citation a")] == ["#ref-post"]


def test_the_bibliography_directive_still_works_beside_blocks(site: Site) -> None:
    blocks = "```{refblock}\npost\n```\n\n```{bibliography}\n:filter: key == 'paper'\n```\n"
    site.write(refs=REFS, index=f"# A\n\nSee {{cite:t}}`paper` and {{cite:t}}`post`.\n\n{blocks}")
    built = site.build()

    assert built.warnings == []
    first, second = (str(link.get("href")) for link in built.page().cssselect(".bibtex-citation a"))
    assert built.page().get_element_by_id(first.lstrip("#")) is not None
    assert second == "#ref-post"


def test_footnotes_of_sphinxcontrib_bibtex_still_work_beside_blocks(site: Site) -> None:
    site.write(refs=REFS, index="# A\n\nSee {footcite}`paper`.\n\n```{refblock}\n```\n\n```{footbibliography}\n```\n")
    built = site.build()
    (link,) = built.page().cssselect("a.footnote-reference")

    assert built.warnings == []
    assert "a survey" in built.page().get_element_by_id(str(link.get("href")).lstrip("#")).text_content()


def test_ids_are_unique_where_an_entry_stands_several_times(site: Site) -> None:
    block = "```{refblock}\npost\n```\n"
    others = {name: f"# {name}\n\n{block}" for name in ("b", "第二", "第三")}
    toctree = "\n".join(["```{toctree}", *others, "```"])
    site.write(refs=REFS, index=f"# A\n\n{toctree}\n\n{block}\n{block}", **others)
    for builder in ("html", "singlehtml"):
        built = site.build(builder)
        pages = ["index"] if builder == "singlehtml" else ["index", *others]
        ids = [str(item.get("id")) for name in pages for item in built.page(name).cssselect("li.refblock-entry")]

        assert len(ids) == len(set(ids)) == 5
        # The first page by name is where citations lead.
        assert [
            str(item.get("id"))
            for item in built.page(pages[0] if builder == "singlehtml" else "b").cssselect("#ref-post")
        ] == ["ref-post"]


def test_groups_stand_under_headings_in_the_page_s_contents(site: Site) -> None:
    site.write(refs=REFS, index="# A\n\n```{refblock}\n:group: topic\n:sort: title\n:show: host\n```\n")
    built = site.build(refblock_topics={"attention": {"zh": "注意力", "en": "Attention"}})
    page = built.page()

    assert [section.get("id") for section in page.cssselect("section section")] == [
        "topic-attention", "topic-mtl", "topic-survey"
    ]  # fmt: skip
    assert page.xpath("string(//section[@id='topic-attention']/h2/text())") == "注意力 (1)"
    assert [item.get("data-key") for item in page.cssselect("#topic-mtl li")] == ["paper", "post"]
    assert not page.cssselect(".refblock-parallel")
    assert built.warnings == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh_CN", "解读：Zhang和Yang 2022 DOI arXiv · 注意力机制"),
        ("en", "About: Zhang and Yang 2022 DOI arXiv · 注意力机制"),
    ],
)
@pytest.mark.parametrize("builder", ["html", "text"])
def test_works_in_one_line_are_set_apart_each_with_its_identifiers(
    site: Site, builder: str, language: str, text: str
) -> None:
    refs = REFS.replace("related = {paper}", "related = {paper, other}")
    site.write(refs=refs, index="# A\n\n```{refblock}\n```\n")
    built = site.build(builder, language=language)

    if builder == "html":
        assert entry(built, "post").cssselect(".refblock-about")[0].text_content() == text
    else:
        assert text in (built.folder / "index.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(("language", "tag"), [("zh_CN", None), ("en", "zh-Hans")])
def test_a_name_in_another_script_than_the_page_s_bears_its_language(
    site: Site, language: str, tag: str | None
) -> None:
    site.write(refs=REFS, index="# A\n\n```{refblock}\n```\n")
    built = site.build(language=language)

    assert entry(built, "post").cssselect(".refblock-host")[0].get("lang") == tag
    assert entry(built, "paper").cssselect(".refblock-venue")[0].get("lang") is None


@pytest.mark.parametrize("page", ["index", "index_rst"])
def test_headings_of_groups_are_links_in_the_contents_of_their_page_and_of_others(site: Site, page: str) -> None:
    block = {
        "index": "# A\n\n```{refblock}\n:group: topic\n```\n",
        "index_rst": "A\n=\n\n.. refblock::\n   :group: topic\n",
    }
    site.write(
        refs=REFS,
        b="---\norphan: true\n---\n\n# B\n\n```{toctree}\n:maxdepth: 2\n\nindex\n```\n",
        **{page: block[page]},
    )
    built = site.build()
    anchors = ["topic-mtl", "topic-survey", "topic-attention"]
    own = [str(link.get("href")) for link in built.page().cssselect(".sphinxsidebar a[href^='#topic']")]
    others = [str(link.get("href")) for link in built.page("b").cssselect(".toctree-wrapper a[href*='#']")]

    assert built.warnings == []
    assert own == [f"#{anchor}" for anchor in anchors]
    assert others == [f"index.html#{anchor}" for anchor in anchors]
    assert [section.get("id") for section in built.page().cssselect("section section")] == anchors


def test_where_an_entry_stands_again_it_says_where_the_first_is(site: Site) -> None:
    block = "```{refblock}\n:group: topic\n```\n"
    site.write(
        refs=REFS,
        index="# A\n\n```{toctree}\nb\n```\n\n```{refblock}\npost\n```\n",
        b=f"# B\n\nSee {{cite:t}}`paper`.\n\n{block}",
    )
    built = site.build()
    said = {
        str(item.get("id")): [(str(link.text), str(link.get("href"))) for link in item.cssselect(".refblock-home")]
        for page in ("index", "b")
        for item in built.page(page).cssselect("li.refblock-entry")
    }

    assert said == {
        "ref-post": [],
        "ref-paper": [],
        "ref-other": [],
        "ref-post-index-1-1": [("主条目", "b.html#ref-post")],
        "ref-paper-b-1-2": [("主条目", "#ref-paper")],
    }
    assert [link.get("href") for link in built.page("b").cssselect(".bibtex-citation a")] == ["#ref-paper"]


CHINESE_GROUPS = """
@online{a, title = {甲}, organization = {微信公众号}, keywords = {卷积, mtl}, url = {https://example.org/a}}
@online{b, title = {乙}, organization = {知乎}, keywords = {注意力, mtl}, url = {https://example.org/b}}
"""


@pytest.mark.parametrize("by", ["topic", "host"])
def test_each_group_has_an_anchor_of_its_own(site: Site, by: str) -> None:
    block = f"```{{refblock}}\n:group: {by}\n```\n"
    site.write(refs=CHINESE_GROUPS, index=f"# A\n\n## B\n\n{block}\n## C\n\n{block}")
    built = site.build()
    ids = [str(section.get("id")) for section in built.page().cssselect("section section section")]

    assert built.warnings == []
    assert len(ids) == len(set(ids)) == (6 if by == "topic" else 4)
    assert ids[0] == {"topic": "topic-juan-ji", "host": "host-wei-xin-gong-zhong-hao"}[by]


@pytest.mark.parametrize(("filter_", "shown"), [("cited", ["a"]), ("not cited", ["b"])])
def test_a_block_that_asks_what_is_cited_cannot_be_grouped_and_says_so(
    site: Site, filter_: str, shown: list[str]
) -> None:
    site.write(
        refs=CHINESE_GROUPS, index=f"# A\n\n{{cite:t}}`a`\n\n```{{refblock}}\n:filter: {filter_}\n:group: topic\n```\n"
    )
    built = site.build(suppress_warnings=["refblock.not_shown", "refblock.cited_not_shown"])

    (warning,) = built.warnings
    assert "index.md:5: " in warning
    assert "[refblock.bad_filter]" in warning
    assert any("不能分组" in problem.text_content() for problem in built.page().cssselect(".refblock-problem"))
    assert keys(built) == shown


def test_a_filter_may_ask_what_is_cited(site: Site) -> None:
    site.write(
        refs=REFS,
        index="# A\n\n```{toctree}\nb\n```\n\n```{refblock}\n:filter: cited\n```\n",
        b="# B\n\nSee {cite:t}`paper`.\n\n```{refblock}\n:filter: not cited\n```\n",
    )
    built = site.build()

    assert built.warnings == []
    assert keys(built) == ["paper"]
    assert keys(built, "b") == ["post", "other"]


HOSTILE = '<script>alert(1)</script>" onmouseover="x\' &amp; %s ]]>'


def test_hostile_titles_stay_text(site: Site) -> None:
    site.write(
        refs=f'@online{{x, title = {{{HOSTILE}}}, titleaddon = {{中文 {HOSTILE}}}, url = {{https://example.org/"><b>}}}}\n',
        index="# A\n\nSee {cite:t}`x`.\n\n```{refblock}\n```\n",
    )
    built = site.build(language="en")
    found = entry(built, "x")

    assert found.cssselect(".refblock-title")[0].text_content() == HOSTILE
    assert found.cssselect(".refblock-title")[0].get("href") == 'https://example.org/"><b>'
    assert not built.page().cssselect("ol script, [onmouseover], ol b")
    assert any("[refblock.markup]" in warning for warning in built.warnings)


def test_hostile_titles_leave_a_book_well_formed(site: Site) -> None:
    site.write(
        refs=f'@online{{a:b, title = {{{HOSTILE}}}, date = {{2020}}, url = {{https://example.org/"><b>&}}}}\n',
        index="# A\n\nSee {cite:t}`a:b`.\n\n```{refblock}\n:group: year\n```\n\n```{refblock-timeline}\n```\n",
    )
    # Parsed strictly, as a reader of books does.
    page = etree.parse(site.build("epub", version="1").folder / "index.xhtml").getroot()
    texts = [str(text) for text in page.xpath("//text()")]

    assert not page.xpath(
        "//*[@onmouseover] | //*[local-name() = 'b' or local-name() = 'script'][contains(., 'alert')]"
    )
    # The title leads the entry, names a mark of the timeline, and is what the citation says.
    assert len([text for text in texts if HOSTILE in text]) == 3
    assert (
        len(
            page.xpath(
                "//*[@title or @aria-label][contains(@title, $said) or contains(@aria-label, $said)]", said=HOSTILE
            )
        )
        == 2
    )


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", " JaVaScRiPt:alert(1)", "data:text/html,x", "//evil", "file:///etc"]
)
def test_an_address_that_is_not_http_or_mailto_is_no_link(site: Site, url: str) -> None:
    site.write(refs=f"@online{{x, title = {{X y}}, url = {{{url}}}}}\n", index="# A\n\n```{refblock}\n```\n")
    built = site.build()

    assert not entry(built, "x").cssselect("a")
    assert "链接未显示" in entry(built, "x").text_content()
    assert any(
        "refs.bib:1: WARNING: x: url" in warning and "[refblock.unsafe_url]" in warning for warning in built.warnings
    )


@pytest.mark.parametrize(
    ("fields", "href", "shows"),
    [
        ("doi = {10.1000/xyz}", "https://doi.org/10.1000/xyz", "DOI:10.1000/xyz"),
        ("doi = {https://doi.org/10.1000/xyz}", "https://doi.org/10.1000/xyz", "DOI:10.1000/xyz"),
        ("eprint = {2004.13379}, eprinttype = {arxiv}", "https://arxiv.org/abs/2004.13379", "arXiv:2004.13379"),
        (
            "eprint = {hep-th/9901001}, archiveprefix = {arXiv}",
            "https://arxiv.org/abs/hep-th/9901001",
            "hep-th/9901001",
        ),
    ],
)
def test_an_entry_without_an_address_leads_to_its_identifier(site: Site, fields: str, href: str, shows: str) -> None:
    site.write(refs=f"@misc{{x, title = {{X y}}, {fields}}}\n", index="# A\n\n```{refblock}\n```\n")
    found = entry(site.build(), "x")

    assert found.cssselect("a.refblock-title")[0].get("href") == href
    assert shows in found.text_content()


def test_an_entry_with_a_title_alone_shows_that_in_its_own_language(site: Site) -> None:
    site.write(refs="@misc{x, title = {注意力}}\n@misc{y, author = {张三}}\n", index="# A\n\n```{refblock}\n```\n")
    built = site.build(language="en")

    assert entry(built, "x").cssselect(".refblock-title")[0].get("lang") == "zh-Hans"
    assert not entry(built, "x").cssselect(".refblock-parallel, .refblock-mark, a")
    assert entry(built, "y").cssselect(".refblock-title")[0].text_content() == "y"
    assert any("[refblock.no_title]" in warning for warning in built.warnings)


def test_an_entry_without_a_title_shows_its_address(site: Site) -> None:
    address = "https://example.org/一文?id=1&b=2"
    site.write(refs=f"@online{{x, url = {{{address}}}}}\n", index="# A\n\n```{refblock}\n```\n")
    built = site.build()
    (title,) = entry(built, "x").cssselect("a.refblock-title")

    assert title.text_content() == address
    assert any(f"{address!r} stands in for it" in warning for warning in built.warnings)
