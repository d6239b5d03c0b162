"""Administration through the client: who may open it, what is refused and why, and what is shown only once."""

import re

import pytest

from app.actions.keep_accounts import list_accounts
from app.actions.list_territories import list_territories
from app.actions.machine_clients import authenticate_client, list_clients
from app.actions.people import list_people
from app.office.permission import Permission
from app.web.account_routes import ACCOUNT_ROUTES
from app.web.pages import PUBLIC, SIGNED_IN
from app.web.register import ROUTES
from tests.web.people_office import KEEPER, MANAGER, NOVICE, OFFICER, OPERATOR, PASSWORD, SUPERVISOR

ADMINISTRATION = (
    Permission.MANAGE_ROLES,
    Permission.MANAGE_ACCOUNTS,
    Permission.MANAGE_TERRITORIES,
    Permission.MANAGE_CLIENTS,
)
SECRET = re.compile(r'id="secret">([^<]+)<')


def path_of(route) -> str:
    return re.sub(r"<\w+>", "x", re.sub(r"<int:\w+>", "1", route.path))


def roles_of(people, person_id):
    line = next(one for one in list_people(people.deps, OPERATOR) if one.person.person_id == person_id)
    return {(held.role, held.unit, held.since.isoformat(), held.until) for held in line.person.roles}


@pytest.fixture
def keeper(people):
    """An administrator who is a person of the office."""
    return people.signed_in("guanli")


# --- who may -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["chenjing", "zhoumin", "lixiaomei", "wanglei"])
def test_every_page_of_administration_refuses_whoever_is_no_administrator(people, login):
    visitor = people.signed_in(login)
    routes = [route for route in ROUTES if route.who in ADMINISTRATION]
    assert len(routes) > 10
    assert {route.path.split("/")[1] for route in routes} == {"admin"}

    for route in routes:
        answer = visitor.get(path_of(route)) if "GET" in route.methods else visitor.post(path_of(route))
        assert answer.status_code == 403, route.path
    assert "/admin/" not in visitor.get("/account").text


def test_an_administrator_opens_no_page_of_the_business(people, keeper):
    business = [route for route in ROUTES if route.who not in (*ADMINISTRATION, PUBLIC, SIGNED_IN)]
    assert len(business) > 20

    for route in business:
        answer = keeper.get(path_of(route)) if "GET" in route.methods else keeper.post(path_of(route))
        assert answer.status_code == 403, route.path


def test_everything_under_admin_asks_for_a_permission_of_an_administrator():
    under = [route for route in ACCOUNT_ROUTES if route.path.startswith("/admin/")]

    assert under
    assert {route.who for route in under} <= set(ADMINISTRATION)


def test_administrators_begin_at_the_people_and_find_their_pages(keeper):
    assert keeper.get("/").location == "/admin/people"
    page = keeper.get("/admin/people").text
    for path in ("/admin/accounts", "/admin/territories", "/admin/clients", "/account"):
        assert f'href="{path}"' in page
    assert 'href="/evaluations"' not in page


# --- people and roles --------------------------------------------------------------------------------------------


def test_people_are_found_by_name_number_login_and_role(keeper):
    def found(query):
        return re.findall(r'class="row" href="/admin/people/([^"]+)"', keeper.get(f"/admin/people?{query}").text)

    assert len(found("")) == 6
    assert found("text=晓梅") == found("text=p0012") == found("text=lixiao") == [MANAGER]
    assert found("role=supervision_officer") == [OFFICER]
    assert found("text=nobody") == []


def test_a_role_is_granted_from_a_day_on_and_shown_with_its_days(people, keeper):
    path = f"/admin/people/{NOVICE}/grant"
    answer = keeper.post(path, path, role="market_manager", unit="示例县营销部", since="2026-12-01", until="2027-11-30")

    assert answer.location == f"/admin/people/{NOVICE}?done=role"
    page = keeper.get(answer.location).text
    assert "岗位已授予" in page
    for word in ("市场经理", "示例县营销部", "2026-12-01", "2027-11-30", "尚未开始"):
        assert word in page
    assert len(roles_of(people, NOVICE)) == 1


def test_an_incompatible_role_is_refused_by_the_rule_and_nothing_typed_is_lost(people, keeper):
    path = f"/admin/people/{SUPERVISOR}/grant"
    answer = keeper.post(path, path, role="account_manager", unit="T04", since="2026-12-01", until="")

    assert answer.status_code == 409
    assert "TRL-06" in answer.text
    assert "王磊（S0021）不能同时担任" in answer.text
    assert "营销与监管须分离" in answer.text
    for typed in ('value="account_manager" selected', 'value="T04"', 'value="2026-12-01"'):
        assert typed in answer.text
    assert {role for role, *_ in roles_of(people, SUPERVISOR)} == {"market_supervisor"}


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"role": "", "unit": "T03", "since": "2026-12-01"}, "role", "请填写。"),
        ({"role": "market_manager", "unit": "", "since": "2026-12-01"}, "unit", "请填写。"),
        ({"role": "market_manager", "unit": "部", "since": "soon"}, "since", "请写日期"),
        ({"role": "market_manager", "unit": "部", "since": "2026-11-01"}, "since", "起始日不能早于今天。"),
        (
            {"role": "market_manager", "unit": "部", "since": "2026-12-02", "until": "2026-12-01"},
            "until",
            "截止日不能早于起始日。",
        ),
    ],
)
def test_what_is_wrong_with_a_grant_stands_beside_the_field(people, keeper, fields, field, sentence):
    path = f"/admin/people/{NOVICE}/grant"

    answer = keeper.post(path, path, **fields)

    assert answer.status_code == 422
    assert f'id="{field}-error">{sentence}' in answer.text
    assert roles_of(people, NOVICE) == set()


