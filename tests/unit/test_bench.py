"""The bench's arithmetic: sizes and units as DynamoDB counts them, bills, and the table that is printed."""

import json
from collections import Counter
from typing import Any

import pytest

from infra.bench import model, prices, report
from infra.bench.cold import Start, Starts
from infra.bench.measure import Measure
from infra.bench.meter import Charged
from infra.bench.units import Index, index_units, item_size, read_units, value_size, write_units
from infra.bench.words import LONG, many

VIEW = Index(keys=("view_pk", "view_sk"), table_keys=("pk", "sk"))


def item(size: int = 0, **more: str) -> dict[str, dict[str, Any]]:
    """An item with these texts, made up to a size where one is given."""
    made = {name: {"S": text} for name, text in more.items()}
    return made | ({"x": {"S": "x" * (size - item_size(made) - 1)}} if size else {})


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "দাম"}, 9),
        ({"N": "7"}, 2),
        ({"N": "1767587400000"}, 4 + 1),  # zeros at the end are no digits
        ({"N": "-12.50"}, 2 + 1 + 1),
        ({"N": "0"}, 1),
        ({"B": b"abc"}, 3),
        ({"B": "YWI="}, 2),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["ab", "c"]}, 3),
        ({"NS": ["1", "22"]}, 4),
        ({"L": [{"S": "ab"}, {"BOOL": False}]}, 3 + 3 + 2),
        ({"M": {"key": {"S": "ab"}}}, 3 + 1 + 3 + 2),
    ],
)
def test_value_has_the_size_that_dynamodb_counts(value: dict[str, Any], size: int) -> None:
    """Each kind of value has its size in DynamoDB's own count."""
    assert value_size(value) == size


def test_unknown_kind_of_value_is_no_guess() -> None:
    """A kind of value that nobody has described stops the bench."""
    with pytest.raises(ValueError, match="no size is known"):
        value_size({"Q": "x"})


@pytest.mark.parametrize(("size", "units"), [(1, 1), (1024, 1), (1025, 2), (2048, 2), (2049, 3)])
def test_write_is_charged_for_each_kilobyte(size: int, units: int) -> None:
    """A write costs a unit for each kilobyte that is begun, counted on the larger of the item before and after."""
    assert write_units(item(size)) == write_units(item(5), item(size)) == write_units(item(size), None) == units


def test_write_of_nothing_is_one_unit() -> None:
    """A condition that refuses where no item is costs one unit."""
    assert write_units(None, None) == 1


@pytest.mark.parametrize(("size", "units"), [(1, 1), (4096, 1), (4097, 2)])
def test_read_is_charged_for_four_kilobytes(size: int, units: int) -> None:
    """A read costs a unit for each four kilobytes, and half of that where it may be a little old."""
    assert read_units(item(size), consistent=True) == units
    assert read_units(item(size), consistent=False) == units / 2
    assert (read_units(None, consistent=True), read_units(None, consistent=False)) == (1, 0.5)


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, item(pk="p", sk="s"), 0),
        (None, item(pk="p", sk="s", view_pk="a", view_sk="1"), 1),
        (item(pk="p", sk="s", view_pk="a", view_sk="1"), item(900, pk="p", sk="s", view_pk="a", view_sk="1"), 0),
        (item(pk="p", sk="s", view_pk="a", view_sk="1"), item(pk="p", sk="s", view_pk="a", view_sk="2"), 2),
        (item(pk="p", sk="s", view_pk="a", view_sk="1"), item(pk="p", sk="s"), 1),
        (item(pk="p", sk="s", view_pk="a", view_sk="1"), None, 1),
    ],
    ids=["not in it", "new", "key as before", "key moved", "taken out", "deleted"],
)
def test_index_of_keys_is_charged_for_what_changes_in_it(before: Any, after: Any, units: int) -> None:
    """An index that holds keys alone costs nothing while they stay, and a delete and a put when one of them moves."""
    assert index_units([VIEW], before, after) == units


def test_index_of_everything_is_charged_for_each_change() -> None:
    """An index that holds whole items is written with each of them, and charged for its size."""
    whole = Index(keys=("view_pk", "view_sk"), table_keys=("pk", "sk"), others=None)
    before = item(pk="p", sk="s", view_pk="a", view_sk="1")
    assert whole.units(before, item(1500, pk="p", sk="s", view_pk="a", view_sk="1")) == 2


def measure(*charged: Charged, per: int = 1, posts: int = 0, cpu: float = 0.001, line: str = "x" * 74) -> Measure:
    """What a scene of these calls would have measured, each function run once."""
    functions = Counter(dict.fromkeys((call.function for call in charged), 1))
    return Measure(
        name="a scene",
        charged=charged,
        invocations=functions,
        lines=tuple((function, line) for function in functions),
        posts=(500,) * posts,
        per=per,
        cpu=tuple((function, cpu) for function in functions),
    )


