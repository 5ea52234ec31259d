"""What a reference costs, beside a plain list and sphinxcontrib-bibtex's own bibliography, on the same machine.

Every site is generated from made-up titles, in Chinese and English, with one theme; each build is a process of its own.
All have Sphinx's own search, with jieba, without which it finds no Chinese; the table ``bare`` has none at all.
Figures are medians of three runs. Run it with ``nox -s bench -- refblock``, or, for one of its tables, with
``python tests/bench/refblock_bench.py NAME``. It writes what it measured to docs/_build/bench/refblock.json.
"""

from __future__ import annotations

import compileall
import gzip
import importlib.util
import json
import os
import platform
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT: Final = Path(__file__).parents[2]
RUNS: Final = 3
THEME: Final = "sphinx_book_theme"
CHINESE: Final = (
    "多任务学习",
    "注意力机制",
    "深度学习",
    "推荐系统",
    "自然语言处理",
    "计算机视觉",
    "图神经网络",
    "强化学习",
    "预训练模型",
    "机器翻译",
    "知识蒸馏",
    "一文看懂",
    "详解",
    "图解",
    "综述",
    "最新进展",
    "论文解读",
    "从入门到精通",
    "代码实现",
    "原理与应用",
    "工业界实践",
    "万字长文",
    "如何理解",
    "面试必备",
)
ENGLISH: Final = (
    "multi-task",
    "learning",
    "attention",
    "deep",
    "networks",
    "recommendation",
    "language",
    "vision",
    "graph",
    "reinforcement",
    "pre-training",
    "translation",
    "survey",
    "explained",
    "illustrated",
    "progress",
    "reading",
    "from",
    "scratch",
    "code",
    "principles",
    "practice",
    "review",
    "large",
)
LINKED: Final = ("alive", "gone", "blocked")
NO_SEARCH: Final = """
def no_search(app):
    app.builder.search = False

def setup(app, also=globals().get("setup", lambda app: None)):
    also(app)
    app.connect("builder-inited", no_search)
"""
ADDED: Final = {
    "COinS, for Zotero": r'<span class="Z3988".*?</span>',
    "JSON-LD, for search engines": r'<script type="application/ld\+json">.*?</script>',
    "pinyin, for the filter": r' data-pinyin="[^"]*"',
    "the words of the tools": r'<template id="refblock-tools".*?</template>',
}


@dataclass(frozen=True)
class Run:
    """What one build took."""

    seconds: float
    megabytes: float


def entries(number: int, pages: int) -> list[tuple[str, str, int]]:
    """Make up entries: the Chinese title, the English one, and the page; the same ones each time."""
    chance = random.Random(number)  # noqa: S311  # titles are no secrets
    return [
        (
            f"{''.join(chance.choices(CHINESE, k=4))}（{place}）",
            f"{' '.join(chance.choices(ENGLISH, k=8)).capitalize()} ({place})",
            place * pages // number,
        )
        for place in range(number)
    ]


def bib(number: int, pages: int) -> str:
    return "".join(
        f"@online{{k{place},\n  title = {{{chinese}}},\n  langid = {{chinese}},\n  titleaddon = {{{english}}},\n"
        f"  url = {{https://example.org/articles/{place}}},\n  organization = {{微信公众号}},\n"
        f"  keywords = {{p{page}, t{place % 12}}},\n"
        + (f"  related = {{k{place - 1}}},\n  relatedtype = {{reviewof}},\n" if place % 3 == 1 else "")
        + "  dateadded = {2026-11-24},\n}\n\n"
        for place, (chinese, english, page) in enumerate(entries(number, pages))
    )


