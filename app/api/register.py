"""Hang the API door into an application."""

from flask import Flask

from app.actions.deps import Deps
from app.api.cycles import CYCLES
from app.api.document import DOCUMENT, keep_document
from app.api.evaluations import EVALUATIONS
from app.api.evidence import EVIDENCE
from app.api.forecasts import FORECASTS
from app.api.log import LOG
from app.api.office import OFFICE
from app.api.office_items import describe_collections
from app.api.operation import Door
from app.api.pos_batches import POS_BATCHES
from app.api.problems import PROBLEMS
from app.api.segment_changes import SEGMENT_CHANGES
from app.api.spec import make_api
from app.api.system import SYSTEM
from app.http.current import keep_deps

DOORS: tuple[Door, ...] = (
    FORECASTS,
    SEGMENT_CHANGES,
    EVIDENCE,
    EVALUATIONS,
    OFFICE,
    POS_BATCHES,
    CYCLES,
    LOG,
    SYSTEM,
    PROBLEMS,
    DOCUMENT,
)


def register_api(app: Flask, deps: Deps) -> None:
    """Register every operation, working with ``deps``, and the document that describes them.

    ``register_http`` comes first.
    """
    keep_deps(app, deps)
    api = make_api(app)
    describe_collections(api.spec)
    for door in DOORS:
        api.register_blueprint(door.blueprint)
    keep_document(app, api.spec)
