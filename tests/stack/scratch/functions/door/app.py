"""Answers with what it was given."""

import base64
import json
import os
from typing import Any

import urllib3

http = urllib3.PoolManager(retries=False)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Show the event; call Graph, or break, if the body says so."""
    body = event.get("body") or ""
    if body == "raise":
        raise ValueError("asked to")
    if body == "nonsense":
        return {"statusCode": "many"}
    if body == "call":
        try:
            answer = http.request("GET", os.environ["GRAPH_URL"] + "/v25.0/1")
        except urllib3.exceptions.HTTPError as error:
            return {"statusCode": 200, "body": type(error).__name__}
        return {"statusCode": 200, "body": answer.data.decode()}
    if body == "elsewhere":
        try:
            http.request("GET", "http://127.0.0.1:9/")
        except urllib3.exceptions.NewConnectionError:
            return {"statusCode": 200, "body": "refused"}
    if body == "binary":
        return {"statusCode": 200, "body": base64.b64encode(b"\xff\x00").decode(), "isBase64Encoded": True}
    return {"statusCode": 200, "body": json.dumps(event), "headers": {"X-Memory": context.memory_limit_in_mb}}