def write_site(folder: Path, kind: str, number: int, pages: int, *, more: str = "") -> Path:
    """Write a site of one kind: ``refblock``, ``plain`` bullets, or sphinxcontrib-bibtex's ``bibliography``."""
    folder.mkdir(parents=True)
    extensions = {"refblock": ["refblock"], "plain": [], "bibliography": ["sphinxcontrib.bibtex"]}[kind]
    conf = f"""
extensions = {["myst_parser", *extensions]}
language = "zh_CN"
html_theme = {THEME!r}
html_baseurl = "https://list.example/"
author = "Somebody"
bibtex_bibfiles = ["refs.bib"]
"""
    if kind == "refblock":
        # A badge at each entry, as a check of links gives them.
        conf += f"""
def badges(app, entry):
    state = {LINKED}[len(entry.url) % 3]
    return [{{"name": state, "text": state}}]

def setup(app):
    app.connect("refblock-badges", badges)
    app.connect("refblock-badges-state", lambda app: "as ever")
"""
    (folder / "conf.py").write_text(conf + more, encoding="utf-8")
    if kind != "plain":
        (folder / "refs.bib").write_text(bib(number, pages), encoding="utf-8")
    names = "\n".join(f"p{page}" for page in range(pages))
    (folder / "index.md").write_text(f"# Index\n\n```{{toctree}}\n{names}\n```\n", encoding="utf-8")
    on_page: list[list[str]] = [[] for _ in range(pages)]
    for place, (chinese, english, page) in enumerate(entries(number, pages)):
        on_page[page].append(f"- [{chinese}](https://example.org/articles/{place})\n  {english}\n")
    for page in range(pages):
        wanted = f'"p{page}" in keywords'
        body = {
            "plain": "".join(on_page[page]),
            "refblock": f"```{{refblock}}\n:filter: type == 'online' and {wanted}\n```\n",
            # MyST would take a filter that begins with a quotation mark for YAML.
            "bibliography": f"```{{eval-rst}}\n.. bibliography::\n   :filter: {wanted}\n```\n",
        }[kind]
        (folder / f"p{page}.md").write_text(f"# Page {page}\n\n{body}", encoding="utf-8")
    return folder


def build(site: Path, *options: str, out: str = "_build/html") -> Run:
    """Build a site, and give what it took; stop if it has anything to warn of but what bibtex is known to say."""
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", *options, str(site), str(site / out)]
    path = os.pathsep.join([str(ROOT / "ext"), *filter(None, [os.environ.get("PYTHONPATH")])])
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, encoding="utf-8", env={**os.environ, "PYTHONPATH": path}
    )
    assert process.stderr
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status or ("refblock" in said and "WARNING" in said):
        sys.exit(f"{' '.join(command)}\n{said[-2000:]}")
    return Run(seconds, usage.ru_maxrss / 1024)


def fresh(site: Path, *options: str, runs: int = RUNS) -> Run:
    """Give the medians of builds from nothing."""
    results = []
    for _ in range(runs):
        shutil.rmtree(site / "_build", ignore_errors=True)
        results.append(build(site, *options))
    return median(results)


def again(site: Path, change: Callable[[int], None], *options: str) -> Run:
    """Give the medians of builds after a change each."""
    results = []
    for number in range(RUNS):
        change(number)
        results.append(build(site, *options))
    return median(results)


def median(results: Sequence[Run]) -> Run:
    return Run(
        statistics.median(result.seconds for result in results),
        statistics.median(result.megabytes for result in results),
    )


Table = dict[str, object]


def slope(folder: Path) -> Table:
    """The cost of one entry more, between 1,000 and 10,000, on one page and over fifty."""
    table: Table = {}
    for pages in (1, 50):
        cost = {}
        for kind in ("plain", "refblock", "bibliography"):
            runs = 1 if kind == "bibliography" else RUNS
            few, many = (
                fresh(write_site(folder / f"{kind}-{number}-{pages}", kind, number, pages), runs=runs)
                for number in (1_000, 10_000)
            )
            cost[kind] = (many.seconds - few.seconds) / 9_000 * 1000
            table[f"{kind}, {pages} pages"] = {
                "1,000 s": round(few.seconds, 2), "10,000 s": round(many.seconds, 2),
                "an entry ms": round(cost[kind], 3), "peak MB": round(many.megabytes),
            }  # fmt: skip
            if kind != "bibliography":
                table[f"_memory {kind} {pages}"] = many.megabytes
        table[f"refblock / plain, {pages} pages (limit 1.0)"] = round(cost["refblock"] / cost["plain"], 2)
        table[f"refblock / bibliography, {pages} pages (limit 0.25)"] = round(
            cost["refblock"] / cost["bibliography"], 2
        )
        memory = [table.pop(f"_memory {kind} {pages}") for kind in ("refblock", "plain")]
        table[f"memory refblock / plain, {pages} pages (limit 1.3)"] = round(float(memory[0]) / float(memory[1]), 2)  # type: ignore[arg-type]  # numbers, as put in above
    return table


