"""The pages as people meet them: in Debian's Chromium, with a keyboard, on a desk and on a phone."""

import re

import pytest

from tests.web.screen import CHINESE, MODES, UNNAMED

PATHS = ["/evaluations", "{flag}", "{many}", "{pass}", "/rules", "/rules/ENT-06", "/log", "/verify", "/components"]

pytestmark = pytest.mark.browser


@pytest.fixture
def at_desk(visit, officer, password):
    """A supervision officer, signed in, at a desk."""
    return visit().sign_in(officer, password)


def _paths(site) -> list[str]:
    return [path.format(**{k: f"/evaluations/{v}" for k, v in site.evaluations.items()}) for path in PATHS]


def test_a_wrong_password_gets_one_calm_sentence_and_keeps_the_name(visit, officer):
    page = visit().open("/sign-in")
    page.locator("#login").fill(officer)
    page.locator("#password").fill("not the password")
    page.keyboard.press("Enter")

    assert page.get_by_role("alert").inner_text() == "登录名或密码不对，请再试一次。"
    assert page.locator("#login").input_value() == officer
    assert page.locator("#password").input_value() == ""


def test_after_signing_in_the_reader_is_where_the_link_led(visit, officer, password, site):
    reader = visit()
    page = reader.open(f"/evaluations/{site.evaluations['flag']}")
    page.locator("#login").fill(officer)
    page.locator("#password").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/evaluations/{site.evaluations['flag']}")

    assert page.locator("h1").is_visible()


def test_signing_out_closes_the_door(at_desk):
    page = at_desk.open("/rules")
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in")

    assert "/sign-in?next=" in at_desk.open("/evaluations").url


def test_the_finding_says_sentence_clause_number_and_limit(at_desk, site):
    page = at_desk.open(f"/evaluations/{site.evaluations['flag']}")
    finding = page.locator("#ENT-06")

    assert "疑似多写一个零" in finding.locator(".why").inner_text()
    assert "不得出现错录" in finding.inner_text()
    decides = finding.locator(".measures .decides")
    assert "为均值倍数" in decides.inner_text()
    assert "10.2" in decides.inner_text()
    assert decides.locator(".went-past").inner_text() == "≥ 8"
    assert finding.locator(".lines tbody tr").count() == 3


def test_missing_data_is_explained_and_never_shown_as_a_pass(at_desk, site):
    finding = at_desk.open(f"/evaluations/{site.evaluations['flag']}").locator("#ENT-09")

    assert "数据不足" in finding.locator("header").inner_text()
    assert "缺少：采集源记录量" in re.sub(r"\s", "", finding.inner_text())


def test_passing_rules_are_folded_and_open_with_the_keyboard(at_desk, site):
    page = at_desk.open(f"/evaluations/{site.evaluations['flag']}")
    row = page.locator("#silent tbody tr").first

    assert not row.is_visible()
    page.locator("#silent summary").focus()
    page.keyboard.press("Enter")
    assert row.is_visible()


def test_the_list_is_walked_and_opened_from_the_keyboard(at_desk):
    page = at_desk.open("/evaluations")
    rows = page.locator("tr[data-stop]")
    third = rows.nth(2).locator(".id").last.inner_text()
    for key in "jjjjk":
        page.keyboard.press(key)

    assert page.evaluate("document.activeElement.closest('tr').querySelector('td:last-child').textContent") == third
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/evaluations/{third}")
    page.keyboard.press("u")
    page.wait_for_url("**/evaluations")


def test_letters_typed_into_a_field_move_nothing(at_desk):
    page = at_desk.open("/evaluations")
    page.keyboard.press("/")
    page.keyboard.type("jku")

    assert page.locator("#text").input_value() == "jku"
    assert page.url.endswith("/evaluations")


def test_findings_are_walked_and_all_their_lines_opened_from_the_keyboard(at_desk, site):
    page = at_desk.open(f"/evaluations/{site.evaluations['many']}")
    page.keyboard.press("j")
    page.keyboard.press("j")

    assert page.evaluate("document.activeElement.id") == "ENT-02"
    page.keyboard.press("e")
    page.wait_for_url("**/findings/ENT-02")


