from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.audit.engine.faults import RuleFileErrors, UnknownEvent


@pytest.fixture
def two_versions(files):
    text = files["AA/AA-01.yml"]
    older = text.replace("{from: 2026-01-01}\nparams", "{from: 2026-01-01, to: 2026-08-31}\nparams")
    newer = text.replace("version: 1", "version: 2").replace("{from: 2026-01-01}\nparams", "{from: 2026-09-01}\nparams")
    return {**files, "AA/AA-01.v1.yml": older, "AA/AA-01.yml": newer}


@pytest.mark.parametrize(
    ("day", "version"),
    [("2025-12-31", None), ("2026-01-01", 1), ("2026-08-31", 1), ("2026-09-01", 2), ("2030-01-01", 2)],
)
def test_the_version_in_force_is_found_by_date(day, version, two_versions, read):
    rulebook = read(two_versions).rulebook("on_submit", date.fromisoformat(day))
    assert [bound.rule.version for bound in rulebook.rules] == ([] if version is None else [version])


@pytest.mark.parametrize(("day", "most"), [("2026-06-30", 8), ("2026-07-01", Decimal("7.5"))])
def test_a_parameter_is_what_it_is_on_the_day(day, most, files, read):
    assert read(files).rulebook("on_submit", date.fromisoformat(day)).parameter("AA-01", "most") == most


@pytest.mark.parametrize(("rule", "name"), [("AA-01", "least"), ("AA-09", "most")])
def test_a_parameter_nobody_filed_is_an_error_and_not_a_default(rule, name, files, read):
    with pytest.raises(RuleFileErrors, match=rule):
        read(files).rulebook("on_submit", date(2026, 3, 1)).parameter(rule, name)


def test_days_with_the_same_rules_and_parameters_share_a_digest(files, read):
    library = read(files)
    digests = {
        day: library.rulebook("on_submit", date.fromisoformat(day)).digest
        for day in ("2026-02-01", "2026-06-30", "2026-07-01")
    }
    assert digests["2026-02-01"] == digests["2026-06-30"] != digests["2026-07-01"]


@pytest.mark.parametrize("path", ["_facts.yml", "_events.yml", "AA/AA-01.yml"])
def test_a_comment_in_any_file_it_depends_on_changes_the_digest(path, files, read):
    day = date(2026, 3, 1)
    before = read(files).rulebook("on_submit", day).digest
    files[path] += "# another reason\n"
    assert read(files).rulebook("on_submit", day).digest != before


def test_the_event_is_part_of_the_digest(files, read):
    library = read(files)
    day = date(2026, 3, 1)
    assert library.rulebook("on_submit", day).digest != library.rulebook("on_close", day).digest


def test_a_file_of_another_pack_does_not_change_the_digest(files, read, rule_file):
    day = date(2026, 3, 1)
    before = read(files).rulebook("on_close", day).digest
    files["BB/BB-01.yml"] = rule_file("cartons > 1", rule_id="BB-01")
    assert read(files).rulebook("on_close", day).digest == before


@pytest.mark.parametrize(("status", "asked"), [("draft", 0), ("shadow", 1), ("active", 1), ("retired", 0)])
def test_only_active_and_shadow_rules_are_asked(status, asked, files, read):
    files["AA/AA-01.yml"] = files["AA/AA-01.yml"].replace("status: active", f"status: {status}")
    assert len(read(files).rulebook("on_submit", date(2026, 3, 1)).rules) == asked


def test_the_files_of_a_rulebook_are_those_it_depends_on(two_versions, read, rule_file):
    two_versions["AA/AA-02.yml"] = rule_file("cartons > 1", rule_id="AA-02", status="draft")
    rulebook = read(two_versions).rulebook("on_submit", date(2026, 3, 1))
    assert sorted(rulebook.files) == ["AA/AA-01.v1.yml", "_events.yml", "_facts.yml"]


def test_an_event_nobody_declared_is_an_error(files, read):
    with pytest.raises(UnknownEvent):
        read(files).rulebook("on_sumbit", date(2026, 3, 1))


def test_a_library_keeps_a_bounded_number_of_rulebooks(files, read):
    library = read(files)
    first = library.rulebook("on_submit", date(2026, 3, 1))
    assert library.rulebook("on_submit", date(2026, 3, 1)) is first
    for days in range(200):
        library.rulebook("on_submit", date(2026, 3, 1) + timedelta(days=days))
    assert len(library._made) <= 64


def test_a_parameter_before_its_first_value_has_none(files, read):
    with pytest.raises(KeyError):
        read(files).rules[0].parameter_on("most", date(2025, 12, 31))
