"""Teaching the bot over HTTP."""

import json
from typing import Any

import pytest

from haat.business.model.token import Role
from tests.stack.business.conftest import HARDWARE_SHOP, Api

PARKING: dict[str, Any] = {
    "id": "parking",
    "examples": ["is there parking", "গাড়ি রাখা যাবে"],
    "replies": {"en": "Yes, behind the shop.", "bn": "হ্যাঁ, দোকানের পিছনে।"},
}
SWEETS_NUMBER = "100000000000001"


def asks(api: Api, text: str) -> list[str]:
    """What a known customer of the sweet shop is told."""
    rina = api.stage.graph.customer(phone="919800000001")
    before = len(api.stage.graph.sent())
    rina.writes(SWEETS_NUMBER, text)
    api.stage.drain()
    return [sent.text for sent in api.stage.graph.sent()[before:]]


def test_taught_question_is_answered_within_a_minute(api: Api) -> None:
    """What an owner teaches, customers are told, in their language."""
    asks(api, "hours")
    assert api.json("POST", "auto-replies", PARKING, expect=201) == PARKING
    api.stage.run_for(61)
    assert asks(api, "is there parking?") == ["Yes, behind the shop."]
    assert asks(api, "গাড়ি রাখা যাবে") == ["হ্যাঁ, দোকানের পিছনে।"]


def test_same_request_again_teaches_once(api: Api) -> None:
    """A repeated POST has one effect and the same answer, also when its entry has been changed since."""
    first = api.json("POST", "auto-replies", PARKING, key="one", expect=201)
    assert api.json("POST", "auto-replies", PARKING, key="one", expect=201) == first
    assert api.refused("POST", "auto-replies", PARKING) == (409, "conflict")
    assert [entry["id"] for entry in api.json("GET", "auto-replies")["items"]].count("parking") == 1


def test_entry_is_changed_and_forgotten(api: Api) -> None:
    """An entry's examples and answers are replaced, and it can be taken away; a late editor is told."""
    made = api.call("POST", "auto-replies", PARKING)
    change = {"examples": ["where to park"], "replies": {"en": "Behind."}}
    changed = api.call("PUT", "auto-replies/parking", change, match=made.headers["etag"])
    assert changed.status == 200
    assert api.json("GET", "auto-replies/parking") == {"id": "parking", **change}
    assert api.refused("PUT", "auto-replies/parking", change, match=made.headers["etag"]) == (412, "changed")
    assert api.call("DELETE", "auto-replies/parking", match=changed.headers["etag"]).status == 204
    assert api.refused("GET", "auto-replies/parking") == (404, "not-found")


def test_example_that_leads_to_two_answers_is_refused(api: Api) -> None:
    """The same question in two entries is refused, and both are named."""
    answer = api.call("POST", "auto-replies", PARKING | {"examples": ["Price?"]})
    assert answer.status == 422
    assert "price" in answer.body.decode()
    assert "parking" in answer.body.decode()


@pytest.mark.parametrize("count", [600, 601])
def test_shop_has_at_most_600_examples(api: Api, count: int) -> None:
    """600 examples in all are taken, 601 are refused and nothing changes."""
    taught = api.json("GET", "auto-replies")["items"]
    held = sum(len(entry["examples"]) for entry in taught)
    many = PARKING | {"examples": [f"question number {number} please" for number in range(count - held)]}
    expect = 201 if count == 600 else 422
    assert api.call("POST", "auto-replies", many).status == expect
    assert len(api.json("GET", "auto-replies")["items"]) == len(taught) + (expect == 201)


@pytest.mark.parametrize(
    "wrong",
    [
        {"examples": []},
        {"replies": {}},
        {"replies": {"en": " \n"}},
        {"examples": ["  "]},
        {"replies": {"xx": "y"}},
        {"id": "Über"},
    ],
)
def test_entry_that_can_answer_nothing_is_refused(api: Api, wrong: dict[str, Any]) -> None:
    """An entry needs an example and an answer, in a language that is spoken here."""
    assert api.refused("POST", "auto-replies", PARKING | wrong) == (422, "invalid")


def test_text_is_tried_without_sending(api: Api) -> None:
    """Trying a text says which entry answers, why, and with what; nobody is written to."""
    tried = api.json("POST", "auto-replies/test", {"text": "দাম কত"}, role=Role.READ_ONLY)
    assert (tried["entry"], tried["confidence"], tried["decision"]) == ("price", 1, "matched")
    assert tried["nearest_example"] == "দাম কত"
    assert tried["reply"].startswith("সন্দেশ")
    unknown = api.json("POST", "auto-replies/test", {"text": "zygote xylophone"})
    assert (unknown["entry"], unknown["decision"], unknown["choices"]) == (None, "not_understood", [])
    assert api.stage.graph.sent() == []


