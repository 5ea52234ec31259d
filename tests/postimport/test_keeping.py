"""What is there already: what a person made of it is kept, and no run that breaks off leaves a file half written."""

from __future__ import annotations

import os
import pty
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from postimport.__main__ import main
from postimport.importing import plan
from postimport.page import is_ours
from postimport.sources import find_posts
from postimport.writing import ChangedMeanwhile, write_files
from refblock.bibdata import read_bib
from tests.postimport.field import POST, ROOT, files, imported, run

X = "https://example.org/"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def keys_of(folder: Path) -> list[str]:
    return [entry.key for entry in read_bib([folder / "refs.bib"], ["refs.bib"]).entries]


def test_an_entry_that_was_moved_renamed_or_corrected_by_hand_is_still_that_of_its_link(blog: Path) -> None:
    imported(blog)
    first, second = (blog / "refs.bib").read_text(encoding="utf-8").split("\n\n")
    mended = first.replace("example-1", "zhang2020").replace("第一篇", "第一篇：综述")
    edited = f"% mine\n{second}\n\n{mended}\n"
    (blog / "refs.bib").write_text(edited, encoding="utf-8")
    report, _ = imported(blog)

    assert report["added"] == 0
    assert (blog / "refs.bib").read_text(encoding="utf-8") == edited
    assert "\nzhang2020\n" in (blog / "pages" / "first.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "post",
    [
        "《{甲} \\\\ 乙~ 50% & #1_2》\n",
        f"{X}{{id}}|a\\b\n\n甲\n",
        f"{X}a b.pdf\n",
        f"{X}?utm_source=a&b\n\n{{甲}} \\\\begin @x{{ ~\n",
        "《A Title that Is So Long that Its Key Cannot Hold All of It, Whatever It Says》\n",
    ],
)
def test_running_again_adds_nothing_whatever_is_in_addresses_and_titles(blog: Path, post: str) -> None:
    write(blog / "posts" / "odd.md", post)
    imported(blog)
    before = files(blog)
    report, _ = imported(blog)

    assert report["added"] == 0
    assert files(blog) == before


def test_a_work_whose_title_was_corrected_is_not_added_again(blog: Path) -> None:
    write(blog / "posts" / "work.md", "《Atention Is All You Need》\n")
    imported(blog)
    bib = blog / "refs.bib"
    bib.write_text(bib.read_text(encoding="utf-8").replace("Atention", "Attention"), encoding="utf-8")
    report, _ = imported(blog)

    assert report["added"] == 0


def test_an_edited_page_is_named_when_its_post_says_something_else(blog: Path) -> None:
    imported(blog)
    page = blog / "pages" / "first.md"
    page.write_text(page.read_text(encoding="utf-8").replace("## 一", "## 一（改）"), encoding="utf-8")
    assert imported(blog)[0]["kept"] == []
    write(blog / "posts" / "2020-01-02-first.md", POST.replace("## 二", "## 三"))

    assert imported(blog)[0]["kept"] == [
        "pages/first.md: edited by hand, so it is kept; compare it with its post, which has changed"
    ]


def test_a_key_that_another_one_begins_with_is_not_taken_for_it(blog: Path) -> None:
    post = write(blog / "posts" / "2020-01-02-first.md", f"{X}10\n\n十\n")
    imported(blog)
    page = blog / "pages" / "first.md"
    page.write_text(f"mine\n{page.read_text(encoding='utf-8')}", encoding="utf-8")
    write(post, f"{X}10\n\n十\n\n{X}1\n\n一\n")

    assert imported(blog)[0]["kept"] == ["pages/first.md: edited by hand, so it is kept; add to it: example-1"]


def test_posts_of_one_name_have_pages_of_their_own_whichever_is_imported(blog: Path) -> None:
    write(blog / "posts" / "2019" / "same.md", f"{X}19\n\n甲\n")
    write(blog / "posts" / "2020" / "same.md", f"{X}20\n\n乙\n")
    imported(blog, "posts/2020/same.md")
    imported(blog)
    whole = files(blog)
    imported(blog, "posts/2019/same.md")

    assert files(blog) == whole
    assert "example-20" in whole["pages/same.md"].decode()
    assert "example-19" in whole["pages/same-2.md"].decode()


def test_a_run_with_one_post_forgets_no_other_and_new_pages_stand_in_the_order_of_the_posts(blog: Path) -> None:
    write(blog / "posts" / "2020-03-01-third.md", f"{X}3\n\n三\n")
    imported(blog)
    write(blog / "posts" / "2020-02-01-second.md", f"{X}2\n\n二\n")
    imported(blog, "posts/2020-03-01-third.md")
    assert "\nfirst\nthird\n```" in (blog / "pages" / "2020.md").read_text(encoding="utf-8")
    imported(blog)

    assert "\nfirst\nsecond\nthird\n```" in (blog / "pages" / "2020.md").read_text(encoding="utf-8")


