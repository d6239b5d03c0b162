"""Files of office data: three formats, one reading; one bad line never blocks the good ones."""

import csv
import json
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from app.actions import office_tables
from app.actions.office_files import OfficeFileUnreadable, collection_of, read_rows
from app.actions.office_rows import columns_of
from app.core.errors import Fault
from app.office.intake.fields import Kind
from app.office.items import COLLECTIONS, ReadItem, read_item

every_collection = pytest.mark.parametrize("name", list(COLLECTIONS))

PEOPLE_ROLES = "account_manager@T03 2024-03-01..; market_supervisor@M1 2022-01-01..2023-12-31"
ASSIGNMENTS = "P0012 own 2024-03-01; P0013 cover 2026-01-01..2026-01-31 NG-BA-202601-003"


def read(path: Path, collection: str | None = None) -> list[ReadItem]:
    name = collection or collection_of(path)
    rows = list(read_rows(path, collection))
    assert [row.fault for row in rows if row.fault] == []
    return [read_item(name, row.raw) for row in rows]


def table_of(name: str, item: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the item as rows of a flat file."""
    spec = COLLECTIONS[name]
    flat = {key: value for key, value in item.items() if not isinstance(value, list | dict)}
    if name == "people":
        flat["roles"] = PEOPLE_ROLES
    if name == "territories":
        flat["assignments"] = ASSIGNMENTS
    if name == "cycles":
        windows = item["windows"]
        flat |= {f"{stage}_{end}": windows[stage][end] for stage in ("supply", "order") for end in ("from", "to")}
        flat["summary_dates"] = "、".join(windows["summary"]["dates"])
    if name == "segment-profiles":
        flat |= {"sales_modes": "counter、self_service", "it_levels": "pos"}
    if name == "licences":
        flat |= {f"position_{end}": degrees for end, degrees in item["position"].items()}
    if name == "allocation-standards":
        flat["extension"] = "county=清河县"
        own, every = item["rows"]
        return [{**flat, **own, "quota": "21..22=5; 30档：8条"}, {**flat, **every, "quota": "不分档=2"}]
    return [{**flat, **row} for row in item[spec.rows_field]] if spec.rows_field else [flat]


def header_of(rows: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def write_csv(path: Path, rows: list[dict[str, Any]], encoding: str = "utf-8", separator: str = ",") -> None:
    spelled = [{k: str(v).lower() if isinstance(v, bool) else v for k, v in row.items()} for row in rows]
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, header_of(rows), delimiter=separator)
        writer.writeheader()
        writer.writerows(spelled)


def write_xlsx(path: Path, rows: list[list[Any]], title: str = "Sheet") -> None:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.save(path)


def cells_of(rows: list[dict[str, Any]]) -> list[list[Any]]:
    names = header_of(rows)
    return [names, *([row.get(name) for name in names] for row in rows)]


@every_collection
def test_all_formats_of_a_file_are_read_alike(name, samples, tmp_path):
    item = samples[name]
    rows = table_of(name, item)
    write_csv(tmp_path / f"{name}.csv", rows)
    write_xlsx(tmp_path / f"{name}.xlsx", cells_of(rows))
    (tmp_path / f"{name}.ndjson").write_text(json.dumps(item, ensure_ascii=False) + "\n\n", "utf-8")
    (tmp_path / f"{name}.json").write_text(json.dumps([item], ensure_ascii=False, indent=1), "utf-8")
    expected = [read_item(name, item)]
    assert expected[0].faults == ()
    for suffix in ("csv", "xlsx", "ndjson", "json"):
        assert read(tmp_path / f"{name}.{suffix}") == expected


@every_collection
def test_every_chinese_column_name_is_known(name, samples, tmp_path):
    spec = COLLECTIONS[name]
    rows = table_of(name, samples[name])
    chinese = {english: names[1] for english, names in columns_of(spec).items()}
    renamed = [{chinese[column]: value for column, value in row.items()} for row in rows]
    write_csv(tmp_path / "any.csv", renamed)
    assert read(tmp_path / "any.csv", name) == [read_item(name, samples[name])]


@every_collection
def test_no_column_name_means_two_columns(name):
    names = [each for names in columns_of(COLLECTIONS[name]).values() for each in names]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_table_is_read_in_every_encoding_offices_use(customer, encoding, separator, tmp_path):
    write_csv(tmp_path / "customers.csv", [customer], encoding, separator)
    assert read(tmp_path / "customers.csv") == [read_item("customers", customer)]


def test_a_file_in_no_known_encoding_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "brands.csv"
    path.write_bytes("brand_id,name,manufacturer_id\nB1,黄鹤楼,M1\n".encode("gb18030") + b"\xff\xff\x80")
    with pytest.raises(OfficeFileUnreadable) as refused:
        list(read_rows(path))
    assert "brands.csv:1" in refused.value.detail.zh
    assert "UTF-8" in refused.value.detail.en


def rows_of(tmp_path: Path, text: str, name: str = "brands.csv") -> list[tuple[int, bool]]:
    (tmp_path / name).write_text(text, "utf-8")
    return [(row.line, row.fault is not None) for row in read_rows(tmp_path / name)]


@pytest.mark.parametrize(
    "bad",
    ["B2,黄鹤楼", "B2,黄鹤楼,M1,more", 'B2,"黄鹤"楼,M1', 'B2,"黄鹤楼,M1', 'B2,黄"鹤楼,M1'],
)
def test_one_bad_line_of_a_table_never_blocks_the_good_ones(bad, tmp_path):
    good = "\n".join(f"B{number},品牌,M1" for number in range(3, 50))
    rows = rows_of(tmp_path, f"brand_id,name,manufacturer_id\nB1,品牌,M1\n{bad}\n{good}\n")
    assert rows == [(2, False), (3, True), *((line, False) for line in range(4, 51))]


def test_a_quoted_cell_may_hold_line_breaks_separators_and_quotes(tmp_path):
    path = tmp_path / "brands.csv"
    path.write_bytes('brand_id,name,manufacturer_id\r\nB1,"黄,鹤\r\n""楼""",M1\r\n\r\nB2,x,M1'.encode())
    rows = list(read_rows(path))
    assert [(row.line, row.raw["name"]) for row in rows] == [(2, '黄,鹤\r\n"楼"'), (5, "x")]


def test_two_lines_with_open_quotes_do_not_take_the_good_ones_between_them_along(tmp_path):
    rows = rows_of(tmp_path, 'brand_id,name,manufacturer_id\nB1,"x,M1\nB2,y,M1\nB3,"z,M1\nB4,"a""b",M1\n')
    assert rows == [(2, True), (3, False), (4, True), (5, False)]


def test_a_quote_that_is_still_open_at_the_end_costs_its_own_line_only(tmp_path):
    rows = rows_of(tmp_path, 'brand_id,name,manufacturer_id\nB1,"x,M1\nB2,y,M1\n')
    assert rows == [(2, True), (3, False)]


def test_a_bad_line_names_its_file_its_line_and_what_to_do(tmp_path):
    (tmp_path / "brands.csv").write_text("brand_id,name,manufacturer_id\nB1,x\n", "utf-8")
    (row,) = read_rows(tmp_path / "brands.csv")
    assert isinstance(row.item, Fault)
    assert (row.item.pointer, row.item.code) == ("brands.csv:2", "office_file.line")
    assert "2 cells but 3 columns" in row.item.message.en


def test_unknown_and_doubled_columns_are_refused_all_at_once(tmp_path):
    (tmp_path / "brands.csv").write_text("brand_id,nane,品牌编号,电话\nB1,x,B1,5\n", "utf-8")
    with pytest.raises(OfficeFileUnreadable) as refused:
        list(read_rows(tmp_path / "brands.csv"))
    messages = [fault.message.en for fault in refused.value.faults]
    assert [fault.pointer for fault in refused.value.faults] == ["brands.csv:1"] * 3
    assert "Did you mean “name”?" in messages[0]
    assert "品牌编号" in messages[1]
    assert "brand_id, name, manufacturer_id" in messages[2]


@pytest.mark.parametrize("text", ["", "\n\n", '"open'])
def test_a_table_without_a_header_is_refused(text, tmp_path):
    with pytest.raises(OfficeFileUnreadable):
        rows_of(tmp_path, text)


def test_blank_columns_and_rows_are_nothing_unless_filled(tmp_path):
    rows = rows_of(tmp_path, "brand_id,name,manufacturer_id,\nB1,x,M1,\n,,,\nB2,x,M1,note\n")
    assert rows == [(2, False), (4, True)]


def test_only_a_number_written_the_one_way_becomes_a_number(tmp_path):
    text = "month,licence_no,sku,requested_cartons,delivered_cartons\n2026-10,0042,007,012,10\n2026-10,1,2,,1O\n"
    (tmp_path / "actuals.csv").write_text(text, "utf-8")
    first, second = (row.raw for row in read_rows(tmp_path / "actuals.csv"))
    assert first == {
        "month": "2026-10", "licence_no": "0042", "sku": "007", "requested_cartons": "012", "delivered_cartons": 10,
    }  # fmt: skip
    assert second == {"month": "2026-10", "licence_no": "1", "sku": "2", "delivered_cartons": "1O"}


def test_cells_of_a_workbook_keep_their_meaning(customer, samples, tmp_path):
    customer |= {
        "licence_no": 420301123456.0,
        "grade": 23.0,
        "licence_valid_to": datetime.fromisoformat("2028-06-30"),
        "valid_from": date(2026, 1, 1),
        "monthly_cap_cartons": 120.0,
    }
    write_xlsx(tmp_path / "customers.xlsx", cells_of([customer]))
    raw = next(iter(read_rows(tmp_path / "customers.xlsx"))).raw
    item = read_item("customers", raw)
    assert (item.faults, item.mismatches) == ((), ())
    assert raw["licence_no"] == "420301123456"
    assert raw["licence_valid_to"] == "2028-06-30"
    product = {**samples["products"], "sku": 42010101, "wholesale_price_cny": 183.5, "price_class": 1}
    write_xlsx(tmp_path / "products.xlsx", cells_of([product]))
    (item,) = read(tmp_path / "products.xlsx")
    assert (item.key, item.body["wholesale_price_cny"], item.mismatches) == ("42010101", "183.50", ())


def test_a_month_that_a_spreadsheet_turned_into_a_date_is_still_a_month(samples, tmp_path):
    row = {**samples["actuals"], "month": datetime.fromisoformat("2026-10-01")}
    write_xlsx(tmp_path / "actuals.xlsx", cells_of([row]))
    assert read(tmp_path / "actuals.xlsx")[0].key.startswith("2026-10/")
    write_xlsx(tmp_path / "actuals.xlsx", cells_of([{**row, "month": datetime.fromisoformat("2026-10-05")}]))
    (row_read,) = read_rows(tmp_path / "actuals.xlsx")
    assert [fault.code for fault in read_item("actuals", row_read.raw).faults] == ["value.not_a_month"]


def test_a_date_without_its_format_is_read_and_noted(customer, tmp_path):
    write_xlsx(tmp_path / "customers.xlsx", cells_of([{**customer, "valid_from": 46023}]))
    (item,) = read(tmp_path / "customers.xlsx")
    assert item.body["valid_from"] == "2026-01-01"
    assert [(m.field, m.raw) for m in item.mismatches] == [("valid_from", "46023")]


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2", "\t=1"])
def test_text_that_looks_like_a_formula_stays_text(name, samples, tmp_path):
    book = Workbook()
    book.active.append(["brand_id", "name", "manufacturer_id"])
    book.active.append(["B07", None, "M42"])
    book.active["B2"].value = name
    book.active["B2"].data_type = "s"
    book.save(tmp_path / "brands.xlsx")
    write_csv(tmp_path / "brands.csv", [{"brand_id": "B07", "name": name, "manufacturer_id": "M42"}])
    for path in (tmp_path / "brands.xlsx", tmp_path / "brands.csv"):
        (item,) = read(path)
        assert item.body["name"] == name.strip()


def test_a_formula_and_an_error_value_are_refused_where_they_stand(tmp_path):
    header = ["brand_id", "name", "manufacturer_id"]
    write_xlsx(tmp_path / "brands.xlsx", [header, ["B1", "=1+1", "M1"], ["B2", "#N/A", "M1"], ["B3", "x", "M1"]])
    rows = list(read_rows(tmp_path / "brands.xlsx"))
    assert [(row.line, row.fault is None) for row in rows] == [(2, False), (3, False), (4, True)]
    assert "formula" in rows[0].fault.message.en
    assert "error value" in rows[1].fault.message.en


def test_the_sheet_of_the_collection_is_chosen_before_the_first(samples, tmp_path):
    book = Workbook()
    book.active.append(["说明"])
    sheet = book.create_sheet("品牌")
    for row in cells_of([samples["brands"]]):
        sheet.append(row)
    book.save(tmp_path / "办公数据.xlsx")
    assert read(tmp_path / "办公数据.xlsx", "brands") == [read_item("brands", samples["brands"])]


def test_what_is_no_workbook_is_refused(tmp_path):
    (tmp_path / "brands.xlsx").write_text("brand_id,name\n", "utf-8")
    with pytest.raises(OfficeFileUnreadable):
        list(read_rows(tmp_path / "brands.xlsx"))


def test_a_damaged_workbook_is_refused(samples, tmp_path):
    write_xlsx(tmp_path / "whole.xlsx", cells_of([samples["brands"]]))
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as whole, zipfile.ZipFile(tmp_path / "brands.xlsx", "w") as broken:
        for name in whole.namelist():
            data = whole.read(name)
            broken.writestr(name, data[: len(data) - 40] if "sheet1" in name else data)
    with pytest.raises(OfficeFileUnreadable) as refused:
        list(read_rows(tmp_path / "brands.xlsx"))
    assert "damaged" in refused.value.detail.en


def test_a_workbook_that_unpacks_to_something_huge_is_refused(samples, tmp_path, monkeypatch):
    monkeypatch.setattr(office_tables, "_LARGEST_WORKBOOK", 100)
    write_xlsx(tmp_path / "brands.xlsx", cells_of([samples["brands"]]))
    with pytest.raises(OfficeFileUnreadable, match="unpacks"):
        list(read_rows(tmp_path / "brands.xlsx"))


def test_a_list_cell_of_a_workbook_may_be_a_single_date(samples, tmp_path):
    row = {"cycle": "2026-11", "target_month": "2026-12", "summary_dates": datetime.fromisoformat("2026-11-25")}
    write_xlsx(tmp_path / "cycles.xlsx", cells_of([row]))
    assert read(tmp_path / "cycles.xlsx")[0].body["windows"]["summary"] == {"dates": ["2026-11-25"]}


def test_a_bad_row_among_gathered_ones_is_said_by_itself(samples, tmp_path):
    rows = table_of("ledger-entries", samples["ledger-entries"])
    write_csv(tmp_path / "ledger-entries.csv", rows)
    with (tmp_path / "ledger-entries.csv").open("a", encoding="utf-8") as file:
        file.write("L-9,too,few\n")
    assert [(row.line, row.fault is None) for row in read_rows(tmp_path / "ledger-entries.csv")] == [
        (4, False),
        (2, True),
    ]


def test_a_cell_of_another_kind_is_left_for_the_reading_to_refuse(customer, tmp_path):
    write_xlsx(tmp_path / "customers.xlsx", cells_of([{**customer, "grade": True, "has_pos": 1, "segment": True}]))
    (row,) = read_rows(tmp_path / "customers.xlsx")
    assert (row.raw["grade"], row.raw["has_pos"], row.raw["segment"]) == ("TRUE", 1, "TRUE")


def test_rows_of_one_entry_are_gathered_wherever_they_stand(samples, tmp_path):
    first = samples["ledger-entries"]
    other = {**first, "ledger_id": "L-2"}
    a, b = table_of("ledger-entries", first), table_of("ledger-entries", other)
    write_csv(tmp_path / "ledger_entries.csv", [a[0], b[0], a[1], b[1]])
    rows = list(read_rows(tmp_path / "ledger_entries.csv"))
    assert [row.line for row in rows] == [2, 3]
    assert [row.raw["lines"] for row in rows] == [first["lines"], first["lines"]]


def test_an_entry_whose_rows_do_not_agree_is_refused_as_a_whole(samples, tmp_path):
    rows = table_of("ledger-entries", samples["ledger-entries"])
    rows[1] = {**rows[1], "licence_no": "420301999999"}
    good = table_of("ledger-entries", {**samples["ledger-entries"], "ledger_id": "L-2"})
    write_csv(tmp_path / "ledger-entries.csv", [*rows, *good])
    refused, kept = read_rows(tmp_path / "ledger-entries.csv")
    assert "line 3" in refused.fault.message.en
    assert (kept.fault, kept.line) == (None, 4)


def test_a_row_without_its_number_is_an_entry_of_its_own(samples, tmp_path):
    rows = [{**row, "ledger_id": ""} for row in table_of("ledger-entries", samples["ledger-entries"])]
    write_csv(tmp_path / "ledger-entries.csv", rows)
    items = [read_item("ledger-entries", row.raw) for row in read_rows(tmp_path / "ledger-entries.csv")]
    assert [[fault.pointer for fault in item.faults] for item in items] == [["/ledger_id"]] * 2


def test_a_header_without_lines_is_an_entry_without_lines(tmp_path):
    text = "list,version,valid_from,code,zh,en\nsegment,1,2026-01-01,,,\n,\n"
    (tmp_path / "code-lists.csv").write_text(text, "utf-8")
    rows = list(read_rows(tmp_path / "code-lists.csv"))
    assert [row.raw.get("items") for row in rows if row.fault is None] == [[]]


@pytest.mark.parametrize("cell", ["-", "无"])
def test_a_person_without_roles_says_so(cell, tmp_path):
    write_csv(tmp_path / "people.csv", [{"person_id": "P1", "name": "李晓梅", "roles": cell}])
    (item,) = read(tmp_path / "people.csv")
    assert item.body["roles"] == []


@pytest.mark.parametrize("cell", ["客户经理@T03 2024-03-01至", "account_manager @ T03 2024/3/1 ~ ;"])
def test_roles_in_a_cell_are_read_like_roles_in_a_list(cell, tmp_path):
    write_csv(tmp_path / "people.csv", [{"person_id": "P1", "name": "李晓梅", "roles": cell}])
    (item,) = read(tmp_path / "people.csv")
    assert item.body["roles"] == [{"role": "account_manager", "unit": "T03", "from": "2024-03-01", "to": None}]


def test_roles_that_cannot_be_read_are_a_fault_of_the_item(tmp_path):
    write_csv(tmp_path / "people.csv", [{"person_id": "P1", "name": "李晓梅", "roles": "boss"}])
    (row,) = read_rows(tmp_path / "people.csv")
    assert [(f.pointer, f.code) for f in read_item("people", row.raw).faults] == [("/roles", "value.not_a_list")]


@pytest.mark.parametrize(
    "bad",
    ["{", "[]", "3", '{"a": 1} {"b": 2}', '{"brand_id": "B1", "brand_id": "B2"}', '{"brand_id": NaN}', "[" * 100_000,
     '{"brand_id": ' + "9" * 5000 + "}", '{"a": {"b": 1, "b": 2}}', '{"brand_id": -Infinity}'],
    ids=["broken", "list", "number", "two", "doubled", "nan", "deep", "long", "doubled inside", "infinity"],
)  # fmt: skip
def test_one_bad_line_of_json_never_blocks_the_good_ones(bad, samples, tmp_path):
    good = json.dumps(samples["brands"], ensure_ascii=False)
    (tmp_path / "brands.ndjson").write_text(f"\ufeff{good}\n{bad}\n\n{good}", "utf-8")
    rows = list(read_rows(tmp_path / "brands.ndjson"))
    assert [(row.line, row.fault is None) for row in rows] == [(1, True), (2, False), (4, True)]
    assert rows[1].fault.pointer == "brands.ndjson:2"
    assert rows[1].fault.message.zh


def test_a_line_of_json_in_another_encoding_is_refused_by_itself(samples, tmp_path):
    good = json.dumps(samples["brands"], ensure_ascii=False)
    (tmp_path / "brands.jsonl").write_bytes(good.encode("gbk") + b"\n" + good.encode())
    rows = list(read_rows(tmp_path / "brands.jsonl"))
    assert [row.fault is None for row in rows] == [False, True]


def test_a_float_in_a_file_is_refused_at_its_field(samples, tmp_path):
    (tmp_path / "actuals.ndjson").write_text(json.dumps({**samples["actuals"], "delivered_cartons": 10.0}), "utf-8")
    (row,) = read_rows(tmp_path / "actuals.ndjson")
    faults = read_item("actuals", row.raw).faults
    assert [(fault.pointer, fault.code) for fault in faults] == [("/delivered_cartons", "value.float")]


def test_members_of_a_list_know_their_lines_and_a_bad_one_stays_alone(samples, tmp_path):
    good = json.dumps(samples["brands"], ensure_ascii=False)
    text = f'\ufeff [\n {good},\n {{"brand_id": "a", "brand_id": "b"}},\n\n {good}, 5\n]\n'
    (tmp_path / "brands.json").write_text(text, "utf-8")
    rows = list(read_rows(tmp_path / "brands.json"))
    assert [(row.line, row.fault is None) for row in rows] == [(2, True), (3, False), (5, True), (5, False)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("{}", "brands.json:1"),
        ("", "brands.json:1"),
        ("[{} {}]", "brands.json:1"),
        ("[{},]", "brands.json:1"),
        ("[\n{},\n{]", "brands.json:3"),
        ("[{}", "brands.json:1"),
        ("[{}] x", "brands.json:1"),
        ("[" * 100_000, "brands.json:1"),
    ],
    ids=["object", "empty", "no comma", "last comma", "broken", "open", "more", "deep"],
)
def test_a_broken_list_is_refused_with_its_line(text, place, tmp_path):
    (tmp_path / "brands.json").write_text(text, "utf-8")
    with pytest.raises(OfficeFileUnreadable) as refused:
        list(read_rows(tmp_path / "brands.json"))
    assert [fault.pointer for fault in refused.value.faults] == [place]


