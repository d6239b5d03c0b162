import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.audit.engine.catalogue import FactSpec, FactType, Scope
from app.audit.engine.condition import All, AnyOf, Compare, Has, parse_condition
from app.audit.engine.reach import unreachable
from app.audit.engine.trace import _trace
from app.core.text import Bilingual

TITLE = Bilingual("甲", "a")
SCOPE = Scope(
    "rows",
    TITLE,
    many=True,
    facts={
        "n": FactSpec("n", FactType.INT, TITLE, nullable=True),
        "m": FactSpec("m", FactType.INT, TITLE),
        "b": FactSpec("b", FactType.BOOL, TITLE, nullable=True),
        "e": FactSpec("e", FactType.ENUM, TITLE, values=dict.fromkeys("xyz", TITLE)),
    },
)

DEAD = [
    (["n > 5", "n > 7"], [1]),
    (["n > 7", "n > 5"], []),
    (["n > 7 && b", "n > 7"], []),
    (["n > 7", "n > 7 && b"], [1]),
    (["n > 7 && n < 8"], [0]),
    (["n > 7 && n < 9"], []),
    (["b && !b"], [0]),
    (['e == "x" && e == "y"'], [0]),
    (['e in ["x", "y"]', 'e == "y"'], [1]),
    (['e != "x"', 'e in ["y", "z"]'], [1]),
    (["n == 3 && n != 3"], [0]),
    (["has(n)", "n > 1"], [1]),
    (["!has(n)", "n > 1"], []),
    (["n > 5 || m > 5", "n > 6"], [1]),
    (["n > 5", "n > 6 || m > 6"], []),
    (["b", "!b"], []),
    (["!has(n)", "!has(n) && b"], [1]),
    (["n > 1 || !has(n)", "n > 1"], [1]),
    (["n >= 3 && n <= 3 && n != 3"], [0]),
]


@pytest.mark.parametrize(("branches", "dead"), DEAD, ids=[" | ".join(row[0]) for row in DEAD])
def test_a_branch_that_can_never_decide_is_found(branches, dead):
    assert list(unreachable([parse_condition(branch) for branch in branches], None, SCOPE)) == dead


def test_what_applies_excludes_makes_a_branch_dead():
    assert unreachable([parse_condition("n < 3")], parse_condition("n >= 3"), SCOPE) == (0,)


leaf = st.one_of(
    st.builds(
        Compare, st.sampled_from(["n", "m"]), st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), st.integers(0, 3)
    ),
    st.builds(Compare, st.just("b"), st.sampled_from(["==", "!="]), st.booleans()),
    st.builds(Compare, st.just("e"), st.sampled_from(["==", "!="]), st.sampled_from("xyz")),
    st.builds(Has, st.sampled_from(["n", "b"]), st.booleans()),
)
conditions = st.recursive(
    leaf,
    lambda p: (
        st.lists(p, min_size=2, max_size=3)
        .map(tuple)
        .flatmap(lambda parts: st.sampled_from([All(parts), AnyOf(parts)]))
    ),
    max_leaves=4,
)
EVERY_ROW = [
    {"n": n, "m": m, "b": b, "e": e}
    for n, m, b, e in itertools.product([None, -1, 0, 1, 2, 3, 4], [-1, 0, 1, 2, 3, 4], [None, True, False], "xyz")
]


@settings(max_examples=60, deadline=None)
@given(st.lists(conditions, min_size=1, max_size=3))
def test_no_row_reaches_a_branch_that_was_called_dead(branches):
    dead = unreachable(branches, None, SCOPE)
    for row in EVERY_ROW if dead else ():
        first = next((place for place, branch in enumerate(branches) if _trace(branch, branch, SCOPE, row).ok), None)
        assert first not in dead
