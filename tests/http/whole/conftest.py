"""One installation with its rules, store, keys and a client, spoken to only through the application."""

from datetime import UTC, datetime

import pytest

from app.actions.machine_clients import create_client
from app.core.actor import command_actor
from app.core.clock import SteppedClock
from app.factory import create_app
from app.office.permission import SCOPES, Permission
from app.wiring import new_installation
from tests.actions.segment_change_office import office_at, road  # noqa: F401  # fixtures

MONDAY = datetime(2026, 11, 16, 1, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    return new_installation(tmp_path_factory.mktemp("home"), SteppedClock(MONDAY))


@pytest.fixture(scope="module")
def app(installation):
    return create_app(installation)


@pytest.fixture(scope="module")
def client(app):
    return app.test_client()


@pytest.fixture(scope="module")
def credential(installation):
    def make(name, *scopes, territories=None):
        return create_client(installation, command_actor(Permission), name, scopes, territories)[1]

    return make


@pytest.fixture(scope="module")
def everything(credential):
    return {"Authorization": f"Bearer {credential('everything', *SCOPES)}"}
