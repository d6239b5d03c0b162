"""henji demo: an invented county plays one month; what was planted is compared with what was found."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from app.actions.deps import Deps
from app.actions.seal_record import read_record
from app.actions.show_keys import show_time_roots
from app.cli.serve import run_server
from app.cli.session import operator
from app.core.clock import OFFICE_ZONE, SteppedClock
from app.demo.accounts import PASSWORD, PIN, give_second_factors, sign_ins
from app.demo.county import make_county
from app.demo.faults import Expected
from app.demo.play import Played, Player
from app.wiring import new_installation

_STEPS = 125
"""How many ticks a month has; the bar is only for the eye."""
_BEFORE = datetime(2026, 10, 7, 9, 0, tzinfo=OFFICE_ZONE)
_AFTERWARDS = datetime(2026, 12, 4, 17, 0, tzinfo=OFFICE_ZONE)
"""The demo is shown on the afternoon after the month was closed."""

_UNFINISHED = "DEMO-UNFINISHED"
"""Lies in the home while the month is played."""

_MARKS = {"block": "■ 阻断", "flag": "▲ 预警", "note": "● 提示", "not_evaluable": "▨ 数据不足"}


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("var/demo"),
    show_default=True,
    help="a new or empty folder",
)
@click.option("--seed", default=2026, show_default=True, type=int, help="the same seed plays the same month")
@click.option("--records/--no-records", default=True, help="write every record as PDF")
@click.option("--serve", is_flag=True, help="open the demo office afterwards; an existing demo is opened as it is")
@click.option("--port", default=8000, show_default=True, type=int)
@click.pass_context
def demo(context: click.Context, out: Path, seed: int, records: bool, serve: bool, port: int) -> None:
    """Play one month of an invented county into a fresh database under OUT.

    Writes the records as PDF with the root certificate to check them by, and prints a table of planted faults against
    findings. Exits 1 when anything was missed or flagged beyond them.
    """
    home = out / "installation"
    if (home / "DEMO").exists():
        if not serve:
            raise click.ClickException(f"{out} 中已有演示数据。 There is a demo in {out} already; choose another.")
        _open(home, out, port, seed)
        return
    if out.exists() and any(out.iterdir()):
        if not (serve and (home / _UNFINISHED).exists()):
            raise click.ClickException(f"{out} 不是空文件夹。 {out} is not empty; choose another folder.")
        # A demo of ours that was interrupted half way is made again; nothing else is ever swept away.
        shutil.rmtree(out)
    played = _make(home, out, seed, records=records)
    right = _report(played)
    if serve:
        _open(home, out, port, seed)
    context.exit(0 if right else 1)


def _make(home: Path, out: Path, seed: int, *, records: bool) -> list[Played]:
    # The keys begin with the first thing that is signed.
    clock = SteppedClock(_BEFORE)
    home.mkdir(parents=True)
    (home / _UNFINISHED).touch()
    deps = replace(new_installation(home, clock), is_demo=True)
    columns = (
        TextColumn("{task.fields[phase]}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as progress:
        month = progress.add_task("", total=_STEPS, phase="演示月份 the month ")
        player = Player(deps, clock, seed, lambda what: progress.update(month, advance=1, description=what))
        played = player.play()
        progress.update(month, total=progress.tasks[0].completed)
        clock.set(_AFTERWARDS)
        give_second_factors(deps, player.county.staff)
        (out / "trust-root.pem").write_text("".join(deps.load_keyring().roots), encoding="utf-8")
        (out / "time-root.pem").write_text(show_time_roots(deps), encoding="utf-8")
        if records:
            task = progress.add_task("", total=len(played), phase="存证文件 the records")
            advance: Callable[[str], None] = lambda what: progress.update(task, advance=1, description=what)  # noqa: E731  # as above
            _write_records(deps, out / "records", played, advance)
    (home / "DEMO").write_text("An invented county. The demo accounts exist only here.\n", encoding="utf-8")
    (home / _UNFINISHED).unlink()
    deps.store.close()
    return played


def _write_records(deps: Deps, folder: Path, played: list[Played], tick: Callable[[str], None]) -> None:
    folder.mkdir()
    for one in played:
        (folder / f"{one.evaluation_id}.pdf").write_bytes(read_record(deps, operator(), one.evaluation_id))
        tick(one.evaluation_id)


def _report(played: list[Played]) -> bool:
    console = Console()
    table = Table(box=None, pad_edge=False)
    for heading in ("", "预埋问题 planted", "应发现 expected", "实发现 found", "评估 evaluation"):
        table.add_column(heading, overflow="fold")
    for one in played:
        if one.expected or one.found:
            mark = "[green]✓[/]" if one.right else "[red]✗[/]"
            title = f"{one.title.zh} [dim]{one.title.en}[/]"
            table.add_row(mark, title, _outcomes(one.expected), _outcomes(one.found), one.evaluation_id)
    console.print(table)
    wrong = [one for one in played if not one.right]
    quiet = sum(1 for one in played if not one.expected and not one.found)
    planted = sum(1 for one in played if one.expected)
    console.print(
        f"{len(played)} 次评估：预埋 {planted} 处，{'全部' if not wrong else f'除 {len(wrong)} 处外'}如实发现；"
        f"其余 {quiet} 次无一误报。\n{len(played)} evaluations: {planted} planted, "
        f"{'all' if not wrong else f'all but {len(wrong)}'} found as expected; {quiet} others silent."
    )
    return not wrong


def _outcomes(outcomes: Expected) -> str:
    return ", ".join(f"{rule} {_MARKS[outcome]}" for rule, outcome in sorted(outcomes.items())) or "—"


def _open(home: Path, out: Path, port: int, seed: int) -> None:
    click.echo(f"\n演示内管办已打开 The demo office is open:  http://127.0.0.1:{port}/")
    for way in sign_ins(make_county(seed).staff):
        click.echo(f"  {way.login:<10} {PASSWORD}   {way.title.zh} {way.title.en}")
    click.echo(f"  验证码 codes: http://127.0.0.1:{port}/demo/codes   签名密码 signing PIN: {PIN}")
    click.echo(f"  存证文件 records: {out}/records   henji verify FILE --trust {out}/trust-root.pem\n")
    os.environ["HENJI_HOME"] = str(home.absolute())
    os.environ["HENJI_CLOCK"] = _AFTERWARDS.isoformat()
    os.environ["HENJI_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    os.environ.pop("DATABASE_URL", None)
    run_server("127.0.0.1", port, workers=1, threads=4)