LIKE = {"lift": "do you have a lift here", "toilet": "do you have a toilet here", "parking": "is there parking"}


def unsure(api: Api) -> str:
    """A text that a normal bot asks back, and an eager one answers."""
    texts = ("lift there", "some lift somewhere", "lifts", "a lift maybe", "lift lift", "any lift for us today")
    for text in texts:
        (best, *_) = api.json("POST", "auto-replies/test", {"text": text})["top"]
        if best["entry"] == "lift" and 0.25 <= best["confidence"] < 0.35:
            return text
    raise AssertionError("the bot is sure of all of them, or of none")


def test_tried_text_that_misses_shows_what_is_near(api: Api) -> None:
    """Up to three entries, the surest first, and what a customer would be asked: the shop sees whom a menu would offer."""
    for id, example in LIKE.items():
        entry = {"id": id, "examples": [example], "replies": {"en": "x"}, "titles": {"en": id.title()}}
        api.json("POST", "auto-replies", entry, expect=201)
    tried = api.json("POST", "auto-replies/test", {"text": unsure(api)})
    assert (tried["entry"], tried["confidence"], tried["decision"]) == (None, 0, "menu")
    assert tried["nearest_example"] == tried["top"][0]["example"]
    assert "Lift" in tried["choices"]
    assert all(title in tried["reply"] for title in tried["choices"])
    assert len(tried["top"]) <= 3
    assert api.json("POST", "auto-replies/test", {"text": "???"})["top"] == []
    exact = api.json("POST", "auto-replies/test", {"text": "is there parking"})
    assert exact["top"][0] == {"entry": "parking", "confidence": 1, "example": "is there parking"}


def test_shop_sets_how_sure_its_bot_must_be(api: Api) -> None:
    """What an eager bot answers a careful one asks back; who says nothing of it has a normal one."""
    for id, example in LIKE.items():
        api.json("POST", "auto-replies", {"id": id, "examples": [example], "replies": {"en": "x"}}, expect=201)
    bot = api.json("GET", "bot")
    assert bot["manners"].pop("sureness") == "normal"
    words = {"text": unsure(api)}
    said = {}
    for sureness in ("careful", "eager", None):
        manners = bot["manners"] | ({"sureness": sureness} if sureness else {})
        body = bot | {"manners": manners}
        there = api.json("PUT", "bot", body, match=api.call("GET", "bot").headers["etag"])
        said[there["manners"]["sureness"]] = api.json("POST", "auto-replies/test", words)["decision"]
    assert said == {"careful": "menu", "eager": "matched", "normal": "menu"}
    wrong = bot | {"manners": bot["manners"] | {"sureness": "bold"}}
    assert api.refused("PUT", "bot", wrong, match=api.call("GET", "bot").headers["etag"]) == (422, "invalid")


def test_entry_keeps_its_titles_and_that_a_person_goes_on(api: Api) -> None:
    """Both come back as they were said; who leaves them out when replacing it takes them away."""
    complaint = PARKING | {"id": "complaint", "titles": {"en": "A complaint", "bn": "অভিযোগ"}, "to_person": True}
    complaint |= {"examples": ["the sweets were stale"]}
    assert api.json("POST", "auto-replies", complaint, expect=201) == complaint
    assert api.json("GET", "auto-replies/complaint") == complaint
    tried = api.json("POST", "auto-replies/test", {"text": "The sweets were stale!"})
    assert (tried["entry"], tried["decision"]) == ("complaint", "handed_over")
    change = {name: complaint[name] for name in ("examples", "replies")}
    etag = api.call("GET", "auto-replies").headers["etag"]
    assert api.json("PUT", "auto-replies/complaint", change, match=etag) == {"id": "complaint", **change}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"titles": {"en": "x" * 25}}, "titles.en"),
        ({"titles": {"en": "two\nlines"}}, "titles.en"),
        ({"titles": {"fr": "x"}}, "titles.fr"),
        ({"to_person": "yes"}, "to_person"),
        ({"examples": ["parking?", "🙏🏽!"]}, "examples.1"),
        ({"examples": ["\u200f\u200d"]}, "examples.0"),
    ],
)
def test_what_a_bot_can_not_use_is_refused_by_its_field(api: Api, wrong: dict[str, Any], field: str) -> None:
    """A title that no menu could show, an example that no message could be like."""
    answer = api.call("POST", "auto-replies", PARKING | wrong)
    assert (answer.status, [it["field"] for it in json.loads(answer.body)["errors"]]) == (422, [field])


def test_strange_letters_in_examples_are_kept_as_text(api: Api) -> None:
    """Marks of direction, NUL and half a surrogate do no harm: what can be kept is, and finds its answer."""
    body = '{"id":"odd","examples":["\\u202epark\\u0000ing lot\\ud83d"],"replies":{"en":"x"}}'
    made = api.call("POST", "auto-replies", body.encode(), headers={"content-type": "application/json"})
    assert made.status == 201
    assert json.loads(made.body)["examples"] == ["\u202eparking lot\ufffd"]
    assert api.json("POST", "auto-replies/test", {"text": "parking lot"})["entry"] == "odd"


