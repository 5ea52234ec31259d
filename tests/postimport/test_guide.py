"""The guide, followed to the letter: from an empty folder to the site in two languages."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest
from lxml import html

from tests.outside import run
from tests.postimport.field import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser

GUIDE = ROOT / "docs" / "extension" / "postimport.md"
POSTS = {
    "2020-01-02-first.md": "---\nlayout: post\ntitle: 深度学习（一）——多任务学习\n---\n\n* toc\n{:toc}\n\n# 教程\n\n"
    "http://cs330.stanford.edu/\n\nCS 330: Deep Multi-Task and Meta Learning\n\n## 论文\n\n《A Paper》\n\n"
    "![](/images/a.png)\n\n$$\nL = \\sum_i w_i L_i\n$$\n\n行内 $a_i$ 公式；见[第二篇](/2020/02/03/second.html)。\n\n"
    "```pythn\nx_1 = '{a}'\n```\n\nhttps://mp.weixin.qq.com/s/abc_DEF\n\n一文\"看透\"多任务学习 50% {花} & C# \\\\\n",
    "2020-02-03-second.md": "+++\ntitle = 'Second: [x] <y> *z*'\n+++\n\n##### 五级\n\n- [甲](https://zhuanlan.zhihu.com/p/1)\n\n"
    "# 一级\n\n% 百分号\n\n{{% notice %}}正文{{% /notice %}}[^1]\n\n[^1]: 脚注 [乙](https://example.org/1)。\n",
}


def commands() -> list[str]:
    """Give the commands of the guide's first section: one a block."""
    section = GUIDE.read_text(encoding="utf-8").split("\n## ")[1]
    return re.findall(r"```shell\n(.*?)```", section, re.DOTALL)


def test_the_guide_leads_to_a_site_in_two_languages_in_six_commands(
    wheel: Path, pins: Path, tmp_path: Path, serve: Callable[..., str], chromium: Browser
) -> None:
    for name, text in POSTS.items():
        path = tmp_path / "blog" / "_posts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    empty = tmp_path / "empty"
    empty.mkdir()
    steps = commands()
    for step in steps:
        told = step.replace("CHECKOUT", str(wheel)).replace("~/blog/_posts", str(tmp_path / "blog" / "_posts"))
        # What a reader would see as a warning fails here.
        told = told.replace("sphinx-build", "sphinx-build -q -n -W --keep-going")
        done = run("sh", "-ec", told, folder=empty, PIP_CONSTRAINT=str(pins), PIP_DISABLE_PIP_VERSION_CHECK="1")
        if done.returncode and "pip install" in step and not os.environ.get("CI"):
            pytest.skip(f"nothing can be installed here: {done.stderr.strip()}")
        assert (done.returncode, done.stderr if "sphinx-build" in step else "") == (0, ""), f"{told}\n{done.stderr}"

    assert len(steps) <= 6
    # One command is one command: no block holds two.
    assert not [step for step in steps if "&&" in step or ("\n" in step.strip() and "<<" not in step)]
    page = html.parse(empty / "html" / "first.html", html.HTMLParser(encoding="utf-8")).getroot()
    assert [link.get("href") for link in page.cssselect("a.refblock-title[href]")] == [
        "http://cs330.stanford.edu/", "https://mp.weixin.qq.com/s/abc_DEF"
    ]  # fmt: skip
    assert page.cssselect("div.math")
    assert page.cssselect("a[href^='second.html']")
    with chromium.new_context() as context:
        shown = context.new_page()
        shown.goto(f"{serve(empty / 'html')}/index.html")
        shown.locator(".toctree-wrapper").get_by_role("link", name="深度学习（一）——多任务学习").click()
        shown.get_by_role("link", name='一文"看透"多任务学习 50% {花} & C# \\').wait_for()
        shown.get_by_role("link", name="English").first.click()
        assert shown.url.endswith("/en/first.html")
        assert shown.locator("html").get_attribute("lang") == "en"


def test_the_guide_gives_the_same_commands_in_english() -> None:
    """Code is not translated, and the catalog names no other."""
    catalog = (ROOT / "docs/locale/en/LC_MESSAGES/extension/postimport.po").read_text(encoding="utf-8")

    assert len(commands()) == 6
    assert "sphinx-build" not in catalog
