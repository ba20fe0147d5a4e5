"""The tables of infra/stateful.yaml on moto, beside any stage: moto keeps regions apart."""

from collections.abc import Mapping
from typing import Any

import boto3
from moto.dynamodb.models import dynamodb_backends

from haat.aws.sealer import Sealer
from haat.aws.table import Table, unpack
from infra.local import buckets
from infra.local.function import ACCOUNT

REGION = "eu-central-1"


class Tables:
    """What stands, and what is in it."""

    def __init__(self, outputs: Mapping[str, str]) -> None:
        self._outputs = self.names = outputs
        client = boto3.client("dynamodb", region_name=REGION)
        self.conversation = Table(client, outputs["ConversationTable"])
        self.business = Table(client, outputs["BusinessTable"])
        self.payment = Table(client, outputs["PaymentTable"])
        self.verification = Table(client, outputs["VerificationTable"])
        self.s3 = boto3.client("s3", region_name=REGION)
        self.pictures = outputs["PicturesBucket"]
        self.files = outputs["PaymentFilesBucket"]
        self.evidence, self.evidence_key = outputs["EvidenceBucket"], outputs["EvidenceKeyArn"]
        self.kms = boto3.client("kms", region_name=REGION)
        self.sealer = Sealer(self.kms, outputs["TokenKeyArn"])

    def empty(self) -> None:
        """Forget every item."""
        for name in ("ConversationTable", "BusinessTable", "PaymentTable", "VerificationTable"):
            dynamodb_backends[ACCOUNT][REGION].tables[self._outputs[name]].items.clear()
        buckets.empty(REGION)

    def items(self, prefix: str = "") -> list[dict[str, Any]]:
        """Items of the conversation table whose key begins so, by key."""
        table = dynamodb_backends[ACCOUNT][REGION].tables[self._outputs["ConversationTable"]]
        items = [unpack(item.to_json()["Attributes"]) for item in table.all_items()]
        return sorted(
            (item for item in items if item["pk"].startswith(prefix)), key=lambda item: (item["pk"], item["sk"])
        )
