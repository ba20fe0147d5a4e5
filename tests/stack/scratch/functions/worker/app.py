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
        print(json.dumps({"saw": "timer", "at": time.time()}))
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
        print(json.dumps({"saw": order["name"], "times": times, "cold": lives["cold"]}))
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
            case "sleep":
                time.sleep(order["seconds"])
            case "write":
                dynamodb.put_item(TableName=os.environ["TABLE"], Item={"pk": {"S": "w"}, "sk": {"S": order["name"]}})
    return {"batchItemFailures": [{"itemIdentifier": item} for item in failed]}
