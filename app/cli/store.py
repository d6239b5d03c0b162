"""henji db: bring the database to this version, check it."""

import click

from app.cli.output import json_option, print_json
from app.cli.session import installation
from app.store.database import open_store


@click.group()
def db() -> None:
    """The database of this installation."""


@db.command()
def upgrade() -> None:
    """Create the tables, or bring them to this version. Safe to repeat."""
    place = installation()
    place.home.mkdir(parents=True, exist_ok=True)
    store = open_store(place.database_url, place.files)
    store.upgrade()
    click.echo("数据库已是当前版本。 The database is at the current version.")


@db.command()
@json_option
@click.pass_context
def check(context: click.Context, as_json: bool) -> None:
    """Check schema, settings, integrity and the log; exit 1 when anything is wrong."""
    place = installation()
    store = open_store(place.database_url, place.files)
    store.require_current_schema()
    report = store.check()
    if as_json:
        print_json({"ok": report.ok, "problems": [problem.as_json() for problem in report.problems]})
    else:
        for problem in report.problems:
            click.echo(f"{problem.zh}\n{problem.en}")
        if report.ok:
            click.echo("数据库完好。 The database is in order.")
    context.exit(0 if report.ok else 1)