def test_nobody_grants_a_role_to_oneself_and_the_page_does_not_offer_it(people, keeper):
    page = keeper.get(f"/admin/people/{KEEPER}").text
    path = f"/admin/people/{KEEPER}/grant"

    assert "这是您本人" in page
    assert "/grant" not in page
    assert f'value="{KEEPER}"' not in keeper.get("/admin/accounts/new").text
    assert keeper.get(path).status_code == 403
    fields = {"role": "market_manager", "unit": "部", "since": "2026-12-01"}
    answer = keeper.post(path, **fields)
    assert (answer.status_code, "不得为本人办理" in answer.text) == (403, True)
    assert roles_of(people, KEEPER) == set()


def test_a_role_ends_with_a_day_and_not_before_yesterday(people, keeper):
    way = re.search(r'href="([^"]+/end\?[^"]+)"', keeper.get(f"/admin/people/{MANAGER}").text)[1].replace("&amp;", "&")
    path = f"/admin/people/{MANAGER}/end"
    held = {"role": "account_manager", "unit": "T03", "since": "2024-01-01"}

    early = keeper.post(path, way, until="2026-11-01", **held)
    assert (early.status_code, "最早可终止于昨天。" in early.text) == (422, True)
    done = keeper.post(path, way, until="2026-11-30", **held)

    assert done.location == f"/admin/people/{MANAGER}?done=role_ended"
    assert "2026-11-30" in keeper.get(done.location).text
    assert keeper.get(f"{path}?role=x&unit=y&since=z").status_code == 404


# --- accounts ----------------------------------------------------------------------------------------------------


def test_a_new_account_belongs_to_a_person_and_its_password_is_shown_once(people, keeper):
    answer = keeper.post("/admin/accounts/new", "/admin/accounts/new", login="xinren", person_id=NOVICE)
    password = SECRET.search(answer.text)[1]

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    for path in ("/admin/accounts", "/admin/accounts/of/xinren", f"/admin/people/{NOVICE}"):
        assert password not in keeper.get(path).text
    assert "临时密码" in keeper.get("/admin/accounts/of/xinren").text
    newcomer = people.visitor()
    assert newcomer.sign_in("xinren", password).status_code == 302
    assert newcomer.get("/rules").location == "/account/password"


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"login": "chenjing", "person_id": NOVICE}, "login", "账号 chenjing 已存在。"),
        ({"login": "新 人", "person_id": NOVICE}, "login", "登录名应由字母"),
        ({"login": "", "person_id": NOVICE}, "login", "请填写。"),
        ({"login": "xinren", "person_id": ""}, "person_id", "请选择人员。"),
    ],
)
def test_what_is_wrong_with_an_account_stands_beside_the_field(people, keeper, fields, field, sentence):
    before = len(list_accounts(people.deps, OPERATOR))

    answer = keeper.post("/admin/accounts/new", "/admin/accounts/new", **fields)

    assert answer.status_code in (409, 422)
    assert f'id="{field}-error">{sentence}' in answer.text
    assert len(list_accounts(people.deps, OPERATOR)) == before


def test_whoever_holds_a_business_role_becomes_no_administrator(people, keeper):
    fields = {"login": "second", "person_id": MANAGER, "administrator": "1"}

    answer = keeper.post("/admin/accounts/new", "/admin/accounts/new", **fields)

    assert answer.status_code == 409
    assert "管理员不得办理业务" in answer.text
    assert 'value="second"' in answer.text


def test_a_reset_password_is_shown_once_and_ends_the_sessions(people, keeper):
    manager = people.signed_in("lixiaomei")
    path = "/admin/accounts/of/lixiaomei"

    password = SECRET.search(keeper.post(path, path, act="password").text)[1]

    assert manager.get("/account").location.startswith("/sign-in")
    assert people.visitor().sign_in("lixiaomei", PASSWORD).status_code == 422
    assert people.visitor().sign_in("lixiaomei", password).status_code == 302


