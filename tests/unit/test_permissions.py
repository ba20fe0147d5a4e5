"""`make permissions`: what a call needs, what a role grants, and each way in which the two may differ."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.local.function import Function
from infra.local.roles import Role, roles
from infra.local.template import TemplateError
from infra.permissions.actions import Place, Unknown, needed
from infra.permissions.compare import Finding, Verdict, compare, compare_with_aws
from infra.permissions.granted import Unreadable, granted
from infra.permissions.permission import Permission
from infra.permissions.recorded import read

KEY = "arn:aws:kms:ap-south-1:123456789012:key/of-a-bucket"
HERE = Place(region="ap-south-1", account="123456789012", keys={"k": KEY})
AT = "ap-south-1:123456789012"
TABLE, DLQ = f"arn:aws:dynamodb:{AT}:table/t", f"arn:aws:sqs:{AT}:q-dlq"
QUEUE_URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/q.fifo"
SESSION = {"ApplicationIdentifier": "a", "EnvironmentIdentifier": "e", "ConfigurationProfileIdentifier": "p"}
CONFIGURATION = f"arn:aws:appconfig:{AT}:application/a/environment/e/configuration/p"
BUCKET, KEPT = "arn:aws:s3:::b", "arn:aws:s3:::k"
QUEUE = f"arn:aws:sqs:{AT}:q.fifo"
READ, WRITE = Permission("dynamodb:GetItem", TABLE), Permission("dynamodb:PutItem", TABLE)
AWS_OWN = "arn:aws:iam::aws:policy/service-role/"


@pytest.mark.parametrize(
    ("call", "names", "expected"),
    [
        ("dynamodb.GetItem", {"TableName": "t"}, {("dynamodb:GetItem", TABLE)}),
        ("dynamodb.GetItem", {"TableName": TABLE}, {("dynamodb:GetItem", TABLE)}),
        ("dynamodb.Query", {"TableName": "t"}, {("dynamodb:Query", TABLE)}),
        ("dynamodb.Query", {"TableName": "t", "IndexName": "view"}, {("dynamodb:Query", f"{TABLE}/index/view")}),
        ("dynamodb.BatchWriteItem", {"RequestItems": ["t"]}, {("dynamodb:BatchWriteItem", TABLE)}),
        (
            "dynamodb.TransactWriteItems",
            {"TransactItems": [["Put", "t"], ["Update", "t"], ["Delete", "t"], ["ConditionCheck", "u"]]},
            {
                ("dynamodb:PutItem", TABLE),
                ("dynamodb:UpdateItem", TABLE),
                ("dynamodb:DeleteItem", TABLE),
                ("dynamodb:ConditionCheckItem", f"arn:aws:dynamodb:{AT}:table/u"),
            },
        ),
        ("dynamodb.TransactGetItems", {"TransactItems": [["Get", "t"]]}, {("dynamodb:GetItem", TABLE)}),
        ("sqs.SendMessageBatch", {"QueueUrl": QUEUE_URL}, {("sqs:SendMessage", QUEUE)}),
        ("sqs.ChangeMessageVisibilityBatch", {"QueueUrl": QUEUE_URL}, {("sqs:ChangeMessageVisibility", QUEUE)}),
        ("sqs.GetQueueAttributes", {"QueueUrl": QUEUE_URL}, {("sqs:GetQueueAttributes", QUEUE)}),
        ("s3.GetObject", {"Bucket": "b"}, {("s3:GetObject", f"{BUCKET}/*"), ("s3:ListBucket", BUCKET)}),
        ("s3.HeadObject", {"Bucket": "b"}, {("s3:GetObject", f"{BUCKET}/*"), ("s3:ListBucket", BUCKET)}),
        ("s3.GetObject", {"Bucket": "b", "Signed": True}, {("s3:GetObject", f"{BUCKET}/*")}),
        ("s3.PutObject", {"Bucket": "b"}, {("s3:PutObject", f"{BUCKET}/*")}),
        ("s3.DeleteObject", {"Bucket": "b"}, {("s3:DeleteObject", f"{BUCKET}/*")}),
        (
            "s3.CopyObject",
            {"Bucket": "c", "CopySource": "b"},
            {("s3:GetObject", f"{BUCKET}/*"), ("s3:ListBucket", BUCKET), ("s3:PutObject", "arn:aws:s3:::c/*")},
        ),
        ("s3.PutObject", {"Bucket": "k"}, {("s3:PutObject", f"{KEPT}/*"), ("kms:GenerateDataKey", KEY)}),
        (
            "s3.HeadObject",
            {"Bucket": "k"},
            {("s3:GetObject", f"{KEPT}/*"), ("s3:ListBucket", KEPT), ("kms:Decrypt", KEY)},
        ),
        (
            "s3.CopyObject",
            {"Bucket": "b", "CopySource": "k"},
            {
                ("s3:GetObject", f"{KEPT}/*"),
                ("s3:ListBucket", KEPT),
                ("kms:Decrypt", KEY),
                ("s3:PutObject", f"{BUCKET}/*"),
            },
        ),
        ("s3.DeleteObject", {"Bucket": "k"}, {("s3:DeleteObject", f"{KEPT}/*")}),
        ("s3.HeadBucket", {"Bucket": "b"}, {("s3:ListBucket", BUCKET)}),
        (
            "s3.HeadBucket",
            {"Bucket": f"pictures-{HERE.account}-ap-southeast-2"},
            {("s3:ListBucket", f"arn:aws:s3:::pictures-{HERE.account}-{HERE.region}")},
        ),
        ("ssm.GetParameter", {"Name": "/a/b"}, {("ssm:GetParameter", f"arn:aws:ssm:{AT}:parameter/a/b")}),
        (
            "ssm.GetParameters",
            {"Names": ["/a", "b"]},
            {("ssm:GetParameters", f"arn:aws:ssm:{AT}:parameter/{name}") for name in "ab"},
        ),
        ("kms.Decrypt", {"KeyId": "arn:aws:kms:x:y:key/1-2"}, {("kms:Decrypt", f"arn:aws:kms:{AT}:key/1-2")}),
        ("kms.GetPublicKey", {"KeyId": "1-2"}, {("kms:GetPublicKey", f"arn:aws:kms:{AT}:key/1-2")}),
        ("kms.Decrypt", {"KeyId": "1-2"}, {("kms:Decrypt", f"arn:aws:kms:{AT}:key/1-2")}),
        ("appconfigdata.GetLatestConfiguration", SESSION, {("appconfig:GetLatestConfiguration", CONFIGURATION)}),
    ],
)
def test_call_needs_the_actions_that_aws_checks(
    call: str, names: Mapping[str, Any], expected: set[tuple[str, str]]
) -> None:
    """Each call needs AWS's actions on the resources that it names, wherever the stage stood."""
    service, operation = call.split(".")
    assert needed(service, operation, names, HERE) == {Permission(*pair) for pair in expected}


