"""Customers over HTTP: blocked, given out, forgotten."""

import json
from collections import Counter
from typing import Any

import pytest

from haat.aws.table import Put, unpack
from haat.business.model.token import Role
from haat.kernel.ids import ulid
from infra.local.simulators.customer import Customer
from tests.stack.business.conftest import HARDWARE_SHOP, Api
from tests.stack.conversation.conftest import SWEET_SHOP

UNKNOWN = "do you sell elephants"
LATER = 120.0


def rina(api: Api) -> Customer:
    """A customer."""
    return api.stage.graph.customer(phone="919800000001", name="Rina")


def says(api: Api, text: str, customer: Customer | None = None) -> list[str]:
    """Somebody writes, Rina if nobody is named -> what the shop said since."""
    before = len(api.stage.graph.sent(SWEET_SHOP))
    (customer or rina(api)).writes(SWEET_SHOP, text)
    api.stage.drain()
    return [sent.text for sent in api.stage.graph.sent(SWEET_SHOP)[before:] if sent.accepted]


def known(api: Api, name: str = "Rina") -> str:
    """The customer id of whoever is called so."""
    (id,) = [it["customer_id"] for it in api.json("GET", "conversations")["items"] if it["name"] == name]
    assert isinstance(id, str)
    return id


def held(api: Api, customer: str, limit: int = 25) -> list[dict[str, Any]]:
    """An export, page by page."""
    lines: list[dict[str, Any]] = []
    cursor = ""
    for _ in range(200):
        page = api.json("GET", f"customers/{customer}?limit={limit}{cursor}")
        lines += page["items"]
        if page["next"] is None:
            return lines
        cursor = f"&cursor={page['next']}"
    pytest.fail("the pages do not end")


# Blocking


def test_blocked_customer_is_kept_never_answered_and_not_on_the_list(api: Api) -> None:
    """What they write stands in the conversation with the reason; the bot says nothing, and asks nobody."""
    says(api, "hours")
    customer = known(api)
    blocked = api.json("POST", "blocked-customers", {"customer_id": customer}, role=Role.STAFF, expect=201)
    assert blocked == {"customer_id": customer, "blocked_at": "2026-01-05T04:30:00.000Z"}
    assert [says(api, "hours"), says(api, UNKNOWN)] == [[], []]
    assert api.json("GET", "unanswered-messages")["items"] == []
    (there,) = api.json("GET", "conversations")["items"]
    assert there["bot"] == {"state": "blocked", "until": None}
    lines = api.json("GET", f"conversations/{there['id']}/messages")["items"]
    assert sorted(it["text"] for it in lines if it["reason"] == "blocked") == [UNKNOWN, "hours"]
    assert api.json("GET", "blocked-customers")["items"] == [blocked]


def test_unblocked_customer_is_answered_again(api: Api) -> None:
    """Unblocking works once and again."""
    says(api, "hours")
    customer = known(api)
    api.json("POST", "blocked-customers", {"customer_id": customer}, expect=201)
    for _ in range(2):
        assert api.call("DELETE", f"blocked-customers/{customer}").status == 204
    assert api.json("GET", "blocked-customers")["items"] == []
    assert len(says(api, "hours")) == 1


def test_others_are_answered_while_one_is_blocked(api: Api) -> None:
    """A block is one customer's."""
    says(api, "hours")
    api.json("POST", "blocked-customers", {"customer_id": known(api)}, expect=201)
    assert len(says(api, "hours", api.stage.graph.customer(phone="919800000002", name="Amit"))) == 1


# Giving out


def test_export_gives_all_that_is_held(api: Api) -> None:
    """Names, conversations, messages in and out with their states, edits, questions and notes, each once, whatever the page's size."""
    wamid = rina(api).writes(SWEET_SHOP, "hors")
    api.stage.drain()
    rina(api).edits(SWEET_SHOP, wamid, "hours")
    says(api, "hours")
    says(api, UNKNOWN)
    api.stage.graph.echo(SWEET_SHOP, rina(api), "I am here")
    rina(api).sends(SWEET_SHOP, "system", {"system": {"type": "customer_identity_changed", "body": "x"}})
    api.stage.run_for(60)
    whole = held(api, known(api))
    for limit in (1, 2, 7):
        assert held(api, known(api), limit) == whole
    assert Counter(line["kind"] for line in whole) == {"person": 1, "message": 8, "question": 1, "note": 1}
    (person,) = [line["held"] for line in whole if line["kind"] == "person"]
    assert (person["conversations"][0]["phone"], person["conversations"][0]["name"]) == ("+919800000001", "Rina")
    messages = [line["held"] for line in whole if line["kind"] == "message"]
    assert {line["text"] for line in messages} >= {"hours", UNKNOWN, "I am here"}
    assert all(line["channels_id"].startswith("wamid.") for line in messages if line["kind"] == "text")
    assert {line["state"] for line in messages if line["author"] == "bot"} == {"read"}


