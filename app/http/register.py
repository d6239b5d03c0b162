"""Give an application what the web and the API doors share."""

from flask import Flask

from app.actions.deps import Deps
from app.http.current import keep_deps
from app.http.metrics import register_metrics
from app.http.problems import register_problems
from app.http.security import register_security


def register_http(app: Flask, deps: Deps) -> None:
    """Make ``app`` answer failures with problem documents, with security headers and counted requests.

    Call it before the doors are registered.
    """
    keep_deps(app, deps)
    register_security(app)
    register_metrics(app)
    register_problems(app)