@pytest.mark.parametrize(
    ("call", "names"),
    [
        ("dynamodb.ExecuteStatement", {}),
        ("s3.PutObject", {}),
        ("kms.Decrypt", {}),  # a ciphertext may say by itself which key it wants
        ("kms.Encrypt", {"KeyId": "alias/tokens"}),
        ("dynamodb.TransactWriteItems", {"TransactItems": [["Upsert", "t"]]}),
    ],
)
def test_call_without_a_row_is_an_error(call: str, names: Mapping[str, Any]) -> None:
    """A call that the table does not know, or that does not say of what it is, is never passed over."""
    service, operation = call.split(".")
    with pytest.raises(Unknown, match="alias/tokens" if "KeyId" in names else call):
        needed(service, operation, names, HERE)


def test_grant_for_some_leading_keys_counts_as_its_action_and_table() -> None:
    """Rows that a condition leaves out are not compared; the action and the table are."""
    assert granted([narrowed("dynamodb:GetItem", ["A#*"]), narrowed(["dynamodb:PutItem"], "B*")]) == {READ, WRITE}


def test_statement_grants_each_action_on_each_resource() -> None:
    """Actions and resources may be one or many; the two stars that the house allows stand for AWS's one action each."""
    actions = ["sqs:SendMessage*", "sqs:ChangeMessageVisibility*"]
    statement = {"Effect": "Allow", "Action": actions, "Resource": [QUEUE, DLQ]}
    both = {Permission(action.rstrip("*"), resource) for action in actions for resource in (QUEUE, DLQ)}
    one = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE}
    assert granted([statement, one]) == both | {READ}