def test_each_year_has_a_list_of_its_own_and_a_post_without_a_date_stands_beside_them(blog: Path) -> None:
    write(blog / "posts" / "2019-12-31-old.md", f"{X}3\n\n三\n")
    write(blog / "posts" / "about.md", f"{X}4\n\n四\n")
    imported(blog)
    whole = files(blog)
    imported(blog, "posts/2019-12-31-old.md")

    assert files(blog) == whole
    lists = {name: whole[f"pages/{name}.md"].decode() for name in ("index", "2019", "2020")}
    assert "\n2019\n2020\nabout\n```" in lists["index"]
    assert lists["2019"].startswith("# 2019\n")
    assert "\nold\n```" in lists["2019"]
    assert "\nfirst\n```" in lists["2020"]


def test_a_post_that_is_named_like_a_year_has_a_page_of_its_own(blog: Path) -> None:
    write(blog / "posts" / "2020.md", f"{X}3\n\n三\n")
    imported(blog)
    whole = files(blog)

    assert whole["pages/2020.md"].startswith(b"# 2020\n\n```{toctree}")
    assert "\n2020\n2020-2\n```" in whole["pages/index.md"].decode()


def test_what_somebody_wrote_into_the_index_stays_when_pages_are_added(blog: Path) -> None:
    imported(blog)
    index = blog / "pages" / "index.md"
    index.write_text(index.read_text(encoding="utf-8").replace("# Blog", "# 我的博客\n\n欢迎。"), encoding="utf-8")
    write(blog / "posts" / "second.md", f"{X}2\n\n二\n")
    imported(blog)

    assert index.read_text(encoding="utf-8").startswith("# 我的博客\n\n欢迎。\n\n```{toctree}")
    assert "\n2020\nsecond\n```" in index.read_text(encoding="utf-8")


def test_an_index_that_was_there_before_is_kept_and_what_it_lacks_is_named(blog: Path) -> None:
    write(blog / "pages" / "index.md", "# Mine\n\n```{toctree}\nabout\n```\n")
    report, _ = imported(blog)

    assert (blog / "pages" / "index.md").read_text(encoding="utf-8") == "# Mine\n\n```{toctree}\nabout\n```\n"
    assert report["kept"] == ["pages/index.md: edited by hand, so it is kept; add to it: 2020"]


def test_the_page_of_a_post_that_is_gone_stays_and_is_named_and_one_that_is_deleted_leaves_the_index(
    blog: Path,
) -> None:
    write(blog / "posts" / "second.md", f"{X}2\n\n二\n")
    imported(blog)
    (blog / "posts" / "second.md").rename(blog / "posts" / "renamed.md")
    report, _ = imported(blog)

    assert report["kept"] == ["pages/second.md: its post is gone; delete the page, too, if it is not wanted"]
    assert "renamed" in (blog / "pages" / "index.md").read_text(encoding="utf-8")
    (blog / "pages" / "second.md").unlink()
    assert imported(blog)[0]["kept"] == []
    assert "second" not in (blog / "pages" / "index.md").read_text(encoding="utf-8")


def test_a_post_in_a_folder_of_its_own_is_named_by_the_folder_and_takes_its_picture_along(blog: Path) -> None:
    write(blog / "posts" / "bundle" / "index.md", "![图](a b.png) ![根](/img/r.png) ![无](/img/none.png)\n")
    for path in ("posts/bundle/a b.png", "static/img/r.png"):
        write(blog / path, path)
    (blog / "posts" / "bundle" / "index.md").write_text(
        f"[甲]({X}9)\n\n![图](a%20b.png) ![根](/img/r.png) ![无](/img/none.png)\n", encoding="utf-8"
    )
    report, _ = imported(blog)
    page = (blog / "pages" / "bundle.md").read_text(encoding="utf-8")

    assert "![图](pictures/bundle/a%20b.png) ![根](pictures/img/r.png) 无 (`/img/none.png`)" in page
    assert files(blog)["pages/pictures/bundle/a b.png"] == b"posts/bundle/a b.png"
    assert files(blog)["pages/pictures/img/r.png"] == b"static/img/r.png"
    assert report["missing"] == ["posts/bundle/index.md: /img/none.png"]
    assert "bundle" in (blog / "pages" / "index.md").read_text(encoding="utf-8")


