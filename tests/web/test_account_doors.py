"""Signing in, one's own account and signing keys, through the client: what opens, what does not, and what is said."""

import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from app.actions.demo_codes import give_demo_second_factor
from app.actions.deps import OidcSettings
from app.actions.keep_accounts import reset_password
from app.actions.sign_in_elsewhere import link_identity
from app.actions.signing_keys import my_signing_key, waiting_keys
from app.factory import create_app
from tests.oidc_provider import LocalProvider
from tests.web.people_office import (
    HEAD,
    MANAGER,
    OFFICER,
    OPERATOR,
    PASSWORD,
    PEOPLE,
    PIN,
    actor_of,
)

NEW = "another quiet password"
NOT_SIGNED_IN = "没有登录成功，请再试一次。"
WRONG = "登录名或密码不对，请再试一次。"
FINGERPRINT = re.compile(r'<p class="fingerprint".*?</p>', re.DOTALL)


def fingerprint_on(page: str) -> str:
    return " ".join(re.findall(r"<span>([0-9a-f]{4})</span>", FINGERPRINT.search(page)[0]))


# --- the code ----------------------------------------------------------------------------------------------------


def test_with_a_second_factor_the_password_opens_nothing_but_the_page_of_the_code(people):
    secret = people.enrolled(OFFICER)
    visitor = people.visitor()

    first = visitor.sign_in("chenjing", next="/account")

    assert first.location == "/sign-in/code?next=%2Faccount"
    for path in ("/account", "/tasks", "/keys/confirm"):
        assert visitor.get(path).location.startswith("/sign-in?next=")
    assert "chenjing" in visitor.get("/sign-in/code").text
    second = visitor.post("/sign-in/code", "/sign-in/code", code=people.code_of(secret), next="/account")
    assert second.location == "/account"
    assert visitor.get("/account").status_code == 200


def test_a_wrong_a_used_and_a_late_code_get_the_same_sentence(people):
    secret = people.enrolled(OFFICER)
    code = people.code_of(secret)
    once, again = people.visitor(), people.visitor()
    once.sign_in("chenjing")
    assert once.post("/sign-in/code", "/sign-in/code", code=code).status_code == 302
    again.sign_in("chenjing")

    wrong = again.post("/sign-in/code", "/sign-in/code", code="000000")
    used = again.post("/sign-in/code", "/sign-in/code", code=code)
    key = again.get("/sign-in/code").text
    people.go_on(minutes=6)
    late = again.post("/sign-in/code", code=people.code_of(secret))

    assert "form_key" in key
    for answer in (wrong, used, late):
        assert answer.status_code == 422
        assert NOT_SIGNED_IN in answer.text
    assert again.get("/account").location.startswith("/sign-in")


def test_who_gave_no_password_begins_at_the_beginning(people):
    assert people.visitor().get("/sign-in/code").location == "/sign-in"
    assert people.signed_in("chenjing").get("/sign-in/code").location == "/"


@pytest.mark.parametrize("login", ["chenjing", "nobody-at-all"])
def test_eight_failures_lock_and_the_answer_never_tells(people, login):
    visitor = people.visitor()
    answers = [visitor.sign_in(login, "wrong") for _ in range(8)]

    answers.append(visitor.sign_in(login, PASSWORD))

    assert {answer.status_code for answer in answers} == {422}
    assert all(WRONG in answer.text and "连续 8 次不成功" in answer.text for answer in answers)
    if login == "chenjing":
        people.go_on(minutes=16)
        assert visitor.sign_in(login, PASSWORD).status_code == 302


# --- the password ------------------------------------------------------------------------------------------------


