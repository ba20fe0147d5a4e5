"""A page of the simulator beside its messages: what its app hears of it, its Messenger profile, and the files of its customers."""

import json
from typing import Any

import pytest

from infra.local.http import Request
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.messenger_customer import MessengerCustomer
from infra.local.simulators.people import Page
from tests.stack.simulated import Clock
from tests.stack.simulated_messenger import PAGE, ask, error, heard, said, send


@pytest.fixture
def sim() -> GraphSimulator:
    """Return a simulator with a page."""
    sim = GraphSimulator("app-secret", "verify-token", [], Clock())
    sim.add_page(PAGE)
    return sim


@pytest.fixture
def rina(sim: GraphSimulator) -> MessengerCustomer:
    """Return a customer who has written to nobody."""
    return sim.messenger.customer(name="Rina")


def test_only_what_is_subscribed_is_told(sim: GraphSimulator, rina: MessengerCustomer) -> None:
    """A page that nobody connected tells nothing; then what was asked for, until it is connected no more."""
    sim.add_page(Page.of(PAGE, fields=()))
    rina.writes(PAGE, "hours")
    assert heard(sim) == []
    assert json.loads(ask(sim, "GET", f"{PAGE}/subscribed_apps").body) == {"data": []}
    wanted = {"subscribed_fields": "messages,message_echoes,messaging_optins"}
    assert ask(sim, "POST", f"{PAGE}/subscribed_apps", query=wanted).status == 200
    rina.writes(PAGE, "hours")
    send(sim, said(rina.user_id(PAGE)))
    rina.reacts(PAGE, "m_1", "👍")
    assert [key for key, _ in heard(sim)] == ["message", "echo"]
    told = json.loads(ask(sim, "GET", "me/subscribed_apps").body)["data"][0]
    assert told["subscribed_fields"] == ["messages", "message_echoes", "messaging_optins"]
    assert error(ask(sim, "POST", "me/subscribed_apps", query={"subscribed_fields": "message"})) == (100, None)
    ask(sim, "DELETE", "me/subscribed_apps")
    rina.writes(PAGE, "hours")
    assert heard(sim) == []
    ask(sim, "POST", "me/subscribed_apps", query=wanted)
    sim.reset()
    sim.messenger.customer().writes(PAGE, "hours")
    assert heard(sim) == [], "after a reset a page is as it was at first"


def test_get_started_is_there_once_the_page_wants_it(sim: GraphSimulator, rina: MessengerCustomer) -> None:
    """The button comes with the page's profile, and says its payload; the profile can be read and taken away again."""
    with pytest.raises(ValueError, match="no Get Started"):
        rina.starts(PAGE)
    greeting = [{"locale": "default", "text": "নমস্কার"}]
    profile = {"get_started": {"payload": "GO"}, "greeting": greeting}
    assert json.loads(ask(sim, "POST", "me/messenger_profile", profile).body) == {"result": "success"}
    rina.starts(PAGE)
    assert [event["postback"]["payload"] for _, event in heard(sim)] == ["GO"]
    assert send(sim, said(rina.user_id(PAGE))).status == 200
    asked = ask(sim, "GET", f"{PAGE}/messenger_profile", query={"fields": "greeting"})
    assert json.loads(asked.body) == {"data": [{"greeting": greeting}]}
    ask(sim, "DELETE", "me/messenger_profile", {"fields": ["get_started", "greeting"]})
    assert json.loads(ask(sim, "GET", "me/messenger_profile").body) == {"data": []}
    long: dict[str, Any] = {"greeting": [{"locale": "default", "text": "x" * 161}]}
    wrongs: list[dict[str, Any]] = [{}, {"greetings": []}, long, {"get_started": {}}]
    for wrong in wrongs:
        assert error(ask(sim, "POST", "me/messenger_profile", wrong)) == (100, None)


def test_files_of_customers_can_be_fetched_by_their_url(sim: GraphSimulator, rina: MessengerCustomer) -> None:
    """The URL in the webhook is all that one needs, and nobody can make another."""
    rina.sends_image(PAGE, content=b"\x89PNG 1")
    url = heard(sim)[0][1]["message"]["attachments"][0]["payload"]["url"]
    path, _, seal = url.removeprefix(sim.base_url).partition("?oh=")
    got = sim.handle(Request(method="GET", path=path, query={"oh": seal}))
    assert (got.status, got.headers["content-type"], got.body) == (200, "image/png", b"\x89PNG 1")
    assert sim.handle(Request(method="GET", path=path, query={"oh": "0" * 40})).status == 403
