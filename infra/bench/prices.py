"""List prices in Mumbai (ap-south-1), and where each of them comes from. Free allowances are left out everywhere."""

from dataclasses import dataclass
from typing import Literal

GB = 2**30
SECONDS_A_MONTH = 730 * 3600

# "list": AWS's own price list for this region, as others have copied it into public documents in September 2026. "page": a public
# page on the service, which names this price for us-east-1; ours is the same, as far as is remembered. "recalled": neither.
type Source = Literal["list", "page", "recalled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one unit costs in US dollars."""

    dollars: float
    unit: str
    source: Source


PRICES: dict[str, Price] = {
    "API requests": Price(dollars=3.50e-6, unit="request of a REST API", source="page"),
    "Lambda requests": Price(dollars=0.20e-6, unit="request", source="list"),
    "Lambda duration": Price(dollars=0.0000133334, unit="GB-second, arm64", source="list"),
    "DynamoDB writes": Price(dollars=0.71e-6, unit="write unit, on demand", source="list"),
    "DynamoDB reads": Price(dollars=0.1425e-6, unit="read unit, on demand", source="list"),
    "DynamoDB storage": Price(dollars=0.285, unit="GB and month", source="list"),
    "DynamoDB recovery": Price(dollars=0.228, unit="GB and month, point in time", source="recalled"),
    "SQS FIFO": Price(dollars=0.50e-6, unit="request", source="page"),
    "SQS standard": Price(dollars=0.40e-6, unit="request", source="page"),
    "Logs": Price(dollars=0.67, unit="GB taken in", source="list"),
    "Metrics": Price(dollars=0.30, unit="name and service, a month", source="list"),
    "Alarms": Price(dollars=0.10, unit="alarm and month", source="list"),
    "KMS key": Price(dollars=1.00, unit="key and month", source="list"),
    "KMS requests": Price(dollars=3.0e-6, unit="request", source="list"),
    "SSM": Price(dollars=0.0, unit="standard parameter, standard throughput", source="recalled"),
    "AppConfig requests": Price(dollars=0.20e-6, unit="request", source="recalled"),
    "AppConfig received": Price(dollars=0.0008, unit="configuration that was new", source="recalled"),
    "Data out": Price(dollars=0.1093, unit="GB to the internet", source="list"),
}

# Not to be measured here: how long AWS and Meta take, in milliseconds.
TAKES_MS: dict[str, float] = {
    "GetItem": 4,
    "Query": 5,
    "BatchGetItem": 8,
    "PutItem": 6,
    "UpdateItem": 6,
    "TransactWriteItems": 15,
    "sqs": 12,
    "ssm": 10,
    "kms": 10,
    "appconfigdata": 10,
    "Graph": 250,
    "runtime": 1,
}
FULL_CPU_MB = 1769  # memory at which Lambda gives one whole processor; less memory gets its share
LINE_BYTES = 26  # CloudWatch counts so much for each line beside its text
ANSWER_BYTES = 300  # of each answer to a webhook, with its headers
ITEM_BYTES = 100  # DynamoDB keeps so much more for each item, and for each entry of an index
PLATFORM_BYTES = 330  # START, END and REPORT of an invocation, where a function's configuration does not leave them out

# An SQS event source at rest: five pollers, each waiting for 20 seconds at a time.
POLLERS, POLL_S = 5, 20


def cost(name: str, units: float) -> float:
    """What so many units cost, in dollars."""
    return PRICES[name].dollars * units
