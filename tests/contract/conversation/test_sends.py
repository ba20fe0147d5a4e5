"""What the ports Sends and Reports promise."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from haat.conversation.model import WINDOW_MS, Outgoing, SendState
from haat.conversation.ports import Claimed
from haat.conversation.rules.sending import RANKS, rises
from haat.kernel.ids import MessageId, ProviderId
from haat.kernel.time import DAY, HOUR, MINUTE, Instant, later
from tests.contract.conversation.houses import House
from tests.invented import MINA, NOW, OTHER_ADDRESS, PAGE_CHANNEL, message, outgoing, status

TAKEN = ProviderId("wamid.out")
LATER = later(NOW, 3 * MINUTE)


def seen(house: House, said: Outgoing) -> SendState:
    """The state that stands in the way of a claim."""
    state = house.sends.claim(said, NOW)
    assert isinstance(state, SendState)
    return state


# Sends


def test_message_that_nobody_touched_is_due(house: House) -> None:
    """No item is no loss: what is not known is due."""
    assert house.sends.state(MessageId("unknown")) == SendState(id=MessageId("unknown"))


def test_claim_is_exclusive(house: House) -> None:
    """One of two who want to send gets it; the other learns since when it is being sent."""
    said = house.answer()
    assert house.sends.claim(said, NOW) == Claimed(tries=1)
    assert house.another().sends.claim(said, LATER) == SendState(id=said.id, state="sending", since=NOW, tries=1)
    assert house.sends.state(said.id) == SendState(id=said.id, state="sending", since=NOW, tries=1)


def test_released_message_is_due_and_its_tries_are_counted(house: House) -> None:
    """After each refusal the message is due again, and knows how often it was tried."""
    said = house.answer()
    for tries in (1, 2, 3):
        assert house.sends.claim(said, later(NOW, tries)) == Claimed(tries=tries)
        assert house.sends.state(said.id).since == later(NOW, tries)
        house.sends.release(said.id)
        assert (house.sends.state(said.id).state, house.sends.state(said.id).tries) == ("due", tries)


def test_sent_message_stays_sent(house: House) -> None:
    """What the channel took can't be claimed, released, taken over or failed by us."""
    said = house.answer()
    house.sends.claim(said, NOW)
    mine = house.sends.state(said.id)
    house.sends.sent(said.id, TAKEN)
    house.sends.release(said.id)
    assert house.sends.take_over(said, mine, LATER) is None
    assert not house.sends.fail(said, 131047, LATER)
    assert seen(house, said).state == "sent"
    assert house.notices() == []


@pytest.mark.parametrize("mark", ["sent", "release"])
def test_mark_of_who_has_no_claim_changes_nothing(house: House, mark: str) -> None:
    """A mark that comes without a claim, or after a failure, is no news."""
    said = house.answer()

    def make() -> None:
        if mark == "sent":
            house.sends.sent(said.id, TAKEN)
        else:
            house.sends.release(said.id)

    make()
    assert house.sends.state(said.id).state == "due"
    assert house.sends.fail(said, 131047, NOW)
    make()
    assert house.sends.state(said.id).state == "failed"


def test_dead_claim_is_taken_over_once_and_only_by_who_saw_it(house: House) -> None:
    """Of two who find a dead claim one goes on; the loss is counted."""
    said = house.answer()
    house.sends.claim(said, NOW)
    one, other = seen(house, said), seen(house.another(), said)
    assert house.sends.take_over(said, one, LATER) == Claimed(tries=2, again=True)
    assert house.another().sends.take_over(said, other, LATER) is None
    state = house.sends.state(said.id)
    assert (state.state, state.since, state.tries, state.lost) == ("sending", LATER, 2, 1)


def test_claim_of_which_a_status_told_is_not_taken_over(house: House) -> None:
    """A status that comes at the last moment is the answer: nothing is sent again."""
    said = house.answer()
    house.sends.claim(said, NOW)
    dead = seen(house, said)
    assert house.reports.report(status(said, "delivered"))
    assert house.sends.take_over(said, dead, LATER) is None


def test_loss_is_remembered_over_a_refusal(house: House) -> None:
    """A message that was lost once and refused then is not lost a first time again."""
    said = house.answer()
    house.sends.claim(said, NOW)
    house.sends.take_over(said, seen(house, said), LATER)
    house.sends.release(said.id)
    assert house.sends.claim(said, LATER) == Claimed(tries=3)
    assert house.sends.state(said.id).lost == 1


