"""Is everything still as it was? db check, log verify, verify: exit 1 and a plain sentence when it is not."""

import json

import pytest

from app.actions.seal_record import read_record
from app.config import read_settings
from app.wiring import build_deps
from tests.actions.tiny_office import OPERATOR
from tests.cli.test_month import PAYLOADS


@pytest.fixture
def with_record(machine):
    """An installation with one blocked submission; its evaluation."""
    return machine.json("forecast", "submit", machine.file("late.json", PAYLOADS.supply()), expect=3)


def test_db_check_finds_what_was_changed_behind_its_back(machine, with_record):
    assert machine.json("db", "check") == {"ok": True, "problems": []}
    machine.without_triggers()
    machine.sql("UPDATE evaluation SET verdict = 'pass'")
    report = machine.json("db", "check", expect=1)
    assert report["ok"] is False
    assert any("append-only" in problem["en"] for problem in report["problems"])
    said = machine.command("db", "check", expect=1)
    assert "防篡改触发器" in said.stdout


def test_db_check_names_the_row_when_the_triggers_were_put_back(machine, with_record):
    import sqlite3

    connection = sqlite3.connect(machine.home / "henji.db")
    triggers = [row[0] for row in connection.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")]
    connection.close()
    machine.without_triggers()
    machine.sql("UPDATE forecast_version SET verdict = 'pass'", *triggers)
    report = machine.json("db", "check", expect=1)
    (problem,) = report["problems"]
    assert (
        f"verdict / payload_digest / territory_id of forecast_version {with_record['subject']['id']}" in problem["en"]
    )
    assert "the row was changed" in problem["en"]


def test_log_verify_names_the_entry_that_was_rewritten(machine, with_record):
    index = with_record["receipt"]["log_index"]
    machine.command("log", "checkpoint")
    assert machine.json("log", "verify")["checkpoints"] == 1
    machine.without_triggers()
    machine.sql(
        f"UPDATE log_entry SET leaf_data = CAST(REPLACE(leaf_data, 'block', 'flags') AS BLOB) WHERE log_index = {index}"
    )
    report = machine.json("log", "verify", expect=1)
    assert report["ok"] is False
    assert index in {problem["index"] for problem in report["problems"]}
    assert str(index) in machine.command("log", "verify", expect=1).stderr


def test_log_verify_holds_the_log_against_a_checkpoint_kept_elsewhere(machine, with_record, tmp_path):
    held = machine.command("log", "checkpoint").stdout
    path = machine.file("held.txt", held)
    assert machine.json("log", "verify", "--checkpoint", path)["ok"] is True
    # The tail is cut off, with everything that hangs on it and every checkpoint of ours.
    machine.without_triggers()
    size = int(held.splitlines()[1])
    machine.sql(
        "PRAGMA foreign_keys = OFF",
        f"DELETE FROM log_entry WHERE log_index = {size - 1}",
        "DELETE FROM checkpoint",
        "DELETE FROM log_node WHERE level > 0",
    )
    assert machine.command("log", "verify", "--checkpoint", path, expect=1).stderr
    # A note that is none, or of another log, is no witness.
    other = machine.file("other.txt", held.replace("henji.", "other."))
    assert machine.json("log", "verify", "--checkpoint", other, expect=1)["ok"] is False
    assert machine.command("log", "verify", "--checkpoint", machine.file("x.txt", "x"), expect=1).stderr


def test_verify_needs_nothing_but_the_file_and_the_right_root(machine, bare_roots, with_record, tmp_path):
    deps = build_deps(read_settings(machine.env))
    data = read_record(deps, OPERATOR, with_record["evaluation"])
    deps.store.close()
    record = machine.file(f"{with_record['evaluation']}.pdf", data)
    root = machine.file("root.pem", machine.json("keys", "show")["roots"][0])
    wrong_root = machine.file("other-root.pem", bare_roots)

    # In an empty place: no database, no keys.
    machine.env["HENJI_HOME"] = str(tmp_path / "nowhere")
    good = machine.json("verify", record, "--trust", root)
    assert [file["ok"] for file in good["files"]] == [True]
    assert "genuine" in machine.command("verify", record, "--trust", root).stdout
    assert machine.json("verify", record, "--trust", wrong_root, expect=1)["files"][0]["ok"] is False
    assert machine.json("verify", record, "--trust", wrong_root, "--trust", root)["files"][0]["ok"] is True

    # One byte, one file of two, no PDF at all, no root at all.
    place = data.index(b"stream") + 40
    flipped = machine.file("flipped.pdf", data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    both = machine.json("verify", record, flipped, "--trust", root, expect=1)
    assert [file["ok"] for file in both["files"]] == [True, False]
    said = machine.command("verify", machine.file("letter.pdf", b"Dear Sir"), "--trust", root, expect=1)
    assert "not genuine" in said.stdout
    assert "Traceback" not in said.stderr
    refused = machine.command("verify", record, "--trust", machine.file("no.pem", "no root"), expect=1)
    assert "trust_root.unreadable" in refused.stderr
    machine.command("verify", record, expect=2)


@pytest.fixture
def bare_roots(tmp_path_factory) -> str:
    """The root of an office that has nothing to do with this one."""
    from datetime import UTC, datetime

    from app.keys.ring import create_keys

    folder = tmp_path_factory.mktemp("stranger") / "keys"
    return create_keys(folder, "另一单位", datetime(2026, 11, 23, tzinfo=UTC)).roots[0]


def test_a_wrong_log_key_is_noticed(machine, with_record):
    deps = build_deps(read_settings(machine.env))
    record = machine.file("r.pdf", read_record(deps, OPERATOR, with_record["evaluation"]))
    deps.store.close()
    shown = machine.json("keys", "show")
    root = machine.file("root.pem", shown["roots"][0])
    assert machine.json("verify", record, "--trust", root, "--log-key", shown["log"])["files"][0]["ok"] is True
    name, _, rest = shown["log"].partition("+")
    stranger = f"other.log/log+{rest}"
    told = machine.command("verify", record, "--trust", root, "--log-key", stranger, "--json", expect=1)
    assert not told.stdout or json.loads(told.stdout)["files"][0]["ok"] is False
    assert name.startswith("henji.")
