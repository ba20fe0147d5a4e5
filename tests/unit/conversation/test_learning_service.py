"""Learning later, where somebody else is faster."""

from dataclasses import replace
from typing import override

import pytest

from haat.conversation.memory import MemoryTeachings
from haat.conversation.model import Entry, Taught
from haat.conversation.rules.lessons import is_learnt
from haat.conversation.service.learning import ATTEMPTS, Learning
from haat.kernel.errors import Unavailable
from haat.kernel.ids import MerchantId
from tests.invented import MERCHANT

PRICE = Entry(id="price", examples=("dam koto", "price"), replies={"en": "Twenty."})


class Crossed(MemoryTeachings):
    """What shops taught; somebody changes it, and learns, before what is learnt here can be kept, so often."""

    def __init__(self, crossed: int) -> None:
        super().__init__(at_once=False)
        self.crossed = crossed

    @override
    def keep_learnt(self, merchant: MerchantId, taught: Taught, learnt: bytes, wished: int) -> None:
        if self.crossed:
            self.crossed -= 1
            self.write(
                merchant, replace(taught, entries=(replace(PRICE, id=f"p{self.crossed}"),), version=taught.version + 1)
            )
            super().keep_learnt(merchant, replace(taught, version=taught.version + 1), b"of another", wished=0)
        super().keep_learnt(merchant, taught, learnt, wished)


def shop(crossed: int) -> Crossed:
    """A shop whose one entry is not learnt from yet."""
    made = Crossed(crossed)
    made.write(MERCHANT, Taught(version=1, entries=(PRICE,)))
    return made


def test_lesson_that_was_overtaken_is_learnt_anew() -> None:
    """What is kept in the end is of the entries as they are."""
    teachings = shop(crossed=ATTEMPTS - 1)
    assert Learning(teachings).learn(MERCHANT, 1) == "learnt"
    assert is_learnt(teachings.read(MERCHANT))
    assert teachings.read(MERCHANT).version == ATTEMPTS


def test_lesson_that_is_always_overtaken_comes_again() -> None:
    """The wish stands until it is done."""
    teachings = shop(crossed=ATTEMPTS)
    with pytest.raises(Unavailable):
        Learning(teachings).learn(MERCHANT, 1)
    assert (MERCHANT, 1) in teachings.wishes
    assert Learning(teachings).learn(MERCHANT, 1) == "learnt"
    assert (MERCHANT, 1) not in teachings.wishes
