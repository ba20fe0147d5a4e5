"""The scene of `make run`, on the second judge."""

from collections.abc import Callable
from pathlib import Path

import pytest

from infra.conform.deployed import Deployed
from infra.local.scene import TURNS, play
from infra.local.seed import seed

pytestmark = pytest.mark.conform
README = Path(__file__).parents[2] / "README.md"


def test_scene_plays_as_on_moto(stage: Deployed) -> None:
    """As a real `sam deploy` makes it, with permissions enforced, the scene reads as the README shows it, each reply once."""
    seed(stage)
    said: list[str] = []

    def wait(come: Callable[[], bool], seconds: float) -> None:
        stage.drain()

    play(stage, said.append, wait)
    shown = README.read_text().split("<!-- scene -->\n```text\n")[1].split("```\n<!-- /scene -->")[0]
    assert "\n".join(said[1:-2]) + "\n" == shown
    assert [sent.outcome for sent in stage.graph.sent()] == ["accepted"] * sum(turn.answered for turn in TURNS)
    assert stage.failures == []
    assert [queue for queue in stage.deployment.queues if stage.queue_depth(queue)] == []
