"""A stage whose every secret is a word that can be looked for, and a witness of all that its functions are given."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol, cast

import pytest

from haat.business.model.token import Role
from infra.conform.deployed import Deployed
from infra.local.clock import TestClock
from infra.local.function import Function, Json, Runner
from infra.local.market import HARDWARE, SAREES, SWEETS, DemoShop
from infra.local.seed import seed
from infra.local.settings import Settings
from infra.local.stage import Stage
from tests.conftest import played_on
from tests.security.furnished import OPERATOR, REVIEWER, Furnished, kept, outside
from tests.security.words import APP_SECRET, PAGE_TOKEN, PEPPER, TOKEN, VERIFY_TOKEN
from tests.stack.business.conftest import Api
from tests.stack.conversation.conftest import Market

REGION = "ap-southeast-2"  # the stage of the other tests may stand at the same time
SECRETS = Settings(app_secret=APP_SECRET, verify_token=VERIFY_TOKEN, pepper=PEPPER)


class Sees(Protocol):
    """Whoever sees what functions are given."""

    @property
    def events(self) -> list[Json]:
        """Each event of this test, in order."""


class Witness:
    """Runs functions as another runner does, and remembers each event."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self.events: list[Json] = []

    def invoke(self, function: Function, event: Json) -> Json:
        """Let the function run."""
        self.events.append(event)
        return self._runner.invoke(function, event)

    def forget(self) -> None:
        """Make the next call of each function a cold start; what was seen stays seen."""
        self._runner.forget()

    def close(self) -> None:
        """End the other runner."""
        self._runner.close()


class SweetShop(DemoShop):
    """The sweet shop, with tokens that are words to look for."""

    @property
    def token(self) -> str:
        """The access token that the simulator takes for this number."""
        return TOKEN

    @property
    def page_token(self) -> str:
        """The access token that the simulator takes for its page."""
        return PAGE_TOKEN


SHOPS: tuple[DemoShop, ...] = (
    SweetShop(
        merchant=SWEETS.merchant,
        phone_number_id=SWEETS.phone_number_id,
        display_number=SWEETS.display_number,
        taught=SWEETS.taught,
        page_id=SWEETS.page_id,
    ),
    SAREES,
    HARDWARE,
)


@pytest.fixture(scope="session")
def deployed(second_judge: Deployed | None) -> Iterator[tuple[Stage, Sees]]:
    """Return the stack of template.yaml with secrets of its own, and its witness."""
    if second_judge is not None:
        yield cast("Stage", second_judge), second_judge
        return
    with Stage.in_process(SECRETS, region=REGION) as stage:
        stage.runner = witness = Witness(stage.runner)
        _clock(stage).stop()
        yield stage, witness


@contextmanager
def emptied(stage: Stage, witness: Sees, node: pytest.Item | pytest.Collector) -> Iterator[None]:
    """Begin anew, the stage's clock at its first moment, and give the process its own time back in the end."""
    if isinstance(witness, Deployed):
        with witness.known_as(SECRETS), played_on(witness, node):
            yield
        return
    clock = _clock(stage)
    clock.start()
    stage.reset()
    witness.events.clear()
    yield
    clock.stop()


@pytest.fixture
def witness(deployed: tuple[Stage, Sees]) -> Sees:
    """Return who sees everything that functions are given."""
    return deployed[1]


@pytest.fixture
def stage(deployed: tuple[Stage, Sees], request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Return the empty stack."""
    with emptied(*deployed, request.node):
        yield deployed[0]


@pytest.fixture(scope="module")
def two_shops(deployed: tuple[Stage, Sees], request: pytest.FixtureRequest) -> Iterator[tuple[Furnished, Furnished]]:
    """Return two shops that have one of everything, for all tests of a module: none of them may change anything."""
    with emptied(*deployed, request.node):
        sarees = replace(SAREES, page_id="200000000000002")
        seed(deployed[0], (SWEETS, sarees, HARDWARE))
        api = Api(deployed[0])
        api.token(OPERATOR, Role.OPERATOR)
        api.token(REVIEWER, Role.REVIEWER)
        yield Furnished(api, SWEETS).furnish(1), Furnished(api, sarees).furnish(2)


@pytest.fixture
def unchanged(two_shops: tuple[Furnished, Furnished]) -> Iterator[None]:
    """Hold that a test changes nothing of either shop, and that nothing goes out to anybody."""
    api = two_shops[0].api
    api.forget_use()
    before = kept(api), outside(api)
    yield
    api.stage.drain()
    assert (kept(api), outside(api)) == before
    assert not [failure for failure in api.stage.failures if not failure.died], "a function broke"


@pytest.fixture
def market(stage: Stage) -> Market:
    """Return the open market of three shops."""
    seed(stage, SHOPS)
    return Market(stage)


def _clock(stage: Stage) -> TestClock:
    assert isinstance(stage.clock, TestClock)
    return stage.clock
