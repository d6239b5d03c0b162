"""The henji command: what is typed, in one place; what it does, in the actions."""

import sys
from importlib import import_module

import click

from app.cli.output import print_failure
from app.core.errors import AppError

COMMANDS = {
    "serve": "serve:serve",
    "demo": "demo:demo",
    "db": "store:db",
    "keys": "keys:keys",
    "clients": "accounts:clients",
    "accounts": "accounts:accounts",
    "office": "office:office",
    "forecast": "cycle:forecast",
    "pos-batch": "cycle:pos_batch",
    "cycle": "cycle:cycle",
    "rules": "catalogue:rules",
    "clauses": "catalogue:clauses",
    "documents": "catalogue:documents",
    "docs": "catalogue:docs",
    "log": "log:log",
    "verify": "verify:verify",
}
"""Command -> module and function; a module is loaded when its command is used."""


class _Commands(click.Group):
    """Loads a command when it is asked for: ``henji rules list`` has no use for a PDF library."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's own signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # as above
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command: click.Command = getattr(import_module(f"app.cli.{module}"), name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="henji", prog_name="henji")
def henji() -> None:
    """Henji 痕迹: judge forecasts against declarative rules, and prove it later."""


def main() -> None:
    """Run the command; a failure prints what is wrong and where, and exits with 1."""
    try:
        sys.exit(henji.main(standalone_mode=False))
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
