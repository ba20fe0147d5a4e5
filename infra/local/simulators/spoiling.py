"""What a fault does to the answer of a call."""

from infra.local.http import Dropped, Refused, Response, TimedOut
from infra.local.simulators.faults import Fault
from infra.local.simulators.graph_errors import GraphRefusal, answer

_PAGE = b"<!DOCTYPE html><html><body><h1>Sorry, something went wrong.</h1></body></html>"


class Slow(Exception):
    """A good answer that must be waited for; the lock is not held meanwhile."""

    def __init__(self, response: Response, seconds: float) -> None:
        super().__init__(f"slow by {seconds:g} s")
        self.response = response
        self.seconds = seconds


def spoiled(fault: Fault, good: Response | None, trace: str, refusal: GraphRefusal | None = None) -> Response:
    """Return the answer of a call that met `fault`, or raise what its caller feels; `good` is there if Meta took it.

    `refusal` is what an error says where it is not the Cloud API that speaks.
    """
    match fault.kind:
        case "error":
            return answer(refusal or GraphRefusal(fault.code), trace, fault.status)
        case "refused":
            raise Refused("simulated: refused")
        case "timeout":
            raise TimedOut("simulated: no answer in time")
        case "dropped":
            raise Dropped("simulated: closed before the answer")
        case "slow" if good is not None:
            raise Slow(good, fault.seconds)
        case "late" if good is not None:
            return good
        case "broken" | "late" | "slow":
            return Response(status=fault.status or 500, headers={"content-type": "text/html"}, body=_PAGE)