def test_a_temporary_password_opens_only_the_page_that_changes_it(people):
    temporary = reset_password(people.deps, OPERATOR, "lixiaomei")
    visitor = people.visitor()
    visitor.sign_in("lixiaomei", temporary)

    for path in ("/tasks", "/account", "/rules", "/account/signing-key", "/segment-changes"):
        assert visitor.get(path).location == "/account/password"
    page = visitor.get("/account/password").text
    assert "先换一个自己的密码" in page
    done = visitor.post("/account/password", "/account/password", old=temporary, new=NEW, again=NEW)
    assert done.location == "/"
    assert visitor.get("/account").status_code == 200
    assert people.visitor().sign_in("lixiaomei", NEW).status_code == 302


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"old": "wrong", "new": NEW, "again": NEW}, "old", "原密码不正确"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "new", "密码长度应为 12 到 256 个字符。"),
        ({"old": PASSWORD, "new": NEW, "again": NEW + "x"}, "again", "两次输入的新密码不一致。"),
        ({"old": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "new", "新密码不能与原密码相同。"),
        ({"old": "", "new": NEW, "again": NEW}, "old", "请填写。"),
    ],
)
def test_what_is_wrong_with_a_new_password_stands_beside_the_field(people, fields, field, sentence):
    visitor = people.signed_in("chenjing")

    answer = visitor.post("/account/password", "/account/password", **fields)

    assert answer.status_code in (403, 422)
    assert f'<p class="field-error" id="{field}-error">{sentence}' in answer.text
    assert not any(f'value="{text}"' in answer.text for text in fields.values() if text)
    assert people.visitor().sign_in("chenjing").status_code == 302


def test_changing_the_password_signs_out_every_other_browser(people):
    here, there = people.signed_in("chenjing"), people.signed_in("chenjing")

    answer = here.post("/account/password", "/account/password", old=PASSWORD, new=NEW, again=NEW)

    assert answer.status_code == 303
    assert "密码已修改" in here.get(answer.location).text
    assert there.get("/account").location.startswith("/sign-in")


# --- sessions ----------------------------------------------------------------------------------------------------


def test_the_account_page_says_who_one_is_what_one_holds_and_where_one_is_signed_in(people):
    page = people.signed_in("lixiaomei").get("/account").text

    for word in (
        "李晓梅",
        MANAGER,
        "lixiaomei",
        "客户经理",
        "T03",
        "2024-01-01",
        "城东片区",
        "当前浏览器",
        "127.0.0.1",
    ):
        assert word in page
    assert "退出其他浏览器</button>" not in page


def test_one_ends_the_own_other_sessions_and_nobody_elses(people):
    here, there, stranger = (people.signed_in(login) for login in ("chenjing", "chenjing", "lixiaomei"))
    assert "退出其他浏览器</button>" in here.get("/account").text

    answer = here.post("/account", "/account")

    assert answer.location == "/account?done=sessions"
    assert here.get("/account").status_code == 200
    assert "退出其他浏览器</button>" not in here.get("/account").text
    assert there.get("/account").location.startswith("/sign-in")
    assert stranger.get("/account").status_code == 200


def test_a_session_that_ended_by_itself_is_explained_and_one_that_was_left_is_not(people):
    idle, left = people.signed_in("chenjing"), people.signed_in("lixiaomei")
    left.post("/sign-out", "/account")
    people.go_on(minutes=31)

    assert "上次登录已结束" in idle.get("/sign-in").text
    assert "上次登录已结束" not in left.get("/sign-in").text
    assert "上次登录已结束" not in people.visitor().get("/sign-in").text


def test_a_session_about_to_end_says_so_on_every_page(people):
    visitor = people.signed_in("chenjing")
    assert "本次登录将于" not in visitor.get("/rules").text
    for _ in range(24):
        people.go_on(minutes=24)
        assert visitor.get("/rules").status_code == 200
    people.go_on(minutes=12)

    assert "本次登录将于" in visitor.get("/rules").text
    people.go_on(minutes=13)
    assert visitor.get("/rules").location.startswith("/sign-in")


# --- the second factor -------------------------------------------------------------------------------------------


