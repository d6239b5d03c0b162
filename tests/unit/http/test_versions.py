"""The version somebody has seen, as HTTP says it."""

import pytest

from app.http.errors import VersionMalformed
from app.http.versions import read_version, version_tag


@pytest.mark.parametrize("header", ['"v3"', 'W/"v3"', "v3", "3", ' "v3"\t'])
def test_a_version_is_read_in_every_form_a_client_may_send(header):
    assert read_version(header) == 3


def test_without_a_header_no_version_is_said():
    assert read_version(None) is None


@pytest.mark.parametrize(
    "header", ["", "*", '"3"', '"v0"', '"v3", "v4"', '"v3', "w/v3", '"v-3"', '"v3.0"', "v1234567890", '"V3"', "v٣"]
)
def test_everything_else_names_no_version(header):
    with pytest.raises(VersionMalformed):
        read_version(header)


def test_a_tag_is_read_as_the_version_it_was_written_for():
    assert read_version(version_tag(12)) == 12
