"""A whole installation for tests: in this process behind Flask's client, or as the real command on a port."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Caller:
    """Talks to a running service as one machine client."""

    def __init__(self, address: str, credential: str) -> None:
        self.address, self.credential = address, credential

    def call(
        self, method: str, path: str, body: Any = None, key: str | None = None, timeout: float = 60, **headers: str
    ) -> Answer:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body, ensure_ascii=False).encode()
        request = urllib.request.Request(self.address + path, data=data, method=method)
        request.add_header("Authorization", f"Bearer {self.credential}")
        if data is not None:
            request.add_header("Content-Type", headers.pop("content_type", "application/json"))
        if key is not None:
            request.add_header("Idempotency-Key", key)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:
                return Answer(response.status, response.read(), dict(response.headers))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read(), dict(error.headers))


class Installation:
    """A home folder, worked on by the real command."""

    def __init__(self, home: Path, clock: str | None = None, **env: str) -> None:
        self.home = home
        self.env = {**os.environ, "HENJI_HOME": str(home), **env}
        if clock:
            self.env["HENJI_CLOCK"] = clock

    def command(self, *words: str, expect: int | None = 0) -> subprocess.CompletedProcess[str]:
        run = subprocess.run(
            [sys.executable, "-c", "from app.cli.main import main; main()", *words],
            env=self.env, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert expect is None or run.returncode == expect, (words, run.stdout, run.stderr)
        return run

    def set_up(self) -> None:
        self.command("db", "upgrade")
        self.command("keys", "create")

    def new_client(self, name: str, *scopes: str, territories: tuple[str, ...] | None = None) -> str:
        words = ["clients", "create", name, "--json"]
        for scope in scopes:
            words += ["--scope", scope]
        for territory in territories or ():
            words += ["--territory", territory]
        if territories is None:
            words.append("--all-territories")
        return json.loads(self.command(*words).stdout)["credential"]

    @contextmanager
    def serving(self, workers: int = 2, threads: int = 4) -> Iterator[str]:
        """Run ``henji serve`` and yield its address; the process leads a group of its own."""
        port = free_port()
        log = (self.home / "serve.log").open("wb")
        words = ["serve", "--port", str(port), "--workers", str(workers), "--threads", str(threads)]
        process = subprocess.Popen(
            [sys.executable, "-c", "from app.cli.main import main; main()", *words],
            env=self.env, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self.pid = process.pid
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(address + "/livez", process, self.home / "serve.log")
            yield address
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            log.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(errors="replace")[-4000:]
        try:
            with urllib.request.urlopen(url, timeout=2) as response:
                if response.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer: {log.read_text(errors='replace')[-4000:]}")
