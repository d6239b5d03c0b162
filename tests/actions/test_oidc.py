"""Signing in elsewhere: a real provider on this machine, an account only for whom an administrator has linked."""

import time
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from app.actions.bounded_fetch import OutsideUnavailable
from app.actions.deps import OidcSettings
from app.actions.keep_accounts import disable_account, list_accounts, reset_password
from app.actions.own_case import OwnCase
from app.actions.second_factor import confirm_second_factor, enrol_second_factor
from app.actions.sign_in import confirm_sign_in, session_actor, sign_in
from app.actions.sign_in_elsewhere import (
    ElsewhereRefused,
    IdentityKnown,
    begin_oidc,
    finish_oidc,
    link_identity,
    unlink_identity,
)
from app.core.errors import Forbidden, Invalid, NotFound
from tests import oidc_provider
from tests.actions.tiny_office import LI, OFFICER, OPERATOR
from tests.oidc_provider import LocalProvider

PASSWORD = "correct horse battery"
BACK = "https://henji.example.org/sign-in/elsewhere/back"


@pytest.fixture
def elsewhere(office):
    """The office, with a provider; the officer's identity there is linked."""
    yield from _elsewhere(office)


@pytest.fixture
def small(small_office):
    yield from _elsewhere(small_office)


def _elsewhere(office):
    office.on(11, 3, 9)
    office.account("wu", OFFICER, PASSWORD)
    office.account("li", LI, PASSWORD)
    office.account("admin", None, PASSWORD, administrator=True)
    provider = LocalProvider("henji", "s3cret/with+signs", lambda: office.clock.now().timestamp())
    settings = OidcSettings(provider.issuer, "henji", "s3cret/with+signs", "单位统一登录", seconds=2.0)
    office.deps = replace(office.deps, oidc=settings)
    office.provider = provider
    link_identity(office.deps, OPERATOR, "wu", provider.issuer, provider.subject)
    yield office
    provider.stop()


def come_back(office, start, *, ticket=None, **changes):
    told = {**office.provider.visit(start.address), "error": None, **changes}
    given = start.ticket if ticket is None else ticket
    return finish_oidc(office.deps, given, told["state"], told["code"], told["error"], BACK, "test")


def enter(office, **changes):
    return come_back(office, begin_oidc(office.deps, "/evaluations", BACK), **changes)


def check_refused(office, reason, attempt):
    before = len(office.log())
    with pytest.raises(ElsewhereRefused) as told:
        attempt()
    (event,) = office.log()[before:]
    assert event.name == "identity.refused"
    assert event.body["reason"] == reason or event.body["reason"].startswith(reason + ":")
    return told.value


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_a_linked_identity_comes_in(elsewhere, algorithm):
    elsewhere.provider.algorithm = algorithm
    end = enter(elsewhere)
    assert end.wanted == "/evaluations"
    assert not end.start.half
    signed_in = session_actor(elsewhere.deps, end.start.token)
    assert (signed_in.login, signed_in.actor.actor_id) == ("wu", OFFICER)
    assert signed_in.strong_at == elsewhere.clock.now()
    assert elsewhere.log()[-1].name == "session.started"


def test_every_sign_in_asks_for_something_new(elsewhere):
    first, second = (begin_oidc(elsewhere.deps, "/", BACK) for _ in range(2))
    for name in ("state", "nonce", "code_challenge"):
        one, other = (start.address.split(f"{name}=")[1].split("&")[0] for start in (first, second))
        assert one != other
        assert len(one) >= 40
    assert first.ticket != second.ticket
    assert come_back(elsewhere, second).start
    assert come_back(elsewhere, first).start


def test_an_identity_nobody_has_linked_is_refused_and_recorded_and_no_account_is_made(elsewhere):
    elsewhere.provider.subject = "10002-stranger"
    with elsewhere.deps.store.read() as uow:
        accounts = uow.accounts.list()
    error = check_refused(elsewhere, "account", lambda: enter(elsewhere))
    assert "10002-stranger" in error.detail.zh
    assert elsewhere.log()[-1].body["subject"] == "10002-stranger"
    with elsewhere.deps.store.read() as uow:
        assert uow.accounts.list() == accounts
    admin = session_actor(elsewhere.deps, sign_in(elsewhere.deps, "admin", PASSWORD, "t").token).actor
    link_identity(elsewhere.deps, admin, "li", elsewhere.provider.issuer, "10002-stranger")
    assert session_actor(elsewhere.deps, enter(elsewhere).start.token).login == "li"


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": "another client", "azp": "henji"},
        {"aud": ["henji", "another"]},  # for several, and not saying for whom it was made
        {"aud": ["henji", "another"], "azp": "another"},
        {"aud": None},
        {"iss": "https://another.example.org"},
        {"iss": None},
        {"exp": 0},
        {"exp": None},
        {"exp": "soon"},
        {"sub": None},
        {"sub": ""},
        {"sub": 5},
        {"sub": "x" * 256},
        {"iat": None},
        {"nbf": 99999999999},
        {"at_hash": "of another access token"},
    ],
    ids=str,
)
def test_a_token_that_says_something_else_opens_nothing(small, claims):
    small.provider.claims = claims
    check_refused(small, "token", lambda: enter(small))


