"""A merchant's own system is told what happens in the shop, through the deployed stack."""

import json
from itertools import pairwise

import pytest

from haat.business.model.token import Role
from haat.kernel.time import DAY
from infra.local.http import Dropped, TimedOut
from infra.local.market import SWEETS
from infra.local.simulators.listener import Heard
from tests.stack.business.conftest import HARDWARE_SHOP, SWEET_SHOP, Api
from tests.stack.business.notified import HOUR, asks, log, opened

FOUR_DAYS = 4 * 86_400.0


def answers(api: Api, *statuses: int, then: int = 204) -> None:
    """What the merchant's system answers, one after the other."""
    left = list(statuses)
    api.stage.listener.answer = lambda _: left.pop(0) if left else then


def test_question_without_an_answer_is_told_and_signed(api: Api) -> None:
    """The shop's system hears of it once, with ids of ours and nothing that the customer said."""
    endpoint = opened(api)
    asks(api)
    (heard,) = api.stage.listener.heard
    assert heard.path == "/haat"
    assert heard.signed_with(endpoint["secret"])
    assert heard.timestamp == int(api.stage.clock.now())
    assert heard.body["type"] == "question.unanswered"
    assert heard.body["data"]["merchant"] == SWEET_SHOP
    assert b"rockets" not in heard.raw
    assert b"9198" not in heard.raw
    (told,) = log(api, endpoint)
    assert (told["id"], told["state"], told["tries"]) == (heard.id, "delivered", 1)
    assert [one["outcome"] for one in told["attempts"]] == ["204"]


def test_answered_question_is_told_to_nobody(api: Api) -> None:
    """Only what a person must look at."""
    opened(api)
    asks(api, "hours")
    assert api.stage.listener.heard == []


def test_message_that_was_not_sent_and_a_stopped_number_are_told(api: Api) -> None:
    """With Meta's code; the stop once, however many messages it holds."""
    opened(api)
    for _ in range(2):
        api.stage.graph.faults.error(190)
    asks(api, "hours", 1)
    asks(api, "hours", 2)
    api.stage.run_for(HOUR)
    said = {heard.body["type"]: heard.body["data"] for heard in api.stage.listener.heard}
    kinds = [heard.body["type"] for heard in api.stage.listener.heard]
    assert sorted(kinds) == ["channel.stopped", "message.not_sent"]
    assert said["message.not_sent"]["code"] == 190
    assert said["channel.stopped"]["reason"] == "stop_token"
    assert said["channel.stopped"]["address"] == SWEETS.phone_number_id


def test_each_endpoint_gets_what_it_wants(api: Api) -> None:
    """Two that want all, one that wants orders only; another shop's gets nothing."""
    opened(api, "/one")
    opened(api, "/two")
    opened(api, "/orders", body={"kinds": ["order.placed"]})
    opened(api, "/other", as_=HARDWARE_SHOP)
    asks(api)
    heard = api.stage.listener.heard
    assert sorted(one.path for one in heard) == ["/one", "/two"]
    assert len({one.id for one in heard}) == 1


def test_notice_that_is_not_taken_is_tried_for_days_under_one_id(api: Api) -> None:
    """Ten tries, ever later, each signed for its own time; then it is given up and shown."""
    endpoint = opened(api)
    answers(api, then=500)
    asks(api)
    api.stage.run_for(FOUR_DAYS)
    heard = api.stage.listener.heard
    assert len(heard) == 10
    assert len({one.id for one in heard}) == 1
    assert all(one.signed_with(endpoint["secret"]) for one in heard)
    gaps = [later.timestamp - earlier.timestamp for earlier, later in pairwise(heard)]
    assert gaps == sorted(gaps)
    assert 5 <= gaps[0] <= 6
    assert 24 * HOUR <= gaps[-1] <= 26.5 * HOUR
    (told,) = log(api, endpoint)
    assert (told["state"], told["tries"]) == ("given_up", 10)
    (shown,) = api.json("GET", "notice-endpoints")["items"]
    assert (shown["state"], shown["waiting"]) == ("failing", 0)
    assert api.stage.queue_depth("business-notice") == api.stage.queue_depth("business-notice-dlq") == 0


