"""henji serve: run the service under gunicorn."""

import os
import sys

import click

from app.cli.session import deps


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=int)
@click.option("--workers", default=2, show_default=True, type=int)
@click.option("--threads", default=4, show_default=True, type=int)
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve pages and API. Refuses to start on weak durability, an old schema, bad rules or missing keys."""
    checked = deps()
    checked.load_keyring()
    checked.evaluator.canary()
    checked.store.close()
    run_server(host, port, workers, threads)


def run_server(host: str, port: int, workers: int, threads: int) -> None:
    """Become gunicorn.

    The application is loaded once, before the fork, so that a killed worker is back in milliseconds; engine handles
    and database connections are made in the workers, after it.
    """
    sys.stdout.flush()
    arguments = [
        sys.executable, "-m", "gunicorn", "wsgi:application", "--chdir", _root(),
        "--bind", f"{host}:{port}", "--workers", str(workers), "--threads", str(threads),
        "--worker-class", "gthread", "--graceful-timeout", "30", "--timeout", "120", "--no-control-socket", "--preload",
    ]  # fmt: skip
    os.execv(sys.executable, arguments)  # noqa: S606  # no shell; our own interpreter


def _root() -> str:
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
