"""What a shop says of itself reaches WhatsApp's own profile of it, through the deployed stack."""

from typing import Any

import pytest

from haat.aws.sealer import Sealer
from haat.aws.table import Delete, Update
from haat.conversation.model import Connected
from haat.conversation.store.channels import connect_actions
from haat.conversation.store.conversations import read_channel
from haat.kernel.secret import Secret
from infra.local.market import HARDWARE, SWEETS
from tests.stack.business.conftest import HARDWARE_SHOP, SWEET_SHOP, Api
from tests.stack.business.operating import Operator, asked
from tests.stack.conversation.conftest import Market

SAID: dict[str, Any] = {
    "name": "Mishti Bhandar",
    "language": "bn",
    "category": "sweets",
    "about": "রোজ টাটকা সন্দেশ",
    "address": "12 College Street, Kolkata",
    "email": "shop@example.com",
    "websites": ["https://example.com/mishti"],
}


def say(api: Api, **more: Any) -> dict[str, Any]:
    """Let the sweet shop change its profile -> how WhatsApp stands to it at once."""
    tag = api.call("GET", "business-profile").headers["etag"]
    after: dict[str, Any] = api.json("PUT", "business-profile", {**SAID, **more}, match=tag)
    return after["whatsapp"]  # type: ignore[no-any-return]  # an object, as the document says


def whatsapp(api: Api, shop: str = SWEET_SHOP) -> Any:
    """How WhatsApp stands to a shop's profile."""
    return api.json("GET", "business-profile", as_=shop)["whatsapp"]


def test_profile_reaches_whatsapp_and_says_so(api: Api) -> None:
    """What may be shown there is there, in Meta's words; no other shop's changed."""
    api.stage.drain()
    assert whatsapp(api) == {"state": "nothing", "refused": None}
    assert say(api) == {"state": "waiting", "refused": None}
    api.stage.drain()
    assert whatsapp(api) == {"state": "shown", "refused": None}
    there = api.stage.graph.profiles[SWEETS.phone_number_id]
    assert (there["about"], there["address"], there["vertical"]) == (SAID["about"], SAID["address"], "RESTAURANT")
    assert (there["email"], there["websites"]) == (SAID["email"], SAID["websites"])
    assert HARDWARE.phone_number_id not in api.stage.graph.profiles
    assert whatsapp(api, HARDWARE_SHOP) == {"state": "nothing", "refused": None}


def test_change_of_what_whatsapp_does_not_show_is_not_sent(api: Api) -> None:
    """A name, a place or the hours go nowhere."""
    say(api)
    api.stage.drain()
    before = len(api.stage.faults.calls)
    say(api, place="Kolkata", languages=["bn"])
    api.stage.drain()
    assert "outbound_message" not in {call.function for call in api.stage.faults.calls[before:]}
    assert whatsapp(api)["state"] == "shown"


def test_what_meta_refused_is_shown_with_its_words(api: Api) -> None:
    """A line of 60 letters that Meta counts as 180: the shop sees Meta's code, and the next change that is taken heals it."""
    say(api, about="ক্ষ" * 60)
    api.stage.run_for(3600)
    assert whatsapp(api) == {"state": "refused", "refused": {"code": 100, "message": "Param about is not valid."}}
    say(api, about="again")
    api.stage.drain()
    assert whatsapp(api) == {"state": "shown", "refused": None}


def test_profile_waits_while_meta_does_not_answer(api: Api) -> None:
    """It says that it waits, and is shown when Meta answers again, without anybody saying it once more."""
    api.stage.drain()
    with Market(api.stage).darkness():
        say(api)
        api.stage.run_for(60)
        assert whatsapp(api)["state"] == "waiting"
    api.stage.run_for(600)
    assert whatsapp(api) == {"state": "shown", "refused": None}
    assert api.stage.graph.profiles[SWEETS.phone_number_id]["about"] == SAID["about"]


