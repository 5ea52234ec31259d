"""Posts as people write them: each link comes out once, with its title, in order, and the rest stays in place."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postimport.importing import plan
from postimport.post import read_post
from postimport.writing import write_files
from refblock.bibdata import read_bib

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
MORE = {
    "no blank lines, in either order": Case(
        f"{X}1\n第一篇\n{X}2\n第二篇\n{X}3  \n第三篇\n\n## 二\n\n甲\n{X}4\n乙\n{X}5\n",
        [(f"{X}1", "第一篇"), (f"{X}2", "第二篇"), (f"{X}3", "第三篇"), (f"{X}4", "甲"), (f"{X}5", "乙")],
    ),
    "headings of every kind": Case(
        f"大标题\n======\n\n{X}1\n\n甲\n\n小标题\n---\n{X}2\n乙\n##紧挨着的\n"
        f"{X}3\n\n丙\n#### 隔了一级 {{#id}}\n{X}4\n\n丁\n",
        [(f"{X}1", "甲"), (f"{X}2", "乙"), (f"{X}3", "丙"), (f"{X}4", "丁")],
        ("## 大标题", "### 小标题", "### 紧挨着的", "#### 隔了一级"),
    ),
    "Chinese punctuation and words at addresses": Case(
        f"看{X}1，或（{X}2）。\n\n{X}3。\n\n丙\n\n{X}4：丁\n\n见{X}5和别的。\n\nhttps://zh.wikipedia.org/wiki/注意力（心理学）\n\n己\n",
        [
            (f"{X}1", ""), (f"{X}2", ""), (f"{X}3", "丙"), (f"{X}4", "丁"), (f"{X}5", ""),
            ("https://zh.wikipedia.org/wiki/注意力（心理学）", "己"),
        ],
        (f"看{X}1", f"见{X}5和"),
        doubts=1,
    ),
    "brackets and blanks in addresses": Case(
        f"[甲]({X}a_(b))\n\n{X}c_(d)\n\n乙\n\n[丙]({X}a b.pdf)\n\n"
        f"<{X}c d.pdf>\n\n丁\n\n（又见 {X}e_(f)）\n\n[戊 [i]]({X}g)\n",
        [
            (f"{X}a_(b)", "甲"), (f"{X}c_(d)", "乙"), (f"{X}a%20b.pdf", "丙"), (f"{X}c%20d.pdf", "丁"),
            (f"{X}e_(f)", ""), (f"{X}g", "戊 [i]"),
        ],
    ),
    "footnotes and every form of reference": Case(
        f"见[甲][a]、[乙][]和[丙]，脚注[^1]。\n\n"
        f"[^1]: 李四，{X}4\n\n[A]: <{X}1>\n[乙]: {X}2\n[丙]: {X}3 '题'\n[丁]: {X}5\n",
        [(f"{X}1", "甲"), (f"{X}2", "乙"), (f"{X}3", "丙"), (f"{X}4", ""), (f"{X}5", "丁")],
        ("见[甲][a]", "[^1]: 李四", f"[A]: <{X}1>"),
    ),
    "tags of blogs' programs": Case(
        f'{{% include video.html url="{X}1" title="视频" %}}\n\n{{{{< figure src="/a.png" caption="图" >}}}}\n\n'
        f'{{% raw %}}\n{{{{ 原样 }}}}\n{{% endraw %}}\n\n[甲]({X}2){{:target="_blank"}}\n\n'
        f'{{{{< highlight go >}}}}\nget("{X}no")\n{{{{< /highlight >}}}}\n\n$e^{{{{x}}}}$ 和 `{{{{ y }}}}`\n',
        [(f"{X}1", "视频"), (f"{X}2", "甲")],
        ("![图](/a.png)", "{{ 原样 }}", "```go", "$e^{{x}}$ 和 `{{ y }}`"),
    ),
    "HTML within Markdown": Case(
        f"见<a href='{X}1?a=1&amp;b=2' target=_blank>甲</a>和<a href={X}2><b>乙</b></a>。\n\n"
        f"<div>\n<a href=\"{X}3\">丙</a> 裸的 {X}4\n</div>\n\n<script>\nopen('{X}no')\n</script>\n\n"
        f"{X}5\n\n<font color=\"red\">丁</font> List<String>\n",
        [(f"{X}1?a=1&b=2", "甲"), (f"{X}2", "乙"), (f"{X}3", "丙"), (f"{X}4", ""), (f"{X}5", "丁 List<String>")],
    ),
    "lists of many kinds": Case(
        f"- {X}1\n  甲\n- 乙：{X}2\n- [ ] [丙]({X}3)\n  - [丁]({X}4)\n\n1. {X}5 戊\n2. [己]({X}6)\n\n"
        f"* [庚]({X}7) 和 [辛]({X}8)\n",
        [(f"{X}{n}", title) for n, title in enumerate("甲乙丙丁戊己庚辛", start=1)],
        ("* [庚]",),
    ),
    "a title that is already there, and prose behind it": Case(
        f"[甲]({X}1)\n\n后面是正文。\n\n[![徽章](https://e.org/b.svg)]({X}2)\n\n[{X}3]({X}3)\n",
        [(f"{X}1", "甲"), (f"{X}2", "徽章"), (f"{X}3", "")],
        ("后面是正文。",),
    ),
    "pictures beside links": Case(
        f"[甲]({X}1) ![图](/a.png)\n\n- [乙]({X}2) ![图](/b.png)\n\n{X}3\n\n"
        f"![图](/c.png) 丙\n\n<img src=/d.png> [丁]({X}4)\n",
        [(f"{X}1", "甲"), (f"{X}2", "乙"), (f"{X}3", ""), (f"{X}4", "丁")],
        ("![图](/a.png)", "![图](/b.png)", "![图](/c.png) 丙", "<img src=/d.png>"),
    ),
    "what leads to links, and is no title": Case(
        f"# 一\n\n这里有两篇。\n\n{X}1\n\n甲\n\n{X}2\n\n乙\n\n# 二\n\n**论文**\n\n{X}3\n\n丙\n",
        [(f"{X}1", "甲"), (f"{X}2", "乙"), (f"{X}3", "丙")],
        ("这里有两篇。", "**论文**"),
    ),
    "a sentence before a link": Case(f"下面这篇讲得不错。\n\n{X}1\n", [(f"{X}1", "下面这篇讲得不错。")], doubts=1),
    "parameters": Case(
        f"{X}?b=%E4%B8%AD&utm_source=a&c&utm_medium=b&d=MzI==#utm_x\n\n甲\n\n{X}?utm_source=a\n\n乙\n\n"
        f"{X}{{id}}|x?a&b\n\n丙\n\nHTTPS://EXAMPLE.ORG/A\n\n丁\n",
        [
            (f"{X}?b=%E4%B8%AD&c&d=MzI==#utm_x", "甲"), (X, "乙"), (f"{X}%7Bid%7D%7Cx?a&b", "丙"),
            ("HTTPS://EXAMPLE.ORG/A", "丁"),
        ],
    ),
}  # fmt: skip
"""More, of what the first ten leave out."""


def links_of(text: str) -> list[tuple[str, str]]:
    return [(link.url, link.title) for link in read_post(text, "post").links]


@pytest.mark.parametrize("case", (POSTS | MORE).values(), ids=POSTS | MORE)
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


SECTION = tuple[str, str, list[tuple[str, str]]]
"""What stands before some links, the way in which they are written, and they."""
TITLES = st.lists(
    st.sampled_from(
        [*"多任务学习与注意力 aZ09", "“引”", "（括）", "：", "，", "《书》", "{花}", "50%", "C#", "A&B", "@x", "~"]
    ),
    min_size=1,
    max_size=12,
).map(lambda parts: f"题{' '.join(''.join(parts).split())}末")
ENDS = st.sampled_from(
    [
        *"/-_=~+",
        "",
        "?a=1&b=2",
        "?b=MzI==&chksm=4",
        "#节",
        "/注意力",
        "/a_(b)",
        "?utm_source=x",
        "%E4%B8%AD",
        "?q=学习&n=1",
    ]
)
LINKS = st.tuples(ENDS, TITLES)
RUNS = st.sampled_from(
    [
        "{url}\n\n{title}\n\n",
        "{url}\n{title}\n\n",
        "<{url}>\n\n**{title}**\n\n",
        "{title}\n\n{url}\n\n",
        "{title}\n{url}\n\n",
        "[{title}]({url})\n\n",
        "[{title}](<{url}> '提示')\n\n",
        "{url} {title}\n\n",
        "- [{title}]({url})\n",
        "- {url}\n  {title}\n",
        "1. {title}：{url}\n",
        "> 引用[{title}]({url})。\n>\n",
        "| 甲 | [{title}]({url}) |\n|---|---|\n\n",
        "正文里的[{title}]({url})，还有话。\n\n",
        '<p><a class="x" href="{url}">{title}</a></p>\n\n',
        '正文<a href="{url}">{title}</a>。\n\n',
    ]
)
"""A way of writing that makes clear whose a title is."""
BETWEEN = st.sampled_from(
    [
        "## 小节\n\n",
        "##紧挨着\n",
        "小节\n---\n\n",
        "```\nhttps://example.org/no\n```\n\n",
        "~~~python\nhttps://example.org/no\n~~~\n\n",
        "    https://example.org/no\n\n",
        "![](x.png)\n\n",
        "$$\nx^2 = https://example.org/no\n$$\n\n",
        "`https://example.org/no` 和 $y$ 是一段说明：\n\n",
        "***\n\n",
        "| a |\n|---|\n| b |\n\n",
        "<!-- https://example.org/no -->\n\n",
        "{% include x.html %}\n\n## 标签\n\n",
    ]
)
SECTIONS = st.lists(st.tuples(BETWEEN, RUNS, st.lists(LINKS, min_size=1, max_size=4)), max_size=6)


def post_of(sections: list[SECTION], *, repeat: bool = False) -> tuple[str, list[tuple[str, str]]]:
    """Write a post, and give its links as they were written into it, without a look at the importer."""
    text = ""
    wanted: list[tuple[str, str]] = []
    for between, way, links in sections:
        # A heading ends what came before, so that no run leans on another.
        text += f"\n# 节\n\n{between}"
        for end, title in links:
            number = 0 if repeat else len(wanted)
            text += way.format(url=f"{X}{number}{end}", title=title)
            wanted.append((f"{X}{number}{end.replace('?utm_source=x', '')}", title))
    return text, wanted


GENERATED = settings(
    deadline=None, derandomize=True, database=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow]
)


@GENERATED
@given(SECTIONS)
def test_as_many_links_come_out_as_go_in_always(sections: list[SECTION]) -> None:
    text, wanted = post_of(sections)

    assert links_of(text) == wanted


@settings(GENERATED, max_examples=60)
@given(st.lists(SECTIONS, max_size=3), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_the_report_is_balanced_and_the_bib_file_holds_each_address_once_with_its_first_title(
    tmp_path_factory: pytest.TempPathFactory,
    blog: list[list[SECTION]],
    ends: str,
    encoding: str,
) -> None:
    folder = tmp_path_factory.mktemp("blog")
    wanted: list[tuple[str, str]] = []
    posts = []
    for number, sections in enumerate(blog):
        text, links = post_of(sections, repeat=True)
        posts.append(folder / f"{number}.md")
        posts[-1].write_bytes(f"# 文章\n{text}".replace("\n", ends).encode(encoding))
        wanted += links
    planned = plan(posts, folder / "refs.bib", folder / "pages", lambda *_: None)
    write_files(planned.files, planned.before)
    report = planned.report
    first = dict(reversed(wanted))
    entries = read_bib([folder / "refs.bib"], ["refs.bib"]).entries if wanted else ()

    assert report.faults == []
    assert report.links_in == len(wanted)
    assert report.links_out == len(first) == report.links_in - len(report.merged)
    assert {entry.url: entry.title.text for entry in entries if entry.url} == first
    assert len([entry for entry in entries if entry.url]) == len(first)
    again = plan(posts, folder / "refs.bib", folder / "pages", lambda *_: None)
    assert again.files == {}
    assert (again.report.links_in, again.report.links_out) == (report.links_in, report.links_out)


@pytest.mark.parametrize(
    "opened", ["{% highlight c %}\n", "{% raw %}", "{%", "{{<", "[", "![", "[a](", "`", "$$", "<a href=", "《"]
)
def test_what_is_opened_ten_thousand_times_and_never_closed_is_read_to_its_end(opened: str) -> None:
    """Time that grows with the square of these would show as a test that does not end."""
    post = read_post(f"{opened * 10_000}\n\n# 节\n\n{X}1\n\n甲\n", "post")

    assert any(f"{X}1" in part.text or f"{X}1" in {link.url for link in part.links} for part in post.parts)


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