def narrowed(action: Any, patterns: Any, **more: Any) -> dict[str, Any]:
    """A grant that holds for rows of certain partition keys only."""
    condition = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": patterns}, **more}
    return {"Effect": "Allow", "Action": action, "Resource": TABLE, "Condition": condition}


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Deny", "Action": "sqs:*", "Resource": "*"},
        {"Effect": "Allow", "NotAction": "sqs:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "sqs:SendMessage", "NotResource": QUEUE},
        {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Bool": {}}},
        narrowed("dynamodb:GetItem", ["A#*"], Bool={}),
        narrowed("dynamodb:GetItem", ["A#*", "*"]),
        narrowed("dynamodb:GetItem", []),
        narrowed("dynamodb:Scan", ["A#*"]),
        narrowed("dynamodb:*", ["A#*"]),
        {**narrowed("dynamodb:GetItem", ["A#*"]), "Effect": "Deny"},
    ],
)
def test_statement_that_cannot_be_compared_is_an_error(statement: Mapping[str, Any]) -> None:
    """A denial, a negation, or a condition other than one that narrows by leading keys, is never passed over."""
    with pytest.raises(Unreadable):
        granted([statement])


def test_same_on_both_sides_is_no_finding() -> None:
    """What is granted exactly as it is used is right."""
    assert compare("f", {READ, WRITE}, {READ, WRITE}, {"dynamodb:GetItem"}) == []


@pytest.mark.parametrize(
    ("more_granted", "more_used", "verdict", "what"),
    [
        (Permission("dynamodb:DeleteItem", TABLE), None, Verdict.UNUSED, f"dynamodb:DeleteItem on {TABLE}"),
        (Permission("dynamodb:GetItem", f"{TABLE}2"), None, Verdict.UNUSED, f"dynamodb:GetItem on {TABLE}2"),
        (Permission("dynamodb:GetItem", f"{TABLE}/index/*"), None, Verdict.UNUSED, f"{TABLE}/index/*"),
        (None, Permission("dynamodb:DeleteItem", TABLE), Verdict.MISSING, f"dynamodb:DeleteItem on {TABLE}"),
        (None, Permission("dynamodb:GetItem", f"{TABLE}2"), Verdict.MISSING, f"dynamodb:GetItem on {TABLE}2"),
        (Permission("dynamodb:GetItem", "*"), None, Verdict.WIDE, f"used is dynamodb:GetItem on {TABLE}"),
        (Permission("dynamodb:*", TABLE), None, Verdict.WIDE, f"dynamodb:* on {TABLE}: used is"),
        (Permission("dynamodb:Get?tem", TABLE), None, Verdict.WIDE, "dynamodb:Get?tem"),
    ],
)
def test_planted_difference_is_the_only_finding(
    more_granted: Permission | None, more_used: Permission | None, verdict: Verdict, what: str
) -> None:
    """One permission too many, too few or too wide is found, and named."""
    grants = {READ, WRITE} | ({more_granted} if more_granted else set())
    uses = {READ, WRITE} | ({more_used} if more_used else set())
    (finding,) = compare("f", grants, uses)
    assert (finding.function, finding.verdict) == ("f", verdict)
    assert what in finding.what


def test_action_used_on_a_stage_of_another_name_must_be_granted() -> None:
    """Where a resource has another name only the action is compared."""
    assert compare("f", {READ}, {READ}, {"kms:Decrypt"}) == [
        Finding("f", Verdict.MISSING, "kms:Decrypt, on a stage of another name")
    ]


STREAM = f"{TABLE}/stream/2026-01-05T04:30:00"
BASIC, SQS, DYNAMODB = (f"{AWS_OWN}AWSLambda{kind}ExecutionRole" for kind in ("Basic", "SQSQueue", "DynamoDB"))


@pytest.mark.parametrize(
    ("attached", "sources"),
    [
        ((BASIC,), ()),
        ((BASIC, SQS), (QUEUE, DLQ)),
        ((BASIC, DYNAMODB), (STREAM,)),
        ((BASIC, SQS, DYNAMODB), (QUEUE, STREAM)),
    ],
)
def test_policies_of_aws_follow_from_what_wakes_a_function(attached: tuple[str, ...], sources: tuple[str, ...]) -> None:
    """A function has the policy for its log, and one for each kind of its event sources."""
    assert compare_with_aws("f", attached, sources) == []


def test_policy_for_a_vpc_is_needed_by_whoever_may_stand_in_one() -> None:
    """SAM attaches it there whatever the parameter says; anybody else's is a finding."""
    vpc = BASIC.replace("Basic", "VPCAccess")
    assert compare_with_aws("f", (BASIC, vpc), (), vpc=True) == []
    assert [found.verdict for found in compare_with_aws("f", (BASIC, vpc), ())] == [Verdict.UNUSED]
    assert [found.verdict for found in compare_with_aws("f", (BASIC,), (), vpc=True)] == [Verdict.MISSING]