def test_links_between_posts_lead_to_their_pages_and_others_within_the_blog_stay_as_words(blog: Path) -> None:
    write(
        blog / "posts" / "2020-05-01-links.md",
        "见[一](/2020/01/02/first.html)、[二]({% post_url 2020-01-02-first %})、[三](/about/)和[四](#here)。\n",
    )
    report, _ = imported(blog)

    assert "见[一](first.md)、[二](first.md)、三 (`/about/`)和四。" in files(blog)["pages/links.md"].decode()
    assert report["missing"] == ["posts/2020-05-01-links.md: /about/"]


def test_pages_are_no_posts_even_where_they_stand_among_them(blog: Path) -> None:
    command = (".", "--bib", "refs.bib", "--pages", "pages")
    run(blog, *command)
    before = files(blog)
    run(blog, *command)

    assert files(blog) == before


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_bib_file_keeps_its_bytes_and_what_is_added_is_in_its_encoding_and_line_ends(
    blog: Path, encoding: str, ends: str
) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    before = mark + f"@misc{{mine,{ends}  title = {{我的，原有的}}{ends}}}{ends}".encode(encoding)
    (blog / "refs.bib").write_bytes(before)
    imported(blog)
    after = (blog / "refs.bib").read_bytes()

    assert after.startswith(before)
    read = read_bib([blog / "refs.bib"], ["refs.bib"])
    assert [(entry.key, entry.title.text) for entry in read.entries] == [
        ("mine", "我的，原有的"), ("example-1", "第一篇"), ("example-2", "The second")
    ]  # fmt: skip
    text = after.decode({"utf-16-be": "utf-16"}.get(encoding, encoding))
    assert text.count("\r\n") == (text.count("\n") if ends == "\r\n" else 0)


# What a run does to the disk, as Python itself reports it to whoever audits it; the last is the last of nine renames.
MOMENTS = [
    ("open", 1),
    ("open", 4),
    ("open", 9),
    ("os.rename", 1),
    ("os.rename", 2),
    ("os.rename", 5),
    ("os.rename", 9),
]
KILLED = """
import os, runpy, signal, sys
event, times = sys.argv[1], int(sys.argv[2])
sys.argv[1:3] = []
def hook(name, given):
    global times
    if name == event and (name == "os.rename" or given[1] and "w" in str(given[1])):
        times -= 1
        if not times:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
runpy.run_module("postimport", run_name="__main__")
"""


COMMAND = ("posts", "--bib", "refs.bib", "--pages", "pages")


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """Give a blog that was imported and has new posts since, and its files after they were imported."""
    blog = tmp_path_factory.mktemp("grown") / "blog"
    write(blog / "posts" / "2020-01-02-first.md", POST)
    assert run(blog, *COMMAND).returncode == 0
    for number in range(7):
        write(blog / "posts" / f"{number}.md", f"{X}9{number}\n\n第 {number} 篇\n")
    whole = shutil.copytree(blog, tmp_path_factory.mktemp("whole") / "blog")
    assert run(whole, *COMMAND).returncode == 0
    return blog, files(whole)


@pytest.mark.parametrize(("event", "times"), MOMENTS)
def test_a_run_that_is_killed_leaves_each_file_old_or_new_and_the_next_makes_it_good(
    grown: tuple[Path, dict[str, bytes]], tmp_path: Path, event: str, times: int
) -> None:
    blog = shutil.copytree(grown[0], tmp_path / "blog")
    before, after = files(blog), grown[1]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, event, str(times), *COMMAND],
        cwd=blog, env={**os.environ, "PYTHONPATH": str(ROOT / "ext")}, check=False,
    )  # fmt: skip
    left = {name: data for name, data in files(blog).items() if not Path(name).name.startswith(".")}

    assert killed.returncode == -signal.SIGKILL
    assert before.keys() <= left.keys()
    assert all(data in {before.get(name), after[name]} for name, data in left.items())
    assert run(blog, *COMMAND).returncode == 0
    assert files(blog) == after


