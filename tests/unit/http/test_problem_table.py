"""The table of docs/errors.md is what the service says of a code."""

from app.http.problem_table import documented_problems, read_problem_table
from app.http.problems import HTTP_PROBLEMS


def test_a_line_of_the_table_is_read():
    text = "# x\n| code | status | zh | en |\n| --- | --- | --- | --- |\n| a.b | 422 | 甲 | A |\n| c.d | - | 乙 | C |\n"
    table = read_problem_table(text)
    assert list(table) == ["a.b", "c.d"]
    assert table["a.b"].as_json() == {
        "type": "/problems/a.b",
        "code": "a.b",
        "status": 422,
        "title": {"zh": "甲", "en": "A"},
    }
    assert table["c.d"].status is None


def test_every_problem_of_the_framework_is_documented_in_the_same_words():
    for status, (code, title) in HTTP_PROBLEMS.items():
        line = documented_problems()[code]
        assert (line.status, line.title) == (status, title)
