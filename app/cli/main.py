"""The henji command: what is typed, in one place; what it does, in the actions."""

import sys

import click

from app.cli.accounts import accounts, clients
from app.cli.catalogue import clauses, docs, documents, rules
from app.cli.cycle import cycle, forecast, pos_batch
from app.cli.demo import demo
from app.cli.keys import keys
from app.cli.log import log
from app.cli.office import office
from app.cli.output import print_failure
from app.cli.serve import serve
from app.cli.store import db
from app.cli.verify import verify
from app.core.errors import AppError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="henji", prog_name="henji")
def henji() -> None:
    """Henji 痕迹: judge forecasts against declarative rules, and prove it later."""


for command in (
    serve, demo, db, keys, clients, accounts, office, forecast, pos_batch, cycle, rules, clauses, documents, docs, log,
    verify,
):  # fmt: skip
    henji.add_command(command)


def main() -> None:
    """Run the command; a failure prints what is wrong and where, and exits with 1."""
    try:
        henji.main(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except AppError as failure:
        print_failure(failure)
        sys.exit(1)
