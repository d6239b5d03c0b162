import json
import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key

from app.audit.log.checkpoint import Checkpoint, make_checkpoint, open_checkpoint, read_verifier_key
from app.keys.certificates import OfficeNameUnusable
from app.keys.folder import KeysExist, KeysUnusable
from app.keys.log_key import ed25519_verify
from app.keys.ring import LogNameUnusable, create_keys, load_keys
from app.keys.signature import is_canonical

NOW = datetime(2026, 11, 23, 10, 0, 0, tzinfo=UTC)
OFFICE = "示例县烟草专卖局"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys") / "office"
    create_keys(folder, OFFICE, NOW, slug="demo-county")
    return folder


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "keys"
    create_keys(place, OFFICE, NOW)
    return place


def test_created_keys_are_loaded_again(made):
    ring = load_keys(made)
    assert ring.office_name == OFFICE
    assert ring.log.name == "henji.demo-county/log"
    assert len(ring.roots) == 1
    assert ring.roots[0].startswith("-----BEGIN CERTIFICATE-----")


def test_only_the_owner_may_look_at_the_keys(made):
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.iterdir()} == {0o600}


def test_keys_are_never_overwritten(made):
    before = {path.name: path.read_bytes() for path in made.iterdir()}
    with pytest.raises(KeysExist):
        create_keys(made, OFFICE, NOW)
    assert {path.name: path.read_bytes() for path in made.iterdir()} == before


def test_an_empty_folder_is_filled(tmp_path):
    place = tmp_path / "empty"
    place.mkdir()
    assert create_keys(place, OFFICE, NOW).office_name == OFFICE
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


def test_the_root_lives_twenty_years_and_issues_only_leaves(made):
    root = x509.load_pem_x509_certificate((made / "trust-root.pem").read_bytes())
    assert root.issuer == root.subject
    assert root.not_valid_after_utc - NOW == timedelta(days=7305)
    basic = root.extensions.get_extension_for_class(x509.BasicConstraints)
    assert basic.critical
    assert (basic.value.ca, basic.value.path_length) == (True, 0)
    usage = root.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_cert_sign, usage.crl_sign, usage.digital_signature) == (True, True, False)


def test_the_seal_is_issued_directly_by_the_root_and_says_what_it_is(made):
    root = x509.load_pem_x509_certificate((made / "trust-root.pem").read_bytes())
    seal = x509.load_der_x509_certificate(load_keys(made).seal.certificate_der)
    seal.verify_directly_issued_by(root)
    assert "CN=系统印章 System Seal" in seal.subject.rfc4514_string()
    assert f"O={OFFICE}" in seal.subject.rfc4514_string()
    assert seal.not_valid_before_utc == NOW - timedelta(days=1)
    usage = seal.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment, usage.key_cert_sign) == (True, True, False)
    points = seal.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert points[0].full_name[0].value == "http://crl.henji.demo-county.invalid/root.crl"
    assert isinstance(seal.public_key().curve, SECP256R1)


def test_the_seal_signs_with_its_certificate_and_the_smaller_s(made):
    seal = load_keys(made).seal
    public = x509.load_der_x509_certificate(seal.certificate_der).public_key()
    for number in range(20):
        message = b"record %d" % number
        signature = seal.sign(message)
        public.verify(signature, message, ECDSA(hashes.SHA256()))
        assert is_canonical(signature)
    assert seal.sign(b"same") == seal.sign(b"same")


def test_the_log_key_signs_checkpoints_of_its_own_log(made):
    log = load_keys(made).log
    key = read_verifier_key(log.verifier_key)
    checkpoint = Checkpoint(log.name, 3, bytes(32))
    assert key.public_key == log.public_key
    assert open_checkpoint(make_checkpoint(log, 3, bytes(32)), key, ed25519_verify) == checkpoint
    assert not ed25519_verify(log.public_key, bytes(64), b"x")
    assert not ed25519_verify(b"short", bytes(64), b"x")


@pytest.mark.parametrize("name", ["log.key", "seal.key", "keys.json", "seal.pem", "trust-root.pem"])
def test_a_key_file_open_to_others_is_refused_with_the_remedy(folder, name):
    (folder / name).chmod(0o640)
    with pytest.raises(KeysUnusable, match="chmod 0600"):
        load_keys(folder)


