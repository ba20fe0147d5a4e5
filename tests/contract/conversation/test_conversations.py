"""What the port Conversations promises."""

from dataclasses import replace

import pytest

from haat.conversation.model import BurstPart, Conversation
from haat.conversation.ports import Kept
from haat.facts.conversation import AccountNews, Contact
from haat.kernel.errors import Conflict
from haat.kernel.ids import CorrelationId, CustomerId, Fingerprint, MerchantId, ProviderId
from haat.kernel.time import HOUR, MINUTE, Instant, later
from tests.contract.conversation.houses import House
from tests.invented import (
    ADDRESS,
    ANITA,
    ANITAS_ID,
    ANITAS_PHONE,
    BIMAL,
    CHANNEL,
    MERCHANT,
    NOW,
    OTHER_ADDRESS,
    OTHER_CHANNEL,
    SECOND_ADDRESS,
    SECOND_CHANNEL,
    SECOND_PHONE,
    altered,
    key_of,
    message,
    new,
    outgoing,
    renamed,
)

NEW_NUMBER = Contact(phone="919800000003")
OLDER, YOUNGER = b"a older   ", b"b younger "


def who(house: House, contact: Contact) -> CustomerId:
    """The customer whom a name leads to."""
    return house.conversations.find(CHANNEL, contact, new(contact, seed=b"z nobody  ")).customer


def raises_conflict(house: House, kept: Kept) -> None:
    """Keeping this must fail."""
    with pytest.raises(Conflict):
        house.conversations.keep(kept)


# Channels


def test_channel_is_found_by_its_address(house: House) -> None:
    """A number of ours leads to its merchant, a number of nobody to none."""
    found = house.conversations.channel("whatsapp", OTHER_ADDRESS)
    assert found is not None
    assert (found.merchant, found.account, found.stopped) == (OTHER_CHANNEL.merchant, OTHER_CHANNEL.account, "")
    assert house.conversations.channel("whatsapp", "100000000000000") is None
    assert house.conversations.channel("another", ADDRESS) is None


# Finding


def test_stranger_gets_a_conversation_that_was_never_saved(house: House) -> None:
    """Who never wrote has no conversation, and finding none saves none."""
    assert house.conversations.find(CHANNEL, ANITA, new()) == new()
    assert house.conversations.load(MERCHANT, new().customer, ADDRESS) is None


@pytest.mark.parametrize("contact", [ANITA, ANITAS_PHONE, ANITAS_ID], ids=["both", "phone", "user id"])
def test_customer_is_found_by_either_name(house: House, contact: Contact) -> None:
    """A number may be withheld, or an id: either leads to the customer."""
    met = house.meet(ANITA)
    assert met.version == 1
    for process in (house, house.another()):
        found = process.conversations.find(CHANNEL, contact, new(contact, seed=b"nobody"))
        assert found == met


def test_nothing_of_a_conversation_is_lost(house: House) -> None:
    """What is kept is read back field for field, a version later."""
    whole = Conversation(
        **{name: getattr(new(), name) for name in ("id", "merchant", "customer", "channel", "address", "contact")},
        version=0,
        last_customer_at=NOW,
        recent=(key_of("wamid.0"), key_of("wamid.1")),
        unwelcomed=True,
        away_for=later(NOW, -HOUR),
        not_understood_at=later(NOW, -1),
        unsupported_at=later(NOW, -2),
        silent_until=later(NOW, 3),
        automatic=(NOW, later(NOW, 4)),
        pair=later(NOW, 5),
        burst=(BurstPart(key=key_of("wamid.1"), text="কখন", provider_id=ProviderId("wamid.1")),),
        inbox_day="2026-01-05",
    )
    assert house.conversations.keep(Kept(fact=message(), before=new(), after=whole))
    assert house.conversations.load(MERCHANT, whole.customer, ADDRESS) == replace(whole, version=1)


