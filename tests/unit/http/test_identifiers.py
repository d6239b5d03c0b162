"""Two identifiers that look alike must be alike."""

import pytest

from app.http.identifiers import identifier_fault


@pytest.mark.parametrize("text", ["", "420301123456", "L-20261116-0007", "条件A", "a b", "é", "户-０１"])
def test_visible_text_is_an_identifier(text):
    assert identifier_fault(text, "/sku") is None


@pytest.mark.parametrize(
    "character",
    list(
        "\t\n\x7f\x85\u00ad\u200b\u200d\u200e\u202e\u2028\u2060\u2066\u3164\u115f\ufe0f\ufeff\ue000\U000e0101\u034f\u180e"
    ),
)
def test_a_character_nobody_can_see_is_refused_and_named(character):
    fault = identifier_fault(f"42{character}01", "/lines/3/sku")
    assert (fault.pointer, fault.code) == ("/lines/3/sku", "identifier.hidden_character")
    assert f"U+{ord(character):04X}" in fault.message.zh


def test_an_identifier_in_another_normal_form_is_refused():
    assert identifier_fault("e\u0301", "/sku").code == "identifier.not_normal"


def test_an_endless_identifier_is_refused():
    assert identifier_fault("9" * 200, "/sku") is None
    assert identifier_fault("9" * 201, "/sku").code == "identifier.too_long"
