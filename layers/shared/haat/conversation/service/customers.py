"""What a shop may do about a customer: hear no more of them, give out what is held on them, forget them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from haat.conversation.model import Conversation
from haat.conversation.model.people import Message, Person, Seen
from haat.conversation.ports.inbox import Customers, Elsewhere, Inbox, Listed
from haat.conversation.rules import inbox as rules
from haat.conversation.service.inbox import how_far
from haat.kernel.errors import Conflict, NotFound, Rejected
from haat.kernel.ids import ConversationId, CustomerId, MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant, rfc3339

ATTEMPTS = 5

Lines = Listed[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomersOfShop:
    """A shop's customers. `elsewhere` is what other contexts hold of them."""

    customers: Customers
    inbox: Inbox
    elsewhere: Sequence[Elsewhere] = ()

    def person(self, merchant: MerchantId, customer: CustomerId) -> Person:
        """Raises NotFound."""
        found = self.customers.person(merchant, customer)
        if found is None:
            raise NotFound("customer")
        return found

    def blocked(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[dict[str, Any]]:
        """Who is blocked."""
        found, next = self.customers.blocked(merchant, after, limit)
        return [_blocked_shown(it.customer, it.at) for it in found], next

    def block(self, merchant: MerchantId, customer: CustomerId, once: Once) -> Answer:
        """The bot answers them no more; what they write is kept. Raises NotFound, Conflict."""
        if (given := self.customers.given(once)) is not None:
            return given
        answer = Answer(status=201, body=_blocked_shown(customer, once.at))
        for _ in range(ATTEMPTS):
            try:
                return self.customers.block(self.person(merchant, customer), once, answer)
            except Conflict:
                continue
        raise Conflict("the conversation kept moving; try again")

    def unblock(self, merchant: MerchantId, customer: CustomerId) -> None:
        """It answers them again. The same again changes nothing. Raises NotFound, Conflict."""
        for _ in range(ATTEMPTS):
            try:
                return self.customers.unblock(self.person(merchant, customer))
            except Conflict:
                continue
        raise Conflict("the conversation kept moving; try again")

    def export(self, merchant: MerchantId, customer: CustomerId, after: str | None, limit: int, now: Instant) -> Lines:
        """One page of all that is held on somebody: lines of several kinds, one kind after the other. Raises NotFound, Rejected."""
        person = self.person(merchant, customer)
        parts = list(_parts(person, len(self.elsewhere)))
        kind, id, place = parts[0][0], parts[0][1], ""
        if after is not None:
            kind, id, place = (*after.split(" ", 2), "", "")[:3]
        if (kind, id) not in parts:
            raise Rejected("the cursor is none of ours", word="invalid", fields={"cursor": "is none of ours"})
        while True:
            found, next = self._part(person, kind, id, place or None, limit, now)
            if next is not None:
                return found, f"{kind} {id} {next}"
            at = parts.index((kind, id)) + 1
            following = f"{parts[at][0]} {parts[at][1]} " if at < len(parts) else None
            if found or following is None:
                return found, following
            kind, id, place = *parts[at], ""

    def _part(self, person: Person, kind: str, id: str, after: str | None, limit: int, now: Instant) -> Lines:
        match kind:
            case "person":
                return [_person_held(person, now)], None
            case "message":
                (there,) = (it for it in person.conversations if it.id == id)
                lines, more = self.inbox.messages(there.id, after, limit)
                seen = how_far(self.inbox, there)
                return [_message_held(there.id, line, seen, now) for line in lines], more
            case "question":
                questions, next = self.inbox.asked(ConversationId(id), after, limit)
                return [{"kind": "question", "held": rules.question_shown(it)} for it in questions], next
            case "note":
                notes, next = self.customers.notes(CustomerId(id), after, limit)
                return [{"kind": "note", "held": dict(note)} for note in notes], next
            case _:
                return self.elsewhere[int(id)].held(person.merchant, person.customers, after, limit)


def _parts(person: Person, elsewhere: int) -> Iterator[tuple[str, str]]:
    """What an export consists of, in its order."""
    yield "person", person.customers[0]
    for kind in ("message", "question"):
        yield from ((kind, there.id) for there in person.conversations)
    yield from (("note", customer) for customer in person.customers)
    yield from (("elsewhere", str(number)) for number in range(elsewhere))


def _person_held(person: Person, now: Instant) -> dict[str, Any]:
    return {
        "kind": "person",
        "held": {
            "customer_ids": list(person.customers),
            "blocked_at": rfc3339(person.blocked_at) if person.blocked_at else None,
            "conversations": [_conversation_held(there, now) for there in person.conversations],
        },
    }


def _conversation_held(there: Conversation, now: Instant) -> dict[str, Any]:
    waiting = [part.text for part in there.burst]
    return {**rules.conversation_shown(there, now), "waiting_for_an_answer": waiting}


def _message_held(conversation: str, line: Message, seen: Seen, now: Instant) -> dict[str, Any]:
    more = {"conversation_id": conversation, "channels_id": line.provider_id or None}
    return {"kind": "message", "held": {**rules.message_shown(line, now, seen), **more}}


def _blocked_shown(customer: CustomerId, at: Instant) -> dict[str, Any]:
    return {"customer_id": customer, "blocked_at": rfc3339(at)}
