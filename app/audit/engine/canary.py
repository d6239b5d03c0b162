"""Known questions with known answers: asked of both judges before anything is judged in earnest."""

import numpy as np

from app.audit.engine.bind import bind
from app.audit.engine.catalogue import FactSpec, FactType, Scope
from app.audit.engine.columns import read_columns
from app.audit.engine.condition import parse_condition
from app.audit.engine.durable import NAME, DurableEngine, EngineFailure, define
from app.audit.engine.twin import TwinRows, compile_twin
from app.audit.fact import FactTable
from app.core.text import Bilingual

TRUSTED = "durable-rules 2.0.28"
"""The only version whose safe subset was measured. Source: design/engine.md, section 1."""

_KINDS = {"甲": Bilingual("甲", "A"), "乙": Bilingual("乙", "B")}
_TITLE = Bilingual("自检", "canary")
_SCOPE = Scope(
    "canary",
    _TITLE,
    many=True,
    facts={
        "cartons": FactSpec("cartons", FactType.INT, _TITLE, nullable=True),
        "share": FactSpec("share", FactType.DECIMAL, _TITLE),
        "late": FactSpec("late", FactType.BOOL, _TITLE),
        "kind_of": FactSpec("kind_of", FactType.ENUM, _TITLE, values=_KINDS),
    },
)
# Rows 0 and 1 are equal on purpose: an engine that drops the second as a duplicate must be found out.
_TABLE = FactTable(
    "canary",
    {
        "cartons": [8, 8, 7, None],
        "share": [200_000, 200_000, 200_001, 199_999],
        "late": [True, True, False, True],
        "kind_of": ["甲", "甲", "乙", "乙"],
    },
)
_QUESTIONS: tuple[tuple[str, list[int]], ...] = (
    ("cartons >= 8", [0, 1]),
    ("cartons < 8", [2]),
    ("cartons != 8", [2]),
    ("has(cartons)", [0, 1, 2]),
    ("!has(cartons)", [3]),
    ("share <= 0.2", [0, 1, 3]),
    ("share > 0.2 || late", [0, 1, 2, 3]),
    ('late && kind_of == "甲"', [0, 1]),
    ('kind_of in ["甲", "乙"] && !late', [2]),
    ('!(kind_of in ["甲"])', [2, 3]),
)


def canary_problem(engine: DurableEngine) -> str | None:
    """Return what is wrong with ``engine`` or the twin; None when every answer is as it must be."""
    if NAME != TRUSTED:
        return f"{NAME} is installed, only {TRUSTED} is trusted"
    conditions = [bind(parse_condition(text), _SCOPE, {}) for text, _ in _QUESTIONS]
    columns = read_columns(_SCOPE, _TABLE, _SCOPE.facts)
    try:
        hits = engine.ask(define("canary", conditions, _SCOPE), columns)
    except EngineFailure as failure:
        return str(failure)
    rows = TwinRows(columns)
    for (text, expected), condition, found in zip(_QUESTIONS, conditions, hits, strict=True):
        for who, mask in ((NAME, found), ("the twin", compile_twin(condition, _SCOPE)(rows))):
            answer = np.flatnonzero(mask).tolist()
            if answer != expected:
                return f"{who} answers {answer} to {text}, not {expected}"
    return None
