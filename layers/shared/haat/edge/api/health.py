"""Routes: does it answer."""

from haat.edge.api.call import Call
from haat.kernel.once import Answer


class HealthRoutes:
    """For whoever watches."""

    def health(self, call: Call) -> Answer:  # noqa: ARG002  # a route takes a call
        """It does. It asks nobody else, so that it says nothing about them."""
        return Answer(status=200, body={"status": "ok"})
