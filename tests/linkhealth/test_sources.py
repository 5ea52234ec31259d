"""Lists of links, and where each link stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from linkhealth.bibfile import read_entries
from linkhealth.sources import Place, SourceError, read_sources
from refblock.bibdata import read_bib

BIB = r"""% @online{commented-out, url = {https://no.example/}}
@comment{jabref-meta: @online{no, url = {https://no.example/}}}
@string{acm = {ACM}}

@online{first,
  title         = {多任务学习 {CNN}},
  titleaddon    = {Multi-task learning},
  url           = {https://a.example/1},
}
@Article {second, title = "In {"}quotes{"}" # acm, URL="https://b.example/a\_b\%20c?x=1\&y={\_}2",
  doi = {https://doi.org/10.1/x(2)}, eprint={2004.13379}, eprinttype = {arXiv},
  note = {see @online{inner, url = {https://no.example/}}}}
@misc{third, url = {{https://c.example/}}, title_en = {Third}, url = {https://twice.example/}
}
@misc{fourth, year = 2020, month = jan, url = {https://d.example/
  broken/over-lines}}
"""


def test_a_bib_file_gives_each_address_with_its_line_key_and_titles(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    path.write_text(BIB, encoding="utf-8")
    links = read_sources([path])

    assert {url: (places[0].line, places[0].key) for url, places in links.items()} == {
        "https://a.example/1": (8, "first"),
        "https://b.example/a_b%20c?x=1&y=_2": (10, "second"),
        "https://doi.org/10.1/x(2)": (11, "second"),
        "https://arxiv.org/abs/2004.13379": (11, "second"),
        "https://c.example/": (13, "third"),
        "https://d.example/broken/over-lines": (15, "fourth"),
    }
    assert links["https://a.example/1"] == [Place(str(path), 8, "first", "多任务学习 CNN", "Multi-task learning")]
    assert links["https://c.example/"][0].parallel_title == "Third"


@pytest.mark.parametrize(
    ("fields", "urls"),
    [
        (r"url = {\url{https://a.example/x\_y}}", ["https://a.example/x_y"]),
        (r"howpublished = {\url{https://a.example/}}", ["https://a.example/"]),
        ("howpublished = {https://a.example/}, url = {https://b.example/}", ["https://b.example/"]),
        ("howpublished = {Printed, see https://a.example/}", []),
        ("url = {}, howpublished = {https://a.example/}", ["https://a.example/"]),
        ("url = {https://a.example/ https://b.example/}", ["https://a.example/"]),
        ("eprint = {arXiv:2004.13379v2}", ["https://arxiv.org/abs/2004.13379v2"]),
        ("eprint = {hep-th/9711200}, archiveprefix = {arXiv}", ["https://arxiv.org/abs/hep-th/9711200"]),
        ("eprint = {12345678}, eprinttype = {pubmed}", []),
    ],
)
def test_addresses_are_found_where_other_programs_write_them(tmp_path: Path, fields: str, urls: list[str]) -> None:
    path = tmp_path / "refs.bib"
    path.write_text(f"@misc{{a, {fields}}}", encoding="utf-8")

    assert list(read_sources([path])) == urls


def test_the_corpus_of_bib_files_has_the_addresses_that_a_site_shows() -> None:
    """What only refblock finds, such as an arXiv number in a journal's name, the crawl of the site still names."""
    shown, missed = 0, []
    for path in sorted((Path(__file__).parents[1] / "data" / "bib").glob("*.bib")):
        ours = read_sources([path])
        for entry in read_bib([path], [path.name]).entries:
            hrefs = [href for href in (entry.url, entry.doi_href, entry.arxiv_href) if href.startswith("http")]
            shown += len(hrefs)
            missed += [f"{path.stem} {entry.key}" for href in hrefs if href not in ours]

    assert shown > 60
    assert missed == [
        "addresses f", "addresses h", "addresses p", "google-scholar lind2021sharing",
        "semantic-scholar Lind2021SharingWF",
    ]  # fmt: skip


def test_the_real_bib_file_gives_all_links_of_the_post() -> None:
    root = Path(__file__).parents[2]
    links = read_sources([root / "refs.bib"])
    post = [
        json.loads(line) for line in (root / "tests/data/post-links.jsonl").read_text(encoding="utf-8").splitlines()
    ]

    assert not {entry["url"] for entry in post} - set(links)
    lines = (root / "refs.bib").read_text(encoding="utf-8").splitlines()
    for entry in post:
        (place,) = links[entry["url"]]
        assert entry["url"] in lines[place.line - 1]
        assert place.title


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_offsets_are_those_of_the_file(newline: str, mark: str) -> None:
    text = mark + BIB.replace("\n", newline)
    for entry in read_entries(text):
        for field in entry.fields.values():
            assert text[field.start : field.end] == field.text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "@online{",
        "@online{a",
        "@online{a,",
        "@online{a, url",
        "@online{a, url = {",
        '@a{b, c = "',
        "{" * 50_000,
    ],
)
def test_a_bib_file_that_breaks_off_is_read_as_far_as_it_goes(text: str) -> None:
    assert all(entry.key for entry in read_entries(text))


def test_a_plain_list_has_one_address_a_line(tmp_path: Path) -> None:
    path = tmp_path / "urls.txt"
    path.write_text(
        "# a comment\n\nhttps://a.example/ said to be good\nhttps://b.example/#x\nhttps://a.example/\n",
        encoding="utf-8",
    )

    assert read_sources([path]) == {
        "https://a.example/": [Place(str(path), 3), Place(str(path), 5)],
        "https://b.example/#x": [Place(str(path), 4)],
    }


def test_a_crawl_s_list_adds_the_pages(tmp_path: Path) -> None:
    bib, crawl = tmp_path / "refs.bib", tmp_path / "crawl.jsonl"
    bib.write_text(BIB, encoding="utf-8")
    lines = [{"url": "https://a.example/1", "pages": ["index.html", "en/index.html"]}, {"url": "https://z.example/"}]
    crawl.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    links = read_sources([bib, crawl])

    assert [(place.spot, place.page) for place in links["https://a.example/1"]] == [
        (f"{bib}:8", ""),
        ("", "index.html"),
        ("", "en/index.html"),
    ]
    assert links["https://z.example/"] == [Place(str(crawl), 2)]


@pytest.mark.parametrize("line", ["nonsense", "[]", "{}", '{"url": 1}', '{"url": "u", "pages": "p"}'])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "crawl.jsonl"
    path.write_text('{"url": "https://a.example/"}\n' + line, encoding="utf-8")
    with pytest.raises(SourceError, match=r"crawl\.jsonl:2"):
        read_sources([path])


def test_a_missing_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.bib"):
        read_sources([tmp_path / "none.bib"])
