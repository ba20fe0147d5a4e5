"""The inbox's use cases where somebody else is faster, and where another context does not answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, override

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.conversation.memory import MemoryConversations, MemorySends, MemoryTeachings
from haat.conversation.memory.inbox import MemoryCustomers, MemoryErasures, MemoryInbox
from haat.conversation.model import Conversation, Outgoing, Taught
from haat.conversation.ports import Kept
from haat.conversation.ports.inbox import Listed
from haat.conversation.rules import teaching
from haat.conversation.service.customers import CustomersOfShop
from haat.conversation.service.erasing import SETTLED_MS, Erasing
from haat.conversation.service.inbox import ATTEMPTS, InboxOfShop
from haat.conversation.service.taught_holdings import TaughtHoldings
from haat.kernel.errors import Conflict, NotFound, Rejected, Unavailable
from haat.kernel.ids import CustomerId, MerchantId, MessageId
from haat.kernel.once import Answer, Once
from haat.kernel.time import MINUTE, Instant, later
from tests.invented import CHANNEL, MERCHANT, NOW, message, new

LATER = later(NOW, MINUTE)
SAID = MessageId("01KE66PJA0S7PXG2ESPW3X9NHX")


def once(key: str = "one", at: Instant = LATER) -> Once:
    """A request that may come again."""
    return Once(key=key, asked="this", at=at)


@dataclass(slots=True)
class Crossed(MemoryInbox):
    """An inbox in which something happens before each write."""

    between: list[Callable[[], object]] = field(default_factory=list)

    def _cross(self) -> None:
        if self.between:
            self.between.pop(0)()

    @override
    def say(self, before: Conversation, after: Conversation, outgoing: Outgoing, once: Once, answer: Answer) -> Answer:
        self._cross()
        return MemoryInbox.say(self, before, after, outgoing, once, answer)

    @override
    def teach(self, merchant: MerchantId, id: str, taught: Taught, once: Once, answer: Answer) -> Answer:
        self._cross()
        return MemoryInbox.teach(self, merchant, id, taught, once, answer)


class Room:
    """A shop with one customer who has asked something."""

    def __init__(self) -> None:
        self.kept = MemoryConversations()
        self.sends = MemorySends(conversations=self.kept)
        self.teachings = MemoryTeachings()
        self.inbox = Crossed(kept=self.kept, sends=self.sends, teachings=self.teachings)
        self.shop = InboxOfShop(inbox=self.inbox, teachings=self.teachings)
        self.customers = MemoryCustomers(kept=self.kept)
        self.erasures = MemoryErasures(kept=self.kept, sends=self.sends)
        self.writes("elephants?")

    def writes(self, text: str, number: int = 1) -> None:
        """The customer writes something that nobody can answer."""
        fact = message(text, id=f"wamid.{number}", at=later(NOW, number))
        before = self.kept.find(CHANNEL, fact.contact, new())
        after = replace(before, last_customer_at=fact.occurred_at)
        assert self.kept.keep(Kept(fact=fact, before=before, after=after, listed=(fact.key,)))

    @property
    def there(self) -> Conversation:
        """The conversation."""
        (found,) = self.kept.conversations.values()
        return found

    def says(self, text: str = "Yes", **more: Any) -> Answer:
        """A person answers."""
        return self.shop.say(MERCHANT, self.there.id, text, SAID, "token", once(**more))


def test_answer_is_said_though_the_customer_writes_meanwhile() -> None:
    """A message of the customer's between reading and writing makes it read again, and nothing is lost."""
    room = Room()
    room.inbox.between = [lambda: room.writes("hello?", 2)]
    assert room.says().status == 201
    assert [it.text for it in room.kept.outbox] == ["Yes"]
    assert room.there.last_customer_at == later(NOW, 2)
    assert room.there.silent_until > LATER


def test_answer_that_is_always_crossed_is_a_conflict() -> None:
    """After so many attempts the person is asked to try again; nothing was said."""
    room = Room()
    room.inbox.between = [lambda number=number: room.writes("more", number) for number in range(2, 2 + ATTEMPTS)]  # type: ignore[misc]  # numbers
    with pytest.raises(Conflict):
        room.says()
    assert room.kept.outbox == []


