"""The pages as an attacker, a clumsy reader and a machine meet them: through the client, without a browser."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.office.permission import Permission
from app.web.pages import PUBLIC, SIGNED_IN
from app.web.register import ROUTES

KEY = re.compile(r'name="form_key" value="([^"]+)"')
HOST = {"Origin": "http://localhost"}


@pytest.fixture
def client(site) -> FlaskClient:
    return site.app.test_client()


@pytest.fixture
def enter(client, password) -> Callable[[str], FlaskClient]:
    """Sign in as somebody and return the client."""

    def go(login: str) -> FlaskClient:
        key = KEY.search(client.get("/sign-in").text)[1]
        answer = client.post("/sign-in", data={"form_key": key, "login": login, "password": password}, headers=HOST)
        assert answer.status_code == 302
        return client

    return go


def test_every_route_says_who_may_call_it(site):
    views = {rule.endpoint: site.app.view_functions[rule.endpoint] for rule in site.app.url_map.iter_rules()}
    ours = {name: view for name, view in views.items() if name.startswith("web.") and name != "web.static"}

    assert {name for name, view in ours.items() if not hasattr(view, "who")} == set()
    assert len(ours) == len({route.view.__name__ for route in ROUTES})
    assert {route.who for route in ROUTES} <= {*Permission, PUBLIC, SIGNED_IN}


@pytest.mark.parametrize("route", [route for route in ROUTES if route.who != PUBLIC], ids=lambda route: route.path)
def test_whoever_is_not_signed_in_is_asked_to(client, route):
    path = re.sub(r"<int:\w+>", "1", route.path)
    answer = client.get(re.sub(r"<\w+>", "x", path))

    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=")


@pytest.mark.parametrize(
    "path",
    [
        "/evaluations",
        "/evaluations/E-202611-000001",
        "/log",
        "/log/checkpoint",
        "/log/proofs/1",
        "/segment-changes",
        "/segment-changes/new",
        "/registers",
    ],
)
def test_an_administrator_may_not_read_evaluations_changes_or_the_log(enter, administrator, path):
    answer = enter(administrator).get(path)

    assert answer.status_code == 403
    assert "您没有查看或办理这一项的权限" in answer.text


def test_everybody_begins_on_a_page_they_may_see(enter, administrator, site):
    client = enter(administrator)

    assert client.get("/").location == "/admin/people"
    page = client.get("/rules")
    assert page.status_code == 200
    assert 'href="/evaluations"' not in page.text
    assert 'href="/tasks"' not in page.text


def test_whoever_works_here_begins_with_what_waits(enter, officer):
    assert enter(officer).get("/").location == "/tasks"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, officer):
    key = KEY.search(client.get("/sign-in").text)[1]
    answers = [
        client.post("/sign-in", data={"form_key": key, "login": login, "password": "wrong"}, headers=HOST)
        for login in (officer, "nobody-at-all")
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("登录名或密码不对，请再试一次。" in answer.text for answer in answers)
    first, second = (KEY.sub("", re.sub(r'value="[a-z-]*"', "", answer.text)) for answer in answers)
    assert first == second


@pytest.mark.parametrize(
    ("key", "headers"),
    [
        (None, {"Sec-Fetch-Site": "cross-site"}),
        (None, {"Sec-Fetch-Site": "same-site"}),
        (None, {"Origin": "https://example.org"}),
        (None, {"Origin": "null"}),
        ("forged", HOST),
        ("", HOST),
    ],
)
def test_a_form_that_is_not_ours_is_refused(client, officer, password, key, headers):
    ours = KEY.search(client.get("/sign-in").text)[1]
    data = {"form_key": ours if key is None else key, "login": officer, "password": password}

    answer = client.post("/sign-in", data=data, headers=headers)

    assert answer.status_code == 403
    assert "henji_session" not in str(answer.headers.getlist("Set-Cookie"))


def test_the_key_of_one_browser_is_worth_nothing_in_another(site, officer, password):
    mine, yours = site.app.test_client(), site.app.test_client()
    key = KEY.search(mine.get("/sign-in").text)[1]
    yours.get("/sign-in")

    answer = yours.post("/sign-in", data={"form_key": key, "login": officer, "password": password}, headers=HOST)

    assert answer.status_code == 403


def test_signing_out_ends_the_session_on_the_server(site, enter, officer):
    client = enter(officer)
    token = client.get_cookie("henji_session").value
    key = KEY.search(client.get("/rules").text)[1]

    client.post("/sign-out", data={"form_key": key}, headers=HOST)

    thief = site.app.test_client()
    thief.set_cookie("henji_session", token)
    assert thief.get("/evaluations").status_code == 302


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client, officer, password):
    key = KEY.search(client.get("/sign-in").text)[1]
    answer = client.post("/sign-in", data={"form_key": key, "login": officer, "password": password}, headers=HOST)
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("henji_session="))

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("wanted", ["https://example.org/", "//example.org", "/\\example.org"])
def test_nobody_is_sent_elsewhere_after_signing_in_or_choosing_a_language(client, officer, password, wanted):
    key = KEY.search(client.get("/sign-in").text)[1]
    data = {"form_key": key, "login": officer, "password": password, "next": wanted}

    assert client.post("/sign-in", data=data, headers=HOST).location == "/"
    assert client.get("/language/en", query_string={"next": wanted}).location == "/"


def test_a_page_allows_nothing_inline_and_nothing_from_elsewhere(enter, officer):
    answer = enter(officer).get("/evaluations")
    policy = answer.headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_text_of_others_cannot_become_markup_or_hide(enter, officer, site):
    page = enter(officer).get(f"/evaluations/{site.evaluations['flag']}").text

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;[U+202E]张[U+200B]三" in page
    assert "\u202e" not in page


def test_no_page_is_heavier_than_100_kilobytes(enter, officer, site):
    client = enter(officer)
    paths = ["/evaluations", "/rules", "/rules/WIN-12", "/log", "/verify", "/components"]
    paths += [f"/evaluations/{evaluation}" for evaluation in site.evaluations.values()]
    paths.append(f"/evaluations/{site.evaluations['many']}/findings/ENT-04?page=2")

    sizes = {path: len(client.get(path).data) for path in paths}

    assert {path: size for path, size in sizes.items() if size > 100_000} == {}


@pytest.mark.parametrize(
    "path",
    ["/evaluations/E-209901-000001", "/evaluations?cycle=next", "/rules/ENT-99", "/rules/ENT-06?version=9", "/nowhere"],
)
def test_what_does_not_exist_gets_a_calm_page(enter, officer, path):
    answer = enter(officer).get(path)

    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.text
    assert "Traceback" not in answer.text


def test_our_own_failure_says_so_without_the_details(site, enter, officer, monkeypatch):
    def fail(*_):
        raise RuntimeError("secret inside")

    monkeypatch.setattr("app.web.log.show_log", fail)
    answer = enter(officer).get("/log")

    assert answer.status_code == 500
    assert "系统出错了" in answer.text
    assert "secret inside" not in answer.text


def test_filters_narrow_the_list_and_keep_each_other(enter, officer):
    client = enter(officer)
    page = client.get("/evaluations?cycle=2026-11&verdict=block").text

    assert page.count("<tr data-stop>") == 2
    assert "/evaluations?verdict=flag&amp;cycle=2026-11" in page
    assert client.get("/evaluations?rule=ENT-12&cycle=2026-11").text.count("<tr data-stop>") == 1
    assert client.get("/evaluations?account_manager=P0013&cycle=2026-11").text.count("<tr data-stop>") == 2
    assert client.get("/evaluations?text=E-202611-000003").text.count("<tr data-stop>") == 1
    assert "没有符合条件的评估" in client.get("/evaluations?text=zzz").text


def test_walking_all_pages_shows_every_evaluation_once(enter, officer, site):
    client, address, seen = enter(officer), "/evaluations", []
    while address:
        page = client.get(address).text
        seen += re.findall(r'class="row" href="/evaluations/(E-[0-9-]+)"', page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        address = found[1].replace("&amp;", "&") if found else None

    assert len(seen) == len(set(seen)) == 65


def test_every_line_of_a_finding_can_be_walked_through(enter, officer, site):
    client = enter(officer)
    pages = [client.get(f"/evaluations/{site.evaluations['many']}/findings/ENT-04?page={n}").text for n in (1, 4)]

    assert "第 4 页，共 4 页" in pages[1]
    assert "420301100000" in pages[0]
    assert "420301100399" in pages[1]


def test_anybody_may_see_how_to_verify_and_take_the_root(client, site):
    page = client.get("/verify")
    root = client.get("/verify/trust-root.pem")

    assert page.status_code == 200
    assert "henji verify" in page.text
    assert root.text == "".join(site.deps.load_keyring().roots)


def test_the_log_hands_out_its_checkpoint_and_proofs_to_readers(enter, officer, site):
    client = enter(officer)
    proof = client.get("/log/proofs/3").json

    assert proof["index"] == 3
    assert client.get("/log/checkpoint").text.startswith(site.deps.load_keyring().log.name)
    assert "——" not in client.get("/log").text


def test_a_static_file_is_kept_by_browsers_until_it_changes(client):
    address = re.search(r'href="(/static/css/tokens.css\?v=[0-9a-f]{12})"', client.get("/sign-in").text)[1]
    answer = client.get(address)

    assert "immutable" in answer.headers["Cache-Control"]
    answer.close()