def test_another_merchant_never_sees_it(house: House) -> None:
    """The same person is another customer at the shop next door, under every name."""
    met = house.meet(ANITA)
    for contact in (ANITA, ANITAS_PHONE, ANITAS_ID):
        stranger = new(contact, channel=OTHER_CHANNEL, seed=b"at another")
        assert house.conversations.find(OTHER_CHANNEL, contact, stranger) == stranger
    assert house.conversations.load(OTHER_CHANNEL.merchant, met.customer, ADDRESS) is None
    assert house.conversations.load(MerchantId("nobody"), met.customer, ADDRESS) is None


def test_two_addresses_of_a_merchant_share_the_customer_and_not_the_conversation(house: House) -> None:
    """A merchant with two numbers knows the customer on both, and each number has its own conversation."""
    first = house.meet(ANITA)
    second = house.meet(ANITA, channel=SECOND_CHANNEL, seed=b"not needed")
    assert (second.customer, second.address, second.version) == (first.customer, SECOND_ADDRESS, 1)
    assert house.conversations.load(MERCHANT, first.customer, ADDRESS) == first


def test_second_name_is_linked(house: House) -> None:
    """Who was known by number and now comes with an id as well is the same customer, and found by the id alone."""
    known = house.meet(ANITAS_PHONE)
    assert house.hear(message(id="wamid.2"), contact=ANITA)
    found = house.another().conversations.find(CHANNEL, ANITAS_ID, new(ANITAS_ID, seed=b"nobody"))
    assert (found.customer, found.version) == (known.customer, 2)
    assert (found.contact.phone, found.contact.user_id, found.contact.name) == (ANITA.phone, ANITA.user_id, ANITA.name)


def test_new_number_of_a_known_id_is_linked(house: House) -> None:
    """A customer whose id stays and whose number changes is answered at the new number, and found by the old one."""
    known = house.meet(ANITA)
    moved = Contact(user_id=ANITA.user_id, phone=SECOND_PHONE)
    assert house.hear(message(id="wamid.2"), contact=moved)
    found = house.conversations.load(MERCHANT, known.customer, ADDRESS)
    assert found is not None
    assert found.contact.phone == SECOND_PHONE
    assert {who(house, ANITAS_PHONE), who(house, BIMAL), who(house, ANITAS_ID)} == {known.customer}


@pytest.mark.parametrize(("first", "then"), [(ANITAS_PHONE, ANITAS_ID), (ANITAS_ID, ANITAS_PHONE)])
def test_two_known_names_become_the_older_customer(house: House, first: Contact, then: Contact) -> None:
    """Two customers who turn out to be one are the older one from then on, by every name."""
    older = house.meet(first, seed=OLDER)
    younger = house.meet(then, seed=YOUNGER)
    assert younger.customer != older.customer
    assert house.hear(message(id="wamid.2"), contact=ANITA)
    assert {who(house, ANITA), who(house, ANITAS_PHONE), who(house, ANITAS_ID)} == {older.customer}
    kept = house.conversations.load(MERCHANT, older.customer, ADDRESS)
    assert kept is not None
    assert (kept.version, kept.id) == (2, older.id)


def test_process_that_knew_the_younger_learns_of_the_older(house: House) -> None:
    """What another process has linked is known everywhere a minute later."""
    older, other = house.meet(ANITAS_PHONE, seed=OLDER), house.another()
    younger = house.meet(BIMAL, seed=YOUNGER)
    assert who(other, BIMAL) == younger.customer
    house.conversations.rename(CHANNEL, renamed(ANITAS_PHONE, BIMAL))
    other.wait(61)
    assert who(other, BIMAL) == older.customer


def test_conversation_of_the_younger_goes_on_under_the_older(house: House) -> None:
    """Where only the younger of two has a conversation at this address, it goes on as the older's."""
    older = house.meet(ANITAS_PHONE, seed=OLDER, channel=SECOND_CHANNEL)
    younger = house.meet(ANITAS_ID, seed=YOUNGER)
    found = house.conversations.find(CHANNEL, ANITA, new(ANITA, seed=b"nobody"))
    assert (found.customer, found.id, found.version) == (older.customer, younger.id, 0)
    assert found.last_customer_at == younger.last_customer_at
    assert house.hear(message(id="wamid.2"), contact=ANITA)
    assert house.conversations.load(MERCHANT, older.customer, ADDRESS) is not None


