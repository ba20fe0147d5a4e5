"""What is learnt when entries are saved, in memory and in DynamoDB: with the entries where that is quick, else later; never an older one."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from haat.aws.table import Put
from haat.conversation.memory import MemoryTeachings
from haat.conversation.memory.inbox import MemoryInbox
from haat.conversation.model import Entry, Manners, Taught
from haat.conversation.ports import Kept, Teachings
from haat.conversation.rules import lessons
from haat.conversation.rules.learning import AT_ONCE, is_of, learn
from haat.conversation.service.learning import Learning
from haat.conversation.store.lines import PART, DynamoTaught
from haat.conversation.store.repair import lost
from haat.kernel.errors import Changed, NotFound
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from tests.contract.conversation.houses import DynamoHouse, House, MemoryHouse
from tests.contract.tables import Tables
from tests.invented import MERCHANT, NOW, OTHER_MERCHANT, message, new

type Wishes = Callable[[], list[tuple[MerchantId, int]]]
PRICE = Entry(id="price", examples=("what is the price", "dam koto", "কত দাম"), replies={"en": "Twenty."})
HOURS = Entry(id="hours", examples=("when are you open", "kab khulta hai"), replies={"en": "Nine to nine."})


def many(count: int) -> Entry:
    """An entry of so many examples."""
    return Entry(
        id="many", examples=tuple(f"question {number} about {number * 7}" for number in range(count)), replies={}
    )


LARGE = many(AT_ONCE + 1)


class Shelf:
    """The teachings of one store, and what is wished of it."""

    def __init__(self, teachings: Teachings, unhurried: Callable[[], Teachings], wishes: Wishes) -> None:
        self.teachings, self.unhurried, self.wishes = teachings, unhurried, wishes

    def save(self, *entries: Entry, teachings: Teachings | None = None) -> Taught:
        """Replace the entries; what is kept then."""
        before = self.teachings.read(MERCHANT)
        after = replace(before, entries=entries, version=before.version + 1)
        (teachings or self.teachings).write(MERCHANT, after)
        return self.teachings.read(MERCHANT)


@pytest.fixture(params=["memory", "dynamodb"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Return an empty one."""
    if request.param == "memory":
        kept = MemoryTeachings()

        def unhurried() -> Teachings:
            kept.at_once = False
            return kept

        return Shelf(kept, unhurried, lambda: kept.wishes)
    tables: Tables = request.getfixturevalue("tables")

    def wishes() -> list[tuple[MerchantId, int]]:
        rows = tables.items("LEARNING#")
        bodies = [json.loads(row["body"]) for row in rows]
        assert all(row["queue"] == "conversation-due" for row in rows)
        assert all((body["fact"], body["v"]) == ("learn", 1) for body in bodies)
        return [(MerchantId(body["merchant"]), body["version"]) for body in bodies]

    table = tables.conversation
    return Shelf(DynamoTaught(table), lambda: DynamoTaught(table, at_once=False), wishes)


def test_few_examples_are_learnt_with_the_entries(shelf: Shelf) -> None:
    """Whoever reads the entries has what was learnt from them, and nothing is wished for."""
    taught = shelf.save(PRICE, HOURS)
    assert taught.learnt == learn((PRICE, HOURS))
    assert shelf.wishes() == []
    assert shelf.teachings.read(OTHER_MERCHANT) == Taught()


def test_so_many_examples_are_still_learnt_at_once(shelf: Shelf) -> None:
    """The limit belongs to what is learnt while people wait."""
    assert is_of(shelf.save(many(AT_ONCE)).learnt, (many(AT_ONCE),))


def test_more_examples_are_learnt_later(shelf: Shelf) -> None:
    """It is wished for with the entries, and done once: the same again changes nothing."""
    taught = shelf.save(PRICE, LARGE)
    assert not lessons.is_learnt(taught)
    assert shelf.wishes() == [(MERCHANT, 1)]
    learning = Learning(shelf.teachings)
    assert learning.learn(MERCHANT, 1) == "learnt"
    assert lessons.is_learnt(shelf.teachings.read(MERCHANT))
    assert shelf.wishes() == []
    assert learning.learn(MERCHANT, 1) == "learnt_before"


def test_where_nobody_waits_everything_is_learnt_later(shelf: Shelf) -> None:
    """An erasure takes an example, and leaves it to another to learn from the rest."""
    shelf.save(PRICE, HOURS)
    taught = shelf.save(PRICE, teachings=shelf.unhurried())
    assert not lessons.is_learnt(taught)
    assert shelf.wishes() == [(MERCHANT, 2)]


def test_lesson_of_an_older_version_is_not_kept_over_a_younger_one(shelf: Shelf) -> None:
    """Who was slow to learn does it in vain; what was learnt from the entries as they are now stays."""
    old = shelf.save(LARGE)
    younger = shelf.save(PRICE)
    with pytest.raises(Changed):
        shelf.teachings.keep_learnt(MERCHANT, old, learn(old.entries), 1)
    assert shelf.teachings.read(MERCHANT) == younger
    assert Learning(shelf.teachings).learn(MERCHANT, 1) == "learnt_before"
    assert shelf.wishes() == []


def test_wish_of_an_older_version_is_done_for_the_entries_as_they_are(shelf: Shelf) -> None:
    """Two changes are two wishes; whichever comes first learns, and the other one has nothing to do."""
    shelf.save(LARGE)
    shelf.save(LARGE, PRICE)
    assert Learning(shelf.teachings).learn(MERCHANT, 2) == "learnt"
    assert Learning(shelf.teachings).learn(MERCHANT, 1) == "learnt_before"
    assert shelf.wishes() == []


