"""The tools of a page with entries, as readers use them: filter, order, marks, copying, keys."""

from __future__ import annotations

import gzip
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.conftest import BuiltSite, Site

ATTENTION = "attention.html"


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context(accept_downloads=True) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext, address: str) -> Page:
    """Open the page with sixty references."""
    page = context.new_page()
    page.goto(f"{address}/{ATTENTION}")
    return page


def shown(page: Page) -> list[str]:
    """Give the keys of the entries that can be seen, in their order."""
    keys: list[str] = page.eval_on_selector_all(
        "ol.refblock > li.refblock-entry", "found => found.filter(li => li.offsetParent).map(li => li.dataset.key)"
    )
    return keys


def titles(page: Page) -> list[str]:
    return page.locator("ol.refblock > li:not([hidden]) .refblock-title").all_inner_texts()


def filter_by(page: Page, text: str) -> list[str]:
    page.locator(".refblock-filter").fill(text)
    return shown(page)


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def choose(page: Page, name: str, value: str) -> None:
    page.locator(".refblock-options").evaluate("details => { details.open = true }")
    page.locator(f".refblock-bar select[name={name}]").select_option(value)


def tick(page: Page, name: str, value: str) -> None:
    page.locator(".refblock-options").evaluate("details => { details.open = true }")
    page.locator(f".refblock-bar input[name={name}][value='{value}']").check()


# Filter.


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("图解", "seq2seq-attention-illustrated"),
        ("tujie", "seq2seq-attention-illustrated"),
        ("TuJie SEQ2SEQ", "seq2seq-attention-illustrated"),
        ("truly and FULLY", "seq2seq-attention-illustrated"),
        ("zyljz", "attention-major-survey"),
        ("zuixin", "attention-major-survey"),
        ("child", "sparse-attention-economy"),
        ("sparse-attention-e", "sparse-attention-economy"),
    ],
)
def test_the_filter_finds_chinese_english_pinyin_initials_people_and_keys(page: Page, typed: str, found: str) -> None:
    left = filter_by(page, typed)

    assert found in left
    assert len(left) < 60


def test_pinyin_is_found_from_the_start_of_a_syllable_only(page: Page) -> None:
    # In zhu-yi-li there is "huyi", but no syllable begins with it.
    assert filter_by(page, "zhuyili")
    assert filter_by(page, "yili")
    assert filter_by(page, "huyili") == []


def test_every_word_that_is_typed_must_be_found(page: Page) -> None:
    both = filter_by(page, "注意力 transformer")

    assert set(both) == set(filter_by(page, "注意力")) & set(filter_by(page, "transformer"))


def test_what_is_shown_is_told_to_screen_readers(page: Page) -> None:
    left = filter_by(page, "图解")
    status = page.get_by_role("status").filter(has_text="显示")

    assert status.inner_text() == f"显示 {len(left)} 条，共 60 条"
    assert filter_by(page, "no such thing") == []
    assert page.locator(".refblock-count").inner_text() == "共 60 条，没有符合条件的"


def test_entries_keep_their_numbers_when_others_are_hidden(page: Page) -> None:
    left = filter_by(page, "图解")
    every: list[str] = page.eval_on_selector_all("li.refblock-entry", "found => found.map(li => li.dataset.key)")
    numbers = page.eval_on_selector_all("li.refblock-entry:not([hidden])", "found => found.map(li => li.value)")

    assert numbers == [every.index(key) + 1 for key in left]


