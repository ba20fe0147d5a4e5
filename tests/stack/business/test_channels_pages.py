"""Facebook pages: an operator connects one, customers are answered there, and what Meta does not take is named."""

import json
import re
from collections.abc import Callable
from contextlib import suppress

import pytest

from haat.conversation.channels.graph_pages import EVENTS, GET_STARTED
from haat.conversation.store.channels import DynamoChannels
from haat.conversation.store.lines import DynamoTaught
from haat.kernel.ids import MerchantId
from infra.local.faults import NotStruck
from infra.local.market import SWEETS
from infra.local.settings import ROOT
from infra.local.simulators.faults import ANY
from infra.local.simulators.messenger_customer import MessengerCustomer
from infra.local.simulators.people import Page
from tests.stack.business.conftest import HARDWARE_SHOP, SWEET_SHOP, Api
from tests.stack.business.operating import NUMBER, PAGE, Operator, asked, asked_page

type Said = Callable[[Operator, Page], dict[str, str]]


def test_who_connects_by_hand_subscribes_to_the_same() -> None:
    """The list in docs/operate.md is that of the code."""
    lists = re.findall(r"^FIELDS=(?:\$FIELDS,)?(.+)$", (ROOT / "docs/operate.md").read_text(), re.MULTILINE)
    assert ",".join(lists).split(",") == list(EVENTS)


@pytest.fixture
def operator(api: Api) -> Operator:
    """Return the operator of the market of three shops."""
    return Operator(api)


def opened(api: Api, operator: Operator) -> MerchantId:
    """A new shop that knows what the sweet shop knows, and has neither number nor page."""
    shop = operator.opens()
    DynamoTaught(api.conversation()).write(shop, SWEETS.taught)
    return shop


def mina(api: Api) -> MessengerCustomer:
    """Somebody who writes by Messenger."""
    return api.stage.graph.messenger.customer(psid="7000000000000001", name="Mina")


def says(api: Api, text: str, page: str = PAGE) -> list[str]:
    """She writes to a page -> what she is answered."""
    before = len(answers(api, page))
    mina(api).writes(page, text)
    api.stage.drain()
    return answers(api, page)[before:]


def answers(api: Api, page: str) -> list[str]:
    """What a page has said to her."""
    return [line.text for line in api.stage.graph.transcript(page, mina(api)) if line.author == "haat"]


def test_shop_with_a_page_alone_answers_its_customers(api: Api, operator: Operator) -> None:
    """From opening a shop to its first answer without any number: register, page, a customer writes and is answered there."""
    shop, page = opened(api, operator), operator.page()
    assert says(api, "price") == []
    made = operator.json("POST", f"merchants/{shop}/channels", asked_page(page), expect=201)
    assert made == {
        "kind": "messenger",
        "phone_number_id": None,
        "page_id": PAGE,
        "account_id": None,
        "display_phone_number": None,
        "verified_name": "Natun Boighar",
        "code_verification_status": None,
        "quality_rating": None,
        "connected_at": "2026-01-05T04:30:00.000Z",
        "stopped": None,
    }
    (reply,) = says(api, "price")
    assert "Sandesh" in reply
    assert operator.json("GET", f"merchants/{shop}/channels")["items"] == [made]
    assert api.json("GET", "channels", as_=shop)["items"] == [made]
    (talk,) = api.json("GET", "conversations", as_=shop)["items"]
    assert (talk["channel"], talk["number"]) == ("messenger", PAGE)


def test_page_is_subscribed_and_begins_with_a_button(api: Api, operator: Operator) -> None:
    """Our app hears everything of a page that it has a use for, and of somebody new before their first words."""
    shop, page = opened(api, operator), operator.page()
    operator.json("POST", f"merchants/{shop}/channels", asked_page(page), expect=201)
    pages = api.stage.graph.world.pages
    assert set(pages.subscribed(page)) == set(EVENTS)
    assert pages.profiles[PAGE] == {"get_started": {"payload": GET_STARTED}}
    mina(api).starts(PAGE)
    api.stage.drain()
    (hello,) = answers(api, PAGE)
    assert "নতুন বইঘর" in hello, "the shop greets"


