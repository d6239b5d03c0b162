from datetime import date
from decimal import Decimal

import pytest

from app.audit.engine.faults import RuleFileErrors
from app.audit.engine.loader import read_rules

# What is replaced in the good rule of conftest.py, by what, and the fault that must be told with its line.
BAD_RULES = [
    ("a float", "value: 8,", "value: 8.0,", "float", 11),
    ("an exponent", "value: 8,", "value: 8e3,", "float", 11),
    ("not a number", "value: 8,", "value: .nan,", "float", 11),
    ("infinity", "value: 8,", "value: -.inf,", "float", 11),
    ("an underscore in a number", "value: 8,", "value: 8_000,", "number", 11),
    ("a leading zero", "value: 8,", "value: 010,", "number", 11),
    ("a hexadecimal number", "value: 8,", "value: 0x10,", "number", 11),
    ("a time of day", "value: 8,", "value: 12:30,", "number", 11),
    ("yes for true", "value: 8,", "value: yes,", "ambiguous", 11),
    ("True for true", "value: 8,", "value: True,", "ambiguous", 11),
    ("a tilde for null", "applies: cartons > 0", "applies: ~", "ambiguous", 13),
    ("an anchor", "clauses: [YQ-1.1]", "clauses: &c [YQ-1.1]", "alias", 5),
    ("an alias", "evidence: [cartons]", "evidence: *c", "alias", 24),
    ("a tag", "evidence: [cartons]", "evidence: !!set [cartons]", "tag", 24),
    ("a python tag", "version: 1", "version: !!python/object/apply:os.getcwd []", "tag", 2),
    ("an unquoted negation", "when: ratio >= $most", "when: !by_hand", "tag", 22),
    ("a key twice", "status: active", "status: active\nstatus: draft", "duplicate_key", 4),
    ("a day that does not exist", "{from: 2026-01-01}\nparams", "{from: 2026-02-30}\nparams", "date", 8),
    ("a quoted day", "{from: 2026-01-01}\nparams", '{from: "2026-01-01"}\nparams', "type", 8),
    ("an unknown key", "evidence:", "evidnce:", "unknown_key", 24),
    ("a missing key", "clauses: [YQ-1.1]\n", "", "missing_key", 1),
    ("a missing language", "{zh: 倍数过大, en: Ratio too large}", "{zh: 倍数过大}", "missing_language", 4),
    ("an empty language", "{zh: 倍数过大, en: Ratio too large}", "{zh: 倍数过大, en: ''}", "type", 4),
    ("a text for a number", "version: 1", "version: one", "type", 2),
    ("a version of zero", "version: 1", "version: 0", "version", 2),
    ("an unknown status", "status: active", "status: live", "status", 3),
    ("an unknown event", "event: on_submit", "event: on_sumbit", "unknown_event", 6),
    ("an unknown scope", "scope: line", "scope: lines", "unknown_scope", 7),
    ("no clause", "[YQ-1.1]", "[]", "no_clause", 5),
    (
        "an end before the beginning",
        "effective: {from: 2026-01-01}",
        "effective: {from: 2026-01-01, to: 2025-12-31}",
        "effective",
        8,
    ),
    ("an id that is not the file name", "id: AA-01", "id: AA-02", "file_name", 1),
    ("an id of another pack", "id: AA-01", "id: BB-01", "pack", 1),
    ("an id of no form", "id: AA-01", "id: rule1", "id", 1),
    ("a date twice in a series", "2026-07-01, value", "2026-01-01, value", "series_order", 10),
    ("a series that begins late", "from: 2026-01-01, value", "from: 2026-02-01, value", "series_gap", 10),
    ("a series of two types", 'value: "7.5"', 'value: "text"', "series_type", 10),
    (
        "a parameter that is no series",
        '  most:\n    - {from: 2026-01-01, value: 8, filing: GZ-1}\n    - {from: 2026-07-01, value: "7.5"}',
        "  most: 8",
        "series",
        10,
    ),
    ("a date as a parameter", "value: 8,", "value: 2026-01-01,", "param_value", 11),
    ("an unknown parameter", "when: ratio >= $most", "when: ratio >= $moost", "unknown_param", 22),
    ("an unknown fact", "when: ratio >= $most", "when: ration >= $most", "unknown_fact", 22),
    ("an unknown fact in applies", "applies: cartons > 0", "applies: cartoons > 0", "unknown_fact", 13),
    ("unknown evidence", "evidence: [cartons]", "evidence: [cartoons]", "unknown_fact", 24),
    ("a number for a bool", "- by_hand", "- by_hand == 1", "type", 19),
    ("a bool for a number", "applies: cartons > 0", "applies: cartons == true", "type", 13),
    ("a decimal for a whole number", "applies: cartons > 0", "applies: cartons > 0.5", "type", 13),
    ("a text for a decimal", "when: ratio >= $most", 'when: ratio >= "8.0"', "type", 22),
    ("an order of bools", "- by_hand", "- by_hand > false", "operator", 19),
    ("an order of enums", "- by_hand", '- unit > "条"', "operator", 19),
    ("a comparison of text", "- by_hand", '- sku == "x"', "not_compared", 19),
    ("a comparison of a list", "- by_hand", '- names == "x"', "not_compared", 19),
    ("an enum value nobody declared", "- by_hand", '- unit == "包"', "unknown_value", 19),
    ("a list for a bool", "- by_hand", "- by_hand in [true]", "operator", 19),
    (
        "a list longer than the engine takes",
        "- by_hand",
        f"- cartons in [{', '.join(map(str, range(61)))}]",
        "list_length",
        19,
    ),
    ("in without a list", "- by_hand", "- cartons in $most", "type", 19),
    ("seven decimals", "when: ratio >= $most", "when: ratio >= 0.1234567", "precision", 22),
    ("a number beyond the range", "applies: cartons > 0", "applies: cartons > 99999999999999999999", "range", 13),
    ("arithmetic", "when: ratio >= $most", "when: ratio >= cartons * 2", "condition", 22),
    ("two facts compared", "when: ratio >= $most", "when: ratio >= cartons", "condition", 22),
    ("a condition that is a list", "when: ratio >= $most", "when: [ratio >= $most]", "condition", 22),
    ("a condition that is a bool", "when: ratio >= $most", "when: true", "condition", 22),
    ("too many combinations", "- by_hand", "- " + " && ".join(["(cartons == 1 || cartons == 2)"] * 6), "complex", 15),
    ("an unknown severity", "severity: flag", "severity: warn", "severity", 21),
    ("no branch", "branches:", "branches: []\nbranchez:", "no_branch", 14),
    ("an unknown place in a message", "{sku}为", "{skew}为", "unknown_place", 21),
    ("a format in a message", "{sku}为", "{ratio:.2f}为", "placeholder", 23),
    ("an attribute in a message", "{sku}为", "{sku.__class__}为", "placeholder", 23),
    (
        "an unknown facts parameter",
        "evidence: [cartons]",
        "evidence: [cartons]\nfacts_params: [least]",
        "unknown_param",
        25,
    ),
    ("a fact named twice as evidence", "[cartons]", "[cartons, cartons]", "duplicate", 24),
    ("two documents", "evidence: [cartons]", "evidence: [cartons]\n---\nid: AA-02", "documents", 25),
    ("a broken indentation", "scope: line", " scope: line", "syntax", 7),
    ("nesting without end", "when: ratio >= $most", "when: " + "{not: " * 20 + "by_hand" + "}" * 20, "too_deep", 22),
]

