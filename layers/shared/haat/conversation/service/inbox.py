"""The shop's people read what customers wrote, answer, take over from the bot, and teach it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from haat.conversation.model import Conversation, Entry, Manners, Outgoing
from haat.conversation.model.people import Seen
from haat.conversation.ports import Teachings
from haat.conversation.ports.inbox import Inbox, Listed
from haat.conversation.rules import inbox as rules
from haat.conversation.rules import teaching
from haat.conversation.rules.customs import TELLS_TIMES
from haat.conversation.rules.sending import take_turn
from haat.conversation.rules.silence import hush
from haat.kernel.errors import Changed, Conflict, NotFound
from haat.kernel.ids import ConversationId, MerchantId, MessageId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant, later, rfc3339

ATTEMPTS = 5  # of a transaction that a customer's message was faster than

Shown = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxOfShop:
    """What a shop does with its customers' messages."""

    inbox: Inbox
    teachings: Teachings

    def conversations(self, merchant: MerchantId, after: str | None, limit: int, now: Instant) -> Listed[Shown]:
        """One page of them, the latest first."""
        found, next = self.inbox.conversations(merchant, after, limit)
        return [rules.conversation_shown(it, now) for it in found], next

    def conversation(self, merchant: MerchantId, id: ConversationId) -> Conversation:
        """One of the merchant's own. Raises NotFound."""
        found = self.inbox.conversation(merchant, id)
        if found is None:
            raise NotFound("conversation")
        return found

    def messages(
        self, merchant: MerchantId, id: ConversationId, after: str | None, limit: int, now: Instant
    ) -> Listed[Shown]:
        """One page of a conversation's lines, the latest first. Raises NotFound."""
        there = self.conversation(merchant, id)
        found, next = self.inbox.messages(there.id, after, limit)
        seen = how_far(self.inbox, there)
        return [rules.message_shown(line, now, seen) for line in found], next

    def say(
        self, merchant: MerchantId, id: ConversationId, text: str, message: MessageId, by: str, once: Once
    ) -> Answer:
        """A person answers; the bot is then silent for the shop's set time. Raises NotFound, Conflict, Rejected."""

        def step(before: Conversation) -> Answer:
            now = once.at
            rules.fits(before, text)
            ends, agent = rules.person_may_write(before, now)
            pair, may_go = take_turn(before.pair, now)
            outgoing = Outgoing(
                id=message,
                merchant=merchant,
                conversation=before.id,
                customer=before.customer,
                channel=before.channel,
                address=before.address,
                contact=before.contact,
                text=text,
                quotes=None,
                window_ends=ends,
                not_before=may_go if may_go > now else Instant(0),
                decided_at=now,
                by=by,
                agent=agent,
            )
            after = replace(hush(before, later(now, silence_ms)), pair=pair)
            # Without the text: what is remembered of a request must not outlive the message.
            body = {"id": message, "conversation_id": before.id, "at": rfc3339(now), "state": "waiting"}
            return self.inbox.say(before, after, outgoing, once, Answer(status=201, body=body))

        silence_ms = self._manners(merchant).silence_ms
        return self._moving(merchant, id, once, step)

    def take_over(self, merchant: MerchantId, id: ConversationId, minutes: int | None, once: Once) -> Answer:
        """The bot says nothing until it is given back, or for so long. Raises NotFound, Conflict."""
        return self._changed(merchant, id, once, lambda before: rules.take_over(before, minutes, once.at))

    def release(self, merchant: MerchantId, id: ConversationId, once: Once) -> Answer:
        """The bot answers again. Raises NotFound, Conflict."""
        return self._changed(merchant, id, once, rules.release)

    def _changed(
        self, merchant: MerchantId, id: ConversationId, once: Once, rule: Callable[[Conversation], Conversation]
    ) -> Answer:
        def step(before: Conversation) -> Answer:
            after = rule(before)
            body = {"conversation_id": before.id, "bot": rules.bot_shown(after, once.at)}
            return self.inbox.change(before, after, once, Answer(status=200, body=body))

        return self._moving(merchant, id, once, step)

    def _moving(
        self, merchant: MerchantId, id: ConversationId, once: Once, step: Callable[[Conversation], Answer]
    ) -> Answer:
        if (given := self.inbox.given(once)) is not None:
            return given
        for _ in range(ATTEMPTS):
            try:
                return step(self.conversation(merchant, id))
            except Conflict as conflict:
                if conflict.word:
                    raise
        raise Conflict("the conversation kept moving; try again")

    def _manners(self, merchant: MerchantId) -> Manners:
        return self.teachings.read(merchant).manners

    def questions(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Shown]:
        """What the bot could not answer, the latest first."""
        found, next = self.inbox.questions(merchant, after, limit)
        return [rules.question_shown(question) for question in found], next

    def dismiss(self, merchant: MerchantId, id: str) -> None:
        """Take a question off the list. Raises NotFound."""
        if not self.inbox.dismiss(merchant, id):
            raise NotFound("question")

    def teach(self, merchant: MerchantId, id: str, said: Mapping[str, Any], new_id: str, once: Once) -> Answer:
        """Make a question an example of an entry, there already or new, and take it off the list. Raises NotFound, Rejected, Conflict."""
        if (given := self.inbox.given(once)) is not None:
            return given
        question = self.inbox.question(merchant, id)
        if question is None:
            raise NotFound("question")
        for _ in range(ATTEMPTS):
            before = self.teachings.read(merchant)
            entry = self._entry(said, rules.example_of(question, said), new_id, before.entries)
            entry = rules.asked_by(entry, question)
            known = any(other.id == entry.id for other in before.entries)
            after = teaching.change(before, entry) if known and "entry_id" in said else teaching.add(before, entry)
            # Without the example: it is in the customer's words.
            answer = Answer(status=200, body={"entry_id": entry.id}, headers={"etag": f'"{after.version}"'})
            try:
                return self.inbox.teach(merchant, id, after, once, answer)
            except Changed:
                continue
        raise Conflict("too many changes at once; try again")

    def _entry(self, said: Mapping[str, Any], example: str, new_id: str, known: tuple[Entry, ...]) -> Entry:
        if "entry_id" in said:
            entry = next((entry for entry in known if entry.id == said["entry_id"]), None)
            if entry is None:
                raise NotFound("entry")
            return replace(entry, examples=tuple(dict.fromkeys([*entry.examples, example])))
        new = said["entry"]
        return teaching.entry_of(new.get("id", new_id), {"examples": [example], "replies": new["replies"]})


def how_far(inbox: Inbox, there: Conversation) -> Seen:
    """How far a conversation's customer has come, asked for only where the channel tells it by times."""
    return inbox.seen(there) if there.channel in TELLS_TIMES else rules.UNSEEN
