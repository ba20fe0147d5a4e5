"""The shop's own people command its bot from their phones: by real webhooks, through the deployed stack."""

from collections.abc import Callable
from typing import Any

import pytest

from infra.local.market import HARDWARE
from infra.local.simulators.customer import Customer
from tests.stack.business.conftest import EVERY, HARDWARE_SHOP, Api
from tests.stack.business.ordering import NUMBER, Stall

BOSS = "919800000131"
HOUR, MINUTE = 3600.0, 60.0


def employs(stall: Stall, language: str = "en", **more: Any) -> Customer:
    """The sweet shop has one more phone of its own; it belongs to whom is returned."""
    body = {"phone": f"+{BOSS}", "name": "Boss (invented)", "language": language, "told": []}
    stall.api.json("POST", "staff-numbers", body, expect=201, **more)
    stall.stage.run_for(MINUTE)  # so long auto_reply may hold what it has read of the shop
    return stall.stage.graph.customer(phone=BOSS, name="Boss (invented)")


@pytest.fixture
def stall(api: Api) -> Stall:
    """Return a shop that sells."""
    return Stall(api)


def is_off(stall: Stall) -> bool:
    """What the shop's people see of its bot over HTTP."""
    off: bool = stall.api.json("GET", "bot")["manners"]["off"]
    return off


def test_bot_is_switched_off_and_on_from_a_phone(stall: Stall) -> None:
    """A minute after "bot off" nobody is answered, and carts still are; a minute after "bot on" everybody is."""
    boss, rina, sandesh = employs(stall), stall.customer(), stall.product()
    stall.says(rina, "hours")
    (said,) = stall.says(boss, "Bot off")
    assert said.startswith("The bot is off")
    assert is_off(stall)
    stall.stage.run_for(MINUTE)
    assert stall.says(rina, "hours") == []
    assert [it["text"] for it in stall.api.json("GET", "unanswered-messages")["items"]] == ["hours"]
    assert stall.api.json("POST", "auto-replies/test", {"text": "hours"})["decision"] == "silent"
    assert len(stall.cart(rina, (sandesh, 1))) == 1
    assert stall.says(boss, "bot off")[0].startswith("The bot is off already")
    assert stall.says(boss, "বট চালু")[0].startswith("বট চালু হলো")
    assert not is_off(stall)
    stall.stage.run_for(MINUTE)
    assert len(stall.says(rina, "hours")) == 1


def test_bot_is_switched_over_http_too(stall: Stall) -> None:
    """With the other manners; who does not name it switches the bot on."""
    rina = stall.customer()
    stall.says(rina, "hours")
    bot = stall.api.json("GET", "bot")
    tag = stall.api.call("GET", "bot").headers["etag"]
    bot["manners"]["off"] = True
    assert stall.api.json("PUT", "bot", bot, match=tag) == bot
    stall.stage.run_for(MINUTE)
    assert stall.says(rina, "hours") == []
    del bot["manners"]["off"]
    tag = stall.api.call("GET", "bot").headers["etag"]
    assert stall.api.json("PUT", "bot", bot, match=tag)["manners"]["off"] is False
    stall.stage.run_for(MINUTE)
    assert len(stall.says(rina, "hours")) == 1


def test_one_customer_is_left_to_the_shop(stall: Stall) -> None:
    """By number as it is dialled at home: that customer alone, until they are given back from a phone or over HTTP."""
    boss, rina, amit = employs(stall), stall.customer(1), stall.customer(2)
    for customer in (rina, amit):
        stall.says(customer, "hours")
    (said,) = stall.says(boss, "bot off 098000 00001")
    assert said.startswith("The bot leaves this customer to you")
    assert (stall.says(rina, "price"), len(stall.says(amit, "price"))) == ([], 1)
    (there,) = [it for it in stall.api.json("GET", "conversations")["items"] if it["phone"] == f"+{rina.phone}"]
    assert there["bot"] == {"state": "silent", "until": None}
    assert stall.says(boss, "bot on +91 98000-00001") == ["The bot answers this customer again."]
    assert len(stall.says(rina, "price")) == 1
    assert stall.says(boss, "bot off 98000 00009") == ["Nobody who has written to the shop is known by that number."]
    assert not is_off(stall)


