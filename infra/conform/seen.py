"""What lies in a stack on ministack, as the account's owner sees it from outside."""

from typing import Any

from infra.conform.ministack import Ministack
from infra.conform.stack import Standing
from infra.local.settings import Settings


class Seen:
    """A stack that stands. Tables and queues are named in full, or by the end of their name."""

    deployment: Standing

    def __init__(self, engine: Ministack, settings: Settings) -> None:
        """Look into `engine`; nothing needs to stand there yet."""
        self.engine, self.settings = engine, settings
        self._clients: dict[str, Any] = {}
        self._urls: dict[str, str] = {}

    def client(self, service: str) -> Any:
        """Return an AWS client of the account's owner, to whom everything is allowed."""
        if service not in self._clients:
            self._clients[service] = self.engine.client(service)
        return self._clients[service]

    def items(self, table: str) -> list[dict[str, Any]]:
        """Return all items of a table, in DynamoDB's own form."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=_full(table, self.deployment.tables))
        return [item for page in pages for item in page["Items"]]

    def key_names(self, table: str) -> list[str]:
        """Return the names of a table's key attributes."""
        described = self.client("dynamodb").describe_table(TableName=_full(table, self.deployment.tables))
        return [key["AttributeName"] for key in described["Table"]["KeySchema"]]

    def put(self, table: str, item: dict[str, Any]) -> None:
        """Put one item, in DynamoDB's own form, into a table."""
        self.client("dynamodb").put_item(TableName=_full(table, self.deployment.tables), Item=item)

    def messages(self, queue: str) -> list[dict[str, Any]]:
        """Return all messages of a queue, visible or not, in order."""
        return [
            {
                "id": message["MessageId"],
                "body": message["Body"],
                "group": message["MessageGroupId"],
                "deduplication": message["MessageDeduplicationId"],
                "attributes": message["MessageAttributes"],
                "received": message["ReceiveCount"],
            }
            for message in self.engine.messages(self.queue_url(queue))
        ]

    def queue_depth(self, queue: str) -> int:
        """Return how many messages a queue holds, visible or not."""
        return len(self.engine.messages(self.queue_url(queue)))

    def queue_url(self, queue: str) -> str:
        """Return a queue's address."""
        name = _full(queue, self.deployment.queues)
        if name not in self._urls:  # it follows from the name
            self._urls[name] = self.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
        return self._urls[name]

    def wipe(self) -> None:
        """Empty all tables, queues and buckets."""
        dynamodb, sqs, s3 = (self.client(service) for service in ("dynamodb", "sqs", "s3"))
        for queue in (queue for queue in self.deployment.queues if self.queue_depth(queue)):
            sqs.purge_queue(QueueUrl=self.queue_url(queue))
        for table in self.deployment.tables:
            names = self.key_names(table)
            for item in self.items(table):
                dynamodb.delete_item(TableName=table, Key={name: item[name] for name in names})
        for bucket in self.deployment.buckets:
            for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
                for held in page.get("Contents", ()):
                    s3.delete_object(Bucket=bucket, Key=held["Key"])

    def put_secrets(self) -> None:
        """Put into Parameter Store what an operator would put there, where something else stands."""
        ssm, secrets = self.client("ssm"), self.settings.secrets
        answer = ssm.get_parameters(Names=list(secrets), WithDecryption=True)
        known = {parameter["Name"]: parameter["Value"] for parameter in answer["Parameters"]}
        for name, value in secrets.items():
            if known.get(name) != value:
                ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)


def _full(name: str, known: tuple[str, ...]) -> str:
    for physical in known:
        if physical.endswith(name):
            return physical
    raise KeyError(f"no {name}; there are {', '.join(known)}")