BAD_RULES += [
    ("a condition beyond reason", "when: ratio >= $most", f"when: {'has(ratio) && ' * 80} by_hand", "condition", 22),
    ("a broken line in a tree", "- by_hand", "- by_hand = true", "condition", 19),
    ("a tree of no known word", "      all:", "      every:", "condition", 17),
    ("an empty tree", "- by_hand", "- any: []", "condition", 19),
    ("a negated line that is broken", "when: ratio >= $most", "when: {not: ratio > 1 > 2}", "condition", 22),
    ("a branch that is a text", "evidence:", "  - only words\nevidence:", "shape", 24),
    ("a message without a language", 'en: "{sku}: {ratio} times."', "fr: non", "missing_language", 23),
    (
        "a message that is a list",
        'message: {zh: "{sku}为{ratio}倍。", en: "{sku}: {ratio} times."}',
        "message: [a]",
        "shape",
        23,
    ),
    ("a truth value in words", "evidence: [cartons]", "evidence: [cartons]\nlead_only: perhaps", "type", 25),
    ("evidence that is no list", "[cartons]", "cartons", "type", 24),
    ("evidence that is a number", "[cartons]", "[1]", "type", 24),
    ("evidence that is a mapping", "[cartons]", "{cartons: 1}", "type", 24),
    ("a list for the status", "status: active", "status: [active]", "type", 3),
    ("branches that are a mapping", "branches:", "branches: {a: 1}\nbranchez:", "type", 14),
    ("a bool for the version", "version: 1", "version: true", "type", 2),
    ("a null in a list", "[YQ-1.1]", "[null]", "type", 5),
    ("a capital in a parameter", "  most:", "  Most:", "name", 10),
    ("a series entry without a value", '{from: 2026-07-01, value: "7.5"}', "{from: 2026-07-01}", "missing_key", 12),
    (
        "a series that outlives its rule",
        "effective: {from: 2026-01-01}",
        "effective: {from: 2026-01-01, to: 2026-02-01}",
        "series_gap",
        10,
    ),
    ("effective that is a day", "effective: {from: 2026-01-01}", "effective: 2026-01-01", "shape", 8),
]


