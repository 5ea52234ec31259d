"""Posts as people write them: each link comes out once, with its title, in order, and the rest stays in place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postimport.post import read_post
from refblock.bibdata import read_bib

ROOT = Path(__file__).parents[2]
X = "https://example.org/"


@dataclass(frozen=True)
class Case:
    """A post, and what must come of it."""

    text: str
    links: list[tuple[str, str]]
    kept: tuple[str, ...] = ()
    """Texts that must stand on the page, in this order."""
    doubts: int = 0


POSTS = {
    "address, then title": Case(
        f"# 一\n\n{X}1\n\n第一篇：综述\n\n{X}2\n\nSecond, *with* emphasis\n\n## 二\n\n{X}3\n\n“第三篇”\n",
        [(f"{X}1", "第一篇：综述"), (f"{X}2", "Second, with emphasis"), (f"{X}3", "“第三篇”")],
        ("## 一", "### 二"),
    ),
    "title, then address": Case(
        f"标题一\n\n{X}1\n\n标题二\n\n{X}2\n\n标题三\n\n{X}3\n",
        [(f"{X}1", "标题一"), (f"{X}2", "标题二"), (f"{X}3", "标题三")],
    ),
    "addresses alone, in angles, and with titles on one line": Case(
        f"{X}1\n\n<{X}2>\n\n{X}3 第三篇\n\n{X}4 a.pdf\n",
        [(f"{X}1", ""), (f"{X}2", ""), (f"{X}3", "第三篇"), (f"{X}4%20a.pdf", "")],
    ),
    "links with titles, in lists and paragraphs": Case(
        f'- [一]({X}1)\n- [二 [v2]]({X}2 "提示")——很好\n\n[三]({X}3(a))\n\n看[四]({X}4)和 {X}5，都不错。\n',
        [(f"{X}1", "一"), (f"{X}2", "二 [v2]"), (f"{X}3(a)", "三"), (f"{X}4", "四"), (f"{X}5", "")],
        ("看[四]", "都不错。"),
    ),
    "several titles, and remarks": Case(
        f"{X}1\n\n题目\n\n另一个说法\n\n{X}2\n\n第二篇\n", [(f"{X}1", "题目"), (f"{X}2", "第二篇")], doubts=1
    ),
    "a text before and one behind": Case(f"前\n\n{X}1\n\n后\n", [(f"{X}1", "后")], ("前",), doubts=1),
    "code, formulas, pictures and remarks hold no links": Case(
        f"```\n{X}no\n```\n\n    {X}no\n\n`{X}no` 是代码。\n\n$$\nu = {X}no\n$$\n\n"
        f"![图]({X}no.png)\n\n<!-- {X}no -->\n\n"
        f"{{% highlight python %}}\nget('{X}no')\n{{% endhighlight %}}\n\n{X}yes\n\n有\n",
        [(f"{X}yes", "有")],
        (f"```\n{X}no", "$$", "<!--", "```python"),
    ),
    "odd addresses": Case(
        "https://mp.weixin.qq.com/s?__biz=a&mid=1&idx=2&sn=3&chksm=4&utm_source=x#rd\n\n甲\n\n"
        "http://zh.wikipedia.org/wiki/注意力\n\n乙\n\nhttps://e.org/a_b_c*d?x=1&y=2#f_g\n\n丙\n",
        [
            ("https://mp.weixin.qq.com/s?__biz=a&mid=1&idx=2&sn=3&chksm=4#rd", "甲"),
            ("http://zh.wikipedia.org/wiki/注意力", "乙"),
            ("https://e.org/a_b_c*d?x=1&y=2#f_g", "丙"),
        ],
    ),
    "tables, HTML, quotations and references": Case(
        f'| 名 | 址 |\n|---|---|\n| 甲 | [乙]({X}1) |\n\n<p><a href="{X}2?a=1&amp;b=2">丙</a></p>\n\n> 见 [丁][d]。\n\n'
        f'[d]: {X}3 "丁的题"\n[未用]: {X}4\n',
        [(f"{X}1", "乙"), (f"{X}2?a=1&b=2", "丙"), (f"{X}3", "丁"), (f"{X}4", "未用")],
        ("| 甲 |", "<p>", "> 见"),
    ),
    "works named by title, prose and formulas in titles": Case(
        f"* toc\n{{:toc}}\n\n## 论文\n\n《Deep *Nets*》\n\n《甲》、《乙》\n\n下面是一段说明：\n\n{X}1\n\n"
        "关于$O(n^2)$的注意力 \\*\n\n这是一段话。\n\n结尾。\n",
        [("", "Deep Nets"), ("", "甲"), ("", "乙"), (f"{X}1", "关于$O(n^2)$的注意力 *")],
        ("论文", "下面是一段说明："),
        doubts=1,
    ),
}
"""The last has prose behind its link that might be a remark, and says so."""


def links_of(text: str) -> list[tuple[str, str]]:
    return [(link.url, link.title) for link in read_post(text, "post").links]


@pytest.mark.parametrize("case", POSTS.values(), ids=POSTS)
def test_each_link_comes_out_once_with_its_title_in_order(case: Case) -> None:
    post = read_post(f"---\ntitle: 题\n---\n\n{case.text}", "post")
    text = "\n".join(part.text for part in post.parts)
    places = [text.find(kept) for kept in case.kept]

    assert [(link.url, link.title) for link in post.links] == case.links
    assert len([link for link in post.links if link.doubt]) == case.doubts
    assert post.title == "题"
    assert -1 not in places
    assert places == sorted(places)


def test_what_stands_by_an_address_and_is_not_its_title_is_kept_beside_it() -> None:
    (link, _) = read_post(POSTS["several titles, and remarks"].text, "post").links

    assert link.also == ("另一个说法",)


def test_what_only_the_blog_understands_is_left_out_and_named() -> None:
    post = read_post("* toc\n{:toc}\n\n正文 text.\n\n{:.wide}\n", "post")

    assert post.left_out == ["* toc {:toc}", "{:.wide}"]


def test_the_post_s_own_links_are_those_of_the_list() -> None:
    """The post is rebuilt from the list of its links, as they stand in it: an address, a blank line, a title."""
    wanted = [
        json.loads(line) for line in (ROOT / "tests/data/post-links.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    text = ""
    under: list[str] = []
    for link in wanted:
        for level, heading in enumerate(link["headings"]):
            if under[: level + 1] != link["headings"][: level + 1]:
                text += f"{'#' * (level + 1)} {heading}\n\n"
        under = link["headings"]
        text += f"{link['url']}\n\n{link['title']}\n\n"
    by_url = {entry.url: entry.title.text for entry in read_bib([ROOT / "refs.bib"], ["refs.bib"]).entries}

    assert len(wanted) == 98
    assert links_of(text) == [(link["url"], link["title"]) for link in wanted]
    assert all(by_url[url] == title for url, title in links_of(text))


TITLES = st.text(st.sampled_from("多任务学习注意力机制 abcXYZ019“”（）：，-+"), min_size=2, max_size=30).map(
    lambda text: f"题{text.strip()}末"
)
PATHS = st.text(st.sampled_from("abcXYZ019-_/=&?"), min_size=1, max_size=20)
STYLES = st.sampled_from(
    ["{url}\n\n{title}", "<{url}>\n\n{title}", "[{title}]({url})", "- [{title}]({url})", "{url} {title}"]
)
BETWEEN = st.sampled_from(
    [
        "## 小节",
        "```\nhttps://example.org/no\n```",
        "![](x.png)",
        "$$\nx^2\n$$",
        "---",
        "一段说明：",
        "| a |\n|---|\n| b |",
    ]
)


@settings(
    deadline=None, derandomize=True, database=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow]
)
@given(st.lists(st.tuples(STYLES, PATHS, TITLES, BETWEEN), max_size=12, unique_by=lambda each: each[1]))
def test_as_many_links_come_out_as_go_in_always(parts: list[tuple[str, str, str, str]]) -> None:
    urls = [f"{X}{number}{path}z" for number, (_, path, _, _) in enumerate(parts)]
    text = "\n\n".join(
        f"{between}\n\n{style.format(url=url, title=title)}"
        for (style, _, title, between), url in zip(parts, urls, strict=True)
    )

    assert [url for url, _ in links_of(text)] == urls
    assert [title for _, title in links_of(text)] == [" ".join(title.split()) for _, _, title, _ in parts]


@settings(deadline=None, derandomize=True, database=None, max_examples=300)
@given(st.text(max_size=300))
def test_no_text_makes_it_stumble(text: str) -> None:
    read_post(text, "post")


@settings(deadline=None, derandomize=True, database=None, max_examples=200)
@given(
    st.lists(
        st.sampled_from(
            [f"{X}1", f"{X}2", "题目", "《书》", "[a](", ")", "- ", "> ", "# ", "`", "$$", "<", "\n", "\n\n", "    "]
        ),
        max_size=30,
    )
)
def test_no_bare_address_is_lost_in_any_mixture_but_in_code_and_formulas(parts: list[str]) -> None:
    text = "".join(parts)
    post = read_post(text, "post")
    shown = "\n".join([*(part.text for part in post.parts), *(link.url for link in post.links), *post.left_out])

    assert all(url in shown for url in (f"{X}1", f"{X}2") if url in text)
