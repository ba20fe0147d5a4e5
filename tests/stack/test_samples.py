"""The sample events: the same files serve `make invoke`, the SAM command line and these tests."""

import json
from collections import Counter

import pytest

from infra.local.invoke import render
from infra.local.samples import EVENTS, load, perform, samples
from infra.local.seed import seed
from infra.local.stage import Stage

# What a person is told by each sample: how many replies reach Meta, items are new, items are changed, records are queued.
TOLD = {
    ("auto_reply", "duplicate"): (0, 4, 0, 0),
    ("auto_reply", "hours_bengali"): (0, 4, 0, 0),
    ("auto_reply", "nobody_taught"): (0, 5, 0, 0),
    ("auto_reply", "unknown_fact"): (0, 0, 0, 1),
    ("inbound_message", "duplicate"): (0, 0, 0, 1),
    ("inbound_message", "handshake"): (0, 0, 0, 0),
    ("inbound_message", "signature_wrong"): (0, 0, 0, 0),
    ("inbound_message", "status_delivered"): (0, 0, 1, 0),
    ("inbound_message", "text_bengali"): (0, 0, 0, 1),
    ("message_status", "duplicate"): (0, 1, 2, 0),
    ("message_status", "other_shop"): (0, 0, 0, 0),
    ("message_status", "undeliverable"): (0, 1, 2, 0),
    ("outbound_message", "duplicate"): (1, 1, 0, 0),
    ("outbound_message", "reply"): (1, 1, 0, 0),
    ("outbound_message", "window_closed"): (0, 2, 0, 0),
    ("outbox_relay", "duplicate"): (0, 0, 0, 1),
    ("outbox_relay", "reply_row"): (0, 0, 0, 1),
    ("outbox_relay", "unknown_queue"): (0, 0, 0, 1),
}


@pytest.mark.parametrize(("function", "case"), samples())
def test_sample_does_what_it_says(stage: Stage, function: str, case: str) -> None:
    """Each sample event brings the answer that lies beside it, and the effects that it is there to show."""
    seed(stage)
    sample = load(function, case)
    outcome = perform(stage, sample)
    assert outcome.failure is None
    assert sample.has_expected
    assert outcome.answer == sample.expected
    effects = [len(outcome.said)]
    effects += [sum(map(len, kinds.values())) for kinds in (outcome.added, outcome.changed, outcome.queued)]
    assert tuple(effects) == TOLD[function, case]
    assert json.dumps(outcome.answer, indent=2, ensure_ascii=False).splitlines()[0] in render(sample, outcome)


def test_each_function_has_three_samples(stage: Stage) -> None:
    """Each function of the template has a success, a refusal and a duplicate, and no folder is of a function that isn't there."""
    counted = Counter(function for function, _ in samples())
    assert set(counted) == set(stage.functions)
    assert min(counted.values()) >= 3
    assert all((EVENTS / function / "duplicate.json").exists() for function in counted)
