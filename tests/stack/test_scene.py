"""The scene of `make run`, as the README shows it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.local.payees import open_accounts
from infra.local.scene import play
from infra.local.seed import seed
from infra.local.stage import Stage

README = Path(__file__).parents[2] / "README.md"
# What is another each time: an order's number, and until when its link is good.
NUMBER, UNTIL = re.compile(r"[0-9A-Z]{3}-[0-9A-Z]{3}"), re.compile(r"\d\d\.\d\d\., \d\d:\d\d")


def steady(scene: str) -> str:
    """Return a scene as it reads every time."""
    return UNTIL.sub("05.01., 11:00", NUMBER.sub("7MR-72K", scene))


@pytest.mark.parametrize("hours_later", [0, 5, 14, 19, 77])
def test_scene_is_the_one_in_the_readme(stage: Stage, hours_later: int) -> None:
    """Whatever the hour and the day, the scene reads as the README shows it; replies come from the real functions."""
    seed(stage)
    open_accounts(stage)
    stage.run_for(hours_later * 3600)
    said: list[str] = []

    def wait(come: Callable[[], bool], seconds: float) -> None:
        stage.drain()
        if not come():
            stage.run_for(seconds)

    play(stage, said.append, wait)
    shown = README.read_text().split("<!-- scene -->\n```text\n")[1].split("```\n<!-- /scene -->")[0]
    assert steady("\n".join(said[1:-3]) + "\n") == steady(shown)
    assert [one.word for one in stage.bank.world.payments.values()] == ["SUCCESS"]
    assert stage.failures == []
