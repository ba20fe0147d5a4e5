"""What a request to the API and an order in the chat ask of AWS: calls and units, counted on the stage. Times are `make bench`'s alone."""

from collections import Counter
from collections.abc import Iterator

import pytest

from infra.bench.measure import Measure
from infra.bench.meter import metered
from infra.bench.requests import PILES, Requests

# moto keeps regions apart, so this stage and the others can stand together.
REGION = "ca-central-1"
# Of each kind of page: calls and read units, those for the token (one call to read the merchant, one to count) among them.
PAGES = {
    "products": [(3, 7), (5, 30)],
    "orders": [(3, 10), (4, 30)],
    "chats": [(7, 60), (4, 30), (4, 35)],
    "shops": [(2, 13), (2, 13), (2, 13)],  # and the badges of its shops, half a unit each
}


@pytest.fixture(scope="module")
def requests() -> Iterator[Requests]:
    """Return the scenes, on a stage of their own with a meter on its wire."""
    with metered(REGION) as (stage, meter):
        yield Requests(stage, meter)


@pytest.mark.parametrize("kind", PILES)
def test_page_costs_the_same_however_much_there_is(requests: Requests, kind: str) -> None:
    """A page asks as much of 10,000 products, 5,000 orders, 1,000 messages or 5,000 shops as of a few."""
    for (path, (before, after)), (calls, units) in zip(requests.pages(kind).items(), PAGES[kind], strict=True):
        assert before.by_function() == after.by_function(), path
        assert (before.reads, before.writes) == (after.reads, after.writes), path
        assert after.calls <= calls, path
        assert after.reads <= units, path


@pytest.fixture(scope="module")
def single(requests: Requests) -> dict[str, Measure]:
    """Return what single requests ask, by their names."""
    return {measure.name: measure for measure in requests.few()}


def test_health_asks_nobody(single: dict[str, Measure]) -> None:
    """Who watches whether the API answers costs no call."""
    assert single["GET /health"].calls == 0


@pytest.mark.parametrize(
    ("name", "calls", "reads"),
    [
        ("a token nobody has used this minute, to read", 3, 1),  # token and merchant, a little old: half a unit each
        ("a token, to read", 2, 0.5),
        ("a token, to change", 3, 2),  # both read fresh
    ],
)
def test_token_costs_two_or_three_calls(single: dict[str, Measure], name: str, calls: int, reads: float) -> None:
    """Whose it is, whether that shop is open, and how often it was used in this minute: the last is one unit written."""
    asked = single[name]
    assert (asked.calls, asked.reads, asked.writes) == (calls, reads, 1)


def test_product_is_made_in_one_transaction(single: dict[str, Measure]) -> None:
    """Beside the token: was it asked before, whose currency, and the product with its marker; the same again writes nothing."""
    token, made = single["a token, to change"], single["POST product"]
    again = single["POST product again, with its key"]
    assert made.by_function()["merchant_api"] - token.by_function()["merchant_api"] == Counter(
        {"GetItem": 2, "TransactWriteItems": 1}
    )
    assert made.writes - token.writes <= 4
    assert (again.calls - token.calls, again.writes - token.writes) == (1, 0)


def test_change_is_one_transaction(single: dict[str, Measure]) -> None:
    """An edit reads what is there, and writes it in its place."""
    assert (single["PUT product"].calls, single["PUT product"].writes) == (6, 3)


def test_order_costs_four_calls_more_than_a_text(requests: Requests) -> None:
    """Was it kept, was it heard, the goods, the order; and nothing of it falls on a message that is no cart."""
    text, cart, question, _, told = requests.chat()
    assert text.by_function()["auto_reply"] == Counter({"GetItem": 1, "TransactWriteItems": 1})
    assert cart.by_function()["auto_reply"] - text.by_function()["auto_reply"] == Counter(
        {"GetItem": 2, "BatchGetItem": 1, "TransactWriteItems": 1}
    )
    assert question.by_function()["auto_reply"] == Counter(
        {"GetItem": 1, "Query": 1, "BatchGetItem": 1, "TransactWriteItems": 1}
    )
    assert cart.writes <= 26
    assert told.writes - cart.writes <= 4  # the delivery with its place in the log, and what came of it


def test_table_asks_little_for_many_rows(requests: Requests) -> None:
    """A thousand new rows cost a look and two or three steps for each hundred; again, they are looked at."""
    first, again = requests.sheet(1_000, 10)
    assert first.by_function()["merchant_api"]["TransactWriteItems"] <= 30
    assert first.calls <= 70
    assert first.writes <= 4 * 990 + 120  # a row with its number is two items, written in a transaction
    assert again.calls <= 40
    assert again.writes <= 10
