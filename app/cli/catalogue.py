"""henji rules, clauses, documents, docs: what the product knows of the regulation, without a database."""

from pathlib import Path

import click

from app.actions.catalogue import clause_rows, document_rows, rule_rows
from app.actions.generate_docs import generated_pages
from app.audit.engine.cases import run_cases
from app.audit.engine.lint import lint
from app.audit.engine.loader import read_rules
from app.cli.output import json_option, print_json
from app.cli.session import installation
from app.office.clause import read_clauses


@click.group()
def rules() -> None:
    """The rule files: list, test against their cases, lint."""


@rules.command("list")
@json_option
def list_rules(as_json: bool) -> None:
    """List every rule with its version, severities, event and clauses."""
    rows = rule_rows(read_rules(installation().rules))
    if as_json:
        print_json({"rules": rows})
        return
    for row in rows:
        click.echo(f"{row['id']:<8} v{row['version']} {row['severity']:<11} {row['status']:<7} {row['title']['zh']}")


@rules.command("test")
@json_option
@click.pass_context
def test_rules(context: click.Context, as_json: bool) -> None:
    """Run every case of every rule through both evaluators; exit 1 when one fails."""
    report = run_cases(read_rules(installation().rules))
    if as_json:
        print_json(report.as_json())
    else:
        for result in report.failures:
            if result.problem:
                click.echo(f"{result.case.place}: {result.problem.zh}\n  {result.problem.en}", err=True)
        for gap in report.gaps:
            click.echo(f"{gap.pointer}: {gap.message.zh}\n  {gap.message.en}", err=True)
        cases, failures, gaps = len(report.results), len(report.failures), len(report.gaps)
        click.echo(f"{cases} 个用例，{failures} 个不符，缺 {gaps} 个必备用例。")
        click.echo(f"{cases} cases, {failures} fail, {gaps} lacking.")
    context.exit(0 if report.ok else 1)


@rules.command("lint")
@json_option
@click.pass_context
def lint_rules(context: click.Context, as_json: bool) -> None:
    """Look for what is legal but wrong: unused parameters, branches nothing reaches, unknown clauses."""
    place = installation()
    clause_ids = frozenset(read_clauses((place.rules / "_clauses.json").read_text(encoding="utf-8")))
    faults = lint(read_rules(place.rules), clause_ids)
    if as_json:
        print_json({"ok": not faults, "faults": [fault.as_json() for fault in faults]})
    else:
        for fault in faults:
            click.echo(f"{fault.pointer}: {fault.message.zh}\n  {fault.message.en}", err=True)
        click.echo(f"规则检查：{len(faults)} 处。 rules lint: {len(faults)} remarks.")
    context.exit(1 if faults else 0)


@click.command()
@json_option
def clauses(as_json: bool) -> None:
    """List all clauses of the regulations with what realises each of them today."""
    rows = clause_rows(installation().rules)
    if as_json:
        print_json({"clauses": rows})
        return
    for row in rows:
        click.echo(f"{row['id']:<10} {row['kind']}  {', '.join(row['realised_by']) or '—':<30} {row['zh']}")


@click.command()
@json_option
def documents(as_json: bool) -> None:
    """List the documents D01 to D24, and whether each can be produced today."""
    rows = document_rows(installation().rules)
    if as_json:
        print_json({"documents": rows})
        return
    for row in rows:
        click.echo(f"{row['code']}  {'✓' if row['available'] else ' '}  {row['title']['zh']}  {row['title']['en']}")


@click.command()
@click.option("--check", is_flag=True, help="write nothing; exit 1 when a page is stale")
@click.pass_context
def docs(context: click.Context, check: bool) -> None:
    """Write docs/rules.md and docs/clauses.md from rules/."""
    place = installation()
    folder = place.rules.parent / "docs"
    stale: list[Path] = []
    for name, text in generated_pages(place.rules).items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path)
            if not check:
                path.write_text(text, encoding="utf-8")
    for path in stale:
        click.echo(f"{'stale' if check else 'written'}: docs/{path.name}")
    context.exit(1 if check and stale else 0)
