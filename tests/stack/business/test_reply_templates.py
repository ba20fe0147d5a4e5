"""From a template to answers: what a new shop does on its first day, and what is learnt later because it is too much."""

import json
from typing import Any

import pytest

from haat.business.model.token import Role
from infra.local.faults import When
from infra.local.market import HARDWARE
from tests.stack.business.conftest import EVERY, HARDWARE_SHOP, Api

TRADES = ("sweets", "clothing", "services")
NUMBER = HARDWARE.phone_number_id
# Five written forms, each with the language of its answer: that of the words, or the shop's where they may be of any.
ASKED = {"price?": "en", "দাম কত": "bn", "dam koto": "bn", "कितना है": "hi", "kitna hai": "hi"}
WHEN: tuple[When, When] = ("before", "after")
EDITED = {"en": "A kilo is Rs 400.", "bn": "এক কেজি ৪০০ টাকা।", "hi": "एक किलो 400 रुपये।"}


class Shop:
    """A shop that begins with nothing, and one of its customers."""

    def __init__(self, api: Api) -> None:
        self.api = api
        for entry in self.json("GET", "auto-replies")["items"]:
            self.call("DELETE", f"auto-replies/{entry['id']}", match=self.etag())

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """A request of its owner."""
        return self.api.call(method, path, body, as_=HARDWARE_SHOP, **more)

    def json(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """A request of its owner that succeeds."""
        return self.api.json(method, path, body, as_=HARDWARE_SHOP, **more)

    def etag(self) -> str:
        """The version of what it taught."""
        tag: str = self.call("GET", "auto-replies").headers["etag"]
        return tag

    def starts(self, trade: str = "sweets", **more: Any) -> Any:
        """Take a template."""
        return self.json("POST", "auto-replies/from-template", {"template": trade}, expect=201, **more)

    def edits(self, id: str, replies: dict[str, str]) -> None:
        """Write an entry's own words."""
        entry = self.json("GET", f"auto-replies/{id}")
        body = {name: value for name, value in entry.items() if name != "id"} | {"replies": replies}
        self.json("PUT", f"auto-replies/{id}", body, match=self.etag())

    def hears(self, text: str) -> list[str]:
        """What a customer who is known is told."""
        asha = self.api.stage.graph.customer(phone="919800000021")
        before = len(self.api.stage.graph.sent())
        asha.writes(NUMBER, text)
        self.api.stage.drain()
        return [sent.text for sent in self.api.stage.graph.sent()[before:]]

    def learnt(self) -> bool:
        """Whether the bot has learnt from all that it was taught."""
        done: bool = self.json("GET", "auto-replies/checks")["learnt"]
        return done

    def wishes(self) -> int:
        """How much waits to be learnt."""
        return sum(item["pk"]["S"].startswith("LEARNING#") for item in self.api.stage.items("conversation"))


@pytest.fixture
def shop(api: Api) -> Shop:
    """Return a shop that has taught nothing."""
    return Shop(api)


def answers_in_every_form(shop: Shop) -> None:
    """Each written form is answered with the edited reply, in its language."""
    shop.api.stage.run_for(61)
    shop.hears("hours")  # who is not new is not welcomed
    for text, language in ASKED.items():
        assert shop.hears(text) == [EDITED[language]], text


def test_shop_that_takes_a_template_answers_within_minutes(shop: Shop) -> None:
    """It takes twelve entries, edits one, and a customer is answered with it in five written forms."""
    started = shop.starts()
    assert len(started["added"]) == 12
    assert started["left_out"] == []
    shop.edits("price", EDITED)
    assert shop.learnt()
    answers_in_every_form(shop)


def many(count: int) -> dict[str, Any]:
    """An entry of so many examples that no customer asks."""
    examples = [f"wholesale order form {number} of series {number * 13}" for number in range(count)]
    return {"id": "forms", "examples": examples, "replies": {"en": "Please ask at the desk."}}


@pytest.mark.on_moto("a wish that waits is looked at before it is done")
def test_more_than_two_hundred_examples_are_learnt_within_minutes_too(shop: Shop) -> None:
    """Nobody waits for it; until then the nearest example decides, and then what was learnt."""
    shop.starts()
    shop.edits("price", EDITED)
    shop.json("POST", "auto-replies", many(150), expect=201)
    assert not shop.learnt()
    assert shop.wishes() == 1
    example = shop.json("GET", "auto-replies/price")["examples"][0]
    assert shop.json("POST", "auto-replies/test", {"text": f"{example}!"})["entry"] == "price"
    shop.api.stage.drain()
    assert shop.learnt()
    assert shop.wishes() == 0
    answers_in_every_form(shop)


def test_what_is_learnt_later_is_used_within_a_minute(shop: Shop) -> None:
    """A bot that has answered from the nearest example alone answers surer when it has learnt."""
    shop.starts()
    shop.json("POST", "auto-replies", many(150), expect=201)
    words = {"text": "how much for half a kilo of it"}
    before = shop.json("POST", "auto-replies/test", words)["top"][0]
    shop.hears("hours")
    shop.api.stage.run_for(61)
    after = shop.json("POST", "auto-replies/test", words)["top"][0]
    assert (before["entry"], after["entry"]) == ("price", "price")
    assert before["confidence"] != after["confidence"]


@pytest.mark.parametrize("every", EVERY)
def test_lesson_survives_every_death(shop: Shop, every: int) -> None:
    """Whichever call auto_reply dies before or after: it is learnt in the end, once, and nothing else has changed."""
    stage = shop.api.stage
    body = many(201)
    shop.json("POST", "auto-replies", body, expect=201)
    stage.faults.clear()
    stage.runner.forget()  # each death is of a process that began with this
    stage.drain()
    calls = [call.name for call in stage.faults.calls if call.function == "auto_reply"]
    assert calls
    for number in range(1, len(calls) + 1, every):
        for when in WHEN:
            body["examples"][0] = f"another form {number} {when}"
            change = {name: body[name] for name in ("examples", "replies")}
            shop.json("PUT", "auto-replies/forms", change, match=shop.etag())
            assert not shop.learnt()
            stage.runner.forget()
            with stage.faults.kill(function="auto_reply", call=number, when=when):
                stage.run_for(600)
            assert shop.learnt(), f"{when} {calls[number - 1]}"
            assert shop.wishes() == 0
            assert shop.json("GET", "auto-replies/forms") == body


def test_template_adds_only_what_is_not_there(shop: Shop) -> None:
    """What a shop has under a name stays; what it answers already is left out and named; the same request again adds nothing."""
    own = {"id": "hours", "examples": ["kab khulta hai"], "replies": {"en": "Always."}}
    shop.json("POST", "auto-replies", own, expect=201)
    price = next(it for it in shop.json("GET", "/v1/reply-templates/sweets")["items"] if it["id"] == "price")
    example = price["examples"][0]
    taken = {"id": "mine", "examples": [example.upper() + "!"], "replies": {"en": "Mine."}}
    shop.json("POST", "auto-replies", taken, expect=201)
    started = shop.starts(key="once")
    assert "hours" not in started["added"]
    assert len(started["added"]) == 11
    assert started["left_out"] == [{"example": example, "entry": "price", "answered_by": "mine"}]
    assert shop.json("GET", "auto-replies/hours") == own
    assert example not in shop.json("GET", "auto-replies/price")["examples"]
    assert shop.starts(key="once") == started
    assert shop.starts()["added"] == []
    shop.call("DELETE", "auto-replies/offer", match=shop.etag())
    held = sum(len(entry["examples"]) for entry in shop.json("GET", "auto-replies")["items"])
    shop.json("POST", "auto-replies", many(600 - held), expect=201)
    assert shop.starts(key="once") == started  # though it would not fit any more
    assert shop.call("GET", "auto-replies/offer").status == 404


def test_template_that_does_not_fit_is_refused(shop: Shop) -> None:
    """600 examples in all, also with a template's; and nothing is taught by halves."""
    shop.json("POST", "auto-replies", many(590), expect=201)
    answer = shop.call("POST", "auto-replies/from-template", {"template": "sweets"})
    (wrong,) = json.loads(answer.body)["errors"]
    assert (answer.status, wrong["field"]) == (422, "template")
    assert "600" in wrong["message"]
    assert len(shop.json("GET", "auto-replies")["items"]) == 1


def test_templates_are_read_by_everybody_with_a_token(shop: Shop) -> None:
    """Three trades, in three languages, as a shop would teach them."""
    listed = shop.json("GET", "/v1/reply-templates", role=Role.READ_ONLY)["items"]
    assert [it["trade"] for it in listed] == list(TRADES)
    for brief in listed:
        whole = shop.json("GET", f"/v1/reply-templates/{brief['trade']}")
        assert {name: whole[name] for name in brief} == brief
        assert (len(whole["items"]), sum(len(it["examples"]) for it in whole["items"])) == (12, brief["examples"])
        assert all(set(it["replies"]) == {"en", "bn", "hi"} for it in whole["items"])
    assert shop.call("GET", "/v1/reply-templates/rockets").status == 404
    assert shop.api.refused("GET", "/v1/reply-templates", as_=None) == (401, "unauthenticated")
    assert shop.call("POST", "auto-replies/from-template", {"template": "rockets"}).status == 404


@pytest.mark.parametrize("trade", TRADES)
def test_each_template_can_be_taken(shop: Shop, trade: str) -> None:
    """All of it fits a new shop, and is learnt at once."""
    assert len(shop.starts(trade)["added"]) == 12
    assert shop.learnt()