def test_shop_may_have_a_number_and_a_page(api: Api, operator: Operator) -> None:
    """Customers of both are in one inbox; taking the page away leaves the number."""
    shop, page, number = opened(api, operator), operator.page(), operator.number()
    for body in (asked_page(page), asked(number)):
        operator.json("POST", f"merchants/{shop}/channels", body, expect=201)
    says(api, "price")
    api.stage.graph.customer(phone="919800000001").writes(NUMBER, "price")
    api.stage.drain()
    talks = api.json("GET", "conversations", as_=shop)["items"]
    assert sorted((talk["channel"], talk["number"]) for talk in talks) == [("messenger", PAGE), ("whatsapp", NUMBER)]
    assert operator.call("DELETE", f"merchants/{shop}/channels/{PAGE}").status == 204
    assert [it["kind"] for it in operator.json("GET", f"merchants/{shop}/channels")["items"]] == ["whatsapp"]


def test_page_that_is_taken_away_is_free(api: Api, operator: Operator) -> None:
    """It answers nobody, is unknown from then on, and another shop may have it."""
    shop, page = opened(api, operator), operator.page()
    operator.json("POST", f"merchants/{shop}/channels", asked_page(page), expect=201)
    assert operator.refused("DELETE", f"merchants/{HARDWARE_SHOP}/channels/{PAGE}") == (404, "not-found")
    assert operator.call("DELETE", f"merchants/{shop}/channels/{PAGE}").status == 204
    assert operator.refused("DELETE", f"merchants/{shop}/channels/{PAGE}") == (404, "not-found")
    assert says(api, "price") == []
    operator.json("POST", f"merchants/{HARDWARE_SHOP}/channels", asked_page(page), expect=201)
    assert len(api.json("GET", "channels", as_=HARDWARE_SHOP)["items"]) == 2


def test_page_of_another_shop_is_refused_without_a_name(api: Api, operator: Operator) -> None:
    """A page that is connected stays its shop's; the refusal does not say whose it is, and Meta is not asked."""
    shop = operator.opens()
    theirs = {"page_id": SWEETS.page_id, "access_token": "EAAguess"}
    refused = operator.call("POST", f"merchants/{shop}/channels", theirs)
    assert (refused.status, json.loads(refused.body)["reason"]) == (409, "number-taken")
    assert SWEET_SHOP not in refused.body.decode()
    assert DynamoChannels(api.conversation()).owner("messenger", SWEETS.page_id) == SWEET_SHOP


