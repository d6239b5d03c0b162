"""One's own account, keys and administration as people meet them: in Debian's Chromium, at a desk and on a phone."""

import re

import pytest

from app.actions.demo_codes import give_demo_second_factor
from app.actions.keep_accounts import reset_password
from app.actions.machine_clients import create_client
from app.actions.second_factor import enrol_second_factor
from app.actions.signing_keys import create_signing_key
from tests.web.conftest import served
from tests.web.people_office import MANAGER, NOVICE, OFFICER, OPERATOR, PASSWORD, PIN, actor_of, copied
from tests.web.screen import CHINESE, MODES, UNNAMED

pytestmark = pytest.mark.browser

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NEW = "another quiet password"
OFFICE_WORDS = {"李晓梅", "陈静", "周敏", "王磊", "管理甲", "新人", "示例县内管办", "示例县专卖科", "示例县"}
OFFICE_WORDS |= {"城东片区", "城西片区"}

PAGES = {
    "lixiaomei": [
        "/account",
        "/account/password",
        "/account/second-factor",
        "/account/signing-key",
        "/account/presence",
    ],
    "zhoumin": [
        "/keys/confirm",
        f"/keys/confirm/{MANAGER}",
        f"/keys/revoke/{OFFICER}",
        "/account/signing-key",
        "/account/signing-key/pin",
        "/account/signing-key/revoke",
    ],
    "guanli": [
        "/admin/people",
        f"/admin/people/{MANAGER}",
        f"/admin/people/{NOVICE}/grant",
        f"/admin/people/{MANAGER}/end?role=account_manager&unit=T03&since=2024-01-01",
        "/admin/people/A0001",
        "/admin/accounts",
        "/admin/accounts/new",
        "/admin/accounts/of/lixiaomei",
        "/admin/territories",
        "/admin/territories/T03",
        "/admin/clients",
        "/admin/clients/new",
        "/admin/clients/of/forecast-system",
        "/account",
    ],
    None: ["/sign-in", "/demo/codes"],
}
"""By who looks; None is nobody."""


@pytest.fixture(scope="module")
def seen(furnished_people, tmp_path_factory):
    """An office to be looked at, in which nothing is changed by looking."""
    office = copied(*furnished_people, tmp_path_factory.mktemp("seen") / "people")
    create_signing_key(office.deps, actor_of(office.deps, MANAGER), PIN, PIN)
    enrol_second_factor(office.deps, actor_of(office.deps, MANAGER))
    create_client(office.deps, OPERATOR, "forecast-system", ["submit", "read"], ["T03"])
    with served(office.app) as address:
        yield office, address
    office.deps.store.close()


@pytest.fixture
def alive(people):
    """An office in which things happen, and its address."""
    with served(people.app) as address:
        yield people, address


def walk(visit, address, **mode):
    """Yield every page, each seen by whom it is for."""
    for login, paths in PAGES.items():
        reader = visit(address, **mode)
        if login is not None:
            reader.sign_in(login, PASSWORD)
        for path in paths:
            yield reader, path, reader.open(path)


@pytest.mark.parametrize(("width", "language", "theme"), MODES)
def test_no_page_complains_calls_abroad_or_scrolls_sideways(visit, seen, width, language, theme):
    readers = set()
    for reader, path, page in walk(visit, seen[1], width=width, language=language, theme=theme):
        readers.add(reader)
        assert page.locator("h1").count() == 1, path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path

    assert [reader.complaints + reader.abroad for reader in readers] == [[]] * len(PAGES)


def test_everything_has_a_name_and_headings_do_not_jump(visit, seen):
    for _, path, page in walk(visit, seen[1]):
        assert page.evaluate(UNNAMED) == [], path
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1]))")
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in zip([0, *levels], levels, strict=False)), (path, levels)
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids)), path
        assert page.evaluate("[...document.querySelectorAll('th')].filter(t => !t.scope).length") == 0, path


