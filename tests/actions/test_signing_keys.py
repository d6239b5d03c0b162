"""Signing keys: only the owner opens one, only another person of supervision lets one count."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from sqlalchemy import text

from app.actions.certify_keys import ConfirmationBroken, certify_keys
from app.actions.compare_with_log import compare_with_log
from app.actions.keep_accounts import disable_account, reset_password
from app.actions.machine_clients import create_client, revoke_client
from app.actions.open_signing_key import KeyAbsent, PinLocked, open_signing_key
from app.actions.own_account import change_own_password
from app.actions.own_case import OwnCase
from app.actions.revoke_certificate import AuthorityAbsent, renew_revocation_list, revoke_certificate
from app.actions.sign_in import session_actor, sign_in
from app.actions.signing_keys import (
    KeyKnown,
    KeyOther,
    KeyStep,
    change_pin,
    confirm_signing_key,
    create_signing_key,
    has_token,
    my_signing_key,
    waiting_keys,
)
from app.core.errors import Forbidden, Invalid
from app.keys.authority import CertificateNotValid
from app.keys.folder import KeysUnusable
from app.keys.person_certificate import was_signed_by
from app.keys.pin import PinWeak, PinWrong
from app.store.errors import RecordLocked
from tests.actions.tiny_office import LI, OFFICER, OPERATOR, WANG
from tests.softhsm import PIN as TOKEN_PIN

PASSWORD = "correct horse battery"
HEAD = "SH1"
PINS = {LI: "li-knows-7#this", WANG: "wang-has-4#another", OFFICER: "of-mine-9#alone", HEAD: "so-high-3#above"}
LOGINS = {LI: "lili", WANG: "wangwang", OFFICER: "wuwu", HEAD: "sunsun"}


@pytest.fixture
def staffed(office):
    return _staffed(office)


@pytest.fixture
def small(small_office):
    return _staffed(small_office)


def _staffed(office):
    office.on(11, 3, 9)
    role = {"role": "supervision_head", "unit": "示例县内管办", "from": "2024-01-01"}
    office.deliver("people", {"person_id": HEAD, "name": "孙立", "roles": [role]})
    for person, login in LOGINS.items():
        office.account(login, person, PASSWORD)
    office.account("admin", None, PASSWORD, administrator=True)
    return office


def acting(office, person, password=PASSWORD):
    login = LOGINS.get(person, person)
    signed_in = session_actor(office.deps, sign_in(office.deps, login, password, "test").token)
    assert signed_in is not None
    return signed_in.actor


def later(office, **more):
    office.clock.set(office.clock.now() + timedelta(**more))


def make(office, person):
    return create_signing_key(office.deps, acting(office, person), PINS[person], PINS[person])


def first_head(office):
    """The very first key, confirmed on the host."""
    key = make(office, HEAD)
    return confirm_signing_key(office.deps, OPERATOR, HEAD, key.fingerprint, None)


def certified(office, person):
    key = make(office, person)
    return confirm_signing_key(office.deps, acting(office, HEAD), person, key.fingerprint, PINS[HEAD])


def open_key(office, person, pin=None):
    return open_signing_key(office.deps, person, pin or PINS[person], office.clock.now())


def names(office):
    return [event.name for event in office.log()]


def test_a_key_counts_once_the_head_has_confirmed_it_with_the_own_key(staffed):
    assert first_head(staffed).state == KeyStep.CERTIFIED
    made = make(staffed, LI)
    assert made.state == KeyStep.PENDING
    assert made.fingerprint == my_signing_key(staffed.deps, acting(staffed, LI)).fingerprint
    with pytest.raises(KeyAbsent):
        open_key(staffed, LI)
    (waiting,) = waiting_keys(staffed.deps, acting(staffed, HEAD))
    assert (waiting.person_id, waiting.person_name, waiting.state) == (LI, "李晓梅", KeyStep.PENDING)
    done = confirm_signing_key(staffed.deps, acting(staffed, HEAD), LI, made.fingerprint, PINS[HEAD])
    assert (done.state, done.confirmed_by) == (KeyStep.CERTIFIED, HEAD)

    opened = open_key(staffed, LI)
    certificate = x509.load_der_x509_certificate(opened.certificate.certificate_der)
    assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "李晓梅"
    assert certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)[0].value == LI
    unit = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)[0].value
    assert unit == "客户经理 Account manager · T01"
    assert f"{certificate.serial_number:x}" == opened.certificate.serial
    assert was_signed_by(opened.certificate.certificate_der, opened.key.sign(b"opinion"), b"opinion")
    with staffed.deps.store.read() as uow:
        assert uow.certificates.by_digest(opened.certificate.digest) == opened.certificate
        word = uow.person_keys.confirmation(opened.certificate.key_id)
        head = uow.certificates.valid(HEAD, staffed.clock.now())
    # The word of the head stands by itself: it is signed, and names the whole public half.
    assert was_signed_by(head.certificate_der, word.signature, word.statement)
    assert not was_signed_by(opened.certificate.certificate_der, word.signature, word.statement)
    assert names(staffed).count("certificate.issued") == 2
    told = [event for event in staffed.log() if event.name == "signing_key.confirmed"]
    assert [(event.actor["id"], event.body["person"]) for event in told] == [("command:henji", HEAD), (HEAD, LI)]


def test_nothing_of_a_pin_is_in_the_store_or_the_log(staffed):
    first_head(staffed)
    certified(staffed, LI)
    with pytest.raises(PinWrong):
        open_key(staffed, LI, "some-wrong-8#pin")
    with staffed.connection() as connection:
        rows = str(connection.execute(text("SELECT * FROM person_key")).all())
    for pin in (*PINS.values(), "some-wrong-8#pin"):
        assert pin not in rows
        assert pin not in str(staffed.log())


def test_nobody_confirms_the_own_key_and_no_administrator_any(staffed):
    first_head(staffed)
    key = make(staffed, OFFICER)
    staffed.account("wuwu2", OFFICER, PASSWORD)
    for login in (OFFICER, "wuwu2"):
        with pytest.raises(OwnCase):
            confirm_signing_key(staffed.deps, acting(staffed, login), OFFICER, key.fingerprint, PINS[OFFICER])
    for person in ("admin", LI):
        with pytest.raises(Forbidden):
            confirm_signing_key(staffed.deps, acting(staffed, person), OFFICER, key.fingerprint, PINS[LI])
        with pytest.raises(Forbidden):
            waiting_keys(staffed.deps, acting(staffed, person))
    with pytest.raises(Forbidden):
        confirm_signing_key(staffed.deps, staffed.system, OFFICER, key.fingerprint, None)
    with pytest.raises(Forbidden):
        create_signing_key(staffed.deps, acting(staffed, "admin"), "some-8#pin-x", "some-8#pin-x")


def test_an_administrator_who_resets_passwords_gets_no_key_certified_alone(staffed):
    """Both passwords reset, both accounts entered: what is missing is the PIN of whoever confirms."""
    first_head(staffed)
    admin = acting(staffed, "admin")
    passwords = {}
    for person in (LI, HEAD):
        temporary = reset_password(staffed.deps, admin, LOGINS[person])
        token = sign_in(staffed.deps, LOGINS[person], temporary, "test").token
        # Nothing is open with a temporary password ...
        with pytest.raises(Forbidden):
            create_signing_key(staffed.deps, session_actor(staffed.deps, token).actor, "evil-5#pin-x", "evil-5#pin-x")
        change_own_password(staffed.deps, token, temporary, "an evil password", "test")
        passwords[person] = "an evil password"
    # ... and with a changed one a key can be made, but not confirmed.
    key = create_signing_key(staffed.deps, acting(staffed, LI, passwords[LI]), "evil-5#pin-x", "evil-5#pin-x")
    for pin in ("evil-5#pin-x", "", "an evil password"):
        with pytest.raises(PinWrong):
            confirm_signing_key(staffed.deps, acting(staffed, HEAD, passwords[HEAD]), LI, key.fingerprint, pin)
    # Nor can the head's own key be replaced while its certificate counts ...
    with pytest.raises(KeyKnown):
        create_signing_key(staffed.deps, acting(staffed, HEAD, passwords[HEAD]), "evil-5#pin-x", "evil-5#pin-x")
    # ... and once it is revoked, another one would have to be confirmed by somebody else again.
    revoke_certificate(staffed.deps, acting(staffed, HEAD, passwords[HEAD]), HEAD, "superseded", "换")
    create_signing_key(staffed.deps, acting(staffed, HEAD, passwords[HEAD]), "evil-5#pin-x", "evil-5#pin-x")
    with pytest.raises(KeyAbsent):
        confirm_signing_key(staffed.deps, acting(staffed, HEAD, passwords[HEAD]), LI, key.fingerprint, "evil-5#pin-x")
    with pytest.raises(KeyAbsent):
        open_key(staffed, LI, "evil-5#pin-x")


def test_the_fingerprint_must_be_that_of_the_key_however_it_is_typed(staffed):
    first_head(staffed)
    made = make(staffed, LI)
    head = acting(staffed, HEAD)
    for wrong in ("", "0000 0000", made.fingerprint[:-1], made.fingerprint + "0"):
        with pytest.raises(KeyOther):
            confirm_signing_key(staffed.deps, head, LI, wrong, PINS[HEAD])
    assert names(staffed).count("signing_key.refused") == 4
    typed = made.fingerprint.upper().replace(" ", ":")
    assert confirm_signing_key(staffed.deps, head, LI, typed, PINS[HEAD]).state == KeyStep.CERTIFIED
    with pytest.raises(KeyKnown):
        confirm_signing_key(staffed.deps, head, LI, typed, PINS[HEAD])
    with pytest.raises(KeyAbsent):
        confirm_signing_key(staffed.deps, head, WANG, typed, PINS[HEAD])


def test_a_key_nobody_has_certified_may_be_replaced_and_then_only_the_new_one_counts(staffed):
    first_head(staffed)
    old = make(staffed, LI)
    new = make(staffed, LI)
    assert old.fingerprint != new.fingerprint
    with pytest.raises(KeyOther):
        confirm_signing_key(staffed.deps, acting(staffed, HEAD), LI, old.fingerprint, PINS[HEAD])
    confirm_signing_key(staffed.deps, acting(staffed, HEAD), LI, new.fingerprint, PINS[HEAD])
    assert open_key(staffed, LI).certificate.key_id == new.key_id
    with pytest.raises(KeyKnown):
        make(staffed, LI)


def test_the_two_pins_must_agree_and_be_worth_something(small):
    actor = acting(small, LI)
    with pytest.raises(Invalid) as told:
        create_signing_key(small.deps, actor, PINS[LI], PINS[LI] + "x")
    assert [fault.code for fault in told.value.faults] == ["pin.mismatch"]
    for weak in ("12345678", "a-lili-5#x", "x-李晓梅-5#x", f"{LI}-5#xyz"):
        with pytest.raises(PinWeak):
            create_signing_key(small.deps, actor, weak, weak)
    assert my_signing_key(small.deps, actor) is None
    with pytest.raises(Forbidden):
        create_signing_key(small.deps, OPERATOR, PINS[LI], PINS[LI])


def test_five_wrong_pins_stop_signing_for_a_quarter_of_an_hour(staffed):
    first_head(staffed)
    certified(staffed, LI)
    for _ in range(4):
        with pytest.raises(PinWrong):
            open_key(staffed, LI, "wrong-1#pin-x")
    open_key(staffed, LI)  # the right one forgets the others
    for second in range(5):
        later(staffed, seconds=second)
        with pytest.raises(PinWrong):
            open_key(staffed, LI, "wrong-1#pin-x")
    with pytest.raises(PinLocked) as told:
        open_key(staffed, LI)
    assert "15" in told.value.detail.en
    assert my_signing_key(staffed.deps, acting(staffed, LI)).locked_until is not None
    # Another person is not locked with one.
    open_key(staffed, HEAD)
    later(staffed, minutes=14, seconds=59)
    with pytest.raises(PinLocked):
        open_key(staffed, LI)
    later(staffed, seconds=2)
    assert open_key(staffed, LI).certificate.person_id == LI
    assert my_signing_key(staffed.deps, acting(staffed, LI)).locked_until is None
    assert names(staffed).count("pin.refused") == 9


def test_tries_made_at_the_same_time_are_as_many_as_tries_made_one_by_one(staffed):
    first_head(staffed)
    certified(staffed, LI)
    told = []

    def attempt(number):
        try:
            open_key(staffed, LI, f"wrong-{number}#pin-x")
        except (PinWrong, PinLocked) as error:
            told.append(type(error))

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (told.count(PinWrong), told.count(PinLocked)) == (5, 3)


def test_a_changed_pin_opens_the_same_key_and_the_old_one_no_longer(staffed):
    first_head(staffed)
    before = certified(staffed, LI)
    actor = acting(staffed, LI)
    for old, new, again, error in (
        (PINS[LI], "new-2#pin-xy", "new-2#pin-xx", Invalid),
        ("wrong-1#pin-x", "new-2#pin-xy", "new-2#pin-xy", PinWrong),
        (PINS[LI], "12345678", "12345678", PinWeak),
        (PINS[LI], PINS[LI], PINS[LI], PinWeak),
    ):
        with pytest.raises(error):
            change_pin(staffed.deps, actor, old, new, again)
    change_pin(staffed.deps, actor, PINS[LI], "new-2#pin-xy", "new-2#pin-xy")
    with pytest.raises(PinWrong):
        open_key(staffed, LI)
    assert open_key(staffed, LI, "new-2#pin-xy").certificate == before.certificate
    with pytest.raises(KeyAbsent):
        change_pin(staffed.deps, acting(staffed, WANG), "a", "new-2#pin-xy", "new-2#pin-xy")


def test_the_pin_renews_the_proof_of_presence_of_its_session(small):
    first_head(small)
    actor = acting(small, HEAD)
    later(small, minutes=10)
    open_signing_key(small.deps, HEAD, PINS[HEAD], small.clock.now(), access=actor.access)
    with small.deps.store.read() as uow:
        assert uow.sessions.get(actor.access.session, small.clock.now()).strong_at == small.clock.now()


def test_a_revoked_certificate_signs_no_more_and_stands_in_the_list(staffed):
    first_head(staffed)
    li, wang = certified(staffed, LI), certified(staffed, WANG)
    later(staffed, minutes=1)
    revoke_certificate(staffed.deps, acting(staffed, LI), LI, "keyCompromise", "手机丢失")
    with pytest.raises(KeyAbsent):
        open_key(staffed, LI)
    assert my_signing_key(staffed.deps, acting(staffed, LI)).state == KeyStep.REVOKED
    revoke_certificate(staffed.deps, acting(staffed, HEAD), WANG, "cessationOfOperation", "调离")
    with staffed.deps.store.read() as uow:
        newest = uow.revocation_lists.newest()
        assert uow.certificates.valid(LI, staffed.clock.now() - timedelta(seconds=30)) is not None
    assert newest.number == 2
    read = x509.load_der_x509_crl(newest.der)
    assert {f"{one.serial_number:x}" for one in read} == {li.certificate.serial, wang.certificate.serial}
    assert read.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 2
    for person in (LI, WANG):
        with pytest.raises(KeyAbsent):
            revoke_certificate(staffed.deps, acting(staffed, HEAD), person, "superseded", "再次")
    # Another key, another round.
    assert certified(staffed, LI).state == KeyStep.CERTIFIED
    assert open_key(staffed, LI).certificate.serial != li.certificate.serial


def test_only_the_person_or_the_head_revokes_and_says_why(staffed):
    first_head(staffed)
    certified(staffed, LI)
    for person in ("admin", OFFICER, WANG):
        with pytest.raises(Forbidden):
            revoke_certificate(staffed.deps, acting(staffed, person), LI, "superseded", "换")
    for reason, words, code in (
        ("boredom", "换", "certificate.reason_unknown"),
        ("superseded", " . ", "certificate.words_missing"),
    ):
        with pytest.raises(Invalid) as told:
            revoke_certificate(staffed.deps, acting(staffed, LI), LI, reason, words)
        assert [fault.code for fault in told.value.faults] == [code]
    assert open_key(staffed, LI)


def test_a_list_that_came_from_elsewhere_stops_a_certificate_the_table_still_trusts(staffed):
    """Somebody takes the revocation out of the tables; the signed list still says it."""
    first_head(staffed)
    certified(staffed, LI)
    revoke_certificate(staffed.deps, acting(staffed, LI), LI, "keyCompromise", "手机丢失")
    staffed.tamper("DELETE FROM certificate_revocation")
    with pytest.raises(CertificateNotValid):
        open_key(staffed, LI)


def test_without_the_root_a_confirmed_key_waits_for_the_operator(staffed):
    first_head(staffed)
    authority = staffed.deps.load_authority()
    staffed.deps = replace(staffed.deps, load_authority=lambda: None)
    waiting = certified(staffed, LI)
    assert (waiting.state, waiting.certificate) == (KeyStep.CONFIRMED, None)
    with pytest.raises(KeyAbsent):
        open_key(staffed, LI)
    with pytest.raises(AuthorityAbsent):
        renew_revocation_list(staffed.deps, acting(staffed, HEAD))
    make(staffed, WANG)
    (issued,) = certify_keys(staffed.deps, OPERATOR, authority)
    assert (issued.person_id, issued.confirmed_by) == (LI, HEAD)
    assert certify_keys(staffed.deps, OPERATOR, authority) == ()
    assert open_key(staffed, LI).certificate == issued
    # Revoking works at once; the list waits.
    revoke_certificate(staffed.deps, acting(staffed, LI), LI, "superseded", "换")
    with pytest.raises(KeyAbsent):
        open_key(staffed, LI)
    assert renew_revocation_list(staffed.deps, OPERATOR, authority).number == 1


FORGED = """INSERT INTO key_confirmation (key_id, confirmed_by, confirmed_at, actor, statement, signature, log_index)
SELECT :key, :by, confirmed_at, actor, {statement}, {signature}, log_index
FROM key_confirmation WHERE confirmed_by = :as_of"""


@pytest.mark.parametrize(
    ("by", "as_of", "statement", "signature"),
    [
        ("command:henji", "command:henji", "statement", "NULL"),
        (HEAD, HEAD, "statement", "NULL"),
        (HEAD, HEAD, "statement", "signature"),
        (HEAD, HEAD, ":made", "signature"),
        (OFFICER, HEAD, "statement", "signature"),
    ],
)
def test_a_confirmation_written_past_the_program_gets_no_certificate(small, by, as_of, statement, signature):
    first_head(small)
    certified(small, WANG)
    key = make(small, LI)
    values = {"key": key.key_id, "by": by, "as_of": as_of}
    if statement == ":made":
        values["made"] = b"{}"
    with small.connection() as connection:
        connection.execute(text(FORGED.format(statement=statement, signature=signature)), values)
    with pytest.raises(ConfirmationBroken):
        certify_keys(small.deps, OPERATOR, small.deps.load_authority())
    with pytest.raises(KeyAbsent):
        open_key(small, LI)


def test_a_public_half_exchanged_after_the_confirmation_gets_no_certificate(small):
    first_head(small)
    authority = small.deps.load_authority()
    small.deps = replace(small.deps, load_authority=lambda: None)
    certified(small, LI)
    make(small, WANG)
    with small.connection() as connection:
        swap = (
            "UPDATE person_key SET public_key_der = (SELECT public_key_der FROM person_key WHERE person_id = :other) "
            "WHERE person_id = :person"
        )
        connection.execute(text(swap), {"person": LI, "other": WANG})
    with pytest.raises(ConfirmationBroken):
        certify_keys(small.deps, OPERATOR, authority)


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        ("DELETE FROM certificate_revocation", "certificate_revocation"),
        ("UPDATE certificate_revocation SET reason = 'superseded'", "reason"),
        ("UPDATE certificate SET person_id = 'P02'", "person_id"),
        ("UPDATE key_confirmation SET confirmed_by = 'P02'", "statement"),
        ("UPDATE person_key SET person_id = 'P02'", "fingerprint"),
        ("UPDATE account SET disabled_at = NULL", "disabled_at"),
        ("UPDATE client SET revoked_at = NULL", "revoked_at"),
    ],
)
def test_a_check_against_the_log_finds_what_was_rewritten(small, attack, said):
    first_head(small)
    certified(small, LI)
    revoke_certificate(small.deps, acting(small, LI), LI, "keyCompromise", "手机丢失")
    disable_account(small.deps, OPERATOR, LOGINS[WANG])
    create_client(small.deps, OPERATOR, "machine", ["read"], None)
    revoke_client(small.deps, OPERATOR, "machine")
    assert compare_with_log(small.deps.store) == ()
    small.tamper(attack)
    assert any(said in problem.en for problem in compare_with_log(small.deps.store))


def test_confirmations_certificates_and_revocations_cannot_be_rewritten(staffed):
    first_head(staffed)
    certified(staffed, LI)
    revoke_certificate(staffed.deps, acting(staffed, LI), LI, "superseded", "换")
    for table in ("key_confirmation", "certificate", "certificate_revocation", "revocation_list"):
        with pytest.raises(RecordLocked), staffed.deps.store.write() as uow:
            uow._connection.execute(text(f"DELETE FROM {table}"))
    assert staffed.deps.store.check().ok


def test_a_certificate_ends_and_another_key_may_be_made_a_month_before(staffed):
    first_head(staffed)
    certified(staffed, LI)
    later(staffed, days=3 * 365 - 31)
    with pytest.raises(KeyKnown):
        make(staffed, LI)
    later(staffed, days=2)
    assert make(staffed, LI).state == KeyStep.PENDING
    # The old one still signs until the new one is confirmed.
    assert open_key(staffed, LI)
    later(staffed, days=40)
    with pytest.raises(KeyAbsent):
        open_key(staffed, LI)


# --- in an own token ------------------------------------------------------------------------------------------------


@pytest.fixture
def slots(tokens):
    return {LI: tokens["li"], WANG: tokens["wang"]}


def test_a_person_signs_with_an_own_token_whose_key_never_leaves_it(small, slots):
    first_head(small)
    small.deps = replace(small.deps, person_tokens=slots)
    actor = acting(small, LI)
    assert has_token(small.deps, actor)
    with pytest.raises(PinWrong):
        create_signing_key(small.deps, actor, "not the PIN", "not the PIN")
    made = create_signing_key(small.deps, actor, TOKEN_PIN, TOKEN_PIN)
    assert made.token
    confirm_signing_key(small.deps, acting(small, HEAD), LI, made.fingerprint, PINS[HEAD])
    opened = open_key(small, LI, TOKEN_PIN)
    assert was_signed_by(opened.certificate.certificate_der, opened.key.sign(b"opinion"), b"opinion")
    with small.deps.store.read() as uow:
        assert uow.person_keys.get(made.key_id).wrapped is None
    # A wrong PIN is known before anything is signed, and counts.
    for _ in range(5):
        with pytest.raises(PinWrong):
            open_key(small, LI, "not the PIN")
    with pytest.raises(PinLocked):
        open_key(small, LI, TOKEN_PIN)
    with pytest.raises(KeyAbsent):
        change_pin(small.deps, actor, TOKEN_PIN, "new-2#pin-xy", "new-2#pin-xy")


def test_the_token_of_somebody_else_signs_nothing(small, slots):
    first_head(small)
    small.deps = replace(small.deps, person_tokens=slots)
    made = create_signing_key(small.deps, acting(small, LI), TOKEN_PIN, TOKEN_PIN)
    confirm_signing_key(small.deps, acting(small, HEAD), LI, made.fingerprint, PINS[HEAD])
    small.deps = replace(small.deps, person_tokens={LI: slots[WANG]})
    with pytest.raises(KeysUnusable):
        open_key(small, LI, TOKEN_PIN)
    small.deps = replace(small.deps, person_tokens={})
    with pytest.raises(KeyAbsent):
        open_key(small, LI, TOKEN_PIN)


def test_one_token_signs_for_several_threads_one_after_the_other(small, slots):
    first_head(small)
    small.deps = replace(small.deps, person_tokens=slots)
    made = create_signing_key(small.deps, acting(small, LI), TOKEN_PIN, TOKEN_PIN)
    confirm_signing_key(small.deps, acting(small, HEAD), LI, made.fingerprint, PINS[HEAD])
    opened = open_key(small, LI, TOKEN_PIN)
    signed = []
    threads = [threading.Thread(target=lambda: signed.append(opened.key.sign(b"opinion"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [was_signed_by(opened.certificate.certificate_der, one, b"opinion") for one in signed] == [True] * 8
