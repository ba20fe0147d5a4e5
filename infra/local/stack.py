"""The application as it stands on moto: its functions, and what lies in its tables and queues."""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, Self

import boto3
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.sqs.models import Queue, sqs_backends

from infra.local import aws, buckets, moto_fast, moto_queues, template
from infra.local.deploy import deploy
from infra.local.deployment import Deployment
from infra.local.function import ACCOUNT, Function
from infra.local.settings import Settings


class Stack:
    """A deployed template. Tables and queues are named in full, or by the end of their name."""

    deployment: Deployment
    functions: Mapping[str, Function]

    def __init__(self, settings: Settings, region: str, parameters: Mapping[str, str]) -> None:
        """Deploy the template, with `parameters` over those of the settings."""
        self.settings, self.region = settings, region
        self.closing = ExitStack()
        self.closing.enter_context(aws.on_moto(region))
        try:
            values = {**settings.parameters, **parameters}
            blueprint = template.read(settings.template, values, url=settings.url)
            self.deployment = deploy(blueprint, values, region)
            self.functions = self.deployment.functions
            self._put_secrets()
        except BaseException:
            self.closing.close()
            raise

    def __enter__(self) -> Self:
        """Use the stack; it ends with the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the stack."""
        self.close()

    def close(self) -> None:
        """End what was started, and give the process its own AWS settings back."""
        self.closing.close()

    def client(self, service: str) -> Any:
        """Return an AWS client for the stack's region."""
        return boto3.client(service, region_name=self.region)  # type: ignore[call-overload]  # any service

    def tables(self) -> list[Table]:
        """Return the tables, as moto has them."""
        return [dynamodb_backends[ACCOUNT][self.region].tables[name] for name in self.deployment.tables]

    def queues(self) -> list[Queue]:
        """Return the queues, as moto has them."""
        return [sqs_backends[ACCOUNT][self.region].queues[name] for name in self.deployment.queues]

    def items(self, table: str) -> list[dict[str, Any]]:
        """Return all items of a table, in DynamoDB's own form."""
        with moto_fast.LOCK:
            return [item.to_json()["Attributes"] for item in self._table(table).all_items()]

    def key_names(self, table: str) -> list[str]:
        """Return the names of a table's key attributes."""
        return self._table(table).table_key_attrs

    def put(self, table: str, item: dict[str, Any]) -> None:
        """Put one item, in DynamoDB's own form, into a table."""
        self.client("dynamodb").put_item(TableName=self._table(table).name, Item=item)

    def messages(self, queue: str) -> list[dict[str, Any]]:
        """Return all messages of a queue, visible or not, in order."""
        with moto_queues.LOCK:
            return [
                {
                    "id": message.id,
                    "body": message.body,
                    "group": message.group_id,
                    "deduplication": message.deduplication_id,
                    "attributes": dict(message.message_attributes),
                    "received": message.approximate_receive_count,
                }
                for message in self._queue(queue)._messages
            ]

    def queue_depth(self, queue: str) -> int:
        """Return how many messages a queue holds, visible or not."""
        return len(self._queue(queue)._messages)

    def wipe(self) -> None:
        """Empty all tables and queues, and put the secrets back as the settings have them."""
        with moto_fast.LOCK:
            for table in self.tables():
                table.items.clear()
                if table.stream_shard:
                    table.stream_shard.items.clear()
            dynamodb_backends[ACCOUNT][self.region].__dict__.pop("stage_tokens", None)
        for queue in self.queues():
            moto_queues.empty(queue)
        buckets.empty(self.region)
        self._put_secrets()
        aws.forget_instances()

    def _table(self, name: str) -> Table:
        for table in self.tables():
            if table.name.endswith(name):
                return table
        raise KeyError(f"no table {name}; there are {', '.join(self.deployment.tables)}")

    def _queue(self, name: str) -> Queue:
        for queue in self.queues():
            if queue.name.endswith(name):
                return queue
        raise KeyError(f"no queue {name}; there are {', '.join(self.deployment.queues)}")

    def _put_secrets(self) -> None:
        """Put into SSM what an operator would have put there."""
        ssm = self.client("ssm")
        answer = ssm.get_parameters(Names=list(self.settings.secrets), WithDecryption=True)
        known = {parameter["Name"]: parameter["Value"] for parameter in answer["Parameters"]}
        for name, value in self.settings.secrets.items():
            if known.get(name) != value:
                ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
