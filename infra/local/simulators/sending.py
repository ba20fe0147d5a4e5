"""The way of one send through the simulated platform: faults, limits, and the answer."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from infra.local.http import Request, Response
from infra.local.simulators.attempts import addressee, record
from infra.local.simulators.contents import media_ids
from infra.local.simulators.faults import Fault
from infra.local.simulators.graph_errors import GraphRefusal, ok
from infra.local.simulators.interactive import offers_of
from infra.local.simulators.people import Person, ShopNumber
from infra.local.simulators.sends import Message, Receipt, parse
from infra.local.simulators.shapes import too_much
from infra.local.simulators.spoiling import spoiled
from infra.local.simulators.templates import hydrated
from infra.local.simulators.wire import Json
from infra.local.simulators.world import RANKS, Line, SeenReceipt, Sent

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
        fault = self._sim.faults.take(shop.phone_number_id, addressee(body), receipt=receipt)
        if fault is not None and not fault.accepted:
            if not receipt:
                self._record(shop, body, fault.kind, fault.code if fault.kind == "error" else None)
            return spoiled(fault, None, self._sim.trace())
        try:
            sent = parse(body)
            reply = self._receive(shop, sent) if isinstance(sent, Receipt) else self._accept(shop, sent, fault)
        except GraphRefusal as refusal:
            if not receipt:
                self._record(shop, body, "error", refusal.code)
            raise
        return reply if fault is None else spoiled(fault, reply, self._sim.trace())

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
        """Hold a message against what it refers to, window and rates; take it, and set its statuses going."""
        world, now = self._sim.world, self._sim.now()
        category, message = self._refers(shop, message)
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
        if self._sim.rate != "off" and not world.take_turn(shop.phone_number_id, shop.throughput, now):
            raise GraphRefusal(130429)
        if not chat.take_token(now):
            raise GraphRefusal(131056)
        if message.kind == "interactive" and isinstance(message.content, dict):
            reference = message.content["action"].get("parameters", {}).get("reference_id")
            world.references |= {(shop.portfolio, reference)} if reference else set()
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
            offers=offers_of(message.content) if message.kind == "interactive" else (),
            picture=_picture(message),
        )
        self._show(shop, key, message, line)
        lost = fault is not None and fault.kind not in ("late", "slow")
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
        self._sim.reporting.plan(shop, person, line, late, category)
        contact: Json = {"input": message.given}
        contact |= {"wa_id": message.to} if message.to else {"user_id": message.recipient}
        return ok({"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": wamid}]})

    def _refers(self, shop: ShopNumber, message: Message) -> tuple[str | None, Message]:
        """Look up the files, the template and the order that a message names; return the template's category, and its words."""
        content: Any = message.content
        for media_id in media_ids({message.kind: content}):
            if self._sim.media.find(media_id) is None:
                raise GraphRefusal(100, f"There is no media {media_id} of this account.")
        if message.kind == "template":
            template = self._sim.templates.fit(shop.waba_id, content)
            return template.category.lower(), replace(message, text=hydrated(template, content))
        if message.kind == "interactive" and content["type"] in ("order_details", "order_status"):
            reference = (shop.portfolio, content["action"]["parameters"]["reference_id"])
            known = reference in self._sim.world.references
            if known == (content["type"] == "order_details"):
                raise too_much(f"reference_id {reference[1]} {'was used before' if known else 'names no order'}")
        return None, message

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

    def _record(self, shop: ShopNumber, body: Json, outcome: str, error: int | None) -> None:
        record(self._sim.world, shop, body, self._sim.now(), outcome, error=error)


def _picture(message: Message) -> str:
    """The id of the file that a photo shows; one that lies elsewhere is not fetched."""
    content = message.content
    return str(content.get("id") or "") if message.kind == "image" and isinstance(content, dict) else ""


def read_json(request: Request) -> Json:
    """Return the body's object; like Meta, treat anything else as an empty one."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