@pytest.mark.parametrize("code", [131047, 131026, -1])
@pytest.mark.parametrize("claimed", [False, True])
def test_failure_is_told_to_the_merchant_once(house: House, code: int, *, claimed: bool) -> None:
    """A message that will not be said is failed and told together, and never a second time."""
    said = house.answer()
    if claimed:
        house.sends.claim(said, NOW)
    assert house.sends.fail(said, code, NOW)
    assert not house.another().sends.fail(said, 1, NOW)
    assert house.notices() == [(said.id, code)]
    state = seen(house, said)
    assert (state.state, state.error, state.rank) == ("failed", code, 0)


def test_failure_after_the_conversation_is_gone_is_told_all_the_same(house: House) -> None:
    """A message to a customer who was forgotten meanwhile does not stay in the queue for that."""
    assert house.sends.fail(outgoing(7), 131026, NOW)
    assert house.notices() == [(outgoing(7).id, 131026)]


def test_failures_of_two_messages_are_two_notices(house: House) -> None:
    """Each message has a state of its own."""
    first, second = house.answer(), house.answer(message(id="wamid.2"), 2)
    assert house.sends.fail(first, 1, NOW)
    assert house.sends.state(second.id).state == "due"
    assert house.sends.fail(second, 2, NOW)
    assert sorted(house.notices()) == [(first.id, 1), (second.id, 2)]


def test_window_is_read_fresh(house: House) -> None:
    """Who wrote again while the answer waited may still be answered, whatever was known when it was decided."""
    said = house.answer()
    assert house.sends.window_ends(said) == later(NOW, WINDOW_MS)
    house.another().hear(message(id="wamid.2", at=later(NOW, HOUR)))
    assert house.sends.window_ends(said) == later(NOW, WINDOW_MS + HOUR)


def test_window_of_a_persons_words_is_longer_where_the_channel_gives_people_longer(house: House) -> None:
    """On Messenger what a person says after a day may go for seven, and nothing else may; on WhatsApp there is no such thing."""
    house.connect(PAGE_CHANNEL, "token of a page")
    talk = house.meet(MINA, channel=PAGE_CHANNEL)
    assert house.sends.window_ends(outgoing(conversation=talk, agent=True)) == later(NOW, 7 * DAY)
    assert house.sends.window_ends(outgoing(conversation=talk)) == later(NOW, WINDOW_MS)
    assert house.sends.window_ends(outgoing(conversation=house.meet(), agent=True)) == later(NOW, WINDOW_MS)


def test_window_of_a_conversation_that_is_gone_is_the_one_that_was_known(house: House) -> None:
    """Nobody to ask: the message keeps the window that it came with."""
    assert house.sends.window_ends(outgoing(7, window_ends=Instant(5))) == 5


# Reports


def due(house: House, said: Outgoing) -> None:
    """The channel refused it, and it waits."""
    house.sends.claim(said, NOW)
    house.sends.release(said.id)


def sending(house: House, said: Outgoing) -> None:
    """It is being said."""
    house.sends.claim(said, NOW)


def sent(house: House, said: Outgoing) -> None:
    """The channel took it."""
    house.sends.claim(said, NOW)
    house.sends.sent(said.id, TAKEN)


def reported(word: str) -> Callable[[House, Outgoing], None]:
    """The channel reported something of it before our own mark."""

    def report(house: House, said: Outgoing) -> None:
        house.sends.claim(said, NOW)
        if word == "failed":
            house.reports.fail_reported(status(said, word), said, 131026, NOW, None)
        else:
            house.reports.report(status(said, word))

    return report


def given_up(house: House, said: Outgoing) -> None:
    """We gave it up."""
    house.sends.claim(said, NOW)
    house.sends.fail(said, 131047, NOW)


HELD = {"due": due, "sending": sending, "sent by our mark": sent, "given up": given_up} | {
    f"reported {word}": reported(word) for word in RANKS
}


@pytest.mark.parametrize("word", [word for word in RANKS if word != "failed"])
@pytest.mark.parametrize("held", HELD)
def test_status_raises_the_rank_only(house: House, held: str, word: str) -> None:
    """Ticks go upward, a failure is final, and what the channel knows better than we is believed."""
    said = house.answer()
    HELD[held](house, said)
    before = house.sends.state(said.id)
    changes = rises(before, RANKS[word])
    assert house.reports.report(status(said, word)) is changes
    expected = replace(before, state="sent", rank=RANKS[word]) if changes else before
    assert house.sends.state(said.id) == expected


