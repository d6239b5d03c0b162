"""Accounts, clients and signing keys from the command line of the host."""

import json

import pytest
from cryptography import x509

from app.actions.sign_in import session_actor, sign_in
from app.actions.signing_keys import create_signing_key, my_signing_key
from app.config import read_settings
from app.wiring import build_deps

PASSWORD = "correct horse battery"
PIN = "so-high-3#above"


@pytest.fixture
def staffed(machine, tmp_path):
    """An installation with a head of supervision and an account manager, and what the program sees of it."""
    people = tmp_path / "people.ndjson"
    roles = {"SH1": ("孙立", "supervision_head"), "P01": ("李晓梅", "account_manager")}
    lines = [
        {"person_id": person, "name": name, "roles": [{"role": role, "unit": "示例县", "from": "2020-01-01"}]}
        for person, (name, role) in roles.items()
    ]
    people.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    machine.command("office", "import", str(people), "--collection", "people")
    for login, person in (("sunsun", "SH1"), ("lili", "P01")):
        machine.command("accounts", "create", login, "--person", person, "--password", PASSWORD)
    deps = build_deps(read_settings(machine.env))
    yield machine, deps
    deps.store.close()


def actor(deps, login):
    return session_actor(deps, sign_in(deps, login, PASSWORD, "test").token).actor


def test_accounts_are_listed_reset_linked_and_closed(staffed):
    machine, deps = staffed
    machine.command("accounts", "create", "admin", "--administrator", "--password", PASSWORD)
    rows = {row["login"]: row for row in machine.json("accounts", "list")["accounts"]}
    assert rows["lili"] == {
        "login": "lili", "person": "P01", "administrator": False, "second_factor": False, "disabled": False,
        "identities": [],
    }  # fmt: skip
    assert (rows["admin"]["administrator"], rows["admin"]["person"]) == (True, None)
    assert "admin  -  administrator" in machine.command("accounts", "list").stdout

    told = machine.command("accounts", "reset", "lili").stdout
    assert sign_in(deps, "lili", PASSWORD, "test") is None
    assert session_actor(deps, sign_in(deps, "lili", told.split()[-1], "test").token).must_change_password
    refused = machine.command("accounts", "reset", "lili", "--second-factor", expect=1)
    assert "object.not_found" in refused.stderr

    words = ("accounts", "link", "lili", "--issuer", "https://sso.example.org", "--subject", "10001")
    machine.command(*words)
    assert "identity.known" in machine.command(*words, expect=1).stderr
    machine.command("accounts", "disable", "lili")
    rows = {row["login"]: row for row in machine.json("accounts", "list")["accounts"]}
    assert rows["lili"]["disabled"]
    assert rows["lili"]["identities"] == [{"issuer": "https://sso.example.org", "subject": "10001"}]
    assert machine.json("db", "check") == {"ok": True, "problems": []}


def test_an_administrator_who_is_a_person_holds_no_business_role(staffed):
    machine, _ = staffed
    words = ("--administrator", "--person", "P01", "--password", PASSWORD)
    assert "role.incompatible" in machine.command("accounts", "create", "boss", *words, expect=1).stderr
    assert "give --person" in machine.command("accounts", "create", "boss", "--password", PASSWORD, expect=2).stderr


def test_clients_are_rotated_and_revoked(machine):
    machine.new_client("forecasting", "read")
    told = machine.command("clients", "rotate", "forecasting").stdout
    assert told.startswith("credential: henji_forecasting_")
    machine.command("clients", "revoke", "forecasting")
    (row,) = machine.json("clients", "list")["clients"]
    assert row["revoked"]
    assert "client.inactive" in machine.command("clients", "rotate", "forecasting", expect=1).stderr


def test_the_first_head_is_confirmed_on_the_host_and_the_root_may_be_elsewhere(staffed, tmp_path):
    machine, deps = staffed
    key = create_signing_key(deps, actor(deps, "sunsun"), PIN, PIN)
    (machine.home / "keys" / "root.key").rename(tmp_path / "root.key")
    wrong = machine.command("keys", "confirm", "SH1", "--fingerprint", "0000 1111", expect=1)
    assert "signing_key.other" in wrong.stderr
    assert "confirmed" in machine.command("keys", "confirm", "SH1", "--fingerprint", key.fingerprint).stdout
    assert my_signing_key(deps, actor(deps, "sunsun")).state == "confirmed"
    assert "keys.unusable" in machine.command("keys", "certify", expect=1).stderr
    assert "keys.unusable" in machine.command("keys", "revocation-list", expect=1).stderr

    root = str(tmp_path / "root.key")
    told = machine.command("keys", "certify", "--root-key", root).stdout
    assert "SH1" in told
    assert "1 certificates issued" in told
    assert my_signing_key(deps, actor(deps, "sunsun")).state == "certified"
    out = tmp_path / "list.crl"
    for number in (1, 2):
        told = machine.command("keys", "revocation-list", "--root-key", root, "--out", str(out)).stdout
        assert f"Revocation list {number} made" in told
    read = x509.load_der_x509_crl(out.read_bytes())
    assert read.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 2


def test_an_older_installation_gets_its_key_for_secrets_once(machine):
    assert "keys.exist" in machine.command("keys", "create-secrets-key", expect=1).stderr
    (machine.home / "keys" / "secrets.key").unlink()
    machine.command("keys", "create-secrets-key")
    assert (machine.home / "keys" / "secrets.key").stat().st_mode & 0o777 == 0o600
