"""What a page may send, and to whom: limits in characters, windows, and Messenger's own errors."""

import copy
import json
from typing import Any

import pytest

from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.graph_errors import GraphRefusal
from infra.local.simulators.messenger_customer import MessengerCustomer
from infra.local.simulators.messenger_sends import Action, PageMessage, read
from infra.local.simulators.people import Page
from tests.stack.simulated import SWEETS, Clock, call
from tests.stack.simulated_messenger import OTHER, PAGE, ask, attached, error, heard, said, send
from tests.stack.test_simulator_bodies import objects

PSID = "26316161734397036"
HOUR = 3600


def quick(*titles: str, **more: Any) -> dict[str, Any]:
    """Return a text with quick replies of these titles."""
    replies = [{"content_type": "text", "title": title, "payload": f"p{n}"} | more for n, title in enumerate(titles)]
    return said(PSID, "কোনটা?", message={"quick_replies": replies, "metadata": "m" * 1000}, reply_to={"mid": "m_1"})


def template(*titles: str, text: str = "x" * 640, kind: str = "postback", **more: Any) -> dict[str, Any]:
    """Return a button template with buttons of these titles."""
    target = {"url": "https://shop.example/"} if kind == "web_url" else {"payload": "p" * 1000}
    buttons = [{"type": kind, "title": title} | target | more for title in titles]
    return attached(PSID, "template", {"template_type": "button", "text": text, "buttons": buttons})


def cards(count: int, **more: Any) -> dict[str, Any]:
    """Return a generic template with so many cards."""
    button = {"type": "web_url", "title": "See", "url": "https://shop.example/"}
    card = {
        "title": "t" * 80,
        "subtitle": "s" * 80,
        "image_url": "https://shop.example/a.png",
        "buttons": [button] * 3,
    } | more
    return attached(PSID, "template", {"template_type": "generic", "elements": [card] * count})


GOOD: dict[str, dict[str, Any]] = {
    "text": said(PSID, "অ" * 2000),
    "update": said(PSID, messaging_type="UPDATE", notification_type="SILENT_PUSH", persona_id="1"),
    "a person's": said(PSID, messaging_type="MESSAGE_TAG", tag="HUMAN_AGENT"),
    "quick replies": quick(*["অ" * 20] * 13, payload="p" * 1000, image_url="https://shop.example/a.png"),
    "quick reply for a number": said(PSID, message={"quick_replies": [{"content_type": "user_phone_number"}]}),
    "buttons": template("Yes", "No", "x" * 20),
    "a link": template("See", kind="web_url", webview_height_ratio="tall"),
    "cards": cards(10),
    "picture": attached(PSID, "image", {"url": "https://shop.example/a.png", "is_reusable": True}, metadata="ours"),
    "picture of ours": attached(PSID, "image", {"attachment_id": "12"}),
    "receipt": attached(
        PSID,
        "template",
        {
            "template_type": "receipt",
            "recipient_name": "Rina",
            "order_number": "HT-1",
            "currency": "INR",
            "payment_method": "UPI",
            "summary": {"total_cost": 525.0},
        },
    ),
    "typing": {"recipient": {"id": PSID}, "sender_action": "typing_on"},
    "seen": {"recipient": {"id": PSID}, "sender_action": "mark_seen"},
}

BAD: dict[str, dict[str, Any]] = {
    "no type": said(PSID, messaging_type=None),
    "another type": said(PSID, messaging_type="NON_PROMOTIONAL_SUBSCRIPTION"),
    "nobody": said(PSID, recipient=None),
    "a number as recipient": said(PSID, recipient={"phone_number": "+1"}),
    "no message": said(PSID, message=None) | {"message": None},
    "empty text": said(PSID, ""),
    "text too long": said(PSID, "অ" * 2001),
    "a tag without its type": said(PSID, tag="HUMAN_AGENT"),
    "the type without a tag": said(PSID, messaging_type="MESSAGE_TAG"),
    "a tag of old": said(PSID, messaging_type="MESSAGE_TAG", tag="ACCOUNT_UPDATE"),
    "metadata too long": said(PSID, message={"metadata": "m" * 1001}),
    "metadata that is no text": said(PSID, message={"metadata": 1}),
    "fourteen quick replies": quick(*["a"] * 14),
    "no quick reply": quick(),
    "a quick reply's title too long": quick("x" * 21),
    "a quick reply's payload too long": quick("a", payload="p" * 1001),
    "a quick reply without its title": said(
        PSID, message={"quick_replies": [{"content_type": "text", "payload": "p"}]}
    ),
    "a quick reply of a kind that is gone": quick("a", content_type="location"),
    "text and attachment": attached(PSID, "image", {"url": "https://shop.example/a.png"}, text="x"),
    "a file without its place": attached(PSID, "image", {"is_reusable": True}),
    "a file with a caption": attached(PSID, "image", {"url": "https://shop.example/a.png", "caption": "x"}),
    "a template of old": attached(PSID, "template", {"template_type": "list", "elements": []}),
    "four buttons": template("a", "b", "c", "d"),
    "no button": template(),
    "a button too long": template("x" * 21),
    "text over buttons too long": template("a", text="x" * 641),
    "a button that leads nowhere": template("a", kind="web_url", url=None),
    "eleven cards": cards(11),
    "a card's title too long": cards(1, title="x" * 81),
    "a sign with a message": said(PSID, sender_action="typing_on"),
    "another sign": {"recipient": {"id": PSID}, "sender_action": "wave"},
}


