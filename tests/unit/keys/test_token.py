"""PKCS#11 with a token that a test can hold: the calls are those of python-pkcs11."""

import sys
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.keys.folder import KeysUnusable
from app.keys.ring import Token, create_keys, load_keys
from app.keys.signature import from_raw, is_canonical
from app.keys.token import read_token

NOW = datetime(2026, 11, 23, 10, 0, 0, tzinfo=UTC)


class PKCS11Error(Exception):
    pass


class Session:
    def __init__(self, private):
        self.private = private

    def get_key(self, object_class, label):
        if label != "seal":
            raise PKCS11Error
        return self if object_class == "private" else self.private.public_key()

    def sign(self, digest, mechanism):
        assert mechanism == "raw"
        r, s = decode_dss_signature(self.private.sign(digest, ECDSA(Prehashed(hashes.SHA256()))))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def close(self):
        pass


@pytest.fixture
def device(monkeypatch, tmp_path):
    held = SimpleNamespace(private=generate_private_key(SECP256R1()), opened=0)
    package, util, curves = ModuleType("pkcs11"), ModuleType("pkcs11.util"), ModuleType("pkcs11.util.ec")

    def open_session(user_pin):
        if user_pin != "1234":
            raise PKCS11Error
        held.opened += 1
        return Session(held.private)

    package.PKCS11Error = PKCS11Error
    package.ObjectClass = SimpleNamespace(PRIVATE_KEY="private", PUBLIC_KEY="public")
    package.Mechanism = SimpleNamespace(ECDSA="raw")
    package.lib = lambda _path: SimpleNamespace(get_token=lambda token_label: SimpleNamespace(open=open_session))
    curves.encode_ec_public_key = lambda key: key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for module in (package, util, curves):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    pin = tmp_path / "pin"
    pin.write_text("1234\n")
    pin.chmod(0o600)
    held.token = Token("/opt/module.so", "audit", "seal", str(pin))
    held.pin = pin
    return held


def test_a_seal_in_a_token_signs_without_a_key_file(device, tmp_path):
    create_keys(tmp_path / "keys", "县局", NOW, token=device.token)
    assert not (tmp_path / "keys" / "seal.key").exists()
    seal = load_keys(tmp_path / "keys").seal
    public = x509.load_der_x509_certificate(seal.certificate_der).public_key()
    for number in range(20):
        signature = seal.sign(b"%d" % number)
        public.verify(signature, b"%d" % number, ECDSA(hashes.SHA256()))
        assert is_canonical(signature)
    assert device.opened == 2  # once for the certificate, once for all signatures


def test_every_process_opens_its_own_session(device, tmp_path, monkeypatch):
    seal = create_keys(tmp_path / "keys", "县局", NOW, token=device.token).seal
    seal.sign(b"x")
    before = device.opened
    monkeypatch.setattr("app.keys.token.os.getpid", lambda: -1)
    seal.sign(b"x")
    assert device.opened == before + 1


def test_a_missing_package_is_said_plainly(device, tmp_path, monkeypatch):
    create_keys(tmp_path / "keys", "县局", NOW, token=device.token)
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    seal = load_keys(tmp_path / "keys").seal
    with pytest.raises(KeysUnusable, match="python-pkcs11 is not installed"):
        seal.sign(b"x")


def test_a_wrong_pin_is_said_plainly(device, tmp_path):
    device.pin.write_text("0000")
    with pytest.raises(KeysUnusable, match="Check module, label and PIN"):
        create_keys(tmp_path / "keys", "县局", NOW, token=device.token)


def test_a_pin_file_open_to_others_is_refused(device, tmp_path):
    device.pin.chmod(0o644)
    with pytest.raises(KeysUnusable, match="chmod 0600"):
        create_keys(tmp_path / "keys", "县局", NOW, token=device.token)


def test_a_missing_key_is_said_plainly(device, tmp_path):
    other = Token(device.token.module, "audit", "none", device.token.pin_file)
    with pytest.raises(KeysUnusable, match="no P-256 key"):
        create_keys(tmp_path / "keys", "县局", NOW, token=other)
    create_keys(tmp_path / "keys", "县局", NOW, token=device.token)
    (tmp_path / "keys" / "seal.pkcs11.json").write_bytes(other.as_bytes())
    with pytest.raises(KeysUnusable, match="no P-256 key"):
        load_keys(tmp_path / "keys").seal.sign(b"x")


def test_a_key_of_another_kind_is_refused(device, tmp_path):
    device.private = generate_rsa(65537, 2048)
    with pytest.raises(KeysUnusable, match="no P-256 key"):
        create_keys(tmp_path / "keys", "县局", NOW, token=device.token)


@pytest.mark.parametrize("data", [b"", b"[]", b'{"module": "x"}', b'{"module":"","token":"a","key":"","pin_file":""}'])
def test_a_malformed_token_description_is_refused(data):
    with pytest.raises(KeysUnusable):
        read_token(data)


def test_the_token_description_is_read_back_as_written(device):
    assert read_token(device.token.as_bytes()) == device.token


def test_a_raw_signature_of_another_length_is_refused():
    with pytest.raises(ValueError, match="64 bytes"):
        from_raw(bytes(63))
    assert not is_canonical(b"\x30\x00")