def test_export_is_the_owners(api: Api) -> None:
    """Staff may read conversations, and not carry a person's data away; another merchant finds nobody."""
    says(api, "hours")
    path = f"customers/{known(api)}"
    for role in (Role.STAFF, Role.READ_ONLY):
        assert api.refused("GET", path, role=role) == (403, "forbidden")
        assert api.refused("DELETE", path, role=role) == (403, "forbidden")
    assert api.refused("GET", path, as_=HARDWARE_SHOP) == (404, "not-found")
    assert api.refused("DELETE", path, as_=HARDWARE_SHOP) == (404, "not-found")


@pytest.mark.parametrize("cursor", ["bm90aGluZw", "bWVzc2FnZSAwMUtEVkROQTAwODI1MkdISzBKQUYyNFZOUSA", "bm90ZSA5OSA"])
def test_export_of_a_made_up_cursor_is_refused(api: Api, cursor: str) -> None:
    """A cursor that names anything else than a part of this person leads nowhere."""
    says(api, "hours")
    assert api.refused("GET", f"customers/{known(api)}?cursor={cursor}") == (422, "invalid")


# Forgetting


def test_erased_customer_is_gone_and_the_erasure_is_known(api: Api) -> None:
    """At once nothing is found; a minute later it is done, and the record says who asked for it and when."""
    says(api, "hours")
    says(api, UNKNOWN)
    customer = known(api)
    begun = api.json("DELETE", f"customers/{customer}", expect=202)
    assert (begun["customer_id"], begun["state"], begun["done_at"]) == (customer, "erasing", None)
    assert api.json("GET", "conversations")["items"] == []
    assert api.json("GET", "unanswered-messages")["items"] == []
    assert api.refused("GET", f"customers/{customer}") == (404, "not-found")
    api.stage.run_for(LATER)
    done = api.json("DELETE", f"customers/{customer}")
    assert done["state"] == "erased"
    assert api.json("GET", "erasures")["items"] == [done]
    assert api.json("GET", "erasures", as_=HARDWARE_SHOP)["items"] == []
    assert done["asked_by"] == api.json("GET", "tokens")["items"][0]["id"]


def test_revoked_token_erases_nobody(api: Api) -> None:
    """Erasing looks at the token anew."""
    says(api, "hours")
    customer = known(api)
    made = api.json("POST", "tokens", {"role": "owner", "name": "phone"}, expect=201)
    bearer = {"authorization": f"Bearer {made['secret']}"}
    api.call("DELETE", f"tokens/{made['token']['id']}")
    refused = api.refused("DELETE", f"customers/{customer}", headers=bearer)
    assert refused == (401, "unauthenticated")
    assert known(api) == customer


def test_who_writes_after_an_erasure_is_somebody_new(api: Api) -> None:
    """They are greeted as a stranger, under another id, and nothing of before is there."""
    says(api, "hours")
    was = known(api)
    api.json("DELETE", f"customers/{was}", expect=202)
    api.stage.run_for(LATER)
    assert "Welcome" in says(api, "hours")[0]
    now = known(api)
    assert now != was
    texts = [line["held"]["text"] for line in held(api, now) if line["kind"] == "message"]
    assert len(texts) == 2


def test_who_writes_while_an_erasure_goes_on_is_somebody_new(api: Api) -> None:
    """Seconds after the request, in processes that still remember the old customer."""
    says(api, "hours")
    was = known(api)
    api.json("DELETE", f"customers/{was}", expect=202)
    api.stage.run_for(2)
    assert len(says(api, "hours")) == 1
    now = known(api)
    assert now != was
    api.stage.run_for(LATER)
    assert known(api) == now
    assert len([line for line in held(api, now) if line["kind"] == "message"]) == 2


