"""Segment changes through the client: what is refused, what is kept, who is told what."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.actions.close_change import withdraw_change
from app.actions.read_change import read_change
from app.core.clock import local
from tests.web.change_office import (
    CHEN,
    LI,
    MA,
    PASSWORD,
    PIN,
    SHOP_ELSEWHERE,
    SHOPS,
    SUN,
    WANG,
    ZHANG,
    ZHAO,
    actor_of,
    apply_for,
    check_shop,
    go_on,
    login_of,
    photo,
    sign_layers,
)

KEY = re.compile(r'name="form_key" value="([^"]+)"')
VERSION = re.compile(r'name="version" value="(\d+)"')
DIGEST = re.compile(r'name="content_digest" value="([0-9a-f]{64})"')
HOST = {"Origin": "http://localhost"}
TYPED = {
    "proposed_segment": "Y",
    "reason_code": "premises_changed",
    "reason_text": "扩建专柜，单设卷烟柜台",
    "applicant": "刘建国",
    "contact": "13800000000",
    "requested_effective": "2026-12-01",
}


class Desk:
    """Somebody signed in, without a browser."""

    def __init__(self, app, person_id: str) -> None:
        self.client: FlaskClient = app.test_client()
        key = KEY.search(self.client.get("/sign-in").text)[1]
        data = {"form_key": key, "login": login_of(person_id), "password": PASSWORD}
        assert self.client.post("/sign-in", data=data, headers=HOST).status_code == 302

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def key(self) -> str:
        return KEY.search(self.client.get("/rules").text)[1]

    def send(self, path: str, **data: Any) -> TestResponse:
        """Send the form of ``path`` as the page shows it, with ``data`` typed in."""
        page = self.client.get(path).text
        shown = {"form_key": self.key()}
        for name, pattern in (("version", VERSION), ("content_digest", DIGEST)):
            if found := pattern.search(page):
                shown[name] = found[1]
        return self.client.post(path, data={**shown, **data}, headers=HOST)


@pytest.fixture
def desk(change_app) -> Callable[[str], Desk]:
    return lambda person_id: Desk(change_app, person_id)


@pytest.fixture(scope="module")
def waiting(change_office) -> str:
    """A request that waits for the market manager; nobody changes it."""
    number = apply_for(change_office, SHOPS[0])
    check_shop(change_office, number, LI, WANG)
    sign_layers(change_office, number, LI, WANG)
    return number


def text_of(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


# The application


def test_a_customer_is_found_by_part_of_number_or_name_in_the_own_territory_only(desk):
    li = desk(LI)

    assert li.get("/segment-changes/new?q=12号烟酒").location.endswith(f"licence={SHOPS[0]}")
    assert "没有找到" in li.get(f"/segment-changes/new?q={SHOP_ELSEWHERE}").text
    assert li.get(f"/segment-changes/new?licence={SHOP_ELSEWHERE}").status_code == 404
    offered = li.get("/customers/lookup?q=楚雄路").json["items"]
    assert len(offered) == 10
    assert SHOP_ELSEWHERE not in {item["licence_no"] for item in offered}


def test_who_gains_what_is_shown_before_anything_is_sent(desk):
    page = desk(LI).get(f"/segment-changes/new?licence={SHOPS[1]}&proposed=Y")

    assert "变更后，紧俏货源每月多得 11 条。" in page.text
    assert "+4,460.00" in page.text
    assert 'value="2026-12-01"' in page.text


def test_nothing_typed_is_lost_when_the_benefit_is_computed_again(desk):
    li = desk(LI)
    data = {**TYPED, "licence_no": SHOPS[1], "form_key": li.key(), "preview": "1", "proposed_segment": "S"}
    data["file_storefront"] = (BytesIO(photo(900)), "门头.png")

    page = li.client.post("/segment-changes/new", data=data, headers=HOST)

    assert page.status_code == 200
    assert "紧俏货源每月少得 5 条" in page.text
    assert TYPED["reason_text"] in page.text
    assert re.search(r'name="kept" value="storefront\|sha256:[0-9a-f]{64}\|门头.png" checked', page.text)


def test_a_file_that_is_none_is_refused_beside_its_field_and_the_others_are_kept(desk):
    li = desk(LI)
    data = {**TYPED, "licence_no": SHOPS[1], "form_key": li.key()}
    data["file_storefront"] = (BytesIO(photo(901)), "a.png")
    data["file_interior"] = (BytesIO(b"MZ this is no picture"), "b.png")

    page = li.client.post("/segment-changes/new", data=data, headers=HOST)

    assert page.status_code == 422
    assert 'id="file_interior-error"' in page.text
    assert "storefront|sha256:" in page.text
    assert TYPED["reason_text"] in page.text


def test_what_cannot_be_accepted_is_kept_as_a_draft_and_entered_again_under_its_number(desk, change_office):
    li = desk(LI)
    data = {**TYPED, "licence_no": SHOPS[2], "form_key": li.key(), "reason_text": ""}
    sent = li.client.post("/segment-changes/new", data=data, headers=HOST)
    number = sent.location.rpartition("/")[2].partition("?")[0]

    page = li.get(sent.location)
    assert sent.location.endswith("?done=draft")
    assert "原因说明" in page.text
    assert f"/segment-changes/{number}/edit" in page.text
    assert f"/segment-changes/{number}/edit" in li.get("/tasks").text
    assert "刘建国" in li.get(f"/segment-changes/{number}/edit").text

    entered = li.send(f"/segment-changes/{number}/edit", licence_no=SHOPS[2], **TYPED)

    assert entered.location == f"/segment-changes/{number}?done=apply"
    assert read_change(change_office, actor_of(change_office, LI), number).change.submission == 2


def test_the_same_form_sent_twice_makes_one_request(desk):
    li = desk(LI)
    data = {**TYPED, "licence_no": SHOPS[3], "form_key": li.key(), "request_key": "the-same-form"}

    first, second = (li.client.post("/segment-changes/new", data=data, headers=HOST) for _ in range(2))

    assert first.location == second.location


# The list and the case


def test_the_list_is_narrowed_by_state_customer_and_text(desk, waiting):
    zhang = desk(ZHANG)

    assert waiting in zhang.get(f"/segment-changes?state=verified&customer={SHOPS[0]}").text
    assert waiting in zhang.get(f"/segment-changes?text={waiting}").text
    assert "没有符合条件的申请" in zhang.get(f"/segment-changes?state=filed&customer={SHOPS[0]}").text


def test_an_account_manager_sees_the_own_territory_only(desk, waiting):
    zhao = desk(ZHAO)

    assert waiting not in zhao.get("/segment-changes").text
    assert zhao.get(f"/segment-changes/{waiting}").status_code == 404
    assert zhao.get(f"/segment-changes/{waiting}/form.pdf").status_code == 404


def test_the_case_says_who_signed_who_is_next_and_what_is_missing(desk, waiting):
    page = text_of(desk(ZHANG).get(f"/segment-changes/{waiting}"))

    assert "缺少第3层签名：市场经理" in page
    assert "下一步 审阅并签署 · 市场经理" in page
    assert "紧俏货源每月多得 11 条" in page
    assert "SEG-11" in page
    assert "henji verify" in page


def test_files_are_handed_out_as_attachments_only(desk, waiting, change_office):
    change = read_change(change_office, actor_of(change_office, ZHANG), waiting).change
    zhang = desk(ZHANG)

    file = zhang.get(f"/segment-changes/{waiting}/evidence/{change.evidence[0].digest}")
    form = zhang.get(f"/segment-changes/{waiting}/form.pdf")

    assert file.headers["Content-Disposition"].startswith("attachment")
    assert form.headers["Content-Disposition"].startswith("attachment")
    assert form.data.startswith(b"%PDF-")
    assert zhang.get(f"/segment-changes/{waiting}/evidence/sha256:{'0' * 64}").status_code == 404


def test_no_page_of_a_change_is_heavier_than_100_kilobytes(desk, waiting):
    zhang = desk(ZHANG)
    paths = ["/tasks", "/segment-changes", f"/segment-changes/{waiting}", f"/segment-changes/{waiting}/sign"]

    sizes = {path: len(zhang.get(path).data) for path in [*paths, "/registers/YT/2026"]}

    assert {path: size for path, size in sizes.items() if size > 100_000} == {}


@pytest.mark.parametrize(
    ("person_id", "path"), [(MA, "sign"), (CHEN, "file"), (LI, "check"), (ZHANG, "check"), (CHEN, "review")]
)
def test_whoever_may_not_act_now_is_not_given_the_form(desk, waiting, person_id, path):
    answer = desk(person_id).get(f"/segment-changes/{waiting}/{path}")

    assert answer.status_code in {302, 403}


# Acts


def test_a_check_without_numbers_comes_back_with_what_was_typed(desk, change_office):
    number = apply_for(change_office, SHOPS[5])
    go_on(change_office, minutes=30)
    now = local(change_office.clock.now()).strftime("%Y-%m-%dT%H:%M:%S")

    answer = desk(LI).send(
        f"/segment-changes/{number}/check", checked_at=now, area_m2="about sixty", hours_per_day="12", it_level="pos"
    )

    assert answer.status_code == 422
    assert 'id="area_m2-error"' in answer.text
    assert 'value="about sixty"' in answer.text
    assert re.search(r'name="it_level" value="pos" checked', answer.text)


def test_only_the_page_of_a_check_may_ask_where_somebody_is(desk, change_office):
    number = apply_for(change_office, SHOPS[6])
    li = desk(LI)

    assert "geolocation=(self)" in li.get(f"/segment-changes/{number}/check").headers["Permissions-Policy"]
    assert "geolocation=()" in li.get(f"/segment-changes/{number}").headers["Permissions-Policy"]


def test_whoever_was_slower_is_told_who_did_what_and_keeps_what_was_typed(desk, change_office):
    number = apply_for(change_office, SHOPS[7])
    li = desk(LI)
    page = li.get(f"/segment-changes/{number}/withdraw")
    seen = VERSION.search(page.text)[1]
    check_shop(change_office, number, LI)
    li = desk(LI)

    data = {"form_key": li.key(), "version": seen, "reason_code": "customer_request", "text": "客户改了主意"}
    answer = li.client.post(f"/segment-changes/{number}/withdraw", data=data, headers=HOST)

    assert answer.status_code == 412
    assert "您打开页面之后，有人先办理了" in answer.text
    assert "李晓梅 · 提交实地核查" in text_of(answer)
    assert "客户改了主意" in answer.text
    assert int(VERSION.search(answer.text)[1]) == int(seen) + 1


def test_an_act_that_names_no_version_is_refused(desk, change_office):
    number = apply_for(change_office, SHOPS[8])
    li = desk(LI)
    data = {"form_key": li.key(), "reason_code": "customer_request", "text": "客户改了主意"}

    answer = li.client.post(f"/segment-changes/{number}/withdraw", data=data, headers=HOST)

    assert answer.status_code == 428
    assert "客户改了主意" in answer.text


@pytest.mark.parametrize(
    "typed", [{"reason_code": "", "text": "有理由"}, {"reason_code": "too_frequent", "text": "  "}]
)
def test_rejecting_needs_a_reason_and_words(desk, waiting, typed):
    answer = desk(ZHANG).send(f"/segment-changes/{waiting}/reject", **typed)

    assert answer.status_code == 422
    assert "field-error" in answer.text


def test_a_rejection_says_before_what_cannot_be_undone_and_is_shown_after(desk, change_office):
    number = apply_for(change_office, SHOPS[9])
    check_shop(change_office, number, LI, WANG)
    sign_layers(change_office, number, LI, WANG)
    go_on(change_office, minutes=5)
    zhang = desk(ZHANG)

    assert "不能恢复" in zhang.get(f"/segment-changes/{number}/reject").text
    answer = zhang.send(f"/segment-changes/{number}/reject", reason_code="too_frequent", text="半年内第二次")

    page = text_of(zhang.get(answer.location))
    assert "已驳回 · 变更过于频繁 半年内第二次 张伟" in page
    assert "到此为止" in page


def test_a_wrong_pin_signs_nothing_and_keeps_the_opinion_but_never_the_pin(desk, waiting):
    answer = desk(ZHANG).send(f"/segment-changes/{waiting}/sign", opinion="已核对材料", pin="not-the-pin-000")

    assert answer.status_code == 403
    assert "已核对材料" in answer.text
    assert "not-the-pin-000" not in answer.text
    assert "还没有办成" in answer.text


def test_after_a_while_the_password_is_asked_for_again_and_the_session_goes_on(desk, change_office, waiting):
    zhang = desk(ZHANG)
    before = zhang.client.get_cookie("henji_session").value
    go_on(change_office, minutes=20)
    page = zhang.get(f"/segment-changes/{waiting}/sign")
    assert 'id="password"' in page.text

    wrong = zhang.send(f"/segment-changes/{waiting}/sign", pin=PIN, password="not it")
    assert wrong.status_code == 422
    assert "密码不对，未签名。" in wrong.text
    refused = zhang.send(f"/segment-changes/{waiting}/sign", pin="not-the-pin-000", password=PASSWORD)

    assert refused.status_code == 403
    assert zhang.client.get_cookie("henji_session").value != before
    # The form that came back belongs to the new session.
    key = KEY.search(refused.text)[1]
    data = {"form_key": key, "version": "1", "content_digest": "0" * 64, "pin": PIN}
    assert zhang.client.post(f"/segment-changes/{waiting}/sign", data=data, headers=HOST).status_code == 412


def test_signing_what_is_gone_says_so_and_shows_the_opinion(desk, change_office):
    number = apply_for(change_office, SHOPS[10])
    check_shop(change_office, number, LI, WANG)
    go_on(change_office, minutes=5)
    li = desk(LI)
    page = li.get(f"/segment-changes/{number}/sign")
    data = {
        "form_key": li.key(),
        "version": VERSION.search(page.text)[1],
        "content_digest": DIGEST.search(page.text)[1],
        "opinion": "情况属实",
        "pin": PIN,
    }
    actor = actor_of(change_office, LI)
    go_on(change_office, minutes=1)
    withdraw_change(change_office, actor, number, int(data["version"]), "customer_request", "不变更了")

    answer = li.client.post(f"/segment-changes/{number}/sign", data=data, headers=HOST)

    assert answer.status_code == 412
    assert "您写的意见：情况属实" in answer.text
    assert "已撤回" in answer.text


def test_files_added_after_signatures_are_announced_to_make_them_void(desk, waiting):
    page = desk(WANG).get(f"/segment-changes/{waiting}/evidence")

    assert "已有的签名作废" in page.text


def test_a_supervision_officer_may_witness_a_signature_on_paper(desk, waiting):
    sun = desk(SUN)
    page = sun.get(f"/segment-changes/{waiting}/sign")

    assert "见证第3层的手写签名" in page.text
    answer = sun.send(f"/segment-changes/{waiting}/sign", witness="1", person_id=ZHANG, pin=PIN, opinion="同意")
    assert answer.status_code == 422
    assert "请上传签名页的扫描件。" in answer.text


def test_a_signature_on_paper_counts_once_the_witness_has_signed_for_it(desk, change_office):
    number = apply_for(change_office, SHOPS[15])
    check_shop(change_office, number, LI, WANG)
    sign_layers(change_office, number, LI, WANG)
    go_on(change_office, minutes=20)
    sun = desk(SUN)
    page = sun.get(f"/segment-changes/{number}/sign").text
    assert f'<option value="{ZHANG}" selected>' in page

    answer = sun.send(
        f"/segment-changes/{number}/sign",
        witness="1",
        person_id=ZHANG,
        opinion="同意",
        pin=PIN,
        file_other=(BytesIO(photo(950)), "签名页.png"),
    )

    assert answer.location == f"/segment-changes/{number}?done=sign"
    case = text_of(sun.get(answer.location))
    assert "手写签名" in case
    assert "见证：孙芳" in case


# Registers and notices


def test_the_register_lists_every_number_in_order_with_void_ones(desk, change_office):
    number = apply_for(change_office, SHOPS[11])
    go_on(change_office, minutes=1)
    actor = actor_of(change_office, LI)
    withdraw_change(change_office, actor, number, 1, "entered_in_error", "录错了客户")

    page = desk(CHEN).get("/registers/YT/2026").text

    serials = re.findall(r'<td class="num">(\d+)</td>', page)
    assert serials == [str(n) for n in range(1, len(serials) + 1)]
    assert "作废" in page
    assert "编号不连续" not in page
    assert desk(CHEN).get("/registers/XX/2026").status_code == 404


def test_what_is_published_is_masked_and_open_to_everybody(desk):
    page = desk(ZHAO).get("/notices/segment-changes")

    assert page.status_code == 200
    assert desk(ZHAO).get("/notices/segment-changes?month=next").status_code == 404