@pytest.fixture
def clock() -> Clock:
    """Return the time of the simulator."""
    return Clock()


@pytest.fixture
def sim(clock: Clock) -> GraphSimulator:
    """Return a simulator with a number and two pages, of which one may not let persons answer late."""
    sim = GraphSimulator("app-secret", "verify-token", [SWEETS], clock)
    sim.add_page(Page.of(PAGE, name="Mishti"))
    sim.add_page(Page.of(OTHER, human_agent=False))
    return sim


@pytest.fixture
def rina(sim: GraphSimulator) -> MessengerCustomer:
    """Return a customer who has just written to both pages."""
    customer = sim.messenger.customer(name="Rina Das")
    for page in (PAGE, OTHER):
        customer.writes(page, "hours")
    heard(sim)
    return customer


@pytest.mark.parametrize("name", GOOD)
def test_body_at_its_limits_is_taken_and_an_unknown_field_is_not(name: str) -> None:
    """Each kind of send is taken when it is as full as it may be; a field that Meta doesn't know is refused wherever it stands."""
    assert isinstance(read(GOOD[name]), PageMessage | Action)
    for place in objects(GOOD[name]):
        if place[-1:] == ("summary",):
            continue
        body = copy.deepcopy(GOOD[name])
        inner = body
        for step in place:
            inner = inner[step]
        inner["colour"] = "red"
        with pytest.raises(GraphRefusal) as refused:
            read(body)
        assert (refused.value.code, "colour" in refused.value.message) == (100, True), place


@pytest.mark.parametrize("name", BAD)
def test_body_outside_its_limits_is_error_100(name: str) -> None:
    """One character, button or field too many or too few is refused."""
    with pytest.raises(GraphRefusal) as refused:
        read(BAD[name])
    assert refused.value.code == 100
    assert refused.value.message.startswith("(#100) ")


def test_window_is_a_day_and_a_persons_is_a_week(sim: GraphSimulator, rina: MessengerCustomer, clock: Clock) -> None:
    """After 24 hours only a person's answer goes, for seven days, and only from a page that has the feature."""
    late = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}

    def tried(page: str, **more: Any) -> Any:
        answer = send(sim, said(rina.user_id(page), **more), page=page)
        return answer.status if answer.status == 200 else error(answer)

    clock.now += 24 * HOUR - 1
    assert tried(PAGE) == 200
    clock.now += 1
    assert [tried(PAGE), tried(PAGE, messaging_type="UPDATE")] == [(10, 2018278)] * 2
    assert error(send(sim, {"recipient": {"id": rina.user_id(PAGE)}, "sender_action": "typing_on"})) == (10, 2018278)
    assert [tried(PAGE, **late), tried(OTHER, **late)] == [200, (10, None)]
    clock.now += 6 * 24 * HOUR - 1
    assert tried(PAGE, **late) == 200
    clock.now += 1
    assert tried(PAGE, **late) == (10, 2018278)
    rina.reacts(PAGE, sim.transcript(PAGE, rina)[-1].wamid, "👍", at=clock.now + HOUR)
    assert tried(PAGE) == 200
    clock.now += 24 * HOUR
    assert tried(PAGE) == (10, 2018278), "nobody writes in the future"
    outcomes = [(sent.accepted, sent.error, sent.tag) for sent in sim.sent(PAGE, rina)]
    assert outcomes[0] == (True, None, None)
    assert outcomes[-3] == (False, 10, "HUMAN_AGENT")


def test_person_who_has_blocked_the_page_is_not_available(sim: GraphSimulator, rina: MessengerCustomer) -> None:
    """551 as long as it lasts; the other page still reaches them."""
    rina.blocks(PAGE)
    assert error(send(sim, said(rina.user_id(PAGE)))) == (551, 1545041)
    assert send(sim, said(rina.user_id(OTHER)), page=OTHER).status == 200
    rina.unblocks(PAGE)
    assert send(sim, said(rina.user_id(PAGE))).status == 200


