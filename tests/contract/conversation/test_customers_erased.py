"""What the port Erasures promises, in memory and in DynamoDB."""

from dataclasses import replace

import pytest

from haat.conversation.model import Conversation
from haat.conversation.model.people import Erasure
from haat.conversation.ports import Kept
from haat.conversation.store.repair import lost
from haat.facts.conversation import Contact
from haat.facts.payments import CustomerForgotten, load
from haat.facts.said import Bill
from haat.kernel.errors import Conflict
from haat.kernel.ids import CustomerId, ProviderId
from haat.kernel.time import HOUR, MINUTE, SECOND, Instant, later
from tests.contract.conversation.houses import DynamoHouse, House
from tests.contract.conversation.people import DONE, NEW_NUMBER, OLDER, YOUNGER, noted, once, person
from tests.invented import (
    ANITA,
    ANITAS_ID,
    ANITAS_PHONE,
    BIMAL,
    CHANNEL,
    MERCHANT,
    NOW,
    OTHER_CHANNEL,
    OTHER_MERCHANT,
    PHONE,
    SECOND_CHANNEL,
    USER,
    altered,
    echo,
    key_of,
    message,
    new,
    outgoing,
    renamed,
    status,
)

ERASED_AT = later(NOW, HOUR)
AFTERWARDS = later(ERASED_AT, MINUTE)


def erase(house: House, customer: CustomerId, at: Instant = ERASED_AT) -> Erasure:
    """Forget somebody, to the end."""
    erasure = house.erasures.begin(person(house, customer), "token", at)
    looks = [house.erasures.sweep(erasure, 10, at) for _ in range(9)]
    erasure, clean = looks[-1]
    assert clean
    return house.erasures.finish(erasure, later(at, MINUTE))


def life(house: House, seed: bytes = b"customer01") -> Conversation:
    """Everything that can be held on somebody."""
    met = house.meet(ANITA, seed=seed)
    house.meet(ANITA, channel=SECOND_CHANNEL, seed=b"second one")
    question = message("private question", id="wamid.q")
    bill = Bill(reference="H01", text="private card", name="private goods")
    answer = outgoing(1, conversation=met, text="private reply", code="private code", bill=bill)
    house.hear(question, reply=answer, listed=(question.key,))
    house.hear(echo(text="private echo"))
    edit = altered("edited", "wamid.q", "private edit", at=later(NOW, SECOND))
    house.conversations.alter(edit)
    house.hear(edit)
    house.hear(altered("reacted", "wamid.q", "❤"))
    house.conversations.note(noted(), met)
    house.customers.block(person(house, met.customer), once("block"), DONE)
    reply = next(it for it in house.outbox() if it.text == "private reply")
    house.sends.claim(reply, NOW)
    house.sends.sent(reply.id, ProviderId("wamid.OUT"))
    return met


def test_erased_person_is_nobody(house: House) -> None:
    """Neither customer, conversations, messages, notes nor questions are found any more, and nothing waits to be said."""
    met = life(house)
    erase(house, met.customer)
    assert house.customers.person(MERCHANT, met.customer) is None
    assert house.inbox.conversation(MERCHANT, met.id) is None
    assert house.inbox.conversations(MERCHANT, None, 10) == ([], None)
    assert house.inbox.messages(met.id, None, 10) == ([], None)
    assert house.inbox.questions(MERCHANT, None, 10) == ([], None)
    assert house.customers.notes(met.customer, None, 10) == ([], None)
    assert house.customers.blocked(MERCHANT, None, 10) == ([], None)
    assert house.outbox() == []


def test_others_are_not_touched(house: House) -> None:
    """Another customer, and the same person at the shop next door, lose nothing."""
    other = house.meet(BIMAL, seed=b"b bimal   ")
    next_door = house.meet(ANITA, channel=OTHER_CHANNEL, seed=b"next door ")
    erase(house, life(house).customer)
    assert house.inbox.conversation(MERCHANT, other.id) == other
    assert house.inbox.conversation(OTHER_MERCHANT, next_door.id) == next_door
    assert house.inbox.messages(other.id, None, 10)[0]


@pytest.mark.parametrize("contact", [ANITA, ANITAS_PHONE, ANITAS_ID], ids=["both", "phone", "user id"])
def test_what_was_written_before_the_erasure_is_known_by_it(house: House, contact: Contact) -> None:
    """By any name of theirs, in any process, somebody new is told until when everything was erased."""
    met = life(house)
    other = house.another()
    assert other.conversations.find(CHANNEL, contact, new(contact)).customer == met.customer
    erase(house, met.customer)
    for process in (house, house.another(), other):
        found = process.conversations.find(CHANNEL, contact, new(contact, seed=b"z new     "))
        assert (found.version, found.erased_before) == (0, ERASED_AT)
        assert found.customer != met.customer


