import pytest

from haat.payment.banks import registry
from tests.unit.payment.banks.kits import KITS, Kit


@pytest.fixture(params=registry.NAMES)
def kit(request: pytest.FixtureRequest) -> Kit:
    """Return the kit of each bank that is built, in turn."""
    return KITS[request.param]()
