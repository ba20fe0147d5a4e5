"""A picture and its words, where they are two messages: the picture first, each once, and the words whatever becomes of the picture."""

from dataclasses import replace
from typing import Any

import pytest

from haat.conversation.model import Outgoing
from haat.conversation.ports import STOPS, Action, Line, NotConnected, Refused, SendOutcome, Unknown
from haat.conversation.rules.parts import is_picture, picture_of, words_of
from haat.conversation.rules.sending import CLAIM_MS
from haat.facts.conversation import DeliveryReported
from haat.facts.said import Bill, Choice
from haat.kernel.ids import ulid_time
from haat.kernel.secret import Secret
from haat.kernel.time import HOUR, SECOND, later
from tests.invented import CHANNEL, MINA, NOW, PAGE, PAGE_CHANNEL, new, outgoing, status
from tests.unit.conversation.test_sending_service import TAKEN, Died, Room

LINK = "upi://pay?pa=a@b"
TEXT = "Please pay ₹250."
LONG = 10  # turns: more than any message needs
NOT_UP = Refused(code=131053, action=Action.RETRY_ONCE)
WAITING = {Action.RETRY, Action.SLOW_NUMBER, Action.WAIT_PAIR, Action.RETRY_MINUTES}


def asks(**more: Any) -> Outgoing:
    """The page asks for money."""
    return outgoing(conversation=new(MINA, channel=PAGE_CHANNEL), text=TEXT, code=LINK, quotes=None, **more)


class Page(Room):
    """A sender that speaks for a page."""

    def __init__(self) -> None:
        super().__init__()
        self.lines.lines["messenger", PAGE] = Line(channel=PAGE_CHANNEL, token=Secret("token"))
        self.at = NOW

    def plays(self, *answers: SendOutcome | Exception) -> list[str]:
        """Turns, each when the one before wants it, until nothing is left; a process that dies comes back after a while."""
        self.channel.answers += answers
        for _ in range(LONG):
            try:
                result = self.sending.send(asks(), self.at)
            except Died:
                self.sending, self.at = self.process(), later(self.at, CLAIM_MS + SECOND)
                continue
            if not result.wait_ms:
                break
            self.at = later(self.at, result.wait_ms)
        return self.said()

    def said(self) -> list[str]:
        """What the channel was asked to say, in order."""
        return ["picture" if is_picture(said) else said.text for _, said in self.channel.calls]

    def told(self) -> list[int]:
        """The codes that the merchant was told."""
        return [code for _, code in self.sends.notices]


@pytest.fixture
def page() -> Page:
    """Return a page to which nothing has happened."""
    return Page()


def test_picture_goes_first_and_both_are_done(page: Page) -> None:
    """One turn says both, under ids of their own; the next says nothing."""
    assert page.plays() == ["picture", TEXT]
    (_, picture), (_, words) = page.channel.calls
    assert (picture.code, picture.text, words.code, words.text) == (LINK, "", "", TEXT)
    assert picture.id != words.id == asks().id
    assert page.plays() == ["picture", TEXT]


def test_parts_hold_what_belongs_to_them() -> None:
    """What can be tapped stands under the words; the picture's id is always the same, and of the same time."""
    whole = asks(choices=(Choice(id="a", title="A"),), bill=Bill(reference="H01", text=TEXT))
    picture, words = picture_of(whole), words_of(whole)
    assert picture is not None
    assert (picture.choices, picture.bill, words.choices, words.bill) == ((), None, whole.choices, None)
    assert picture_of(whole) == picture
    assert (len(picture.id), ulid_time(picture.id)) == (26, ulid_time(whole.id))
    assert picture_of(picture) is None
    assert picture_of(words) is None
    assert picture_of(outgoing(code=LINK)) is None, "on WhatsApp the words stand under it"


@pytest.mark.parametrize("action", [each for each in Action if each not in STOPS | WAITING])
def test_words_come_where_the_picture_is_refused(page: Page, action: Action) -> None:
    """For whatever reason; the merchant hears nothing of a picture, as their customer has the link."""
    tries = 2 if action is Action.RETRY_ONCE else 1
    assert page.plays(*[Refused(code=77, action=action)] * tries) == ["picture"] * tries + [TEXT]
    assert page.told() == []
    assert page.state(asks()).state == "sent"


