"""Sample events: each is performed, and each function has what it must have."""

import json
from pathlib import Path

import pytest

from infra.local.invoke import main, render
from infra.local.samples import NoSample, give, load, perform, samples
from infra.local.seed import seed
from infra.local.stage import Stage


@pytest.mark.parametrize(("function", "case"), samples())
def test_sample_comes_out_as_expected(stage: Stage, function: str, case: str) -> None:
    """The same file feeds `sam local invoke`, `make invoke` and this."""
    seed(stage)
    sample = load(function, case)
    assert sample.has_expected, "what must come back stands beside it"
    assert give(stage, sample) == sample.expected, f"`make invoke FN={function} CASE={case}` shows what it did"


def test_each_function_has_three_samples(deployed: Stage) -> None:
    """Success, refusal, duplicate; and no sample is for a function that is not there."""
    known = samples()
    for name in deployed.functions:
        assert sum(function == name for function, _ in known) >= 3, name
        assert (name, "duplicate") in known
    assert {function for function, _ in known} <= set(deployed.functions)


def test_sample_shows_what_was_answered_written_and_sent(stage: Stage) -> None:
    """As a person reads it in the terminal."""
    seed(stage)
    sample = load("auto_reply", "hours_bengali")
    text = render(sample, perform(stage, sample))
    for heading in ("answered", "called", "wrote", "sent", "logged"):
        assert f"\n{heading}\n" in text
    assert "as expected" in text
    assert "+ haat-local-conversation" in text
    assert "TransactWriteItems" in text


@pytest.mark.parametrize(
    ("function", "case", "word"),
    [
        ("inbound_message", "messenger_text", "kept"),
        ("inbound_message", "messenger_postback", "kept"),
        ("inbound_message", "messenger_echo", "kept"),
        ("inbound_message", "messenger_standby", "kept"),
        ("message_status", "seen_up_to", "reported"),
        ("auto_reply", "messenger_text", "matched"),
        ("auto_reply", "messenger_menu", "menu"),
        ("auto_reply", "messenger_pick", "matched"),
        ("auto_reply", "messenger_person", "echoed"),
        ("auto_reply", "messenger_standby", "standby"),
        ("auto_reply", "lesson", "learnt"),
        ("outbound_message", "messenger_menu", "sent"),
        ("outbound_message", "person_later", "sent"),
        ("payment_callback", "axis_signed", "kept"),
        ("payment_callback", "icici_hint", "kept"),
        ("payment_settlement", "hdfc_hint", "noted"),
        ("payment_settlement", "file_part", "part_settled"),
        ("payment_reconciler", "settlement_file", "file_read"),
        ("payment_reconciler", "file_not_there", "file_not_there"),
        ("payment_reconciler", "reports_of_accounts", "reports_wanted"),
        ("payment_bank_call", "report", "bank_locked"),
        ("verification_request", "papers", "checked"),
        ("verification_request", "number_is_asked_for", "asked"),
        ("verification_request", "duplicate", "nothing"),
        ("verification_request", "badge", "signed"),
        ("verification_request", "shop_renamed", "fallen"),
        ("verification_request", "not_a_fact", "rejected"),
    ],
)
def test_sample_comes_to_what_it_was_made_for(stage: Stage, function: str, case: str, word: str) -> None:
    """A batch answers the same whatever became of a record, and a door whatever it was told: what came of it shows in what is logged."""
    seed(stage)
    assert f'"message":"{word}"' in "".join(perform(stage, load(function, case)).lines)


def test_page_hears_its_own_message_as_its_tick(stage: Stage) -> None:
    """What comes back of ours is no message of anybody's: the state of what was sent is all that changes."""
    seed(stage)
    outcome = perform(stage, load("inbound_message", "messenger_own_echo"))
    ((before, after),) = outcome.changed["haat-local-conversation"]
    assert ("rnk" in before, after["rnk"]) == (False, {"N": "1"})
    assert not any(outcome.queued.values())


def test_page_hears_how_far_a_customer_has_read(stage: Stage) -> None:
    """A time that names no message goes where statuses go, and to nobody who answers."""
    seed(stage)
    queued = perform(stage, load("inbound_message", "messenger_read")).queued
    depths = {queue: len(bodies) for queue, bodies in queued.items() if bodies}
    assert depths == {"haat-local-conversation-status": 1}


def test_person_writes_to_a_page_s_customer_after_the_window(stage: Stage) -> None:
    """As Meta allows people alone: under their tag, which a bot's menu does not carry."""
    seed(stage)
    for case in ("messenger_menu", "person_later"):
        perform(stage, load("outbound_message", case))
    assert [sent.tag for sent in stage.graph.sent()] == [None, "HUMAN_AGENT"]


def test_sample_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    """So that one finds the right one."""
    (tmp_path / "door").mkdir()
    (tmp_path / "door" / "case.json").write_text("{}")
    (tmp_path / "door" / "case.expected.json").write_text("{}")
    assert samples(tmp_path) == [("door", "case")]
    with pytest.raises(NoSample, match="there are: case"):
        load("door", "other", tmp_path)


def test_make_invoke_refuses_what_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    """With a sentence, not with a traceback."""
    assert main(["auto_reply", "no_such_case"]) == 2
    assert "there are: " in capsys.readouterr().err


def test_rows_that_must_be_there_are_put_first(small: Stage, tmp_path: Path) -> None:
    """And the clock stands at the event's own time."""
    (tmp_path / "worker").mkdir()
    record = {"messageId": "m", "body": '{"name": "n", "do": "write"}', "receiptHandle": "r", "attributes": {}}
    record["attributes"] = {"SentTimestamp": "1770000000000", "ApproximateReceiveCount": "1"}
    given = {"scratch-local": [{"pk": {"S": "w"}, "sk": {"S": "before"}}]}
    (tmp_path / "worker" / "write.json").write_text(json.dumps({"Records": [record]}))
    (tmp_path / "worker" / "write.given.json").write_text(json.dumps(given))
    outcome = perform(small, load("worker", "write", tmp_path))
    assert outcome.added == {"scratch-local": [{"pk": {"S": "w"}, "sk": {"S": "n"}}]}
    assert len(small.items("scratch-local")) == 2
    assert small.clock.now() == 1_770_000_000
