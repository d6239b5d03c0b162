"""Whatever can be met outside is written down: error codes, commands, settings, rules, facts, pages made from rules."""

import ast
import re
from collections import Counter, defaultdict
from pathlib import Path

import click
import pytest
import yaml

from app.actions.generate_docs import generated_pages
from app.audit.engine.cases import run_cases
from app.audit.engine.loader import read_rules
from app.cli.main import COMMANDS, henji
from app.office.clause import read_clauses

ROOT = Path(__file__).parents[2]
APP = sorted((ROOT / "app").rglob("*.py"))
RULES = ROOT / "rules"
CODE = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")
TABLE_ROW = re.compile(r"^\| ([a-z_]+\.[a-z_]+) \| (\d{3}|-) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def documented() -> dict[str, tuple[str, str, str]]:
    """Code -> status, zh, en of docs/errors.md."""
    rows = TABLE_ROW.findall((ROOT / "docs" / "errors.md").read_text(encoding="utf-8"))
    doubled = [code for code, count in Counter(code for code, *_ in rows).items() if count > 1]
    assert doubled == []
    return {code: (status, zh.strip(), en.strip()) for code, status, zh, en in rows}


def constants(tree: ast.AST) -> dict[str, str]:
    """Names of a module that stand for a text."""
    return {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def classes_with_codes() -> dict[str, list[str]]:
    """Code -> the error classes that carry it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in APP:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                for member in node.body:
                    value = getattr(member, "value", None)
                    targets = getattr(member, "targets", [getattr(member, "target", None)])
                    named = any(isinstance(target, ast.Name) and target.id == "code" for target in targets)
                    if named and isinstance(value, ast.Constant) and isinstance(value.value, str):
                        found[value.value].append(f"{path.relative_to(ROOT)}:{node.name}")
    return found


def fault_codes() -> dict[str, str]:
    """Code -> a place where a fault of it is made: ``Fault(pointer, code, ...)`` and ``....fault(..., code, ...)``."""
    found = {}
    for path in APP:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = constants(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func).rpartition(".")[2]
            if called not in {"Fault", "fault", "refuse_type"}:
                continue
            for argument in [*node.args[:3], *(keyword.value for keyword in node.keywords if keyword.arg == "code")]:
                text = names.get(argument.id) if isinstance(argument, ast.Name) else getattr(argument, "value", None)
                if isinstance(text, str) and CODE.fullmatch(text):
                    found[text] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def test_every_error_class_has_a_code_of_its_own_that_is_documented(documented):
    classes = classes_with_codes()
    assert len(classes) > 30
    assert {code: who for code, who in classes.items() if code not in documented} == {}
    # A code means one thing. The abstract 4xx of the doors stands for what the framework refuses.
    assert {code: who for code, who in classes.items() if len(who) > 1} == {}


def test_every_code_of_a_fault_is_documented(documented):
    faults = fault_codes()
    assert len(faults) > 30
    assert {code: at for code, at in faults.items() if code not in documented} == {}


def commands() -> list[str]:
    """Every command as it is typed, without options."""
    context = click.Context(henji)
    found = []
    for name in COMMANDS:
        command = henji.get_command(context, name)
        if isinstance(command, click.Group):
            found += [f"{name} {child}" for child in command.list_commands(context)]
        else:
            found.append(name)
    return found


@pytest.mark.parametrize("command", commands())
def test_every_command_is_in_the_manual(command):
    texts = [(ROOT / "docs" / "operate.md").read_text(encoding="utf-8")]
    assert any(f"henji {command}" in text for text in texts)


def options() -> list[tuple[str, str]]:
    context = click.Context(henji)
    found = []
    for name in COMMANDS:
        command = henji.get_command(context, name)
        children = command.commands.values() if isinstance(command, click.Group) else [command]
        found += [
            (f"{name} {child.name}", option.opts[-1])
            for child in children
            for option in child.params
            if isinstance(option, click.Option)
        ]
    return found


def test_every_option_is_in_the_manual():
    manual = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    assert sorted({option for _, option in options() if option not in manual}) == []


def test_every_command_and_every_option_that_needs_it_is_explained_by_help():
    context = click.Context(henji)
    for name in COMMANDS:
        command = henji.get_command(context, name)
        children = command.commands.values() if isinstance(command, click.Group) else [command]
        assert command.help, name
        assert all(child.help for child in children), name


def test_every_setting_is_in_the_manual():
    source = (ROOT / "app" / "config.py").read_text(encoding="utf-8")
    settings = {"HENJI_FONTS"} | set(re.findall(r'"((?:HENJI_|DATABASE_)[A-Z_]+)"', source))
    manual = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    assert len(settings) >= 8
    assert sorted(setting for setting in settings if f"`{setting}`" not in manual) == []


def test_no_setting_is_read_anywhere_else():
    places = [
        str(path.relative_to(ROOT))
        for path in APP
        if path.name != "config.py" and re.search(r"environ\.get\(|getenv\(", path.read_text(encoding="utf-8"))
    ]
    # The fonts are needed by `henji verify`, which knows no installation.
    assert places == ["app/reports/fonts.py"]


def test_the_pages_made_from_rules_are_not_stale():
    stale = [
        name
        for name, text in generated_pages(RULES).items()
        if (ROOT / "docs" / name).read_text(encoding="utf-8") != text
    ]
    assert stale == []


def test_every_rule_has_cases_of_every_kind_and_known_clauses():
    library = read_rules(RULES)
    clauses = read_clauses((RULES / "_clauses.json").read_text(encoding="utf-8"))
    report = run_cases(library)
    tested = Counter(result.rule for result in report.results)
    for rule in library.rules:
        assert tested[rule.id] >= 3, rule.id
        assert rule.clauses, rule.id
        assert set(rule.clauses) <= set(clauses), rule.id
    assert (report.failures, report.gaps) == ((), ())
    active = {rule.id for rule in library.rules if rule.status.value == "active"}
    assert len(active) == 47


def test_every_fact_is_named_in_both_languages():
    catalogue = yaml.safe_load((RULES / "_facts.yml").read_text(encoding="utf-8"))
    nameless = [
        f"{scope}.{fact}"
        for scope, body in catalogue.items()
        for fact, spec in body["facts"].items()
        if not (spec.get("zh") and spec.get("en"))
    ]
    assert nameless == []


def test_every_log_event_is_named_in_the_past_and_once_for_each_thing():
    names: dict[str, set[str]] = defaultdict(set)
    for path in (ROOT / "app" / "actions").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
                if re.fullmatch(r"[a-z_]+\.[a-z]+(?:ed|en)", text):
                    names[text].add(path.stem)
    known = {
        "account.created", "client.created", "cycle.closed", "cycle.opened", "engine.alarmed", "evaluation.recorded",
        "forecast.determined", "forecast.reopened", "forecast.submitted", "master_data.compared", "office.imported",
        "pos_batch.received",
        "record.sealed", "request.refused", "session.ended", "session.refused", "session.started", "stage.opened",
        "window.closed", "window.extended",
        # people
        "account.disabled", "certificate.issued", "certificate.revoked", "client.revoked", "client.rotated",
        "identity.linked", "identity.refused", "identity.unlinked", "password.changed", "password.replaced",
        "pin.changed", "pin.refused", "revocation_list.renewed", "role.ended", "role.granted", "role.refused",
        "second_factor.confirmed", "second_factor.enrolled", "second_factor.removed", "session.challenged",
        "session.elevated", "signing_key.confirmed", "signing_key.created", "signing_key.refused",
        "territory.assigned",
        # files
        "evidence.uploaded",
        # segment changes
        "document.archived", "document.prepared", "document.signed", "segment_change.applied", "segment_change.checked",
        "segment_change.drafted", "segment_change.filed", "segment_change.judged", "segment_change.refused",
        "segment_change.rejected", "segment_change.reviewed", "segment_change.revoked", "segment_change.signed",
    }  # fmt: skip
    # Names of the log are never reused: a new one is added here on purpose.
    codes_that_read_alike = {"pin.locked", "snapshot.taken", "value.not_allowed"}
    assert set(names) - codes_that_read_alike == known