def test_a_list_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "brands.json").write_bytes("[{}] 黄".encode("gbk"))
    with pytest.raises(OfficeFileUnreadable):
        list(read_rows(tmp_path / "brands.json"))


def test_an_empty_list_holds_no_rows(tmp_path):
    (tmp_path / "brands.json").write_text("[]", "utf-8")
    assert list(read_rows(tmp_path / "brands.json")) == []


@pytest.mark.parametrize(
    ("name", "collection"),
    [
        ("customers.csv", "customers"),
        ("code_lists.xlsx", "code-lists"),
        ("2026-11-Actuals.ndjson", "actuals"),
        ("零售客户（11月）.csv", "customers"),
        ("03-ledger-entries.json", "ledger-entries"),
    ],
)
def test_the_name_of_a_file_says_its_collection(name, collection):
    assert collection_of(Path(name)) == collection


@pytest.mark.parametrize("name", ["data.csv", "people-and-customers.csv"])
def test_a_name_that_says_nothing_or_two_things_asks_for_the_option(name):
    with pytest.raises(OfficeFileUnreadable) as refused:
        collection_of(Path(name))
    assert "--collection" in refused.value.detail.zh


def test_an_unknown_collection_or_kind_of_file_is_refused(tmp_path):
    with pytest.raises(OfficeFileUnreadable, match="shops"):
        list(read_rows(tmp_path / "brands.csv", "shops"))
    with pytest.raises(OfficeFileUnreadable, match=r"\.xls"):
        list(read_rows(tmp_path / "brands.xls"))


