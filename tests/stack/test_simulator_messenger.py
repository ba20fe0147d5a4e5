"""The simulator speaks as Messenger does: what a page's app hears, held against recorded bodies, and who is known to whom."""

import json
from typing import Any

import pytest

from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.graph_errors import GraphRefusal
from infra.local.simulators.messenger_customer import MessengerCustomer
from infra.local.simulators.messenger_sends import read
from infra.local.simulators.people import Page
from infra.local.simulators.wire import signatures
from tests.stack.simulated import PHONE, SWEETS, Clock, drain
from tests.stack.simulated_messenger import OTHER, PAGE, ask, attached, error, heard, said, send
from tests.stack.test_simulator import META, meta, shape

# Requests of the collection that are history, are no sends, or go to others than somebody who wrote to the page.
REFUSED = {
    *(f"bottender-messaging-apis/airline-{kind}" for kind in ("boardingpass", "checkin", "itinerary", "update")),
    *(f"bottender-messaging-apis/{name}" for name in ("generic-3", "media", "one-time-notif-req", "text-2")),
    *(f"bottender-messaging-apis/text-{n}" for n in (4, 5, 6, 7)),
    *(f"bottender-messaging-apis/{name}" for name in ("pass-thread-control", "pass-thread-control-2")),
    *(f"bottender-messaging-apis/{name}" for name in ("thread-control", "thread-control-2")),
    *(f"messenger4j/generic-{n}" for n in (2, 3, 4)),
    *(f"messenger4j/{name}" for name in ("list", "open-graph", "quick-replies")),
    *(f"messenger4j/text-{n}" for n in (2, 3, 4, 5)),
}
# Documented (meta-platform, section 7) and in no recorded body.
DOCUMENTED = {
    ".entry[].messaging[].pass_thread_control.previous_owner_app_id:str",
    ".entry[].messaging[].message.attachments[].payload.buttons[].payload:str",
    ".entry[].messaging[].postback.mid:str",
    ".entry[].messaging[].message.attachments[].payload.title:str",
}


@pytest.fixture
def clock() -> Clock:
    """Return the time of the simulator."""
    return Clock()


@pytest.fixture
def sim(clock: Clock) -> GraphSimulator:
    """Return a simulator with two pages."""
    return with_pages(clock)


def with_pages(clock: Clock) -> GraphSimulator:
    """Return a simulator with a number and two pages."""
    sim = GraphSimulator("app-secret", "verify-token", [SWEETS], clock)
    sim.add_page(Page.of(PAGE, name="Mishti"))
    sim.add_page(OTHER)
    return sim


@pytest.fixture
def rina(sim: GraphSimulator) -> MessengerCustomer:
    """Return a customer who has written to nobody."""
    return sim.messenger.customer(name="রিনা দাস")


def everything(sim: GraphSimulator, rina: MessengerCustomer) -> list[Any]:
    """Let a customer do all that one can do, the page answer, and return the webhooks of it."""
    first = rina.writes(PAGE, "দাম কত?")
    psid = rina.user_id(PAGE)
    replies = [{"content_type": "text", "title": "সন্দেশ", "payload": "p1"}]
    send(sim, said(psid, message={"metadata": "ours", "quick_replies": replies}, reply_to={"mid": first}))
    rina.chooses(PAGE, "সন্দেশ")
    buttons = [{"type": "postback", "title": "Order", "payload": "p2"}]
    send(sim, attached(psid, "template", {"template_type": "button", "text": "So?", "buttons": buttons}))
    rina.chooses(PAGE, "Order")
    ask(sim, "POST", "me/messenger_profile", {"get_started": {"payload": "GET_STARTED"}})
    rina.starts(PAGE)
    rina.writes(PAGE, "ধন্যবাদ", reply_to=first)
    rina.reacts(PAGE, first, "❤")
    rina.reacts(PAGE, first, "")
    rina.sends_image(PAGE)
    rina.sends_video(PAGE)
    rina.sends_audio(PAGE)
    rina.sends_document(PAGE)
    rina.sends_sticker(PAGE)
    rina.sends_location(PAGE, 22.57, 88.36)
    rina.shares(PAGE, "https://shop.example/", "Shop")
    rina.sends_unsupported(PAGE)
    rina.edits(PAGE, first, "দাম কত কেজি?")
    rina.revokes(PAGE, first)
    sim.echo(PAGE, rina, "আসছি")
    sim.messenger.echo(PAGE, rina, "আসছি", app_id=None)
    sim.messenger.asks_for(PAGE, rina)
    sim.messenger.hands_over(PAGE, rina)
    rina.writes(PAGE, "আছেন?")
    sim.messenger.gives_back(PAGE, rina)
    return drain(sim)


