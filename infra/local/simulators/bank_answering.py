"""How calls of the bank's API are answered: in the caller's format, and spoiled by what is switched on."""

from dataclasses import replace
from typing import TYPE_CHECKING

from infra.local.http import Request, Response, TimedOut
from infra.local.simulators.bank_formats import addressed
from infra.local.simulators.bank_wire import BankRefusal, Format
from infra.local.simulators.bank_world import Provider

if TYPE_CHECKING:
    from infra.local.simulators.bank import BankSimulator


class Answering:
    """The part of the bank that is called; its lock is held."""

    def __init__(self, bank: "BankSimulator", formats: dict[Provider, Format]) -> None:
        self._bank, self._formats = bank, formats

    def handle(self, request: Request) -> Response:
        """Answer one call; raise TimedOut where a fault lets no answer come back."""
        provider, path = addressed(request.path) or ("simbank", request.path)
        format, request = self._formats[provider], replace(request, path=path)
        fault = self._bank.faults.of_call(format.edge(request), provider)
        if fault is not None and fault.kind == "unanswered":
            raise TimedOut("simulated: the bank did not answer")
        if fault is not None and fault.kind == "broken":
            return Response(status=500, headers={"content-type": "text/html"}, body=b"<h1>Internal Server Error</h1>")
        try:
            response = format.handle(format.caller(self._bank.world, request), request)
        except BankRefusal as refusal:
            response = refusal.response
        if fault is not None:
            raise TimedOut("simulated: the bank's answer was lost")
        return response
