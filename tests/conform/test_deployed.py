"""The second judge itself: that what it says can be relied on."""

import json

import pytest

from infra.conform.deployed import Deployed, NeverQuiet
from infra.conform.doors import NoDoor
from infra.local.clock import START
from infra.local.market import SWEETS
from infra.local.seed import seed
from infra.local.settings import ROOT

pytestmark = pytest.mark.conform
SHOP = SWEETS.phone_number_id
# What a function asks for when it is young, and then remembers.
READ_ONCE = {"ssm:GetParameter", "kms:Decrypt"}


def test_functions_and_queues_are_those_of_the_template(stage: Deployed) -> None:
    """Each folder of functions/ stands as a function, the door has an address, and queues and tables have the stage's names."""
    assert set(stage.functions) == {app.parent.name for app in ROOT.glob("functions/*/app.py")}
    assert stage.functions["inbound_message"].url
    assert all(name.startswith("haat-local-") for name in (*stage.deployment.queues, *stage.deployment.tables))
    assert stage.deployment.outputs["WebhookUrl"].startswith("https://")


def test_webhook_that_nobody_signed_is_refused(stage: Deployed) -> None:
    """The door answers through its own address; a path that is nobody's is refused by the API, as API Gateway does."""
    assert stage.http("POST", "/webhooks/whatsapp", {"content-type": "application/json"}, b"{}").status == 401
    assert stage.http("GET", "/nowhere").status == 403
    with pytest.raises(NoDoor, match="no address of its own"):
        stage.function_url("auto_reply", "GET", "/")


def test_message_that_waits_comes_when_the_clock_says_so(stage: Deployed) -> None:
    """A reply that Meta refused for the number's rate waits in its queue, and goes out when the clock is moved."""
    seed(stage)
    stage.graph.faults.error(130429, times=1, number=SHOP)
    stage.graph.customer(phone="919800000001").writes(SHOP, "hours")
    stage.drain()
    assert [sent.outcome for sent in stage.graph.sent()] == ["error"]
    due = stage.next_due()
    assert due is not None
    assert stage.queue_depth("conversation-outbound.fifo") == 1
    stage.run_for(60)
    assert [sent.outcome for sent in stage.graph.sent()] == ["error", "accepted"]
    assert stage.clock.now() - START.timestamp() >= 60


def test_reset_forgets_all_but_the_stack(stage: Deployed) -> None:
    """After a reset the same message under the same id is answered again, by functions that start anew: nothing is left."""
    seed(stage)
    for _ in range(2):
        stage.engine.asked()
        stage.graph.customer(phone="919800000001").writes(SHOP, "hours")
        stage.drain()
        assert len(stage.graph.sent()) == 1
        assert {one.action for one in stage.engine.asked()} >= READ_ONCE
        assert any('"sent"' in line for line in stage.logs.lines("outbound_message"))
        stage.reset()
        assert stage.items("conversation") + stage.items("business") == []
        assert stage.logs.lines() == []
        assert stage.clock.now() - START.timestamp() < 5
        seed(stage)


def test_failure_of_a_function_is_seen(stage: Deployed) -> None:
    """A function that raises is named, with what it raised, and a list that was cleared holds only what came after."""
    name = stage.functions["auto_reply"].physical_name
    stage.client("lambda").invoke(FunctionName=name, Payload=json.dumps({"no": "records"}))
    (failure,) = stage.failures
    assert failure.function == "auto_reply"
    assert not failure.died
    stage.failures.clear()
    assert stage.failures == []


def test_caller_without_permission_is_refused(stage: Deployed) -> None:
    """What a role does not allow is refused: without its queue the door keeps nothing and Meta is asked to come again."""
    seed(stage)
    kind, role = stage.deployment.resources["InboundMessageRole"]
    assert kind == "AWS::IAM::Role"
    iam = stage.client("iam")
    policies = {
        policy: iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
        for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]
    }
    nothing = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}]}
    try:
        for policy in policies:
            iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(nothing))
        stage.graph.customer(phone="919800000001").writes(SHOP, "hours")
        stage.drain()
        assert stage.graph.sent() == []
    finally:
        for policy, document in policies.items():
            iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))
    stage.run_for(3600)
    assert [sent.outcome for sent in stage.graph.sent()] == ["accepted"]


def test_bucket_is_guarded_as_the_template_says(stage: Deployed) -> None:
    """Its policy stands: without TLS nothing may be done there, and what comes to ministack is taken for TLS, as on AWS."""
    s3 = stage.client("s3")
    assert (
        len(stage.deployment.buckets) == 3
    )  # of pictures, of banks' files, and of papers of shops that ask to be verified
    for bucket in stage.deployment.buckets:
        (statement,) = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
        assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_drain_does_not_wait_for_ever(stage: Deployed) -> None:
    """Where something is left to do when the time is over, the error says what."""
    seed(stage)
    stage.graph.customer(phone="919800000001").writes(SHOP, "hours")
    with pytest.raises(NeverQuiet, match="still busy"):
        stage.drain(most=0.0)


def test_schedule_by_the_clock_comes_at_its_moment_with_its_own_input(stage: Deployed) -> None:
    """Reports are asked for at half past four, and not a minute sooner: payment_reconciler is given what the schedule says, once."""
    asked = {"wanted": "reports"}
    stage.run_for(24 * 3_600 - 30)
    stage.schedules_sleep = False
    stage.run_for(29)
    assert asked not in stage.events
    stage.run_for(61)
    assert stage.events.count(asked) == 1
    assert stage.failures == []