def test_every_kind_of_field_has_a_place_in_a_flat_file():
    kinds = {field.kind for spec in COLLECTIONS.values() for field in spec.fields}
    assert kinds <= set(Kind)
    assert "windows" not in columns_of(COLLECTIONS["cycles"])


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("30..29=5", [(29, 5), (30, 5)]),
        ("1-2:3；不分档=1", [(1, 3), (2, 3), (0, 1)]),
        ("12档=4条\n0=2", [(12, 4), (0, 2)]),
        ("-", []),
    ],
)
def test_the_quotas_of_a_standard_stand_in_one_cell(cell, kept, samples, tmp_path):
    (row, _) = table_of("allocation-standards", samples["allocation-standards"])
    write_csv(tmp_path / "any.csv", [{**row, "quota": cell}])
    (item,) = read(tmp_path / "any.csv", "allocation-standards")
    assert item.faults == ()
    assert list(item.value.rows[0].quota.items()) == kept


@pytest.mark.parametrize(
    ("column", "cell"), [("quota", "12=4; many"), ("quota", "12 档 4 条"), ("extension", "清河县"), ("quota", "1..=3")]
)
def test_a_cell_of_rows_that_cannot_be_read_is_refused_as_a_whole(column, cell, samples, tmp_path):
    (row, _) = table_of("allocation-standards", samples["allocation-standards"])
    write_csv(tmp_path / "any.csv", [{**row, column: cell}])
    (item,) = read(tmp_path / "any.csv", "allocation-standards")
    assert {fault.code for fault in item.faults} == {"value.not_a_list"}


def test_a_dash_is_an_empty_list_of_values(samples, tmp_path):
    (row,) = table_of("segment-profiles", samples["segment-profiles"])
    write_csv(tmp_path / "any.csv", [{**row, "sales_modes": "无", "it_levels": "-"}])
    (item,) = read(tmp_path / "any.csv", "segment-profiles")
    assert (item.value.profile.sales_modes, item.value.profile.it_levels) == (frozenset(), frozenset())
