"""The first token of a market."""

import pytest

from infra.local.seed import seed
from infra.local.stage import Stage
from infra.operate.operator_token import main


@pytest.fixture
def market(stage: Stage) -> Stage:
    """Return the market of three shops."""
    seed(stage)
    return stage


def make(market: Stage, *arguments: str) -> int:
    """Run the tool against the stage, as it would run against AWS."""
    return main(arguments, lambda _: market.client("dynamodb"))


def test_first_operator_can_work_with_what_was_printed(market: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    """The text that is printed, alone, opens the operators' API; each run makes another operator."""
    texts = []
    for name in ("Anita", "Bimal"):
        assert make(market, "--name", name) == 0
        texts.append(capsys.readouterr().out.strip())
    assert len(set(texts)) == 2
    for text in texts:
        answer = market.http("GET", "/v1/operator/tokens", {"authorization": f"Bearer {text}"})
        assert answer.status == 200
        assert [name in answer.body.decode() for name in ("Anita", "Bimal")] == [True, True]
    assert not any(text in str(market.items("business")) for text in texts)


def test_first_reviewer_reviews_and_runs_nothing(market: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    """With ROLE=reviewer the text opens reviewers' addresses, and operators' are not for it."""
    assert make(market, "--name", "Chitra", "--role", "reviewer") == 0
    bearer = {"authorization": f"Bearer {capsys.readouterr().out.strip()}"}
    asked = [
        market.http("GET", f"/v1/{path}", bearer).status
        for path in ("reviewer/verification-requests", "operator/tokens")
    ]
    assert asked == [200, 403]


def test_token_without_a_name_or_a_stack_is_not_made(market: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    """Whose it is must be said, and where; otherwise nothing is printed that looks like a token."""
    before = market.items("business")
    assert make(market) == 2
    assert make(market, "--name", "x" * 81) == 2
    assert make(market, "--name", "Anita", "--stage", "nowhere") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "ResourceNotFoundException" in said.err
    assert market.items("business") == before
