"""What only the adapters for DynamoDB can break."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import override

import pytest

from haat.aws.table import Action, Put, Refused, Table, Update
from haat.conversation.model import BurstPart, Entry, Manners, SendState, Taught, Texts
from haat.conversation.ports import Claimed, Kept
from haat.conversation.store.conversations import channel_key
from haat.conversation.store.lines import DynamoTaught
from haat.conversation.store.sends import DynamoReports, DynamoSends
from haat.facts.conversation import Contact, CustomerNoted
from haat.kernel.errors import Conflict, Unavailable
from haat.kernel.ids import MessageId
from haat.kernel.time import MINUTE, later
from tests.contract.conversation.houses import TOKENS, DynamoHouse
from tests.contract.tables import Tables
from tests.invented import (
    ADDRESS,
    ANITA,
    CHANNEL,
    MERCHANT,
    NOW,
    OTHER_MERCHANT,
    PEPPER,
    PHONE,
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

UNREACHABLE = 131026


def scene(house: DynamoHouse) -> None:
    """A little of everything that can lie in the table."""
    said = house.answer(message("canary words", id="wamid.CANARY"))
    house.hear(echo(id="wamid.CANARY.echo", text="canary words"))
    edit = altered("edited", "wamid.CANARY", "canary words", id="wamid.CANARY.edit")
    house.conversations.alter(edit)
    house.hear(edit, listed=(message(id="wamid.CANARY").key,))
    moved = renamed(ANITA, Contact(phone="919800000003", user_id="IN.canary"))
    house.conversations.rename(CHANNEL, moved)
    house.conversations.note(moved)
    fields = {name: getattr(moved, name) for name in ("channel", "address", "occurred_at", "received_at")}
    noted = CustomerNoted(**fields, key=key_of("noted"), id=MessageId("n"), contact=ANITA, kind="call")
    house.conversations.note(noted)
    before = house.conversations.find(CHANNEL, ANITA, new())
    part = BurstPart(
        key=key_of("wamid.CANARY"), text="canary words", provider_id=message(id="wamid.CANARY").provider_id
    )
    house.conversations.keep_burst(replace(before, burst=(part,)), before, outgoing(2), (part.key,))
    house.sends.claim(said, NOW)
    house.reports.fail_reported(status(said, "failed"), said, 131000, NOW, outgoing(3))
    house.sends.fail(outgoing(4), UNREACHABLE, NOW)


def test_keys_groups_and_deduplication_ids_hold_nothing_of_a_person(dynamodb: DynamoHouse) -> None:
    """No number, user id, name, message id or word of anybody stands in what AWS shows, logs and puts into streams' keys."""
    scene(dynamodb)
    items = dynamodb.tables.items()
    assert len(items) > 12
    seen = json.dumps([[item.get(n) for n in ("pk", "sk", "view_pk", "view_sk", "group", "dedupe")] for item in items])
    assert not [word for word in (PHONE, "919800000003", USER, "IN.canary", "wamid", "Anita", "canary") if word in seen]


def test_deleted_text_stands_nowhere(dynamodb: DynamoHouse) -> None:
    """After a deletion no item holds a word of the message, not where it was edited, nor where it was listed."""
    dynamodb.hear(message("canary one"), listed=(message().key,))
    edit = altered("edited", text="canary two")
    dynamodb.conversations.alter(edit)
    dynamodb.hear(edit)
    assert "canary two" in str(dynamodb.tables.items())
    dynamodb.conversations.alter(altered("revoked", at=later(NOW, MINUTE)))
    assert "canary" not in str(dynamodb.tables.items())


def test_token_lies_encrypted_and_opens_for_its_own_merchant_only(dynamodb: DynamoHouse) -> None:
    """A token that is copied to another merchant's channel can't be used there."""
    assert not any(token in str(dynamodb.tables.items()) for token in TOKENS.values())
    item = dynamodb.tables.conversation.get(channel_key("whatsapp", ADDRESS), "CHANNEL")
    assert item is not None
    stolen = {"pk": channel_key("whatsapp", "100000000000666"), "doc": json.dumps({"merchant": OTHER_MERCHANT})}
    dynamodb.tables.conversation.put(Put(item={**item, **stolen}))
    with pytest.raises(Unavailable):
        dynamodb.lines.line("whatsapp", "100000000000666")
    assert dynamodb.lines.line("whatsapp", ADDRESS)


class Busy(Table):
    """A table on which somebody else is always at work."""

    def __init__(self, table: Table) -> None:
        self.get = table.get  # type: ignore[method-assign]  # reads go on
        self.update = table.update  # type: ignore[method-assign]  # as do single writes

    @override
    def transact(self, actions: Iterable[Action]) -> None:
        raise Refused((), moved=True)


def test_failure_that_others_were_in_the_way_of_comes_again(dynamodb: DynamoHouse) -> None:
    """A transaction that met another is not taken for "final already": the message would be lost without a notice."""
    said, busy = dynamodb.answer(), Busy(dynamodb.tables.conversation)
    with pytest.raises(Unavailable):
        DynamoSends(busy).fail(said, 131047, NOW)
    dynamodb.sends.claim(said, NOW)
    for again in (None, outgoing(2)):
        with pytest.raises(Unavailable):
            DynamoReports(busy, PEPPER).fail_reported(status(said, "failed"), said, 131000, NOW, again)
    assert dynamodb.sends.state(said.id).state == "sending"