def test_customer_is_named_by_their_order(stall: Stall) -> None:
    """By the number that the shop reads aloud; one of another shop's orders names nobody here."""
    boss, rina = employs(stall), stall.customer()
    stall.cart(rina, (stall.product(), 1))
    number = stall.orders()[0]["number"]
    assert stall.says(boss, f"bot off {number.lower().replace('-', ' ')}")[0].startswith("The bot leaves this customer")
    assert stall.says(rina, "hours") == []
    stall.api.json(
        "POST", "staff-numbers", {"phone": f"+{BOSS}", "name": "B", "language": "en"}, expect=201, as_=HARDWARE_SHOP
    )
    stall.stage.run_for(MINUTE)
    boss.writes(HARDWARE.phone_number_id, f"bot on {number}")
    stall.stage.drain()
    assert stall.stage.graph.sent(HARDWARE.phone_number_id)[-1].text.startswith("Nobody who has written")
    assert stall.says(rina, "hours") == []


def test_orders_of_the_day_are_told(stall: Stall) -> None:
    """Those since midnight in the shop's time zone, in the language of the question, naming nobody."""
    boss, rina, sandesh = employs(stall), stall.customer(), stall.product()
    assert stall.says(boss, "orders today") == ["No orders today so far."]
    stall.cart(rina, (sandesh, 1), note="ring twice")
    stall.stage.run_for(14 * HOUR)  # past midnight in India
    stall.says(rina, "hours")
    for quantity in (2, 3):
        stall.cart(rina, (sandesh, quantity))
        stall.stage.run_for(1)
    third, second, _ = stall.orders()
    stall.move(second, "reject")
    assert stall.says(boss, "Orders today?")[0].split("\n") == [
        "Orders today: 2",
        "new: 1, rejected: 1",
        "Total without rejected and cancelled ones: ₹60",
        f"{third['number']}: new, ₹60",
        f"{second['number']}: rejected, ₹40",
    ]
    assert stall.says(boss, "आज के ऑर्डर")[0].startswith("आज के ऑर्डर: 2")


def test_command_stands_in_the_inbox_without_whom_it_names(stall: Stall) -> None:
    """The shop reads what was commanded and what was answered, and no customer's number in either."""
    boss, rina = employs(stall), stall.customer()
    stall.says(rina, "hours")
    wamid = boss.writes(NUMBER, "bot off 98000 00001")
    stall.stage.drain()
    boss.edits(NUMBER, wamid, "bot off 98000 00002")
    stall.stage.drain()
    (there,) = [it for it in stall.api.json("GET", "conversations")["items"] if it["phone"] == f"+{BOSS}"]
    lines = stall.api.json("GET", f"conversations/{there['id']}/messages")["items"]
    assert [(line["author"], line["text"], line["reason"]) for line in lines if line["kind"] == "text"] == [
        (
            "bot",
            "The bot leaves this customer to you. Write “bot on” with the same number and it answers them again.",
            None,
        ),
        ("customer", "bot off", "commanded"),
    ]
    assert "98000" not in str([line for line in lines if line["kind"] != "text"])
    ours = [str(it) for it in stall.stage.items("conversation") if "bot off" in str(it)]
    assert ours
    assert not any("98000 0000" in item for item in ours)


def test_who_is_of_the_shop_no_more_commands_nothing(stall: Stall) -> None:
    """A minute after their number was taken off, their words are those of a customer."""
    boss = employs(stall)
    (entry,) = stall.api.json("GET", "staff-numbers")["items"]
    assert stall.api.call("DELETE", f"staff-numbers/{entry['id']}").status == 204
    stall.stage.run_for(MINUTE)
    assert not stall.says(boss, "bot off")[0].startswith("The bot is off")
    assert not is_off(stall)


def test_command_costs_little_and_ordinary_messages_nothing(stall: Stall) -> None:
    """A customer's message makes the calls that it made before, also where the shop has people of its own."""
    boss, rina = employs(stall), stall.customer()
    for customer in (boss, rina):
        stall.says(customer, "hours")
    stall.stage.faults.clear()
    stall.says(rina, "price")
    assert operations(stall) == ["GetItem", "TransactWriteItems"]
    stall.stage.faults.clear()
    stall.says(boss, "bot off")
    # The conversation, whether it was kept; whether it was done, what was taught; the change; the message.
    assert operations(stall) == ["GetItem"] * 3 + ["Query"] + ["TransactWriteItems"] * 2