@pytest.mark.parametrize(("what", "old", "new", "code", "line"), BAD_RULES, ids=[row[0] for row in BAD_RULES])
def test_a_bad_rule_is_refused_with_the_line_and_a_hint(what, old, new, code, line, files, read):
    assert old in files["AA/AA-01.yml"]
    files["AA/AA-01.yml"] = files["AA/AA-01.yml"].replace(old, new, 1)
    with pytest.raises(RuleFileErrors) as refusal:
        read(files)
    told = {(fault.code, fault.pointer) for fault in refusal.value.faults}
    assert (f"rule_file.{code}", f"AA/AA-01.yml:{line}") in told
    assert all(fault.message.zh and fault.message.en for fault in refusal.value.faults)


BAD_FACTS = [
    ("an unknown type", "type: list", "type: array", "fact_type", 21),
    ("an enum without values", "values: [条, 件, 箱], ", "", "values", 20),
    ("values of an int", "{type: int, key", "{type: int, values: [a], key", "values", 15),
    ("a capital in a name", "    cartons:", "    Cartons:", "name", 17),
    ("a word of the language as a name", "    cartons:", "    has:", "name", 17),
    ("neither one nor many", "rows: many", "rows: several", "rows", 13),
    (
        "two names the engine cannot tell apart",
        "    cartons:",
        "    {collision_a}: {type: bool, zh: 甲, en: a}\n    {collision_b}: {type: bool, zh: 乙, en: b}\n    cartons:",
        "name_collision",
        14,
    ),
    ("a fact without a Chinese name", "zh: 倍数, ", "", "missing_key", 18),
    ("a fact twice", "    ratio: {", "    cartons: {", "duplicate_key", 18),
    (
        "a fact that is a text",
        "    names: {type: list, nullable: true, zh: 名单, en: names}",
        "    names: list",
        "shape",
        21,
    ),
    ("a fact without a type", "{type: list, nullable: true, zh: 名单", "{zh: 名单", "missing_key", 21),
    ("a unit of a bool", "{type: bool, nullable", "{type: bool, unit: 条, nullable", "unit", 19),
]


@pytest.mark.parametrize(("what", "old", "new", "code", "line"), BAD_FACTS, ids=[row[0] for row in BAD_FACTS])
def test_a_bad_catalogue_is_refused_with_the_line(what, old, new, code, line, files, read, colliding_names):
    new = new.replace("{collision_a}", colliding_names[0]).replace("{collision_b}", colliding_names[1])
    files["_facts.yml"] = files["_facts.yml"].replace(old, new, 1)
    with pytest.raises(RuleFileErrors) as refusal:
        read(files)
    assert (f"rule_file.{code}", f"_facts.yml:{line}") in {(f.code, f.pointer) for f in refusal.value.faults}