def test_answer_takes_its_turn_in_the_pair_limit() -> None:
    """A person's message counts for what the channel takes in a row, and waits where that is used up."""
    room = Room()
    key = next(iter(room.kept.conversations))
    room.kept.conversations[key] = replace(room.there, pair=later(LATER, 10 * MINUTE))
    room.says()
    assert room.kept.outbox[0].not_before > LATER
    assert room.there.pair > later(LATER, 10 * MINUTE)


def test_lesson_in_the_customers_own_words_goes_with_the_customer() -> None:
    """In the shop's words it stays; so does what the shop answers. An export shows it until then."""
    room = Room()
    room.writes("zebras?", 2)
    own, reworded = room.kept.asked
    lesson = {"entry": {"id": "elephants", "replies": {"en": "No."}}}
    room.shop.teach(MERCHANT, own, lesson, "new", once("own"))
    more = {"entry_id": "elephants", "example": "do you sell zebras"}
    room.shop.teach(MERCHANT, reworded, more, "new", once("reworded"))
    (entry,) = room.teachings.read(MERCHANT).entries
    customer = room.there.customer
    assert (entry.examples, entry.askers) == (("elephants?", "do you sell zebras"), {"elephants?": customer})
    held = TaughtHoldings(room.teachings)
    line = {"kind": "example", "held": {"entry_id": "elephants", "example": "elephants?"}}
    assert held.held(MERCHANT, [customer], None, 5) == ([line], None)
    # Edited by the shop it is still the customer's, while it is in their words.
    edited = teaching.entry_of("elephants", {"examples": ["elephants?", "tusks?"], "replies": {"en": "No, sorry."}})
    room.teachings.write(MERCHANT, teaching.change(room.teachings.read(MERCHANT), edited))
    for _ in range(2):
        held.erase(MERCHANT, [customer])
        assert [(it.examples, dict(it.replies), it.askers) for it in room.teachings.read(MERCHANT).entries] == [
            (("tusks?",), {"en": "No, sorry."}, {})
        ]
    assert room.teachings.read(MERCHANT).version == 4
    assert held.held(MERCHANT, [customer], None, 5) == ([], None)


def test_lesson_is_learnt_though_the_shop_teaches_meanwhile() -> None:
    """What somebody else taught in between stays, and the question joins it."""
    room = Room()
    (question,) = room.kept.asked
    room.inbox.between = [lambda: room.teachings.write(MERCHANT, Taught(version=1))]
    lesson = {"entry": {"id": "elephants", "replies": {"en": "No."}}}
    assert room.shop.teach(MERCHANT, question, lesson, "new", once()).body == {"entry_id": "elephants"}
    taught = room.teachings.read(MERCHANT)
    assert (taught.version, taught.entries[0].examples) == (2, ("elephants?",))


def test_new_entry_without_a_name_gets_one() -> None:
    """The shop need not think of one."""
    room = Room()
    (question,) = room.kept.asked
    answer = room.shop.teach(MERCHANT, question, {"entry": {"replies": {"en": "No."}}}, "made-up", once())
    assert answer.body == {"entry_id": "made-up"}
    assert answer.headers == {"etag": '"1"'}


# What other contexts hold


class Books:
    """Another context with things of a customer's."""

    def __init__(self, held: int) -> None:
        self.left, self.down = list(range(held)), 0

    def held(
        self, merchant: MerchantId, customers: Sequence[CustomerId], after: str | None, limit: int
    ) -> Listed[Mapping[str, Any]]:
        """A page of them."""
        start = int(after or 0)
        page = self.left[start : start + limit]
        end = start + limit
        return [{"kind": "book", "held": {"number": number}} for number in page], str(end) if end < len(
            self.left
        ) else None

    def erase(self, merchant: MerchantId, customers: Sequence[CustomerId]) -> None:
        """Forget them, if it answers."""
        if self.down:
            self.down -= 1
            raise Unavailable("books")
        self.left = []