def bare(folder: Path) -> Table:
    """No search index at all, fifty pages: what is left is the theme's and ours, for the record."""
    cost, table = {}, dict[str, object]()
    for kind in ("plain", "refblock"):
        sites = [
            write_site(folder / f"bare-{kind}-{number}", kind, number, 50, more=NO_SEARCH) for number in (1_000, 10_000)
        ]
        few, many = map(fresh, sites)
        cost[kind] = {
            "an entry": (many.seconds - few.seconds) / 9_000 * 1000,
            "nothing changed": again(sites[1], lambda _: None).seconds,
            "a page touched": again(sites[1], toucher(sites[1])).seconds,
        }
        table |= {f"{kind}, {what}": round(value, 3) for what, value in cost[kind].items()}
    return {
        **table,
        **{
            f"refblock / plain, {what}": round(value / cost["plain"][what], 2)
            for what, value in cost["refblock"].items()
        },
    }


def toucher(site: Path) -> Callable[[int], None]:
    """Give the function that adds a line to one page."""

    def touch(number: int) -> None:
        page = site / "p7.md"
        page.write_text(f"{page.read_text(encoding='utf-8')}\nTouched {number}.\n", encoding="utf-8")

    return touch


def citing_site(folder: Path, kind: str, *, listing: str, more: str) -> Path:
    """Write a site of 3,000 entries, of which sixty pages cite forty each."""
    site = write_site(folder, kind, 3_000, 1, more=f'\nsuppress_warnings = ["refblock.not_shown"]\n{more}')
    names = [f"c{page}" for page in range(60)]
    for page, name in enumerate(names):
        # Of a key that stands in several of its bibliographies, sphinxcontrib-bibtex wants to know which.
        prefix = f"{name}-" if kind == "bibliography" and listing else ""
        cited = " ".join(f"{{cite:t}}`{prefix}k{(page * 47 + place * 61) % 3000}`" for place in range(40))
        (site / f"{name}.md").write_text(f"# Cited {page}\n\n{cited}\n\n{listing.format(prefix)}", encoding="utf-8")
    if listing:
        (site / "p0.md").write_text("# Nothing\n", encoding="utf-8")
    index = site / "index.md"
    index.write_text(index.read_text(encoding="utf-8").replace("p0", "\n".join(["p0", *names])), encoding="utf-8")
    return site


def citations(folder: Path) -> Table:
    """3,000 entries, of which sixty pages cite forty each: with a list on each of what it cites, and one of all."""
    bibliography = "```{{eval-rst}}\n.. bibliography::\n   :filter: docname in docnames\n   :keyprefix: {}\n```\n"
    refblock = "```{{refblock}}\n:filter: docname in docnames\n```\n"
    # sphinxcontrib-bibtex's users put a bibliography on each page; the figure of one list is for the record.
    kinds = (
        ("a list on each page", {"refblock": refblock, "bibliography": bibliography}, "", " (limit 0.05)"),
        ("a list on each page, no search", {"refblock": refblock, "bibliography": bibliography}, NO_SEARCH, ""),
        ("one list", {"refblock": "", "bibliography": ""}, "", ""),
    )
    table: Table = {}
    for number, (name, texts, more, limit) in enumerate(kinds):
        seconds = {
            kind: fresh(
                citing_site(folder / f"cited-{kind}-{number}", kind, listing=listing, more=more),
                runs=1 if kind == "bibliography" else RUNS,
            ).seconds
            for kind, listing in texts.items()
        }
        table |= {f"{name}, {kind} s": round(value, 2) for kind, value in seconds.items()}
        table[f"{name}, refblock / bibliography{limit}"] = round(seconds["refblock"] / seconds["bibliography"], 3)
    return table


