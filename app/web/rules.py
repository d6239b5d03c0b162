"""What is asked, why, and since when."""

from collections import defaultdict

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.audit.engine.rule import Rule
from app.core.clock import local_date
from app.core.errors import NotFound
from app.web.pages import clauses, vocabulary, wiring
from app.web.rule_view import applies, branches


def rules() -> ResponseReturnValue:
    """Show every rule in its newest version, by pack."""
    packs: dict[str, list[Rule]] = defaultdict(list)
    for rule in _newest().values():
        packs[rule.pack].append(rule)
    return render_template("rules.html", packs=packs)


def rule(rule_id: str) -> ResponseReturnValue:
    """Show one version of one rule: what it says, what it is held against, and the file it is."""
    versions = sorted((r for r in wiring().library.rules if r.id == rule_id), key=lambda r: r.version)
    wanted = request.args.get("version", type=int)
    found = [r for r in versions if wanted is None or r.version == wanted]
    if not found:
        raise NotFound
    shown = found[-1]
    day = local_date(wiring().clock.now())
    return render_template(
        "rule.html",
        rule=shown,
        versions=versions,
        clauses=[clauses()[c] for c in shown.clauses if c in clauses()],
        words_of_rules=vocabulary(),
        branches=branches(shown, vocabulary(), day),
        applies=applies(shown, vocabulary(), day),
    )


def _newest() -> dict[str, Rule]:
    newest: dict[str, Rule] = {}
    for each in sorted(wiring().library.rules, key=lambda r: (r.id, r.version)):
        newest[each.id] = each
    return newest