# Once only


@pytest.mark.parametrize("again", [ANITA, ANITAS_PHONE, ANITAS_ID], ids=["both", "phone", "user id"])
@pytest.mark.parametrize("first", [ANITA, ANITAS_PHONE, ANITAS_ID], ids=["both", "phone", "user id"])
def test_fact_is_kept_once_whatever_the_customer_is_called(house: House, first: Contact, again: Contact) -> None:
    """A message that comes again under another name of its customer is known, and changes nothing."""
    assert house.hear(message(), contact=first, reply=outgoing(1), listed=(message().key,))
    repeated = house.another()
    assert not repeated.hear(message(text="other"), contact=again, seed=b"z again   ", reply=outgoing(2), listed=("x",))  # type: ignore[arg-type]  # never written
    assert [waiting.id for waiting in house.outbox()] == [outgoing(1).id]
    assert house.questions() == [(message().key,)]
    assert house.reads(message().key) == message().text
    found = house.conversations.find(CHANNEL, first, new(first, seed=b"nobody"))
    assert found.version == 1


def test_same_message_id_at_two_addresses_is_two_messages(house: House) -> None:
    """The provider's ids are one address's own."""
    assert house.hear(message())
    assert house.hear(message(address=OTHER_ADDRESS), channel=OTHER_CHANNEL)


def test_reply_waits_with_its_message(house: House) -> None:
    """What must be said is there as soon as the message is, word for word, and names the row that holds it."""
    assert house.hear(message(), reply=outgoing(1, text="সন্দেশ ₹২০"))
    (waiting,) = house.outbox()
    assert waiting == replace(outgoing(1, text="সন্দেশ ₹২০"), source=waiting.source)
    assert waiting.source


def test_moved_conversation_is_a_conflict_and_changes_nothing(house: House) -> None:
    """Who decided on what has changed since is told so; nothing of the decision is there, and it can be made again."""
    before = house.meet(ANITA)
    assert house.hear(message(id="wamid.2"), reply=outgoing(2))
    late = message("late", id="wamid.3")
    after = replace(before, inbox_day="never")
    kept = Kept(fact=late, before=before, after=after, outgoing=outgoing(3), listed=(late.key,))
    raises_conflict(house, kept)
    assert [waiting.id for waiting in house.outbox()] == [outgoing(2).id]
    assert (house.questions(), house.reads(late.key)) == ([], None)
    found = house.conversations.find(CHANNEL, ANITA, new())
    assert (found.version, found.inbox_day) == (2, before.inbox_day)
    assert house.hear(late, reply=outgoing(3))


@pytest.mark.parametrize("name", [ANITA, ANITAS_PHONE, ANITAS_ID], ids=["both", "phone", "user id"])
def test_two_who_meet_a_stranger_at_once_meet_one_customer(house: House, name: Contact) -> None:
    """Two messages of somebody new, taken by two processes in one moment, never make two customers."""
    one, other = house, house.another()
    first = one.conversations.find(CHANNEL, ANITA, new(ANITA, seed=OLDER))
    second = other.conversations.find(CHANNEL, name, new(name, seed=YOUNGER))
    assert one.conversations.keep(Kept(fact=message(id="wamid.a"), before=first, after=first))
    raises_conflict(other, Kept(fact=message(id="wamid.b"), before=second, after=second, outgoing=outgoing(1)))
    assert house.outbox() == []
    assert other.hear(message(id="wamid.b"), contact=name, seed=YOUNGER)
    assert {who(house, contact) for contact in (ANITA, ANITAS_PHONE, ANITAS_ID)} == {first.customer}


# Edits and deletions