def test_checks_say_what_to_look_at(api: Api) -> None:
    """Which entries look alike, which replies a channel cuts, what of a template is still to be filled in."""
    long = "ক্ষি" * 600
    for id, example, reply in (
        ("rooms", "is there room for ten people", long),
        ("tables", "is there room for six", "[how many]"),
    ):
        api.json("POST", "auto-replies", {"id": id, "examples": [example], "replies": {"bn": reply}}, expect=201)
    found = api.json("GET", "auto-replies/checks", role=Role.READ_ONLY)
    assert {"is there room for six"} <= {it["example"] for it in found["look_alikes"] if it["answered_by"] == "rooms"}
    place = {"entry": "rooms", "text": None, "language": "bn"}
    assert found["too_long"] == [place | {"channel": "messenger", "limit": 2000, "length": 2400}]
    assert found["to_fill_in"] == [place | {"entry": "tables", "blank": "[how many]"}]
    held = sum(len(entry["examples"]) for entry in api.json("GET", "auto-replies")["items"])
    assert (found["learnt"], found["examples"], found["most"]) == (True, held, 600)
    tried = api.json("POST", "auto-replies/test", {"text": "is there room for ten people", "channel": "messenger"})
    assert len(tried["reply"]) <= 2000
    assert tried["reply"].endswith("ক্ষি…")
    whole = api.json("POST", "auto-replies/test", {"text": "is there room for ten people", "channel": "whatsapp"})
    assert whole["reply"] == long


def test_tried_question_for_goods_is_answered_by_the_counter(api: Api) -> None:
    """As a customer would be; of orders it says only that the counter answers. Nothing is written."""
    price = {"minor": 2_000, "currency": "INR"}
    api.json("POST", "products", {"name": "Sandesh", "unit": "piece", "price": price}, expect=201)
    before = api.stage.items("business"), api.stage.items("conversation")
    tried = api.json("POST", "auto-replies/test", {"text": "show me the menu"}, role=Role.READ_ONLY)
    theirs = api.json("POST", "auto-replies/test", {"text": "where is my order?"}, role=Role.READ_ONLY)
    ours = [item for item in api.stage.items("business") if not item["pk"]["S"].startswith(("RATE#", "TOKEN#"))]
    assert (tried["decision"], tried["entry"]) == ("served", None)
    assert "Sandesh" in tried["reply"]
    assert (theirs["decision"], theirs["reply"]) == ("served", None)
    assert all(item in before[0] or item["sk"]["S"].startswith("TOKEN#") for item in ours)
    assert api.stage.items("conversation") == before[1]
    asks(api, "hours")  # who is not new is not welcomed
    (said,) = asks(api, "show me the menu")
    assert said.startswith(tried["reply"])


def test_more_than_fits_is_refused_with_its_size(api: Api) -> None:
    """What a shop teaches must fit in one place: the entry that does not is refused in bytes, and the bot's texts too."""
    long = dict.fromkeys(("en", "bn", "hi"), "ক" * 4000)
    answers = [
        api.call("POST", "auto-replies", {"examples": [f"question number {n} words"], "replies": long})
        for n in range(12)
    ]
    statuses = [answer.status for answer in answers]
    assert statuses == sorted(statuses)
    assert set(statuses) == {201, 422}
    (wrong,) = json.loads(answers[-1].body)["errors"]
    assert wrong["field"] == "replies"
    assert "bytes" in wrong["message"]
    bot = api.call("GET", "bot")
    texts = dict.fromkeys(("greeting", "away", "not_understood", "unsupported"), long)
    said = json.loads(bot.body) | {"texts": texts}
    assert api.refused("PUT", "bot", said, match=bot.headers["etag"]) == (422, "invalid")


def test_bot_says_what_it_was_told_to(api: Api) -> None:
    """The texts of the bot are replaced, and customers read the new ones."""
    answer = api.call("GET", "bot")
    bot = api.json("GET", "bot")
    bot["texts"]["greeting"] = {"en": "Namaskar from {shop}!"}
    bot["manners"]["silence_minutes"] = 45
    assert api.json("PUT", "bot", bot, match=answer.headers["etag"]) == bot
    api.stage.run_for(61)
    (said,) = asks(api, "hours")
    assert said.startswith("Namaskar from Mishti Bhandar!")


def test_shops_teach_their_own_bots_only(api: Api) -> None:
    """What one shop teaches no other shop knows."""
    api.json("POST", "auto-replies", PARKING, expect=201)
    assert api.refused("GET", "auto-replies/parking", as_=HARDWARE_SHOP) == (404, "not-found")