def exported(room: Room, books: Books, limit: int) -> list[Mapping[str, Any]]:
    """An export, page by page."""
    service = CustomersOfShop(customers=room.customers, inbox=room.inbox, elsewhere=(books,))
    lines: list[Mapping[str, Any]] = []
    after: str | None = None
    for _ in range(200):
        page, after = service.export(MERCHANT, room.there.customer, after, limit, LATER)
        assert len(page) <= 2 * limit
        lines += page
        if after is None:
            return lines
        assert page, "no page before the last is empty"
    pytest.fail("the pages do not end")


@given(
    messages=st.integers(min_value=0, max_value=7),
    books=st.integers(min_value=0, max_value=5),
    limit=st.integers(min_value=1, max_value=9),
)
def test_export_is_the_same_whatever_the_size_of_its_pages(messages: int, books: int, limit: int) -> None:
    """Each line of each kind stands in it once, with what other contexts hold."""
    room = Room()
    for number in range(2, messages + 2):
        room.writes(f"line {number}", number)
    lines = exported(room, Books(books), limit)
    kinds = [line["kind"] for line in lines]
    assert {kind: kinds.count(kind) for kind in ("person", "message", "question", "book")} == {
        "person": 1,
        "message": messages + 1,
        "question": messages + 1,
        "book": books,
    }
    assert lines == exported(room, Books(books), 100)


@pytest.mark.parametrize(
    "after", ["", " ", "person", "person x ", "message ", "elsewhere 1 ", "elsewhere -1 ", "note  "]
)
def test_place_that_is_no_part_of_an_export_is_refused(after: str) -> None:
    """A made-up place leads nowhere."""
    room = Room()
    service = CustomersOfShop(customers=room.customers, inbox=room.inbox, elsewhere=(Books(1),))
    with pytest.raises(Rejected):
        service.export(MERCHANT, room.there.customer, after, 10, LATER)


def test_erasure_is_not_done_before_everybody_has_forgotten() -> None:
    """While another context does not answer it goes on; when it does, everything is gone and it is done."""
    room, books = Room(), Books(3)
    books.down = 2
    service = Erasing(erasures=room.erasures, customers=room.customers, elsewhere=(books,))
    customer = room.there.customer
    for _ in range(2):
        with pytest.raises(Unavailable):
            service.erase(MERCHANT, customer, "token", LATER)
    assert not service.erase(MERCHANT, customer, "token", LATER).done_at
    assert books.left == []
    settled = later(LATER, SETTLED_MS)
    assert service.look_again(MERCHANT, customer, 1, settled) == "erased"
    assert service.erase(MERCHANT, customer, "token", settled).done_at == settled
    assert service.look_again(MERCHANT, customer, 1, settled) == "done_before"


def test_erasure_is_not_done_before_the_index_has_settled() -> None:
    """However clean it looks: what was being written at that moment may not be seen yet."""
    room = Room()
    service = Erasing(erasures=room.erasures, customers=room.customers)
    customer = room.there.customer
    for _ in range(3):
        assert not service.erase(MERCHANT, customer, "token", LATER).done_at
    assert service.erase(MERCHANT, customer, "token", later(LATER, SETTLED_MS)).done_at


def test_look_that_found_something_asks_for_the_next() -> None:
    """And a look that comes twice asks once."""
    room = Room()
    service = Erasing(erasures=room.erasures, customers=room.customers)
    customer = room.there.customer
    room.erasures.begin(room.customers.person(MERCHANT, customer) or pytest.fail("nobody"), "token", NOW)
    assert service.look_again(MERCHANT, customer, 1, LATER) == "erasing"
    assert service.look_again(MERCHANT, customer, 1, LATER) == "done_before"
    assert room.erasures.looks == [1, 2]
    assert service.look_again(MERCHANT, customer, 2, LATER) == "erased"


def test_nobody_can_not_be_erased() -> None:
    """An id that leads to nobody is told so, and nothing is recorded."""
    room = Room()
    service = Erasing(erasures=room.erasures, customers=room.customers)
    with pytest.raises(NotFound):
        service.erase(MERCHANT, CustomerId("01KE66PJA0S7PXG2ESPW3X9NHX"), "token", LATER)
    assert room.erasures.records == {}