def test_edit_reaches_its_message(house: House) -> None:
    """The merchant reads what the customer meant; the same edit again changes nothing."""
    house.hear(message("hors"))
    for _ in range(2):
        house.conversations.alter(altered("edited", text="hours"))
        assert house.reads(message().key) == "hours"


def test_earlier_edit_that_comes_again_does_not_undo_a_later_one(house: House) -> None:
    """Of two edits the later one stands, whatever the provider brings again."""
    house.hear(message("one"))
    early = altered("edited", text="two", id="wamid.e1", at=later(NOW, MINUTE))
    house.conversations.alter(early)
    house.conversations.alter(altered("edited", text="three", id="wamid.e2", at=later(NOW, 2 * MINUTE)))
    house.conversations.alter(early)
    assert house.reads(message().key) == "three"


def test_edit_of_an_unknown_message_changes_nothing(house: House) -> None:
    """An edit of what was never kept makes no message, and does not stand in the way of one."""
    house.conversations.alter(altered("edited", text="hours"))
    assert house.reads(message().key) is None
    assert house.hear(message("hors"))


def test_deletion_takes_the_text_away(house: House) -> None:
    """A message that the customer deleted can't be read any more, however often that is said."""
    house.hear(message("private"))
    for _ in range(2):
        house.conversations.alter(altered("revoked"))
        assert house.reads(message().key) == ""


def test_deletion_takes_an_edited_text_away_for_good(house: House) -> None:
    """What was edited and then deleted is gone; the edit that comes again does not bring it back."""
    house.hear(message("private"))
    edit = altered("edited", text="more private")
    house.conversations.alter(edit)
    house.conversations.alter(altered("revoked", at=later(NOW, MINUTE)))
    assert house.reads(message().key) == ""
    house.conversations.alter(edit)
    house.conversations.alter(altered("edited", text="again", at=later(NOW, HOUR)))
    assert house.reads(message().key) == ""


def test_deletion_before_its_message_keeps_the_message_out(house: House) -> None:
    """A deletion that is faster than its message wins: the message is never shown and never answered."""
    house.conversations.alter(altered("revoked"))
    assert not house.hear(message("private"), reply=outgoing(1), listed=(message().key,))
    assert (house.outbox(), house.questions(), house.reads(message().key)) == ([], [], "")


def test_reaction_changes_no_message(house: House) -> None:
    """A heart is not the new text of what it is on, nor of a message that was never kept."""
    house.hear(message("hours"))
    house.conversations.alter(altered("reacted", text="❤"))
    house.conversations.alter(altered("reacted", "wamid.unknown", text="❤"))
    assert house.reads(message().key) == "hours"
    assert house.reads(key_of("wamid.unknown")) is None


def test_change_without_an_original_changes_nothing(house: House) -> None:
    """A deletion that does not say of what is kept as a fact, and deletes nothing."""
    house.hear(message("hours"))
    house.conversations.alter(replace(altered("revoked"), original=None, original_key=None))
    assert house.reads(message().key) == "hours"


# New names


def test_changed_number_leads_to_the_same_customer(house: House) -> None:
    """Who has a new number is known when writing from it; the same news again changes nothing."""
    known = house.meet(ANITAS_PHONE)
    for _ in range(2):
        house.conversations.rename(CHANNEL, renamed(ANITAS_PHONE, NEW_NUMBER))
        assert {who(house, NEW_NUMBER), who(house, ANITAS_PHONE)} == {known.customer}
    assert house.hear(message(id="wamid.2"), contact=NEW_NUMBER)
    found = house.conversations.load(MERCHANT, known.customer, ADDRESS)
    assert found is not None
    assert (found.version, found.contact.phone) == (2, NEW_NUMBER.phone)


