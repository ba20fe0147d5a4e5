"""What a page of the inbox asks of the tables, counted on the stage."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from moto.dynamodb.models import dynamodb_backends

from haat.aws.table import pack, unpack
from haat.kernel.ids import ulid
from infra.bench.meter import Meter, metered
from infra.local.function import ACCOUNT
from infra.local.seed import seed
from tests.stack.business.conftest import Api
from tests.stack.conversation.conftest import SWEET_SHOP

# moto keeps regions apart, so this stage and the others can stand together.
REGION = "ca-central-1"
Asked = tuple[Counter[str], float, int]


@pytest.fixture(scope="module")
def counted() -> Iterator[tuple[Api, Meter]]:
    """Return the API on a stage of its own with a meter on its wire."""
    with metered(REGION) as (stage, meter):
        seed(stage)
        yield Api(stage), meter


def asked(counted: tuple[Api, Meter], path: str) -> Asked:
    """What one request asks of the tables: calls by kind, units read, and how much it shows."""
    api, meter = counted
    api.json("GET", "conversations?limit=1")  # the token is known from now on
    meter.clear()
    answer = api.json("GET", path)
    calls = [call for call in meter.calls if call.function == "merchant_api"]
    shown = len(answer["items"]) if "items" in answer else 1
    return Counter(call.operation for call in calls), sum(call.reads for call in calls), shown


class Copies:
    """Things that lie there as one that came the real way does."""

    def __init__(self, api: Api) -> None:
        """Let somebody ask what the bot can't answer."""
        api.stage.graph.customer(phone="919800000001", name="Rina").writes(SWEET_SHOP, "elephants")
        api.stage.drain()
        self._api = api
        self._items = [unpack(item) for item in api.stage.items("conversation")]

    def _put(self, item: dict[str, Any]) -> None:
        tables = dynamodb_backends[ACCOUNT][REGION].tables
        next(table for name, table in tables.items() if "conversation" in name).put_item(pack(item))

    def _first(self, kind: str) -> dict[str, Any]:
        return next(item for item in self._items if item["pk"].startswith(kind))

    def lay(self, start: int, end: int) -> None:
        """Lay so many messages, questions and conversations beside the first."""
        message, question, there = (self._first(kind) for kind in ("MESSAGE#", "UNANSWERED#", "CUSTOMER#"))
        state = self._first("SEND#")
        for number in range(start, end):
            id = ulid(self._api.now - number, number.to_bytes(10))
            key = f"{number:032x}"
            self._put(message | {"pk": f"MESSAGE#{key}", "view_sk": id})
            self._put(state | {"pk": f"SEND#{id}"})
            self._put(question | {"sk": id, "view_sk": id})
            owner = there["pk"].rpartition("#")[0]
            self._put(there | {"pk": f"{owner}#{id}", "view_sk": f"2026-01-04#{id}"})


def test_page_costs_the_same_however_much_there_is(counted: tuple[Api, Meter]) -> None:
    """A page of a conversation of 1,000 messages asks as much as one of 30; so do those of the inbox and of the questions."""
    api, _ = counted
    copies = Copies(api)
    (there,) = api.json("GET", "conversations")["items"]
    paths = [f"conversations/{there['id']}/messages?limit=25", "conversations?limit=25", "unanswered-messages?limit=25"]
    copies.lay(1, 30)
    few = [asked(counted, path) for path in paths]
    copies.lay(30, 1_000)
    many = [asked(counted, path) for path in paths]
    assert few == many
    (of_chat, units, shown), (of_inbox, _, conversations), (of_questions, _, questions) = many
    assert (shown, conversations, questions) == (50, 25, 25)
    assert (of_chat["Query"], of_chat["BatchGetItem"], of_chat["GetItem"]) == (1, 2, 3)
    assert (of_inbox["Query"], of_inbox["BatchGetItem"]) == (1, 1)
    assert (of_questions["Query"], of_questions["BatchGetItem"]) == (1, 1)
    assert units < 60