def test_number_that_is_connected_later_shows_the_profile(api: Api) -> None:
    """Without anybody saying it again."""
    api.stage.run_for(600)  # a queue takes the same row once in five minutes
    connected = api.conversation().get(f"CHANNEL#whatsapp#{SWEETS.phone_number_id}", "CHANNEL")
    assert connected is not None
    api.conversation().delete(Delete(pk=f"CHANNELS#{SWEET_SHOP}", sk=f"whatsapp#{SWEETS.phone_number_id}"))
    say(api)
    api.stage.drain()
    assert whatsapp(api) == {"state": "nowhere", "refused": None}
    channel = read_channel("whatsapp", SWEETS.phone_number_id, connected)
    api.conversation().transact(connect_actions(Connected(channel=channel, connected_at=api.now)))
    api.stage.drain()
    assert whatsapp(api) == {"state": "shown", "refused": None}
    assert api.stage.graph.profiles[SWEETS.phone_number_id]["about"] == SAID["about"]


def hold(api: Api, token: str) -> None:
    """Let the sweet shop's number have a token, as if it had always been so."""
    sealed = Sealer(api.stage.client("kms"), api.stage.deployment.outputs["TokenKey"]).seal(SWEET_SHOP, Secret(token))
    api.conversation().update(
        Update(pk=f"CHANNEL#whatsapp#{SWEETS.phone_number_id}", sk="CHANNEL", set={"token": sealed})
    )
    api.stage.runner.forget()


@pytest.fixture
def refused(api: Api) -> Api:
    """Return a market in which the sweet shop's profile was refused for its token."""
    api.stage.run_for(600)
    hold(api, "no token of theirs")
    say(api)
    api.stage.run_for(120)
    told = whatsapp(api)
    assert (told["state"], told["refused"]["code"]) == ("refused", 190)
    return api


def test_new_token_shows_what_the_old_one_could_not(refused: Api) -> None:
    """Nobody needs to say it again."""
    number = refused.stage.graph.world.numbers[SWEETS.phone_number_id]
    Operator(refused).json("POST", f"merchants/{SWEET_SHOP}/channels", asked(number), expect=201)
    refused.stage.run_for(120)
    assert whatsapp(refused) == {"state": "shown", "refused": None}
    assert refused.stage.graph.profiles[SWEETS.phone_number_id]["about"] == SAID["about"]


def test_same_words_are_sent_again_where_they_were_refused(refused: Api) -> None:
    """Whoever saves the profile once more wants it shown; where it is shown already nothing is sent."""
    say(refused)
    refused.stage.run_for(120)
    assert whatsapp(refused)["refused"]["code"] == 190
    hold(refused, SWEETS.token)
    say(refused)
    refused.stage.run_for(120)
    assert whatsapp(refused) == {"state": "shown", "refused": None}
    before = len(refused.stage.faults.calls)
    say(refused)
    refused.stage.drain()
    assert "outbound_message" not in {call.function for call in refused.stage.faults.calls[before:]}


def test_last_of_several_changes_stands(api: Api) -> None:
    """However fast they follow each other."""
    for number in range(4):
        say(api, about=f"number {number}")
    api.stage.run_for(60)
    assert api.stage.graph.profiles[SWEETS.phone_number_id]["about"] == "number 3"


def test_death_at_every_point_loses_no_profile(api: Api) -> None:
    """Whichever call the relay or outbound_message dies before or after, WhatsApp shows the last profile."""
    say(api, about="first")
    api.stage.run_for(600)
    api.stage.faults.clear()
    api.stage.runner.forget()
    say(api, about="second")
    api.stage.run_for(1200)
    points = [p for p in api.stage.faults.points() if p.function in ("outbound_message", "outbox_relay")]
    assert {point.function for point in points} == {"outbound_message", "outbox_relay"}
    wrong = {}
    for number, point in enumerate(points):
        api.stage.runner.forget()
        with api.stage.faults.kill(function=point.function, call=point.call, when=point.when):
            say(api, about=f"number {number}")
            api.stage.run_for(1200)
        there = api.stage.graph.profiles[SWEETS.phone_number_id]["about"]
        if (there, whatsapp(api)["state"]) != (f"number {number}", "shown"):
            wrong[point.name] = (there, whatsapp(api))
    assert not wrong, wrong
