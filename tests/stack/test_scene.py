"""The scene of `make run`, as the README shows it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from infra.local.scene import play
from infra.local.seed import seed
from infra.local.stage import Stage

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize("hours_later", [0, 5, 14, 19, 77])
def test_scene_is_the_one_in_the_readme(stage: Stage, hours_later: int) -> None:
    """Whatever the hour and the day, the scene reads as the README shows it; replies come from the real functions."""
    seed(stage)
    stage.run_for(hours_later * 3600)
    said: list[str] = []

    def wait(come: Callable[[], bool], seconds: float) -> None:
        stage.drain()

    play(stage, said.append, wait)
    shown = README.read_text().split("<!-- scene -->\n```text\n")[1].split("```\n<!-- /scene -->")[0]
    assert "\n".join(said[1:-2]) + "\n" == shown