def test_a_token_for_us_among_others_is_good_when_it_was_made_for_us(small):
    small.provider.claims = {"aud": ["henji", "another"], "azp": "henji"}
    assert enter(small).start.token


def test_a_token_is_good_until_it_ends_and_a_minute_for_the_clocks(small):
    now = int(small.clock.now().timestamp())
    small.provider.claims = {"exp": now - 59}
    assert enter(small).start.token
    small.provider.claims = {"exp": now - 61}
    check_refused(small, "token", lambda: enter(small))


@pytest.mark.parametrize(
    "forgery", ["by_another_key", "under_our_secret", "under_the_public_key", "unsigned", "with_a_changed_subject"]
)
def test_a_forged_token_opens_nothing(small, forgery):
    small.provider.forge = getattr(small.provider, forgery)
    check_refused(small, "token", lambda: enter(small))


@pytest.mark.parametrize("token", ["", "a.b.c", "....", 5, None, "e30.e30.e30"])
def test_what_is_no_token_opens_nothing(small, token):
    small.provider.forge = lambda _claims: token
    check_refused(small, "token", lambda: enter(small))


def test_nobody_comes_back_twice_with_one_state(elsewhere):
    start = begin_oidc(elsewhere.deps, "/", BACK)
    told = elsewhere.provider.visit(start.address)
    assert finish_oidc(elsewhere.deps, start.ticket, told["state"], told["code"], None, BACK, "test")
    again = elsewhere.provider.visit(start.address)
    check_refused(
        elsewhere,
        "state",
        lambda: finish_oidc(elsewhere.deps, start.ticket, again["state"], again["code"], None, BACK, "test"),
    )


def test_only_the_browser_that_went_comes_back(elsewhere):
    other = begin_oidc(elsewhere.deps, "/", BACK)
    for ticket in ("", "no such ticket", other.ticket):
        start = begin_oidc(elsewhere.deps, "/", BACK)
        check_refused(elsewhere, "state", lambda start=start, ticket=ticket: come_back(elsewhere, start, ticket=ticket))
        # And the attempt is used up.
        check_refused(elsewhere, "state", lambda start=start: come_back(elsewhere, start))
    start = begin_oidc(elsewhere.deps, "/", BACK)
    told = elsewhere.provider.visit(start.address)
    check_refused(
        elsewhere, "state", lambda: finish_oidc(elsewhere.deps, None, told["state"], told["code"], None, BACK, "test")
    )
    check_refused(elsewhere, "state", lambda: enter(elsewhere, state="another state"))


def test_who_takes_too_long_begins_anew_and_what_was_begun_is_forgotten(elsewhere):
    start = begin_oidc(elsewhere.deps, "/", BACK)
    elsewhere.clock.set(elsewhere.clock.now() + timedelta(minutes=10, seconds=1))
    check_refused(elsewhere, "state", lambda: come_back(elsewhere, start))
    for _ in range(3):
        begin_oidc(elsewhere.deps, "/", BACK)
    elsewhere.clock.set(elsewhere.clock.now() + timedelta(minutes=11))
    begin_oidc(elsewhere.deps, "/", BACK)
    assert elsewhere.counts()["oidc_attempt"] == 1


def test_a_refusal_of_the_provider_opens_nothing(elsewhere):
    check_refused(elsewhere, "provider", lambda: enter(elsewhere, error="access_denied"))
    check_refused(elsewhere, "provider", lambda: enter(elsewhere, code=""))
    # A code the provider does not know, or gave to another browser.
    with pytest.raises(OutsideUnavailable):
        enter(elsewhere, code="no such code")
    other = elsewhere.provider.visit(begin_oidc(elsewhere.deps, "/", BACK).address)
    with pytest.raises(OutsideUnavailable):
        enter(elsewhere, code=other["code"])


def test_with_a_second_factor_the_code_is_asked_for_all_the_same(elsewhere):
    token = enter(elsewhere).start.token
    actor = session_actor(elsewhere.deps, token).actor
    secret = enrol_second_factor(elsewhere.deps, actor).secret
    confirm_second_factor(elsewhere.deps, actor, pyotp.TOTP(secret).at(elsewhere.clock.now()))
    start = enter(elsewhere).start
    assert start.half
    assert session_actor(elsewhere.deps, start.token) is None
    elsewhere.clock.set(elsewhere.clock.now() + timedelta(seconds=30))
    code = pyotp.TOTP(secret).at(elsewhere.clock.now())
    assert confirm_sign_in(elsewhere.deps, start.token, code, "test") is not None


def test_a_closed_account_is_not_entered_from_elsewhere(elsewhere):
    disable_account(elsewhere.deps, OPERATOR, "wu")
    check_refused(elsewhere, "account", lambda: enter(elsewhere))