BAD_CASES = [
    ("an unknown fact", "{given: {cartoons: 1}, name: a, expect: {outcome: pass}}", "unknown_fact"),
    ("an unknown fact missing", "{given: {}, missing: [cartoons], name: a, expect: {outcome: pass}}", "unknown_fact"),
    (
        "given and missing",
        "{given: {cartons: 1}, missing: [cartons], name: a, expect: {outcome: pass}}",
        "given_and_missing",
    ),
    ("an unquoted decimal", "{given: {ratio: 1.5}, name: a, expect: {outcome: pass}}", "float"),
    ("a text for a number", "{given: {cartons: many}, name: a, expect: {outcome: pass}}", "type"),
    ("a bool for a number", "{given: {cartons: true}, name: a, expect: {outcome: pass}}", "type"),
    ("a number for a bool", "{given: {by_hand: 1}, name: a, expect: {outcome: pass}}", "type"),
    ("an unknown outcome", "{given: {}, name: a, expect: {outcome: fail}}", "outcome"),
    ("a branch that is not there", "{given: {}, name: a, expect: {outcome: flag, branch: 3}}", "branch"),
    ("a day before the rule", "{given: {}, at: 2025-12-31, name: a, expect: {outcome: pass}}", "effective"),
    ("an event of other rules", "{given: {}, event: on_close, name: a, expect: {outcome: pass}}", "unknown_event"),
    (
        "a name twice",
        "{given: {}, name: a, expect: {outcome: pass}}\n- {given: {}, name: a, expect: {outcome: pass}}",
        "duplicate",
    ),
    ("a case that is a text", "only words", "shape"),
    ("a list of numbers and lists", "{given: {names: [[1]]}, name: a, expect: {outcome: pass}}", "type"),
    ("a list of mappings", "{given: {names: [{a: 1}]}, name: a, expect: {outcome: pass}}", "type"),
    ("a bool for a decimal", "{given: {ratio: true}, name: a, expect: {outcome: pass}}", "type"),
    ("words for a decimal", "{given: {ratio: some}, name: a, expect: {outcome: pass}}", "type"),
    ("expect that is absent", "{given: {}, name: a}", "missing_key"),
    ("no outcome", "{given: {}, name: a, expect: {}}", "missing_key"),
]


@pytest.mark.parametrize(("what", "case", "code"), BAD_CASES, ids=[row[0] for row in BAD_CASES])
def test_a_bad_case_is_refused(what, case, code, files, read):
    files["AA/AA-01.cases.yml"] = f"- {case}\n"
    with pytest.raises(RuleFileErrors) as refusal:
        read(files)
    assert f"rule_file.{code}" in {fault.code for fault in refusal.value.faults}
    assert all(fault.pointer.startswith("AA/AA-01.cases.yml:") for fault in refusal.value.faults)


def test_the_good_rule_is_read_as_it_stands(files, read):
    (rule,) = read(files).rules
    assert (rule.id, rule.version, rule.pack, rule.severity) == ("AA-01", 1, "AA", "block/flag")
    assert rule.reads == ("cartons", "ratio", "by_hand")
    assert [dated.value for dated in rule.params["most"]] == [8, Decimal("7.5")]
    assert rule.events == ("on_submit",)


def test_every_problem_of_every_file_is_told_at_once(files, read):
    files["AA/AA-01.yml"] = (
        files["AA/AA-01.yml"].replace("version: 1", "version: 1.5").replace("status: active", "status: yes")
    )
    files["BB/BB-01.yml"] = "id: BB-01\n"
    files["BB/BB-02.cases.yml"] = "- {}\n"
    with pytest.raises(RuleFileErrors) as refusal:
        read(files)
    pointers = [fault.pointer for fault in refusal.value.faults]
    assert pointers == sorted(pointers, key=lambda p: (p.split(":")[0], int(p.split(":")[1])))
    assert {"AA/AA-01.yml:2", "AA/AA-01.yml:3", "BB/BB-01.yml:1", "BB/BB-02.cases.yml:1"} <= set(pointers)
    assert len(refusal.value.faults) >= 12


def test_the_hint_names_what_was_probably_meant(files, read):
    files["AA/AA-01.yml"] = files["AA/AA-01.yml"].replace("when: ratio >= $most", "when: ratoi >= $most")
    with pytest.raises(RuleFileErrors, match="Did you mean `ratio`"):
        read(files)


def test_versions_that_overlap_are_refused(files, read):
    files["AA/AA-01.v1.yml"] = files["AA/AA-01.yml"]
    files["AA/AA-01.yml"] = files["AA/AA-01.yml"].replace("version: 1", "version: 2")
    with pytest.raises(RuleFileErrors, match="overlap"):
        read(files)


def test_the_same_version_twice_is_refused(files, read):
    files["AA/AA-01.v1.yml"] = files["AA/AA-01.yml"]
    with pytest.raises(RuleFileErrors) as refusal:
        read(files)
    assert [fault.code for fault in refusal.value.faults] == ["rule_file.version_twice"]


