import pytest

from app.web.addresses import local_address


@pytest.mark.parametrize(
    "elsewhere",
    [
        None,
        "",
        "https://example.org/",
        "//example.org/",
        "/\\example.org",
        "javascript:alert(1)",
        "evaluations",
        "/\texample",
        "/a\nb",
    ],
)
def test_a_reader_is_never_sent_to_another_host(elsewhere):
    assert local_address(elsewhere) == "/"


def test_a_path_with_a_query_is_kept():
    assert local_address("/evaluations?verdict=flag") == "/evaluations?verdict=flag"
