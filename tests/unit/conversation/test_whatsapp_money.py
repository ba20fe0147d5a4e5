"""Pictures of codes and payment cards: what goes to Meta, and what each answer means for the message."""

import json
from dataclasses import replace
from typing import Any, override

import pytest
import urllib3
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, NewConnectionError, ReadTimeoutError

from haat.conversation.channels.graph import Graph
from haat.conversation.model import Channel, Outgoing
from haat.conversation.ports import Accepted, Action, Line, NotConnected, Refused, SendOutcome
from haat.facts.conversation import Contact
from haat.facts.said import Bill
from haat.kernel.ids import MerchantId, ProviderId
from haat.kernel.secret import Secret
from haat.kernel.time import Instant, later
from infra.local.simulators.multipart import read_form
from infra.local.simulators.sends import Message, parse
from tests.unit.conversation.test_whatsapp_send import POOL, SECOND, SENT, SHOP, TOKEN, Pool, error, outgoing
from tests.unit.payment.seeing import of_png, read


class Answers(Pool):
    """Answers each call in its turn."""

    def __init__(self, *answers: HTTPError | tuple[int, bytes]) -> None:
        super().__init__(answers[0])
        self.answers = list(answers)

    @override
    def request(self, method: str, url: str, **asked: Any) -> urllib3.BaseHTTPResponse:  # type: ignore[override]  # all by name
        self.answer = self.answers.pop(0)
        return super().request(method, url, **asked)


LINK = "upi://pay?pa=haat.kirana@testpsp&am=250.00&tr=H01"
UP = b'{"id":"4490709327384033"}'


def asked(reply: Outgoing, *answers: HTTPError | tuple[int, bytes]) -> tuple[SendOutcome, list[Any]]:
    """What became of a message with a code, and the calls that it took."""
    pool = Answers(*answers)
    graph = Graph(pool=pool, base_url="http://graph", version="v25.0", timeout=SECOND)
    line = Line(channel=Channel(kind="whatsapp", address=SHOP, merchant=MerchantId("m")), token=Secret(TOKEN))
    return graph.say(line, reply), pool.asked


def with_code(**more: Any) -> Outgoing:
    """A message that asks for money."""
    return replace(outgoing(Contact(phone="919000000001"), quotes=None), code=LINK, **more)


def test_code_goes_up_as_a_png_and_is_sent_by_its_id() -> None:
    """The form has Meta's three parts, and the message names what Meta called the picture; nothing of a code is in its caption."""
    outcome, [up, said] = asked(with_code(), (200, UP), (200, SENT))
    assert outcome == Accepted(provider_id=ProviderId("wamid.X"))
    assert up[:2] == ("POST", f"http://graph/v25.0/{SHOP}/media")
    form = read_form(up[2]["headers"]["Content-Type"], up[2]["body"])
    assert form is not None
    assert (form["messaging_product"].content, form["type"].content) == (b"whatsapp", b"image/png")
    assert (form["file"].mime_type, read(of_png(form["file"].content))) == ("image/png", [LINK])
    body = json.loads(said[2]["body"])
    assert (body["type"], body["image"]) == ("image", {"id": "4490709327384033", "caption": "সকাল ৯টা"})
    assert up[2]["headers"]["Authorization"] == f"Bearer {TOKEN}"


def test_same_message_goes_up_as_the_same_bytes() -> None:
    """No chance is in it: what a dead process sent and what the next one sends are the same."""
    first, second = (asked(with_code(), (200, UP), (200, SENT))[1][0][2]["body"] for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ((400, error(131053)), Refused(code=131053, action=Action.RETRY_ONCE)),
        ((500, error(131000)), Refused(code=131000, action=Action.RETRY_ONCE)),
        ((400, error(100)), Refused(code=100, action=Action.RETRY_ONCE)),
        ((502, b"<html>"), Refused(code=131053, action=Action.RETRY_ONCE)),
        ((200, b"{}"), Refused(code=131053, action=Action.RETRY_ONCE)),
        ((200, b'{"id":""}'), Refused(code=131053, action=Action.RETRY_ONCE)),
        ((307, b""), Refused(code=131053, action=Action.RETRY_ONCE)),
        (ReadTimeoutError(POOL, "/", "slow"), Refused(code=131053, action=Action.RETRY_ONCE)),
        (NewConnectionError(HTTPConnection("graph"), "no"), NotConnected()),
        ((400, error(190)), Refused(code=190, action=Action.STOP_TOKEN)),
        ((400, error(130429)), Refused(code=130429, action=Action.SLOW_NUMBER)),
        ((400, error(368)), Refused(code=368, action=Action.STOP_POLICY)),
    ],
    ids=lambda value: repr(value)[:50],
)
def test_picture_that_does_not_go_up_is_never_an_unknown_outcome(
    answer: HTTPError | tuple[int, bytes], outcome: SendOutcome
) -> None:
    """The message has not been sent: only the picture's own trouble lets it go without, the rest is as at any call."""
    became, calls = asked(with_code(), answer)
    assert (became, len(calls)) == (outcome, 1)