def test_every_webhook_has_only_paths_that_a_real_one_has(sim: GraphSimulator, rina: MessengerCustomer) -> None:
    """Whatever is posted for a page, each field of it stands with the same type in some recorded body."""
    recorded = [document for _, document in meta("messenger-webhooks") if document["object"] == "page"]
    real = {path.replace("].standby[", "].messaging[") for document in recorded for path in shape(document)}
    for document in everything(sim, rina):
        assert {path.replace("].standby[", "].messaging[") for path in shape(document)} <= real | DOCUMENTED, document


def test_a_customer_can_do_all_that_a_page_hears_of(sim: GraphSimulator, rina: MessengerCustomer) -> None:
    """Every kind of event comes, in the order in which it happened."""
    events = [event for document in everything(sim, rina) for entry in document["entry"] for event in _of(entry)]
    keys = [next(iter(set(event) - {"sender", "recipient", "timestamp"})) for event in events]
    assert [key for key in keys if key not in ("delivery", "read")] == [
        *("message message message message postback postback message reaction reaction").split(),
        *["message"] * 8,
        *("message_edit message message message request_thread_control take_thread_control message").split(),
        "pass_thread_control",
    ]
    assert {type(event["timestamp"]) for event in events} == {int}


def _of(entry: Any) -> list[Any]:
    return [*entry.get("messaging", ()), *entry.get("standby", ())]


def test_texts_and_answers_lack_nothing_that_all_real_ones_have(sim: GraphSimulator, rina: MessengerCustomer) -> None:
    """A text has every field that every recorded one has, and a send is answered as recorded ones are."""
    names = ("firstmessage", "secondmessage", "message-3", "requestresponse", "messaging-message-nlp-1")
    texts = [set(shape(document)) for name, document in meta("messenger-webhooks") if name in names]
    answers = {path for _, document in meta("messenger-responses") for path in shape(document)}
    rina.writes(PAGE, "hours")
    assert set.intersection(*texts) <= set(shape(drain(sim)[0]))
    answer = json.loads(send(sim, said(rina.user_id(PAGE))).body)
    assert {".recipient_id:str", ".message_id:str"} == set(shape(answer)) <= answers


def test_every_recorded_request_is_understood() -> None:
    """What other libraries send to a person is taken, but for what Meta has given up."""
    files = sorted(META.glob("*/messenger-requests/*.json"))
    if not files:
        pytest.skip("no recorded sends of Messenger beside this checkout")
    refused: set[tuple[int, str]] = set()
    for file in files:
        try:
            read(json.loads(file.read_bytes()))
        except GraphRefusal as mistake:
            refused.add((mistake.code, f"{file.parents[1].name}/{file.stem}"))
    assert refused == {(100, name) for name in REFUSED}


def test_the_same_run_yields_the_same_bytes() -> None:
    """Ids come from a counter and time from outside: nothing differs between two runs."""

    def run() -> list[Any]:
        sim = with_pages(Clock())
        return everything(sim, sim.messenger.customer(name="Rina"))

    assert run() == run()


def test_each_page_sees_an_id_of_its_own(sim: GraphSimulator, rina: MessengerCustomer) -> None:
    """A page-scoped id means nothing at another page; nobody is known before they wrote, and a number sees nobody of these."""
    rina.writes(PAGE, "hours")
    assert rina.user_id(PAGE) != rina.user_id(OTHER)
    assert send(sim, said(rina.user_id(PAGE))).status == 200
    for psid in (rina.user_id(PAGE), rina.user_id(OTHER)):
        assert error(send(sim, said(psid), page=OTHER)) == (100, 2018001)


def test_webhooks_go_to_their_own_address_with_their_own_secret(sim: GraphSimulator, rina: MessengerCustomer) -> None:
    """Pages' webhooks are signed with Messenger's secret where it has one, with a page's own before it; numbers' never are."""
    sim.messenger.app_secret, sim.messenger.verify_token = "messenger-secret", "messenger-token"
    sim.add_page(Page.of(OTHER, app_secret="another app's"))
    rina.writes(PAGE, "50% / <আম> @ ₹20")
    rina.writes(OTHER, "hours")
    sim.customer(phone=PHONE).writes(SWEETS, "hours")
    secrets = {PAGE: "messenger-secret", OTHER: "another app's"}
    webhooks = sim.due(sim.now())
    assert [webhook.path for webhook in webhooks] == ["/webhooks/messenger"] * 2 + ["/webhooks/whatsapp"]
    for webhook in webhooks:
        secret = secrets.get(json.loads(webhook.body)["entry"][0]["id"], "app-secret")
        signed = signatures(secret, webhook.body)
        assert webhook.headers["X-Hub-Signature-256"] == signed["X-Hub-Signature-256"]
        assert webhook.body.isascii()
    asked = sim.messenger.handshake("42")
    assert (asked.path, asked.query["hub.verify_token"]) == ("/webhooks/messenger", "messenger-token")


