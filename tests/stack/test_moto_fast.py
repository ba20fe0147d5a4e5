"""What the stage changes in moto is faster, and true where plain moto is not; everything else stays as it was."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table

from infra.local.settings import ROOT
from infra.local.stage import Stage

pytestmark = pytest.mark.on_moto("what moto itself does")
PROGRAM = Path(__file__).parent / "moto_random.py"


def answers(kind: str, seed: int) -> list[str]:
    """Return what moto_random.py prints."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'layers/shared'}"}
    run = subprocess.run(
        [sys.executable, str(PROGRAM), kind, str(seed)], env=environment, capture_output=True, text=True, check=True
    )
    return run.stdout.splitlines()


@pytest.mark.parametrize("seed", [1, 2])
def test_random_operations_answer_as_plain_moto_does(seed: int) -> None:
    """Two tables, an index, conditions, transactions that are cancelled; and the streams in the end."""
    plain, fast = answers("plain", seed), answers("fast", seed)
    assert sum("TransactionCanceled" in line for line in plain) > 10
    *plain, plain_stream = plain
    *fast, fast_stream = fast
    assert fast == plain
    # Plain moto copies the stream away with the table when a transaction is cancelled, and puts it back as it was.
    assert fast_stream == plain_stream


def put(stage: Stage, token: str, value: str) -> None:
    """Write one row in a transaction with a token."""
    item = {"pk": {"S": "p"}, "sk": {"S": "s"}, "value": {"S": value}}
    name = stage.deployment.outputs["ConversationTable"]
    stage.client("dynamodb").transact_write_items(
        TransactItems=[{"Put": {"TableName": name, "Item": item}}], ClientRequestToken=token
    )


def test_transaction_with_a_known_token_is_done_once(stage: Stage) -> None:
    """Plain moto does it again; other parameters under the same token are refused, as on AWS."""
    put(stage, "token", "first")
    put(stage, "other", "second")
    put(stage, "token", "first")
    assert stage.items("conversation")[0]["value"] == {"S": "second"}
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        put(stage, "token", "something else")
    stage.run_for(600)
    put(stage, "token", "first")
    assert stage.items("conversation")[0]["value"] == {"S": "first"}


def test_batch_of_more_than_25_is_refused(stage: Stage) -> None:
    """As on AWS."""
    name = stage.deployment.outputs["ConversationTable"]
    items = [{"PutRequest": {"Item": {"pk": {"S": str(n)}, "sk": {"S": "s"}}}} for n in range(26)]
    with pytest.raises(ClientError, match="Too many items"):
        stage.client("dynamodb").batch_write_item(RequestItems={name: items})


def test_query_of_one_partition_does_not_pay_for_the_table(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks at the items of its partition, however many there are beside."""
    for number in range(60):
        stage.put("conversation", {"pk": {"S": f"p{number % 20}"}, "sk": {"S": str(number)}})
    table = stage._table("conversation")
    plain, asked = Table.all_items, []

    def all_items(self: Table) -> list[Item]:
        asked.append(self.name)
        return plain(self)

    monkeypatch.setattr(Table, "all_items", all_items)
    found = stage.client("dynamodb").query(
        TableName=table.name, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": {"S": "p3"}}
    )
    assert [item["sk"]["S"] for item in found["Items"]] == ["23", "3", "43"]
    assert asked == []
