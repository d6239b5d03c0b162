"""JSON that two parsers could read differently is refused, with every place named."""

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.http.errors import JsonMalformed, RequestShape
from app.http.strict_json import MOST_DEPTH, MOST_FAULTS, MOST_INTEGER, parse_items, parse_json


def faults(data: bytes) -> list[tuple[str, str]]:
    with pytest.raises(RequestShape) as caught:
        parse_json(data)
    return [(fault.pointer, fault.code) for fault in caught.value.faults]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"{",
        b"[1,]",
        b"{'a': 1}",
        b'{"a": 1} {}',
        b'"\x01"',
        b"\xff",
        b'"\xed\xa0\x80"',
        b'\xef\xbb\xbf{"a": 1}',
        b"{\x00}",
        b"nul",
        b"01",
        b"+1",
        b".5",
        b"[" * 50_000 + b"x",
    ],
)
def test_what_is_no_json_is_called_malformed_or_too_deep(data):
    with pytest.raises((JsonMalformed, RequestShape)):
        parse_json(data)


def test_a_place_is_named_for_malformed_json():
    with pytest.raises(JsonMalformed) as caught:
        parse_json(b'{"a": 1,\n "b" 2}')
    assert caught.value.status == 400
    assert "line 2, column 6" in caught.value.detail.en


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"a": [0, 1.5]}', [("/a/1", "value.float")]),
        (b"1e3", [("", "value.float")]),
        (b"-0.0", [("", "value.float")]),
        (b'{"a": 1E400}', [("/a", "value.float")]),
        (b'{"a": NaN, "b": [-Infinity]}', [("/a", "value.not_a_number"), ("/b/0", "value.not_a_number")]),
        (b"9007199254740992", [("", "value.integer_range")]),
        (b'{"a": -9007199254740992}', [("/a", "value.integer_range")]),
        (b"[" + b"7" * 5000 + b"]", [("/0", "value.integer_range")]),
        (b'{"a": 1, "b": {"c": 1, "c": 2}, "a": 3}', [("/a", "key.duplicate"), ("/b/c", "key.duplicate")]),
        (b'{"\\u0061": 1, "a": 2}', [("/a", "key.duplicate")]),
        (b'{"a" : 1, "a" : "::"}', [("/a", "key.duplicate")]),
        (b'{"a": ":", "a": 1, "b": "\\u003a\\u003A"}', [("/a", "key.duplicate")]),
        (b'{"a/b~c": 1.5}', [("/a~1b~0c", "value.float")]),
        (b'["\\u0000"]', [("/0", "text.nul")]),
        (b'{"a": "\\ud800"}', [("/a", "text.surrogate")]),
        (b'{"\\udfff": 1}', [("/\\udfff", "text.surrogate")]),
    ],
)
def test_what_has_two_meanings_is_refused_with_its_place(data, expected):
    assert faults(data) == expected


def doubled(value):
    """Write ``value`` by hand; a pair list is an object, so keys may stand twice."""
    if isinstance(value, tuple):
        return "{" + ",".join(f"{json.dumps(name)} : {doubled(member)}" for name, member in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(doubled, value)) + "]"
    return json.dumps(value)


def has_double(value):
    if isinstance(value, tuple):
        names = [name for name, _ in value]
        return len(set(names)) < len(names) or any(has_double(member) for _, member in value)
    return isinstance(value, list) and any(map(has_double, value))


NAMES = st.sampled_from(["a", "b", ":", "a:", '"', "\\", '":', "::"])


@given(
    st.recursive(
        NAMES | st.integers(0, 9),
        lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(NAMES, inner), max_size=4).map(tuple),
        max_leaves=12,
    )
)
def test_a_doubled_key_is_found_wherever_it_hides_and_only_there(value):
    text = doubled(value).encode()
    if has_double(value):
        assert "key.duplicate" in {code for _, code in faults(text)}
    else:
        assert parse_json(text) == json.loads(text)


def test_all_faults_are_named_at_once():
    data = b'{"x": 1.0, "y": [9007199254740993, {"z": NaN, "z": 2}], "w": "\\u0000"}'
    assert faults(data) == [
        ("/x", "value.float"),
        ("/y/0", "value.integer_range"),
        ("/y/1/z", "key.duplicate"),
        ("/w", "text.nul"),
    ]


def test_a_hostile_body_gets_a_bounded_answer():
    assert len(faults(b"[" + b",".join([b"1.5"] * 5000) + b"]")) == MOST_FAULTS


def test_the_deepest_allowed_nesting_is_read_and_one_more_is_refused():
    assert MOST_DEPTH == 32
    assert parse_json(b"[" * MOST_DEPTH + b"]" * MOST_DEPTH) is not None
    assert faults(b"[" * (MOST_DEPTH + 1) + b"]" * (MOST_DEPTH + 1)) == [("/0" * MOST_DEPTH, "json.too_deep")]
    assert faults(b'{"a":' * 900 + b"1" + b"}" * 900)[0][1] == "json.too_deep"


@pytest.mark.parametrize("number", [MOST_INTEGER, -MOST_INTEGER, 0, -0])
def test_every_integer_that_survives_every_system_is_read(number):
    assert parse_json(str(number).encode()) == number


def test_a_long_number_inside_text_is_text():
    assert parse_json(b'{"checksum": "12345678901234567890", "x": " 12345678901234567890"}') == {
        "checksum": "12345678901234567890",
        "x": " 12345678901234567890",
    }


def test_a_paired_surrogate_escape_is_one_letter():
    assert parse_json(b'"\\ud83d\\ude00"') == "\U0001f600"


def plain_json():
    leaves = (
        st.none()
        | st.booleans()
        | st.integers(-MOST_INTEGER, MOST_INTEGER)
        | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
    )
    keys = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=5)
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=20
    )


@given(plain_json(), st.booleans())
def test_what_was_written_is_read_back(value, ascii_only):
    assert parse_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


def holds_float(value):
    if isinstance(value, dict):
        return any(holds_float(member) for member in value.values())
    return isinstance(value, float) or (isinstance(value, list) and any(map(holds_float, value)))


@given(st.binary() | st.text(alphabet='{}[]",:0123456789.eE-+\\u0d8nulatrfsIiNy \n').map(str.encode))
def test_no_bytes_at_all_raise_anything_but_the_documented_errors(data):
    try:
        value = parse_json(data)
    except (JsonMalformed, RequestShape) as error:
        json.dumps([fault.as_json() for fault in error.faults], ensure_ascii=False).encode()
    else:
        assert not holds_float(value)
        assert json.loads(data) == value


def test_the_depth_of_the_stack_does_not_turn_a_refusal_into_a_crash():
    def down(levels):
        return down(levels - 1) if levels else faults(b"[" * 100_000 + b"]" * 100_000)

    assert down(sys.getrecursionlimit() // 2) == [("", "json.too_deep")]


def test_a_bad_member_of_a_list_does_not_hide_the_good_ones():
    first, second, third = parse_items(b'[{"a": 1}, {"a": 1.5, "b": NaN}, {"a": 2}]')
    assert (first, third) == ({"a": 1}, {"a": 2})
    assert [(fault.pointer, fault.code) for fault in second] == [("/a", "value.float"), ("/b", "value.not_a_number")]


@pytest.mark.parametrize("data", [b'{"a": 1}', b'{"a": 1.5}', b"1.5", b"null"])
def test_items_that_are_no_list_are_refused(data):
    with pytest.raises(RequestShape) as caught:
        parse_items(data)
    assert [fault.code for fault in caught.value.faults] == ["value.not_a_list"]