@pytest.mark.parametrize("trouble", [TimedOut(), Dropped()])
def test_no_answer_is_tried_again(api: Api, trouble: Exception) -> None:
    """Whether it arrived nobody knows: it comes again, under the same id."""
    endpoint = opened(api)
    calm = api.stage.listener.answer

    def once(heard: Heard) -> int:
        api.stage.listener.answer = calm
        raise trouble

    api.stage.listener.answer = once
    asks(api)
    api.stage.run_for(60)
    assert len(api.stage.listener.heard) == 2
    assert log(api, endpoint)[0]["state"] == "delivered"
    assert log(api, endpoint)[0]["attempts"][0]["outcome"] in ("timed_out", "broken_answer")


def test_other_side_is_heard_when_it_asks_to_wait(api: Api) -> None:
    """Retry-After moves the next try."""
    opened(api)
    api.stage.listener.headers["retry-after"] = "3600"
    answers(api, 503)
    asks(api)
    api.stage.run_for(HOUR - 60)
    assert len(api.stage.listener.heard) == 1
    api.stage.run_for(120)
    assert len(api.stage.listener.heard) == 2


def test_address_that_fails_for_five_days_is_switched_off_and_resumed(api: Api) -> None:
    """What happens meanwhile stands in the log and can be asked for."""
    endpoint = opened(api)
    answers(api, then=500)
    asks(api, number=1)
    api.stage.run_for(5 * 86_400 + 60)
    asks(api, number=2)
    (shown,) = api.json("GET", "notice-endpoints")["items"]
    assert (shown["state"], shown["off_because"], shown["waiting"]) == ("off", "failing", 0)
    tries = len(api.stage.listener.heard)
    asks(api, number=3)
    api.stage.run_for(HOUR)
    assert len(api.stage.listener.heard) == tries
    missed = log(api, endpoint)[0]
    assert (missed["state"], missed["tries"]) == ("given_up", 0)
    again = f"notice-endpoints/{endpoint['id']}/deliveries/{missed['id']}/redeliver"
    assert api.refused("POST", again) == (409, "conflict")
    assert api.json("POST", f"notice-endpoints/{endpoint['id']}/resume")["state"] == "on"
    answers(api)
    assert api.json("POST", again, expect=202)["state"] == "due"
    api.stage.drain()
    assert api.stage.listener.heard[-1].id == missed["id"]
    assert log(api, endpoint)[0]["state"] == "delivered"


def test_address_that_says_that_it_is_gone_is_off_at_once(api: Api) -> None:
    """410 ends it."""
    opened(api)
    answers(api, 410)
    asks(api)
    (shown,) = api.json("GET", "notice-endpoints")["items"]
    assert (shown["state"], shown["off_because"]) == ("off", "gone")


def test_notice_is_sent_once_more_for_one_request(api: Api) -> None:
    """The same key again sends nothing; another key does, under the same id."""
    endpoint = opened(api)
    asks(api)
    (told,) = log(api, endpoint)
    again = f"notice-endpoints/{endpoint['id']}/deliveries/{told['id']}/redeliver"
    first = api.json("POST", again, expect=202, key="again")
    api.stage.drain()
    assert api.json("POST", again, expect=202, key="again") == first
    api.stage.drain()
    assert [one.id for one in api.stage.listener.heard] == [told["id"]] * 2
    api.json("POST", again, expect=202)
    api.stage.drain()
    assert len(api.stage.listener.heard) == 3