WRONG: dict[str, tuple[Said, str]] = {
    "token that Meta does not know": (lambda _, p: asked_page(p, access_token="EAAinvented"), "access_token"),
    "token of another page": (lambda o, p: asked_page(p, access_token=o.page("200000000000012").token), "page_id"),
    "page that nobody has": (lambda _, p: asked_page(p, page_id="299999999999999"), "page_id"),
    "page with letters": (lambda _, p: asked_page(p, page_id="../me"), "page_id"),
    "token with a space": (lambda _, p: asked_page(p, access_token="EAA x"), "access_token"),
    "kind of a number": (lambda _, p: asked_page(p, kind="whatsapp"), "kind"),
    "kind that nobody knows": (lambda _, p: asked_page(p, kind="pigeon"), "kind"),
    "account beside a page": (lambda _, p: asked_page(p, account_id=SWEETS.account), "account_id"),
    "number beside a page": (lambda o, p: asked_page(p) | asked(o.number()), "body"),
    "neither number nor page": (lambda _, p: {"access_token": p.token}, "body"),
    "number without its account": (lambda _, p: {"phone_number_id": NUMBER, "access_token": p.token}, "account_id"),
    "number as a page": (lambda o, _: asked(o.number(), kind="messenger"), "kind"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_named(api: Api, operator: Operator, what: str) -> None:
    """The field that does not fit, or that Meta refuses, is named in words, and nothing is kept."""
    said, field = WRONG[what]
    shop, page = operator.opens(), operator.page()
    body = said(operator, page)
    refused = operator.call("POST", f"merchants/{shop}/channels", body)
    errors = json.loads(refused.body)["errors"]
    assert (refused.status, [error["field"] for error in errors]) == (422, [field])
    assert body["access_token"] not in refused.body.decode()
    assert operator.json("GET", f"merchants/{shop}/channels")["items"] == []
    assert api.stage.graph.world.pages.profiles == {}


@pytest.mark.parametrize("edge", [ANY, "subscribed_apps", "messenger_profile"])
@pytest.mark.parametrize(
    ("code", "status", "field"),
    [(190, 422, "access_token"), (210, 422, "access_token"), (368, 422, "page_id"), (4, 503, ""), (613, 503, "")],
)
def test_codes_of_meta_are_told_apart(
    api: Api, operator: Operator, edge: str, code: int, status: int, field: str
) -> None:
    """Whichever of the calls meets one; the same request again, when it is over, connects the page."""
    shop, page = operator.opens(), operator.page()
    api.stage.graph.faults.error(code, number=PAGE, edge=edge)
    first = operator.call("POST", f"merchants/{shop}/channels", asked_page(page), key="one")
    assert first.status == status
    assert [error["field"] for error in json.loads(first.body).get("errors", [])] == ([field] if field else [])
    assert operator.json("GET", f"merchants/{shop}/channels")["items"] == []
    assert operator.call("POST", f"merchants/{shop}/channels", asked_page(page), key="one").status == 201


def test_meta_that_does_not_answer_is_said(api: Api, operator: Operator) -> None:
    """While Graph is broken, slow or drops its answer after it has taken the call, the request gets 503 and may come again."""
    shop, page, faults = operator.opens(), operator.page(), api.stage.graph.faults
    for edge in ("subscribed_apps", "messenger_profile"):
        faults.broken(502, number=PAGE, edge=edge)
        faults.time_out(number=PAGE, edge=edge)
        faults.drop(number=PAGE, edge=edge)
    for _ in range(6):
        answer = operator.call("POST", f"merchants/{shop}/channels", asked_page(page), key="one")
        assert (answer.status, json.loads(answer.body)["type"]) == (503, "urn:haat:problem:try-again")
    assert len(faults) == 0
    assert operator.json("POST", f"merchants/{shop}/channels", asked_page(page), key="one", expect=201)


@pytest.mark.on_moto("faults inside functions")
def test_page_is_connected_once_wherever_the_function_dies(api: Api, operator: Operator) -> None:
    """The same request again, after a death at each of its calls, has the answer and the effect of one in peace."""
    shop, page = opened(api, operator), operator.page()
    path, body, faults = f"merchants/{shop}/channels", asked_page(page), api.stage.faults
    deaths = 0
    with suppress(NotStruck):
        while True:  # until it makes no call more at which it could die
            api.stage.runner.forget()
            with faults.kill(function="operator_api", call=deaths + 1, when="after"):
                answer = operator.call("POST", path, body, key="one")
            deaths += 1
            assert answer.status == 503
    assert deaths > 4
    made = operator.json("POST", path, body, key="one", expect=201)
    assert operator.json("GET", path)["items"] == [made]
    assert len(says(api, "price")) == 1


def test_new_token_lifts_a_stop(api: Api, operator: Operator) -> None:
    """A page that Meta stopped shows why, to its shop too, and speaks again when its new token is saved; the number went on."""
    api.stage.graph.faults.error(190, number=SWEETS.page_id)
    assert says(api, "hours", SWEETS.page_id) == []
    stopped = {"reason": "stop_token", "at": "2026-01-05T04:30:00.000Z"}
    assert [c["stopped"] for c in api.json("GET", "channels")["items"]] == [stopped, None]
    again = {"page_id": SWEETS.page_id, "access_token": SWEETS.page_token}
    made = operator.json("POST", f"merchants/{SWEET_SHOP}/channels", again, expect=201)
    assert made["stopped"] is None
    api.stage.run_for(61)
    assert len(says(api, "hours", SWEETS.page_id)) == 1


def test_profile_is_never_written_to_a_page(api: Api, operator: Operator) -> None:
    """What a shop says of itself goes to its numbers; to a shop with a page alone that is nowhere, and nothing fails."""
    shop, page = opened(api, operator), operator.page()
    operator.json("POST", f"merchants/{shop}/channels", asked_page(page), expect=201)
    profile = api.call("GET", "business-profile", as_=shop)
    said = {"name": "Boighar", "language": "bn", "about": "Books"}
    api.json("PUT", "business-profile", said, as_=shop, match=profile.headers["etag"])
    api.stage.run_for(60)
    assert api.json("GET", "business-profile", as_=shop)["whatsapp"]["state"] == "nowhere"
    assert set(api.stage.graph.world.pages.profiles[PAGE]) == {"get_started"}


def test_token_of_a_page_is_nowhere_to_be_read(api: Api, operator: Operator) -> None:
    """It stands in no answer, no table and no log, whatever became of the request."""
    shop, page = operator.opens(), operator.page()
    words = []
    for faulty in (True, False, False):
        if faulty:
            api.stage.graph.faults.error(190, number=PAGE, edge=ANY)
        answer = operator.call("POST", f"merchants/{shop}/channels", asked_page(page), key="one")
        words.append(answer.body.decode())
    words += [json.dumps(api.stage.items(table), default=str) for table in ("business", "conversation")]
    words += api.stage.logs.lines()
    assert page.token not in "\n".join(words)
