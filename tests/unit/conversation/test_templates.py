"""What is said in an approved template: how WhatsApp takes it, and how long it may wait."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.conversation.channels.graph import action_for
from haat.conversation.channels.whatsapp import request_for
from haat.conversation.memory import MemoryLines, MemorySends
from haat.conversation.model import WINDOW_MS, Outgoing
from haat.conversation.ports import Accepted, Action, Line, SendOutcome
from haat.conversation.rules.sending import STALE, WINDOW_CLOSED, Pace
from haat.conversation.service.sending import Result, Sending
from haat.conversation.store.items import dump_outgoing, load_outgoing
from haat.facts.said import Choice, Template
from haat.kernel.ids import ProviderId
from haat.kernel.secret import Secret
from haat.kernel.time import HOUR, later
from infra.local.simulators.sends import Message, parse
from tests.invented import ADDRESS, CHANNEL, NOW, outgoing

NEWS = Template(name="shop_news", language="bn")
WAITING = outgoing(quotes=None, template=NEWS, window_ends=later(NOW, WINDOW_MS), staff="BOSS")


def request(text: str, **more: Any) -> Mapping[str, Any]:
    """The body of a send."""
    return request_for(replace(WAITING, text=text, **more))


def test_text_goes_into_the_body_of_the_template() -> None:
    """By its name and language, to the number, with our id."""
    assert request("New order K4M-72R") == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "919800000001",
        "type": "template",
        "template": {
            "name": "shop_news",
            "language": {"code": "bn"},
            "components": [{"type": "body", "parameters": [{"type": "text", "text": "New order K4M-72R"}]}],
        },
        "biz_opaque_callback_data": WAITING.id,
    }


def parameter(body: Mapping[str, Any]) -> str:
    """What stands in the template."""
    text: str = body["template"]["components"][0]["parameters"][0]["text"]
    return text


def test_lines_become_one() -> None:
    """Meta takes no line break, no tab and no run of spaces there."""
    assert (
        parameter(request("Order K4M\n\n– 2 ×  Sandesh\t(fresh)\r\n– Doi     "))
        == "Order K4M · – 2 × Sandesh (fresh) · – Doi"
    )


@given(st.text(min_size=1, max_size=3_000).filter(str.strip))
def test_every_text_is_taken(text: str) -> None:
    """Whatever it holds: no line break, no tab, no run of spaces, not too long; and the simulator takes it as Meta would."""
    said = parameter(body := request(text))
    assert len(said) <= 900
    assert not any(char in said for char in "\n\r\t\v\f\x1c\x1d\x1e\x85\u2028\u2029")
    assert "    " not in said
    assert said or not "".join(text.split())
    if said:
        assert isinstance(parse(dict(body)), Message)


def test_choices_have_no_place_in_it() -> None:
    """A template has the buttons that were approved with it."""
    assert "interactive" not in request("News", choices=(Choice(id="a", title="A"),), opener="Choose")


def test_template_outlives_the_queue_and_the_table() -> None:
    """Written down and read again it is the same; what the version before wrote has none."""
    assert load_outgoing(dump_outgoing(WAITING)) == WAITING
    assert load_outgoing(dump_outgoing(outgoing())).template is None


@pytest.mark.parametrize("code", [132000, 132001, 132005, 132015, 132016, 132018])
def test_template_that_is_refused_is_given_up(code: int) -> None:
    """Its name, its language, its state or its values are wrong: the same again would be refused again."""
    assert action_for(code) is Action.GIVE_UP


class Taking:
    """A channel that takes everything."""

    def say(self, line: Line, said: Outgoing) -> SendOutcome:  # the port's
        """Take one message."""
        return Accepted(provider_id=ProviderId("wamid.out"))


@pytest.fixture
def sends() -> MemorySends:
    """Return what is known of messages: nothing."""
    return MemorySends()


def turn(sends: MemorySends, said: Outgoing, at: int, *, stopped: str = "") -> Result:
    """One turn, so long after it was decided. The person's window has been closed for long."""
    line = Line(channel=replace(CHANNEL, stopped=stopped), token=Secret("token"))
    lines = MemoryLines(lines={(CHANNEL.kind, ADDRESS): line})
    return Sending(sends=sends, lines=lines, speaker=Taking(), pace=Pace()).send(said, later(NOW, at))


def test_closed_window_does_not_hold_it_back(sends: MemorySends) -> None:
    """It leaves where a text of that age fails as Meta would fail it."""
    assert turn(sends, WAITING, 23 * HOUR).word == "sent"
    late = outgoing(2, window_ends=later(NOW, HOUR))
    assert turn(sends, late, 23 * HOUR) == Result(word="failed", code=WINDOW_CLOSED)


def test_template_that_waited_a_day_is_no_news(sends: MemorySends) -> None:
    """A number that is stopped holds it back, and then it is given up: with a code of its own, not Meta's for the window."""
    assert turn(sends, WAITING, HOUR, stopped="stop_billing").word == "stopped"
    assert turn(sends, WAITING, WINDOW_MS, stopped="stop_billing") == Result(word="failed", code=STALE)
    assert sends.notices == [(WAITING.id, STALE)]