def test_token_is_good_for_its_own_page(sim: GraphSimulator, rina: MessengerCustomer) -> None:
    """Another token is 190; a page's token opens that page alone, and a number's no page."""
    psid = rina.user_id(PAGE)
    assert error(ask(sim, "POST", f"{PAGE}/messages", said(psid), headers={"authorization": "Bearer x"})) == (190, None)
    assert error(ask(sim, "POST", f"{OTHER}/messages", said(psid))) == (100, 33)
    assert error(call(sim, "POST", f"{PAGE}/messages", said(psid))) == (100, 33)
    assert error(ask(sim, "GET", SWEETS)) == (100, 33)
    query = {"access_token": f"haat-local-page-token-{PAGE}"}
    assert ask(sim, "POST", "me/messages", said(psid), headers={"authorization": ""}, query=query).status == 200
    asked = ask(sim, "GET", PAGE, query={"fields": "id,name"})
    assert json.loads(asked.body) == {"name": "Mishti", "id": PAGE}
    person = ask(sim, "GET", psid, query={"fields": "first_name,last_name"})
    assert json.loads(person.body) == {"first_name": "Rina", "last_name": "Das", "id": psid}


def test_error_is_in_messengers_form(sim: GraphSimulator) -> None:
    """Code, subcode, words and trace; nothing of WhatsApp's."""
    told = json.loads(send(sim, said("1")).body)["error"]
    assert told == {
        "message": "(#100) No matching user found",
        "type": "OAuthException",
        "code": 100,
        "error_subcode": 2018001,
        "fbtrace_id": told["fbtrace_id"],
    }


def test_signs_are_seen_by_the_customer(sim: GraphSimulator, rina: MessengerCustomer, clock: Clock) -> None:
    """Typing shows until it is over, "seen" makes every line of the customer read; neither is a message."""
    to = {"recipient": {"id": rina.user_id(PAGE)}}
    chat = sim.world.chat(PAGE, rina.key)
    assert json.loads(send(sim, to | {"sender_action": "typing_on"}).body) == {"recipient_id": rina.user_id(PAGE)}
    assert chat.typing_until > clock.now
    send(sim, to | {"sender_action": "typing_off"})
    assert chat.typing_until <= clock.now
    send(sim, to | {"sender_action": "mark_seen"})
    assert [line.tick for line in sim.transcript(PAGE, rina)] == ["read"]
    assert [receipt.typing for receipt in sim.receipts(PAGE)] == [True, False, False]
    assert (sim.sent(), heard(sim)) == ([], [])


def test_answer_may_quote_what_is_in_the_conversation(sim: GraphSimulator, rina: MessengerCustomer) -> None:
    """A quoted message is shown; one that is not there is refused."""
    (asked,) = sim.transcript(PAGE, rina)
    assert send(sim, said(rina.user_id(PAGE), reply_to={"mid": asked.wamid})).status == 200
    assert sim.transcript(PAGE, rina)[-1].quoted == asked.wamid
    assert [event["message"]["reply_to"] for key, event in heard(sim) if key == "echo"] == [{"mid": asked.wamid}]
    assert error(send(sim, said(rina.user_id(PAGE), reply_to={"mid": "m_0"}))) == (100, None)


def test_file_is_uploaded_once_and_sent_by_its_id(sim: GraphSimulator, rina: MessengerCustomer) -> None:
    """An attachment's id is good for a send; one that is not there is refused, and so is a form without a file."""
    form = (
        b'--x\r\ncontent-disposition: form-data; name="message"\r\n\r\n{"attachment":{"type":"image"}}\r\n'
        b'--x\r\ncontent-disposition: form-data; name="filedata"; filename="a.png"\r\ncontent-type: image/png\r\n\r\n\x89PNG\r\n--x--'
    )
    kind = {"content-type": "multipart/form-data; boundary=x"}
    uploaded = json.loads(ask(sim, "POST", "me/message_attachments", form, headers=kind).body)["attachment_id"]
    assert send(sim, attached(rina.user_id(PAGE), "image", {"attachment_id": uploaded})).status == 200
    line = sim.transcript(PAGE, rina)[-1]
    assert (line.kind, line.picture) == ("image", uploaded)
    assert error(send(sim, attached(rina.user_id(PAGE), "image", {"attachment_id": "404"}))) == (100, None)
    sim.add_page(OTHER)
    rina.writes(OTHER, "hours")
    elsewhere = attached(rina.user_id(OTHER), "image", {"attachment_id": uploaded})
    assert error(send(sim, elsewhere, page=OTHER)) == (100, None), "it is another page's"
    assert error(ask(sim, "POST", "me/message_attachments", {})) == (100, None)


def test_rate_of_a_page_ends_with_the_second(sim: GraphSimulator, rina: MessengerCustomer, clock: Clock) -> None:
    """More than its throughput within a second is 613 where the rate counts."""
    sim.rate = "both"
    answers = [send(sim, said(rina.user_id(PAGE))) for _ in range(301)]
    assert {answer.status for answer in answers[:300]} == {200}
    assert error(answers[300]) == (613, None)
    clock.now += 1
    assert send(sim, said(rina.user_id(PAGE))).status == 200
