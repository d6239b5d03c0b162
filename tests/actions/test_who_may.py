"""Nothing is granted that is not named: scopes, territories, and what may not be seen does not exist."""

import pytest

from app.actions.determine_forecast import determine_forecast
from app.actions.extend_window import extend_window
from app.actions.import_office import import_office
from app.actions.machine_clients import authenticate_client, create_client
from app.actions.page_evaluations import page_evaluations, show_evaluation
from app.actions.read_evaluation import list_evaluations, read_evaluation, read_facts
from app.actions.read_forecast_state import read_forecast_state
from app.actions.receive_pos_batch import receive_pos_batch
from app.actions.record_cycle_event import record_cycle_event
from app.actions.reopen_forecast import reopen_forecast
from app.actions.seal_record import read_record
from app.actions.show_log import show_log
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.office.permission import SCOPES
from app.store.values import EvaluationFilter
from tests.actions.tiny_office import LI, OFFICER, OPERATOR, WANG, ZHAO, client, pos_batch

NEEDS = {
    "import": "office",
    "batch": "office",
    "submit": "submit",
    "try": "submit",
    "determine": "determine",
    "reopen": "determine",
    "extend": "determine",
    "event": "determine",
    "list": "read",
    "page": "read",
    "log": "read",
}
"""Which scopes grant which act, written by hand."""


def the_acts(office, forecast, actor):
    deps, body = office.deps, {"person_id": OFFICER, "decision": "return", "opinion": "退回"}
    papers, approval = {"stage": "order"}, {"approved_by": "MM1", "reason": "补报"}
    return {
        "import": lambda: import_office(deps, actor, "brands", []),
        "batch": lambda: receive_pos_batch(deps, actor, pos_batch(actor.actor_id), office.key_of({})),
        "submit": lambda: office.submit(office.supply(WANG), actor),
        "try": lambda: office.try_out(office.supply(WANG), actor),
        "determine": lambda: determine_forecast(deps, actor, forecast, body),
        "reopen": lambda: reopen_forecast(deps, actor, forecast, approval),
        "extend": lambda: extend_window(deps, actor, "2026-11", papers, office.key_of(papers)),
        "event": lambda: record_cycle_event(deps, actor, "2026-11", {"event": "on_close"}, office.key_of({})),
        "list": lambda: list_evaluations(deps, actor, EvaluationFilter()),
        "page": lambda: page_evaluations(deps, actor, EvaluationFilter(), None, 10),
        "log": lambda: show_log(deps, actor, None, 10),
    }


@pytest.mark.parametrize("scope", [*SCOPES, None])
def test_each_scope_grants_its_acts_and_no_other(small_office, scope):
    small_office.on(11, 3)
    forecast = small_office.submit(small_office.supply()).forecast
    actor = client(f"only-{scope}", *([scope] if scope else []))
    rows = small_office.counts()
    allowed = set()
    for name, act in the_acts(small_office, forecast, actor).items():
        try:
            act()
            allowed.add(name)
        except Forbidden:
            continue
    assert allowed == {name for name, scopes in NEEDS.items() if scope and scope in scopes.split()}
    if not allowed:
        assert small_office.counts() == rows


def test_a_client_of_one_territory_submits_for_no_other(office):
    office.on(11, 3)
    mine = client("t01", "submit", "read", territories=["T01"])
    rows = office.counts()
    with pytest.raises(Forbidden):
        office.submit(office.supply(WANG), mine)
    assert office.counts() == rows
    assert office.submit(office.supply(LI), mine).status == 201


def test_what_lies_in_another_territory_does_not_exist(office):
    office.on(11, 3)
    answer = office.submit(office.supply(WANG))
    mine = client("t01", *SCOPES, territories=["T01"])
    nobody = client("nobody")
    for actor in (mine, nobody):
        for read in (read_evaluation, read_facts, read_record, show_evaluation):
            with pytest.raises(NotFound) as hidden:
                read(office.deps, actor, answer.evaluation)
            assert hidden.value.detail.en == "Not found."
        with pytest.raises(NotFound):
            read_forecast_state(office.deps, actor, answer.forecast)
    assert list_evaluations(office.deps, mine, EvaluationFilter()).items == ()
    assert page_evaluations(office.deps, mine, EvaluationFilter(), None, 10).rows == ()
    assert (
        read_evaluation(office.deps, client("t02", "read", territories=["T02"]), answer.evaluation)["verdict"] == "pass"
    )


