"""The application on ministack: deployed once, emptied for each test."""

import pytest

from infra.conform.deployed import Deployed
from tests.conftest import LAST


@pytest.fixture(scope="session")
def deployed(ministack: Deployed) -> Deployed:
    """Return the stack of template.yaml; it may hold what the test before has left."""
    return ministack


@pytest.fixture
def stage(deployed: Deployed, request: pytest.FixtureRequest) -> Deployed:
    """Return the empty stack, its clock at its first moment, from where it ticks."""
    deployed.reset()
    request.node.stash[LAST] = deployed
    return deployed
