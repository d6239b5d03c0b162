"""The bytes everything is hashed in."""

import json
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.canonical import canonical_bytes, digest_of, sha256_hex

PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text()
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(VALUES)
def test_the_order_of_keys_makes_no_difference_and_nothing_is_lost(value):
    data = canonical_bytes(value)
    assert json.loads(data) == value
    assert canonical_bytes(json.loads(data)) == data


def test_the_bytes_are_sorted_tight_and_utf_8():
    assert canonical_bytes({"b": [1, (2,)], "a": "痕𬭎\n"}) == '{"a":"痕𬭎\\n","b":[1,[2]]}'.encode()
    assert canonical_bytes(MappingProxyType({"a": MappingProxyType({})})) == b'{"a":{}}'


@pytest.mark.parametrize("number", [1.5, 1.0, -0.0, 1e20, 1e-7, float("nan"), float("inf")])
@pytest.mark.parametrize(
    "wrap", [lambda x: x, lambda x: [1, x], lambda x: {"a": {"b": (x,)}}], ids=["bare", "list", "deep"]
)
def test_a_float_has_no_canonical_form_wherever_it_stands(number, wrap):
    with pytest.raises(TypeError):
        canonical_bytes(wrap(number))


def test_a_string_that_looks_like_a_float_is_a_string():
    assert canonical_bytes({"a": ":1.5,2e9"}) == b'{"a":":1.5,2e9"}'


@pytest.mark.parametrize("value", [Decimal(1), date(2026, 11, 16), b"bytes", {1, 2}, object()])
def test_what_json_does_not_know_has_no_canonical_form(value):
    with pytest.raises(TypeError):
        canonical_bytes([value])


def test_a_digest_names_its_algorithm():
    assert digest_of({}) == "sha256:" + sha256_hex(b"{}")
    assert sha256_hex(b"{}").startswith("44136fa355b3678a")
