"""create_app: the one place where everything meets."""

import gc
import sys

from flask import Flask

from app.actions.deps import Deps
from app.api.register import register_api
from app.config import read_settings
from app.http.register import register_http
from app.web.register import register_web
from app.wiring import build_deps


def _tune_for_threads() -> None:
    """Make the threads of a worker good neighbours.

    A thread that holds the writer's turn gives up the interpreter at every statement and must not wait five
    milliseconds, Python's default, to get it back each time. And what a process remembers of the office is large and
    lives long: looking through all of it for rubbish every few thousand allocations is time taken from submissions.
    Measured with bench/hook.py: a third more submissions a second.
    """
    sys.setswitchinterval(0.0005)
    gc.set_threshold(50_000, 20, 50)


def create_app(deps: Deps | None = None) -> Flask:
    """Return the application over ``deps``; those of the environment's settings when none are given.

    Raises:
        SchemaOutdated: the database has not been upgraded to this version.
        WeakDurability, RuleFileErrors, KeysUnusable: the service does not start on a guess.
    """
    deps = deps or build_deps(read_settings())
    deps.store.require_current_schema()
    deps.load_keyring()
    app = Flask("henji", static_folder=None, template_folder=None)
    register_http(app, deps)
    register_api(app, deps)
    register_web(app, deps)
    _tune_for_threads()
    # A server forks after this: no connection may be shared with its workers.
    deps.store.close()
    return app
