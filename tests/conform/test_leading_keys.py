"""A grant that a condition narrows to some rows of a table: the second judge enforces it, and so nothing is granted beside it."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.conform.deployed import Deployed
from infra.conform.roles import Roles
from infra.local.function import REGION

pytestmark = pytest.mark.conform
STRANGER = "stranger"
ALLOWED, KNOWN, FORBIDDEN = "GOODS#1", "MERCHANT#1", "TOKEN#1"

type Ask = Callable[[Any, str, str], object]


def row(pk: str) -> dict[str, Any]:
    """A row, or its key."""
    return {"pk": {"S": pk}, "sk": {"S": "x"}}


def query(client: Any, table: str, pk: str) -> object:
    """Ask for a partition."""
    names, values = {"#k": "pk"}, {":k": {"S": pk}}
    return client.query(
        TableName=table,
        KeyConditionExpression="#k = :k",
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=values,
    )


def transact(member: str, **detail: Any) -> Ask:
    """Write a row that may be written, and one more, in one transaction."""

    def ask(client: Any, table: str, pk: str) -> object:
        named = {"Item": row(pk)} if member == "Put" else {"Key": row(pk)}
        first = {"Put": {"TableName": table, "Item": row(f"{ALLOWED}#{member}")}}
        return client.transact_write_items(TransactItems=[first, {member: {"TableName": table, **named, **detail}}])

    return ask


CHECK = {"ConditionExpression": "attribute_not_exists(nothing)"}
ASKS: Mapping[str, Ask] = {
    "put": lambda client, table, pk: client.put_item(TableName=table, Item=row(pk)),
    "update": lambda client, table, pk: client.update_item(TableName=table, Key=row(pk)),
    "delete": lambda client, table, pk: client.delete_item(TableName=table, Key=row(pk)),
    "query": query,
    "batch": lambda client, table, pk: client.batch_get_item(
        RequestItems={table: {"Keys": [row(ALLOWED), row(pk)] if pk != ALLOWED else [row(pk)]}}
    ),
    "put in a transaction": transact("Put"),
    "delete in a transaction": transact("Delete"),
    "check in a transaction": transact("ConditionCheck", **CHECK),
}


def get(client: Any, table: str, pk: str) -> object:
    """Read one row."""
    return client.get_item(TableName=table, Key=row(pk))


def refused(ask: Ask, client: Any, table: str, pk: str) -> bool:
    """Whether a request is denied; anything else that is wrong with it is raised."""
    try:
        ask(client, table, pk)
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDeniedException":
            raise
        return True
    return False


@contextmanager
def stranger(stage: Deployed, function: str) -> Iterator[Any]:
    """A client of somebody who may do what a function may, and nothing else."""
    iam = stage.client("iam")
    iam.create_user(UserName=STRANGER)
    policies = Roles(stage).policies(function)
    key = iam.create_access_key(UserName=STRANGER)["AccessKey"]
    for name, document in policies.items():
        iam.put_user_policy(UserName=STRANGER, PolicyName=name, PolicyDocument=json.dumps(document))
    yield boto3.client(
        "dynamodb",
        region_name=REGION,
        endpoint_url=stage.engine.url,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    for name in policies:
        iam.delete_user_policy(UserName=STRANGER, PolicyName=name)
    iam.delete_access_key(UserName=STRANGER, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=STRANGER)


def test_rows_that_a_grant_names_are_granted_and_no_others(stage: Deployed, subtests: pytest.Subtests) -> None:
    """auto_reply takes orders and their stock; of a merchant's rows it reads one by its id, of a caller's token none."""
    table = stage.deployment.outputs["BusinessTable"]
    with stranger(stage, "auto_reply") as client:
        for what, ask in ASKS.items():
            with subtests.test(what):
                assert not refused(ask, client, table, ALLOWED)
                assert refused(ask, client, table, KNOWN)
                assert refused(ask, client, table, FORBIDDEN)
        assert [refused(get, client, table, pk) for pk in (ALLOWED, KNOWN, FORBIDDEN)] == [False, False, True]


def test_banks_door_reads_accounts_and_puts_callbacks_and_nothing_else(
    stage: Deployed, subtests: pytest.Subtests
) -> None:
    """Of all rows of the payment table it reads an account by its id, and writes what a bank has said; it lists nothing."""
    table = stage.deployment.outputs["PaymentTable"]
    rows = ("ACCOUNT#1", "CALLBACK#1", "FORGED#1#2", "ACCOUNTS#1", "PAYMENT#1", "MONEY#1#2", "ONCE#1")
    asks = {"get": get, **ASKS}
    granted = {("get", "ACCOUNT#1"), ("put", "CALLBACK#1"), ("put", "FORGED#1#2")}
    with stranger(stage, "payment_callback") as client:
        for what, ask in asks.items():
            with subtests.test(what):
                allowed = {(what, pk) for pk in rows if not refused(ask, client, table, pk)}
                assert allowed == {one for one in granted if one[0] == what}


def test_operators_lay_down_files_and_tick_items_and_move_no_money(stage: Deployed, subtests: pytest.Subtests) -> None:
    """Of money they read what a list names; they write files, checklists, and what follows from these, and take back a tick alone."""
    table = stage.deployment.outputs["PaymentTable"]
    read = {"ACCOUNT#1", "ACCOUNTS#1", "BANK#1", "FILE#1", "ONCE#1"}
    granted = {
        "get": read,
        "query": read,
        "put": {"BANK#1", "FILE#1", "NEWS#1", "ONCE#1"},
        "update": set[str](),
        "delete": {"BANK#1"},
    }
    rows = {*read, "NEWS#1", "PAYMENT#1", "MONEY#1#2", "ORPHANS#1", "CALLBACK#1", "ANSWER#1"}
    asks = {"get": get, **ASKS}
    with stranger(stage, "operator_api") as client:
        for what, allowed in granted.items():
            with subtests.test(what):
                assert {pk for pk in rows if not refused(asks[what], client, table, pk)} == allowed


def test_anyone_sees_badges_and_nothing_else_of_a_shop(stage: Deployed, subtests: pytest.Subtests) -> None:
    """Of the verification table public_api reads badges and signed lists: no request, no evidence, no name, and it writes nothing."""
    table = stage.deployment.outputs["VerificationTable"]
    rows = ("BADGE#1", "LIST#2026-11", "MERCHANT#1", "BADGES#1", "NAME#1", "INDEX#2026-11", "STATUS#2026-11", "ONCE#1")
    granted = {(what, pk) for what in ("get", "batch") for pk in ("BADGE#1", "LIST#2026-11")}
    with stranger(stage, "public_api") as client:
        # In a batch with a row that may not be read none is read: so the one that may is asked for alone.
        asks = {
            "get": get,
            **ASKS,
            "batch": lambda client, table, pk: client.batch_get_item(RequestItems={table: {"Keys": [row(pk)]}}),
        }
        for what, ask in asks.items():
            with subtests.test(what):
                allowed = {(what, pk) for pk in rows if not refused(ask, client, table, pk)}
                assert allowed == {one for one in granted if one[0] == what}


def test_who_checks_reads_the_shop_as_it_is_and_changes_nothing_of_it(
    stage: Deployed, subtests: pytest.Subtests
) -> None:
    """Of the other tables verification_request reads a profile, numbers and payee accounts: no token, no message, no payment."""
    read = {
        "BusinessTable": ({"MERCHANT#1"}, {"TOKEN#1", "ORDER#1", "CARD#1"}),
        "ConversationTable": ({"CHANNELS#1", "CHANNEL#1"}, {"CUSTOMER#1", "MESSAGE#1"}),
        "PaymentTable": ({"ACCOUNTS#1", "ACCOUNT#1"}, {"PAYMENT#1", "MONEY#1#2", "CALLBACK#1"}),
    }
    with stranger(stage, "verification_request") as client:
        for name, (may, may_not) in read.items():
            table = stage.deployment.outputs[name]
            reads = get if name == "BusinessTable" else query
            with subtests.test(name):
                assert {pk for pk in may | may_not if not refused(reads, client, table, pk)} == may
                assert all(refused(ASKS["put"], client, table, pk) for pk in may | may_not)
