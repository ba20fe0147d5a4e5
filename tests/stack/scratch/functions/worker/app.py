"""Does what each message says, and prints what it saw."""

import json
import os
import time
from typing import Any

import boto3

sqs = boto3.client("sqs")
dynamodb = boto3.client("dynamodb")
lives = {"cold": True}


def handler(event: dict[str, Any], context: Any) -> dict[str, Any] | None:
    """Go through a batch; a group whose message failed is left alone from there on."""
    if "timer" in event:
        print(json.dumps({"saw": "timer"}))  # noqa: T201  # the tests read it in the log
        return None
    failed: list[str] = []
    shut: set[str] = set()
    for record in event["Records"]:
        order = json.loads(record["body"])
        group = record["attributes"].get("MessageGroupId", record["messageId"])
        if group in shut:
            failed.append(record["messageId"])
            continue
        times = int(record["attributes"]["ApproximateReceiveCount"])
        print(json.dumps({"saw": order["name"], "times": times, "cold": lives["cold"]}))  # noqa: T201  # the tests read it in the log
        lives["cold"] = False
        match order.get("do"):
            case "raise":
                raise ValueError(order["name"])
            case "fail":
                failed.append(record["messageId"])
                shut.add(group)
            case "fail once" if times == 1:
                failed.append(record["messageId"])
                shut.add(group)
            case "wait" if times == 1:
                sqs.change_message_visibility(
                    QueueUrl=os.environ["WORK_URL"], ReceiptHandle=record["receiptHandle"], VisibilityTimeout=5
                )
                failed.append(record["messageId"])
                shut.add(group)
            case "answer":
                answer: dict[str, Any] = order["answer"]
                return answer
            case "sleep":
                time.sleep(order["seconds"])  # noqa: TID251  # that it does not really sleep is tested
            case "write and tidy up":
                try:
                    dynamodb.get_item(TableName=os.environ["TABLE"], Key={"pk": {"S": "w"}, "sk": {"S": "x"}})
                finally:
                    dynamodb.put_item(TableName=os.environ["TABLE"], Item={"pk": {"S": "w"}, "sk": {"S": "tidy"}})
                    print(json.dumps({"saw": "tidied up"}))  # noqa: T201  # the tests read it in the log
            case "write":
                dynamodb.put_item(TableName=os.environ["TABLE"], Item={"pk": {"S": "w"}, "sk": {"S": order["name"]}})
            case _:
                pass
    return {"batchItemFailures": [{"itemIdentifier": item} for item in failed]}
