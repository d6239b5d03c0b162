"""A client may repeat a request as often as it likes: one key, one body, one record, one answer."""

import json
import threading

import pytest

from app.actions.reply import OtherBody, RequestKey, RequestRunning
from app.actions.submit_forecast import submit_forecast
from tests.actions.tiny_office import client, pos_batch


def test_the_same_key_and_body_again_get_the_same_answer_and_record_nothing(office):
    office.on(11, 3)
    payload = office.supply()
    first = office.submit(payload, key="FS-1")
    rows = office.counts()
    office.on(11, 30)  # days later, when the same submission would be blocked
    again = office.submit(payload, key="FS-1")
    assert (first.status, again.status) == (201, 200)
    assert again.body == {**first.body, "replayed": True}
    assert office.counts() == rows


def test_the_same_key_with_another_body_is_refused_and_records_nothing(office):
    office.on(11, 3)
    office.submit(office.supply(), key="FS-1")
    rows = office.counts()
    with pytest.raises(OtherBody):
        office.submit(office.supply(reason="更正"), key="FS-1")
    assert office.counts() == rows


def test_keys_of_two_clients_have_nothing_to_do_with_each_other(office):
    office.on(11, 3)
    payload = office.supply()
    first = office.submit(payload, client("one", "submit"), key="FS-1")
    second = office.submit(payload, client("two", "submit"), key="FS-1")
    assert (first.status, second.status) == (201, 201)
    assert first.evaluation != second.evaluation
    # The second is a second submission of the same forecast, and is told so.
    assert second.rules["WIN-10"] == "block"


def test_a_key_is_kept_for_batches_events_and_extensions_too(office):
    batch = pos_batch()
    first, again = office.receive(batch, key="B-1"), office.receive(batch, key="B-1")
    assert (first.status, again.status, again.body["replayed"]) == (201, 200, True)
    with pytest.raises(OtherBody):
        office.receive({**batch, "line_count": 5}, key="B-1")
    # One key space for all calls of a client: a key never means two things.
    with pytest.raises(OtherBody):
        office.submit(office.supply(), key="B-1")


def test_a_request_that_is_still_running_answers_409_to_its_twin(office):
    office.on(11, 3)
    with office.deps.store.in_flight("forecasting\nFS-1") as mine:
        assert mine
        with pytest.raises(RequestRunning):
            office.submit(office.supply(), key="FS-1")
        # Another key of the same client, and the same key of another client, go on.
        assert office.submit(office.supply(), client("other", "submit"), key="FS-1").status == 201
    assert office.submit(office.supply(), key="FS-1").status == 201


def test_a_failure_keeps_no_key_so_that_a_retry_can_succeed(office, monkeypatch):
    from app.store.audit_log import LogRepository

    office.on(11, 3)
    rows = office.counts()
    with monkeypatch.context() as broken:
        broken.setattr(LogRepository, "append", _fails)
        with pytest.raises(OSError, match="disk"):
            office.submit(office.supply(), key="FS-1")
    assert office.counts() == rows
    assert office.submit(office.supply(), key="FS-1").status == 201


def _fails(*_):
    raise OSError("disk")


def test_sixty_four_at_once_with_one_key_make_exactly_one_record(office):
    office.on(11, 3)
    payload = office.supply()
    before = office.counts()
    key = RequestKey("FS-1", office.key_of(payload).body_digest)
    start, replies, refusals, strange = threading.Barrier(64), [], [], []

    def submit():
        start.wait()
        try:
            replies.append(submit_forecast(office.deps, office.system, payload, key))
        except RequestRunning:
            refusals.append(1)
        except Exception as error:  # noqa: BLE001  # whatever it is, the test must name it
            strange.append(repr(error))

    threads = [threading.Thread(target=submit) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert strange == []
    assert len(replies) + len(refusals) == 64
    assert max(reply.status for reply in replies) == 201
    assert [reply.status for reply in replies].count(201) == 1
    assert len({json.loads(reply.body)["evaluation"] for reply in replies}) == 1
    after = office.counts()
    for table in ("evaluation", "forecast", "forecast_version", "idempotency", "log_entry", "outbox"):
        assert after[table] - before[table] == 1, table
