"""A small installation that is worked on only by the command, and files to give it.

Most words run through the entry point in this process, as a new interpreter for each would take minutes; what a process
of its own adds is asked in test_process.py.
"""

import contextlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

from app.cli import session
from app.cli.main import main
from app.core.clock import SteppedClock
from app.wiring import new_installation
from tests.actions.conftest import AT
from tests.actions.tiny_office import Office
from tests.service import Installation

CLOCK = "2026-11-16T09:00:00+08:00"


class Machine(Installation):
    """An installation, with the few words the tests need."""

    def command(self, *words: str, expect: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Type ``henji WORDS``."""
        out, err = io.StringIO(), io.StringIO()
        session.deps.cache_clear()
        with (
            mock.patch.dict(os.environ, self.env, clear=True),
            mock.patch.object(sys, "argv", ["henji", *words]),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            pytest.raises(SystemExit) as ended,
        ):
            main()
        if session.deps.cache_info().currsize:
            session.deps().store.close()
        status = ended.value.code or 0
        assert expect is None or status == expect, (words, out.getvalue(), err.getvalue())
        return subprocess.CompletedProcess(words, status, out.getvalue(), err.getvalue())

    def process(self, *words: str, expect: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Type it in a process of its own."""
        return super().command(*words, expect=expect)

    def json(self, *words: str, expect: int = 0):
        run = self.command(*words, "--json", expect=expect)
        return json.loads(run.stdout)

    def file(self, name: str, content) -> str:
        """Write a file beside the home and return its path."""
        path = self.home.parent / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
            path.write_text(text, encoding="utf-8")
        return str(path)

    def sql(self, *statements: str) -> None:
        """Go around the program."""
        connection = sqlite3.connect(self.home / "henji.db")
        connection.executescript(";\n".join(statements) + ";")
        connection.close()

    def without_triggers(self) -> None:
        connection = sqlite3.connect(self.home / "henji.db")
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        connection.close()
        self.sql(*(f"DROP TRIGGER {name}" for name in names))


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Path:
    """The home of an installation with the tiny office, to be copied. Made in this process: it is only the ground."""
    home = tmp_path_factory.mktemp("made") / "home"
    clock = SteppedClock(AT)
    deps = new_installation(home, clock)
    Office(deps, clock).deliver_everything()
    deps.store.close()
    return home


@pytest.fixture
def machine(made: Path, tmp_path: Path) -> Machine:
    """An installation of its own, on 16 November 2026."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    shutil.copytree(made / "keys", home / "keys")
    source, copy = sqlite3.connect(made / "henji.db"), sqlite3.connect(home / "henji.db")
    source.backup(copy)
    source.close()
    copy.close()
    return Machine(home, CLOCK)


@pytest.fixture
def bare(tmp_path: Path) -> Machine:
    """Nothing but an empty folder."""
    return Machine(tmp_path / "home", CLOCK)