def test_who_comes_from_elsewhere_need_not_change_a_password_never_used(elsewhere):
    temporary = reset_password(elsewhere.deps, OPERATOR, "wu")
    by_identity = session_actor(elsewhere.deps, enter(elsewhere).start.token)
    by_password = session_actor(elsewhere.deps, sign_in(elsewhere.deps, "wu", temporary, "t").token)
    assert (by_identity.must_change_password, by_password.must_change_password) == (False, True)
    assert by_identity.actor.permissions
    assert not by_password.actor.permissions


def test_an_identity_is_linked_once_by_an_administrator_and_never_to_the_own_account(elsewhere):
    issuer = elsewhere.provider.issuer
    admin = session_actor(elsewhere.deps, sign_in(elsewhere.deps, "admin", PASSWORD, "t").token).actor
    wu = session_actor(elsewhere.deps, sign_in(elsewhere.deps, "wu", PASSWORD, "t").token).actor
    with pytest.raises(OwnCase):
        link_identity(elsewhere.deps, admin, "admin", issuer, "mine")
    with pytest.raises(Forbidden):
        link_identity(elsewhere.deps, wu, "li", issuer, "mine")
    with pytest.raises(IdentityKnown):
        link_identity(elsewhere.deps, admin, "li", issuer, elsewhere.provider.subject)
    with pytest.raises(NotFound):
        link_identity(elsewhere.deps, admin, "nobody", issuer, "x")
    for wrong in ((issuer, " "), ("", "x"), (issuer, "x" * 256)):
        with pytest.raises(Invalid):
            link_identity(elsewhere.deps, admin, "li", *wrong)
    (line,) = [one for one in list_accounts(elsewhere.deps, admin) if one.login == "wu"]
    assert line.identities == ((issuer, elsewhere.provider.subject),)


def test_an_identity_that_is_unlinked_enters_no_more_and_its_sessions_end(elsewhere):
    token = enter(elsewhere).start.token
    admin = session_actor(elsewhere.deps, sign_in(elsewhere.deps, "admin", PASSWORD, "t").token).actor
    unlink_identity(elsewhere.deps, admin, elsewhere.provider.issuer, elsewhere.provider.subject)
    assert session_actor(elsewhere.deps, token) is None
    check_refused(elsewhere, "account", lambda: enter(elsewhere))
    with pytest.raises(NotFound):
        unlink_identity(elsewhere.deps, admin, elsewhere.provider.issuer, elsewhere.provider.subject)
    names = [event.name for event in elsewhere.log()]
    assert (names.count("identity.linked"), names.count("identity.unlinked")) == (1, 1)


def test_where_nothing_is_configured_nobody_goes_elsewhere(small):
    small.deps = replace(small.deps, oidc=None)
    with pytest.raises(NotFound):
        begin_oidc(small.deps, "/", BACK)
    with pytest.raises(NotFound):
        finish_oidc(small.deps, "t", "s", "c", None, BACK, "test")


@pytest.mark.parametrize(
    "told",
    [
        {"issuer": "https://another.example.org"},
        {"token_endpoint": "http://provider.example.org/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": ["https://a.example.org"]},
    ],
    ids=str,
)
def test_a_provider_that_says_strange_things_of_itself_is_not_used(small, told):
    small.provider.discovery = told
    with pytest.raises(OutsideUnavailable):
        begin_oidc(small.deps, "/", BACK)
    assert small.counts()["oidc_attempt"] == 0


def test_our_secret_is_shown_the_way_the_provider_wants_it(small):
    small.provider.discovery = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert enter(small).start.token


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks"])
@pytest.mark.parametrize(
    "answer",
    [
        lambda handler: handler.say(500, b"{}"),
        lambda handler: handler.say(200, b"<html>"),
        lambda handler: handler.say(200, b"[]"),
        lambda handler: oidc_provider.redirect(handler, "http://127.0.0.1:1/"),
        oidc_provider.flood,
        oidc_provider.drip,
        lambda handler: handler.connection.close(),
    ],
    ids=["500", "no JSON", "no object", "elsewhere", "too much", "too slow", "hung up"],
)
def test_a_provider_that_misbehaves_is_left_in_time(small, path, answer):
    small.deps = replace(small.deps, oidc=replace(small.deps.oidc, seconds=0.5))
    small.provider.answers[path] = answer
    began = time.monotonic()
    with pytest.raises(OutsideUnavailable):
        enter(small)
    assert time.monotonic() - began < 3
    assert small.log()[-1].name != "session.started"


def test_no_more_is_read_than_anybody_wants(small):
    small.provider.answers["/jwks"] = oidc_provider.flood
    with pytest.raises(OutsideUnavailable, match="the answer is too long"):
        enter(small)


def test_a_provider_that_is_not_there_is_said_to_be(small):
    small.provider.stop()
    with pytest.raises(OutsideUnavailable) as told:
        begin_oidc(small.deps, "/", BACK)
    assert told.value.status == 503
    assert "s3cret" not in told.value.detail.en
