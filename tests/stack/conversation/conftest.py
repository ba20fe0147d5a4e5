"""The market of three shops on the stage, and the words in which its tests speak."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from haat.aws.table import Table
from infra.conform.deployed import Deployed
from infra.local.clock import START
from infra.local.market import HARDWARE, MARKET, SAREES, SWEETS
from infra.local.pumps import StreamPump
from infra.local.seed import seed
from infra.local.simulators.customer import Customer
from infra.local.stage import Stage
from tests.stack.conversation.ways import WHATSAPP, Way

SWEET_SHOP, SAREE_SHOP, HARDWARE_SHOP = (shop.phone_number_id for shop in (SWEETS, SAREES, HARDWARE))


class Market:
    """The stage, as customers see it."""

    def __init__(self, stage: Stage, way: Way = WHATSAPP) -> None:
        self.stage, self.way = stage, way

    def customer(self, number: int = 1, **more: object) -> Customer:
        """A customer with an invented number."""
        return self.way.customer(self.stage.graph, number, **more)

    def says(self, customer: Customer, text: str, *, to: str = "", at: float | None = None) -> list[str]:
        """Let a customer write, to the sweet shop if to no other, and everything happen that follows now; return what was said since."""
        before = len(self.said())
        customer.writes(to or self.way.sweets, text, at=at)
        self.stage.drain()
        return self.said()[before:]

    def said(self, shop: str | None = None, customer: Customer | None = None) -> list[str]:
        """Everything that reached Meta, in order."""
        return [sent.text for sent in self.stage.graph.sent(shop, customer) if sent.accepted]

    def at_home(self, shop: str, customer: Customer) -> list[str]:
        """What the customer's phone shows of the shop."""
        return [line.text for line in self.stage.graph.transcript(shop, customer) if line.author == "haat"]

    def table(self) -> Table:
        """The conversation table, as stores read it."""
        return Table(self.stage.client("dynamodb"), self.stage.deployment.outputs["ConversationTable"])

    def items(self, prefix: str) -> list[dict[str, dict[str, str]]]:
        """Items of the conversation table whose key begins so."""
        return [item for item in self.stage.items("conversation") if item["pk"]["S"].startswith(prefix)]

    def counted(self, word: str, function: str | None = None) -> int:
        """How often a metric of this name was counted."""
        return sum(f'"{word}":[' in line for line in self.stage.logs.lines(function))

    def local(self, hour: int, minute: int = 0, *, days: int = 0) -> float:
        """Seconds since 1970 of a time of day in India, `days` from the stage's first day."""
        midnight = START.timestamp() - 10 * 3600  # the stage begins at ten in the morning there
        return midnight + days * 86_400 + hour * 3600 + minute * 60

    @contextmanager
    def darkness(self) -> Iterator[None]:
        """Nobody listens where Meta's API is, inside the block."""
        if isinstance(self.stage, Deployed):
            self.stage.server.go_dark()
        else:
            self.stage.graph.faults.dark()
        try:
            yield
        finally:
            if isinstance(self.stage, Deployed):
                self.stage.server.come_back()
            else:
                self.stage.graph.faults.clear()

    def forget_the_stream(self) -> int:
        """Let the table's stream lose what it still holds."""
        return sum(pump.lose() for pump in self.stage.pumps if isinstance(pump, StreamPump))

    def go_to(self, at: float) -> None:
        """Move the clock, letting what is due on the way happen."""
        self.stage.run_for(at - self.stage.clock.now())


@pytest.fixture
def market(stage: Stage, request: pytest.FixtureRequest) -> Iterator[Market]:
    """Return the open market, on WhatsApp unless a test is played EVERYWHERE."""
    way: Way = getattr(request, "param", WHATSAPP)
    seed(stage, way.shops)
    yield Market(stage, way)
    for shop in way.shops:
        if shop not in MARKET:  # the graph keeps its pages for the next test, which knows the demo's alone
            stage.graph.messenger.pages.pop(shop.page_id, None)
    assert not [failure for failure in stage.failures if not failure.died], "a function broke"
