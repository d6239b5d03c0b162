"""What the product knows of the regulation, without a database or keys: rules, clauses, documents, pages."""


def test_rules_list_has_one_row_a_rule_with_the_members_of_the_contract(bare):
    body = bare.json("rules", "list")
    assert set(body) == {"rules"}
    members = {"id", "version", "pack", "severity", "title", "clauses", "status", "event"}
    assert all(members <= set(row) for row in body["rules"])
    active = [row["id"] for row in body["rules"] if row["status"] == "active"]
    numbers = {"ENT": range(1, 13), "SEG": range(1, 21), "TRL": range(4, 7), "WIN": range(1, 13)}
    assert active == [f"{pack}-{n:02d}" for pack, members in numbers.items() for n in members]
    assert all(row["title"]["zh"] and row["title"]["en"] and row["clauses"] for row in body["rules"])
    assert len(bare.command("rules", "list").stdout.splitlines()) == len(body["rules"])
    assert not bare.home.exists()


def test_the_cases_of_the_rules_all_hold(bare):
    body = bare.json("rules", "test")
    assert body["ok"] is True
    said = bare.command("rules", "test").stdout
    assert "0 fail" in said


def test_the_rules_have_nothing_legal_but_wrong(bare):
    assert bare.json("rules", "lint") == {"ok": True, "faults": []}
    assert "0 remarks" in bare.command("rules", "lint").stdout


def test_clauses_are_all_391_with_what_realises_each(bare):
    rows = bare.json("clauses")["clauses"]
    assert len(rows) == 391
    assert len({row["id"] for row in rows}) == 391
    assert all(set(row) >= {"id", "kind", "zh", "realised_by"} for row in rows)
    realised = {row["id"]: row["realised_by"] for row in rows if row["realised_by"]}
    assert "WIN-01" in realised["YQ-1.1"]
    # Nothing is claimed that does not exist.
    rules = {row["id"] for row in bare.json("rules", "list")["rules"]}
    named = {one for ones in realised.values() for one in ones}
    assert {one for one in named if one[:4] in {"WIN-", "ENT-"}} <= rules
    assert len(bare.command("clauses").stdout.splitlines()) == 391


def test_documents_are_d01_to_d24_and_three_can_be_made_today(bare):
    rows = bare.json("documents")["documents"]
    assert [row["code"] for row in rows] == [f"D{n:02d}" for n in range(1, 25)]
    assert [row["code"] for row in rows if row["available"]] == ["D03", "D04", "D19"]
    assert all(set(row) >= {"code", "title", "signatories", "available"} for row in rows)


def test_docs_check_writes_nothing(bare):
    before = bare.command("docs", "--check", expect=None)
    assert before.returncode == 0, before.stdout
    assert before.stdout == ""
