"""What the shop's people need of their customers' messages, in its own words. `wiring` fills these."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from haat.conversation.model import Conversation, Outgoing, Taught
from haat.conversation.model.people import Blocked, Erasure, Message, Person, Question, Seen
from haat.kernel.ids import ConversationId, CustomerId, MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant

type Listed[T] = tuple[list[T], str | None]  # one page, and where the next begins


class Repeatable(Protocol):
    """What all of them share: requests that may come again."""

    def given(self, once: Once) -> Answer | None:
        """What the same request was answered before. Raises Rejected where its key was used for another."""


class Inbox(Repeatable, Protocol):
    """Conversations as their shop reads them. Every write is conditional on what was read, and happens once."""

    def conversation(self, merchant: MerchantId, id: ConversationId) -> Conversation | None:
        """One of the merchant's own."""

    def conversations(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Conversation]:
        """The days with news first, and of each day what was said last first, within a page."""

    def messages(self, id: ConversationId, after: str | None, limit: int) -> Listed[Message]:
        """The newest first. `limit` counts what was said to the shop or by its people; an answer by the bot comes with its question."""

    def seen(self, there: Conversation) -> Seen:
        """How far the channel says that its customer has come, where it names times and no messages."""

    def questions(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Question]:
        """What the bot could not answer, the newest first."""

    def asked(self, id: ConversationId, after: str | None, limit: int) -> Listed[Question]:
        """What it could not answer in one conversation."""

    def question(self, merchant: MerchantId, id: str) -> Question | None:
        """One of the merchant's own."""

    def dismiss(self, merchant: MerchantId, id: str) -> bool:
        """Take a question off the list. False where there is none."""

    def say(self, before: Conversation, after: Conversation, outgoing: Outgoing, once: Once, answer: Answer) -> Answer:
        """Keep what a person says; the answer of the request that was first. Raises Conflict when the conversation moved."""

    def change(self, before: Conversation, after: Conversation, once: Once, answer: Answer) -> Answer:
        """Write a conversation; the answer of the request that was first. Raises Conflict when it moved."""

    def teach(self, merchant: MerchantId, id: str, taught: Taught, once: Once, answer: Answer) -> Answer:
        """Write what the shop taught and take the question off. Raises Changed when that was changed, NotFound when the question is gone."""


class Customers(Repeatable, Protocol):
    """People who wrote to a merchant."""

    def person(self, merchant: MerchantId, customer: CustomerId) -> Person | None:
        """All that leads to somebody, by any of their ids."""

    def notes(self, customer: CustomerId, after: str | None, limit: int) -> Listed[Mapping[str, Any]]:
        """What the channel told of a customer beside their messages, as it is kept."""

    def blocked(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Blocked]:
        """Who is blocked, by the age of the acquaintance."""

    def block(self, person: Person, once: Once, answer: Answer) -> Answer:
        """The bot answers them no more, wherever they write. Raises Conflict when a conversation moved."""

    def unblock(self, person: Person) -> None:
        """It answers them again. Raises Conflict when a conversation moved."""


class Erasures(Protocol):
    """Forgetting a person. What was begun can be gone on with from anywhere, and the same again changes nothing."""

    def find(self, merchant: MerchantId, customer: CustomerId) -> Erasure | None:
        """What is recorded, by any id of the person."""

    def erasures(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Erasure]:
        """All that are recorded."""

    def begin(self, person: Person, by: str, now: Instant) -> Erasure:
        """Record it, take the person's names and conversations away, and have the rest looked after, together.

        From then on nothing can be added to their conversations. Raises Conflict when somebody was at work there.
        """

    def sweep(self, erasure: Erasure, pages: int, now: Instant) -> tuple[Erasure, bool]:
        """Remove what is found, so many pages at the most -> what is known of it now, and whether nothing was found any more."""

    def go_on(self, erasure: Erasure) -> None:
        """Have it looked at again in a moment. Raises Conflict when somebody else did."""

    def finish(self, erasure: Erasure, now: Instant) -> Erasure:
        """Record that nothing is left."""


class Elsewhere(Protocol):
    """What another context holds of a customer."""

    def held(
        self, merchant: MerchantId, customers: Sequence[CustomerId], after: str | None, limit: int
    ) -> Listed[Mapping[str, Any]]:
        """Some of it, each with its `kind`."""

    def erase(self, merchant: MerchantId, customers: Sequence[CustomerId]) -> None:
        """Forget them; the same again changes nothing. Raises Unavailable."""
