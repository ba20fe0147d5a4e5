"""boto3 clients, made once for each process and only those that a function uses."""

from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

# Short enough that a call which hangs costs a retry and not a function's whole life.
_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})


def _client(name: str) -> Any:
    return boto3.client(name, config=_CONFIG)  # type: ignore[call-overload]  # the name is one of those below


def dynamodb() -> "DynamoDBClient":
    """DynamoDB."""
    client: DynamoDBClient = _client("dynamodb")
    return client


def sqs() -> "SQSClient":
    """SQS."""
    client: SQSClient = _client("sqs")
    return client


def ssm() -> "SSMClient":
    """Parameter Store."""
    client: SSMClient = _client("ssm")
    return client


def kms() -> "KMSClient":
    """KMS."""
    client: KMSClient = _client("kms")
    return client
