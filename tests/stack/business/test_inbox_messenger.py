"""Conversations on Messenger live in the same inbox, with Messenger's own windows, lengths and ticks."""

from typing import Any

import pytest

from infra.local.market import SWEETS
from infra.local.simulators.messenger_customer import MessengerCustomer
from tests.stack.business.conftest import Api
from tests.stack.business.test_customers import held
from tests.stack.conversation.conftest import SWEET_SHOP

PAGE, PSID = SWEETS.page_id, "7000000000000001"
HOUR, DAY = 3_600.0, 86_400.0
STAFF = "+919800000031"
UNKNOWN = "do you sell elephants"


def mina(api: Api) -> MessengerCustomer:
    """Somebody who writes by Messenger."""
    return api.stage.graph.messenger.customer(psid=PSID, name="Mina")


def says(api: Api, text: str) -> list[str]:
    """She writes -> what she is answered."""
    before = len(heard(api))
    mina(api).writes(PAGE, text)
    api.stage.drain()
    return heard(api)[before:]


def heard(api: Api) -> list[str]:
    """What the page has said to her."""
    return [line.text for line in api.stage.graph.transcript(PAGE, mina(api)) if line.author == "haat"]


def talk(api: Api) -> dict[str, Any]:
    """The one conversation."""
    (there,) = api.json("GET", "conversations")["items"]
    assert isinstance(there, dict)
    return there


def person_says(api: Api, text: str, **more: Any) -> Any:
    """Somebody of the shop answers; everything that follows now happens."""
    answer = api.json("POST", f"conversations/{talk(api)['id']}/messages", {"text": text}, expect=201, **more)
    api.stage.drain()
    return answer


def lines(api: Api) -> dict[str, str | None]:
    """The state of every line that we sent, by the end of its text."""
    path = f"conversations/{talk(api)['id']}/messages"
    said = [line for line in api.json("GET", path)["items"] if line["direction"] == "out"]
    return {line["text"].rpartition("\n")[2]: line["state"] for line in said}


def test_conversation_shows_page_person_and_windows(api: Api) -> None:
    """By the id that the page knows, and until when the bot, and a person, may write."""
    says(api, "hours")
    there = talk(api)
    assert api.json("GET", f"conversations/{there['id']}") == there
    assert (there["channel"], there["number"], there["user_id"], there["phone"]) == ("messenger", PAGE, PSID, None)
    assert (there["window_ends_at"], there["agent_until"]) == ("2026-01-06T04:30:00.000Z", "2026-01-12T04:30:00.000Z")
    api.stage.graph.customer(phone="919800000001").writes(SWEET_SHOP, "hours")
    api.stage.drain()
    beside = [it for it in api.json("GET", "conversations")["items"] if it["id"] != there["id"]]
    assert [(it["channel"], it["number"], it["agent_until"]) for it in beside] == [("whatsapp", SWEET_SHOP, None)]


@pytest.mark.parametrize(("days", "arrives"), [(0.5, True), (1.5, True), (6.9, True), (7.1, False)])
def test_person_may_answer_for_seven_days(api: Api, days: float, *, arrives: bool) -> None:
    """Meta takes it after the first as what a person says; after the seventh nobody may."""
    says(api, "hours")
    api.stage.run_for(days * DAY)
    if not arrives:
        path = f"conversations/{talk(api)['id']}/messages"
        assert api.refused("POST", path, {"text": "Come today"}) == (409, "window-closed")
        return
    person_says(api, "Come today")
    assert heard(api)[-1] == "Come today"
    assert lines(api)["Come today"] == "read"


def test_bot_never_speaks_as_a_person(api: Api) -> None:
    """What the bot would have said within the day is not said later, though a person still may."""
    with api.stage.faults.hold("outbound_message"):
        says(api, "hours")
        api.stage.run_for(DAY + HOUR)
    api.stage.run_for(HOUR)
    assert heard(api) == []
    assert set(lines(api).values()) == {"failed"}
    person_says(api, "Come today")
    assert heard(api) == ["Come today"]


