"""Put the pages into an application."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, request

from app.actions.deps import Deps
from app.http.current import draw_problems_with
from app.office.permission import Permission
from app.web import (
    about,
    change_words,
    evaluations,
    log,
    numbers,
    people_words,
    rules,
    segment_change_view,
    sessions,
    words,
)
from app.web.access import guarded, reader, use_sign_in
from app.web.account_routes import ACCOUNT_ROUTES
from app.web.addresses import asset
from app.web.change_routes import CHANGE_ROUTES
from app.web.errors import error_page
from app.web.forms import FIELD, form_key, keep_form_cookie
from app.web.headers import finish_page
from app.web.language import choose_language, language, say, use_languages
from app.web.pages import PUBLIC, SIGNED_IN, Route, keep_vocabulary, wiring

_HERE = Path(__file__).parent

ROUTES = (
    Route("/", sessions.home, PUBLIC),
    Route("/sign-in", sessions.sign_in_page, PUBLIC),
    Route("/sign-in", sessions.sign_in_form, PUBLIC, ("POST",)),
    Route("/sign-out", sessions.sign_out_form, PUBLIC, ("POST",)),
    Route("/language/<code>", choose_language, PUBLIC),
    Route("/verify", about.verify, PUBLIC),
    Route("/verify/trust-root.pem", about.trust_root, PUBLIC),
    Route("/verify/time-root.pem", about.time_root, PUBLIC),
    Route("/evaluations", evaluations.evaluations, Permission.READ_EVALUATION),
    Route("/evaluations/<evaluation_id>", evaluations.evaluation, Permission.READ_EVALUATION),
    Route("/evaluations/<evaluation_id>/findings/<rule_id>", evaluations.finding_lines, Permission.READ_EVALUATION),
    Route("/evaluations/<evaluation_id>/record.pdf", evaluations.record, Permission.READ_RECORD),
    Route("/rules", rules.rules, SIGNED_IN),
    Route("/rules/<rule_id>", rules.rule, SIGNED_IN),
    Route("/log", log.log, Permission.READ_LOG),
    Route("/log/checkpoint", log.checkpoint, Permission.READ_LOG),
    Route("/log/proofs/<int:index>", log.proof, Permission.READ_LOG),
    Route("/components", about.components, SIGNED_IN),
    *CHANGE_ROUTES,
    *ACCOUNT_ROUTES,
)
"""Every page, and who may call it."""


def register_web(app: Flask, deps: Deps) -> None:
    """Give ``app`` the pages, in both languages, for people who sign in."""
    keep_vocabulary(app.extensions, deps)
    draw_problems_with(app, error_page)
    use_languages(app)
    use_sign_in(app)
    pages = Blueprint(
        "web",
        __name__,
        template_folder=str(_HERE / "templates"),
        static_folder=str(_HERE / "static"),
        static_url_path="/static",
    )
    for route in ROUTES:
        pages.add_url_rule(route.path, route.view.__name__, guarded(route), methods=route.methods)
    pages.after_app_request(keep_form_cookie)
    pages.after_app_request(finish_page)
    pages.app_context_processor(_words_of_templates)
    app.register_blueprint(pages)
    app.jinja_env.filters.update(
        as_options=lambda values: [(value, value) for value in values],
        day=numbers.day,
        grouped=numbers.grouped,
        minute=numbers.minute,
        moment=numbers.moment,
        printed=numbers.printed,
        say=say,
        short=numbers.short,
        size=numbers.size,
    )
    app.jinja_env.globals.update(
        asset=asset,
        change_view=segment_change_view,
        change_words=change_words,
        form_field=FIELD,
        form_key=form_key,
        language=language,
        people_words=people_words,
        word=words.word,
        words=words,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _words_of_templates() -> dict[str, Any]:
    deps = wiring()
    return {
        "here": request.full_path.rstrip("?"),
        "is_demo": deps.is_demo,
        "elsewhere": deps.oidc,
        "lang": language(),
        "office_name": deps.office_name,
        "reader": reader(),
        "simulated": deps.clock.simulated,
    }
