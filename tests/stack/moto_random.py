"""Random operations on moto's DynamoDB, with or without the stage's changes; prints every answer as JSON.

Run by test_moto_fast.py in processes of their own: python moto_random.py plain|fast SEED
"""

import json
import random  # noqa: TID251  # seeded: the same for ever
import sys
from typing import Any

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends

from infra.local import moto_fast

OPERATIONS = 250
KEY = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
INDEX = [{"AttributeName": "view_pk", "KeyType": "HASH"}, {"AttributeName": "view_sk", "KeyType": "RANGE"}]


def main(kind: str, seed: int) -> None:
    """Do the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311  # for repeatable tests
    with mock_aws():
        if kind == "fast":
            moto_fast.install()
        client = boto3.client("dynamodb", region_name="ap-south-1")
        for name in ("a", "b"):
            _create(client, name)
        _create(client, "hash_only", KEY[:1])
        for _ in range(OPERATIONS):
            sys.stdout.write(json.dumps(_answer(client, chance), sort_keys=True, default=str) + "\n")
        sys.stdout.write(json.dumps(_stream(), sort_keys=True) + "\n")


def _create(client: Any, name: str, key: list[dict[str, str]] = KEY) -> None:
    names = {part["AttributeName"] for part in (*key, *INDEX)}
    client.create_table(
        TableName=name,
        KeySchema=key,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in sorted(names)],
        GlobalSecondaryIndexes=[
            {"IndexName": "view", "KeySchema": INDEX, "Projection": {"ProjectionType": "KEYS_ONLY"}}
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )


def _answer(client: Any, chance: random.Random) -> Any:
    operation = chance.choice((_put, _get, _update, _delete, _query, _query_index, _scan, _transact, _transact))
    try:
        answer = operation(client, chance)
    except ClientError as error:
        return [error.response["Error"], error.response.get("CancellationReasons")]
    answer.pop("ResponseMetadata")
    return answer


def _table(chance: random.Random) -> str:
    return chance.choice(("a", "b", "hash_only"))


def _key(table: str, chance: random.Random) -> dict[str, Any]:
    key = {"pk": {"S": chance.choice("xyz")}}
    return key if table == "hash_only" else key | {"sk": {"S": chance.choice("12345")}}


def _item(table: str, chance: random.Random) -> dict[str, Any]:
    item = _key(table, chance) | {"n": {"N": str(chance.randrange(9))}, "set": {"SS": ["a", "b"]}}
    if chance.random() < 0.5:
        item |= {"view_pk": {"S": chance.choice("vw")}, "view_sk": {"S": str(chance.randrange(9))}}
    return item


def _condition(chance: random.Random) -> dict[str, Any]:
    return chance.choice(
        (
            {},
            {"ConditionExpression": "attribute_not_exists(pk)"},
            {"ConditionExpression": "attribute_exists(pk)"},
            {"ConditionExpression": "n < :five", "ExpressionAttributeValues": {":five": {"N": "5"}}},
        )
    )


def _put(client: Any, chance: random.Random) -> Any:
    table = _table(chance)
    return client.put_item(TableName=table, Item=_item(table, chance), **_condition(chance))


def _get(client: Any, chance: random.Random) -> Any:
    table = _table(chance)
    return client.get_item(TableName=table, Key=_key(table, chance))


def _update(client: Any, chance: random.Random) -> Any:
    table = _table(chance)
    return client.update_item(
        TableName=table,
        Key=_key(table, chance),
        UpdateExpression="SET n = if_not_exists(n, :zero) + :one",
        ExpressionAttributeValues={":zero": {"N": "0"}, ":one": {"N": "1"}},
        ReturnValues="ALL_NEW",
    )


def _delete(client: Any, chance: random.Random) -> Any:
    table = _table(chance)
    return client.delete_item(TableName=table, Key=_key(table, chance), **_condition(chance))


def _query(client: Any, chance: random.Random) -> Any:
    condition, values = "pk = :p", {":p": {"S": chance.choice("xyz")}}
    table = _table(chance)
    if table != "hash_only" and chance.random() < 0.5:
        condition, values = condition + " AND sk > :s", values | {":s": {"S": "2"}}
    return client.query(
        TableName=table,
        KeyConditionExpression=condition,
        ExpressionAttributeValues=values,
        ScanIndexForward=chance.random() < 0.5,
        Limit=chance.choice((1, 2, 10)),
    )


def _query_index(client: Any, chance: random.Random) -> Any:
    return client.query(
        TableName=_table(chance),
        IndexName="view",
        KeyConditionExpression="view_pk = :p",
        ExpressionAttributeValues={":p": {"S": chance.choice("vw")}},
        ScanIndexForward=chance.random() < 0.5,
    )


def _scan(client: Any, chance: random.Random) -> Any:
    return client.scan(TableName=_table(chance))


def _transact(client: Any, chance: random.Random) -> Any:
    actions: list[dict[str, Any]] = []
    for _ in range(chance.randrange(1, 5)):
        table = _table(chance)
        name = {"TableName": table}
        match chance.randrange(4):
            case 0:
                actions.append({"Put": name | {"Item": _item(table, chance)} | _condition(chance)})
            case 1:
                actions.append({"Delete": name | {"Key": _key(table, chance)} | _condition(chance)})
            case 2:
                change = {"UpdateExpression": "SET n = :n", "ExpressionAttributeValues": {":n": {"N": "7"}}}
                actions.append({"Update": name | {"Key": _key(table, chance)} | change})
            case _:
                check = {"ConditionExpression": "attribute_exists(pk)"}
                old = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
                actions.append({"ConditionCheck": name | {"Key": _key(table, chance)} | check | old})
    return client.transact_write_items(TransactItems=actions)


def _stream() -> Any:
    records = {}
    for name, table in dynamodb_backends["123456789012"]["ap-south-1"].tables.items():
        shard = table.stream_shard
        records[name] = [
            [each.record["eventName"], {k: v for k, v in each.record["dynamodb"].items() if k.endswith("Image")}]
            for each in (shard.items if shard else ())
        ]
    return records


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
