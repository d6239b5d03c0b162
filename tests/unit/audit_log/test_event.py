import pytest

from app.audit.log.event import Event, EventUnreadable, parse_event, read_event
from app.core.canonical import canonical_bytes

EVENT = Event(
    "forecast.submitted",
    "2026-11-16T01:30:01.214Z",
    {"kind": "client", "id": "c-1", "name": "预测系统"},
    {"kind": "order_forecast", "id": "F-202611-000045", "version": 2},
    {"evaluation": "E-202611-000123", "verdict": "flag"},
    "00112233445566778899aabbccddeeff",
)


def test_the_bytes_of_an_event_never_change():
    assert EVENT.leaf_data().decode() == (
        '{"actor":{"id":"c-1","kind":"client","name":"预测系统"},"at":"2026-11-16T01:30:01.214Z",'
        '"body":{"evaluation":"E-202611-000123","verdict":"flag"},"format":"henji-event/1",'
        '"name":"forecast.submitted","salt":"00112233445566778899aabbccddeeff",'
        '"subject":{"id":"F-202611-000045","kind":"order_forecast","version":2}}'
    )


def test_an_event_is_read_back_as_it_was():
    assert read_event(EVENT.as_json()) == EVENT
    assert parse_event(EVENT.leaf_data()) == EVENT
    assert EVENT.digest.startswith("sha256:")


def test_two_equal_events_have_different_salts():
    first = Event("forecast.submitted", EVENT.at, {}, {}, {})
    second = Event("forecast.submitted", EVENT.at, {}, {}, {})
    assert first.salt != second.salt
    assert len(first.salt) == 32


@pytest.mark.parametrize(
    "data",
    [
        b"not json",
        b"\xff\xfe",
        b"[1]",
        EVENT.leaf_data().replace(b'"at":', b'"at": '),
        canonical_bytes({**EVENT.as_json(), "more": 1}),
        canonical_bytes({**EVENT.as_json(), "format": "henji-event/2"}),
        canonical_bytes({**EVENT.as_json(), "at": "yesterday"}),
        canonical_bytes({**EVENT.as_json(), "at": 7}),
        canonical_bytes({**EVENT.as_json(), "at": "2026-11-16T09:30:01.214+08:00"}),
    ],
)
def test_bytes_that_are_not_the_canonical_form_of_an_event_are_refused(data):
    with pytest.raises(EventUnreadable):
        parse_event(data)


def test_a_float_has_no_place_in_an_event():
    with pytest.raises(TypeError, match="float"):
        Event("forecast.submitted", EVENT.at, {}, {}, {"ratio": 0.5}).leaf_data()
