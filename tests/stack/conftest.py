"""The stage for tests: deployed once, emptied for each."""

from collections.abc import Iterator

import pytest

from infra.local.clock import TestClock
from infra.local.stage import Stage

_LAST = pytest.StashKey[Stage]()


@pytest.fixture(scope="session")
def deployed() -> Iterator[Stage]:
    """Return the stack of template.yaml; it may hold what the test before has left."""
    with Stage.in_process() as stage:
        # Between tests of the stage the process has its real time: other tests measure with it.
        _clock(stage).stop()
        yield stage


@pytest.fixture
def stage(deployed: Stage, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Return the empty stack, its clock at its first moment."""
    clock = _clock(deployed)
    clock.start()
    deployed.reset()
    request.node.stash[_LAST] = deployed
    yield deployed
    clock.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Show what the functions have printed beside a failed test."""
    report = yield
    stage = item.stash.get(_LAST, None)
    if stage is not None and report.when == "call" and report.failed and (lines := stage.logs.lines()):
        report.sections.append(("functions' logs", "\n".join(lines[-60:])))
    return report


def _clock(stage: Stage) -> TestClock:
    assert isinstance(stage.clock, TestClock)
    return stage.clock
