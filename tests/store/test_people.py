"""What the store keeps of people's secrets, keys and certificates."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.core.errors import Integrity
from app.store.errors import AlreadyRecorded, BrokenReference
from app.store.people_values import (
    CertificateRevocation,
    Identity,
    KeyConfirmation,
    OidcAttempt,
    PersonCertificate,
    PersonKey,
    RevocationList,
    SecondFactor,
)
from app.store.values import Account, WebSession
from tests.store.conftest import ACTOR, NOW

ACCOUNT = Account("A1", "wang", "王", "P9", "argon2$x", (), None, "zh", False, NOW)
KEY = PersonKey("K-1", "P9", b"wrapped", NOW, "0" * 32, b"public")
CERTIFICATE = PersonCertificate("a1", "K-1", "P9", b"der", "sha256:1", NOW, "P8", NOW + timedelta(days=10))
SECOND = timedelta(seconds=1)


@pytest.fixture
def staffed(store, event):
    with store.write() as uow:
        uow.accounts.add(ACCOUNT)
        uow.log.append(event(1))
    return store


def test_a_second_factor_is_kept_confirmed_used_by_steps_and_removed(staffed):
    with staffed.write() as uow:
        assert uow.second_factors.get("A1") is None
        uow.second_factors.put("A1", b"one", NOW)
        uow.second_factors.put("A1", b"two", NOW)
        assert uow.second_factors.get("A1") == SecondFactor("A1", b"two", NOW)
        assert uow.second_factors.confirmed() == frozenset()
        uow.second_factors.confirm("A1", NOW)
        assert uow.second_factors.confirmed() == {"A1"}
        used = [uow.second_factors.use_step("A1", step) for step in (7, 7, 6, 8, 8)]
        assert used == [True, False, False, True, False]
        assert uow.second_factors.get("A1") == SecondFactor("A1", b"two", NOW, NOW, 8)
        # A new one begins anew: the step of another secret says nothing.
        uow.second_factors.put("A1", b"three", NOW)
        assert uow.second_factors.get("A1").last_step is None
        assert uow.second_factors.remove("A1")
        assert not uow.second_factors.remove("A1")
        assert not uow.second_factors.use_step("A1", 9)
    with pytest.raises(BrokenReference), staffed.write() as uow:
        uow.second_factors.put("A9", b"x", NOW)


def test_a_subject_elsewhere_is_one_account_here(staffed):
    link = Identity("https://sso", "10001", "A1", NOW, "admin")
    with staffed.write() as uow:
        uow.identities.add(link)
        uow.identities.add(replace(link, issuer="https://other"))
        assert uow.identities.find("https://sso", "10001") == link
        assert uow.identities.find("https://sso", "10002") is None
        assert [one.issuer for one in uow.identities.of("A1")] == ["https://other", "https://sso"]
        assert uow.identities.remove("https://other", "10001")
        assert not uow.identities.remove("https://other", "10001")
    with pytest.raises(AlreadyRecorded), staffed.write() as uow:
        uow.identities.add(link)


def test_a_sign_in_elsewhere_comes_back_once(staffed):
    attempt = OidcAttempt("s" * 64, "t" * 64, "nonce", "verifier", "/", NOW)
    with staffed.write() as uow:
        uow.identities.begin(attempt)
        uow.identities.begin(replace(attempt, state_digest="u" * 64, begun_at=NOW - SECOND))
        assert uow.identities.take("s" * 64) == attempt
        assert uow.identities.take("s" * 64) is None
        assert uow.identities.drop_begun(NOW) == 1
        assert uow.identities.take("u" * 64) is None


def test_the_newest_key_of_a_person_counts_and_its_wrapping_may_change(staffed):
    later = replace(KEY, key_id="K-2", made_at=NOW + SECOND)
    in_token = PersonKey("K-3", "P8", None, NOW, "1" * 32, b"public", "wang")
    with staffed.write() as uow:
        for key in (KEY, later, in_token):
            uow.person_keys.add(key)
        assert uow.person_keys.newest("P9") == later
        assert uow.person_keys.newest("P7") is None
        assert uow.person_keys.newest_of_all() == (in_token, later)
        uow.person_keys.rewrap("K-2", b"anew")
        assert uow.person_keys.get("K-2") == replace(later, wrapped=b"anew")
        word = KeyConfirmation("K-2", "P8", NOW, ACTOR, b"{}", None, 0)
        uow.person_keys.confirm(word)
        assert uow.person_keys.confirmation("K-2") == word
        assert uow.person_keys.confirmation("K-1") is None
    with pytest.raises(AlreadyRecorded), staffed.write() as uow:
        uow.person_keys.confirm(replace(word, confirmed_by="P7"))


def test_a_key_lies_here_or_in_a_token_never_both_or_nowhere(staffed):
    for wrong in (replace(KEY, token="wang"), replace(KEY, wrapped=None)):
        with pytest.raises(Integrity), staffed.write() as uow:
            uow.person_keys.add(wrong)


def test_a_certificate_counts_from_its_issue_to_its_end_or_its_revocation(staffed):
    second = replace(CERTIFICATE, serial="a2", digest="sha256:2", issued_at=NOW + SECOND)
    with staffed.write() as uow:
        uow.person_keys.add(KEY)
        uow.certificates.add(CERTIFICATE)
        uow.certificates.add(second)
        valid = uow.certificates.valid
        assert valid("P9", NOW - SECOND) is None
        assert valid("P9", NOW) == CERTIFICATE
        assert valid("P9", NOW + SECOND) == second
        assert valid("P9", CERTIFICATE.not_after) == second
        assert valid("P9", CERTIFICATE.not_after + SECOND) is None
        assert valid("P8", NOW) is None
        assert uow.certificates.of_key("K-1") == second
        assert uow.certificates.of_key("K-9") is None
        assert uow.certificates.by_digest("sha256:1") == CERTIFICATE
        uow.certificates.revoke("a2", NOW + 5 * SECOND, "superseded", "P9", "换")
        assert valid("P9", NOW + 4 * SECOND) == second
        assert valid("P9", NOW + 5 * SECOND) == CERTIFICATE
        told = CertificateRevocation("a2", NOW + 5 * SECOND, "superseded", "换", "P9", second.not_after)
        assert uow.certificates.revocations() == (told,)
        assert uow.certificates.revocation("a2") == told
        assert uow.certificates.revocation("a1") is None
    with pytest.raises(AlreadyRecorded), staffed.write() as uow:
        uow.certificates.revoke("a2", NOW, "superseded", "P9")
    with pytest.raises(BrokenReference), staffed.write() as uow:
        uow.certificates.revoke("ff", NOW, "superseded", "P9")


def test_revocation_lists_are_numbered_and_tries_of_a_pin_counted(staffed):
    with staffed.write() as uow:
        assert uow.revocation_lists.newest() is None
        for number in (1, 2):
            assert uow.revocation_lists.next_number() == number
            uow.revocation_lists.add(number, b"%d" % number, NOW)
        assert uow.revocation_lists.newest() == RevocationList(2, b"2", NOW)
        for after in (0, 1, 2):
            uow.pin_failures.note("P9", NOW + after * SECOND)
        uow.pin_failures.note("P8", NOW)
        assert uow.pin_failures.since("P9", NOW + SECOND) == 2
        assert uow.pin_failures.times("P9", NOW) == tuple(NOW + after * SECOND for after in (0, 1, 2))
        uow.pin_failures.forget("P9")
        assert uow.pin_failures.since("P9", NOW) == 0
        assert uow.pin_failures.since("P8", NOW) == 1
    with pytest.raises(AlreadyRecorded), staffed.write() as uow:
        uow.revocation_lists.add(2, b"other", NOW)


def test_sessions_know_when_their_owner_was_last_proven_and_end_but_for_one(staffed):
    half = WebSession("sha256:a", "A1", NOW, NOW, NOW + timedelta(hours=1), None, {}, None, True)
    whole = replace(half, token_digest="sha256:b", strong_at=NOW, is_half=False)
    with staffed.write() as uow:
        uow.sessions.add(half)
        uow.sessions.add(whole)
        assert uow.sessions.get("sha256:a", NOW) == half
        uow.sessions.strengthen("sha256:b", NOW + SECOND)
        assert uow.sessions.get("sha256:b", NOW) == replace(whole, strong_at=NOW + SECOND)
        uow.sessions.end_all("A1", NOW, but="sha256:b")
        assert uow.sessions.get("sha256:a", NOW) is None
        assert uow.sessions.get("sha256:b", NOW) is not None
        uow.accounts.set_password("A1", "argon2$y", temporary=True)
        assert uow.accounts.by_id("A1").must_change_password
        uow.accounts.set_password("A1", "argon2$z")
        assert not uow.accounts.by_id("A1").must_change_password
        assert uow.accounts.of_person("P9") == (replace(ACCOUNT, password_hash="argon2$z"),)
        assert uow.accounts.of_person("P8") == ()