def test_delivery_that_comes_again_is_known(house: House) -> None:
    """What was kept once is a repeat for ever, also when its writer was erased and has come back."""
    met = life(house)
    erase(house, met.customer)
    back = house.conversations.find(CHANNEL, ANITA, new(at=AFTERWARDS))
    assert house.conversations.keep(Kept(fact=message(id="wamid.new", at=AFTERWARDS), before=back, after=back))
    assert not house.hear(message("private question", id="wamid.q"))
    assert not house.hear(echo(text="private echo"))
    assert not house.conversations.note(noted(), back)


def test_edit_of_an_erased_message_changes_nothing(house: House) -> None:
    """The words of an edit that comes late are written nowhere."""
    erase(house, life(house).customer)
    house.conversations.alter(altered("edited", "wamid.q", "private again", at=AFTERWARDS))
    assert house.reads(key_of("wamid.q")) == ""


def test_person_who_writes_after_the_erasure_is_a_new_customer(house: House) -> None:
    """What they write then is kept, under a new id, and remembers until when everything was erased."""
    met = life(house)
    erase(house, met.customer)
    found = house.conversations.find(CHANNEL, ANITA, new(at=AFTERWARDS, seed=b"c new     "))
    assert house.conversations.keep(Kept(fact=message(id="wamid.new", at=AFTERWARDS), before=found, after=found))
    for process in (house, house.another()):
        back = process.conversations.find(CHANNEL, ANITAS_ID, new(seed=b"d nobody  "))
        assert (back.version, back.erased_before) == (1, ERASED_AT)
        assert back.customer not in (met.customer, new(seed=b"d nobody  ").customer)
    there = house.another().conversations.find(SECOND_CHANNEL, ANITA, new(channel=SECOND_CHANNEL))
    assert there.erased_before == ERASED_AT


def test_message_that_was_being_decided_is_not_kept(house: House) -> None:
    """Who found the person before the erasure and writes after it is told that the conversation moved."""
    met = life(house)
    other = house.another()
    there = other.conversations.find(CHANNEL, ANITA, new())
    late = message("private late", id="wamid.late")
    erase(house, met.customer)
    with pytest.raises(Conflict):
        other.conversations.keep(Kept(fact=late, before=there, after=there))
    assert house.reads(late.key) is None


def test_first_message_at_another_address_that_was_being_decided_is_not_kept(house: House) -> None:
    """Nor does a conversation begin with somebody who was erased in between."""
    met = house.meet(ANITA)
    other = house.another()
    there = other.conversations.find(SECOND_CHANNEL, ANITA, new(channel=SECOND_CHANNEL))
    assert (there.customer, there.version) == (met.customer, 0)
    erase(house, met.customer)
    late = message("private late", id="wamid.late", address=SECOND_CHANNEL.address)
    with pytest.raises(Conflict):
        other.conversations.keep(Kept(fact=late, before=there, after=there))
    assert house.customers.person(MERCHANT, met.customer) is None


def test_late_status_of_what_was_sent_changes_nothing(house: House) -> None:
    """A tick or a failure of an erased reply is nobody's, and nothing is said again."""
    met = life(house)
    reply = next(it for it in house.outbox() if it.text == "private reply")
    erase(house, met.customer)
    assert not house.reports.report(status(reply, "read"))
    assert house.reports.outgoing(status(reply, "failed")) is None
    assert house.notices() == []


def test_renaming_from_before_the_erasure_leads_nowhere(house: House) -> None:
    """A new number that was told before the erasure and comes after it links nothing."""
    erase(house, life(house).customer)
    assert not house.conversations.rename(CHANNEL, renamed(ANITA, NEW_NUMBER))
    found = house.conversations.find(CHANNEL, NEW_NUMBER, new(NEW_NUMBER))
    assert (found.version, found.customer) == (0, new(NEW_NUMBER).customer)


@pytest.mark.parametrize("asked", [0, 1])
def test_person_of_two_names_is_erased_by_either(house: House, asked: int) -> None:
    """All ids, names and conversations of a person go together."""
    met = [house.meet(ANITAS_PHONE, seed=OLDER), house.meet(NEW_NUMBER, seed=YOUNGER)]
    house.conversations.rename(CHANNEL, renamed(ANITAS_PHONE, NEW_NUMBER))
    erase(house, met[asked].customer)
    for there, contact in zip(met, (ANITAS_PHONE, NEW_NUMBER), strict=True):
        assert house.customers.person(MERCHANT, there.customer) is None
        assert house.inbox.messages(there.id, None, 10) == ([], None)
        assert house.conversations.find(CHANNEL, contact, new(contact)).erased_before == ERASED_AT


