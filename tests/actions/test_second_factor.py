"""The second factor: a code counts once, every failure looks the same, and nobody takes one's own away."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import text

from app.actions.keep_accounts import disable_account, list_accounts, reset_password
from app.actions.own_account import PasswordWrong, change_own_password
from app.actions.own_case import OwnCase
from app.actions.second_factor import (
    SecondFactorKnown,
    SecondFactorWrong,
    SessionStale,
    confirm_second_factor,
    enrol_second_factor,
    is_fresh,
    prove_presence,
    reset_second_factor,
)
from app.actions.sign_in import confirm_sign_in, elevate, half_session, session_actor, sign_in, sign_out
from app.core.errors import Forbidden, Invalid, NotFound
from app.keys.folder import KeysUnusable
from tests.actions.tiny_office import LI, OFFICER, OPERATOR

PASSWORD = "correct horse battery"


@pytest.fixture
def staffed(office):
    office.on(11, 3, 9)
    office.account("wu", OFFICER, PASSWORD)
    office.account("li", LI, PASSWORD)
    office.account("admin", None, PASSWORD, administrator=True)
    return office


def enter(office, login="wu", password=PASSWORD):
    return sign_in(office.deps, login, password, "test")


def who(office, token):
    signed_in = session_actor(office.deps, token)
    assert signed_in is not None
    return signed_in


def code(office, secret, steps=0):
    """The code of a step before or after now."""
    return pyotp.TOTP(secret).at(office.clock.now() + timedelta(seconds=30 * steps))


def later(office, seconds):
    office.clock.set(office.clock.now() + timedelta(seconds=seconds))


def enrolled(office, login="wu"):
    """Enrol and confirm; the secret, and the token of the session it was done in."""
    token = enter(office, login).token
    actor = who(office, token).actor
    secret = enrol_second_factor(office.deps, actor).secret
    confirm_second_factor(office.deps, actor, code(office, secret))
    later(office, 60)
    return secret, token


def test_with_a_second_factor_the_password_opens_only_the_page_of_the_code(staffed):
    secret, _ = enrolled(staffed)
    half = enter(staffed)
    assert half.half
    assert session_actor(staffed.deps, half.token) is None
    assert half_session(staffed.deps, half.token).login == "wu"
    whole = confirm_sign_in(staffed.deps, half.token, code(staffed, secret), "test")
    assert whole is not None
    assert whole.token != half.token
    assert not whole.half
    assert who(staffed, whole.token).has_second_factor
    # The first token is worth nothing any more.
    assert half_session(staffed.deps, half.token) is None
    assert session_actor(staffed.deps, half.token) is None
    names = [event.name for event in staffed.log()]
    assert names[-2:] == ["session.challenged", "session.started"]


def test_without_one_the_password_is_enough_and_there_is_no_half(staffed):
    start = enter(staffed)
    assert not start.half
    assert half_session(staffed.deps, start.token) is None
    assert not who(staffed, start.token).has_second_factor
    assert confirm_sign_in(staffed.deps, start.token, "000000", "test") is None


def test_a_code_counts_once_however_it_is_used(staffed):
    secret, _ = enrolled(staffed)
    used = code(staffed, secret)
    assert confirm_sign_in(staffed.deps, enter(staffed).token, used, "test") is not None
    assert confirm_sign_in(staffed.deps, enter(staffed).token, used, "test") is None
    # Nor one from before it, though nobody has used that.
    assert confirm_sign_in(staffed.deps, enter(staffed).token, code(staffed, secret, -1), "test") is None
    assert confirm_sign_in(staffed.deps, enter(staffed).token, code(staffed, secret, 1), "test") is not None


def test_the_code_that_confirmed_the_enrolment_is_used_up(staffed):
    actor = who(staffed, enter(staffed).token).actor
    secret = enrol_second_factor(staffed.deps, actor).secret
    confirming = code(staffed, secret)
    confirm_second_factor(staffed.deps, actor, confirming)
    assert confirm_sign_in(staffed.deps, enter(staffed).token, confirming, "test") is None


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephone_may_be_one_step_off(small_office, steps, counts):
    small_office.on(11, 3, 9)
    small_office.account("wu", OFFICER, PASSWORD)
    secret, _ = enrolled(small_office)
    later(small_office, 600)
    start = confirm_sign_in(small_office.deps, enter(small_office).token, code(small_office, secret, steps), "test")
    assert (start is not None) == counts


def test_a_code_may_be_typed_with_a_gap_or_full_width_digits(staffed):
    secret, _ = enrolled(staffed)
    plain = code(staffed, secret)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in plain)
    assert confirm_sign_in(staffed.deps, enter(staffed).token, f"{wide[:3]} {wide[3:]}", "test") is not None


def test_every_failure_of_the_second_step_looks_the_same(staffed):
    secret, _ = enrolled(staffed)
    used = code(staffed, secret)
    confirm_sign_in(staffed.deps, enter(staffed).token, used, "test")
    waiting, ended, old = enter(staffed).token, enter(staffed).token, enter(staffed).token
    sign_out(staffed.deps, ended)
    later(staffed, 29)
    before = len(staffed.log())
    refused = {
        "wrong": confirm_sign_in(staffed.deps, waiting, "000000", "test"),
        "used": confirm_sign_in(staffed.deps, waiting, used, "test"),
        "empty": confirm_sign_in(staffed.deps, waiting, "", "test"),
        "not digits": confirm_sign_in(staffed.deps, waiting, "\ud800 abc", "test"),
        "ended": confirm_sign_in(staffed.deps, ended, code(staffed, secret, 1), "test"),
        "unknown": confirm_sign_in(staffed.deps, "no such token", code(staffed, secret, 1), "test"),
    }
    later(staffed, 300)
    refused["too late"] = confirm_sign_in(staffed.deps, old, code(staffed, secret), "test")
    assert set(refused.values()) == {None}
    events = staffed.log()[before:]
    assert [event.name for event in events] == ["session.refused"] * len(refused)
    assert {(str(event.actor), str(event.body)) for event in events} == {(str(events[0].actor), str(events[0].body))}


def test_wrong_codes_lock_the_account_and_signing_in_again_forgets_none(staffed):
    secret, _ = enrolled(staffed)
    for _ in range(8):
        # The password is right each time: it must not buy eight more codes.
        assert confirm_sign_in(staffed.deps, enter(staffed).token, "000000", "test") is None
    assert enter(staffed) is None
    later(staffed, 15 * 60 + 1)
    start = confirm_sign_in(staffed.deps, enter(staffed).token, code(staffed, secret), "test")
    assert start is not None
    assert not list_line(staffed, "wu").locked


def test_a_half_session_is_worth_nothing_once_the_account_is_locked(staffed):
    secret, _ = enrolled(staffed)
    half = enter(staffed).token
    for _ in range(8):
        enter(staffed, password="wrong")
    assert confirm_sign_in(staffed.deps, half, code(staffed, secret), "test") is None
    later(staffed, 60)
    # And the right code was not used up by it, nor told.
    assert list_line(staffed, "wu").locked


def list_line(office, login):
    (line,) = [one for one in list_accounts(office.deps, OPERATOR) if one.login == login]
    return line


def test_an_enrolment_counts_only_once_a_code_of_it_was_entered(staffed):
    token = enter(staffed).token
    actor = who(staffed, token).actor
    first = enrol_second_factor(staffed.deps, actor)
    assert first.address.startswith("otpauth://totp/")
    assert f"secret={first.secret}" in first.address
    assert not enter(staffed).half
    with pytest.raises(SecondFactorWrong):
        confirm_second_factor(staffed.deps, actor, "000000")
    # Begun anew: the first secret is gone.
    second = enrol_second_factor(staffed.deps, actor)
    with pytest.raises(SecondFactorWrong):
        confirm_second_factor(staffed.deps, actor, code(staffed, first.secret))
    confirm_second_factor(staffed.deps, actor, code(staffed, second.secret))
    assert enter(staffed).half
    for again in (enrol_second_factor, lambda deps, one: confirm_second_factor(deps, one, "000000")):
        with pytest.raises(SecondFactorKnown):
            again(staffed.deps, actor)


def test_confirming_ends_the_other_sessions_of_the_account(staffed):
    elsewhere = enter(staffed).token
    _, here = enrolled(staffed)
    assert session_actor(staffed.deps, elsewhere) is None
    assert session_actor(staffed.deps, here) is not None


def test_who_finds_an_open_browser_enrols_nothing(staffed):
    token = enter(staffed).token
    later(staffed, 16 * 60)
    with pytest.raises(SessionStale):
        enrol_second_factor(staffed.deps, who(staffed, token).actor)
    fresh = elevate(staffed.deps, token, PASSWORD, None, "test")
    assert enrol_second_factor(staffed.deps, who(staffed, fresh.token).actor).secret


def test_the_secret_is_nowhere_in_the_store_or_the_log(staffed):
    secret, _ = enrolled(staffed)
    with staffed.connection() as connection:
        rows = connection.execute(text("SELECT * FROM second_factor")).all()
    assert secret not in str(rows)
    assert secret.encode() not in bytes(rows[0].sealed)
    assert secret not in str(staffed.log())


def test_a_sealed_secret_copied_to_another_account_lets_nobody_in(staffed):
    secret, _ = enrolled(staffed, "wu")
    enrolled(staffed, "li")
    with staffed.connection() as connection:
        sealed = connection.scalar(text("SELECT sealed FROM second_factor WHERE account_id = 'wu'"))
        connection.execute(
            text("UPDATE second_factor SET sealed = :sealed WHERE account_id = 'li'"), {"sealed": sealed}
        )
    half = enter(staffed, "li").token
    with pytest.raises(KeysUnusable):
        confirm_sign_in(staffed.deps, half, code(staffed, secret), "test")
    assert session_actor(staffed.deps, half) is None


def test_an_administrator_resets_somebody_elses_and_every_session_ends(staffed):
    _, token = enrolled(staffed)
    admin = who(staffed, enter(staffed, "admin").token).actor
    reset_second_factor(staffed.deps, admin, "wu")
    assert session_actor(staffed.deps, token) is None
    assert not enter(staffed).half
    (event,) = [event for event in staffed.log() if event.name == "second_factor.removed"]
    assert (event.actor["id"], event.subject["id"]) == ("admin", "wu")
    with pytest.raises(NotFound):
        reset_second_factor(staffed.deps, admin, "wu")
    with pytest.raises(NotFound):
        reset_second_factor(staffed.deps, admin, "nobody")


def test_nobody_resets_the_own_whatever_account_is_used(staffed):
    staffed.deliver("people", {"person_id": "A1", "name": "管理甲", "roles": []})
    for login in ("jia", "jia2"):
        staffed.account(login, "A1", PASSWORD, administrator=True)
    _, token = enrolled(staffed, "jia")
    first, second = who(staffed, token).actor, who(staffed, enter(staffed, "jia2").token).actor
    unbound = who(staffed, enter(staffed, "admin").token).actor
    for actor in (first, second):
        for act in (reset_second_factor, reset_password, disable_account):
            with pytest.raises(OwnCase):
                act(staffed.deps, actor, "jia")
    with pytest.raises(OwnCase):
        disable_account(staffed.deps, unbound, "admin")
    assert enter(staffed, "jia").half
    with pytest.raises(Forbidden):
        reset_second_factor(staffed.deps, who(staffed, enter(staffed, "li").token).actor, "jia")


def test_before_signing_presence_is_proven_again_after_a_quarter_of_an_hour(staffed):
    secret, _ = enrolled(staffed)
    token = confirm_sign_in(staffed.deps, enter(staffed).token, code(staffed, secret), "test").token
    assert is_fresh(staffed.deps, who(staffed, token).actor)
    prove_presence(staffed.deps, who(staffed, token).actor, None)
    later(staffed, 15 * 60 + 1)
    actor = who(staffed, token).actor
    assert not is_fresh(staffed.deps, actor)
    with pytest.raises(SessionStale):
        prove_presence(staffed.deps, actor, None)
    with pytest.raises(SecondFactorWrong):
        prove_presence(staffed.deps, actor, "000000")
    right = code(staffed, secret)
    prove_presence(staffed.deps, actor, right)
    assert is_fresh(staffed.deps, who(staffed, token).actor)
    later(staffed, 15 * 60 + 1)
    with pytest.raises(SecondFactorWrong):
        prove_presence(staffed.deps, who(staffed, token).actor, right)


def test_the_code_of_somebody_else_proves_nothing(staffed):
    secret, _ = enrolled(staffed, "li")
    enrolled(staffed, "wu")
    later(staffed, 20 * 60)
    half = enter(staffed, "wu").token
    assert confirm_sign_in(staffed.deps, half, code(staffed, secret), "test") is None


def test_wrong_codes_before_signing_lock_the_account(staffed):
    secret, token = enrolled(staffed)
    later(staffed, 20 * 60)
    actor = who(staffed, token).actor
    for _ in range(8):
        with pytest.raises(SecondFactorWrong):
            prove_presence(staffed.deps, actor, "000000")
    with pytest.raises(SecondFactorWrong):
        prove_presence(staffed.deps, actor, code(staffed, secret))


def test_a_machine_or_a_command_proves_no_presence(staffed):
    for actor in (staffed.system, OPERATOR):
        assert not is_fresh(staffed.deps, actor)
        with pytest.raises(SessionStale):
            prove_presence(staffed.deps, actor, "000000")
        with pytest.raises(SessionStale):
            enrol_second_factor(staffed.deps, actor)


def test_elevating_changes_the_token_and_not_the_end_of_the_session(staffed):
    secret, _ = enrolled(staffed)
    token = confirm_sign_in(staffed.deps, enter(staffed).token, code(staffed, secret), "test").token
    until = who(staffed, token).until
    later(staffed, 20 * 60)
    for password, given in (("wrong", code(staffed, secret)), (PASSWORD, None), (PASSWORD, "000000")):
        assert elevate(staffed.deps, token, password, given, "test") is None
    fresh = elevate(staffed.deps, token, PASSWORD, code(staffed, secret), "test")
    assert session_actor(staffed.deps, token) is None
    signed_in = who(staffed, fresh.token)
    assert signed_in.until == until
    assert signed_in.strong_at == staffed.clock.now()
    half = enter(staffed).token
    later(staffed, 60)
    # A half session is elevated by nothing but its own second step.
    assert elevate(staffed.deps, half, PASSWORD, code(staffed, secret), "test") is None


def test_a_temporary_password_opens_nothing_before_it_is_changed(staffed):
    admin = who(staffed, enter(staffed, "admin").token).actor
    before = enter(staffed).token
    temporary = reset_password(staffed.deps, admin, "wu")
    assert session_actor(staffed.deps, before) is None
    assert enter(staffed) is None
    token = enter(staffed, password=temporary).token
    signed_in = who(staffed, token)
    assert signed_in.must_change_password
    assert signed_in.actor.permissions == frozenset()
    with pytest.raises(SessionStale):
        enrol_second_factor(staffed.deps, signed_in.actor)
    for old, new, error in (
        ("wrong", "another password 1", PasswordWrong),
        (temporary, "short", Invalid),
        (temporary, temporary, Invalid),
    ):
        with pytest.raises(error):
            change_own_password(staffed.deps, token, old, new, "test")
    start = change_own_password(staffed.deps, token, temporary, "another password 1", "test")
    assert session_actor(staffed.deps, token) is None
    signed_in = who(staffed, start.token)
    assert not signed_in.must_change_password
    assert signed_in.actor.permissions
    assert temporary not in str(staffed.log())
    assert [event.name for event in staffed.log()].count("password.replaced") == 1


def test_wrong_old_passwords_lock_the_account_like_any_other(staffed):
    token = enter(staffed).token
    for _ in range(8):
        with pytest.raises(PasswordWrong):
            change_own_password(staffed.deps, token, "wrong", "another password 1", "test")
    with pytest.raises(PasswordWrong):
        change_own_password(staffed.deps, token, PASSWORD, "another password 1", "test")
    assert enter(staffed) is None
