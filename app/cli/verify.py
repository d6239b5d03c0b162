"""henji verify: is this paper genuine? Offline, with nothing but the file and the trust roots."""

from pathlib import Path

import click

from app.cli.output import json_option, print_json
from app.reports.check import check_record


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--trust",
    "roots",
    multiple=True,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="a root certificate (PEM) you were given; repeatable",
)
@click.option("--log-key", help="the verifier key of the log, when you were given it")
@json_option
@click.pass_context
def verify(
    context: click.Context, files: tuple[Path, ...], roots: tuple[Path, ...], log_key: str | None, as_json: bool
) -> None:
    """Check sealed records. Exits 1 on anything less than perfect, and says in plain words what was checked."""
    trusted = [root.read_text(encoding="utf-8") for root in roots]
    results = [(file, check_record(file.read_bytes(), trusted, log_key=log_key)) for file in files]
    if as_json:
        print_json({"files": [{"file": file.name, **result.as_json()} for file, result in results]})
    else:
        for file, result in results:
            click.echo(f"{'✓ 真实完整 genuine' if result.ok else '■ 不能认定 not genuine'}  {file.name}")
            for check in result.checks:
                mark = {"passed": "✓", "failed": "■", "not_checked": "○"}[check.state.value]
                click.echo(f"  {mark} {check.sentence.zh}\n    {check.sentence.en}")
    context.exit(0 if all(result.ok for _, result in results) else 1)
