"""What a test of the whole way needs of each channel: where shops are, who writes to them, and what Meta does to a message there.

A test that holds on every channel is marked with `EVERYWHERE`, and says `market.way.sweets` where it names a shop.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from haat.conversation.channels import messenger
from haat.conversation.channels.graph import ACTIONS
from haat.conversation.ports import Refused
from infra.local.market import HARDWARE, MARKET, SAREES, SWEETS, DemoShop
from infra.local.simulators.customer import Customer
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.messenger_errors import WORDS

# Each shop with a page, though the demo has one alone.
PAGED = tuple(replace(shop, page_id=f"2{shop.phone_number_id[1:]}") for shop in MARKET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A channel. `numbers` and the like say what it has none of."""

    name: str
    shops: tuple[DemoShop, ...]
    address: Callable[[DemoShop], str]
    token: Callable[[DemoShop], str]
    account: Callable[[DemoShop], str]
    customer: Callable[..., Customer]  # of a simulator, by a number; the same customer each time
    refusals: Mapping[tuple[int, int | None], Refused]  # (code, subcode): what it means for the message
    busy: tuple[int, int]  # codes: Meta's servers are in trouble; the address is too fast
    numbers: bool  # customers have phone numbers, which change
    quotes_may_fail: bool  # what is refused as wrong is said without what it quotes

    def group(self, customer: Customer) -> str:
        """What the door tells the customer's messages to the sweet shop apart by."""
        user = customer.user_id(self.sweets)
        return user if self.numbers else f"{self.sweets}:{user}"

    @property
    def sweets(self) -> str:
        """The address of the sweet shop."""
        return self.address(_of(SWEETS, self.shops))

    @property
    def sarees(self) -> str:
        """The address of the saree shop."""
        return self.address(_of(SAREES, self.shops))

    @property
    def hardware(self) -> str:
        """The address of the hardware shop."""
        return self.address(_of(HARDWARE, self.shops))


def _of(shop: DemoShop, among: tuple[DemoShop, ...]) -> DemoShop:
    return next(one for one in among if one.merchant.id == shop.merchant.id)


def _by_number(graph: GraphSimulator, number: int, **more: Any) -> Customer:
    return graph.customer(phone=f"9198000000{number:02d}", **more)


def _by_psid(graph: GraphSimulator, number: int, **more: Any) -> Customer:
    return graph.messenger.customer(psid=f"71000000000000{number:02d}", **more)


WHATSAPP = Way(
    name="whatsapp",
    shops=MARKET,
    address=lambda shop: shop.phone_number_id,
    token=lambda shop: shop.token,
    account=lambda shop: shop.account,
    customer=_by_number,
    # 200 to 299 are one row of Meta's table: its ends and its middle stand for it.
    refusals={
        (code, None): Refused(code=code, action=ACTIONS[code])
        for code in sorted(ACTIONS)
        if not 200 < code < 299 or code == 250
    },
    busy=(131000, 130429),
    numbers=True,
    quotes_may_fail=False,
)
MESSENGER = Way(
    name="messenger",
    shops=PAGED,
    address=lambda shop: shop.page_id,
    token=lambda shop: shop.page_token,
    account=lambda shop: "",
    customer=_by_psid,
    refusals={(code, subcode): messenger.refused(code, subcode) for code, subcode in WORDS},
    busy=(1200, 613),
    numbers=False,
    quotes_may_fail=True,
)
WAYS = (WHATSAPP, MESSENGER)
EVERYWHERE = pytest.mark.parametrize("market", WAYS, indirect=True, ids=lambda way: way.name)
# What takes long, and can hardly differ, is played on the second channel with the slow tests.
SELDOM = pytest.mark.parametrize(
    "market", [WHATSAPP, pytest.param(MESSENGER, marks=pytest.mark.slow)], indirect=True, ids=lambda way: way.name
)
