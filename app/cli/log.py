"""henji log: verify the whole log, print the newest checkpoint."""

from typing import TextIO

import click

from app.actions.read_log import read_checkpoint
from app.actions.verify_log import verify_own_log
from app.cli.output import json_option, print_json
from app.cli.session import deps


@click.group()
def log() -> None:
    """The append-only log of this installation."""


@log.command()
@json_option
@click.option(
    "--checkpoint",
    "held",
    type=click.File("r", encoding="utf-8"),
    multiple=True,
    help="a checkpoint kept elsewhere; repeatable",
)
@click.pass_context
def verify(context: click.Context, as_json: bool, held: tuple[TextIO, ...]) -> None:
    """Rebuild the log from its entries and compare every node and checkpoint; exit 1 on the first difference."""
    report = verify_own_log(deps(), [file.read() for file in held])
    if as_json:
        print_json(
            {
                "ok": report.ok,
                "entries": report.size,
                "root": report.root.hex(),
                "checkpoints": report.checkpoints,
                "problems": [{"index": p.index, **p.sentence.as_json()} for p in report.problems],
            }
        )
    else:
        for problem in report.problems:
            click.echo(f"{problem.sentence.zh}\n{problem.sentence.en}", err=True)
        if report.ok:
            click.echo(
                f"日志完好：{report.size} 条，{report.checkpoints} 个检查点全部相符。\n"
                f"The log is whole: {report.size} entries, {report.checkpoints} checkpoints agree."
            )
    context.exit(0 if report.ok else 1)


@log.command()
def checkpoint() -> None:
    """Print the newest signed checkpoint (C2SP signed note)."""
    click.echo(read_checkpoint(deps()), nl=False)
