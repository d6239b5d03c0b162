"""One change of format, walked by five people in a real browser: at desks and on phones, in both languages."""

from datetime import UTC, datetime

import pytest

from app.actions.read_change import read_change
from app.actions.run_day import run_day
from app.core.actor import command_actor
from app.core.clock import SteppedClock
from app.office.permission import Permission
from tests.web.change_office import (
    CHAIN,
    CHEN,
    KINDS,
    LI,
    MA,
    PASSWORD,
    PIN,
    SHOPS,
    SUN,
    WANG,
    ZHANG,
    actor_of,
    apply_for,
    check_shop,
    elsewhere,
    go_on,
    login_of,
    photo,
    sign_layers,
)
from tests.web.screen import CHINESE, MODES, UNNAMED

pytestmark = pytest.mark.browser

OF_THE_OFFICE = (
    *("楚", "便利店", "烟草专业店", "超市", "路", "号", "烟酒", "扩建", "同意", "示例", "城东", "片区", "刘建国"),
    *("李晓梅", "王磊", "张伟", "陈静", "马卫东", "孙芳", "录错"),
)
"""What the office or one of its people wrote: it stays as it is in every language."""


@pytest.fixture
def sit(visit, change_address, change_office):
    """Let somebody sign in at a screen, some time after what happened last."""

    def down(person_id: str, minutes: int = 20, **mode):
        go_on(change_office, minutes=minutes)
        reader = visit(at=change_address, **mode)
        reader.page.clock.set_fixed_time(change_office.clock.now())
        return reader.sign_in(login_of(person_id), PASSWORD)

    return down


@pytest.fixture(scope="module")
def waiting(change_office) -> str:
    """A request that waits for the market manager."""
    number = apply_for(change_office, SHOPS[12])
    check_shop(change_office, number, LI, WANG)
    sign_layers(change_office, number, LI, WANG)
    return number


@pytest.fixture(scope="module")
def paths(change_office, waiting) -> list[str]:
    """Every page of a segment change the market manager may open."""
    return [
        "/tasks",
        "/segment-changes",
        f"/segment-changes/{waiting}",
        f"/segment-changes/{waiting}/sign",
        f"/segment-changes/{waiting}/reject",
        "/registers/YT/2026",
        "/registers/BA/2026",
        "/notices/segment-changes",
    ]


def picture_file(number: int) -> dict[str, object]:
    return {"name": f"{number}.png", "mimeType": "image/png", "buffer": photo(number)}


def apply_at_desk(reader, licence_no: str) -> str:
    page = reader.open("/tasks")
    page.get_by_role("link", name="申请业态变更").click()
    page.locator("#q").press_sequentially(licence_no[-4:])
    page.locator(".hits a").first.click()
    page.get_by_label("烟草专业店").check()
    page.get_by_role("button", name="下一步").click()
    assert "紧俏货源每月多得 11 条" in page.locator(".benefit .why").inner_text()
    page.locator("#reason_code").select_option("premises_changed")
    page.locator("#reason_text").fill("扩建专柜，单设卷烟柜台")
    page.locator("#applicant").fill("刘建国")
    page.locator("#contact").fill("13800000000")
    for place, kind in enumerate(KINDS):
        page.locator(f"#file_{kind}").set_input_files(picture_file(700 + place))
    page.get_by_text("照片里没有拍摄时间或位置？").click()
    page.locator("#taken_at").fill("2026-11-09T08:00:00")
    page.locator("#latitude").fill("30.512345")
    page.locator("#longitude").fill("114.401234")
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_url("**/segment-changes/NG-YT-*?done=apply")
    return page.url.partition("?")[0].rpartition("/")[2]


def check_on_phone(reader, number: str, act: str, send: str, place: int) -> None:
    reader.context.grant_permissions(["geolocation"], origin=reader.address)
    reader.context.set_geolocation({"latitude": 30.512345, "longitude": 114.401234})
    page = reader.open("/tasks")
    page.locator("tr", has_text=number).get_by_role("link", name=act).click()
    page.locator("[data-locate-button]").click()
    page.wait_for_function("document.querySelector('#latitude').value === '30.512345'")
    page.locator("#area_m2").fill("62.5")
    page.locator("#hours_per_day").fill("12")
    page.locator("input[name=sales_mode][value=counter]").check()
    page.locator("input[name=it_level][value=pos]").check()
    page.locator("#file_site_record").set_input_files(picture_file(place))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name=send).click()
    page.wait_for_url("**?done=check")


def sign_with_keyboard(reader, number: str, opinion: str = "") -> None:
    """From the list of tasks to the signature without touching a mouse."""
    page = reader.open("/tasks")
    while number not in page.evaluate("document.activeElement.closest('tr')?.textContent ?? ''"):
        page.keyboard.press("j")
    page.keyboard.press("d")
    page.wait_for_url("**/sign")
    page.keyboard.type(opinion)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "pin"
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    page.wait_for_url("**?done=sign", timeout=120_000)


