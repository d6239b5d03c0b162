"""henji verify: is this paper genuine? Offline, with nothing but the file and the trust roots."""

import re
from pathlib import Path

import click

from app.cli.output import json_option, print_json
from app.core.canonical import sha256_hex
from app.core.text import Bilingual
from app.reports.check import RecordCheck, check_record
from app.reports.outcome import failed
from app.reports.signed_record import check_signed_record, is_signed_record

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option(
    "--trust",
    "roots",
    multiple=True,
    required=True,
    type=_FILE,
    help="a root certificate (PEM) you were given; repeatable",
)
@click.option(
    "--trust-time",
    "time_roots",
    multiple=True,
    type=_FILE,
    help="a root of the time stamps (PEM); needed for documents people sign; repeatable",
)
@click.option("--expect-digest", help="sha256:... the file must have, as the log says; for one file")
@click.option("--log-key", help="the verifier key of the log, when you were given it")
@json_option
@click.pass_context
def verify(
    context: click.Context,
    files: tuple[Path, ...],
    roots: tuple[Path, ...],
    time_roots: tuple[Path, ...],
    expect_digest: str | None,
    log_key: str | None,
    as_json: bool,
) -> None:
    """Check sealed records and signed documents. Exits 1 on anything less than perfect, and says what was checked."""
    if expect_digest is not None and (len(files) > 1 or not _DIGEST.fullmatch(expect_digest)):
        raise click.UsageError(
            "--expect-digest 形如 sha256: 加 64 位小写十六进制，只能用于一个文件。"
            "--expect-digest is sha256: and 64 lower-case hexadecimal digits, for one file."
        )
    trusted, trusted_for_time = ([path.read_text(encoding="utf-8") for path in paths] for paths in (roots, time_roots))
    results = []
    for file in files:
        data = file.read_bytes()
        results.append((file, _check(file, data, trusted, trusted_for_time, expect_digest, log_key)))
    if as_json:
        print_json({"files": [{"file": file.name, **result.as_json()} for file, result in results]})
    else:
        for file, result in results:
            _print(file, result)
    context.exit(0 if all(result.ok for _, result in results) else 1)


def _check(
    file: Path,
    data: bytes,
    roots: list[str],
    time_roots: list[str],
    expected: str | None,
    log_key: str | None,
) -> RecordCheck:
    if is_signed_record(data):
        if not time_roots:
            raise click.UsageError(
                f"{file.name} 由多人签名，须用 --trust-time 给出时间戳的信任根。"
                f"{file.name} is signed by people: give the root of the time stamps with --trust-time."
            )
        return check_signed_record(data, roots, time_roots, file_digest=expected)
    if expected is not None and expected != f"sha256:{sha256_hex(data)}":
        sentence = Bilingual("文件的 SHA-256 与给出的不符。", "The file does not have the SHA-256 that was expected.")
        return RecordCheck((failed("file", sentence),))
    return check_record(data, roots, log_key=log_key)


def _print(file: Path, result: RecordCheck) -> None:
    click.echo(f"{'✓ 真实完整 genuine' if result.ok else '■ 不能认定 not genuine'}  {file.name}")
    for check in result.checks:
        mark = {"passed": "✓", "failed": "■", "not_checked": "○"}[check.state.value]
        click.echo(f"  {mark} {check.sentence.zh}\n    {check.sentence.en}")