def test_fact_that_others_were_in_the_way_of_is_decided_again(dynamodb: DynamoHouse) -> None:
    """A transaction that met another is a conflict, never a duplicate: the fact would be lost."""
    found = dynamodb.conversations.find(CHANNEL, ANITA, new())
    dynamodb.conversations._table = Busy(dynamodb.tables.conversation)  # type: ignore[attr-defined]  # from now on
    with pytest.raises(Conflict):
        dynamodb.conversations.keep(Kept(fact=message(), before=found, after=found))
    with pytest.raises(Conflict):
        dynamodb.conversations.keep_burst(found, found, None, ())


class Crossed(Table):
    """A table on which somebody else is faster as soon as a condition was refused."""

    def __init__(self, table: Table, crossing: Callable[[], object]) -> None:
        self._table, self._crossing = table, crossing
        self.get = table.get  # type: ignore[method-assign]  # reads go on

    @override
    def update(self, update: Update) -> None:
        try:
            self._table.update(update)
        except Refused:
            self._crossing()
            raise


def test_released_message_is_claimed_by_one_of_two(dynamodb: DynamoHouse) -> None:
    """Two who find the same refused message due again: one gets it, for the other it is being sent."""
    said = dynamodb.answer()
    dynamodb.sends.claim(said, NOW)
    dynamodb.sends.release(said.id)
    claims = list[object]()
    late = DynamoSends(Crossed(dynamodb.tables.conversation, lambda: claims.append(dynamodb.sends.claim(said, NOW))))
    state = late.claim(said, later(NOW, MINUTE))
    assert claims[0] == Claimed(tries=2)
    assert state == SendState(id=said.id, state="sending", since=NOW, tries=2)


def test_unreachable_customer_is_counted_until_the_next_message(dynamodb: DynamoHouse) -> None:
    """Failures that say "cannot be reached" are counted at the customer; whoever writes can be reached."""
    said = dynamodb.answer()
    dynamodb.sends.fail(said, UNREACHABLE, NOW)
    second = dynamodb.answer(message(id="wamid.2"), 2)
    assert "undeliverable" not in dynamodb.tables.items("CUSTOMER#")[0]
    for number in (second, replace(second, id=outgoing(3).id)):
        dynamodb.sends.fail(number, UNREACHABLE, NOW)
    assert dynamodb.tables.items("CUSTOMER#")[0]["undeliverable"] == 2
    dynamodb.hear(message(id="wamid.3"))
    assert "undeliverable" not in dynamodb.tables.items("CUSTOMER#")[0]


def test_conversation_of_a_newer_version_is_read(dynamodb: DynamoHouse) -> None:
    """A deployment that is taken back reads what the newer one has written."""
    met = dynamodb.meet()
    item = dynamodb.tables.items("CUSTOMER#")[0]
    newer = json.dumps({**json.loads(item["doc"]), "invented_later": {"deep": 1}})
    dynamodb.tables.conversation.put(Put(item={**item, "doc": newer, "also_later": 1}))
    assert dynamodb.conversations.load(MERCHANT, met.customer, ADDRESS) == met


def test_status_finds_no_other_message_than_its_own(dynamodb: DynamoHouse) -> None:
    """A message that names another's row as its source is not found there: the other's words stay the other's."""
    said = dynamodb.answer()
    dynamodb.sends.claim(outgoing(5, source=said.source), NOW)
    assert dynamodb.reports.outgoing(status(outgoing(5), "failed")) is None


def test_send_state_outlives_every_queue(dynamodb: DynamoHouse) -> None:
    """A state that were gone would read as "due" and be sent again: it is kept longer than SQS keeps a record."""
    dynamodb.sends.claim(dynamodb.answer(), NOW)
    (state,) = dynamodb.tables.items("SEND#")
    assert state["ttl"] > NOW // 1000 + 14 * 86_400


def test_marker_of_a_message_outlives_metas_retries(dynamodb: DynamoHouse) -> None:
    """The once-only marker is the message itself and does not go by itself; Meta tries for seven days."""
    dynamodb.hear(message())
    (marker,) = dynamodb.tables.items("MESSAGE#")
    assert "ttl" not in marker


def test_what_a_shop_taught_is_read_back_whole(tables: Tables) -> None:
    """Entries, texts and manners come back as they were told, an entry without a reply among them."""
    taught = Taught(
        version=1,
        entries=(
            Entry(
                id="hours",
                examples=("কখন খোলা", "hours"),
                replies={"bn": "খোলা {hours}", "en": "Open {hours}"},
                titles={"bn": "সময়"},
                to_person=True,
            ),
            Entry(id="empty", examples=(), replies={}),
        ),
        texts=Texts(greeting={"en": "Welcome"}, away={"bn": "বন্ধ"}),
        manners=Manners(silence_ms=0, burst_ms=8_000, loop_guard=True, sureness="eager"),
    )
    store = DynamoTaught(tables.conversation)
    assert store.read(MERCHANT) == Taught()
    store.write(MERCHANT, taught)
    assert replace(store.read(MERCHANT), learnt=b"") == taught
    assert store.read(OTHER_MERCHANT) == Taught()


def test_teaching_over_a_change_is_a_conflict(tables: Tables) -> None:
    """Two people who teach at once do not undo each other unseen."""
    store = DynamoTaught(tables.conversation)
    store.write(MERCHANT, Taught(version=1))
    store.write(MERCHANT, Taught(version=2, manners=Manners(loop_guard=True)))
    for late in (1, 2):
        with pytest.raises(Conflict):
            store.write(MERCHANT, Taught(version=late))
    assert store.read(MERCHANT).manners.loop_guard
