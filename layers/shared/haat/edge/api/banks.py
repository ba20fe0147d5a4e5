"""Routes: which banks a shop can have an account at, and what operators have ticked off of each before real money goes by it."""

from collections.abc import Callable
from dataclasses import dataclass

from haat.edge.api.call import Call, page
from haat.kernel.errors import NotFound
from haat.kernel.once import Answer
from haat.payment.service.open_banks import BankBook


@dataclass(frozen=True, slots=True)
class BankRoutes:
    """What a page needs to draw the form by which an account is connected."""

    _banks: BankBook

    def list_banks(self, call: Call) -> Answer:  # noqa: ARG002  # the same for every shop
        """All of them: there are few."""
        return page(self._banks.to_connect(), None)


@dataclass(frozen=True, slots=True)
class ChecklistRoutes:
    """Banks' checklists. Made when it is first asked for: operators' other routes need none of it."""

    _banks: Callable[[], BankBook]

    def list_bank_checklists(self, call: Call) -> Answer:  # noqa: ARG002  # the deployment's own
        """All of them."""
        return page(self._banks().list(), None)

    def tick_bank_item(self, call: Call) -> Answer:
        """One item is there."""
        if call.caller is None or call.caller.operator is None:
            raise NotFound("bank")
        note = call.body.get("note", "").strip()
        by, (provider, item) = call.caller.operator, _named(call)
        return Answer(status=200, body=self._banks().tick(provider, item, by, note, call.now))

    def untick_bank_item(self, call: Call) -> Answer:
        """It is not."""
        self._banks().untick(*_named(call))
        return Answer(status=204)


def _named(call: Call) -> tuple[str, str]:
    return call.path["provider"], call.path["item"]
