"""Where the tests of the whole stack are played: on moto, or with `--on=ministack` on the second judge (docs/conform.md)."""

from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import cast

import pytest
from hypothesis import settings

from infra.conform.deployed import Deployed
from infra.conform.powers import OnMotoOnly
from infra.local.clock import START
from infra.local.stage import Stage

# How long an example takes is the machine's matter: speed is measured by `make bench`.
settings.register_profile("haat", deadline=None)
settings.load_profile("haat")

LAST = pytest.StashKey[Deployed]()
NEEDS_MOTO = "needs the stage on moto: "


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say where to play."""
    parser.addoption("--on", choices=("moto", "ministack"), default="moto", help="where tests of the whole stack run")


def on_ministack(config: pytest.Config) -> bool:
    """Whether tests of the whole stack run on the second judge."""
    return bool(config.getoption("--on") == "ministack")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On the second judge, leave out what does not ask for the whole stack: it would only run a second time as it is."""
    if not on_ministack(config):
        return
    left_out = [item for item in items if not _wants_the_stack(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _wants_the_stack(item: pytest.Item) -> bool:
    asks_for = getattr(item, "fixturenames", ())
    return "second_judge" in asks_for or item.get_closest_marker("conform") is not None


@pytest.fixture(scope="session")
def ministack() -> Iterator[Deployed]:
    """Return the stack of template.yaml on the second judge; it may hold what the test before has left."""
    with Deployed.fresh() as stage:
        yield stage


@pytest.fixture(scope="session")
def second_judge(request: pytest.FixtureRequest) -> Deployed | None:
    """Return the same where tests of the whole stack shall run on it. Each fixture that deploys the template asks for this."""
    if not on_ministack(request.config):
        return None
    stage: Deployed = request.getfixturevalue("ministack")
    return stage


@contextmanager
def played_on(stage: Deployed, node: pytest.Item | pytest.Collector) -> Iterator[Stage]:
    """Let a test play, from the first moment of the stage on moto, where time stands. No function may be refused anything.

    It is the stage to the test: it has the same words, and says of each that it lacks why it does.
    """
    node.stash[LAST] = stage
    stage.reset()
    stage.clock.stand_still()
    stage.clock.set(START)
    stage.engine.asked()
    yield cast("Stage", stage)
    stage.server.come_back()
    refused = [one for one in stage.engine.asked() if not one.granted]
    assert not refused, f"a function lacks a permission: {refused}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Leave a test out whose fixtures ask for what only the stage on moto can do, or that says so itself."""
    if on_ministack(item.config) and (says := item.get_closest_marker("on_moto")):
        pytest.skip(f"{NEEDS_MOTO}{says.args[0]}")
    with _left_out_here():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Leave a test out that asks for what only the stage on moto can do."""
    with _left_out_here():
        yield


@contextmanager
def _left_out_here() -> Iterator[None]:
    try:
        yield
    except OnMotoOnly as power:
        pytest.skip(f"{NEEDS_MOTO}{power}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the functions and ministack have said beside a failed test."""
    report = yield
    stage = item.stash.get(LAST, None)
    if stage is not None and report.failed:
        report.sections.append(("functions' logs", "\n".join(stage.logs.lines()[-60:])))
        report.sections.append(("ministack", stage.engine.log.read_text("utf-8", "replace")[-4000:]))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what ran on the second judge, and what did not, and why."""
    if not on_ministack(config):
        return
    why = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", ()))
    moto = Counter({reason.removeprefix(NEEDS_MOTO): n for reason, n in why.items() if reason.startswith(NEEDS_MOTO)})
    ran = sum(len(terminalreporter.stats.get(word, ())) for word in ("passed", "failed"))
    terminalreporter.section("the second judge")
    terminalreporter.line(f"{ran} ran on ministack, {moto.total()} need the stage on moto{_told(moto)}")
    if other := Counter({reason: n for reason, n in why.items() if not reason.startswith(NEEDS_MOTO)}):
        terminalreporter.line(f"{other.total()} were left out for another reason{_told(other)}")


def _told(reasons: Counter[str]) -> str:
    told = ", ".join(f"{times} {reason}" for reason, times in reasons.most_common())
    return f": {told}" if told else ""


def _reason(report: pytest.TestReport) -> str:
    """Why a test was left out."""
    where = report.longrepr
    said = str(where[2]) if isinstance(where, tuple) else str(where)
    return said.removeprefix("Skipped: ")
