"""From an empty folder to an installation, step by step, as docs/operate.md says."""

import json
import stat

import pytest


def test_an_installation_is_made_step_by_step(bare):
    # Before the tables there is nothing to work on.
    refused = bare.command("clients", "list", expect=1)
    assert "store.schema_outdated" in refused.stderr
    assert "henji db upgrade" in refused.stderr
    assert "Traceback" not in refused.stderr

    bare.command("db", "upgrade")
    again = bare.command("db", "upgrade")
    assert "at the current version" in again.stdout
    assert "store.schema_outdated" not in bare.command("db", "check").stderr

    # Without keys nothing is signed, and the service does not start.
    refused = bare.command("serve", "--port", "1", expect=1)
    assert "keys.unusable" in refused.stderr
    bare.command("keys", "create", "--slug", "test-office")
    assert stat.S_IMODE((bare.home / "keys").stat().st_mode) == 0o700
    shown = bare.json("keys", "show")
    assert set(shown) == {"log", "roots", "time_roots"}
    assert shown["log"].startswith("henji.test-office/log+")
    assert [root.startswith("-----BEGIN CERTIFICATE-----") for root in shown["roots"]] == [True]
    before = {path: path.read_bytes() for path in (bare.home / "keys").rglob("*") if path.is_file()}
    refused = bare.command("keys", "create", expect=1)
    assert "keys.exist" in refused.stderr
    assert {path: path.read_bytes() for path in (bare.home / "keys").rglob("*") if path.is_file()} == before

    # One administrator, by command; nobody else is there.
    created = bare.command("accounts", "create", "admin", "--administrator", "--password", "-")
    assert "Account admin created." in created.stdout
    assert len(created.stdout.split()[-1]) >= 12
    assert bare.json("clients", "list") == {"clients": []}
    assert bare.json("db", "check") == {"ok": True, "problems": []}
    verified = bare.json("log", "verify")
    assert (verified["ok"], verified["entries"], verified["problems"]) == (True, 1, [])


def test_a_client_is_given_exactly_what_is_named(machine):
    made = machine.json(
        "clients", "create", "forecasting", "--scope", "submit", "--scope", "read", "--territory", "T01"
    )
    assert set(made) == {"client", "credential"}
    assert made["credential"].startswith("henji_forecasting_")
    machine.json("clients", "create", "everywhere", "--scope", "office", "--all-territories")
    machine.json("clients", "create", "nowhere", "--scope", "submit")
    rows = {row["client"]: row for row in machine.json("clients", "list")["clients"]}
    assert rows["forecasting"] == {
        "client": "forecasting", "scopes": ["submit", "read"], "territories": ["T01"], "revoked": False,
    }  # fmt: skip
    assert rows["everywhere"]["territories"] is None
    assert rows["nowhere"]["territories"] == []
    assert made["credential"].split("_")[-1] not in json.dumps(rows)
    # For people too, none and all are not the same.
    lines = machine.command("clients", "list").stdout.splitlines()
    said = {line.split()[0]: line for line in lines}
    assert "all territories" in said["everywhere"]
    assert "all territories" not in said["nowhere"]


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("x", "--all-territories"), 1, "client.scope_missing"),
        (("x", "--scope", "everything"), 1, "client.scope_unknown"),
        (("a b", "--scope", "read"), 1, "client.name_invalid"),
        (("x", "--scope", "read", "--territory", "T01", "--all-territories"), 2, "exclude each other"),
    ],
)
def test_a_client_that_cannot_be_made_is_refused_with_the_reason(machine, words, status, code):
    refused = machine.command("clients", "create", *words, "--json", expect=status)
    assert code in refused.stderr
    assert refused.stdout == ""
    assert machine.json("clients", "list") == {"clients": []}


def test_accounts_belong_to_people_or_to_the_administrator(machine):
    machine.command("accounts", "create", "wu", "--person", "SO1", "--password", "correct horse battery")
    for words, status, code in (
        (("li", "--password", "correct horse battery"), 2, "give --person ID, or --administrator"),
        (("li", "--administrator", "--person", "P01", "--password", "correct horse battery"), 1, "role.incompatible"),
        (("li", "--person", "P99", "--password", "correct horse battery"), 1, "person.unknown"),
        (("li", "--person", "P01", "--password", "short"), 1, "account.password_length"),
        (("wu", "--person", "P01", "--password", "correct horse battery"), 1, "account.known"),
    ):
        assert code in machine.command("accounts", "create", *words, expect=status).stderr


@pytest.mark.parametrize(
    ("setting", "value", "word"),
    [
        ("HENJI_CLOCK", "2026-11-16 09:00", "HENJI_CLOCK"),
        ("HENJI_MOST_BODY_BYTES", "8MB", "HENJI_MOST_BODY_BYTES"),
        ("HENJI_RULES", "/nowhere", "nowhere"),
        ("DATABASE_URL", "mysql://localhost/henji", "DATABASE_URL"),
        ("DATABASE_URL", "not a url", "DATABASE_URL"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(machine, setting, value, word):
    machine.env[setting] = value
    refused = machine.command("clients", "list", expect=1)
    assert word in refused.stderr
    assert "Traceback" not in refused.stderr


def test_nothing_starts_on_a_database_that_could_lose_records(machine):
    machine.env["DATABASE_URL"] = "sqlite://"
    refused = machine.command("serve", "--port", "1", expect=1)
    assert "store.weak_durability" in refused.stderr
    assert "journal_mode" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_nothing_starts_on_keys_that_others_can_read(machine):
    (machine.home / "keys" / "log.key").chmod(0o644)
    refused = machine.command("serve", "--port", "1", expect=1)
    assert "keys.unusable" in refused.stderr
    assert "log.key" in refused.stderr


def test_nothing_starts_on_rules_that_cannot_be_read(machine, tmp_path):
    import shutil
    from pathlib import Path

    folder = tmp_path / "rules"
    shutil.copytree(Path(__file__).parents[2] / "rules", folder)
    file = folder / "WIN" / "WIN-01.yml"
    file.write_text(file.read_text("utf-8").replace("days_early > 0", "days_erly > 0"), encoding="utf-8")
    machine.env["HENJI_RULES"] = str(folder)
    refused = machine.command("serve", "--port", "1", expect=1)
    assert "WIN-01.yml:" in refused.stderr
    assert "days_early" in refused.stderr
    assert machine.command("rules", "test", expect=1).stderr


def test_the_demo_makes_nothing_in_a_folder_that_holds_something(machine, tmp_path):
    folder = tmp_path / "holds-something"
    folder.mkdir()
    (folder / "letter.txt").write_text("mine")
    refused = machine.command("demo", "--out", str(folder), expect=1)
    assert "is not empty" in refused.stderr
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]
    (folder / "installation").mkdir()
    (folder / "installation" / "DEMO").write_text("")
    assert "There is a demo" in machine.command("demo", "--out", str(folder), expect=1).stderr
    # A folder that looks half made, but was not made by us, is not swept away even when it is to be opened.
    (folder / "installation" / "DEMO").unlink()
    machine.command("demo", "--out", str(folder), "--serve", expect=1)
    assert (folder / "letter.txt").read_text() == "mine"


def test_what_is_typed_wrongly_is_exit_2_and_help_is_exit_0(bare):
    assert bare.command("no-such-command", expect=2).stderr
    assert bare.command("keys", "create", "--pkcs11-token", "t", expect=2).stderr
    assert "henji" in bare.command("--help").stdout
    assert "0.1" in bare.command("--version").stdout
