"""The scene of `make run`, on the second judge."""

from collections.abc import Callable

import pytest

from infra.conform.deployed import Deployed
from infra.local.payees import open_accounts
from infra.local.scene import TURNS, play
from infra.local.seed import seed
from tests.stack.test_scene import README, steady

pytestmark = pytest.mark.conform
LOOK_S = 3_700.0  # the last look at a request is when its hour is over
ORDER = 4  # what is said of it: it was placed, is accepted, is to be paid (by a picture and a link), is paid


def test_scene_plays_as_on_moto(stage: Deployed) -> None:
    """As a real `sam deploy` makes it, with permissions enforced, the scene reads as the README shows it, each reply once."""
    seed(stage)
    open_accounts(stage)
    said: list[str] = []

    def wait(come: Callable[[], bool], seconds: float) -> None:
        stage.drain()
        if not come():
            stage.run_for(seconds)

    play(stage, said.append, wait)
    shown = README.read_text().split("<!-- scene -->\n```text\n")[1].split("```\n<!-- /scene -->")[0]
    assert steady("\n".join(said[1:-3]) + "\n") == steady(shown)
    answered = sum(turn.answered for turn in TURNS)
    assert [sent.outcome for sent in stage.graph.sent()] == ["accepted"] * (answered + ORDER)
    assert [one.word for one in stage.bank.world.payments.values()] == ["SUCCESS"]
    stage.run_for(LOOK_S)
    assert stage.failures == []
    assert [queue for queue in stage.deployment.queues if stage.queue_depth(queue)] == []
