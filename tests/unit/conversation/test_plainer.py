"""A message that the channel does not take as it is: said without its card, then without its picture, before it is given up."""

from dataclasses import replace

import pytest

from haat.conversation.model import Outgoing
from haat.conversation.ports import Action, Line, Refused
from haat.conversation.service.sending import plainer
from haat.facts.said import Bill
from haat.kernel.secret import Secret
from haat.kernel.time import SECOND, later
from tests.invented import CHANNEL, NOW, outgoing
from tests.unit.conversation import test_reporting as reporting
from tests.unit.conversation.test_sending_service import Room

BILL = Bill(reference="H01", text="Please pay.", amount=25_000, name="Order 12", link="upi://pay?pa=a@b")
NOT_UP = Refused(code=131053, action=Action.RETRY_ONCE)
WRONG = Refused(code=131005, action=Action.PLAINER)


def carded() -> Outgoing:
    """A message with all that a channel might not take."""
    return outgoing(code="upi://pay?pa=a@b", bill=BILL)


def pictured() -> Outgoing:
    """One with a picture."""
    return outgoing(code="upi://pay?pa=a@b")


@pytest.fixture
def room() -> Room:
    """Return a sender to whom nothing has happened."""
    return Room()


def said(room: Room) -> list[tuple[bool, bool]]:
    """Of each call, whether it had a card and a picture."""
    return [(bool(said.bill), bool(said.code)) for _, said in room.channel.calls]


def test_refused_card_is_said_as_picture_in_the_same_turn(room: Room) -> None:
    """It was certainly not sent, so nothing waits and nothing doubles."""
    assert room.turn(carded(), answers=[WRONG]).word == "sent"
    assert said(room) == [(True, True), (False, True)]
    assert room.state(carded()).tries == 1


def test_refused_picture_is_tried_once_more_and_then_dropped(room: Room) -> None:
    """The text is worth more than the picture, and is not held up by it for long."""
    first = room.turn(pictured(), answers=[NOT_UP])
    assert first.word == "refused"
    assert 0 < first.wait_ms <= 5 * SECOND
    assert room.turn(pictured(), later(NOW, first.wait_ms), answers=[NOT_UP]).word == "sent"
    assert said(room) == [(False, True), (False, True), (False, False)]
    assert room.sends.notices == []


def test_message_that_is_refused_in_every_form_fails_once(room: Room) -> None:
    """The merchant hears of it, with the last code."""
    assert room.turn(carded(), answers=[WRONG] * 3).word == "failed"
    assert said(room) == [(True, True), (False, True), (False, False)]
    assert len(room.sends.notices) == 1


@pytest.mark.parametrize("action", [each for each in Action if each not in {Action.PLAINER, Action.RETRY_ONCE}])
def test_refusal_of_who_and_when_changes_nothing_about_what(action: Action) -> None:
    """Window, rate, token, an unreachable customer: the form of a message has nothing to do with it."""
    assert plainer(carded(), action) is None


def test_plain_text_has_nothing_plainer() -> None:
    """It is given up as ever."""
    assert plainer(outgoing(), Action.PLAINER) is None


def test_quotation_that_is_refused_costs_no_reply(room: Room) -> None:
    """The customer may have deleted what they asked: on Messenger the answer is then said without it, and elsewhere is refused as ever."""
    page = Line(channel=replace(CHANNEL, kind="messenger"), token=Secret("token"))
    room.lines.lines["messenger", page.channel.address] = page
    assert room.turn(outgoing(channel="messenger"), answers=[WRONG]).word == "sent"
    assert [said.quotes for _, said in room.channel.calls] == ["wamid.1", None]
    assert plainer(outgoing(channel="messenger", quotes=None), Action.PLAINER) is None
    assert plainer(outgoing(channel="messenger"), Action.RETRY_ONCE) is None


def test_card_that_fails_later_is_said_again_as_picture_and_then_as_text() -> None:
    """A status may bring what the answer did not; each form is said once, and the merchant hears of the last."""
    room = reporting.Room()
    said = room.sent(carded())
    forms = []
    for _ in range(2):
        assert room.fails(said, Action.PLAINER) == "said_again"
        said = room.sent(room.sends.outbox[-1])
        forms.append((bool(said.bill), bool(said.code)))
    assert forms == [(False, True), (False, False)]
    assert room.fails(said, Action.PLAINER) == "failed"
    assert len(room.sends.notices) == 1


def test_picture_that_fails_later_is_sent_once_more_and_then_dropped() -> None:
    """As when it would not go up."""
    room = reporting.Room()
    said = room.sent(pictured())
    assert room.fails(said, Action.RETRY_ONCE) == "said_again"
    again = room.sent(room.sends.outbox[-1])
    assert again.code
    assert room.fails(again, Action.RETRY_ONCE) == "said_again"
    assert not room.sends.outbox[-1].code
