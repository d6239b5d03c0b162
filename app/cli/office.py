"""henji office: import master data from files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from app.actions.import_office import Incoming, import_office
from app.actions.office_files import collection_of, read_rows
from app.cli.output import json_option, print_json
from app.cli.session import deps, operator

MOST_SHOWN = 20


@click.group()
def office() -> None:
    """Office data: people, territories, customers, products, calendars, actuals."""


@office.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--collection", help="people, customers, actuals ...; guessed from the file's name when not given")
@json_option
@click.pass_context
def import_file(context: click.Context, file: Path, collection: str | None, as_json: bool) -> None:
    """Import FILE (CSV, XLSX, NDJSON or JSON). A bad line never blocks the good ones; exit 1 when there was one."""
    collection = collection or collection_of(file)
    lines: list[int] = []

    def items() -> Iterator[Incoming]:
        for row in read_rows(file, collection):
            lines.append(row.line)
            yield row.item

    body = import_office(deps(), operator(), collection, items())
    for result in body["results"]:
        result["line"] = lines[result["index"]]
    if as_json:
        print_json(body)
    else:
        _print(file, body)
    context.exit(1 if body["rejected"] else 0)


def _print(file: Path, body: dict[str, Any]) -> None:
    shown = 0
    for result in body["results"]:
        for mismatch in result.get("mismatches", []):
            if shown < MOST_SHOWN:
                click.echo(f"{file}:{result['line']}: {mismatch['note']['zh']} {mismatch['note']['en']}")
            shown += 1
    if shown > MOST_SHOWN:
        more = shown - MOST_SHOWN
        click.echo(f"…… 另有 {more} 处按规范读取；--json 列出全部。 {more} more; see --json.")
    for result in body["results"]:
        for error in result.get("errors", []):
            message = error["message"]
            click.echo(f"{file}:{result['line']}: {error['pointer']} {message['zh']} {message['en']}", err=True)
    _print_judged(file, body)
    click.echo(
        f"收到 {body['received']}，新增 {body['created']}，变更 {body['changed']}，未变 {body['unchanged']}，"
        f"拒绝 {body['rejected']}。\n"
        f"received {body['received']}, created {body['created']}, changed {body['changed']}, "
        f"unchanged {body['unchanged']}, rejected {body['rejected']}."
    )


def _print_judged(file: Path, body: dict[str, Any]) -> None:
    """Say what was not written, and what the rules said of the delivery."""
    for result in body["results"]:
        for held in result.get("held", []):
            filed, delivered = held["filed"], held["delivered"]
            click.echo(
                f"{file}:{result['line']}: 业态“{delivered}”未经审批，沿用备案的“{filed}”。 "
                f"The format “{delivered}” was not approved; “{filed}” stays in use.",
                err=True,
            )
    for evaluation in body["evaluations"]:
        click.echo(f"{evaluation['evaluation']}: {evaluation['verdict']}")
        for finding in evaluation["findings"]:
            message = finding["message"]
            click.echo(f"  {finding['rule']} {finding['outcome']}: {message['zh']} {message['en']}")
