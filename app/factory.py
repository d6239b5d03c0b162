"""create_app: the one place where everything meets."""

from flask import Flask

from app.actions.deps import Deps
from app.api.register import register_api
from app.config import read_settings
from app.http.register import register_http
from app.web.register import register_web
from app.wiring import build_deps


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
    # A server forks after this: no connection may be shared with its workers.
    deps.store.close()
    return app