def test_a_format_is_changed_by_five_people_from_the_application_to_the_look_after_its_effect(sit, change_office):
    li = sit(LI)
    number = apply_at_desk(li, SHOPS[13])
    check_on_phone(sit(LI, width=390), number, "到店核查", "提交核查", 801)
    check_on_phone(sit(WANG, width=390, language="en", theme="dark"), number, "Check on site", "Enter the check", 802)
    case = sit(ZHANG).open(f"/segment-changes/{number}")
    assert case.locator(".layers .next").inner_text().startswith("1 客户经理")

    for person_id in (LI, WANG, ZHANG):
        reader = sit(person_id)
        sign_with_keyboard(reader, number)
        assert reader.complaints == []

    leader = sit(MA)
    page = leader.open(f"/segment-changes/{number}/sign")
    page.locator("#pin").fill(PIN)
    page.evaluate("document.querySelector('#opinion').required = false")
    page.get_by_role("button", name="签署").click()
    page.locator("#problems").wait_for()
    assert "须写明二级复核意见" in page.locator("#problems").inner_text()
    assert page.evaluate("document.activeElement.id") == "problems"
    page.locator("#opinion").fill("已复核投放变化，确有扩大")
    page.locator("#pin").fill(PIN)
    page.get_by_role("button", name="签署").click(timeout=60_000)
    page.wait_for_url("**?done=sign", timeout=60_000)

    sign_with_keyboard(sit(CHEN), number)
    page = sit(CHEN).open("/tasks")
    page.locator("tr", has_text=number).get_by_role("link", name="登记备案").click()
    assert "现在备案，生效日是 2026-12-01。" in page.locator(".notice.note").inner_text()
    # Filing archives the form, which is made to be verified years later: that takes its time.
    page.get_by_role("button", name="登记备案").click(timeout=120_000)
    page.wait_for_url("**?done=file", timeout=120_000)
    assert page.locator(".layers .signed").count() == len(CHAIN)

    clock = change_office.clock
    assert isinstance(clock, SteppedClock)
    clock.set(datetime(2026, 12, 1, 1, 0, tzinfo=UTC))
    elsewhere(lambda: run_day(change_office, command_actor(Permission)))
    page = sit(CHEN).open(f"/segment-changes/{number}")
    assert page.get_by_text("您不能办理“复查”：").is_visible()
    page = sit(SUN).open(f"/segment-changes/{number}/review")
    page.get_by_label("相符", exact=True).check()
    page.locator("#note").fill("专柜仍在，经营如申请所述")
    page.get_by_role("button", name="提交复查").click()
    page.wait_for_url("**?done=review")

    view = read_change(change_office, actor_of(change_office, CHEN), number)
    assert view.change.state.value == "reviewed"
    assert [layer.person_id for layer in view.layers] == list(CHAIN)


def test_the_register_is_prepared_and_signed_by_a_supervision_officer(sit):
    page = sit(CHEN).open("/registers/BA/2026")
    page.get_by_role("button", name="编制登记簿，核对并签名").click()
    page.wait_for_url("**/registers/documents/D04-*")
    page.locator("#pin").fill(PIN)
    page.get_by_role("button", name="签署").click(timeout=60_000)
    page.get_by_text("已签名。任何人都可以离线核对这份文件。").wait_for(timeout=60_000)

    with page.expect_download() as handed_out:
        page.get_by_role("link", name="打开登记簿（PDF）").click()
    assert handed_out.value.suggested_filename.startswith("D04-")


def test_the_forms_work_without_scripts(chromium, change_address):
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{change_address}/segment-changes/new?q={SHOPS[14]}")
    page.locator("#login").fill(login_of(LI))
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(f"**/segment-changes/new?licence={SHOPS[14]}")
    page.get_by_label("超市").check()
    page.get_by_role("button", name="下一步").click()

    assert "紧俏货源每月少得 5 条" in page.locator(".benefit .why").inner_text()
    page.locator("#proposed_segment").select_option("Y")
    page.get_by_role("button", name="重新测算").click()
    assert "紧俏货源每月多得 11 条" in page.locator(".benefit .why").inner_text()
    assert page.locator("[data-locate-button]:visible").count() == 0
    context.close()


def test_the_photo_of_a_file_is_looked_at_in_place_and_handed_out_as_a_file(sit, waiting):
    reader = sit(ZHANG)
    page = reader.open(f"/segment-changes/{waiting}")
    page.locator("#evidence-card summary").first.click()
    page.wait_for_function("document.querySelector('#evidence-card img').naturalWidth === 96", timeout=30_000)

    assert reader.complaints == []


@pytest.mark.parametrize(("width", "language", "theme"), MODES)
def test_no_page_complains_calls_abroad_or_scrolls_sideways(sit, paths, width, language, theme):
    reader = sit(ZHANG, minutes=0, width=width, language=language, theme=theme)
    for path in paths:
        page = reader.open(path)
        assert page.locator("h1").count() == 1, path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path

    assert reader.complaints == []
    assert reader.abroad == []


def test_everything_has_a_name_and_headings_do_not_jump(sit, paths):
    reader = sit(ZHANG, minutes=0)
    for path in paths:
        page = reader.open(path)
        page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
        assert page.evaluate(UNNAMED) == [], path
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1]))")
        assert all(after - before <= 1 for before, after in zip([0, *levels], levels, strict=False)), (path, levels)
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids)), path
        assert page.evaluate("[...document.querySelectorAll('th')].filter(t => !t.scope).length") == 0, path


def test_no_chinese_is_left_in_english_but_what_the_office_wrote(sit, paths):
    reader = sit(ZHANG, minutes=0, language="en")
    for path in paths:
        page = reader.open(path)
        page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
        page.evaluate("document.querySelectorAll('[lang=zh-Hans], pre').forEach(e => e.remove())")
        left = CHINESE.findall(page.title() + page.locator("main").inner_text())
        assert [text for text in left if not any(word in text for word in OF_THE_OFFICE)] == [], path


def test_paper_shows_the_case_without_its_buttons(sit, waiting):
    page = sit(ZHANG, minutes=0).open(f"/segment-changes/{waiting}")
    page.emulate_media(media="print")

    assert page.locator(".layers").is_visible()
    assert not page.locator(".case-head .acts").is_visible()