def test_a_second_factor_is_enrolled_with_picture_or_text_and_counts_once_a_code_was_given(people):
    visitor = people.signed_in("lixiaomei")
    assert "开始登记" in visitor.get("/account/second-factor").text
    assert visitor.post("/account/second-factor", "/account/second-factor").status_code == 303

    page = visitor.get("/account/second-factor").text
    secret = re.search(r'id="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert '<svg class="qr"' in page
    wrong = visitor.post("/account/second-factor", "/account/second-factor", code="000000")
    assert (wrong.status_code, "动态码不正确或已使用" in wrong.text) == (403, True)
    assert secret in wrong.text.replace(" ", "")
    assert people.visitor().sign_in("lixiaomei").location == "/"

    right = visitor.post("/account/second-factor", "/account/second-factor", code=people.code_of(secret))

    assert right.location == "/account?done=second_factor"
    page = visitor.get("/account/second-factor").text
    assert "本人不能取消或更换" in page
    assert "<form" not in page.split("<main")[1]
    assert secret not in page.replace(" ", "")
    assert people.visitor().sign_in("lixiaomei").location == "/sign-in/code"


def test_who_finds_an_open_browser_enrols_nothing_without_the_password(people):
    visitor = people.signed_in("lixiaomei")
    visitor.post("/account/second-factor", "/account/second-factor")
    people.go_on(minutes=16)

    page = visitor.get("/account/second-factor").text
    assert "secret" not in page
    assert visitor.post("/account/second-factor", "/account").status_code == 403
    way = re.search(r'href="(/account/presence[^"]+)"', page)[1]
    wrong = visitor.post("/account/presence", way, password="wrong", next="/account/second-factor")
    assert (wrong.status_code, "密码或动态码不对" in wrong.text) == (422, True)
    right = visitor.post("/account/presence", way, password=PASSWORD, next="/account/second-factor")
    assert right.location == "/account/second-factor"
    assert 'id="secret"' in visitor.get("/account/second-factor").text


# --- the signing key ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pin", "again", "sentence"),
    [
        ("12345678", "12345678", "只用数字时至少 12 位"),
        ("lixiaomei9", "lixiaomei9", "不能含有姓名、账号"),
        (PIN, PIN + "x", "两次输入的签名密码不一致。"),
        (PIN, "", "请填写。"),
    ],
)
def test_a_pin_that_will_not_do_is_explained_beside_the_field_and_never_shown(people, pin, again, sentence):
    visitor = people.signed_in("lixiaomei")

    answer = visitor.post("/account/signing-key", "/account/signing-key", pin=pin, pin_again=again)

    assert answer.status_code == 422
    assert re.search(rf'class="field-error" id="pin(_again)?-error">[^<]*{sentence}', answer.text)
    assert f'value="{pin}"' not in answer.text
    assert my_signing_key(people.deps, actor_of(people.deps, MANAGER)) is None


def test_a_key_is_made_by_its_owner_and_confirmed_in_person_by_somebody_else(people):
    owner, officer = people.signed_in("lixiaomei"), people.signed_in("chenjing")
    rules = owner.get("/account/signing-key").text
    assert "没有人能重置签名密码" in rules
    assert "8 至 64 个字符" in rules
    made = owner.post("/account/signing-key", "/account/signing-key", pin=PIN, pin_again=PIN)
    page = owner.get(made.location).text
    assert "等待当面确认" in page
    spoken = fingerprint_on(page)
    assert len(spoken.split()) == 8

    assert "李晓梅" in officer.get("/keys/confirm").text
    asked = f"/keys/confirm/{MANAGER}"
    # Nothing can be copied from the screen of whoever confirms.
    assert spoken.split()[0] not in officer.get(asked).text
    other = officer.post(asked, asked, fingerprint="0000 " * 8, pin=PIN)
    assert (other.status_code, "不符，未确认" in other.text) == (409, True)
    assert "0000 0000" in other.text
    wrong = officer.post(asked, asked, fingerprint=spoken, pin="wrong-wrong-1")
    assert (wrong.status_code, "签名密码不正确" in wrong.text) == (403, True)
    assert "wrong-wrong-1" not in wrong.text
    right = officer.post(asked, asked, fingerprint=spoken, pin=PIN)

    assert right.location == "/keys/confirm?done=confirmed"
    page = owner.get("/account/signing-key").text
    assert "可以签名" in page
    assert OFFICER in page
    assert "建立密钥</button>" not in page