def test_cases_without_their_rule_are_refused(files, read):
    files["AA/AA-09.cases.yml"] = "- {}\n"
    with pytest.raises(RuleFileErrors) as refusal:
        read(files)
    assert [fault.code for fault in refusal.value.faults] == ["rule_file.cases_alone"]


def test_a_folder_without_its_catalogue_is_refused(read):
    with pytest.raises(RuleFileErrors) as refusal:
        read({})
    assert [fault.pointer for fault in refusal.value.faults] == ["_events.yml:1", "_facts.yml:1"]


def test_a_folder_is_read_like_its_files(files, read, tmp_path):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "_notes.txt").write_text("not a rule")
    day = date(2026, 3, 1)
    assert read_rules(tmp_path).rulebook("on_submit", day).digest == read(files).rulebook("on_submit", day).digest


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("AA/AA-02.yaml", b"id: AA-02\n", "suffix"),
        ("AA/AA-02.yml", b"id: \xff\xfe\n", "encoding"),
        ("AA/AA-02.yml", b"# " + b"x" * 300_000, "too_large"),
        ("AA/AA-02.yml", b"", "empty"),
        ("AA/AA-02.yml", b"- a\n", "shape"),
        ("AA/AA-02.yml", b"1: a\n", "key"),
    ],
)
def test_a_file_that_is_no_rule_file_is_refused(name, data, code, files, tmp_path):
    files[name] = ""
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data if path == name else text.encode())
    with pytest.raises(RuleFileErrors) as refusal:
        read_rules(tmp_path)
    assert f"rule_file.{code}" in {fault.code for fault in refusal.value.faults}


def test_a_bomb_of_aliases_is_not_expanded(files, read):
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    files["AA/AA-02.yml"] = "\n".join(lines)
    with pytest.raises(RuleFileErrors) as refusal:
        read(files)
    assert {fault.code for fault in refusal.value.faults} == {"rule_file.alias"}


def test_a_case_file_that_is_no_list_is_refused(files, read):
    files["AA/AA-01.cases.yml"] = "name: a\n"
    with pytest.raises(RuleFileErrors) as refusal:
        read(files)
    assert [(fault.code, fault.pointer) for fault in refusal.value.faults] == [
        ("rule_file.type", "AA/AA-01.cases.yml:1")
    ]


def test_a_null_in_a_case_is_a_missing_fact(files, read):
    files["AA/AA-01.cases.yml"] = "- {name: a, given: {cartons: null, ratio: 1}, expect: {outcome: not_evaluable}}\n"
    assert read(files).rules[0].cases[0].given == {"ratio": 1_000_000}


def test_cases_beside_a_broken_rule_are_not_told_twice(files, read):
    files["AA/AA-01.cases.yml"] = "- {name: a, given: {}, expect: {outcome: pass}}\n"
    files["AA/AA-01.yml"] = files["AA/AA-01.yml"].replace("version: 1", "version: one")
    with pytest.raises(RuleFileErrors) as refusal:
        read(files)
    assert len(refusal.value.faults) == 1


def test_a_draft_may_overlap_the_version_in_force(files, read):
    draft = files["AA/AA-01.yml"].replace("version: 1", "version: 2").replace("status: active", "status: draft")
    library = read({**files, "AA/AA-01.v1.yml": files["AA/AA-01.yml"], "AA/AA-01.yml": draft})
    assert [rule.version for rule in library.rules] == [1, 2]


def test_a_text_that_is_too_large_is_not_parsed(files, read):
    files["AA/AA-02.yml"] = "# " + "规" * 100_000
    with pytest.raises(RuleFileErrors) as refusal:
        read(files)
    assert [fault.code for fault in refusal.value.faults] == ["rule_file.too_large"]


def test_an_events_file_that_cannot_be_read_is_told_once(files, read):
    files["_events.yml"] = "on_submit: [\n"
    with pytest.raises(RuleFileErrors) as refusal:
        read(files)
    assert [fault.pointer.split(":")[0] for fault in refusal.value.faults] == ["_events.yml"]


def test_a_tree_of_one_part_is_that_part(files, read):
    text = files["AA/AA-01.yml"].replace("when: ratio >= $most", "when: {any: [{not: ratio < $most}]}")
    assert read({**files, "AA/AA-01.yml": text}).rules[0].branches[1].when == read(files).rules[0].branches[1].when
