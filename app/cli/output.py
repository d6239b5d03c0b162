"""How the command line answers: sentences for people, one JSON document for programs."""

import json
import sys
from typing import Any

import click

from app.core.errors import AppError


def print_json(body: Any) -> None:  # noqa: ANN401  # any JSON value
    """Print one JSON document."""
    click.echo(json.dumps(body, ensure_ascii=False, indent=2))


def print_failure(failure: AppError) -> None:
    """Print what is wrong, every place of it, in both languages, on standard error."""
    click.echo(f"henji: {failure.detail.zh}\n       {failure.detail.en}  [{failure.code}]", err=True)
    for fault in failure.faults:
        click.echo(f"  {fault.pointer}: {fault.message.zh}", err=True)
        click.echo(f"  {' ' * len(fault.pointer)}  {fault.message.en}  [{fault.code}]", err=True)
    sys.stderr.flush()


json_option = click.option("--json", "as_json", is_flag=True, help="print one JSON document")
