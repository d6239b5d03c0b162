"""A person's key: the PIN opens it, nothing else does."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from app.keys.authority import (
    CertificateNotValid,
    Reason,
    Revocation,
    certificate_chain,
    load_authority,
    read_list,
    require_valid,
)
from app.keys.certificates import PersonName, PersonNameUnusable, der, issued_by, person_of
from app.keys.folder import KeysUnusable
from app.keys.person_key import (
    Cost,
    change_pin,
    create_person_key,
    open_person_key,
    read_wrapped,
    token_person_key,
)
from app.keys.pin import PinWeak, PinWrong, require_strong
from app.keys.ring import create_keys
from app.keys.signature import is_canonical
from app.keys.token import Token, read_person_tokens, token_public_key
from tests.softhsm import PIN as PIN_OF_TOKEN

NOW = datetime(2026, 11, 23, 10, 0, 0, tzinfo=UTC)
PIN = "茶3山bridge7"
CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
WANG = PersonName("王小明", "客户经理 Account manager · T-07", "P-0007")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office") / "keys"
    create_keys(folder, "示例县烟草专卖局", NOW, slug="county")
    return folder


@pytest.fixture(scope="module")
def authority(folder):
    return load_authority(folder)


@pytest.fixture(scope="module")
def wrapped():
    return create_person_key("P-0007", PIN, known=("王小明",), cost=CHEAP)


@pytest.fixture(scope="module")
def certificate(authority, wrapped):
    return authority.issue(WANG, wrapped.public_key, NOW)


def test_the_owner_signs_with_the_pin(wrapped, certificate):
    key = open_person_key(read_wrapped(wrapped.as_bytes()), PIN, der(certificate))
    signature = key.sign(b"opinion")
    certificate.public_key().verify(signature, b"opinion", ECDSA(hashes.SHA256()))
    assert is_canonical(signature)


def test_an_administrator_with_every_file_and_no_pin_cannot_sign(folder, wrapped, certificate, tmp_path):
    (tmp_path / "person.json").write_bytes(wrapped.as_bytes())
    (tmp_path / "person.der").write_bytes(der(certificate))
    material = [path.read_bytes() for path in [*folder.iterdir(), *tmp_path.iterdir()]]
    public = certificate.public_key()
    candidates = []
    for data in material:
        for load in (load_pem_private_key, load_der_private_key):
            try:
                candidates.append(load(data, None))
            except (ValueError, TypeError):
                continue
    assert candidates, "the administrator does have the office's own keys"
    assert all(key.public_key() != public for key in candidates)
    # Neither does any 32 bytes that lie in a file work as the key.
    sealed = wrapped.sealed
    for start in range(len(sealed) - 31):
        number = int.from_bytes(sealed[start : start + 32], "big")
        assert public.public_numbers().x != number
    for pin in ("", "12345678", PIN.upper(), PIN + " ", PIN[:-1]):
        with pytest.raises(PinWrong):
            open_person_key(wrapped, pin, der(certificate))


def test_a_key_cannot_be_passed_off_as_another_persons(wrapped, certificate):
    body = json.loads(wrapped.as_bytes())
    body["person"] = "P-0008"
    forged = read_wrapped(json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())
    with pytest.raises(PinWrong):
        open_person_key(forged, PIN, der(certificate))


def test_a_certificate_of_another_key_is_refused(wrapped, authority):
    other = authority.issue(WANG, generate_private_key(SECP256R1()).public_key(), NOW)
    with pytest.raises(KeysUnusable, match="not that of the signing key"):
        open_person_key(wrapped, PIN, der(other))


def test_nobody_learns_from_the_answer_or_the_work_whether_there_is_a_key(monkeypatch, certificate):
    from app.keys import person_key

    derived = []
    real = person_key.hash_secret_raw

    def watched(*args, **kwargs):
        derived.append((kwargs["memory_cost"], kwargs["time_cost"], kwargs["parallelism"]))
        return real(*args, **{**kwargs, "memory_cost": 64, "time_cost": 1, "parallelism": 1})

    monkeypatch.setattr(person_key, "hash_secret_raw", watched)
    wrapped = create_person_key("P-1", PIN)
    sentences = set()
    for tried in (wrapped, None):
        with pytest.raises(PinWrong) as told:
            open_person_key(tried, "wrong-pin-1", der(certificate))
        sentences.add(told.value.detail)
    assert len(sentences) == 1
    assert derived == [(64 * 1024, 3, 4)] * 3


def test_a_new_pin_wraps_the_same_key_and_the_old_one_opens_it_no_more(wrapped, certificate):
    changed = change_pin(wrapped, PIN, "another-Pin-9", cost=CHEAP)
    assert changed.public_key_der == wrapped.public_key_der
    assert {changed.salt, changed.nonce}.isdisjoint({wrapped.salt, wrapped.nonce})
    open_person_key(changed, "another-Pin-9", der(certificate)).sign(b"x")
    with pytest.raises(PinWrong):
        open_person_key(changed, PIN, der(certificate))


def test_a_pin_is_changed_only_by_who_knows_it_and_into_a_strong_other_one(wrapped):
    with pytest.raises(PinWrong):
        change_pin(wrapped, "not-the-pin-1", "another-Pin-9", cost=CHEAP)
    with pytest.raises(PinWeak, match="differ"):
        change_pin(wrapped, PIN, PIN, cost=CHEAP)
    with pytest.raises(PinWeak):
        change_pin(wrapped, PIN, "12345678", cost=CHEAP)


@pytest.mark.parametrize(
    "pin",
    [
        "abc12",
        "x" * 65,
        "58203914",
        "58203914726",
        "aaaaaaaa1",
        "abcdefgh",
        "87654321fedc"[:8],
        "P-0007-k!",
        "wx王小明12k9",
    ],
    ids=["short", "long", "eight digits", "eleven digits", "few", "row", "row down", "account", "name"],
)
def test_a_pin_that_can_be_guessed_is_refused(pin):
    with pytest.raises(PinWeak) as told:
        require_strong(pin, ("P-0007", "王小明"))
    assert pin not in told.value.detail.zh + told.value.detail.en


@pytest.mark.parametrize("pin", ["k7#mQ2vx", "582039147260", "山高水长月落乌啼", "correct horse"])
def test_a_good_pin_is_accepted(pin):
    assert require_strong(pin, ("P-0007", "")) is None


def test_a_pin_typed_in_full_width_is_the_same_pin(certificate, authority):
    wrapped = create_person_key("P-9", "abc-12345x", cost=CHEAP)
    certificate = authority.issue(WANG, wrapped.public_key, NOW)
    opened = open_person_key(wrapped, "ａｂｃ－１２３４５ｘ", der(certificate))
    assert opened.certificate_der == der(certificate)


@given(place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_no_flipped_bit_of_a_stored_key_opens_or_crashes(wrapped, certificate, place, bit):
    data = bytearray(wrapped.as_bytes())
    data[place % len(data)] ^= 1 << bit
    with pytest.raises((KeysUnusable, PinWrong)):
        open_person_key(read_wrapped(bytes(data)), PIN, der(certificate))


@pytest.mark.parametrize("cost", [Cost(2**21, 1, 1), Cost(64, 33, 1), Cost(64, 1, 17), Cost(8, 1, 2), Cost(64, 0, 1)])
def test_a_stored_cost_that_would_exhaust_the_machine_is_refused(wrapped, cost):
    with pytest.raises(KeysUnusable):
        read_wrapped(replace(wrapped, cost=cost).as_bytes())


def test_a_certificate_says_who_and_for_what(certificate, authority):
    assert issued_by(certificate, authority.root)
    assert person_of(certificate) == WANG
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert (usage.value.digital_signature, usage.value.content_commitment) == (True, True)
    assert (usage.value.key_cert_sign, usage.value.crl_sign, usage.value.key_encipherment) == (False, False, False)
    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert points[0].full_name[0].value == "http://crl.henji.county.invalid/root.crl"
    assert certificate.not_valid_after_utc - NOW == timedelta(days=3 * 365)
    assert certificate_chain(certificate, authority.root).count("BEGIN CERTIFICATE") == 2


def test_a_certificate_never_outlives_its_root(authority):
    late = authority.root.not_valid_after_utc - timedelta(days=10)
    issued = authority.issue(WANG, generate_private_key(SECP256R1()).public_key(), late)
    assert issued.not_valid_after_utc == authority.root.not_valid_after_utc


@pytest.mark.parametrize("person", [replace(WANG, name=""), replace(WANG, unit="组" * 65), replace(WANG, number="工7")])
def test_a_name_that_does_not_fit_is_refused(authority, person):
    with pytest.raises(PersonNameUnusable):
        authority.issue(person, generate_private_key(SECP256R1()).public_key(), NOW)


def test_another_curve_is_refused(authority):
    with pytest.raises(KeysUnusable, match="P-256"):
        authority.issue(WANG, generate_private_key(SECP384R1()).public_key(), NOW)


def test_a_revoked_certificate_signs_no_more(certificate, authority):
    at = NOW + timedelta(days=3)
    revoked = Revocation(certificate.serial_number, at, Reason.KEY_COMPROMISE)
    crl = authority.revocation_list([revoked], 7, at)
    listed = read_list(crl, authority.root)
    assert listed.last_update_utc == at
    assert listed.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 7
    require_valid(certificate, [authority.root], at - timedelta(seconds=1), crl)
    with pytest.raises(CertificateNotValid, match="revoked"):
        require_valid(certificate, [authority.root], at, crl)


def test_only_a_certificate_in_its_time_and_of_our_root_signs(certificate, authority, tmp_path):
    create_keys(tmp_path / "other", "示例县烟草专卖局", NOW, slug="county")
    stranger = load_authority(tmp_path / "other")
    with pytest.raises(CertificateNotValid, match="not of the office's root"):
        require_valid(certificate, [stranger.root], NOW)
    with pytest.raises(CertificateNotValid, match="not valid at"):
        require_valid(certificate, [authority.root], NOW + timedelta(days=4 * 365))
    for list_ in (stranger.revocation_list([], 1, NOW), b"nothing"):
        with pytest.raises(CertificateNotValid, match="revocation list"):
            require_valid(certificate, [authority.root], NOW, list_)


def test_the_key_of_the_root_may_lie_elsewhere_but_must_be_its(folder, tmp_path):
    elsewhere = tmp_path / "root.key"
    elsewhere.write_bytes((folder / "root.key").read_bytes())
    elsewhere.chmod(0o600)
    assert load_authority(folder, elsewhere).root == load_authority(folder).root
    elsewhere.write_bytes((folder / "seal.key").read_bytes())
    with pytest.raises(KeysUnusable):
        load_authority(folder, elsewhere)


def test_a_key_in_the_signers_own_token_signs_and_never_leaves_it(tokens, authority):
    token = tokens["wang"]
    certificate = authority.issue(WANG, token_public_key(token, PIN_OF_TOKEN), NOW)
    signature = token_person_key(token, PIN_OF_TOKEN, der(certificate)).sign(b"opinion")
    certificate.public_key().verify(signature, b"opinion", ECDSA(hashes.SHA256()))
    assert is_canonical(signature)
    for wrong in ("wrong", "", PIN_OF_TOKEN + "x"):
        with pytest.raises(PinWrong):
            token_person_key(token, wrong, der(certificate))
    with pytest.raises(KeysUnusable, match="no P-256 key"):
        token_person_key(replace(token, key="none"), PIN_OF_TOKEN, der(certificate))
    with pytest.raises(KeysUnusable, match="cannot be opened"):
        token_person_key(replace(token, token="none"), PIN_OF_TOKEN, der(certificate))
    with pytest.raises(KeysUnusable, match="not that of the signing key"):
        token_person_key(tokens["li"], PIN_OF_TOKEN, der(certificate))


def test_the_tokens_of_people_are_named_in_a_file(tmp_path):
    path = tmp_path / "tokens.json"
    path.write_text('{"P0021": {"module": "/opt/module.so", "token": "wang", "key": "sign"}}')
    assert read_person_tokens(path) == {"P0021": Token("/opt/module.so", "wang", "sign", "")}
    entries = ("1", '{"module": "m", "token": "t"}', '{"module": "m", "token": "t", "key": 1}')
    for wrong in ("", "[]", *(f'{{"P": {entry}}}' for entry in entries)):
        path.write_text(wrong)
        with pytest.raises(KeysUnusable, match="must be JSON"):
            read_person_tokens(path)
    with pytest.raises(KeysUnusable):
        read_person_tokens(tmp_path / "none.json")