@pytest.mark.parametrize("action", sorted(WAITING))
def test_words_wait_for_a_picture_that_may_go_in_a_moment(page: Page, action: Action) -> None:
    """Order is worth a few seconds."""
    assert page.plays(Refused(code=77, action=action)) == ["picture", "picture", TEXT]


@pytest.mark.parametrize("action", sorted(STOPS))
def test_line_that_is_stopped_fails_the_message_once(page: Page, action: Action) -> None:
    """Its words would be refused for the same: they are not tried, and the merchant is told of them alone."""
    result = page.turn(asks(), answers=[Refused(code=190, action=action)])
    assert (result.word, result.wait_ms, page.said()) == (action, 0, ["picture"])
    assert page.sends.notices == [(asks().id, 190)]
    line = page.lines.line("messenger", PAGE)
    assert line is not None
    assert line.channel.stopped == action


def test_customer_who_cant_be_reached_is_told_of_once(page: Page) -> None:
    """Picture and words are refused; the merchant hears of one message."""
    gone = Refused(code=551, action=Action.UNDELIVERABLE)
    assert page.plays(gone, gone) == ["picture", TEXT]
    assert page.told() == [551]


def test_closed_window_says_nothing_and_is_told_of_once(page: Page) -> None:
    """Neither part."""
    late = asks(window_ends=NOW)
    assert page.turn(late, later(NOW, HOUR)).word == "failed"
    assert (page.said(), len(page.told())) == ([], 1)


def test_picture_never_comes_after_its_words(page: Page) -> None:
    """Words that are refused for now are tried again alone."""
    busy = Refused(code=2, action=Action.RETRY)
    assert page.plays(NOT_UP, NOT_UP, busy, busy) == ["picture", "picture", TEXT, TEXT, TEXT]


def test_picture_of_unknown_outcome_waits_for_its_echo(page: Page) -> None:
    """The echo names it: then the words go, and it is not sent again. Without one it is sent once more, and given up after that."""
    assert page.turn(asks(), answers=[Unknown()]).wait_ms > CLAIM_MS
    ((_, picture),) = page.channel.calls
    assert page.sends.report(echoed(picture))
    page.at = later(NOW, SECOND)
    assert page.plays() == ["picture", TEXT]
    other = Page()
    assert other.plays(Unknown(), Unknown()) == ["picture", "picture", TEXT]
    assert other.told() == []


@pytest.mark.parametrize("answers", [(NotConnected(),), (TAKEN, NotConnected())])
def test_what_never_left_is_said_again_alone(page: Page, answers: tuple[SendOutcome, ...]) -> None:
    """The part that did not go, and nothing else."""
    again = ["picture", "picture", TEXT] if len(answers) == 1 else ["picture", TEXT, TEXT]
    assert page.plays(*answers) == again


@pytest.mark.parametrize(("dies", "said"), [(0, ["picture", "picture", TEXT]), (1, ["picture", TEXT, TEXT])])
def test_death_at_a_call_repeats_that_call_alone(page: Page, dies: int, said: list[str]) -> None:
    """Where no echo tells that it arrived, as it is with any message."""
    assert page.plays(*[TAKEN] * dies, Died()) == said


@pytest.mark.parametrize("dies", [0, 1])
def test_death_at_a_call_repeats_nothing_where_an_echo_comes(page: Page, dies: int) -> None:
    """It was taken, the process died, and the channel's echo tells: each part once, in order."""
    page.channel.answers += [*[TAKEN] * dies, Died()]
    with pytest.raises(Died):
        page.turn(asks())
    assert page.sends.report(echoed(page.channel.calls[-1][1]))
    page.sending, page.at = page.process(), later(NOW, SECOND)
    assert page.plays() == ["picture", TEXT]


def echoed(said: Outgoing) -> DeliveryReported:
    """The page's own message comes back."""
    return replace(status(said, "sent"), channel="messenger")


def test_whatsapp_says_both_in_one(page: Page) -> None:
    """There the words are the picture's caption: one message, as ever."""
    assert CHANNEL.kind == "whatsapp"
    assert page.turn(outgoing(code=LINK)).word == "sent"
    assert [(said.code, said.text) for _, said in page.channel.calls] == [(LINK, outgoing().text)]