@pytest.mark.parametrize("held", HELD)
def test_failure_reported_counts_while_nothing_better_was_heard(house: House, held: str) -> None:
    """A failed status fails what was not reported yet, once, and nothing that was delivered."""
    said = house.answer()
    HELD[held](house, said)
    before, told = house.sends.state(said.id), list(house.notices())
    changes = rises(before, 0)
    assert house.reports.fail_reported(status(said, "failed"), said, 131026, NOW, None) is changes
    assert not house.reports.fail_reported(status(said, "failed"), said, 131026, NOW, None)
    after = house.sends.state(said.id)
    assert after == (replace(before, state="failed", rank=0, error=131026) if changes else before)
    assert house.notices() == told + ([(said.id, 131026)] if changes else [])


def test_our_mark_does_not_undo_a_status(house: House) -> None:
    """A status may be faster than our own mark: delivered stays delivered, failed stays failed."""
    delivered, failed = house.answer(), house.answer(message(id="wamid.2"), 2)
    reported("delivered")(house, delivered)
    reported("failed")(house, failed)
    for said in (delivered, failed):
        house.sends.sent(said.id, TAKEN)
    assert house.sends.state(delivered.id).rank == RANKS["delivered"]
    assert house.sends.state(failed.id).state == "failed"


@pytest.mark.parametrize("word", ["failed", "warning", ""])
def test_word_without_a_rank_is_no_report(house: House, word: str) -> None:
    """A word that nobody knows changes nothing; a failure has a door of its own."""
    said = house.answer()
    sent(house, said)
    assert not house.reports.report(status(said, word))
    assert house.sends.state(said.id).rank is None


def test_status_for_another_address_changes_nothing(house: House) -> None:
    """Our id in a webhook of another shop's number is data, not a permission."""
    said = house.answer()
    sent(house, said)
    before = house.sends.state(said.id)
    for word in RANKS:
        foreign = status(said, word, address=OTHER_ADDRESS)
        assert not house.reports.report(foreign)
        assert house.reports.outgoing(foreign) is None
        assert not house.reports.fail_reported(foreign, said, 131026, NOW, None)
        assert not house.reports.fail_reported(foreign, said, 131026, NOW, outgoing(9))
    assert house.sends.state(said.id) == before
    assert house.notices() == []
    assert [waiting.id for waiting in house.outbox()] == [said.id]


def test_status_of_a_message_that_was_never_begun_changes_nothing(house: House) -> None:
    """A status with an id that we never used, or have not used yet, makes no item."""
    said = house.answer()
    for about in (said, outgoing(8)):
        assert not house.reports.report(status(about, "read"))
        assert not house.reports.fail_reported(status(about, "failed"), about, 1, NOW, None)
        assert house.reports.outgoing(status(about, "failed")) is None
        assert house.sends.state(about.id) == SendState(id=about.id)
    assert house.notices() == []


def test_status_leads_to_the_message_as_it_was_queued(house: House) -> None:
    """What failed later can be said again: the whole message is found by the status."""
    said = house.answer()
    sent(house, said)
    assert house.another().reports.outgoing(status(said, "failed")) == said


def test_failure_is_said_again_once_and_not_told(house: House) -> None:
    """Where the failure is cured by saying it again, that waits in the outbox, once, and the merchant hears nothing yet."""
    said = house.answer()
    sent(house, said)
    again = replace(said, id=outgoing(2).id, again=1)
    assert house.reports.fail_reported(status(said, "failed"), said, 131000, NOW, again)
    assert not house.reports.fail_reported(status(said, "failed"), said, 131000, NOW, replace(again, id=outgoing(3).id))
    assert sorted(waiting.id for waiting in house.outbox()) == sorted((said.id, again.id))
    assert house.notices() == []
    assert house.sends.state(said.id).state == "failed"


def test_message_said_again_has_a_life_of_its_own(house: House) -> None:
    """The second saying is claimed, sent and reported like any other."""
    said = house.answer()
    sent(house, said)
    house.reports.fail_reported(
        status(said, "failed"), said, 131000, NOW, replace(said, id=outgoing(2).id, again=1, text="again")
    )
    second = next(waiting for waiting in house.outbox() if waiting.again)
    sent(house, second)
    assert house.reports.outgoing(status(second, "failed")) == second
    assert house.reports.report(status(second, "read"))
    assert house.sends.state(second.id).rank == RANKS["read"]
    assert house.sends.state(said.id).state == "failed"