def test_nobody_confirms_the_own_key_and_nobody_outside_supervision_confirms_any(people):
    manager, officer = people.signed_in("lixiaomei"), people.signed_in("chenjing")

    assert officer.get(f"/keys/confirm/{OFFICER}").status_code == 404
    assert manager.get("/keys/confirm").status_code == 403
    assert manager.get(f"/keys/confirm/{OFFICER}").status_code == 403
    assert officer.get(f"/keys/revoke/{HEAD}").status_code == 403
    assert people.signed_in("guanli").get("/account/signing-key").status_code == 403


def test_without_an_own_key_nobody_can_confirm(people):
    manager, head = people.signed_in("lixiaomei"), people.signed_in("zhoumin")
    manager.post("/account/signing-key", "/account/signing-key", pin=PIN, pin_again=PIN)
    fields = {"reason": "superseded", "words": "换新密钥"}
    assert head.post("/account/signing-key/revoke", "/account/signing-key/revoke", **fields).status_code == 303

    page = head.get(f"/keys/confirm/{MANAGER}").text

    assert "您自己还没有可用的签名密钥" in page
    assert " disabled>" in page


def test_the_owner_changes_the_pin_and_the_certificate_stays(people):
    officer = people.signed_in("chenjing")
    before = my_signing_key(people.deps, actor_of(people.deps, OFFICER))
    path, new = "/account/signing-key/pin", "lantian-2026x"

    wrong = officer.post(path, path, old="not-the-pin-1", pin=new, pin_again=new)
    assert re.search(r'id="old-error">[^<]*签名密码不正确', wrong.text)
    right = officer.post(path, path, old=PIN, pin=new, pin_again=new)

    assert right.location == "/account/signing-key?done=pin"
    assert my_signing_key(people.deps, actor_of(people.deps, OFFICER)).certificate == before.certificate


def test_the_owner_and_the_head_revoke_with_a_reason(people):
    officer, head = people.signed_in("chenjing"), people.signed_in("zhoumin")
    path = f"/keys/revoke/{OFFICER}"

    bare = head.post(path, path, reason="keyCompromise", words="")
    assert (bare.status_code, "请填写。" in bare.text) == (422, True)
    assert 'value="keyCompromise" selected' in bare.text
    done = head.post(path, path, reason="keyCompromise", words="密码写在便签上")

    assert done.location == "/keys/confirm?done=revoked"
    page = officer.get("/account/signing-key").text
    assert "已吊销" in page
    assert "重新建立密钥" in page
    states = {key.person_id: key.state for key in waiting_keys(people.deps, actor_of(people.deps, HEAD))}
    assert states[OFFICER] == "revoked"


# --- signing in elsewhere ----------------------------------------------------------------------------------------


@pytest.fixture
def provider(people):
    """A provider on this machine; the officer's identity there is linked."""
    known = LocalProvider("henji", "s3cret", lambda: people.deps.clock.now().timestamp())
    settings = OidcSettings(known.issuer, "henji", "s3cret", "单位统一登录", seconds=2.0)
    people.deps = replace(people.deps, oidc=settings)
    people.app = create_app(people.deps)
    link_identity(people.deps, OPERATOR, "chenjing", known.issuer, known.subject)
    yield known
    known.stop()


def test_the_button_of_another_provider_is_there_only_when_one_is_set_up(people):
    visitor = people.visitor()

    assert "/sign-in/oidc" not in visitor.get("/sign-in").text
    assert visitor.get("/sign-in/oidc").status_code == 404
    assert visitor.get("/sign-in/oidc/return?state=x&code=y").status_code == 404


