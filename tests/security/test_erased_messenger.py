"""An erased customer of Messenger does not come back: what Meta brings again is known, and nothing of them stands anywhere."""

import pytest

from infra.local.market import SWEETS
from tests.security.conftest import Witness
from tests.security.messenger import PAGE, SAYS, canary_on_page, talks_on_page
from tests.security.test_canary import teach
from tests.security.test_erased import bodies, texts
from tests.security.words import PERSONAL, PSID, Search
from tests.stack.business.conftest import Api
from tests.stack.conversation.conftest import Market
from tests.stack.conversation.posted import PAGE_WEBHOOK, event, page_webhook, post

DAY = 86_400.0
MERCHANT = SWEETS.merchant.id
NOT_THEIRS = ("question", "reply")  # the shop taught these words
OF_THE_PERSON = {name: word for name, word in PERSONAL.items() if name not in NOT_THEIRS}


def staff(api: Api) -> str:
    """What the shop's people do about the customer -> their id."""
    (there,) = api.json("GET", "conversations", as_=MERCHANT)["items"]
    path = f"conversations/{there['id']}"
    asked = [it for it in api.json("GET", "unanswered-messages", as_=MERCHANT)["items"] if it["text"] == SAYS]
    new = {"entry": {"id": "learned", "replies": {"en": "Yes"}}}
    api.json("POST", f"unanswered-messages/{asked[0]['id']}/teach", new, as_=MERCHANT)
    api.json("POST", f"{path}/messages", {"text": SAYS}, as_=MERCHANT, expect=201)
    api.json("POST", f"{path}/takeover", {"minutes": 5}, as_=MERCHANT)
    api.json("POST", "blocked-customers", {"customer_id": there["customer_id"]}, as_=MERCHANT, expect=201)
    api.stage.run_for(600)
    customer: str = there["customer_id"]
    return customer


def traces(market: Market) -> list[str]:
    """Where something of the customer can be found: their id at the page, their words, an id of Messenger's."""
    lines = [line for chat in market.stage.graph.world.chats.values() for line in chat.lines]
    looked_for = Search({**OF_THE_PERSON, **{f"mid {n}": line.removeprefix("m_") for n, line in enumerate(lines)}})
    return [f"{where}: {sorted(names)}" for where, text in texts(market.stage) if (names := looked_for(text))]


@pytest.fixture
def erased(market: Market, witness: Witness) -> tuple[Market, list[bytes]]:
    """Return the market in which a customer was erased, and all that Meta had posted until then."""
    api = Api(market.stage)
    teach(market)
    talks_on_page(market)
    customer = staff(api)
    posted = bodies(witness)
    assert len(posted) > 20
    assert len(traces(market)) > 15, "the search must find the customer before"
    assert [item for item in market.items("CUSTOMER#") if item["sk"]["S"].startswith("SEEN#")]
    assert api.call("DELETE", f"customers/{customer}", as_=MERCHANT).status == 202
    market.stage.run_for(600)
    assert api.json("DELETE", f"customers/{customer}", as_=MERCHANT)["state"] == "erased"
    assert traces(market) == []
    return market, posted


def test_seven_days_of_redeliveries_bring_nothing_back(erased: tuple[Market, list[bytes]]) -> None:
    """All that Meta ever posted comes again each day, and what was late comes at last: nothing of the customer is kept."""
    market, posted = erased
    stage, said = market.stage, len(market.said())
    message = {"mid": "m_late", "text": SAYS}
    late = page_webhook(event(by=PSID, page=PAGE, at=stage.clock.now() - 700, message=message), page=PAGE)
    for _ in range(8):
        with stage.without_deduplication():
            for body in [*posted, late]:
                assert post(stage, body, path=PAGE_WEBHOOK).status == 200
            stage.drain()
        stage.run_for(DAY)
    assert traces(market) == []
    assert len(market.said()) == said
    assert not any(stage.queue_depth(queue) for queue in stage.deployment.queues)
    assert market.items("CUSTOMER#") == market.items("CONVERSATION#") == market.items("UNANSWERED#") == []


def test_who_writes_again_is_found_as_somebody_new(erased: tuple[Market, list[bytes]]) -> None:
    """What a person writes after the erasure is kept, and only that, though everything old comes again."""
    market, posted = erased
    canary_on_page(market).writes(PAGE, "kohlrabi")
    market.stage.run_for(600)
    for body in posted:
        post(market.stage, body, path=PAGE_WEBHOOK)
    market.stage.run_for(600)
    talks = [item for item in market.items("CUSTOMER#") if item["sk"]["S"].startswith("CONVERSATION#")]
    assert len(talks) == 1
    assert len([item for item in market.items("MESSAGE#") if "view_pk" in item]) == 1
    assert "palimpsest" not in str(market.stage.items("conversation"))