def test_text_that_messenger_does_not_take_is_refused_with_its_limit(api: Api) -> None:
    """2,000 letters go whole, one more is refused by its field; a number takes more."""
    says(api, "hours")
    path = f"conversations/{talk(api)['id']}/messages"
    refused = api.call("POST", path, {"text": "ক" * 2_001})
    assert (refused.status, "2000 characters" in refused.body.decode()) == (422, True)
    person_says(api, "ক" * 2_000)
    assert heard(api)[-1] == "ক" * 2_000


def test_ticks_follow_what_the_customers_phone_tells(api: Api) -> None:
    """Delivered and then read, all up to a time, whatever is late; what was sent after that time is not read."""
    api.stage.graph.statuses = "held"
    says(api, "hours")
    api.stage.run_for(60)
    assert set(lines(api).values()) == {"sent"}
    api.stage.graph.release()
    api.stage.drain()
    assert set(lines(api).values()) == {"read"}
    api.stage.run_for(60)
    person_says(api, "Come today")
    assert lines(api)["Come today"] == "sent"
    api.stage.graph.release()
    api.stage.drain()
    assert set(lines(api).values()) == {"read"}


def test_staffs_commands_are_nobodys_on_messenger(api: Api) -> None:
    """Nobody there has a telephone number to be known by: a command is a question like any other."""
    api.json("POST", "staff-numbers", {"phone": STAFF, "name": "Anita (invented)", "language": "en"}, expect=201)
    says(api, "bot off")
    assert api.json("GET", "bot")["manners"]["off"] is False
    assert len(says(api, "hours")) == 1, "the bot goes on"


def test_blocked_customer_is_kept_and_never_answered(api: Api) -> None:
    """As on any channel; unblocked they are answered again."""
    says(api, "hours")
    customer = talk(api)["customer_id"]
    api.json("POST", "blocked-customers", {"customer_id": customer}, expect=201)
    assert [says(api, "hours"), says(api, UNKNOWN)] == [[], []]
    assert talk(api)["bot"]["state"] == "blocked"
    assert api.call("DELETE", f"blocked-customers/{customer}").status == 204
    assert len(says(api, "hours")) == 1


def test_export_gives_all_that_is_held(api: Api) -> None:
    """Who they are to the page, what they wrote and were answered with ticks, and the questions that nobody could answer."""
    says(api, "hours")
    api.stage.run_for(60)
    says(api, UNKNOWN)
    api.stage.graph.echo(PAGE, mina(api), "I am here")
    api.stage.run_for(60)
    whole = held(api, talk(api)["customer_id"])
    assert held(api, talk(api)["customer_id"], 1) == whole
    (person,) = [line["held"] for line in whole if line["kind"] == "person"]
    (there,) = person["conversations"]
    assert (there["channel"], there["number"], there["user_id"]) == ("messenger", PAGE, PSID)
    messages = [line["held"] for line in whole if line["kind"] == "message"]
    assert {line["text"] for line in messages} >= {"hours", UNKNOWN, "I am here"}
    assert {line["state"] for line in messages if line["author"] == "bot"} == {"read"}
    assert [line["held"]["text"] for line in whole if line["kind"] == "question"] == [UNKNOWN]


def test_erased_customer_is_gone_and_comes_back_as_somebody_new(api: Api) -> None:
    """Nothing stands in the inbox; what they write later begins a conversation that knows nothing."""
    says(api, "hours")
    customer = talk(api)["customer_id"]
    api.json("DELETE", f"customers/{customer}", expect=202)
    assert api.json("GET", "conversations")["items"] == []
    api.stage.run_for(600)
    assert api.json("DELETE", f"customers/{customer}")["state"] == "erased"
    assert not [item for item in api.stage.items("conversation") if item["pk"]["S"].startswith("CUSTOMER#")]
    says(api, "hours")
    assert talk(api)["customer_id"] != customer
    assert api.refused("GET", f"customers/{customer}") == (404, "not-found")