def test_somebody_linked_comes_in_from_elsewhere_and_lands_where_the_link_led(people, provider):
    visitor = people.visitor()
    assert "用单位统一登录登录" in visitor.get("/sign-in?next=/account").text

    start = visitor.get("/sign-in/oidc?next=/account")
    back = provider.visit(start.location)
    end = visitor.get("/sign-in/oidc/return?" + "&".join(f"{name}={text}" for name, text in back.items()))

    assert start.status_code == 303
    assert "HttpOnly" in start.headers["Set-Cookie"]
    assert "SameSite=Lax" in start.headers["Set-Cookie"]
    assert end.location == "/account"
    assert "外部登录" in visitor.get("/account").text


def test_with_a_second_factor_the_code_is_asked_whoever_vouches(people, provider):
    secret = people.enrolled(OFFICER)
    visitor = people.visitor()
    back = provider.visit(visitor.get("/sign-in/oidc").location)

    end = visitor.get("/sign-in/oidc/return?" + "&".join(f"{name}={text}" for name, text in back.items()))

    assert end.location == "/sign-in/code"
    assert visitor.get("/tasks").location.startswith("/sign-in")
    assert visitor.post("/sign-in/code", "/sign-in/code", code=people.code_of(secret)).location == "/"


def test_another_browser_and_a_stranger_are_refused_on_the_page_of_the_sign_in(people, provider):
    visitor, thief = people.visitor(), people.visitor()
    back = provider.visit(visitor.get("/sign-in/oidc").location)
    answer = "/sign-in/oidc/return?" + "&".join(f"{name}={text}" for name, text in back.items())

    stolen = thief.get(answer)
    provider.subject = "20002-nobody"
    back = provider.visit(visitor.get("/sign-in/oidc").location)
    unknown = visitor.get("/sign-in/oidc/return?" + "&".join(f"{name}={text}" for name, text in back.items()))

    assert (stolen.status_code, "外部登录未通过，请重新开始。" in stolen.text) == (403, True)
    assert (unknown.status_code, "20002-nobody" in unknown.text) == (403, True)
    assert visitor.get("/account").location.startswith("/sign-in")


def test_a_provider_that_does_not_answer_is_said_calmly(people, provider):
    provider.stop()
    answer = people.visitor().get("/sign-in/oidc")

    assert answer.status_code == 503
    assert 'role="alert"' in answer.text
    assert "登录名" in answer.text


# --- the demo ----------------------------------------------------------------------------------------------------

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_the_codes_of_the_demo_let_a_newcomer_in(people):
    give_demo_second_factor(people.deps, "chenjing", SECRET)
    visitor = people.visitor()
    page = visitor.get("/demo/codes").text
    code = re.search(r'class="code-now">(\d{6})<', page)[1]

    assert PEOPLE[OFFICER][0] in page
    assert "qingshan-0715" in page
    assert "/demo/codes" in visitor.get("/sign-in").text
    visitor.sign_in("chenjing")
    assert visitor.post("/sign-in/code", "/sign-in/code", code=code).location == "/"
    assert "已用过，请等下一个" in visitor.get("/demo/codes").text


def test_a_demo_whose_clock_began_anew_does_not_lock_everybody_out(people):
    give_demo_second_factor(people.deps, "chenjing", SECRET)
    people.go_on(hours=5)
    with people.deps.store.write() as uow:
        assert uow.second_factors.use_step("chenjing", int(people.deps.clock.now().timestamp()) // 30)
    people.deps.clock.set(people.deps.clock.now() - timedelta(hours=5))

    code = re.search(r'class="code-now">(\d{6})<', people.visitor().get("/demo/codes").text)[1]

    assert code == pyotp.TOTP(SECRET).at(people.deps.clock.now())
    visitor = people.visitor()
    visitor.sign_in("chenjing")
    assert visitor.post("/sign-in/code", "/sign-in/code", code=code).status_code == 302


def test_outside_a_demo_there_is_no_such_page(people):
    people.deps = replace(people.deps, is_demo=False)
    people.app = create_app(people.deps)
    visitor = people.visitor()

    assert visitor.get("/demo/codes").status_code == 404
    assert "/demo/codes" not in visitor.get("/sign-in").text