def test_reply_that_waits_to_be_sent_is_not_sent_to_an_erased_customer(api: Api) -> None:
    """What is in the queue finds that nothing must be sent."""
    with api.stage.faults.hold("outbound_message"):
        rina(api).writes(SWEET_SHOP, "hours")
        api.stage.drain()
        api.json("DELETE", f"customers/{known(api)}", expect=202)
    api.stage.run_for(LATER)
    assert api.stage.graph.sent(SWEET_SHOP) == []


def test_question_that_was_taught_stays_what_the_shop_knows(api: Api) -> None:
    """The shop's own example is no message of the customer's any more."""
    says(api, UNKNOWN)
    (question,) = api.json("GET", "unanswered-messages")["items"]
    lesson = {"entry": {"id": "elephants", "replies": {"en": "No."}}, "example": "are there elephants"}
    api.json("POST", f"unanswered-messages/{question['id']}/teach", lesson)
    api.json("DELETE", f"customers/{question['customer_id']}", expect=202)
    assert api.json("GET", "auto-replies/elephants")["examples"] == ["are there elephants"]


def left(api: Api) -> list[str]:
    """What in the table still holds a word or a name of Rina's."""
    words = ("Rina", "919800000001", "line ", "wamid")
    return [str(item["pk"]) for item in api.stage.items("conversation") if any(word in str(item) for word in words)]


def many(api: Api, lines: int) -> str:
    """Rina has written much -> her customer id. All but the first lie there as the first does."""
    says(api, "line 0")
    table = api.conversation()
    first = next(it for it in api.stage.items("conversation") if "line 0" in str(it))
    for number in range(1, lines):
        fact = {
            name: value for name, value in unpack(first).items() if name not in ("queue", "body", "group", "dedupe")
        }
        copy = fact | {"pk": f"MESSAGE#{number:032x}", "view_sk": ulid(api.now, number.to_bytes(10))}
        table.put(Put(item=copy | {"doc": copy["doc"].replace("line 0", f"line {number}")}))
    return known(api)


def test_much_is_erased_by_itself(api: Api) -> None:
    """More than one request can remove is gone on with from the queue of what is due, until nothing is left."""
    customer = many(api, 400)
    api.json("DELETE", f"customers/{customer}", expect=202)
    assert left(api)
    api.stage.run_for(10 * LATER)
    assert left(api) == []
    assert api.json("DELETE", f"customers/{customer}")["state"] == "erased"


@pytest.mark.parametrize(
    "function", [pytest.param("merchant_api", marks=pytest.mark.slow), "auto_reply", "outbox_relay"]
)
def test_erasure_survives_any_death(api: Api, function: str) -> None:
    """Whichever function dies before or after whichever of its calls, in the end nothing is left and it is recorded."""
    many(api, 3)
    customer = known(api)
    api.stage.faults.clear()
    api.call("DELETE", f"customers/{customer}")
    api.stage.run_for(3 * LATER)
    points = api.stage.faults.points(function)
    assert len(points) >= 2
    for point in points:
        api.stage.run_for(61)
        many(api, 3)
        customer = known(api)
        with api.stage.faults.kill(function=function, call=point.call, when=point.when):
            api.call("DELETE", f"customers/{customer}")
            api.stage.run_for(LATER if function == "merchant_api" else 15 * LATER)
        if function == "merchant_api":  # who was told 503 asks again
            assert api.call("DELETE", f"customers/{customer}").status in (200, 202)
            api.stage.run_for(3 * LATER)
        assert left(api) == [], point.name
        assert api.json("DELETE", f"customers/{customer}")["state"] == "erased", point.name


def test_answers_that_are_remembered_hold_nothing_of_a_person(api: Api) -> None:
    """What is kept so that a request has one effect are ids, times and words of ours."""
    says(api, UNKNOWN)
    (question,) = api.json("GET", "unanswered-messages")["items"]
    chat = f"conversations/{question['conversation_id']}"
    api.json("POST", f"{chat}/messages", {"text": "dear Rina"}, expect=201)
    api.json("POST", f"{chat}/takeover", {})
    api.json("POST", f"{chat}/release")
    api.json("POST", f"unanswered-messages/{question['id']}/teach", {"entry_id": "price"})
    api.json("POST", "blocked-customers", {"customer_id": question["customer_id"]}, expect=201)
    kept = json.dumps([it for it in api.stage.items("conversation") if it["pk"]["S"].startswith("ONCE#")])
    assert kept.count('"asked"') == 5
    assert not [word for word in ("Rina", "9800000001", "elephants") if word in kept]