def test_no_chinese_is_left_in_english_but_what_the_office_wrote(visit, seen):
    for _, path, page in walk(visit, seen[1], language="en"):
        page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
        page.evaluate("document.querySelectorAll('[lang=zh-Hans], datalist').forEach(e => e.remove())")
        text = page.title() + page.locator("body").inner_text()
        assert [found for found in CHINESE.findall(text) if found not in OFFICE_WORDS] == [], path


def test_somebody_enrols_a_second_factor_and_signs_in_with_it(visit, alive):
    people, address = alive
    page = visit(address).sign_in("wanglei", PASSWORD).open("/account")
    page.get_by_role("link", name="第二因素：登记").click()
    page.get_by_role("button", name="开始登记").click()
    secret = page.locator("#secret").inner_text().replace(" ", "")
    assert page.get_by_role("img", name="登记用的二维码").is_visible()
    page.get_by_role("button", name="复制 密钥").click()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    page.get_by_label("动态码").fill(people.code_of(secret))
    page.get_by_role("button", name="确认登记").click()
    assert "第二因素已登记" in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="退出").click()

    people.go_on(seconds=60)
    page.locator("#login").fill("wanglei")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code")
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    assert page.get_by_role("alert").inner_text() == "没有登录成功，请再试一次。"
    page.get_by_label("动态码").fill(people.code_of(secret))
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks")


def test_a_key_is_made_read_out_and_confirmed_on_two_screens(visit, alive):
    _, address = alive
    owner = visit(address, width=390).sign_in("wanglei", PASSWORD).open("/account/signing-key")
    owner.locator("#pin").fill(PIN)
    owner.locator("#pin_again").fill(PIN)
    owner.get_by_role("button", name="建立密钥").click()
    read_out = owner.locator(".fingerprint").inner_text()

    officer = visit(address).sign_in("chenjing", PASSWORD).open("/keys/confirm")
    officer.get_by_role("link", name="王磊").click()
    officer.get_by_label("本人读出的指纹").fill(read_out.replace("\n", " ").upper())
    officer.get_by_label("您自己的签名密码").fill(PIN)
    officer.get_by_role("button", name="已当面核对，确认").click()
    officer.wait_for_url("**/keys/confirm?done=confirmed")

    owner.reload()
    assert "可以签名" in owner.locator("#state").inner_text()
    assert owner.get_by_role("link", name="吊销证书").is_visible()


def test_a_temporary_password_leads_to_a_page_that_leads_on(visit, alive):
    people, address = alive
    temporary = reset_password(people.deps, OPERATOR, "lixiaomei")
    page = visit(address, width=390).open("/sign-in")
    page.locator("#login").fill("lixiaomei")
    page.locator("#password").fill(temporary)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/password")
    for field, text in (("old", temporary), ("new", NEW), ("again", NEW)):
        page.locator(f"#{field}").fill(text)
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks")

    assert page.get_by_role("heading", name="我的待办").is_visible()


def test_an_administrator_works_from_the_keyboard_without_scripts_being_needed(chromium, alive):
    _, address = alive
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.locator("#login").fill("guanli")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/people")
    page.get_by_role("link", name="新人").click()
    page.get_by_role("link", name="授予岗位").click()
    page.locator("#role").select_option("supervision_officer")
    page.locator("#unit").fill("示例县内管办")
    page.keyboard.press("Enter")
    page.wait_for_url("**?done=role")
    assert "内管员" in page.locator("main").inner_text()

    page.goto(f"{address}/admin/accounts/of/wanglei")
    assert not page.get_by_role("button", name="停用账号").is_visible()
    page.get_by_text("停用账号").first.click()
    page.get_by_role("button", name="停用账号").click()
    page.wait_for_url("**?done=disabled")
    context.close()


def test_the_code_of_the_demo_page_signs_a_newcomer_in(visit, alive):
    people, address = alive
    give_demo_second_factor(people.deps, "zhoumin", SECRET)
    reader = visit(address)
    page = reader.open("/demo/codes")
    code = page.locator("tr", has_text="zhoumin").locator(".code-now").inner_text()
    page.get_by_role("link", name="去登录").click()
    page.locator("#login").fill("zhoumin")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#code").fill(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks")

    assert re.fullmatch(r"\d{6}", code)
