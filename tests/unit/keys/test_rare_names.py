"""People with rare characters in their names get certificates that every validator here can read."""

import subprocess
import sys

import pytest
from asn1crypto import x509


def _name(common):
    return x509.Name.build({"common_name": common, "country_name": "CN"})


@pytest.mark.parametrize("character", ["𬭎", "𫖯", "鿍", "\ue000"])
def test_a_name_with_a_rare_character_is_compared_by_itself(character):
    import app.keys.certificates  # noqa: F401  # importing it lets such names in

    assert _name(f"孙{character}") == _name(f"孙{character}")
    assert _name(f"孙{character}") != _name("孙")
    assert _name(f"孙{character}") != _name("孙𬭛")
    assert _name(f"孙{character}").hashable != _name("孙𬭛").hashable


def test_ordinary_names_are_compared_as_before():
    import app.keys.certificates  # noqa: F401

    assert _name("Zhang  Wei") == _name("zhang wei")
    assert _name("张伟") != _name("张玮")


def test_without_us_such_a_certificate_is_refused_so_this_is_still_needed():
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "from asn1crypto import x509; x509.Name.build({'common_name': '孙𬭎'}).hashable",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "unassigned code points" in said.stderr