def test_the_filters_leave_a_short_address(at_desk):
    page = at_desk.open("/evaluations")
    page.locator("#cycle").select_option("2026-11")
    page.get_by_role("button", name="筛选").click()
    page.wait_for_url("**/evaluations?cycle=2026-11")

    assert page.locator("tr[data-stop]").count() == 5
    page.get_by_role("link", name="阻断 2").click()
    assert page.locator("tr[data-stop]").count() == 2


def test_a_digest_is_copied_whole(at_desk, site):
    page = at_desk.open(f"/evaluations/{site.evaluations['flag']}")
    page.get_by_role("button", name="复制 规则集").click()

    page.get_by_text("已复制").wait_for()
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", page.evaluate("navigator.clipboard.readText()"))


def test_the_pages_work_without_scripts(chromium, address, officer, password, site):
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{address}/evaluations/{site.evaluations['flag']}")
    page.locator("#login").fill(officer)
    page.locator("#password").fill(password)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/evaluations/E-*")

    assert page.locator(".finding").count() == 3
    assert page.locator("button[data-copy]:visible").count() == 0
    context.close()


def test_the_language_is_changed_where_the_reader_is_and_stays(at_desk, site):
    page = at_desk.open(f"/evaluations/{site.evaluations['flag']}?x=1")
    page.get_by_role("link", name="English").click()

    assert page.url.endswith("?x=1")
    assert page.locator("html").get_attribute("lang") == "en"
    assert "probably a zero too many" in page.locator("#ENT-06 .why").inner_text()
    assert at_desk.open("/rules").locator("h1").inner_text() == "Rules"


@pytest.mark.parametrize("path", PATHS)
def test_no_chinese_is_left_in_english_but_what_the_office_wrote(visit, officer, password, site, path):
    page = visit(language="en").sign_in(officer, password).open(_paths(site)[PATHS.index(path)])
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
    # Quotations of the regulation and the file itself stay as they are, and say so; names are the office's.
    page.evaluate("document.querySelectorAll('[lang=zh-Hans], pre').forEach(e => e.remove())")
    text = page.title() + page.locator("body").inner_text()
    office = ["李晓梅", "赵强", "张三", "张", "三", "陈静", "城东片区", "城西片区", "乡镇片区", "预测系统"]
    office += ["条", "箱", "件"]
    # What a parameter is compared with is a value of the office too: 停业, 歇业.
    office += CHINESE.findall(str([rule.params for rule in site.deps.library.rules]))

    assert [found for found in CHINESE.findall(text) if found not in office] == []


@pytest.mark.parametrize(("width", "language", "theme"), MODES)
def test_no_page_complains_calls_abroad_or_scrolls_sideways(visit, officer, password, site, width, language, theme):
    reader = visit(width=width, language=language, theme=theme).sign_in(officer, password)
    for path in _paths(site):
        page = reader.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path

    assert reader.complaints == []
    assert reader.abroad == []


@pytest.mark.parametrize("path", PATHS)
def test_everything_has_a_name_and_headings_do_not_jump(at_desk, site, path):
    """The checks of axe that matter most here, without its 500 kB."""
    page = at_desk.open(_paths(site)[PATHS.index(path)])

    assert page.evaluate(UNNAMED) == []
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1]))")
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip([0, *levels], levels, strict=False)), levels
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    assert page.evaluate("[...document.querySelectorAll('th')].filter(t => !t.scope).length") == 0
    assert page.locator("main").count() == 1
    assert page.locator("html").get_attribute("lang")


def test_the_first_tab_skips_to_the_content(at_desk):
    page = at_desk.open("/evaluations")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_focus_can_be_seen(at_desk):
    page = at_desk.open("/rules")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")

    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_paper_shows_what_the_screen_folds_and_no_menu(at_desk, site):
    page = at_desk.open(f"/evaluations/{site.evaluations['flag']}")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")

    assert page.locator("#silent tbody tr").first.is_visible()
    assert not page.locator(".rail").is_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert not page.locator("#silent tbody tr").first.is_visible()


def test_the_page_says_when_clock_and_data_are_not_real(at_desk):
    banner = at_desk.open("/evaluations").locator(".banner").inner_text()

    assert "模拟时钟" in banner
    assert "示例数据" in banner
