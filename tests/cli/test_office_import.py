"""Office data from files: the good lines are kept, every bad one is named with file and line, exit 1."""

import json

import pytest

GOOD = {"manufacturer_id": "M02", "name": "第二中烟"}
CSV = (
    "许可证号,店铺名称,业态,档位,片区编号,市场类型,客户类型,终端POS机,零售客户信息员,经营状态,许可证有效期至,生效日期\n"
    "420300000011,甲店,便利店,二十三档,T01,城网,稳定型,是,否,营业,2028/6/30,2026-01-01\n"
    "420300000012,乙店,便利店,三十五档,T01,城网,稳定型,是,否,营业,2028/6/30,2026-01-01\n"
    "420300000013,丙店,超市,8,T01,农网,波动型,否,否,营业,2028-06-30,2026-01-01\n"
)


def test_a_csv_with_a_bad_line_keeps_the_others(machine):
    path = machine.file("customers.csv", CSV)
    run = machine.command("office", "import", path, expect=1)
    assert f"{path}:3: /grade" in run.stderr
    assert "三十五档" in run.stderr
    # What was read another way than it was written is told, on the line it stands.
    assert f"{path}:2:" in run.stdout
    assert "received 3, created 2, changed 0, unchanged 0, rejected 1." in run.stdout
    again = machine.json("office", "import", path, expect=1)
    assert {name: again[name] for name in ("received", "created", "changed", "unchanged", "rejected")} == {
        "received": 3, "created": 0, "changed": 0, "unchanged": 2, "rejected": 1,
    }  # fmt: skip
    assert [(row["line"], row["status"]) for row in again["results"]] == [
        (2, "unchanged"), (3, "rejected"), (4, "unchanged"),
    ]  # fmt: skip


def test_an_ndjson_with_a_broken_line_keeps_the_others(machine):
    text = "\n".join([json.dumps(GOOD), '{"manufacturer_id": ', "", json.dumps({"manufacturer_id": "M03", "name": 3})])
    path = machine.file("manufacturers.ndjson", text)
    run = machine.command("office", "import", path, expect=1)
    assert f"{path}:2:" in run.stderr
    assert f"{path}:4: /name" in run.stderr
    assert "created 1" in run.stdout


def test_a_spreadsheet_with_a_bad_line_keeps_the_others(machine, tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["manufacturer_id", "name"])
    sheet.append(["M02", "第二中烟"])
    sheet.append(["M03", None])
    sheet.append(["M04", "=1+1"])
    path = tmp_path / "manufacturers.xlsx"
    book.save(path)
    run = machine.command("office", "import", str(path), expect=1)
    assert f"{path}:3: /name" in run.stderr
    assert f"{path}:4:" in run.stderr
    assert "created 1" in run.stdout


def test_good_files_of_every_kind_are_exit_0(machine):
    names = {
        "manufacturers.csv": "manufacturer_id,name\nM02,第二中烟\n",
        "manufacturers.ndjson": json.dumps(GOOD) + "\n",
        "manufacturers.json": [GOOD],
    }
    statuses = [machine.json("office", "import", machine.file(name, text))["results"] for name, text in names.items()]
    assert [[row["status"] for row in rows] for rows in statuses] == [["created"], ["unchanged"], ["unchanged"]]
    other = machine.file("data-of-today.json", [{"manufacturer_id": "M05", "name": "第五中烟"}])
    assert machine.json("office", "import", other, "--collection", "manufacturers")["created"] == 1


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("data.csv", "a,b\n1,2\n", "--collection"),
        ("manufacturers.doc", "x", ".doc"),
        ("manufacturers.json", "[1, ", "manufacturers.json"),
        ("manufacturers.csv", "manufacturer_id,colour\nM02,red\n", "colour"),
        ("manufacturers.xlsx", b"PK not a zip", "manufacturers.xlsx"),
        ("manufacturers.csv", b"", "manufacturers.csv"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_is_refused_with_the_reason(machine, name, content, word):
    refused = machine.command("office", "import", machine.file(name, content), expect=1)
    assert word in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "office.imported" not in machine.command("log", "verify").stdout


def test_an_unknown_collection_is_named_with_the_known_ones(machine):
    refused = machine.command("office", "import", machine.file("x.json", []), "--collection", "shops", expect=1)
    assert "customers" in refused.stderr


def test_a_format_nobody_approved_is_named_with_its_line_and_is_no_bad_line(machine):
    """What is delivered before anything was judged is the baseline; afterwards it is compared."""
    good = CSV.replace("三十五档", "八档")
    path = machine.file("customers.csv", good)
    assert machine.json("office", "import", path)["evaluations"] == []
    machine.command("cycle", "event", "2026-11", "on_cycle_open")
    path = machine.file("customers.csv", good.replace("甲店,便利店", "甲店,超市"))
    run = machine.command("office", "import", path)
    assert f"{path}:2: 业态“C”未经审批，沿用备案的“B”" in run.stderr
    assert "SEG-15 block" in run.stdout
    assert "unchanged 3" in run.stdout