def test_notice_that_waits_and_is_asked_for_goes_once(api: Api) -> None:
    """Its old record finds nothing to do."""
    endpoint = opened(api)
    answers(api, 500, 500, 500)
    asks(api)
    api.stage.run_for(600)
    (told,) = log(api, endpoint)
    assert told["state"] == "waiting"
    api.json("POST", f"notice-endpoints/{endpoint['id']}/deliveries/{told['id']}/redeliver", expect=202)
    api.stage.run_for(FOUR_DAYS)
    assert len(api.stage.listener.heard) == 4
    (shown,) = api.json("GET", "notice-endpoints")["items"]
    assert (shown["state"], shown["waiting"]) == ("on", 0)
    assert api.stage.queue_depth("business-notice") == 0


def test_both_secrets_sign_for_a_day(api: Api) -> None:
    """So that a shop can change over without losing a notice."""
    endpoint = opened(api)
    made = api.json("POST", f"notice-endpoints/{endpoint['id']}/secret", expect=201, key="new")
    assert made["secret"] not in (None, endpoint["secret"])
    assert api.json("POST", f"notice-endpoints/{endpoint['id']}/secret", expect=201, key="new")["secret"] is None
    asks(api, number=1)
    heard = api.stage.listener.heard[-1]
    assert heard.signed_with(made["secret"])
    assert heard.signed_with(endpoint["secret"])
    api.stage.run_for(DAY / 1000)
    asks(api, number=2)
    heard = api.stage.listener.heard[-1]
    assert heard.signed_with(made["secret"])
    assert not heard.signed_with(endpoint["secret"])


def test_secret_is_in_one_answer_and_nowhere_else(api: Api) -> None:
    """Not in a table, a list, a log, or the answer to the same request again."""
    endpoint = opened(api, key="one")
    body = {"url": api.stage.listener.url + "/haat"}
    assert api.json("POST", "notice-endpoints", body, expect=201, key="one")["secret"] is None
    asks(api)
    kept = json.dumps([api.stage.items("business"), api.stage.items("conversation")], default=str)
    assert endpoint["secret"] not in kept
    assert endpoint["secret"].removeprefix("whsec_") not in kept
    assert endpoint["secret"] not in json.dumps(api.json("GET", "notice-endpoints"))
    assert not any(endpoint["secret"] in line for line in api.stage.logs.lines())


@pytest.mark.parametrize(
    "url",
    [
        "http://93.184.215.14/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "ftp://shop.example/",
        "",
    ],
)
def test_private_address_is_refused_by_its_field(api: Api, url: str) -> None:
    """Nothing is kept."""
    answer = api.call("POST", "notice-endpoints", {"url": url})
    assert answer.status == 422
    assert [one["field"] for one in json.loads(answer.body)["errors"]] == ["url"]
    assert api.json("GET", "notice-endpoints")["items"] == []


def test_sixth_endpoint_is_refused(api: Api) -> None:
    """Five for each shop; one that is forgotten makes room."""
    made = [opened(api, f"/{number}") for number in range(5)]
    assert api.refused("POST", "notice-endpoints", {"url": api.stage.listener.url}) == (409, "conflict")
    assert api.call("DELETE", f"notice-endpoints/{made[0]['id']}").status == 204
    assert api.refused("DELETE", f"notice-endpoints/{made[0]['id']}") == (404, "not-found")
    opened(api, "/5")


def test_other_shop_and_lesser_roles_are_refused(api: Api) -> None:
    """Another shop's owner finds nothing; staff may look and send again, owners change."""
    endpoint = opened(api)
    asks(api)
    (told,) = log(api, endpoint)
    one = f"notice-endpoints/{endpoint['id']}"
    for method, path in (
        ("DELETE", one),
        ("POST", f"{one}/secret"),
        ("POST", f"{one}/resume"),
        ("GET", f"{one}/deliveries"),
        ("POST", f"{one}/deliveries/{told['id']}/redeliver"),
    ):
        assert api.refused(method, path, as_=HARDWARE_SHOP) == (404, "not-found")
        if "deliveries" not in path:
            assert api.refused(method, path, role=Role.STAFF) == (403, "forbidden")
    assert api.call("GET", f"{one}/deliveries", role=Role.READ_ONLY).status == 200
    assert len(api.stage.listener.heard) == 1