def test_erasure_is_recorded(house: House) -> None:
    """Who asked for it, when, and when it was done; another merchant sees none of it."""
    met = life(house)
    assert house.erasures.find(MERCHANT, met.customer) is None
    done = erase(house, met.customer)
    assert (done.customer, done.by, done.at, done.done_at) == (
        met.customer,
        "token",
        ERASED_AT,
        later(ERASED_AT, MINUTE),
    )
    assert house.erasures.find(MERCHANT, met.customer) == done
    assert house.erasures.erasures(MERCHANT, None, 10) == ([done], None)
    assert house.erasures.find(OTHER_MERCHANT, met.customer) is None
    assert house.erasures.erasures(OTHER_MERCHANT, None, 10) == ([], None)


def test_two_looks_at_once_ask_for_one_more(house: House) -> None:
    """Of two who go on with one erasure, one asks for the next look and the other is told so."""
    begun = house.erasures.begin(person(house, life(house).customer), "token", ERASED_AT)
    house.erasures.go_on(begun)
    with pytest.raises(Conflict):
        house.erasures.go_on(begun)


def test_erasure_that_was_begun_goes_on_from_its_record(house: House) -> None:
    """Another process that knows the record alone finishes it."""
    met = life(house)
    house.erasures.begin(person(house, met.customer), "token", ERASED_AT)
    known = house.erasures.find(MERCHANT, met.customer)
    assert known is not None
    for _ in range(9):
        known, _ = house.erasures.sweep(known, 1, ERASED_AT)
    assert house.inbox.messages(met.id, None, 10) == ([], None)


def test_nothing_of_an_erased_person_stands_in_the_table(dynamodb: DynamoHouse) -> None:
    """No name, number, id of the channel or word is left in any item; of their own items only bare keys."""
    erase(dynamodb, life(dynamodb).customer)
    left = [item for item in dynamodb.tables.items() if not item["pk"].startswith(("CHANNEL", "ONCE#"))]
    seen = str(left)
    assert not [word for word in (PHONE, USER, "wamid", "Anita", "private", "❤") if word in seen]
    assert {item["pk"].partition("#")[0] for item in left} == {"ALIAS", "ERASED", "ERASING", "MESSAGE", "NOTE", "SEND"}
    assert all("ttl" in item for item in left if not item["pk"].startswith("ERASED#"))
    assert not [item for item in left if "view_pk" in item]


def test_what_lies_bare_outlives_metas_retries_and_every_queue(dynamodb: DynamoHouse) -> None:
    """Meta tries for 7 days, a queue and then its dead-letter queue may keep a record for 14 each."""
    erase(dynamodb, life(dynamodb).customer)
    for kind in ("MESSAGE#", "NOTE#", "ALIAS#", "SEND#"):
        assert all(item["ttl"] * 1000 > ERASED_AT + 35 * 24 * HOUR for item in dynamodb.tables.items(kind))


def test_row_of_a_look_waits_for_the_index(dynamodb: DynamoHouse) -> None:
    """The first look is due a minute later, in the queue of what is due; the next ones in seconds."""
    begun = dynamodb.erasures.begin(person(dynamodb, life(dynamodb).customer), "token", ERASED_AT)
    dynamodb.erasures.go_on(begun)
    looks = [row for row in dynamodb.tables.items("ERASING#") if row["queue"] == "conversation-due"]
    rows = [(row["queue"], row["delay"], row["sk"]) for row in looks]
    assert rows == [("conversation-due", 60, "1"), ("conversation-due", 5, "2")]
    changed = replace(begun, step=2)
    assert dynamodb.erasures.find(MERCHANT, begun.customer) == changed


def test_payments_are_told_when_it_begins_and_when_it_is_done(dynamodb: DynamoHouse) -> None:
    """The erasure's first transaction and its last have a row for them, the last with every id that was found since."""

    def told() -> list[tuple[str, ...]]:
        bodies = (row["body"] for row in dynamodb.tables.items("ERASING#") if row["queue"] == "payment-evidence")
        return [fact.customers for fact in map(load, bodies) if isinstance(fact, CustomerForgotten)]

    begun = dynamodb.erasures.begin(person(dynamodb, life(dynamodb).customer), "token", ERASED_AT)
    assert told() == [begun.customers]
    more = (*begun.customers, CustomerId("01KE4JVFR0CVST0MERFOUND001"))
    dynamodb.erasures.finish(replace(begun, customers=more), AFTERWARDS)
    assert told() == [begun.customers, more]


def test_look_that_the_stream_lost_is_found_by_a_repair(dynamodb: DynamoHouse) -> None:
    """While an erasure goes on, the row of its next look counts as unpublished, the older ones and those of a finished one do not."""

    def waiting() -> list[str]:
        rows = lost(dynamodb.tables.conversation, AFTERWARDS)
        return [row["sk"] for row in rows if row["pk"].startswith("ERASING#") and row["queue"] == "conversation-due"]

    begun = dynamodb.erasures.begin(person(dynamodb, life(dynamodb).customer), "token", ERASED_AT)
    assert waiting() == ["1"]
    dynamodb.erasures.go_on(begun)
    assert waiting() == ["2"]
    dynamodb.erasures.finish(replace(begun, step=2), AFTERWARDS)
    assert waiting() == []