def test_page_hears_its_own_voice(sim: GraphSimulator, rina: MessengerCustomer) -> None:
    """Haat's messages come back with its app and its metadata; those of a person in the inbox with the inbox's app, or none."""
    rina.writes(PAGE, "hours")
    sent = json.loads(send(sim, said(rina.user_id(PAGE), message={"metadata": "our-1"})).body)["message_id"]
    by_hand = sim.echo(PAGE, rina, "আসছি")
    sim.messenger.echo(PAGE, rina, "আসছি", app_id=None)
    echoes = [event for key, event in heard(sim) if key == "echo"]
    assert [(e["sender"]["id"], e["recipient"]["id"]) for e in echoes] == [(PAGE, rina.user_id(PAGE))] * 3
    mine, inbox, nameless = (event["message"] for event in echoes)
    assert (mine["mid"], mine["metadata"], str(mine["app_id"])) == (
        sent, "our-1", sim.messenger.app_id(sim.messenger.page(PAGE)),
    )  # fmt: skip
    assert (inbox["mid"], inbox["app_id"], "metadata" in inbox) == (by_hand, 263902037430900, False)
    assert "app_id" not in nameless
    assert [(line.author, line.tick) for line in sim.transcript(PAGE, rina)] == [
        ("customer", "received"), ("haat", "read"), ("merchant", "delivered"), ("merchant", "delivered"),
    ]  # fmt: skip


def test_read_says_all_up_to_a_time(sim: GraphSimulator, clock: Clock) -> None:
    """Who opens the chat later reads everything at once: one event with a time, and no message named."""
    rina = sim.messenger.customer(reads="when opened")
    rina.writes(PAGE, "hours")
    for _ in range(2):
        clock.now += 1
        send(sim, said(rina.user_id(PAGE)))
    newest = round(clock.now * 1000)
    before = [(key, event) for key, event in heard(sim) if key in ("delivery", "read")]
    assert [key for key, _ in before] == ["delivery", "delivery"]
    assert before[1][1]["delivery"] == {"mids": [sim.transcript(PAGE, rina)[-1].wamid], "watermark": newest}
    assert [line.tick for line in sim.transcript(PAGE, rina)] == ["received", "delivered", "delivered"]
    clock.now += 60
    rina.opens(PAGE)
    rina.opens(PAGE)
    ((key, event),) = heard(sim)
    assert (key, event["read"], event["timestamp"]) == ("read", {"watermark": newest}, newest + 60_000)
    assert [line.tick for line in sim.transcript(PAGE, rina)][1:] == ["read", "read"]


def test_another_app_has_the_conversation(sim: GraphSimulator, rina: MessengerCustomer) -> None:
    """After a handover Haat only overhears, in standby, and may not send; it can take the conversation back."""
    rina.writes(PAGE, "hours")
    heard(sim)
    sim.messenger.hands_over(PAGE, rina)
    rina.writes(PAGE, "price")
    sim.echo(PAGE, rina, "₹20")
    taken, *overheard = [document["entry"][0] for document in drain(sim)]
    assert "take_thread_control" in taken["messaging"][0]
    assert [("standby" in entry, "messaging" in entry) for entry in overheard] == [(True, False)] * 2
    assert error(send(sim, said(rina.user_id(PAGE)))) == (10, 2018300)
    to = {"recipient": {"id": rina.user_id(PAGE)}}
    assert ask(sim, "POST", "me/take_thread_control", to).status == 200
    assert send(sim, said(rina.user_id(PAGE))).status == 200
    assert ask(sim, "POST", "me/pass_thread_control", to | {"target_app_id": 263902037430900}).status == 200
    assert error(send(sim, said(rina.user_id(PAGE)))) == (10, 2018300)


def test_quick_replies_are_gone_with_the_next_message(sim: GraphSimulator, rina: MessengerCustomer) -> None:
    """A quick reply sends its title and its payload, as long as nothing stands below it; a button of a template stays."""
    rina.writes(PAGE, "menu")
    psid = rina.user_id(PAGE)
    replies = [{"content_type": "text", "title": title, "payload": f"p:{title}"} for title in ("সন্দেশ", "Doi")]
    send(sim, said(psid, "Which?", message={"quick_replies": replies}))
    assert sim.transcript(PAGE, rina)[-1].text == "Which?\n[সন্দেশ]\n[Doi]"
    rina.chooses(PAGE, "Doi")
    told = [event for key, event in heard(sim) if key == "message"][-1]["message"]
    assert (told["text"], told["quick_reply"]) == ("Doi", {"payload": "p:Doi"})
    with pytest.raises(ValueError, match="does not offer"):
        rina.chooses(PAGE, "সন্দেশ")
    buttons = [
        {"type": "postback", "title": "Order", "payload": "o"},
        {"type": "web_url", "title": "See", "url": "https://shop.example"},
    ]
    send(sim, attached(psid, "template", {"template_type": "button", "text": "So?", "buttons": buttons}))
    rina.writes(PAGE, "hm")
    rina.chooses(PAGE, "Order")
    tapped = [event for key, event in heard(sim) if key == "postback"]
    assert [(event["postback"]["title"], event["postback"]["payload"]) for event in tapped] == [("Order", "o")]