def incremental(folder: Path) -> Table:
    """10,000 entries on fifty pages, built before: nothing changed, a page touched, an entry edited."""
    seconds: dict[str, float] = {}
    for kind in ("plain", "refblock"):
        site = write_site(folder / f"again-{kind}", kind, 10_000, 50)
        build(site)
        seconds[f"{kind}, nothing changed"] = again(site, lambda _: None).seconds
        seconds[f"{kind}, a page touched"] = again(site, toucher(site)).seconds
    site = folder / "again-refblock"

    def edit(number: int) -> None:
        path = site / "refs.bib"
        path.write_text(re.sub(r"\(5000\)[^}]*\}", f"(5000) {number}}}", path.read_text(encoding="utf-8")), "utf-8")

    seconds["refblock, an entry edited"] = again(site, edit).seconds
    ratio = {
        "nothing changed, refblock / plain (limit 1.15)": ("refblock, nothing changed", "plain, nothing changed"),
        "a page touched, refblock / plain (limit 1.15)": ("refblock, a page touched", "plain, a page touched"),
        "an entry edited / a page touched (limit 1.5)": ("refblock, an entry edited", "refblock, a page touched"),
    }
    return {
        **{f"{name} s": round(value, 2) for name, value in seconds.items()},
        **{name: round(seconds[one] / seconds[other], 2) for name, (one, other) in ratio.items()},
    }


def parallel(folder: Path) -> Table:
    """Fifty pages with 10,000 entries, by one process and by two."""
    site = write_site(folder / "parallel", "refblock", 10_000, 50)
    one, two = fresh(site, "-j", "1"), fresh(site, "-j", "2")
    return {
        "-j 1 s": round(one.seconds, 2),
        "-j 2 s": round(two.seconds, 2),
        "-j 2 / -j 1 (below 1)": round(two.seconds / one.seconds, 2),
    }


def fixed(folder: Path) -> Table:
    """What a build costs before any entry, with Pagefind and with Sphinx's own index: an empty site, and this one."""
    own = folder / "own"
    shutil.copytree(ROOT / "docs", own / "docs", ignore=shutil.ignore_patterns("_build"))
    for name in ("refs.bib", "tests"):
        (own / name).symlink_to(ROOT / name)
    empty = write_site(folder / "empty", "plain", 0, 1, more='extensions += ["sphinx_pagefind"]\n')
    table: Table = {}
    for name, site in (("an empty site", empty), ("this site", own / "docs")):
        seconds = [fresh(site, "-D", f"sphinx_pagefind_keep_sphinx_search={kept}").seconds for kept in (0, 1)]
        table |= {
            f"{name}, Pagefind s": round(seconds[0], 2),
            f"{name}, Sphinx's own index s": round(seconds[1], 2),
            f"{name}, ratio (limit 0.5)": round(seconds[0] / seconds[1], 2),
        }
    return table


def in_sections(site: Path, pages: int) -> Path:
    """Gather pages below sections of forty, as a blog does by year, so that no page's sidebar lists all of them."""
    starts = range(0, pages, 40)
    for start in starts:
        names = "\n".join(f"p{page}" for page in range(start, min(start + 40, pages)))
        (site / f"s{start}.md").write_text(f"# From {start}\n\n```{{toctree}}\n{names}\n```\n", encoding="utf-8")
    names = "\n".join(f"s{start}" for start in starts)
    (site / "index.md").write_text(f"# Index\n\n```{{toctree}}\n{names}\n```\n", encoding="utf-8")
    return site


def large(folder: Path) -> Table:
    """25,000 entries over 800 pages, in both languages, with exports and search; and whether time grows in line."""
    more = """
extensions += ["sphinx_pagefind"]
sphinx_pagefind_records = "li.refblock-entry"
html_theme_options = {"collapse_navbar": True}
"""
    seconds = {}
    for number, pages in ((1_000, 32), (10_000, 320), (25_000, 800)):
        site = in_sections(write_site(folder / f"large-{number}", "refblock", number, pages, more=more), pages)
        runs = RUNS if number < 25_000 else 1
        seconds[number] = fresh(site, "-W", "-j", "2", runs=runs).seconds
    english = build(site, "-W", "-j", "2", "-D", "language=en", "-d", str(site / "_build/en"), out="_build/html/en")
    slopes = [(seconds[10_000] - seconds[1_000]) / 9_000, (seconds[25_000] - seconds[10_000]) / 15_000]
    return {
        **{f"{number:,} s": round(value, 2) for number, value in seconds.items()},
        "25,000 in English s": round(english.seconds, 2),
        "peak MB, Pagefind's program": round(english.megabytes),
        "slope above / below 10,000 (limit 1.2)": round(slopes[1] / slopes[0], 2),
    }


