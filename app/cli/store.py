"""henji db: bring the database to this version, check it."""

import click

from app.actions.compare_with_log import compare_with_log
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
    """Check schema, settings, integrity, the log, and the tables against it; exit 1 when anything is wrong."""
    place = installation()
    store = open_store(place.database_url, place.files)
    store.require_current_schema()
    problems = store.check().problems
    # Comparing with a log that is broken itself would only repeat what is known.
    problems = problems or compare_with_log(store)
    if as_json:
        print_json({"ok": not problems, "problems": [problem.as_json() for problem in problems]})
    else:
        for problem in problems:
            click.echo(f"{problem.zh}\n{problem.en}")
        if not problems:
            click.echo("数据库完好。 The database is in order.")
    context.exit(1 if problems else 0)
