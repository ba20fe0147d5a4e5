"""The stage for tests: deployed once, emptied for each."""

from collections.abc import Generator, Iterator
from typing import cast

import pytest

from infra.conform.deployed import Deployed
from infra.local.stage import Stage
from tests.conftest import played_on
from tests.stack.scratched import clock, scratch

_LAST = pytest.StashKey[Stage]()


@pytest.fixture(scope="session")
def deployed(second_judge: Deployed | None) -> Iterator[Stage]:
    """Return the stack of template.yaml; it may hold what the test before has left."""
    if second_judge is not None:
        yield cast("Stage", second_judge)  # as played_on has it
        return
    with Stage.in_process() as stage:
        # Between tests of the stage the process has its real time: other tests measure with it.
        clock(stage).stop()
        yield stage


@pytest.fixture
def stage(deployed: Stage, second_judge: Deployed | None, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Return the empty stack, its clock at its first moment. Its schedules sleep until a test sets `schedules_sleep` to False."""
    if second_judge is not None:
        with played_on(second_judge, request.node) as stage:
            yield stage
        return
    clock(deployed).start()
    deployed.reset()
    deployed.schedules_sleep = True
    request.node.stash[_LAST] = deployed
    yield deployed
    clock(deployed).stop()


@pytest.fixture(scope="session")
def scratched() -> Iterator[Stage]:
    """Return the small stack for tests of the stage itself."""
    with scratch() as stage:
        clock(stage).stop()
        yield stage


@pytest.fixture
def small(scratched: Stage) -> Iterator[Stage]:
    """Return the small stack, empty, its clock at its first moment."""
    clock(scratched).start()
    scratched.reset()
    yield scratched
    clock(scratched).stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the functions have printed beside a failed test."""
    report = yield
    stage = item.stash.get(_LAST, None)
    if stage is not None and report.when == "call" and report.failed and (lines := stage.logs.lines()):
        report.sections.append(("functions' logs", "\n".join(lines[-60:])))
    return report
