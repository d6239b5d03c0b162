"""The seal of the installation in a security module: records are sealed there, and verify as always."""

import stat
from dataclasses import replace

import pytest

from app.actions.seal_record import read_record
from app.keys.folder import KeysUnusable
from app.keys.ring import create_keys, load_keys
from app.reports.check import check_record
from tests.softhsm import PIN


@pytest.fixture(params=["seal"])
def sealed_by_token(request, small_office, tokens, tmp_path):
    pin = tmp_path / "pin"
    pin.write_text(PIN + "\n")
    pin.chmod(0o600)
    token = replace(tokens[request.param], pin_file=str(pin))
    folder = tmp_path / "keys"
    create_keys(folder, "示例县烟草专卖局", small_office.clock.now(), slug="token", token=token)
    small_office.deps = replace(small_office.deps, load_keyring=lambda: load_keys(folder))
    return small_office, folder, pin


def test_a_record_sealed_in_the_token_verifies_with_the_roots(sealed_by_token):
    office, folder, _ = sealed_by_token
    assert not (folder / "seal.key").exists()
    assert PIN not in (folder / "seal.pkcs11.json").read_text()
    office.on(11, 3)
    answer = office.submit(office.supply())
    sealed = read_record(office.deps, office.system, answer.evaluation)
    check = check_record(sealed, load_keys(folder).roots)
    assert check.ok, [one.sentence.en for one in check.checks if not one.passed]


# A seal stays signed in to its token as long as the process lives: another installation takes another token.
@pytest.mark.parametrize("sealed_by_token", ["second-seal"], indirect=True)
def test_without_the_token_or_with_another_pin_nothing_is_sealed(sealed_by_token):
    office, _, pin = sealed_by_token
    office.on(11, 3)
    answer = office.submit(office.supply())
    pin.write_text("another PIN")
    with pytest.raises(KeysUnusable, match="cannot be opened"):
        read_record(office.deps, office.system, answer.evaluation)
    pin.write_text(PIN)
    pin.chmod(0o640)
    assert stat.S_IMODE(pin.stat().st_mode) == 0o640
    with pytest.raises(KeysUnusable, match="chmod"):
        read_record(office.deps, office.system, answer.evaluation)
