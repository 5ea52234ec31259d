"""Figures drawn once: their words, their colours, and what other formats make of them."""

from __future__ import annotations

import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Site

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text>共享层</text><text><tspan>塔</tspan></text></svg>'
)
PAGE = "# 首页\n\n```{svgfigure} d.svg\n:alt: 一张图\n\n说明文字。\n```\n"
CONF = 'extensions = ["myst_parser", "svgfigure"]\nlanguage = "zh_CN"\nhtml_theme = "basic"\nlocale_dirs = ["l"]\n'
PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'


@pytest.fixture
def figure_site(site: Site) -> Site:
    """Give a small site with one figure."""
    site.write(conf=CONF, index=PAGE)
    (site.folder / "d.svg").write_text(SVG, encoding="utf-8")
    return site


def test_in_html_the_drawing_stands_in_the_page_with_its_text_alternative(figure_site: Site) -> None:
    built = figure_site.build(nitpicky=True)
    (drawing,) = built.page().cssselect("figure svg")

    assert built.warnings == []
    assert (drawing.get("role"), drawing.get("aria-label")) == ("img", "一张图")
    assert built.page().cssselect("figcaption")[0].text_content().strip().startswith("说明文字")


def test_the_words_of_a_drawing_reach_the_catalogs_and_come_back(figure_site: Site) -> None:
    built = figure_site.build("gettext")
    assert all(word in (built.folder / "index.pot").read_text(encoding="utf-8") for word in ("共享层", "塔", "一张图"))

    # The gettext builder keeps pages in a form of its own.
    shutil.rmtree(figure_site.folder / "_build")
    catalog = figure_site.folder / "l/en/LC_MESSAGES"
    catalog.mkdir(parents=True)
    pairs = {"共享层": "Shared layer", "塔": "Tower", "一张图": "A figure"}
    messages = "".join(f'\nmsgid "{one}"\nmsgstr "{two}"\n' for one, two in pairs.items())
    (catalog / "index.po").write_text(PO + messages, encoding="utf-8")
    (drawing,) = figure_site.build(language="en").page().cssselect("figure svg")

    assert drawing.get("aria-label") == "A figure"
    assert [text.text_content() for text in drawing.cssselect("text")] == ["Shared layer", "Tower"]


def test_a_book_gets_the_drawing_as_a_file(figure_site: Site) -> None:
    built = figure_site.build("epub", version="1", copyright="a", project="p")
    (book,) = built.folder.glob("*.epub")

    assert built.warnings == []
    with zipfile.ZipFile(book) as archive:
        (drawing,) = (name for name in archive.namelist() if name.endswith(".svg"))
        assert "共享层" in archive.read(drawing).decode()


@pytest.mark.parametrize("builder", ["latex", "texinfo"])
def test_formats_that_take_no_svg_get_a_picture_of_it(figure_site: Site, builder: str) -> None:
    built = figure_site.build(builder)
    (picture,) = built.folder.rglob("*.png")

    assert built.warnings == []
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_as_text_the_alternative_is_what_is_left(figure_site: Site) -> None:
    built = figure_site.build("text")

    assert built.warnings == []
    assert "一张图" in (built.folder / "index.txt").read_text(encoding="utf-8")


def test_an_edit_of_the_drawing_reads_its_page_again(figure_site: Site) -> None:
    figure_site.build()
    (figure_site.folder / "d.svg").write_text(SVG.replace("塔", "塔楼"), encoding="utf-8")
    built = figure_site.build()

    assert built.read == ["index"]
    assert "塔楼" in built.page().cssselect("svg")[0].text_content()


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "No such file"), ("<svg", "not well-formed"), ("<html/>", "its root is not svg"), ("\udcff", "utf-8")],
    ids=["missing", "broken", "another root", "not UTF-8"],
)
def test_a_drawing_that_can_t_be_used_is_named_and_the_page_is_built(
    figure_site: Site, content: str | None, says: str
) -> None:
    path = figure_site.folder / "d.svg"
    path.unlink()
    if content is not None:
        path.write_bytes(content.encode("utf-8", "surrogateescape"))
    built = figure_site.build()

    (warning,) = built.warnings
    assert "index.md:3: " in warning
    assert says in warning
    assert "[svgfigure.unreadable]" in warning
    assert built.page().cssselect("h1")


def test_a_drawing_without_a_text_alternative_is_named(figure_site: Site) -> None:
    figure_site.write(index=PAGE.replace(":alt: 一张图\n", ""))
    (warning,) = figure_site.build().warnings

    assert "[svgfigure.no_alt]" in warning
