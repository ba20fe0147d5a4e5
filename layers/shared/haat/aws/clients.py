"""boto3 clients, made once for each process and only those that a function uses."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.loaders import Loader

if TYPE_CHECKING:
    from mypy_boto3_appconfigdata import AppConfigDataClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

# Short enough that a call which hangs costs a retry and not a function's whole life.
_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})

# For the banks' door: three calls after a cold start, and a bank waits five seconds for its answer. What is not kept by then comes again.
_HURRIED = Config(connect_timeout=0.5, read_timeout=1, retries={"mode": "standard", "total_max_attempts": 1})

# The SDK reads a service's whole description to make a client. Parameter Store's is over a megabyte, for one call of ours: `models/` has
# descriptions of those calls alone that we make, which are found first. For DynamoDB it saves a cold start 4 ms, for KMS 3, for Parameter
# Store 10 ms and 4 MB. `models/endpoints.json` leaves out where each service of AWS is in each region, as ours are everywhere under their
# own names: 9 ms and 8 MB.
_DESCRIPTIONS = Path(__file__).parent / "models"


class _Ours(Loader):
    """Finds descriptions. The SDK's own looks through the folders of all of AWS's services to learn which there are: 9 ms."""

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002  # the SDK asks so
        """Those that this module makes clients of."""
        return ["appconfigdata", "dynamodb", "kms", "s3", "sqs", "ssm"]

    def is_builtin_path(self, path: str) -> bool:  # noqa: ARG002  # the SDK asks so
        """Always: `models/` says no more than the SDK's own. Addresses of the user's would stand above a service's own rules for them."""
        return True


@cache
def _session() -> boto3.session.Session:
    session = botocore.session.get_session()
    session.register_component("data_loader", _Ours(extra_search_paths=[str(_DESCRIPTIONS)]))
    return boto3.session.Session(botocore_session=session)


def _client(name: str, config: Config = _CONFIG) -> Any:
    return _session().client(name, config=config)  # type: ignore[call-overload]  # the name is one of those below


def dynamodb() -> "DynamoDBClient":
    """DynamoDB."""
    client: DynamoDBClient = _client("dynamodb")
    return client


def hurried_dynamodb() -> "DynamoDBClient":
    """DynamoDB, for who has a second."""
    client: DynamoDBClient = _client("dynamodb", _HURRIED)
    return client


def hurried_kms() -> "KMSClient":
    """KMS, for who has a second."""
    client: KMSClient = _client("kms", _HURRIED)
    return client


def sqs() -> "SQSClient":
    """SQS."""
    client: SQSClient = _client("sqs")
    return client


def ssm() -> "SSMClient":
    """Parameter Store, as far as `models/` describes it."""
    client: SSMClient = _client("ssm")
    return client


def appconfigdata() -> "AppConfigDataClient":
    """AppConfig, as its readers see it."""
    client: AppConfigDataClient = _client("appconfigdata")
    return client


def kms() -> "KMSClient":
    """KMS."""
    client: KMSClient = _client("kms")
    return client


def s3() -> "S3Client":
    """S3, as regions sign it: what it signs must be good in a bucket's own region."""
    config = _CONFIG.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))
    client: S3Client = _session().client("s3", config=config)
    return client
