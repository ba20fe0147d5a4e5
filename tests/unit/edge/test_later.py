"""Routes that are loaded when they are first asked for."""

import pytest

from haat.edge.api.call import Call
from haat.edge.api.later import Later
from haat.edge.api.operations import operations
from haat.kernel.errors import Misconfigured
from haat.kernel.once import Answer

BEHIND = ("/v1/merchants/{merchant_id}/", "/v1/")  # what stands before a resource's name
RESOURCES = {
    next(op.path.removeprefix(start) for start in BEHIND if op.path.startswith(start)).partition("/")[0]: op.id
    for op in operations("merchant_api").values()
}


class Channels:
    """One route, and one method that is none."""

    def list_channels(self, call: Call) -> Answer:
        """As the document names it."""
        raise NotImplementedError(call)

    def _page(self) -> None: ...


def nothing() -> tuple[object, ...]:
    """A part that must not be loaded."""
    raise AssertionError("a part was loaded that nobody had asked for")


def test_part_is_loaded_once_and_alone() -> None:
    """The first request for a resource loads the part that serves it, and no other; the second one finds it loaded."""
    made = []

    def channels() -> tuple[object, ...]:
        made.append(Channels())
        return (made[-1],)

    routes = Later(
        "merchant_api", {channels: ("channels",), nothing: [name for name in RESOURCES if name != "channels"]}
    )
    assert set(routes) == set(operations("merchant_api"))
    assert len(routes) == len(operations("merchant_api"))
    assert not made
    assert routes["list_channels"] == made[0].list_channels
    assert routes["list_channels"] == made[0].list_channels
    assert len(made) == 1


def test_resource_that_nothing_serves_is_found_at_the_start() -> None:
    """A function whose document names a resource that no part serves does not start."""
    with pytest.raises(Misconfigured, match="nothing serves orders"):
        Later("merchant_api", {nothing: [name for name in RESOURCES if name != "orders"]})


def test_operation_of_another_function_is_unknown() -> None:
    """What the function does not serve is not among its routes."""
    routes = Later("merchant_api", {nothing: RESOURCES})
    assert "health" not in routes
    with pytest.raises(KeyError):
        routes["health"]
