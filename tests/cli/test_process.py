"""The command as a process of its own: exit codes, streams, and a refusal to serve."""

import json


def test_a_process_answers_with_its_exit_code_and_one_json_document(machine):
    done = machine.process("db", "check", "--json")
    assert json.loads(done.stdout) == {"ok": True, "problems": []}
    assert done.stderr == ""
    refused = machine.process("keys", "create", expect=1)
    assert "keys.exist" in refused.stderr
    assert refused.stdout == ""
    assert machine.process("no-such-command", expect=2).stderr


def test_a_process_does_not_serve_what_could_lose_records(machine):
    machine.env["DATABASE_URL"] = "sqlite://"
    refused = machine.process("serve", "--port", "1", expect=1)
    assert "store.weak_durability" in refused.stderr
    assert "Traceback" not in refused.stderr
