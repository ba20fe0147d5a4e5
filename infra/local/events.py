"""Builds the events that AWS would give to a function. They hold plain JSON values only."""

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from infra.local.function import ACCOUNT, Function, Json
from infra.local.http import Request, Response

# What a function URL passes as text; the rest travels as base64, forms too.
_TEXT = ("text/", "application/json", "application/javascript", "application/xml")


class BadAnswer(Exception):
    """The handler's answer is not what the caller of a function can turn into an HTTP response."""


def url_event(function: Function, request: Request, *, number: int, now: float) -> Json:
    """Return a function URL's event: payload format 2.0."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    cookies = [part.strip() for part in headers.pop("cookie", "").split(";") if part.strip()]
    kind = headers.get("content-type", "application/json").lower()
    body, encoded = _body(request.body, text=kind.startswith(_TEXT) or "+json" in kind or "+xml" in kind)
    host = headers.setdefault("host", "127.0.0.1")
    headers.setdefault("x-forwarded-for", "127.0.0.1")
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": request.path,
        "rawQueryString": request.raw_query or urlencode(request.query),
        "headers": headers,
        "requestContext": {
            "accountId": "anonymous",
            "apiId": function.logical_id.lower(),
            "domainName": host,
            "domainPrefix": function.logical_id.lower(),
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": request_id(number),
            "routeKey": "$default",
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": encoded,
    }
    if request.query:
        # Several values of one name are joined here, unlike at API Gateway.
        event["queryStringParameters"] = {name: ",".join(values) for name, values in _query(request).items()}
    if cookies:
        event["cookies"] = cookies
    if request.body:
        event["body"] = body
    return event


def rest_event(request: Request, *, resource: str, parameters: Mapping[str, str], number: int, now: float) -> Json:
    """Return a REST API's event: proxy integration, payload format 1.0."""
    body, encoded = _body(request.body, text=True)
    query = dict(request.query)
    return {
        "resource": resource,
        "path": request.path,
        "httpMethod": request.method,
        "headers": dict(request.headers) or None,
        "multiValueHeaders": {name: [value] for name, value in request.headers.items()} or None,
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": _query(request) or None,
        "pathParameters": dict(parameters) or None,
        "stageVariables": None,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": request.headers.get("host", "127.0.0.1"),
            "extendedRequestId": request_id(number),
            "httpMethod": request.method,
            "identity": {"sourceIp": "127.0.0.1", "userAgent": request.headers.get("user-agent")},
            "path": f"/local{request.path}",
            "protocol": "HTTP/1.1",
            "requestId": request_id(number),
            "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "requestTimeEpoch": int(now * 1000),
            "resourceId": "local",
            "resourcePath": resource,
            "stage": "local",
        },
        "body": body if request.body else None,
        "isBase64Encoded": encoded,
    }


def url_response(answer: Json) -> Response:
    """Read a handler's answer as a function URL does: what has no `statusCode` is itself the JSON body."""
    if isinstance(answer, Mapping) and "statusCode" in answer:
        return _response(answer)
    if answer is None:
        return Response(status=200, headers={"content-type": "application/json"}, body=b"null")
    return Response(status=200, headers={"content-type": "application/json"}, body=json.dumps(answer).encode())


def rest_response(answer: Json) -> Response:
    """Read a handler's answer as API Gateway does: it must have a `statusCode`."""
    if not isinstance(answer, Mapping) or "statusCode" not in answer:
        raise BadAnswer("no statusCode")
    return _response(answer)


def sqs_event(records: list[Json]) -> Json:
    """Return the event of a batch of messages."""
    return {"Records": records}