def operations(stall: Stall) -> list[str]:
    """The calls that auto_reply has made to the tables."""
    calls = [it for it in stall.stage.faults.calls if (it.function, it.service) == ("auto_reply", "dynamodb")]
    return sorted(call.operation for call in calls)


OBEYED = {
    "bot off": "The bot is off: within a minute",
    "bot on": "The bot is on already",
    "bot off 98000 00001": "The bot leaves this customer to you",
    "orders today": "No orders today so far",
}


class Played:
    """A command is given, and what has come of it."""

    def __init__(self, stall: Stall, text: str) -> None:
        """The boss writes it to a shop whose bot is on and answers everybody; then time enough passes."""
        self.stall, self.text, boss = stall, text, stall.stage.graph.customer(phone=BOSS)
        self.heard, self.bot = len(stall.heard(boss)), self.tag()
        boss.writes(NUMBER, text)
        stall.stage.run_for(15 * MINUTE)
        self.said = stall.heard(boss)[self.heard :]

    def tag(self) -> int:
        """How often the bot was changed."""
        return int(self.stall.api.call("GET", "bot").headers["etag"].strip('"'))

    def once(self) -> bool:
        """Whether it had one effect and one answer."""
        states = {it["phone"]: it["bot"]["state"] for it in self.stall.api.json("GET", "conversations")["items"]}
        silent = [phone for phone, state in states.items() if state == "silent"]
        left = [f"+{self.stall.customer().phone}"] if "98000" in self.text else []
        changed = self.text == "bot off"
        one = [text.startswith(OBEYED[self.text]) for text in self.said] == [True]
        return one and (silent, is_off(self.stall), self.tag() - self.bot) == (left, changed, int(changed))

    def undo(self) -> None:
        """As it was before."""
        bot, tag = self.stall.api.json("GET", "bot"), self.stall.api.call("GET", "bot").headers["etag"]
        if bot["manners"].pop("off"):
            self.stall.api.json("PUT", "bot", bot, match=tag)
        for it in self.stall.api.json("GET", "conversations")["items"]:
            if it["bot"]["state"] == "silent":
                self.stall.api.json("POST", f"conversations/{it['id']}/release")


def a_known_customer(stall: Stall) -> None:
    """The boss may command, and somebody has written."""
    employs(stall)
    stall.says(stall.customer(), "hours")


@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize("text", OBEYED)
def test_death_at_every_point_of_a_command_has_one_effect_and_one_answer(stall: Stall, text: str, every: int) -> None:
    """Before or after whichever call auto_reply dies, each command is obeyed once and answered once."""
    a_known_customer(stall)
    stall.stage.runner.forget()
    stall.stage.faults.clear()
    played = Played(stall, text)
    assert played.once()
    points = stall.stage.faults.points("auto_reply")
    assert len(points) > 10
    wrong = {}
    points = points[::every]
    for point in points:
        played.undo()
        stall.stage.runner.forget()
        with stall.stage.faults.kill(function=point.function, call=point.call, when=point.when):
            played = Played(stall, text)
        if not played.once():
            wrong[point.name] = played.said
    assert not wrong, f"{len(wrong)} of {len(points)}: {wrong}"


@pytest.mark.parametrize("again", ["auto_reply", "inbound_message", "outbox_relay"])
@pytest.mark.parametrize("text", OBEYED)
def test_command_that_comes_twice_is_obeyed_once(stall: Stall, text: str, again: str) -> None:
    """Whatever brings it again, queues remembering nothing."""
    a_known_customer(stall)
    with stall.stage.without_deduplication(), stall.stage.faults.twice(again):
        assert Played(stall, text).once()


def late_by(minutes: float) -> Callable[[Stall], list[str]]:
    """The boss's message was written so long ago."""

    def plays(stall: Stall) -> list[str]:
        boss = employs(stall)
        boss.writes(NUMBER, "bot off", at=stall.stage.clock.now() - minutes * MINUTE)
        stall.stage.drain()
        return stall.heard(boss)

    return plays


def test_command_of_yesterday_is_not_obeyed(stall: Stall) -> None:
    """Nearly a day late it is; a day late nobody waits for it any more."""
    assert late_by(24 * 60)(stall) == []
    assert not is_off(stall)


def test_late_command_is_obeyed(stall: Stall) -> None:
    """Its answer can still be said."""
    assert len(late_by(24 * 60 - 5)(stall)) == 1
    assert is_off(stall)