def test_manners_leave_what_was_learnt_as_it_is(shelf: Shelf) -> None:
    """Texts and manners are none of what is learnt from, however many examples there are."""
    shelf.save(LARGE)
    Learning(shelf.teachings).learn(MERCHANT, 1)
    before = shelf.teachings.read(MERCHANT)
    later = replace(before, manners=Manners(sureness="eager"), version=before.version + 1)
    shelf.unhurried().write(MERCHANT, later)
    assert shelf.teachings.read(MERCHANT) == later
    assert shelf.wishes() == []


def test_entries_of_a_version_that_did_not_learn_are_learnt_with_the_next_change(shelf: Shelf) -> None:
    """Until then nothing was learnt from them."""
    taught = shelf.save(PRICE, HOURS)
    shelf.teachings.keep_learnt(MERCHANT, taught, b"", 1)
    assert shelf.teachings.read(MERCHANT).learnt == b""
    shelf.teachings.write(MERCHANT, replace(taught, learnt=b"", version=2))
    assert lessons.is_learnt(shelf.teachings.read(MERCHANT))


def test_nothing_is_kept_of_entries_that_are_gone(shelf: Shelf) -> None:
    """A shop without examples has learnt nothing, and wishes for nothing."""
    shelf.save(PRICE)
    assert shelf.save(Entry(id="empty", examples=(), replies={})).learnt == b""
    assert shelf.wishes() == []
    assert Learning(shelf.teachings).learn(MERCHANT, 2) == "learnt_before"


def test_more_than_a_shop_may_have_is_not_learnt(shelf: Shelf) -> None:
    """A version before ours may have kept more: the work would have no end."""
    shelf.save(many(lessons.MOST_EXAMPLES + 1))
    assert shelf.wishes() == []
    assert Learning(shelf.teachings).learn(MERCHANT, 1) == "learnt_before"


def test_lesson_that_needs_several_items_is_read_back_whole(shelf: Shelf) -> None:
    """Entries without number make it long; a shorter one takes its place and nothing of it is left."""
    taught = shelf.save(LARGE)
    long, short = b"long" * PART, b"short" + bytes(PART)
    shelf.teachings.keep_learnt(MERCHANT, taught, long, 1)
    assert shelf.teachings.read(MERCHANT).learnt == long
    shelf.teachings.keep_learnt(MERCHANT, replace(taught, learnt=long), short, 1)
    assert shelf.teachings.read(MERCHANT).learnt == short


def test_parts_of_two_lessons_are_none(tables: Tables) -> None:
    """A reading that is not consistent may find parts of two versions: then the nearest example answers."""
    store = DynamoTaught(tables.conversation)
    store.write(MERCHANT, Taught(version=1, entries=(LARGE,)))
    store.keep_learnt(MERCHANT, store.read(MERCHANT), bytes(2 * PART), 1)
    part = tables.conversation.get(f"TAUGHT#{MERCHANT}", "LEARNT#1")
    assert part is not None
    store.keep_learnt(MERCHANT, replace(store.read(MERCHANT), version=2), bytes(2 * PART), 1)
    assert len(store.read(MERCHANT).learnt) == 2 * PART
    tables.conversation.put(Put(item=part))
    assert store.read(MERCHANT).learnt == b""


def test_wish_that_was_never_published_is_found_until_it_is_done(tables: Tables) -> None:
    """A stream forgets after a day: `make outbox-repair` then publishes it again."""
    store = DynamoTaught(tables.conversation)
    store.write(MERCHANT, Taught(version=1, entries=(LARGE,)))
    (row,) = lost(tables.conversation, NOW)
    assert json.loads(row["body"]) == {"fact": "learn", "v": 1, "merchant": MERCHANT, "version": 1}
    assert Learning(store).learn(MERCHANT, 1) == "learnt"
    assert list(lost(tables.conversation, NOW)) == []


def test_lesson_is_part_of_the_request_that_brings_it(shelf: Shelf) -> None:
    """The same request again gets the same answer and teaches nothing."""
    once, answer = Once(key="k", asked="a", at=NOW), Answer(status=201, body={"id": "price"})
    taught = Taught(version=1, entries=(PRICE,))
    assert shelf.teachings.write_once(MERCHANT, taught, once, answer) == answer
    assert shelf.teachings.write_once(MERCHANT, taught, once, Answer(status=500)) == answer
    assert is_of(shelf.teachings.read(MERCHANT).learnt, (PRICE,))


def teachings_of(house: House) -> Teachings:
    """What the house's inbox writes to."""
    if isinstance(house, MemoryHouse):
        assert isinstance(house.inbox, MemoryInbox)
        return house.inbox.teachings
    assert isinstance(house, DynamoHouse)
    return DynamoTaught(house.tables.conversation)


def test_question_that_becomes_an_example_is_learnt(house: House) -> None:
    """The question goes and the bot has learnt, together; a question that is gone teaches nothing."""
    fact = message("elephants?")
    before = house.conversations.find(house.conversations.channel("whatsapp", fact.address), fact.contact, new())  # type: ignore[arg-type]  # there
    assert house.conversations.keep(Kept(fact=fact, before=before, after=before, listed=(fact.key,)))
    inbox = house.inbox
    ((question,), _) = inbox.questions(MERCHANT, None, 10)
    teachings, once = teachings_of(house), Once(key="k", asked="a", at=NOW)
    taught = Taught(version=1, entries=(PRICE,))
    with pytest.raises(NotFound):
        inbox.teach(MERCHANT, "01KE66PJA0S7PXG2ESPW3X9NHX", taught, once, Answer(status=200))
    assert teachings.read(MERCHANT) == Taught()
    inbox.teach(MERCHANT, question.id, taught, once, Answer(status=200))
    assert is_of(teachings.read(MERCHANT).learnt, (PRICE,))
    assert inbox.questions(MERCHANT, None, 10) == ([], None)
