"""What holds for every test."""

import pytest
from hypothesis import HealthCheck, settings

from tests.softhsm import Slots

# A slow machine is no bug of the product: a property may take its time to be drawn.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("house")


@pytest.fixture(scope="session")
def tokens(tmp_path_factory):
    """Real PKCS#11 tokens in software, each with one key, by label.

    All of them are made before the library is loaded: it sees no token that comes later.
    """
    slots = Slots(tmp_path_factory.mktemp("softhsm"))
    made = {label: slots.new(label, "sign") for label in ("li", "wang", "seal", "second-seal")}
    patch = pytest.MonkeyPatch()
    patch.setenv("SOFTHSM2_CONF", str(slots.configuration))
    yield made
    patch.undo()
