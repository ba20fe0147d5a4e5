"""What Meta reports about messages that it took: sent, delivered, read, failed, each in a webhook of its own."""

from dataclasses import replace
from typing import TYPE_CHECKING

from infra.local.simulators import envelope
from infra.local.simulators.outbox import Mark
from infra.local.simulators.people import Person, ShopNumber
from infra.local.simulators.wire import escape
from infra.local.simulators.world import Held, Line

if TYPE_CHECKING:
    from infra.local.simulators.graph import GraphSimulator


class Reporting:
    """The part of the simulator that makes statuses; its lock is held."""

    def __init__(self, simulator: "GraphSimulator") -> None:
        self._sim = simulator

    def plan(
        self, shop: ShopNumber, person: Person | None, line: Line, late: int | None, category: str | None = None
    ) -> None:
        """Plan what is reported of a message: its way to the customer, or with `late` its failure."""
        at = self._sim.now()
        if late is not None:
            self._report(shop, person, line, "failed", at + self._sim.delays[0], error=late)
            return
        names = ["sent", "delivered"]
        if person is not None and person.reads == "at once":
            names.append("read")
            lines = self._sim.world.chat(shop.phone_number_id, person.key).lines
            if line.wamid in lines:
                lines[line.wamid] = replace(line, seen=True)
        for name, delay in zip(names, self._sim.delays, strict=False):
            at += delay
            self._report(shop, person, line, name, at, category=category)

    def read(self, shop: ShopNumber, person: Person) -> None:
        """Report "read" for every line of the shop that this person has not seen yet."""
        lines = self._sim.world.chat(shop.phone_number_id, person.key).lines
        for line in list(lines.values()):
            if line.author != "customer" and not line.seen:
                lines[line.wamid] = replace(line, seen=True)
                self._sim.world.revision += 1
                if line.author == "haat" and line.error is None and person.reads == "when opened":
                    self._report(shop, person, lines[line.wamid], "read", self._sim.now())

    def _report(
        self,
        shop: ShopNumber,
        person: Person | None,
        line: Line,
        name: str,
        at: float,
        *,
        category: str | None = None,
        error: int | None = None,
    ) -> None:
        world, number = self._sim.world, shop.phone_number_id
        body = envelope.status(
            shop, person, line.wamid, name, at, to=line.to, opaque=line.opaque, category=category, error=error
        )
        key = person.key if person else f"?{line.to}"
        mark = Mark(phone_number_id=number, customer=key, wamid=line.wamid, tick=name)
        lines = world.chat(number, key).lines
        if error is not None and line.wamid in lines:
            lines[line.wamid] = replace(lines[line.wamid], error=error)
        if self._sim.statuses == "held":
            world.held.append(Held(body=escape(body), mark=mark, number=number))
        else:
            world.post(body, self._sim.now(), due_at=at, mark=mark, number=number, what="status")
