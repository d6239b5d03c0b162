"""The key of a repeated call: bare or quoted, printable, bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.http.errors import KeyMalformed, KeyMissing
from app.http.idempotency import read_key


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("abc", "abc"),
        ('"abc"', "abc"),
        ('  "abc"\t', "abc"),
        (r'"a\"b\\c"', r'a"b\c'),
        ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
        ("a b", "a b"),
        ("x" * 255, "x" * 255),
    ],
)
def test_bare_and_quoted_keys_are_the_same_key(header, key):
    assert read_key(header) == key


@pytest.mark.parametrize("header", ["", " ", '""', '"abc', '"a"b"', "x" * 256, "é", "a\x01b", '"a\\x"', "键"])
def test_a_key_that_cannot_be_kept_is_refused(header):
    with pytest.raises(KeyMalformed):
        read_key(header)


def test_a_missing_key_is_said_as_such():
    with pytest.raises(KeyMissing):
        read_key(None)


@given(st.text(max_size=300))
def test_any_header_gives_a_printable_key_or_the_documented_refusal(header):
    try:
        key = read_key(header)
    except KeyMalformed:
        return
    assert key.isascii()
    assert key.isprintable()
    assert 1 <= len(key) <= 255