def weight(folder: Path) -> Table:
    """A page with sixty references, and what it loads of ours, beside the same page as a plain list: bytes, gzipped."""
    pages = {}
    for kind in ("plain", "refblock"):
        site = write_site(folder / f"weight-{kind}", kind, 60, 1)
        build(site)
        pages[kind] = (site / "_build/html/p0.html").read_text(encoding="utf-8")
    static = site / "_build/html/_static"
    lean = pages["refblock"]
    table: Table = {"plain list": squeezed(pages["plain"])}
    for name, pattern in ADDED.items():
        without = re.sub(pattern, "", lean, flags=re.DOTALL)
        table[f"of which {name}"] = squeezed(lean) - squeezed(without)
        lean = without
    files = sum(squeezed(path.read_text(encoding="utf-8")) for path in static.glob("refblock.*"))
    sizes = {
        "list alone": squeezed(lean),
        "page": squeezed(pages["refblock"]),
        "page, with script and style": squeezed(pages["refblock"]) + files,
    }
    return {
        "plain list": squeezed(pages["plain"]),
        **{f"refblock's {name}": size for name, size in sizes.items()},
        **table,
        **{
            f"refblock's {name} / plain list{' (limit 1.3)' if 'with' in name else ''}": round(
                size / squeezed(pages["plain"]), 2
            )
            for name, size in sizes.items()
        },
    }


def squeezed(text: str) -> int:
    """Count the bytes that a server sends of a text."""
    return len(gzip.compress(text.encode(), 9))


def keystroke(folder: Path) -> Table:
    """A page of a thousand entries in Chromium: from a key in the filter to the frame that shows what it does."""
    from playwright.sync_api import sync_playwright

    site = write_site(folder / "keystroke", "refblock", 1_000, 1)
    build(site)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto((site / "_build/html/p0.html").as_uri())
        page.wait_for_timeout(1000)
        times: list[float] = page.evaluate(
            """async () => {
                 const input = document.querySelector(".refblock-filter"), times = [];
                 for (const text of ["d", "du", "duo", "duor", "duoren", "duoren 9", "duoren 99", "", "z"]) {
                   await new Promise(requestAnimationFrame);
                   const start = performance.now();
                   input.value = text;
                   input.dispatchEvent(new Event("input"));
                   await new Promise((done) => requestAnimationFrame(() => {
                     const channel = new MessageChannel();
                     channel.port1.onmessage = done;
                     channel.port2.postMessage(0);
                   }));
                   times.push(performance.now() - start);
                 }
                 return times;
               }"""
        )
        browser.close()
    return {"median ms": round(statistics.median(times)), "longest ms": round(max(times)), "a frame ms": 17}


TABLES: Final = {
    "slope": slope, "bare": bare, "citations": citations, "incremental": incremental, "parallel": parallel,
    "fixed": fixed, "large": large, "weight": weight, "keystroke": keystroke,
}  # fmt: skip


def main(names: Sequence[str]) -> None:
    """Measure the tables that are named, or all."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    results: dict[str, Table | str] = {"machine": machine}
    if importlib.util.find_spec("jieba") is None:
        sys.exit("jieba is not installed, without which Sphinx's own search finds no Chinese: use nox -s bench")
    # As pip does, and uv does not: what is measured is no compiler's work.
    for code in (ROOT / "ext", Path(sysconfig.get_paths()["purelib"])):
        compileall.compile_dir(code, quiet=2)
    print(machine)
    for name, measure in TABLES.items():
        if names and name not in names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            results[name] = table = measure(Path(folder))
        print(f"\n{name}: {measure.__doc__}")
        for what, figure in table.items():
            print(f"  {what:<55} {figure}", flush=True)
    out = ROOT / "docs" / "_build" / "bench" / "refblock.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
