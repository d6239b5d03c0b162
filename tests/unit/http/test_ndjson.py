"""Bulk data is read a line at a time, and a bad line never hides a good one."""

import io

from hypothesis import given
from hypothesis import strategies as st

from app.http.ndjson import parse_lines


class Drip:
    """A sender that gives a few bytes at a time."""

    def __init__(self, data, step):
        self.data, self.step = io.BytesIO(data), step

    def read(self, size=-1, /):
        return self.data.read(min(size, self.step))


def codes(item):
    return [fault.code for fault in item] if isinstance(item, tuple) else item


def test_good_and_bad_lines_come_in_order():
    data = b'{"a": 1}\n\n{"a": 1.5}\r\n  \nnot json\n{"a": 2}'
    assert [codes(item) for item in parse_lines(io.BytesIO(data))] == [
        {"a": 1},
        ["value.float"],
        ["json.malformed"],
        {"a": 2},
    ]


def test_an_empty_body_has_no_lines():
    assert list(parse_lines(io.BytesIO(b""))) == []
    assert list(parse_lines(io.BytesIO(b"\n\r\n"))) == []


def test_a_line_that_is_too_long_is_dropped_as_it_comes_and_the_next_one_is_read():
    data = b'["' + b"x" * 300_000 + b'"]\n[1]\n["' + b"y" * 200 + b'"]'
    items = list(parse_lines(Drip(data, 1000), most_line_bytes=100))
    assert [codes(item) for item in items] == [["line.too_long"], [1], ["line.too_long"]]


@given(st.lists(st.integers(0, 10**6).map(lambda n: [n]), max_size=30), st.integers(1, 20))
def test_the_size_of_the_pieces_does_not_matter(values, step):
    data = "\n".join(map(str, values)).encode()
    assert list(parse_lines(Drip(data, step))) == values


@given(st.binary(), st.integers(1, 50))
def test_arbitrary_bytes_give_values_or_faults_and_never_raise(data, step):
    for item in parse_lines(Drip(data, step), most_line_bytes=20):
        assert not isinstance(item, float)