@pytest.mark.parametrize(
    "more",
    [{"code": "x" * 2001}, {"text": "x" * 1025}, {"code": ""}],
    ids=["no such code", "no room under it", "no code"],
)
def test_what_can_have_no_picture_is_text(more: dict[str, Any]) -> None:
    """One call, nothing cut."""
    reply = replace(with_code(), **more)
    outcome, [said] = asked(reply, (200, SENT))
    assert isinstance(outcome, Accepted)
    assert json.loads(said[2]["body"])["text"]["body"] == reply.text


BILL = Bill(reference="H01", text="Please pay ₹250.", amount=25_000, name="Order 12", link=LINK)


def card(bill: Bill, **more: Any) -> dict[str, Any]:
    """The interactive object of a card; the simulator's rules, which are Meta's, have taken it."""
    outcome, [said] = asked(with_code(bill=bill, **more), (200, SENT))
    assert isinstance(outcome, Accepted)
    body = json.loads(said[2]["body"])
    taken = parse(body)
    assert isinstance(taken, Message)
    assert taken.kind == "interactive"
    found: dict[str, Any] = body["interactive"]
    return found


def test_card_asks_by_a_link() -> None:
    """Meta's form with a dynamic VPA: one item, amounts in paise, the request's reference; no picture goes up."""
    paise = {"value": 25_000, "offset": 100}
    assert card(BILL) == {
        "type": "order_details",
        "body": {"text": "Please pay ₹250."},
        "action": {
            "name": "review_and_pay",
            "parameters": {
                "reference_id": "H01",
                "type": "digital-goods",
                "payment_settings": [{"type": "upi_intent_link", "upi_intent_link": {"link": LINK}}],
                "currency": "INR",
                "total_amount": paise,
                "order": {
                    "status": "pending",
                    "items": [{"name": "Order 12", "amount": paise, "quantity": 1}],
                    "subtotal": paise,
                    "tax": {"value": 0, "offset": 100},
                },
            },
        },
    }


def test_card_asks_by_a_named_configuration() -> None:
    """The older form names the shop's configuration, and no link."""
    parameters = card(replace(BILL, configuration="shop-upi"))["action"]["parameters"]
    assert (parameters["payment_type"], parameters["payment_configuration"]) == ("upi", "shop-upi")
    assert "payment_settings" not in parameters


@pytest.mark.parametrize(("ahead_ms", "shown"), [(300_000, True), (299_999, False), (-1, False)])
def test_expiry_stands_on_a_card_where_meta_takes_it(ahead_ms: int, shown: bool) -> None:  # noqa: FBT001  # a case of the test
    """Nearer than 300 s it is refused, so it is left out."""
    decided = Instant(1_795_000_000_000)
    bill = replace(BILL, expires_at=later(decided, ahead_ms))
    order = card(bill, decided_at=decided)["action"]["parameters"]["order"]
    assert order.get("expiration", {}).get("timestamp") == ("1795000300" if shown else None)


@pytest.mark.parametrize("status", ["processing", "completed", "canceled"])
def test_card_tells_what_became_of_it(status: Any) -> None:
    """An order_status about the same reference, with the words in both places that a phone shows."""
    assert card(replace(BILL, status=status, text="Paid. Thank you!")) == {
        "type": "order_status",
        "body": {"text": "Paid. Thank you!"},
        "action": {
            "name": "review_order",
            "parameters": {"reference_id": "H01", "order": {"status": status, "description": "Paid. Thank you!"}},
        },
    }


def test_long_words_fit_on_a_card() -> None:
    """What a shop calls things may be long; the card is never refused for it."""
    parameters = card(replace(BILL, name="দ" * 200, text="x" * 2000))["action"]["parameters"]
    assert len(parameters["order"]["items"][0]["name"]) <= 60
