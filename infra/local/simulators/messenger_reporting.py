"""What a page's app hears of messages that the page sent: the echo, then that they were delivered and read.

Neither delivery nor reading fails on Messenger: what never arrives is never spoken of.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from infra.local.simulators import messenger_bodies as bodies
from infra.local.simulators.outbox import Mark
from infra.local.simulators.people import Page, Person
from infra.local.simulators.wire import Json
from infra.local.simulators.world import Line

if TYPE_CHECKING:
    from infra.local.simulators.graph import GraphSimulator


class PageReporting:
    """The part of the simulator that makes echoes and watermarks; its lock is held.

    A watermark is the time of the newest message that it is about, as in Meta's samples.
    """

    def __init__(self, simulator: "GraphSimulator") -> None:
        self._sim = simulator

    def plan(self, page: Page, person: Person, line: Line, content: Json) -> None:
        """Plan what is heard of a message of Haat's; `content` is what its echo repeats."""
        sim = self._sim
        sent, delivered, read = sim.delays
        said = bodies.echo(line.wamid, _quoting(content, line), app_id=sim.messenger.app_id(page), metadata=line.opaque)
        echo = bodies.event(page.page_id, person.id_on(page), line.at, said)
        at = line.at + sent
        self._post(page, person, "message_echoes", echo, [line], "sent", at)
        at += delivered
        arrived = bodies.delivery([line.wamid], line.at)
        self._post(page, person, "message_deliveries", self._event(page, person, at, arrived), [line], "delivered", at)
        if person.reads == "at once":
            lines = sim.world.chat(page.page_id, person.key).lines
            lines[line.wamid] = replace(line, seen=True)
            at += read
            seen = self._event(page, person, at, bodies.read(line.at))
            self._post(page, person, "message_reads", seen, [line], "read", at)

    def read(self, page: Page, person: Person) -> None:
        """Report, once for all, what of the page this person has not seen yet."""
        now, lines = self._sim.now(), self._sim.world.chat(page.page_id, person.key).lines
        unseen = [line for line in lines.values() if line.author != "customer" and not line.seen]
        for line in unseen:
            lines[line.wamid] = replace(line, seen=True)
            self._sim.world.revision += 1
        if unseen and person.reads == "when opened":
            seen = bodies.read(max(line.at for line in unseen))
            ours = [line for line in unseen if line.author == "haat"]
            self._post(page, person, "message_reads", self._event(page, person, now, seen), ours, "read", now)

    def _event(self, page: Page, person: Person, at: float, content: Json) -> Json:
        return bodies.event(person.id_on(page), page.page_id, at, content)

    def _post(
        self, page: Page, person: Person, field: str, event: Json, lines: list[Line], tick: str, at: float
    ) -> None:
        marks = tuple(
            Mark(phone_number_id=page.page_id, customer=person.key, wamid=line.wamid, tick=tick) for line in lines
        )
        self._sim.messenger.post(page, person.key, field, event, what="status", marks=marks, due_at=at)


def _quoting(content: Json, line: Line) -> Json:
    return content | ({"reply_to": {"mid": line.quoted}} if line.quoted else {})