def test_a_filter_cannot_widen_what_is_seen(office):
    office.on(11, 3)
    office.submit(office.supply(WANG))
    mine = client("t01", "read", territories=["T01"])
    wide = EvaluationFilter(territories=None, account_manager=WANG)
    assert list_evaluations(office.deps, mine, wide).items == ()
    assert list_evaluations(office.deps, mine, EvaluationFilter(territories=frozenset({"T02"}))).items == ()
    assert len(list_evaluations(office.deps, office.system, wide).items) == 1


def test_supervision_of_another_territory_determines_nothing(office):
    office.on(11, 3)
    forecast = office.submit(office.supply(WANG)).forecast
    mine = client("t01", "determine", territories=["T01"])
    body = {"person_id": OFFICER, "decision": "accept", "opinion": "同意"}
    with pytest.raises(Forbidden):
        determine_forecast(office.deps, mine, forecast, body)
    with pytest.raises(Forbidden):
        reopen_forecast(office.deps, mine, forecast, {"approved_by": "MM1", "reason": "补报"})
    assert office.forecast(forecast)["state"] == "submitted"


def test_a_client_of_one_territory_cannot_speak_for_the_manager_of_another(office):
    """Otherwise it could open Wang's forecast, and Wang's own first submission would be a second version."""
    office.on(11, 3)
    mine = client("t01", "submit", territories=["T01"])
    for territory in ("T01", None):
        payload = office.supply(WANG, territory_id=territory)
        with pytest.raises(Forbidden):
            office.submit(payload, mine)
        with pytest.raises(Forbidden):
            office.try_out(payload, mine)
    honest = office.submit(office.supply(WANG))
    assert (honest.verdict, honest.body["subject"]["version"]) == ("pass", 1)
    # A cover that is not filed, and a manager nobody knows, are matters of judging.
    assert office.submit(office.supply(ZHAO), mine).rules["WIN-06"] == "block"
    assert office.submit(office.supply(account_manager="P99"), mine).rules["WIN-06"] == "block"


def test_a_credential_is_shown_once_and_kept_only_as_a_hash(office):
    made, credential = create_client(office.deps, OPERATOR, "fs_1", ["submit"], ["T01"])
    actor = authenticate_client(office.deps, credential)
    assert actor is not None
    assert (actor.actor_id, actor.territories) == ("fs_1", {"T01"})
    secret = credential.removeprefix("henji_fs_1_")
    assert secret not in str(made)
    with office.connection() as connection:
        from sqlalchemy import text

        row = connection.execute(text("SELECT * FROM client WHERE client_id = 'fs_1'")).one()
    assert secret not in str(row)
    assert secret not in str(office.log())


def test_nothing_but_the_exact_credential_opens(small_office):
    _, credential = create_client(small_office.deps, OPERATOR, "fs", ["submit"], None)
    _, other = create_client(small_office.deps, OPERATOR, "fs2", ["read"], None)
    wrong = [
        "", "henji", credential[:-1], credential + "x", credential.upper(), credential.replace("fs", "fs2"),
        other.replace("fs2", "fs"), "henji__" + credential[-43:], " " + credential,
        credential.replace("henji", "henjj"),
    ]  # fmt: skip
    assert [authenticate_client(small_office.deps, text) for text in wrong] == [None] * len(wrong)
    assert authenticate_client(small_office.deps, credential) is not None


def test_a_client_is_made_of_a_name_a_known_scope_and_once(small_office):
    for name, scopes in (("a b", ["read"]), ("", ["read"]), ("x" * 64, ["read"]), ("ok", []), ("ok", ["everything"])):
        with pytest.raises(Invalid):
            create_client(small_office.deps, OPERATOR, name, scopes, None)
    create_client(small_office.deps, OPERATOR, "ok", ["read"], None)
    with pytest.raises(Conflict):
        create_client(small_office.deps, OPERATOR, "ok", ["submit"], None)
    with pytest.raises(Forbidden):
        create_client(small_office.deps, small_office.system, "mine", ["read"], None)
    with small_office.deps.store.read() as uow:
        assert [one.client_id for one in uow.clients.list()] == ["ok"]
