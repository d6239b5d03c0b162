"""A segment change is written as JSON and read again without loss."""

import json
from dataclasses import is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.canonical import canonical_bytes
from app.core.clock import OFFICE_ZONE
from app.office.segment_change import (
    ChangeState,
    Closing,
    Form,
    FormSignature,
    PostReview,
    SegmentChange,
    SigningMethod,
)
from app.office.segment_change_json import ChangeUnreadable, change_as_json, change_digest, change_from_json
from tests.changes import change

SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    int: st.integers(-(2**53), 2**53),
    bool: st.booleans(),
    date: st.dates(),
    datetime: st.datetimes(
        min_value=datetime(2000, 1, 1),  # noqa: DTZ001  # the strategy adds the zone
        max_value=datetime(2100, 1, 1),  # noqa: DTZ001  # the same
        timezones=st.sampled_from([UTC, OFFICE_ZONE]),
    ),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a type of the room."""
    if get_origin(kind) is tuple:
        return st.lists(values(get_args(kind)[0]), max_size=3).map(tuple)
    if get_origin(kind) is UnionType:
        return st.one_of(st.none(), *(values(one) for one in get_args(kind) if one is not NoneType))
    if isinstance(kind, type) and is_dataclass(kind):
        return st.builds(kind, **{name: values(hint) for name, hint in get_type_hints(kind).items()})
    return SCALARS[kind] if kind in SCALARS else st.sampled_from(list(kind))


def signed() -> SegmentChange:
    """A change with every part a change can have."""
    at = datetime(2026, 11, 9, 1, 0, 0, 123456, UTC)
    signature = FormSignature(
        5, "SO", at, SigningMethod.HANDWRITTEN, "sha256:1", "sha256:2", "同意", witness="SO2", scan_digest="sha256:3"
    )
    return change(
        ChangeState.REVIEWED,
        form=Form(2, "sha256:4", "sha256:5", "06", 7, at, (signature,), "sha256:8", at),
        review=PostReview(at, "SO3", fits=True, note="相符"),
        closing=Closing("SO", at, "other", "说明", date(2027, 1, 1)),
        submission=2,
    )


@given(values(SegmentChange))
def test_every_change_comes_back_as_it_was(made: SegmentChange) -> None:
    body = change_as_json(made)
    assert change_from_json(json.loads(canonical_bytes(body))) == made
    assert change_as_json(change_from_json(body)) == body


def test_the_changes_tried_have_every_part() -> None:
    assert change_from_json(change_as_json(signed())) == signed()
    missing = [name for name, value in change_as_json(signed()).items() if value in (None, [])]
    assert missing == []


def test_the_same_moment_told_in_another_zone_has_the_same_digest() -> None:
    elsewhere = timezone(timedelta(hours=-5))
    one = change(applied_at=datetime(2026, 11, 2, 9, 0, tzinfo=OFFICE_ZONE))
    other = change(applied_at=datetime(2026, 11, 1, 20, 0, tzinfo=elsewhere))
    assert change_digest(one) == change_digest(other)
    assert change_digest(one) != change_digest(change(ChangeState.DRAFT))


def test_the_form_in_which_a_change_is_kept_does_not_move() -> None:
    """What is on record was written so: a renamed field needs a reader for the old name."""
    body = change_as_json(signed())
    assert sorted(body) == [
        "application", "applied_at", "approvals", "change_no", "closing", "effected_at", "effective_on", "evidence",
        "favourable", "filing", "form", "form_revisions", "review", "site_checks", "state", "submission",
    ]  # fmt: skip
    assert body["approvals"][1] == {
        "layer": 4,
        "role": "marketing_leader",
        "person_id": "ML",
        "signed_at": "2026-11-06T01:00:00.000000Z",
        "note": "确有经营变化",
        "on_behalf_of": None,
    }
    assert body["evidence"][0]["taken_from"] == {"latitude": 30_592_800, "longitude": 114_305_500}
    assert body["site_checks"][0]["area_m2"] == "96"
    assert body["form"]["signatures"][0]["method"] == "handwritten"
    assert (body["effective_on"], body["state"], body["favourable"]) == ("2026-12-01", "reviewed", True)


def test_what_was_added_to_the_values_later_has_its_default() -> None:
    body = change_as_json(signed())
    del body["form_revisions"], body["form"]["signatures"][0]["opinion"]
    read = change_from_json(body)
    assert read.form_revisions == 0
    assert read.form is not None
    assert read.form.signatures[0].opinion == ""


def _set(body: dict[str, Any], path: str, value: object) -> None:
    *parts, last = path.split("/")
    place: Any = body
    for part in parts:
        place = place[int(part)] if isinstance(place, list) else place[part]
    place[int(last) if isinstance(place, list) else last] = value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("unknown", 1),
        ("change_no", 7),
        ("change_no", None),
        ("state", "lost"),
        ("submission", True),
        ("submission", "2"),
        ("favourable", "yes"),
        ("applied_at", "2026-11-02T09:00:00"),
        ("applied_at", "yesterday"),
        ("effective_on", "2026-13-01"),
        ("evidence", "none"),
        ("evidence/0", "none"),
        ("evidence/0/kind", "rumour"),
        ("site_checks/0/area_m2", "much"),
        ("site_checks/0/area_m2", 96),
        ("approvals/0/role", "king"),
        ("application", None),
        ("application/colour", "red"),
    ],
)
def test_what_is_no_change_is_refused(path: str, value: object) -> None:
    body = change_as_json(signed())
    _set(body, path, value)
    with pytest.raises(ChangeUnreadable):
        change_from_json(body)


@pytest.mark.parametrize("body", [{}, [], None, "change"])
def test_something_else_altogether_is_refused(body: Any) -> None:
    with pytest.raises(ChangeUnreadable) as told:
        change_from_json(body)
    assert told.value.code == "change.unreadable"
