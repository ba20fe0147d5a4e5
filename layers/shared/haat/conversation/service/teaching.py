"""Teaching the bot, and trying what it would say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from haat.conversation.model import Conversation, Entry, Match, Shop, Taught
from haat.conversation.ports import Teachings
from haat.conversation.ports.counter import Counter
from haat.conversation.rules import asking, checks, teaching
from haat.conversation.rules.decision import Decision
from haat.conversation.rules.matching import ReplyBook
from haat.conversation.rules.menus import is_sure
from haat.conversation.rules.reply import decide
from haat.conversation.rules.starters import Starter
from haat.facts.conversation import Contact, MessageReceived
from haat.kernel.errors import Changed, Conflict, NotFound
from haat.kernel.ids import ConversationId, CustomerId, Fingerprint, MerchantId, MessageId, ProviderId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant

TOP = 3  # entries that are shown for a text that is tried
TRIES = 4  # two people who teach at once both succeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaching:
    """What shops teach their bots. `shop` joins what was taught with the shop's profile, as the bot itself does; `starter` is a template."""

    teachings: Teachings
    starter: Callable[[str], Starter | None]
    shop: Callable[[MerchantId], tuple[Shop, ReplyBook]]
    counter: Callable[[], Counter]

    def taught(self, merchant: MerchantId) -> Taught:
        """All of it, as it is now."""
        return self.teachings.read(merchant)

    def add(self, merchant: MerchantId, id: str, said: Mapping[str, Any], once: Once) -> Answer:
        """One more entry. Raises Rejected, Conflict."""
        if (given := self.teachings.given(once)) is not None:
            return given
        entry = teaching.entry_of(said.get("id", id), said)
        for _ in range(TRIES):
            after = teaching.add(self.teachings.read(merchant), entry)
            answer = Answer(status=201, body=teaching.entry_shown(entry), headers={"etag": f'"{after.version}"'})
            try:
                return self.teachings.write_once(merchant, after, once, answer)
            except Changed:
                continue
        raise Conflict("too many changes at once; try again")

    def start(self, merchant: MerchantId, trade: str, once: Once) -> Answer:
        """The entries of a template that the shop has not yet. Raises NotFound, Rejected, Conflict."""
        if (given := self.teachings.given(once)) is not None:
            return given
        starter = self.starter(trade)
        if starter is None:
            raise NotFound("template")
        for _ in range(TRIES):
            after, added, left_out = teaching.start_from(self.teachings.read(merchant), starter)
            body = {
                "template": trade,
                "added": [entry.id for entry in added],
                "left_out": [{"example": it.example, "entry": it.entry, "answered_by": it.kept} for it in left_out],
            }
            answer = Answer(status=201, body=body, headers={"etag": f'"{after.version}"'})
            try:
                return self.teachings.write_once(merchant, after, once, answer)
            except Changed:
                continue
        raise Conflict("too many changes at once; try again")

    def check(self, merchant: MerchantId) -> dict[str, Any]:
        """What its people should look at."""
        return checks.checked(self.teachings.read(merchant))

    def change(self, merchant: MerchantId, seen: int, id: str, said: Mapping[str, Any]) -> tuple[Taught, Entry]:
        """One entry replaced. Raises Rejected, NotFound, Changed."""
        entry = teaching.entry_of(id, said)
        return self._write(merchant, seen, lambda before: teaching.change(before, entry)), entry

    def remove(self, merchant: MerchantId, seen: int, id: str) -> None:
        """One entry less. Raises NotFound, Changed."""
        self._write(merchant, seen, lambda before: teaching.remove(before, id))

    def behave(self, merchant: MerchantId, seen: int, said: Mapping[str, Any]) -> Taught:
        """Other texts and manners. Raises Changed."""
        return self._write(merchant, seen, lambda before: teaching.behave(before, said))

    def _write(self, merchant: MerchantId, seen: int, rule: Callable[[Taught], Taught]) -> Taught:
        before = self.teachings.read(merchant)
        after = rule(before)
        if before.version != seen:
            raise Changed("what the shop taught was changed in between")
        self.teachings.write(merchant, after)
        return after

    def attempt(self, merchant: MerchantId, text: str, channel: str, now: Instant) -> dict[str, Any]:
        """What a known customer would be answered now on that channel, and why. Nothing is written or sent.

        The country is taken as open, and the customer as one who has no orders: what the counter says of these is theirs.
        """
        shop, book = self.shop(merchant)
        # As if this customer had been welcomed, and waits for nothing.
        customer, message = _known_customer(merchant, channel, now), _message(text, channel, now)
        shop = replace(shop, manners=replace(shop.manners, burst_ms=0))
        # Words alone, so it is a question for goods or orders: the counter reads, and changes nothing.
        ask = asking.ask_of(customer, message, shop, book, open_country=True, now=now)
        served = self.counter().serve(customer, ask, message.key, now) if ask else None
        decision = decide(customer, message, shop, book, open_country=True, now=now, served=served)
        theirs = ask is not None and ask.kind == "orders" and served is None
        top = book.near(text, TOP) if text.strip() else []
        sure = next((it for it in top[:1] if ask is None and is_sure(it.confidence, shop) and it.entry.replies), None)
        return _tried(decision, top, sure, theirs=theirs)


def _tried(decision: Decision, top: list[Match], sure: Match | None, *, theirs: bool) -> dict[str, Any]:
    said = None if theirs else decision.said
    return {
        "entry": sure.entry.id if sure else None,
        "confidence": sure.confidence if sure else 0,
        "decision": "served" if theirs else decision.reason,
        "nearest_example": top[0].resembles if top else None,
        "reply": said.text if said else None,
        "choices": [choice.title for choice in said.choices] if said else [],
        "top": [{"entry": it.entry.id, "confidence": it.confidence, "example": it.resembles} for it in top],
    }


_NOBODY = Contact(phone="0")


def _known_customer(merchant: MerchantId, channel: str, now: Instant) -> Conversation:
    return Conversation(
        id=ConversationId("0"),
        merchant=merchant,
        customer=CustomerId("0"),
        channel=channel,
        address="0",
        contact=_NOBODY,
        version=1,
        last_customer_at=now,
        introduced=True,
    )


def _message(text: str, channel: str, now: Instant) -> MessageReceived:
    return MessageReceived(
        key=Fingerprint("0"),
        channel=channel,
        address="0",
        occurred_at=now,
        received_at=now,
        id=MessageId("0"),
        provider_id=ProviderId("0"),
        contact=_NOBODY,
        kind="text",
        text=text,
    )