@pytest.mark.parametrize("limit", [40, 400])
def test_where_the_disk_is_full_nothing_is_changed(blog: Path, limit: int) -> None:
    imported(blog)
    for number in range(5):
        write(blog / "posts" / f"{number}.md", f"{X}9{number}\n\n第 {number} 篇\n" + "正文。\n" * number * 20)
    before = files(blog)
    result = subprocess.run(
        [sys.executable, "-m", "postimport", "posts", "--bib", "refs.bib", "--pages", "pages"],
        cwd=blog, env={**os.environ, "PYTHONPATH": str(ROOT / "ext"), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert result.returncode == 2
    assert "cannot be written: file too large; nothing was changed" in result.stderr
    assert files(blog) == before


def test_a_file_that_changed_while_posts_were_read_is_left_and_so_are_all_others(blog: Path) -> None:
    posts, _ = find_posts([blog / "posts"], blog / "pages")
    planned = plan(posts, blog / "refs.bib", blog / "pages", lambda *_: None)
    write(blog / "refs.bib", "@misc{other, title = {Another program was quicker}}\n")
    before = files(blog)

    with pytest.raises(ChangedMeanwhile, match=r"refs.bib: it was changed while this ran"):
        write_files(planned.files, planned.before)
    assert files(blog) == before


def test_a_bib_file_that_is_a_link_stays_one_and_keeps_its_rights(blog: Path) -> None:
    target = write(blog / "library" / "mine.bib", "")
    target.chmod(0o640)
    (blog / "refs.bib").symlink_to(target)
    imported(blog)

    assert (blog / "refs.bib").is_symlink()
    assert "example-1" in target.read_text(encoding="utf-8")
    assert target.stat().st_mode & 0o777 == 0o640


def folder(blog: Path) -> None:
    (blog / "refs.bib").mkdir()


def loop(blog: Path) -> None:
    (blog / "refs.bib").symlink_to(blog / "refs.bib")


def binary(blog: Path) -> None:
    (blog / "refs.bib").write_bytes(b"\x89PNG\0\0\xff")


def huge(blog: Path) -> None:
    with (blog / "refs.bib").open("wb") as file:
        file.truncate(100_000_000)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (folder, "this is no file, but a folder"),
        (loop, "cannot be read: too many levels"),
        (binary, "this is no text"),
        (huge, "this is longer than 50 MB"),
    ],
)
def test_what_is_no_bib_file_stops_it_before_anything_is_written(blog: Path, make: object, said: str) -> None:
    assert callable(make)
    make(blog)
    before = files(blog)
    result = run(blog, "posts", "--bib", "refs.bib", "--pages", "pages")

    assert result.returncode == 2
    assert f"refs.bib: {said}" in result.stderr
    assert files(blog) == before


def test_what_may_not_be_read_or_written_is_named(blog: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (blog / "posts" / "secret").mkdir()
    write(blog / "refs.bib", "")
    before = files(blog)
    # The superuser may do everything, so somebody else tries, to whom the way is open.
    myself = os.geteuid()
    for path in (blog, *blog.parents[:2]):
        path.chmod(0o777)
    (blog / "refs.bib").chmod(0o444)
    (blog / "posts" / "secret").chmod(0)
    os.seteuid(65534 if myself == 0 else myself)
    try:
        posts, faults = find_posts([blog / "posts"], blog / "pages")
        code = main([str(blog / "posts"), "--bib", str(blog / "refs.bib"), "--pages", str(blog / "pages")])
    finally:
        os.seteuid(myself)
        (blog / "posts" / "secret").chmod(0o700)

    assert [path.name for path in posts] == ["2020-01-02-first.md"]
    assert faults == [f"{blog / 'posts' / 'secret'}: cannot be read: permission denied; check its permissions"]
    assert code == 2
    assert "refs.bib: cannot be written: permission denied; nothing was changed" in capsys.readouterr().err
    assert files(blog) == before


def test_a_pipe_among_posts_is_named_and_does_not_hold_it_up(blog: Path) -> None:
    os.mkfifo(blog / "posts" / "pipe.md")
    report, result = imported(blog)

    assert result.returncode == 1
    assert report["faults"] == ["posts/pipe.md: this is no file, but a folder or a device; name a file"]


def test_how_far_it_is_shows_on_a_terminal_alone(blog: Path) -> None:
    for number in range(45):
        write(blog / "posts" / f"{number}.md", "文\n")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "postimport", "posts", "--bib", "refs.bib", "--pages", "pages", "--dry-run"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "ext")}
    done = subprocess.run(command, cwd=blog, env=environment, stdout=subprocess.DEVNULL, stderr=theirs, check=False)
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)

    assert done.returncode == 0
    assert [part.strip() for part in shown.split("\r") if part.strip()] == [
        "reading 20 of 46", "reading 40 of 46", "reading 46 of 46"
    ]  # fmt: skip
    assert run(blog, *command[3:]).stderr == ""


def test_every_page_is_known_for_ours_until_somebody_edits_it(blog: Path) -> None:
    imported(blog)
    text = (blog / "pages" / "first.md").read_text(encoding="utf-8")

    assert is_ours(text)
    assert not is_ours(text.replace("## 一", "## 二"))
