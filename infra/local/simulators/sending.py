"""The way of one send through the simulated platform: faults, limits, the answer, and the statuses after it."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from infra.local.http import Dropped, Refused, Request, Response, TimedOut
from infra.local.simulators import envelope
from infra.local.simulators.faults import Fault
from infra.local.simulators.graph_errors import GraphRefusal, answer, ok
from infra.local.simulators.outbox import Mark
from infra.local.simulators.people import Person, ShopNumber
from infra.local.simulators.sends import Message, Receipt, parse
from infra.local.simulators.wire import Json, escape
from infra.local.simulators.world import RANKS, Held, Line, SeenReceipt, Sent

if TYPE_CHECKING:
    from infra.local.simulators.graph import GraphSimulator

_TYPING = 25.0


class Sending:
    """The part of the simulator that takes `POST /{phone-number-id}/messages`; its lock is held."""

    def __init__(self, simulator: "GraphSimulator") -> None:
        self._sim = simulator

    def handle(self, shop: ShopNumber, request: Request) -> Response:
        """Answer one send, or raise what the network did to it."""
        body = read_json(request)
        receipt = "status" in body
        fault = self._sim.faults.take(shop.phone_number_id, _addressee(body), receipt=receipt)
        if fault is not None and not fault.accepted:
            self._fail(shop, body, fault)
            return self._spoiled(fault)
        try:
            sent = parse(body)
            reply = self._receive(shop, sent) if isinstance(sent, Receipt) else self._accept(shop, sent, fault)
        except GraphRefusal as refusal:
            if not receipt:
                self._record(shop, body, "error", error=refusal.code)
            raise
        return reply if fault is None or fault.kind == "late" else self._spoiled(fault)

    def read(self, shop: ShopNumber, person: Person) -> None:
        """Report "read" for every line of the shop that this person has not seen yet."""
        lines = self._sim.world.chat(shop.phone_number_id, person.key).lines
        for line in list(lines.values()):
            if line.author != "customer" and not line.seen:
                lines[line.wamid] = replace(line, seen=True)
                self._sim.world.revision += 1
                if line.author == "haat" and line.error is None and person.reads == "when opened":
                    self._report(shop, person, lines[line.wamid], "read", self._sim.now())

    def _receive(self, shop: ShopNumber, receipt: Receipt) -> Response:
        """Take a read receipt: every earlier line of the customer counts as read, too."""
        world, now = self._sim.world, self._sim.now()
        for (number, _), chat in world.chats.items():
            line = chat.lines.get(receipt.message_id) if number == shop.phone_number_id else None
            if line is not None and line.author == "customer":
                break
        else:
            raise GraphRefusal(100, "Message ID is invalid.", message="(#100) Invalid parameter")
        for earlier in list(chat.lines.values()):
            if earlier.author == "customer" and RANKS.index(earlier.tick) < RANKS.index("read"):
                chat.lines[earlier.wamid] = replace(earlier, tick="read")
            if earlier.wamid == receipt.message_id:
                break
        chat.typing_until = now + _TYPING if receipt.typing else 0.0
        world.receipts.append(
            SeenReceipt(
                phone_number_id=shop.phone_number_id, message_id=receipt.message_id, typing=receipt.typing, at=now
            )
        )
        world.revision += 1
        return ok({"success": True})

    def _accept(self, shop: ShopNumber, message: Message, fault: Fault | None) -> Response:
        """Hold a message against window and pair limit; take it, and set its statuses going."""
        world, now = self._sim.world, self._sim.now()
        person = self._addressed(shop, message)
        late = fault.code if fault is not None and fault.kind == "late" else None
        if person is None and message.kind == "template":
            late = late or 131026
        # Somebody who is unknown here has never written to any number: a chat of their own, whose window was never open.
        stranger = Person(key=f"?{message.to}", name="", phone=message.to or "0")
        key = person.key if person else stranger.key
        chat = world.chat(shop.phone_number_id, key)
        if message.kind != "template" and not chat.open_at(now):
            if self._sim.window_refusal == "at once":
                raise GraphRefusal(131047)
            late = 131047
        if not chat.take_token(now):
            raise GraphRefusal(131056)
        chat.typing_until = 0.0
        wamid = world.new_wamid(person or stranger, "out")
        line = Line(
            wamid=wamid,
            author="haat",
            kind=message.kind,
            text=message.text,
            at=now,
            tick="accepted",
            quoted=message.quoted,
            to=message.to,
            opaque=message.opaque,
        )
        self._show(shop, key, message, line)
        lost = fault is not None and fault.kind != "late"
        world.sent.append(
            Sent(
                phone_number_id=shop.phone_number_id,
                customer=person.key if person else None,
                kind=message.kind,
                text=message.text,
                quoted=message.quoted,
                to=message.to,
                recipient=message.recipient,
                opaque=message.opaque,
                at=now,
                outcome=fault.kind if lost and fault is not None else "accepted",
                accepted=True,
                answered=not lost,
                wamid=wamid,
            )
        )
        self._statuses(shop, person, line, late)
        contact: Json = {"input": message.given}
        contact |= {"wa_id": message.to} if message.to else {"user_id": message.recipient}
        return ok({"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": wamid}]})

    def _addressed(self, shop: ShopNumber, message: Message) -> Person | None:
        """Find whom a message is for; a user id that this portfolio never saw can't be written to."""
        world = self._sim.world
        if message.to is not None:
            key = world.phones.get(message.to)
        else:
            key = world.user_ids.get((shop.portfolio, message.recipient or ""))
            if key is None:
                raise GraphRefusal(131026)
        return world.people[key] if key is not None else None

    def _show(self, shop: ShopNumber, key: str, message: Message, line: Line) -> None:
        world = self._sim.world
        if message.kind != "reaction" or message.target is None:
            world.write(shop.phone_number_id, key, line)
            return
        lines = world.chat(shop.phone_number_id, key).lines
        if message.target in lines:
            lines[message.target] = replace(lines[message.target], reaction=message.text)
            world.revision += 1

    def _statuses(self, shop: ShopNumber, person: Person | None, line: Line, late: int | None) -> None:
        """Plan what Meta reports about a message that it took."""
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
            self._report(shop, person, line, name, at)

    def _report(
        self, shop: ShopNumber, person: Person | None, line: Line, name: str, at: float, error: int | None = None
    ) -> None:
        world = self._sim.world
        template = line.kind == "template"
        body = envelope.status(
            shop, person, line.wamid, name, at, to=line.to, opaque=line.opaque, template=template, error=error
        )
        key = person.key if person else f"?{line.to}"
        mark = Mark(phone_number_id=shop.phone_number_id, customer=key, wamid=line.wamid, tick=name)
        lines = world.chat(shop.phone_number_id, key).lines
        if error is not None and line.wamid in lines:
            lines[line.wamid] = replace(lines[line.wamid], error=error)
        if self._sim.statuses == "held":
            world.held.append(Held(body=escape(body), mark=mark))
        else:
            world.post(body, self._sim.now(), due_at=at, mark=mark)

    def _fail(self, shop: ShopNumber, body: Json, fault: Fault) -> None:
        error = fault.code if fault.kind == "error" else None
        if "status" not in body:
            self._record(shop, body, fault.kind, error=error, answered=fault.kind in ("error", "broken"))

    def _record(
        self, shop: ShopNumber, body: Json, outcome: str, *, error: int | None = None, answered: bool = True
    ) -> None:
        """Remember an attempt that Meta did not take, as far as its body can be read."""
        world = self._sim.world
        kind = str(body.get("type", "text"))
        content = body.get(kind)
        context = body.get("context")
        to, recipient, opaque = body.get("to"), body.get("recipient"), body.get("biz_opaque_callback_data")
        key = world.phones.get(str(to)) if to else world.user_ids.get((shop.portfolio, str(recipient)))
        world.sent.append(
            Sent(
                phone_number_id=shop.phone_number_id,
                customer=key,
                kind=kind,
                text=str(content.get("body", "")) if isinstance(content, dict) else "",
                quoted=context.get("message_id") if isinstance(context, dict) else None,
                to=to if isinstance(to, str) else None,
                recipient=recipient if isinstance(recipient, str) else None,
                opaque=opaque if isinstance(opaque, str) else None,
                at=self._sim.now(),
                outcome=outcome,
                accepted=False,
                answered=answered,
                error=error,
            )
        )

    def _spoiled(self, fault: Fault) -> Response:
        """Return the bad answer of a fault, or raise what the caller's network feels."""
        match fault.kind:
            case "error":
                return answer(GraphRefusal(fault.code), self._sim.trace(), fault.status)
            case "refused":
                raise Refused("simulated: refused")
            case "timeout":
                raise TimedOut("simulated: no answer in time")
            case "dropped":
                raise Dropped("simulated: closed before the answer")
            case "broken" | "late":
                page = b"<!DOCTYPE html><html><body><h1>Sorry, something went wrong.</h1></body></html>"
                return Response(status=fault.status or 500, headers={"content-type": "text/html"}, body=page)


def read_json(request: Request) -> Json:
    """Return the body's object; like Meta, treat anything else as an empty one."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _addressee(body: Json) -> str | None:
    given = body.get("to") or body.get("recipient")
    return given if isinstance(given, str) else None