@pytest.mark.parametrize("seeds", [(OLDER, YOUNGER), (YOUNGER, OLDER)])
def test_two_customers_of_whom_one_was_renamed_to_the_other_are_the_older(
    house: House, seeds: tuple[bytes, bytes]
) -> None:
    """A new number from which somebody had already written makes one customer of two, the older."""
    met = [house.meet(contact, seed=seed) for contact, seed in zip((ANITAS_PHONE, NEW_NUMBER), seeds, strict=True)]
    older = min(conversation.customer for conversation in met)
    for _ in range(2):
        house.conversations.rename(CHANNEL, renamed(ANITAS_PHONE, NEW_NUMBER))
        assert {who(house, ANITAS_PHONE), who(house, NEW_NUMBER)} == {older}


def test_new_name_of_a_stranger_makes_no_customer(house: House) -> None:
    """Nobody is made up: who was not known under the old name is a stranger under the new one."""
    house.conversations.rename(CHANNEL, renamed(ANITAS_PHONE, NEW_NUMBER))
    assert house.conversations.find(CHANNEL, NEW_NUMBER, new(NEW_NUMBER)) == new(NEW_NUMBER)


def test_new_name_at_one_merchant_says_nothing_to_another(house: House) -> None:
    """Each merchant is told by its own channel."""
    house.meet(ANITAS_PHONE, channel=OTHER_CHANNEL)
    house.conversations.rename(CHANNEL, renamed(ANITAS_PHONE, NEW_NUMBER))
    stranger = new(NEW_NUMBER, channel=OTHER_CHANNEL)
    assert house.conversations.find(OTHER_CHANNEL, NEW_NUMBER, stranger) == stranger


# Notes and bursts


def test_news_is_kept_once(house: House) -> None:
    """A piece of news about the account is shown once, however often Meta brings it."""
    news = AccountNews(
        channel="whatsapp",
        address="",
        account="300000000000001",
        key=Fingerprint("a" * 32),
        occurred_at=NOW,
        received_at=NOW,
        correlation=CorrelationId("r"),
        kind="account_update",
        content={"event": "DISABLED_UPDATE"},
    )
    assert [house.conversations.note(news), house.another().conversations.note(news)] == [True, False]
    assert house.conversations.note(replace(news, key=Fingerprint("b" * 32)))


def waiting(house: House) -> Conversation:
    """A conversation that waits for the customer to finish."""
    part = BurstPart(key=message().key, text="hours", provider_id=message().provider_id)
    before = house.conversations.find(CHANNEL, ANITA, new())
    kept = Kept(fact=message(), before=before, after=replace(before, burst=(part,)), look_again_in=8_000)
    assert house.conversations.keep(kept)
    assert house.outbox() == []
    return house.conversations.find(CHANNEL, ANITA, new())


def test_answer_to_a_burst_is_written_with_the_conversation(house: House) -> None:
    """The reply waits, the question is listed, and the burst is over, all at once."""
    before = waiting(house)
    after = replace(before, burst=(), automatic=(NOW,))
    house.conversations.keep_burst(before, after, outgoing(1), (message().key,))
    assert [replace(it, source="") for it in house.outbox()] == [outgoing(1)]
    assert house.questions() == [(message().key,)]
    assert house.conversations.load(MERCHANT, after.customer, ADDRESS) == replace(after, version=before.version + 1)


def test_answer_to_a_burst_that_moved_is_a_conflict_and_changes_nothing(house: House) -> None:
    """A burst that went on while it was decided is not answered on what it was."""
    before = waiting(house)
    assert house.hear(message(id="wamid.2"))
    with pytest.raises(Conflict):
        house.conversations.keep_burst(before, replace(before, burst=()), outgoing(1), (message().key,))
    assert (house.outbox(), house.questions()) == ([], [])
    found = house.conversations.load(MERCHANT, before.customer, ADDRESS)
    assert found is not None
    assert found.burst == before.burst


def test_burst_without_an_answer_is_only_over(house: House) -> None:
    """Where a person took over nothing is said, and the next message starts anew."""
    before = waiting(house)
    house.conversations.keep_burst(before, replace(before, burst=(), silent_until=Instant(NOW + 1)), None, ())
    found = house.conversations.load(MERCHANT, before.customer, ADDRESS)
    assert found is not None
    assert (found.burst, house.outbox()) == ((), [])
