"""Every failure that can reach a client or a person is documented, in the words it is raised with."""

import importlib
import pkgutil

import pytest

import app
from app.core.errors import AppError
from app.http.problem_table import ERRORS_PAGE, documented_problems


def every_error(kind=AppError):
    yield kind
    for inner in kind.__subclasses__():
        yield from every_error(inner)


@pytest.fixture(scope="module")
def errors():
    for module in pkgutil.walk_packages(app.__path__, "app."):
        importlib.import_module(module.name)
    return [kind for kind in every_error() if kind.__module__.startswith("app.")]


def test_every_error_is_documented_with_its_status_and_its_words(errors):
    documented = documented_problems()
    for kind in errors:
        line = documented.get(kind.code)
        assert line is not None, f"{kind.__module__}.{kind.__name__}: {kind.code} is missing in docs/errors.md"
        assert (line.status, line.title) == (kind.status, kind.title), kind.code


def test_a_code_is_documented_once():
    codes = [
        line.split("|")[1].strip() for line in ERRORS_PAGE.read_text("utf-8").splitlines() if line.startswith("| ")
    ]
    assert len(codes) == len(set(codes))


def test_codes_read_noun_dot_problem(errors):
    for code in {kind.code for kind in errors} | set(documented_problems()):
        noun, _, problem = code.partition(".")
        assert noun.replace("_", "").isalpha()
        assert problem.replace("_", "").isalnum()
