"""What verification_request has no time for goes back to its queue at once, and is done by the next call."""

import pytest

from infra.local.market import HARDWARE
from infra.local.seed import seed
from infra.local.stage import Stage
from infra.local.verified import WAITING, open_requests
from tests.stack.business.conftest import Api

# Of a batch of five checks; a call may take less than five seconds.
SLOW_S, SLOW_CALLS = 4.5, 11
pytestmark = pytest.mark.on_moto("faults inside functions")


def test_checks_without_time_are_made_by_the_next_call(stage: Stage) -> None:
    """The table is slow in the middle of a batch of checks: the rest is given back, and all of them are made in no more time than the slow calls took."""
    seed(stage)
    with stage.faults.hold("verification_request"):
        open_requests(stage)
        stage.drain()
    begun = stage.clock.now()
    stage.faults.clear()
    with stage.faults.slow("dynamodb", seconds=SLOW_S, times=SLOW_CALLS, function="verification_request"):
        stage.drain()
    assert stage.clock.now() - begun == pytest.approx(SLOW_S * SLOW_CALLS)
    given_back = [call for call in stage.faults.calls if call.operation.startswith("ChangeMessageVisibility")]
    assert {call.function for call in given_back} == {"verification_request"}
    path = f"verification-requests/{WAITING.id}"
    assert Api(stage).json("GET", path, as_=HARDWARE.merchant.id)["state"] == "waiting"
