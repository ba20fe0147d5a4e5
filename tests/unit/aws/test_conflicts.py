"""Two who write the same items at one moment: DynamoDB refuses one of them, and nothing stands against trying again."""

from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from haat.aws.table import PAUSES_S, Put, Refused, Table
from haat.kernel.errors import Unavailable

ROW = Put(item={"pk": "p", "sk": "s"})
TRIES = len(PAUSES_S) + 1


def cancelled(*reasons: str) -> ClientError:
    """A transaction's refusal, with a reason for each action."""
    error: Any = {"Error": {"Code": "TransactionCanceledException", "Message": ""}}
    return ClientError(error | {"CancellationReasons": [{"Code": code} for code in reasons]}, "TransactWriteItems")


CONFLICT = cancelled("None", "TransactionConflict")
ALONE = ClientError({"Error": {"Code": "TransactionConflictException", "Message": ""}}, "PutItem")


class Busy:
    """DynamoDB, which refuses some times before it writes."""

    def __init__(self, *refusals: ClientError) -> None:
        self.refusals, self.asked = list(refusals), 0

    def transact_write_items(self, **_: Any) -> None:
        """Refuse, or write."""
        self.asked += 1
        if self.refusals:
            raise self.refusals.pop(0)

    put_item = transact_write_items

    def table(self) -> Table:
        """The table as stores see it."""
        return Table(cast("Any", self), "t")


@pytest.mark.parametrize("times", range(1, TRIES))
def test_write_that_met_another_is_tried_again(times: int) -> None:
    """The caller hears nothing of it."""
    busy = Busy(*[CONFLICT] * times)
    busy.table().transact([ROW, ROW])
    alone = Busy(*[ALONE] * times)
    alone.table().put(ROW)
    assert busy.asked == alone.asked == times + 1


def test_who_always_meets_others_is_told() -> None:
    """Nobody's condition failed: a transaction's refusal has no position, and one item's is no refusal at all."""
    busy, alone = Busy(*[CONFLICT] * TRIES), Busy(*[ALONE] * TRIES)
    with pytest.raises(Refused) as refused:
        busy.table().transact([ROW, ROW])
    assert (refused.value.at, refused.value.moved, busy.asked) == ((), True, TRIES)
    with pytest.raises(Unavailable):
        alone.table().put(ROW)
    assert alone.asked == TRIES


def test_condition_that_failed_is_not_tried_again() -> None:
    """Also where others were at work beside it: the answer would be the same."""
    busy = Busy(cancelled("ConditionalCheckFailed", "TransactionConflict"))
    with pytest.raises(Refused) as refused:
        busy.table().transact([ROW, ROW])
    assert (refused.value.at, refused.value.moved, busy.asked) == ((0,), True, 1)


def test_condition_is_looked_at_anew() -> None:
    """Whoever was faster wins: the second try finds what they wrote."""
    busy = Busy(CONFLICT, cancelled("None", "ConditionalCheckFailed"))
    with pytest.raises(Refused) as refused:
        busy.table().transact([ROW, ROW])
    assert (refused.value.at, busy.asked) == ((1,), 2)
