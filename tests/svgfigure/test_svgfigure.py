"""Figures drawn once: their words, their colours, and what other formats make of them."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

from svgfigure.drawing import Drawing, DrawingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Site

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text>{}</text><text><tspan>{}</tspan></text></svg>'


@pytest.fixture
def figure_site(copied: Callable[[str], Site]) -> Site:
    """Give a small site with one figure, in Chinese with an English catalog."""
    return copied("figure")


def test_the_labels_of_a_drawing_are_its_texts_each_once_in_order() -> None:
    drawing = Drawing(SVG.format("层", "塔").replace("</svg>", "<text> 层 </text><text/><title>图</title></svg>"))

    assert drawing.labels == ["层", "塔"]


def test_a_label_is_put_into_another_language_wherever_it_stands_and_stays_text() -> None:
    drawing = Drawing(SVG.format("层", "塔"))
    drawing.translate({"层": "<b>&layer"})
    again = Drawing(drawing.standalone())

    assert again.labels == ["<b>&layer", "塔"]


@pytest.mark.parametrize("text", ["", "<svg", "<svg/>", "<html xmlns='http://www.w3.org/1999/xhtml'/>", "no XML"])
def test_what_is_no_drawing_is_an_error(text: str) -> None:
    with pytest.raises(DrawingError):
        Drawing(text)


@pytest.mark.parametrize(
    ("language", "alt", "labels", "caption"),
    [
        ("zh_CN", "一张图", ["共享层", "塔", "共享层"], "说明文字。"),
        ("en", "A figure", ["Shared layer", "Tower", "Shared layer"], "What it says."),
    ],
)
def test_the_drawing_stands_in_the_page_with_its_words_in_the_page_s_language(
    figure_site: Site, language: str, alt: str, labels: list[str], caption: str
) -> None:
    built = figure_site.build(language=language, nitpicky=True)
    (drawing,) = built.page().cssselect("figure svg")

    assert built.warnings == []
    assert (drawing.get("role"), drawing.get("aria-label")) == ("img", alt)
    assert [text.text_content() for text in drawing.cssselect("text")] == labels
    assert built.page().cssselect("figcaption .caption-text")[0].text_content() == caption
    assert not built.page().cssselect("img")


def test_the_words_of_a_drawing_reach_the_catalogs_each_once(figure_site: Site) -> None:
    built = figure_site.build("gettext")
    with (built.folder / "index.pot").open("rb") as stream:
        messages = [str(message.id) for message in read_po(stream) if message.id]

    assert sorted(messages) == sorted(["首页", "共享层", "塔", "一张图", "说明文字。"])


@pytest.mark.parametrize("alt", ['a"><script>alert(1)</script>', "a & b"])
def test_a_hostile_text_alternative_stays_text(figure_site: Site, alt: str) -> None:
    index = figure_site.folder / "index.md"
    index.write_text(index.read_text(encoding="utf-8").replace("一张图", alt), encoding="utf-8")
    page = figure_site.build().page()

    assert page.cssselect("figure svg")[0].get("aria-label") == alt
    assert not page.cssselect("figure script")


@pytest.mark.parametrize("parallel", [0, 2])
@pytest.mark.parametrize(("language", "word"), [("zh_CN", "共享层"), ("en", "Shared layer")])
def test_a_book_gets_the_drawing_as_a_file_in_its_language(
    figure_site: Site, parallel: int, language: str, word: str
) -> None:
    figure_site.write(**{f"page{number}": f"# {number}\n" for number in range(8)})
    index = figure_site.folder / "index.md"
    toctree = "".join(f"page{number}\n" for number in range(8))
    index.write_text(f"{index.read_text(encoding='utf-8')}\n```{{toctree}}\n{toctree}```\n", encoding="utf-8")
    built = figure_site.build("epub", parallel=parallel, language=language)
    (book,) = built.folder.glob("*.epub")

    assert built.warnings == []
    with zipfile.ZipFile(book) as archive:
        (drawing,) = (name for name in archive.namelist() if name.endswith(".svg"))
        assert word in Drawing(archive.read(drawing).decode()).labels
        page = archive.read("index.xhtml")
    assert drawing.rpartition("/")[2].encode() in page


@pytest.mark.parametrize("builder", ["latex", "texinfo"])
def test_formats_that_take_no_svg_get_a_picture_of_it(figure_site: Site, builder: str) -> None:
    built = figure_site.build(builder)
    (picture,) = built.folder.rglob("*.png")
    (source,) = built.folder.glob("*.tex" if builder == "latex" else "*.texi")

    assert built.warnings == []
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stem in source.read_text(encoding="utf-8")


@pytest.mark.parametrize(("language", "alt"), [("zh_CN", "一张图"), ("en", "A figure")])
@pytest.mark.parametrize("builder", ["text", "man"])
def test_where_there_are_no_pictures_the_alternative_is_left(
    figure_site: Site, builder: str, language: str, alt: str
) -> None:
    built = figure_site.build(builder, language=language, man_pages=[("index", "a", "a", ["a"], 1)])
    (output,) = built.folder.glob("index.txt" if builder == "text" else "a.1")

    assert built.warnings == []
    assert alt in output.read_text(encoding="utf-8")


def test_an_edit_of_the_drawing_reads_its_page_again(figure_site: Site) -> None:
    figure_site.build()
    (figure_site.folder / "d.svg").write_text(SVG.format("层", "塔楼"), encoding="utf-8")
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
    index = figure_site.folder / "index.md"
    index.write_text(index.read_text(encoding="utf-8").replace(":alt: 一张图\n", ""), encoding="utf-8")
    built = figure_site.build()

    (warning,) = built.warnings
    assert "index.md:3: " in warning
    assert "[svgfigure.no_alt]" in warning
    assert built.page().cssselect("figure svg text")
