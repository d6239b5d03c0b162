"""henji forecast, cycle, pos-batch: the hook's calls from the command line."""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from app.actions.determine_forecast import determine_forecast
from app.actions.extend_window import extend_window
from app.actions.judge_dry import judge_dry
from app.actions.receive_pos_batch import receive_pos_batch
from app.actions.record_cycle_event import EVENTS, record_cycle_event
from app.actions.reopen_forecast import reopen_forecast
from app.actions.reply import Reply, RequestKey
from app.actions.submit_forecast import SUBJECT_KINDS, submit_forecast
from app.cli.bodies import FORECAST_SHAPE, POS_BATCH_SHAPE, read_body
from app.cli.output import json_option, print_json
from app.cli.session import deps, operator
from app.core.canonical import sha256_hex
from app.office.cycle import Stage

_MARKS = {"block": "■ 阻断", "flag": "▲ 预警", "note": "● 提示", "not_evaluable": "▨ 数据不足", "pass": "✓ 通过"}


def _show(body: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(body)
        return
    for evaluation in body.get("evaluations", [body]):
        if "verdict" not in evaluation:
            continue
        subject = evaluation["subject"]
        head = evaluation.get("evaluation", "未记录 not recorded")
        click.echo(f"{_MARKS[evaluation['verdict']]}  {head}  {subject['kind']} {subject['id'] or ''}")
        for finding in evaluation["findings"]:
            click.echo(f"  {_MARKS[finding['outcome']]}  {finding['rule']}  {finding['message']['zh']}")
            click.echo(f"      {finding['message']['en']}")


def _exit_code(body: Mapping[str, Any]) -> int:
    verdicts = {evaluation.get("verdict") for evaluation in body.get("evaluations", [body])}
    return 3 if "block" in verdicts else 0


def _finish(context: click.Context, reply: Reply, as_json: bool) -> None:
    body = json.loads(reply.body)
    _show(body, as_json)
    context.exit(_exit_code(body))


@click.group()
def forecast() -> None:
    """Forecasts: submit, try, determine, reopen."""


@forecast.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", help="the Idempotency-Key; the hash of the file when not given")
@click.option("--dry-run", is_flag=True, help="judge only, record nothing")
@json_option
@click.pass_context
def submit(context: click.Context, file: Path, key: str | None, dry_run: bool, as_json: bool) -> None:
    """Submit the forecast in FILE (the JSON of the API). Exit 3 when a rule blocks it."""
    data = file.read_bytes()
    payload = read_body(data, FORECAST_SHAPE)
    if dry_run:
        body = judge_dry(deps(), operator(), SUBJECT_KINDS[Stage(payload["stage"])], payload)
        _show(body, as_json)
        context.exit(_exit_code(body))
    digest = sha256_hex(data)
    _finish(context, submit_forecast(deps(), operator(), payload, RequestKey(key or digest, digest)), as_json)


@forecast.command()
@click.argument("forecast_id")
@click.option("--person", required=True, help="the supervision officer who determines")
@click.option("--decision", type=click.Choice(["accept", "return"]), required=True)
@click.option("--opinion", required=True)
def determine(forecast_id: str, person: str, decision: str, opinion: str) -> None:
    """Record what supervision determined of a supply forecast."""
    body = {"person_id": person, "decision": decision, "opinion": opinion}
    print_json(determine_forecast(deps(), operator(), forecast_id, body))


@forecast.command()
@click.argument("forecast_id")
@click.option("--approved-by", required=True, help="the market manager who approves")
@click.option("--reason", required=True)
def reopen(forecast_id: str, approved_by: str, reason: str) -> None:
    """Let a forecast be submitted once more after its window or determination."""
    print_json(reopen_forecast(deps(), operator(), forecast_id, {"approved_by": approved_by, "reason": reason}))


@click.group("pos-batch")
def pos_batch() -> None:
    """Batches of terminal servers."""


@pos_batch.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_context
def receive(context: click.Context, file: Path, as_json: bool) -> None:
    """Take the batch in FILE (the JSON of the API) and judge whether it is whole."""
    data = file.read_bytes()
    digest = sha256_hex(data)
    body = read_body(data, POS_BATCH_SHAPE)
    _finish(context, receive_pos_batch(deps(), operator(), body, RequestKey(digest, digest)), as_json)


@click.group()
def cycle() -> None:
    """The monthly cycle: its events and the extension of a window."""


@cycle.command()
@click.argument("month")
@click.argument("name", type=click.Choice(EVENTS))
@click.option("--stage", type=click.Choice([stage.value for stage in Stage]))
@json_option
@click.pass_context
def event(context: click.Context, month: str, name: str, stage: str | None, as_json: bool) -> None:
    """Record an event of the cycle MONTH and judge what the rules ask at it."""
    body = {"event": name, **({"stage": stage} if stage else {})}
    key = RequestKey(f"command-{secrets.token_hex(16)}", sha256_hex(json.dumps(body).encode()))
    _finish(context, record_cycle_event(deps(), operator(), month, body, key), as_json)


@cycle.command()
@click.argument("month")
@click.option("--stage", type=click.Choice([stage.value for stage in Stage]), required=True)
@click.option("--new-end", required=True, help="YYYY-MM-DD")
@click.option("--reason")
@click.option("--requested-by")
@click.option("--approved-by")
@click.option("--countersigned-by")
@click.option("--filing-no")
@click.option("--filed-at", help="an instant with offset")
@json_option
@click.pass_context
def extend(context: click.Context, /, month: str, as_json: bool, **papers: str | None) -> None:
    """Record the extension of a window; it moves nothing unless WIN-11 passes."""
    body = {name: value for name, value in papers.items() if value is not None}
    key = RequestKey(f"command-{secrets.token_hex(16)}", sha256_hex(json.dumps(body).encode()))
    _finish(context, extend_window(deps(), operator(), month, body, key), as_json)