@pytest.mark.parametrize(
    ("attached", "sources", "verdict", "what"),
    [
        ((), (), Verdict.MISSING, "AWSLambdaBasicExecutionRole, to write its log"),
        ((BASIC,), (QUEUE,), Verdict.MISSING, "AWSLambdaSQSQueueExecutionRole, to be woken by q.fifo"),
        ((BASIC,), (STREAM,), Verdict.MISSING, "AWSLambdaDynamoDBExecutionRole, to be woken by table/t stream"),
        ((BASIC, SQS), (), Verdict.UNUSED, "the policy AWSLambdaSQSQueueExecutionRole"),
        ((BASIC, "arn:aws:iam::aws:policy/AdministratorAccess"), (), Verdict.UNUSED, "AdministratorAccess"),
        (
            (BASIC, "arn:aws:iam::123456789012:policy/service-role/AWSLambdaSQSQueueExecutionRole"),
            (),
            Verdict.UNUSED,
            "123456789012",
        ),
        ((BASIC,), (f"arn:aws:kinesis:{AT}:stream/s",), Verdict.MISSING, "a policy for kinesis"),
    ],
)
def test_policy_of_aws_too_many_or_too_few_is_found(
    attached: tuple[str, ...], sources: tuple[str, ...], verdict: Verdict, what: str
) -> None:
    """A policy of AWS that nothing needs, one that is wanting, and a source that nobody knows are findings."""
    (finding,) = compare_with_aws("f", attached, sources)
    assert finding.verdict == verdict
    assert what in finding.what


def test_what_was_recorded_is_read_for_one_template(tmp_path: Path) -> None:
    """Calls on this template are read, those on another one are not; under another name only their action counts."""
    call = {"function": "f", "service": "dynamodb", "operation": "GetItem", "names": {"TableName": "t"}}
    calls: list[dict[str, Any]] = [
        {**call, "template": "template.yaml", "parameters": {}},
        {**call, "template": "template.yaml", "parameters": {"Stage": "dev"}, "operation": "PutItem"},
        {**call, "template": "other.yaml", "parameters": {}, "function": "g"},
    ]
    for number, one in enumerate(calls):
        (tmp_path / f"{number}.jsonl").write_text(json.dumps(one) + "\n")
    found = read(tmp_path, "template.yaml", HERE)
    assert {name: (used.here, used.elsewhere) for name, used in found.items()} == {"f": ({READ}, {"dynamodb:PutItem"})}


FUNCTION = Function(
    name="f", logical_id="F", physical_name="f-1", arn="", handler="app.handler", code=Path(), layers=(),
    environment={}, timeout=1, memory=128,
)  # fmt: skip
ALLOWED = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE}


def test_role_is_read_with_what_is_attached_to_it() -> None:
    """A role's own statements, those of policies that name it, and AWS's policies all count; another role's do not."""
    made: dict[str, Any] = {
        "F": {"Type": "AWS::Lambda::Function", "Properties": {"Role": {"Fn::GetAtt": ["R", "Arn"]}}},
        "R": {
            "Type": "AWS::IAM::Role",
            "Properties": {"ManagedPolicyArns": [BASIC], "Policies": [{"PolicyDocument": {"Statement": [ALLOWED]}}]},
        },
        "Attached": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"Roles": [{"Ref": "R"}], "PolicyDocument": {"Statement": {**ALLOWED, "Resource": DLQ}}},
        },
        "Elsewhere": {
            "Type": "AWS::IAM::Policy",
            "Properties": {"Roles": [{"Ref": "Other"}], "PolicyDocument": {"Statement": [ALLOWED]}},
        },
    }
    role = Role(managed=(BASIC,), statements=(ALLOWED, {**ALLOWED, "Resource": DLQ}))
    assert roles(made, [FUNCTION], lambda value: value) == {"f": role}


def test_role_from_elsewhere_is_refused() -> None:
    """A role whose policies do not stand in the template can't be compared."""
    made = {"F": {"Type": "AWS::Lambda::Function", "Properties": {"Role": "arn:aws:iam::123456789012:role/other"}}}
    with pytest.raises(TemplateError, match="not made in this template"):
        roles(made, [FUNCTION], lambda value: value)