def sqs_record(message: Any, *, queue_arn: str, region: str) -> Json:
    """Return one message of moto's as Lambda sees it."""
    attributes = {
        "ApproximateReceiveCount": str(message.approximate_receive_count),
        "SentTimestamp": str(message.sent_timestamp),
        "SenderId": message.sender_id,
        "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
    }
    if message.group_id is not None:
        attributes["MessageGroupId"] = message.group_id
    if message.deduplication_id is not None:
        attributes["MessageDeduplicationId"] = message.deduplication_id
        attributes["SequenceNumber"] = str(message.sequence_number)
    for name, value in message.system_attributes.items():
        attributes[name] = value["StringValue"] if isinstance(value, Mapping) else value
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": attributes,
        "messageAttributes": {name: _attribute(value) for name, value in message.message_attributes.items()},
        "md5OfBody": hashlib.md5(message.body.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": region,
    }


def stream_record(record: Mapping[str, Any], *, stream_arn: str, region: str) -> Json:
    """Return one stream record of moto's as Lambda sees it."""
    inner = dict(record["dynamodb"])
    created = inner.get("ApproximateCreationDateTime")
    if isinstance(created, datetime):
        inner["ApproximateCreationDateTime"] = int(created.replace(tzinfo=created.tzinfo or UTC).timestamp())
    for name in ("Keys", "NewImage", "OldImage"):
        if name in inner:
            inner[name] = _in_json(inner[name])
    return {**record, "awsRegion": region, "dynamodb": inner, "eventSourceARN": stream_arn}


def _in_json(value: Json) -> Json:
    """Put bytes as base64, as Lambda does."""
    match value:
        case bytes():
            return base64.b64encode(value).decode()
        case dict():
            return {name: _in_json(held) for name, held in value.items()}
        case list():
            return [_in_json(held) for held in value]
        case _:
            return value


def rule_event(*, name: str, number: int, now: float, region: str) -> Json:
    """Return the event of an EventBridge rule's schedule."""
    return {
        "version": "0",
        "id": request_id(number),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),
        "region": region,
        "resources": [f"arn:aws:events:{region}:{ACCOUNT}:rule/{name}"],
        "detail": {},
    }


def split_target(target: str) -> tuple[str, dict[str, str]]:
    """Split a request's target into its path, decoded, and its query."""
    path, _, query = target.partition("?")
    return unquote(path), dict(parse_qsl(query, keep_blank_values=True))


def _query(request: Request) -> dict[str, list[str]]:
    if not request.raw_query:
        return {name: [value] for name, value in request.query.items()}
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(request.raw_query, keep_blank_values=True):
        values.setdefault(name, []).append(value)
    return values


def request_id(number: int) -> str:
    """Return the id of a request by its number."""
    return f"{number:08x}-0000-4000-8000-000000000000"


def _body(body: bytes, *, text: bool) -> tuple[str, bool]:
    """Return the body as an event carries it, and whether that is base64."""
    if text:
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(body).decode(), True


def _response(answer: Mapping[str, Any]) -> Response:
    try:
        status = int(answer["statusCode"])
        body = answer.get("body") or ""
        if not isinstance(body, str):
            raise BadAnswer(f"the body is {type(body).__name__}, not text")
        raw = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
        headers = {str(name).lower(): str(value) for name, value in (answer.get("headers") or {}).items()}
        for name, values in (answer.get("multiValueHeaders") or {}).items():
            headers[str(name).lower()] = ", ".join(map(str, values))
        if cookies := answer.get("cookies"):
            headers["set-cookie"] = "\n".join(cookies)
    except (TypeError, ValueError, AttributeError) as error:
        raise BadAnswer(str(error)) from error
    headers.setdefault("content-type", "application/json")
    return Response(status=status, headers=headers, body=raw)


def _attribute(value: Mapping[str, Any]) -> Json:
    kind = value["DataType"]
    plain: dict[str, Any] = {"stringListValues": [], "binaryListValues": [], "dataType": kind}
    if kind.startswith("Binary"):
        raw = value["BinaryValue"]
        plain["binaryValue"] = raw if isinstance(raw, str) else base64.b64encode(raw).decode()
    else:
        plain["stringValue"] = value["StringValue"]
    return plain