def test_sections_of_lists_alone_go_with_their_entries(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{address}/topics.html")
    headings = page.locator("section > section > h2")
    before = headings.count()
    filter_by(page, "ptuning")
    filter_by(page, "语音识别")
    visible = [heading for heading in headings.all() if heading.is_visible()]

    assert before > len(visible) > 0
    assert all(heading.locator("xpath=..").locator("li:not([hidden])").count() for heading in visible)


# Facets, order, titles.


@pytest.mark.parametrize(
    ("name", "value", "where"),
    [
        ("topic", "self-attention", ".refblock-topic[data-name='self-attention']"),
        ("kind", "survey", ".refblock-kind"),
        ("host", "知乎", ".refblock-host"),
    ],
)
def test_a_facet_leaves_what_has_it(page: Page, name: str, value: str, where: str) -> None:
    tick(page, name, value)
    left = shown(page)

    assert 0 < len(left) < 60
    assert all(page.locator(f"[data-key='{key}'] {where}").count() for key in left)
    count = page.locator(f".refblock-bar label:has(input[value='{value}']) small").inner_text()
    assert int(count) == len(left)


def test_values_of_one_facet_widen_and_facets_narrow_each_other(page: Page) -> None:
    tick(page, "host", "知乎")
    zhihu = set(shown(page))
    tick(page, "host", "微信公众号")
    assert set(shown(page)) > zhihu
    tick(page, "topic", "self-attention")
    assert 0 < len(shown(page)) < 60


BADGES = """
def badges(app, entry):
    if entry.key in {"k1", "k2"}:
        yield {"name": "gone", "text": "已失效（2026-01-02）", "label": "已失效"}
    if entry.key == "k3":
        yield {"name": "alive", "text": "可访问（2026-01-03）", "label": "可访问"}

def setup(app):
    app.connect("refblock-badges", badges)
"""


def test_links_are_narrowed_to_their_health_where_it_is_known(
    site: Site, serve: Callable[..., str], context: BrowserContext
) -> None:
    site.write(refs=THOUSAND[: THOUSAND.index("@online{k6,")], index="# A\n\n```{refblock}\n```\n")
    with (site.folder / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write(BADGES)
    page = context.new_page()
    page.goto(f"{serve(site.build().folder)}/index.html")
    offered = page.locator(".refblock-facet-badge label").all_text_contents()
    tick(page, "badge", "gone")

    # One choice for all of a state, whatever day it was seen.
    assert [text.split() for text in offered] == [["已失效", "2"], ["可访问", "1"]]
    assert shown(page) == ["k1", "k2"]
    # All are of one kind here, so there is nothing to choose.
    assert page.locator(".refblock-facet-kind").count() == 0


def test_sites_are_put_in_order_and_entries_of_one_stay_as_listed(page: Page) -> None:
    listed = shown(page)
    choose(page, "sort", "host")
    hosts: list[str] = page.eval_on_selector_all(
        "li.refblock-entry", "all => all.map(li => li.querySelector('.refblock-host')?.textContent || '')"
    )

    groups = [host for place, host in enumerate(hosts) if place == 0 or host != hosts[place - 1]]
    assert len(groups) == len(set(groups)) > 1
    for host in groups:
        keys = [key for key, own in zip(shown(page), hosts, strict=True) if own == host]
        assert keys == sorted(keys, key=listed.index)


def test_titles_are_put_in_the_order_of_pinyin_and_back(page: Page) -> None:
    listed = shown(page)
    choose(page, "sort", "title")
    ordered = titles(page)

    assert ordered == page.evaluate(
        "titles => titles.toSorted(new Intl.Collator('zh-CN', {numeric: true}).compare)", ordered
    )
    assert shown(page) != listed
    choose(page, "sort", "")
    assert shown(page) == listed


def test_years_run_from_the_newest_in_each_group(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{address}/topics.html?sort=year")
    for block in page.locator("ol.refblock").all():
        years = block.locator("li").evaluate_all(
            "all => all.map(li => li.querySelector('.refblock-year')?.textContent || '')"
        )
        assert years == sorted(years, reverse=True)


@pytest.mark.parametrize("language", ["", "en/"])
def test_titles_show_in_both_languages_in_the_page_s_or_as_the_original(
    context: BrowserContext, address: str, language: str
) -> None:
    page = context.new_page()
    page.goto(f"{address}/{language}papers.html")
    entry = page.locator("[data-key=vaswani2017attention]").first
    title, second = entry.locator(".refblock-title"), entry.locator(".refblock-second")
    both = (title.inner_text(), second.is_visible())
    choose(page, "titles", "leading")
    assert (title.inner_text(), second.is_visible()) == (both[0], False)
    choose(page, "titles", "original")
    assert (title.inner_text(), title.get_attribute("lang")) == ("Attention Is All You Need", "en")
    assert second.is_hidden()
    choose(page, "titles", "")
    assert (title.inner_text(), second.is_visible()) == both


# The view is in the address.


def test_a_view_can_be_shared_by_its_address(page: Page, context: BrowserContext) -> None:
    tick(page, "host", "知乎")
    choose(page, "sort", "title")
    filter_by(page, "注意力")
    other = context.new_page()
    other.goto(page.url)

    assert query(page) == {"filter": ["注意力"], "host": ["知乎"], "sort": ["title"]}
    assert shown(other) == shown(page)
    assert other.locator(".refblock-filter").input_value() == "注意力"
    assert other.locator("input[value='知乎']").is_checked()


def test_back_and_forward_go_from_view_to_view(page: Page) -> None:
    views = [shown(page)]
    tick(page, "host", "知乎")
    views.append(shown(page))
    tick(page, "topic", "self-attention")
    page.go_back()
    assert shown(page) == views[1]
    page.go_back()
    assert shown(page) == views[0]
    page.go_forward()
    assert shown(page) == views[1]


def test_one_step_back_undoes_what_was_typed_in_one_go(page: Page) -> None:
    box = page.locator(".refblock-filter")
    box.press_sequentially("图解")
    first = shown(page)
    box.blur()
    box.press_sequentially("seq2seq")
    assert len(shown(page)) < len(first) < 60
    page.go_back()
    assert (shown(page), box.input_value()) == (first, "图解")
    box.press_sequentially("x")
    page.go_back()
    assert box.input_value() == "图解"
    page.go_back()
    assert (len(shown(page)), box.input_value(), query(page)) == (60, "", {})


def test_clearing_shows_all_and_keeps_the_order(page: Page) -> None:
    choose(page, "sort", "title")
    tick(page, "host", "知乎")
    filter_by(page, "注意力")
    page.get_by_role("button", name="清除").click()

    assert len(shown(page)) == 60
    assert query(page) == {"sort": ["title"]}


@pytest.mark.parametrize("selector", ["li.refblock-entry", "section > section"], ids=["entry", "section"])
def test_a_link_to_what_is_hidden_shows_it_and_a_step_back_hides_it_again(
    context: BrowserContext, address: str, selector: str
) -> None:
    page = context.new_page()
    page.goto(f"{address}/topics.html")
    target = page.locator(selector).last
    filter_by(page, "no such thing")
    assert target.is_hidden()
    # As a link in the text does it.
    page.evaluate("id => { location.hash = id }", target.get_attribute("id"))
    page.wait_for_function("!document.querySelector('li.refblock-entry[hidden]')")

    assert target.evaluate("one => one.matches(':target')")
    assert target.evaluate(
        "one => one.getBoundingClientRect().top < innerHeight && one.getBoundingClientRect().bottom > 0"
    )
    page.go_back()
    page.wait_for_function("document.querySelector('li.refblock-entry[hidden]')")
    assert page.locator(".refblock-filter").input_value() == "no such thing"


def test_a_view_goes_along_to_the_other_language(page: Page) -> None:
    tick(page, "topic", "self-attention")
    left = shown(page)
    page.locator(".langswitch a[hreflang=en]").first.click()
    page.wait_for_url("**/en/**")

    assert shown(page) == left
    assert query(page) == {"topic": ["self-attention"]}


def test_what_others_have_put_into_the_address_stays(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{address}/{ATTENTION}?from=mail#ref-attention-major-survey")
    filter_by(page, "注意力")

    assert query(page) == {"from": ["mail"], "filter": ["注意力"]}
    assert page.url.endswith("#ref-attention-major-survey")


# Marks.


def marks(page: Page) -> list[str]:
    pressed: list[str] = page.eval_on_selector_all(
        "[data-do=mark][aria-pressed=true]", "found => found.map(one => one.closest('li').dataset.key)"
    )
    return pressed


def test_marks_stay_in_the_browser_and_are_counted(page: Page, context: BrowserContext, address: str) -> None:
    for number in (0, 3):
        entry = page.locator("li.refblock-entry").nth(number)
        entry.hover()
        entry.get_by_role("button", name="已读").click()
    page.locator(".refblock-options summary").click()
    marked = marks(page)

    assert page.locator(".refblock-progress").inner_text() == "已读 2 / 60"
    page.reload()
    assert marks(page) == marked
    # The English page is another place of the same site.
    english = context.new_page()
    english.goto(f"{address}/en/{ATTENTION}")
    assert marks(english) == marked
    assert context.cookies() == []


def test_a_mark_in_one_tab_shows_in_the_other(page: Page, context: BrowserContext, address: str) -> None:
    other = context.new_page()
    other.goto(f"{address}/{ATTENTION}")
    page.bring_to_front()
    page.locator("[data-do=mark]").first.click(force=True)

    other.wait_for_function("document.querySelectorAll('[data-do=mark][aria-pressed=true]').length === 1")


def test_read_ones_can_be_hidden(page: Page) -> None:
    page.locator("[data-do=mark]").first.click(force=True)
    first = marks(page)[0]
    choose(page, "read", "no")
    assert first not in shown(page)
    assert len(shown(page)) == 59
    choose(page, "read", "yes")
    assert shown(page) == [first]


def test_marks_can_be_taken_to_another_browser(page: Page, chromium: Browser, address: str, tmp_path: Path) -> None:
    for number in (1, 5):
        page.locator("[data-do=mark]").nth(number).click(force=True)
    page.locator(".refblock-options summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="导出已读").click()
    file = tmp_path / "read.json"
    download.value.save_as(file)
    with chromium.new_context() as context:
        other = context.new_page()
        other.goto(f"{address}/{ATTENTION}")
        other.locator("[data-do=mark]").nth(7).click(force=True)
        other.locator(".refblock-bar input[type=file]").set_input_files(file)
        other.wait_for_function("document.querySelectorAll('[aria-pressed=true]').length === 3")

        assert set(marks(page)) < set(marks(other))
        (tmp_path / "other.json").write_text("[]")
        other.locator(".refblock-bar input[type=file]").set_input_files(tmp_path / "other.json")
        other.get_by_text("这个文件里没有已读标记").wait_for()
        assert len(marks(other)) == 3
    assert json.loads(file.read_text()) == {"refblock-read": sorted(marks(page))}


@pytest.mark.parametrize("kept", ["5", '{"a": 1}', "null", "not json", '"text"'])
def test_what_another_site_of_the_host_keeps_under_the_name_does_no_harm(
    context: BrowserContext, address: str, kept: str
) -> None:
    page = context.new_page()
    page.goto(f"{address}/index.html")
    page.evaluate("kept => localStorage.setItem('refblock-read', kept)", kept)
    page.goto(f"{address}/{ATTENTION}")
    page.locator("[data-do=mark]").first.click(force=True)

    assert len(marks(page)) == 1
    page.reload()
    assert len(marks(page)) == 1


# Taking an entry along.


@pytest.mark.parametrize(
    ("language", "name", "begins", "ends"),
    [
        ("bib", "BibTeX", "@online{attention-major-survey,\n", "\n}\n"),
        ("ris", "RIS", "TY  - ELEC\r\nID  - attention-major-survey\r\n", "\r\nER  - \r\n"),
        ("json", "CSL-JSON", "[", "]"),
    ],
)
def test_one_click_copies_an_entry(
    context: BrowserContext, address: str, language: str, name: str, begins: str, ends: str
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/{ATTENTION}")
    choose(page, "format", language)
    entry = page.locator("li[data-key='attention-major-survey']")
    entry.hover()
    entry.get_by_role("button", name=f"复制 {name}").click()
    page.get_by_text("已复制：attention-major-survey").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")

    assert copied.startswith(begins)
    assert copied.endswith(ends)
    assert copied.count("attention-major-survey") == (2 if language == "json" else 1)
    assert "最新“注意力机制Attention”大综述论文，66页pdf" in copied
    assert "The latest major survey paper" in copied
    page.reload()
    assert page.locator("select[name=format]").input_value() == language


@pytest.mark.parametrize(("ending", "begins"), [("bib", "@online{"), ("ris", "TY  - "), ("json", "[")])
def test_one_click_saves_an_entry(page: Page, tmp_path: Path, ending: str, begins: str) -> None:
    choose(page, "format", ending)
    entry = page.locator("li[data-key='sparse-attention-economy']")
    entry.hover()
    with page.expect_download() as download:
        entry.get_by_role("button", name="保存").click()
    file = tmp_path / "saved"
    download.value.save_as(file)

    assert download.value.suggested_filename == f"sparse-attention-economy.{ending}"
    assert file.read_text(encoding="utf-8").startswith(begins)
    assert "为节约而生：从标准Attention到稀疏Attention" in file.read_text(encoding="utf-8")


def test_where_copying_is_forbidden_the_text_is_shown_to_copy_by_hand(context: BrowserContext, address: str) -> None:
    context.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page = context.new_page()
    page.goto(f"{address}/{ATTENTION}")
    page.locator("[data-do=copy]").first.click(force=True)
    area = page.get_by_role("dialog").locator("textarea")

    assert area.input_value().startswith("@online{")
    assert page.evaluate("getSelection().toString()") == area.input_value()
    page.get_by_role("button", name="关闭").click()
    assert area.is_hidden()


def test_from_a_disk_where_a_page_may_not_fetch_the_block_s_file_is_offered(
    context: BrowserContext, built_site: BuiltSite
) -> None:
    page = context.new_page()
    page.goto((built_site.folder / ATTENTION).as_uri())
    page.locator("[data-do=copy]").first.click(force=True)

    page.wait_for_url("**/_static/refblock/*.bib")


# Keys.


def focused(page: Page) -> Any:
    return page.evaluate("document.activeElement.closest('.refblock-entry')?.dataset.key")


def test_keys_move_mark_and_filter(page: Page) -> None:
    keys = shown(page)
    page.keyboard.press("j")
    assert focused(page) == keys[0]
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert focused(page) == keys[1]
    page.keyboard.press("x")
    assert marks(page) == [keys[1]]
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.className") == "refblock-filter"
    page.keyboard.type("jkx?/")
    assert page.locator(".refblock-filter").input_value() == "jkx?/"
    assert page.locator("dialog[open]").count() == 0
    page.keyboard.press("Escape")
    assert page.locator(".refblock-filter").input_value() == ""
    assert len(shown(page)) == 60


def test_keys_pass_over_what_is_hidden(page: Page) -> None:
    left = filter_by(page, "图解")
    page.locator(".refblock-filter").blur()
    for key in left:
        page.keyboard.press("j")
        assert focused(page) == key


def test_help_names_every_key_and_can_turn_them_off(page: Page) -> None:
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    assert dialog.locator("kbd").all_inner_texts() == ["/", "j", "k", "x", "?", "Esc"]
    dialog.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    assert dialog.is_hidden()
    page.keyboard.press("j")
    assert focused(page) is None
    page.reload()
    page.keyboard.press("j")
    assert focused(page) is None
    # Without keys, the button still leads there.
    page.locator(".refblock-options summary").click()
    page.get_by_role("button", name="快捷键").click()
    page.get_by_role("dialog").get_by_role("checkbox").check()
    page.get_by_role("button", name="关闭").click()
    page.keyboard.press("j")
    assert focused(page)


WRITABLE = {
    "textarea": "document.body.append(document.createElement('textarea')); document.body.lastChild.focus()",
    "editable": "document.body.lastElementChild.before(Object.assign(document.createElement('p'), {id: 'e',"
    " contentEditable: 'true'})); document.getElementById('e').focus()",
    "shadow": "const host = document.createElement('div'); document.body.append(host);"
    " host.attachShadow({mode: 'open'}).append(document.createElement('input')); host.shadowRoot.firstChild.focus()",
    "select": "document.querySelector('.refblock-options').open = true;"
    " document.querySelector('.refblock-bar select').focus()",
}


@pytest.mark.parametrize("place", WRITABLE)
def test_keys_are_left_to_whatever_can_be_written_in(page: Page, place: str) -> None:
    page.evaluate(f"() => {{ {WRITABLE[place]} }}")
    for key in ("j", "x", "?", "/"):
        page.keyboard.press(key)

    assert focused(page) is None
    assert page.locator("dialog[open]").count() == 0
    assert not page.evaluate("document.activeElement.matches('.refblock-filter')")


def test_keys_go_on_after_a_box_is_ticked(page: Page) -> None:
    tick(page, "host", "知乎")
    page.locator("input[value='知乎']").focus()
    page.keyboard.press("j")

    assert focused(page) == shown(page)[0]


@pytest.mark.parametrize("modifier", ["Control", "Alt", "Meta"])
def test_keys_with_a_modifier_are_left_to_the_browser(page: Page, modifier: str) -> None:
    page.keyboard.press(f"{modifier}+j")

    assert focused(page) is None


def test_everything_can_be_reached_by_tab(page: Page) -> None:
    page.locator(".refblock-options").evaluate("details => { details.open = true }")
    wanted = page.locator(".refblock-bar :is(input:not([hidden]), select, button, summary)").evaluate_all(
        "all => all.filter(one => one.offsetParent).length"
    )
    page.locator(".refblock-filter").focus()
    reached = 1
    while reached < wanted:
        page.keyboard.press("Tab")
        assert page.evaluate("!!document.activeElement.closest('.refblock-bar')")
        reached += 1
    page.keyboard.press("Tab")
    assert focused(page) == shown(page)[0]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.do") == "mark"
    assert page.evaluate("getComputedStyle(document.activeElement).opacity") == "1"


# Without what the tools need.


def test_without_javascript_nothing_of_the_tools_is_there_and_the_list_is_whole(
    chromium: Browser, address: str
) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/{ATTENTION}")

        assert len(shown_without_script := page.locator("li.refblock-entry").all()) == 60
        assert all(entry.is_visible() for entry in shown_without_script)
        assert page.locator(".refblock-bar, .refblock-actions").count() == 0


def test_a_browser_that_forbids_storage_still_marks(context: BrowserContext, address: str) -> None:
    context.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('forbidden'); }})")
    page = context.new_page()
    page.goto(f"{address}/{ATTENTION}")
    page.locator("[data-do=mark]").first.click(force=True)

    assert len(marks(page)) == 1


def test_script_and_style_together_come_in_twelve_kilobytes() -> None:
    static = files("refblock") / "static"
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in static.iterdir()}

    assert sizes.keys() == {"refblock.js", "refblock.css"}
    assert sum(sizes.values()) <= 12 * 1024


def test_a_site_changes_colours_by_variables(page: Page) -> None:
    page.add_style_tag(content=":root { --refblock-muted: rgb(1, 2, 3); --refblock-rule: rgb(4, 5, 6) }")
    entry = page.locator("li.refblock-entry").first

    assert entry.locator(".refblock-meta").evaluate("one => getComputedStyle(one).color") == "rgb(1, 2, 3)"
    assert entry.evaluate("one => getComputedStyle(one).borderBottomColor") == "rgb(4, 5, 6)"


# A long page.

THOUSAND = "".join(
    f"@online{{k{number}, title = {{多任务学习的第{number}篇综述与注意力机制}}, langid = {{chinese}},"
    f" titleaddon = {{Survey no. {number} of multi-task learning and attention}},"
    f" url = {{https://example.org/{number}}}, keywords = {{t{number % 12}}}, organization = {{o{number % 5}}}}}\n"
    for number in range(1000)
)


def test_a_long_page_lays_out_what_is_in_sight_and_keeps_numbers_and_filter(
    site: Site, serve: Callable[..., str], context: BrowserContext
) -> None:
    site.write(refs=THOUSAND, index="# A\n\n```{refblock}\n```\n")
    page = context.new_page()
    page.goto(f"{serve(site.build().folder)}/index.html")
    last = page.locator("li.refblock-entry").last

    assert last.evaluate("li => getComputedStyle(li).contentVisibility") == "auto"
    assert last.evaluate("li => getComputedStyle(li, '::before').content") == '"1000." / ""'
    assert not last.evaluate("li => li.firstElementChild.checkVisibility({contentVisibilityAuto: true})")
    last.scroll_into_view_if_needed()
    page.wait_for_function(
        "document.querySelector('li:last-child > div').checkVisibility({contentVisibilityAuto: true})"
    )
    assert filter_by(page, "第999篇") == ["k999"]
    assert len(filter_by(page, "duorenwu")) == 1000
    # Where the pointer is, an entry's tools may stand above its box.
    last.hover()
    assert last.evaluate("li => getComputedStyle(li).contentVisibility") == "visible"
    page.mouse.move(0, 0)
    page.emulate_media(media="print")
    assert last.evaluate("li => getComputedStyle(li).contentVisibility") == "visible"
