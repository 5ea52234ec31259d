"""How long it takes to bring a whole blog over, and how much memory, beside a quarter of that blog.

The posts are as many as the seed post's own blog has, with as many links, in the ways in which people write them.

Run it with ``nox -s bench -- postimport``, or ``python tests/bench/postimport_bench.py [POSTS LINKS]``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Final

WAYS: Final = (
    "{url}\n\n{title}\n\n",
    "{url}\n\n{title}\n\n",
    "{url}\n\n{title}\n\n",
    "[{title}]({url})\n\n",
    "- [{title}]({url})\n\n",
    "<{url}>\n\n{title}\n\n",
    "一段正文，提到[{title}]({url})，还有公式 $x_i^2$ 和`代码`。\n\n",
)
HOSTS: Final = ("mp.weixin.qq.com/s/", "zhuanlan.zhihu.com/p/", "blog.csdn.net/a/article/details/", "example.org/")


def write_posts(folder: Path, posts: int, links: int) -> None:
    """Write that many posts with that many links in all, each address once."""
    number = 0
    ways, hosts = cycle(WAYS), cycle(HOSTS)
    for post in range(posts):
        text = f"---\nlayout: post\ntitle: 深度学习（{post}）\n---\n\n* toc\n{{:toc}}\n\n# 标题\n\n## 参考\n\n"
        for way in islice(ways, links * (post + 1) // posts - number):
            address = f"https://{next(hosts)}{number:07x}Ab"
            text += way.format(url=address, title=f"第 {number} 篇：多任务学习与注意力机制综述 (Survey)")
            number += 1
        (folder / f"{2015 + post * 10 // posts}-01-01-{post:04d}.md").write_text(text, encoding="utf-8")


def main(posts: int = 817, links: int = 25_000) -> None:
    """Measure, and print a table."""
    print("| posts | links | run | seconds | most memory |")
    print("|---|---|---|---|---|")
    for part in (4, 1):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "posts").mkdir()
            write_posts(folder / "posts", posts // part, links // part)
            for run in ("first", "again"):
                seconds, memory = _measure(folder)
                print(f"| {posts // part} | {links // part} | {run} | {seconds:.1f} | {memory:.0f} MB |", flush=True)


def _measure(folder: Path) -> tuple[float, float]:
    command = [sys.executable, "-m", "postimport", "posts", "--bib", "refs.bib", "--pages", "pages"]
    start = time.monotonic()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as process:  # our own arguments
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"it failed with {process.returncode}")
    return time.monotonic() - start, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