def test_bill_has_a_line_for_each_thing_that_is_charged() -> None:
    """A million messages cost a million times what one asks for, each thing at its own price."""
    one = measure(
        Charged(function="inbound_message", operation="sqs.SendMessageBatch", key="FIFO", chunks=1),
        Charged(function="auto_reply", operation="TransactWriteItems", writes=5, index=1),
        Charged(function="auto_reply", operation="GetItem", reads=1.0),
    )
    memory = {"inbound_message": 256, "auto_reply": 256}
    found = model.a_million("it", [one], memory, {"inbound_message": 1.0, "auto_reply": 1.0})
    units = {line.name: line.units for line in found.lines}
    assert units["Lambda requests"] == 2_000_000
    assert units["DynamoDB writes"] == 5_000_000
    assert units["DynamoDB reads"] == 1_000_000
    assert units["SQS FIFO"] == 3_000_000  # sent, received, deleted
    assert units["Logs"] == pytest.approx(2_000_000 * (74 + prices.LINE_BYTES) / prices.GB)
    # A millisecond of its own is seven at 256 MB; then it waits for AWS, and Lambda rounds up.
    assert units["Lambda duration"] == pytest.approx(((7 + 12 + 1) + (7 + 15 + 4 + 1)) * 0.25 * 1000)
    assert found.total == pytest.approx(sum(prices.cost(line.name, line.units) for line in found.lines))


def test_batch_shares_what_it_shares() -> None:
    """Three messages to a batch share the invocation, the receive and the delete, and not their own time."""
    calls = (Charged(function="auto_reply", operation="TransactWriteItems", writes=5),) * 3
    own = {"auto_reply": 1.0}
    found = model.a_million("it", [measure(*calls, per=3)], {"auto_reply": 1769}, own)
    units = {line.name: line.units for line in found.lines}
    assert units["Lambda requests"] == pytest.approx(1_000_000 / 3)
    assert units["SQS FIFO"] == pytest.approx(2_000_000 / 3)
    assert units["DynamoDB writes"] == pytest.approx(5_000_000)
    assert units["Lambda duration"] == pytest.approx((3 + 3 * 15 + 1) * 1769 / 1024 * 1000 / 3)


def test_own_time_is_for_each_record() -> None:
    """The time of a batch is divided by what was in it."""
    calls = (Charged(function="message_status", operation="UpdateItem", writes=1),) * 10
    assert model.own_ms([measure(*calls, cpu=0.01)]) == {"message_status": pytest.approx(1.0)}


def test_metrics_are_counted_by_service_and_name() -> None:
    """Each name of each service is one metric, however often it is printed."""
    line = {"service": "a", "_aws": {"CloudWatchMetrics": [{"Metrics": [{"Name": "sent"}, {"Name": "held"}]}]}}
    calls = (Charged(function="a", operation="x"), Charged(function="b", operation="x"))
    assert model.metric_names([measure(*calls, line=json.dumps(line))]) == {("a", "sent"), ("a", "held")}


def test_month_at_rest_is_five_pollers_for_each_queue() -> None:
    """Five pollers ask every twenty seconds, queue for queue; keys and alarms cost what they cost."""
    found = model.at_rest(fifo=1, standard=2, keys=1, alarms=6)
    units = {line.name: line.units for line in found.lines}
    assert units["SQS FIFO"] == 5 * 3 * 60 * 730
    assert units["SQS standard"] == 2 * units["SQS FIFO"]
    assert found.total == pytest.approx(0.657 * 0.5 + 2 * 0.657 * 0.4 + 1 + 0.6)


def test_each_price_says_where_it_comes_from() -> None:
    """The table that is printed has a row for each price, with its source."""
    text = report.prices()
    assert all(
        any(row.startswith(name) and row.endswith(price.source) for row in text.splitlines())
        for name, price in prices.PRICES.items()
    )


def test_cold_starts_are_told_against_the_first() -> None:
    """Ratios are to the function with one client, minimum to minimum and median to median."""
    one = Starts(name="one", seen=[Start(cpu_ms=ms, peak_mb=50) for ms in (100, 110, 300)])
    other = Starts(
        name="other", seen=[Start(cpu_ms=ms, peak_mb=peak) for ms, peak in ((120, 48), (132, 51), (200, 49))]
    )
    last = report.starts([one, other]).splitlines()[-1].split()
    assert last == ["other", "120", "(132)", "1.20", "(1.20)", "51", "MB"]


def test_answers_are_told_of_those_who_were_asked() -> None:
    """What a first request took stands against what it took the yardstick; who was asked nothing is left out."""
    one = Starts(name="one", seen=[Start(cpu_ms=100, peak_mb=50, answered_ms=ms) for ms in (110, 100)])
    asked = Starts(name="asked", seen=[Start(cpu_ms=120, peak_mb=50, answered_ms=150)])
    other = Starts(name="other", seen=[Start(cpu_ms=120, peak_mb=50)])
    told = report.answers([one, asked, other])
    assert "150 (150)  1.50 (1.43)" in told
    assert "other" not in told


def test_bill_of_the_api_has_its_gateway() -> None:
    """A request to a function behind the REST API is charged by API Gateway, too; other bills have no such line."""
    asked = Measure(name="a", charged=(), invocations=Counter(merchant_api=1), lines=(), posts=())
    bill = model.a_million("a", [asked], {"merchant_api": 256}, {"merchant_api": 1.0})
    first = bill.lines[0]
    assert (first.name, first.units) == ("API requests", 1_000_000)
    assert first.dollars == pytest.approx(3.5)
    other = model.a_million("b", [], {}, {})
    assert "API requests" not in {line.name for line in other.lines}


def test_shops_of_the_bench_are_all_different() -> None:
    """Each of many shops has its own merchant and its own number."""
    shops = many(200)
    assert len({shop.phone_number_id for shop in shops}) == len({shop.merchant.id for shop in shops}) == 200
    assert {len(shop.merchant.id) for shop in shops} == {26}


def test_long_words_are_as_long_as_they_say() -> None:
    """The long question and reply are those of the figures: 444 and 888 bytes."""
    assert (len(LONG.asked.encode()), len(LONG.answer.encode())) == (444, 888)
