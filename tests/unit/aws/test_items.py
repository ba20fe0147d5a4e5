"""What an item may hold."""

from decimal import Decimal
from typing import Any

import pytest

from haat.aws.actions import Put, Update, Value, pack, unpack


def test_item_comes_back_as_it_was() -> None:
    """Text, whole numbers, bytes, truth."""
    item: dict[str, Value] = {"pk": "a", "n": -3, "b": b"\0", "yes": True}
    assert unpack(pack(item)) == item


@pytest.mark.parametrize("value", [3.0, Decimal(3), None, [1], {"a": 1}])
def test_value_of_another_kind_is_a_bug_that_is_seen_at_once(value: Any) -> None:
    """Whoever wrote it hears of it, not whoever reads the item."""
    with pytest.raises(TypeError, match="an item holds no"):
        pack({"pk": "a", "n": value})
    with pytest.raises(TypeError, match="an item holds no"):
        Put(item={"pk": "a", "n": value}).request("t")
    with pytest.raises(TypeError, match="an item holds no"):
        Update(pk="a", sk="b", set={"n": value}).request("t")