def test_a_key_folder_open_to_others_is_refused_with_the_remedy(folder):
    folder.chmod(0o755)
    with pytest.raises(KeysUnusable, match="chmod 0700"):
        load_keys(folder)


def test_a_missing_folder_says_how_to_make_keys(tmp_path):
    with pytest.raises(KeysUnusable, match="henji keys create"):
        load_keys(tmp_path / "none")


@pytest.mark.parametrize("name", ["log.key", "seal.key", "keys.json", "seal.pem", "trust-root.pem"])
def test_a_damaged_or_missing_file_is_named(folder, name):
    (folder / name).write_bytes(b"damaged")
    with pytest.raises(KeysUnusable, match=name):
        load_keys(folder)
    (folder / name).unlink()
    with pytest.raises(KeysUnusable, match=name):
        load_keys(folder)


def test_a_key_file_that_describes_something_else_is_refused(folder):
    (folder / "keys.json").write_text(json.dumps({"format": "other"}))
    with pytest.raises(KeysUnusable):
        load_keys(folder)


@pytest.mark.parametrize("name", ["seal.key", "seal.pem", "trust-root.pem"])
def test_keys_of_two_installations_are_not_mixed(folder, made, name):
    (folder / name).write_bytes((made / name).read_bytes())
    with pytest.raises(KeysUnusable):
        load_keys(folder)


def test_swapped_key_files_are_refused(folder):
    log, seal = (folder / "log.key").read_bytes(), (folder / "seal.key").read_bytes()
    (folder / "log.key").write_bytes(seal)
    with pytest.raises(KeysUnusable, match=r"log\.key"):
        load_keys(folder)
    (folder / "seal.key").write_bytes(log)
    (folder / "log.key").write_bytes(log)
    with pytest.raises(KeysUnusable, match=r"seal\.key"):
        load_keys(folder)


def test_the_root_key_may_be_moved_away(folder):
    (folder / "root.key").unlink()
    assert load_keys(folder).office_name == OFFICE


def test_a_latin_office_name_becomes_the_name_of_the_log(tmp_path):
    assert create_keys(tmp_path / "k", "Sample County Office", NOW).log.name == "henji.sample-county-office/log"


def test_a_chinese_office_name_takes_the_name_of_the_log_from_its_key(tmp_path):
    first = create_keys(tmp_path / "a", OFFICE, NOW).log.name
    second = create_keys(tmp_path / "b", OFFICE, NOW).log.name
    assert first != second
    assert len(first) == len("henji./log") + 12


@pytest.mark.parametrize("slug", ["", "Demo", "a b", "-a", "a--b", "县", "a" * 41])
def test_a_slug_that_is_none_is_refused(tmp_path, slug):
    with pytest.raises(LogNameUnusable):
        create_keys(tmp_path / "k", OFFICE, NOW, slug=slug)
    assert not (tmp_path / "k").exists()


@pytest.mark.parametrize("name", ["", "县" * 65])
def test_an_office_name_that_does_not_fit_is_refused(tmp_path, name):
    with pytest.raises(OfficeNameUnusable):
        create_keys(tmp_path / "k", name, NOW)


def test_a_file_that_came_in_between_is_not_overwritten(tmp_path):
    from app.keys.folder import write_new

    write_new(tmp_path / "log.key", b"first")
    with pytest.raises(KeysExist, match=r"log\.key"):
        write_new(tmp_path / "log.key", b"second")
    assert (tmp_path / "log.key").read_bytes() == b"first"


def test_a_failing_disk_leaves_no_half_made_keys(tmp_path, monkeypatch):
    def fail(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.keys.ring.os.rename", fail)
    with pytest.raises(KeysUnusable, match="No space left"):
        create_keys(tmp_path / "k", OFFICE, NOW)
    assert list(tmp_path.iterdir()) == []


def test_a_key_on_another_curve_is_not_a_seal(folder):
    from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1

    from app.keys.certificates import issue_root, issue_seal, pem

    root_key = generate_private_key(SECP256R1())
    root = issue_root(OFFICE, root_key, NOW)
    seal = issue_seal(OFFICE, generate_private_key(SECP384R1()).public_key(), root, root_key, NOW, "http://x.invalid")
    (folder / "trust-root.pem").write_text(pem(root))
    (folder / "seal.pem").write_text(pem(seal))
    with pytest.raises(KeysUnusable, match="not issued"):
        load_keys(folder)
