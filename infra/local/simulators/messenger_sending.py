"""The way of one send of a page: faults, the window, and the answer."""

from dataclasses import replace
from typing import TYPE_CHECKING

from infra.local.http import Request, Response
from infra.local.simulators import messenger_errors as errors
from infra.local.simulators.faults import Fault
from infra.local.simulators.graph_errors import GraphRefusal, ok
from infra.local.simulators.messenger_bodies import mid
from infra.local.simulators.messenger_sends import HUMAN_AGENT, Action, PageMessage, read
from infra.local.simulators.people import Page, Person
from infra.local.simulators.sending import read_json
from infra.local.simulators.spoiling import spoiled
from infra.local.simulators.wire import Json
from infra.local.simulators.world import RANKS, WINDOW, Line, SeenReceipt, Sent

if TYPE_CHECKING:
    from infra.local.simulators.graph import GraphSimulator

_TYPING = 20.0
AGENT_WINDOW = 7 * WINDOW


class PageSending:
    """The part of the simulator that takes `POST /{page-id}/messages`; its lock is held."""

    def __init__(self, simulator: "GraphSimulator") -> None:
        self._sim = simulator

    def handle(self, page: Page, request: Request) -> Response:
        """Answer one send, or raise what the network did to it."""
        body = read_json(request)
        action = "sender_action" in body
        fault = self._sim.faults.take(page.page_id, _addressee(body), receipt=action)
        wrong = errors.demanded(fault) if fault is not None and fault.kind == "error" else None
        if fault is not None and not fault.accepted:
            if not action:
                self._record(page, body, fault.kind, fault.code if wrong else None)
            return spoiled(fault, None, self._sim.trace(), wrong)
        try:
            sent = read(body)
            reply = self._act(page, sent) if isinstance(sent, Action) else self._accept(page, sent, fault)
        except GraphRefusal as refused:
            if not action:
                self._record(page, body, "error", refused.code)
            raise
        return reply if fault is None else spoiled(fault, reply, self._sim.trace())

    def _act(self, page: Page, sent: Action) -> Response:
        """Take a sign: where it says "seen", everything that the customer wrote counts as read."""
        world, now = self._sim.world, self._sim.now()
        person = self._addressed(page, sent.recipient, None)
        chat = world.chat(page.page_id, person.key)
        written = [line for line in chat.lines.values() if line.author == "customer"]
        if sent.action == "mark_seen":
            for line in written:
                if RANKS.index(line.tick) < RANKS.index("read"):
                    chat.lines[line.wamid] = replace(line, tick="read")
        chat.typing_until = now + _TYPING if sent.action == "typing_on" else 0.0
        newest = written[-1].wamid if written else ""
        world.receipts.append(
            SeenReceipt(phone_number_id=page.page_id, message_id=newest, typing=sent.action == "typing_on", at=now)
        )
        world.revision += 1
        return ok({"recipient_id": sent.recipient})

    def _accept(self, page: Page, message: PageMessage, fault: Fault | None) -> Response:
        """Hold a message against its window and rates; take it, and let its echo and its watermarks go."""
        world, now = self._sim.world, self._sim.now()
        person = self._addressed(page, message.recipient, message.tag)
        chat = world.chat(page.page_id, person.key)
        if message.quoted is not None and message.quoted not in chat.lines:
            raise errors.refusal(100, words="Param reply_to[mid] is no message of this conversation.")
        if message.attachment_id is not None and not self._has(page, message.attachment_id):
            raise errors.refusal(100, words=f"There is no attachment {message.attachment_id} of this page.")
        if self._sim.rate != "off" and not world.take_turn(page.page_id, page.throughput, now):
            raise errors.refusal(613)
        chat.typing_until = 0.0
        line = Line(
            wamid=mid(world.serial("message")),
            author="haat",
            kind=message.kind,
            text=message.text,
            at=now,
            tick="accepted",
            quoted=message.quoted,
            opaque=message.metadata,
            offers=message.offers,
            picture=(message.attachment_id or "") if message.kind == "image" else "",
        )
        world.write(page.page_id, person.key, line)
        lost = fault is not None and fault.kind not in ("late", "slow")
        world.sent.append(
            Sent(
                phone_number_id=page.page_id,
                customer=person.key,
                kind=message.kind,
                text=message.text,
                quoted=message.quoted,
                to=None,
                recipient=message.recipient,
                opaque=message.metadata,
                at=now,
                outcome=fault.kind if lost and fault is not None else "accepted",
                accepted=True,
                answered=not lost,
                wamid=line.wamid,
                tag=message.tag,
            )
        )
        if fault is None or fault.kind != "late":  # of a message that is lost later Messenger says nothing at all
            self._sim.messenger.reporting.plan(page, person, line, message.content)
        return ok({"recipient_id": message.recipient, "message_id": line.wamid})

    def _has(self, page: Page, attachment: str) -> bool:
        medium = self._sim.media.find(attachment)
        return medium is not None and medium.owner == page.page_id

    def _addressed(self, page: Page, recipient: str, tag: str | None) -> Person:
        """Find whom something is for: somebody who has written to this page, and may be written to now."""
        world, now = self._sim.world, self._sim.now()
        key = world.user_ids.get((page.page_id, recipient))
        if key is None:
            raise errors.refusal(100, errors.NO_SUCH_PERSON)
        if (page.page_id, key) in world.pages.blocked:
            raise errors.refusal(551)
        if (page.page_id, key) in world.pages.owners:
            raise errors.refusal(10, errors.ANOTHER_APP)
        if tag == HUMAN_AGENT and not page.human_agent:
            raise errors.refusal(10)
        if not world.chat(page.page_id, key).open_at(now, AGENT_WINDOW if tag == HUMAN_AGENT else WINDOW):
            raise errors.refusal(10, errors.OUTSIDE_WINDOW)
        return world.people[key]

    def _record(self, page: Page, body: Json, outcome: str, error: int | None) -> None:
        """Note an attempt that Meta did not take, as far as its body can be read."""
        message = body.get("message")
        message = message if isinstance(message, dict) else {}
        reply_to, tag = body.get("reply_to"), body.get("tag")
        text, metadata, recipient = message.get("text"), message.get("metadata"), _addressee(body)
        self._sim.world.sent.append(
            Sent(
                phone_number_id=page.page_id,
                customer=self._sim.world.user_ids.get((page.page_id, recipient or "")),
                kind="text" if "attachment" not in message else "template",
                text=text if isinstance(text, str) else "",
                quoted=reply_to.get("mid") if isinstance(reply_to, dict) else None,
                to=None,
                recipient=recipient,
                opaque=metadata if isinstance(metadata, str) else None,
                at=self._sim.now(),
                outcome=outcome,
                accepted=False,
                answered=outcome in ("error", "broken"),
                error=error,
                tag=tag if isinstance(tag, str) else None,
            )
        )


def _addressee(body: Json) -> str | None:
    """Return whom a body is for, as it was given."""
    recipient = body.get("recipient")
    given = recipient.get("id") if isinstance(recipient, dict) else None
    return given if isinstance(given, str) else None