def test_a_second_factor_is_reset_and_an_account_closed(people, keeper):
    people.enrolled(MANAGER)
    path = "/admin/accounts/of/lixiaomei"
    keeper = people.signed_in("guanli")

    assert "factor_removed" in keeper.get(path).text
    assert keeper.post(path, path, act="factor_removed").location.endswith("?done=factor_removed")
    assert "factor_removed" not in keeper.get(path).text
    assert keeper.post(path, path, act="disabled").location.endswith("?done=disabled")
    assert people.visitor().sign_in("lixiaomei").status_code == 422
    page = keeper.get(path).text
    assert "已停用" in page
    assert 'name="act"' not in page


def test_an_administrator_does_nothing_with_the_own_account(people, keeper):
    path = "/admin/accounts/of/guanli"
    page = keeper.get(path).text

    assert "这是您本人的账号" in page
    assert 'name="act"' not in page
    for act in ("password", "disabled", "factor_removed"):
        answer = keeper.post(path, act=act)
        assert (answer.status_code, "不得为本人办理" in answer.text) == (403, True)
    assert keeper.post(path, act="nothing-known").status_code == 404
    assert keeper.get("/account").status_code == 200


# --- territories -------------------------------------------------------------------------------------------------


def test_a_territory_is_given_as_the_own_one_and_as_a_filed_cover(people, keeper):
    assert "没有人" in keeper.get("/admin/territories").text
    path = "/admin/territories/T04"
    given = {"account_manager": MANAGER, "kind": "cover", "since": "2026-11-10", "until": "2026-11-20"}

    bare = keeper.post(path, path, filing_no="", **given)
    assert (bare.status_code, 'id="filing_no-error">' in bare.text) == (422, True)
    assert f'value="{MANAGER}" selected' in bare.text
    done = keeper.post(path, path, filing_no="NG-BA-202611-001", **given)

    assert done.location == "/admin/territories/T04?done=assigned"
    page = keeper.get(done.location).text
    for word in ("李晓梅", "代管", "2026-11-20", "NG-BA-202611-001", "尚未开始"):
        assert word in page
    assert keeper.post(path, path, filing_no="", **{**given, "kind": "own"}).status_code == 303
    (territory,) = [one for one in list_territories(people.deps, OPERATOR) if one.territory_id == "T04"]
    assert [one.kind for one in territory.assignments] == ["cover", "own"]


def test_only_account_managers_are_offered_and_others_refused(people, keeper):
    path = "/admin/territories/T04"
    page = keeper.get(path).text

    assert f'<option value="{MANAGER}"' in page
    assert f'<option value="{OFFICER}"' not in page
    answer = keeper.post(path, path, account_manager=OFFICER, kind="own", since="2026-11-10")
    assert (answer.status_code, 'id="account_manager-error">' in answer.text) == (422, True)
    assert keeper.get("/admin/territories/T99").status_code == 404


# --- clients -----------------------------------------------------------------------------------------------------


def make_client(keeper, **changes):
    fields = {"name": "forecast-system", "scopes": ["submit", "read"], "reach": "some", "territories": ["T03"]}
    return keeper.post("/admin/clients/new", "/admin/clients/new", **{**fields, **changes})


def test_the_credential_of_a_client_is_shown_once_and_works(people, keeper):
    answer = make_client(keeper)
    credential = SECRET.search(answer.text)[1]

    assert answer.headers["Cache-Control"] == "no-store"
    for path in ("/admin/clients", "/admin/clients/of/forecast-system"):
        page = keeper.get(path).text
        assert "forecast-system" in page
        assert credential not in page
    actor = authenticate_client(people.deps, credential)
    assert actor.territories == {"T03"}
    assert actor.may(Permission.SUBMIT_FORECAST)
    assert not actor.may(Permission.IMPORT_OFFICE)


def test_a_replaced_credential_ends_the_old_one_and_a_revoked_client_has_none(people, keeper):
    old = SECRET.search(make_client(keeper, reach="all").text)[1]
    path = "/admin/clients/of/forecast-system"

    new = SECRET.search(keeper.post(path, path, act="rotate").text)[1]
    assert authenticate_client(people.deps, old) is None
    assert authenticate_client(people.deps, new).territories is None
    assert keeper.post(path, path, act="client_revoked").location == f"{path}?done=client_revoked"

    assert authenticate_client(people.deps, new) is None
    page = keeper.get(path).text
    assert "已停用" in page
    assert 'name="act"' not in page
    assert keeper.post(path, act="rotate").status_code == 409


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": "no spaces"}, "name", "名称应为 1 到 63 个字母"),
        ({"scopes": []}, "scopes", "请至少选择一项。"),
        ({"territories": []}, "territories", "请至少选择一个片区"),
        ({"territories": ["T99"]}, "territories", "请至少选择一个片区"),
    ],
)
def test_what_is_wrong_with_a_client_stands_beside_the_field_and_the_rest_is_kept(
    people, keeper, changes, field, sentence
):
    answer = make_client(keeper, **changes)

    assert answer.status_code == 422
    assert f'id="{field}-error">{sentence}' in answer.text
    if field != "scopes":
        assert 'value="submit" checked' in answer.text
    if field != "territories":
        assert 'value="T03" checked' in answer.text
    assert list_clients(people.deps, OPERATOR) == ()
