"""Requests made up from the OpenAPI document: no crash, no answer the document does not describe."""

from contextlib import suppress

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS
from schemathesis.generation import GenerationMode

pytestmark = [
    pytest.mark.slow,
    # The generator and its parts speak of their own futures.
    pytest.mark.filterwarnings("ignore"),
]

ROUNDS = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_one_the_document_describes(app, everything, mode):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    # A request can fit its schema and still name what does not exist, or reuse a key: that is not the schema's matter.
    excluded = [CHECKS.get_one("positive_data_acceptance")]
    # A bulk call is answered 200 with each bad item rejected by itself.
    bulk = [*excluded, CHECKS.get_one("negative_data_rejection")]
    tried = set()
    for result in schema.get_all_operations():
        operation = result.ok()

        @ROUNDS
        @given(operation.as_strategy(generation_mode=mode))
        def answers_as_described(case):
            tried.add((case.method, case.path))
            forgiven = bulk if case.path.startswith("/api/v1/office/") else excluded
            case.call_and_validate(headers=everything, excluded_checks=forgiven)

        # A call that takes nothing cannot be called wrongly.
        with suppress(Unsatisfiable):
            answers_as_described()
    assert len(tried) >= 15
