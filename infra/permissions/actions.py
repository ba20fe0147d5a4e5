"""Which actions of IAM a call to AWS needs, and on which resource.

Sources, AWS's own pages: "Service Authorization Reference", its pages on DynamoDB, SQS, Systems Manager, KMS, S3
and AppConfig; "Using IAM with DynamoDB transactions" (DynamoDB Developer Guide); "Amazon SQS API permissions: Actions and
resource reference" (SQS Developer Guide), where a batch stands under the single action; "GetObject", "HeadObject",
"DeleteObject", "CopyObject" (S3 API Reference).

An object is taken as any object of its bucket: keys are not written down. What is signed for others (an address, a
form) counts as the call that they may make: S3 checks the signer's own right when it is used. Where a bucket is under
a key of ours, whoever reads an object needs the key, too, and whoever writes one ("Protecting data with server-side
encryption with AWS KMS keys", S3 User Guide; "HeadObject" for what only looks).

A SecureString under Parameter Store's own key (`aws/ssm`) needs no permission of KMS in the role: that key lets every
principal of the account decrypt ("Restricting decryption of SecureString parameter values", Systems Manager User
Guide). Tables are under DynamoDB's own key (DECISIONS.md), queues under SQS's own, and roles name neither.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.permissions.permission import Permission

type Names = Mapping[str, Any]

_REGION = re.compile(r"-[0-9]{12}-[a-z]{2}(?:-[a-z]+)+-[0-9]$")


class Unknown(Exception):
    """A call of which this table does not know what it needs: add a row, with AWS's page beside you."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a stack stands. `keys` has the key's address of each bucket whose objects are under a key of the stack's own."""

    region: str
    account: str
    partition: str = "aws"
    keys: Mapping[str, str] = field(default_factory=dict)

    def arn(self, service: str, resource: str) -> str:
        """Return the address of a resource here."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


def needed(service: str, operation: str, names: Names, place: Place) -> set[Permission]:
    """Return what one call needs; `names` are those of its parameters that name resources. Raises Unknown."""
    call = f"{service}.{operation}"
    try:
        if call in _TRANSACTIONS:
            pairs = names["TransactItems"]
            return {Permission(f"dynamodb:{_INSIDE[kind]}", _table(table, place)) for kind, table in pairs}
        if call in _OBJECTS:
            pairs = (*_OBJECTS[call], *_UNDER_KEY.get(call, ()))
            return {Permission(action, resource) for action, at in pairs for resource in at(names, place)}
        action, resources = _CALLS[call]
        return {Permission(action, resource) for resource in resources(names, place)}
    except KeyError as missing:
        raise Unknown(
            f"{call} ({', '.join(sorted(names))}): no row in infra/permissions/actions.py: {missing}"
        ) from None


def _table(name: str, place: Place) -> str:
    return place.arn("dynamodb", f"table/{name.rpartition('table/')[2]}")


def _one_table(names: Names, place: Place) -> Iterable[str]:
    return [_table(names["TableName"], place)]


def _table_or_index(names: Names, place: Place) -> Iterable[str]:
    """Whoever asks an index needs the index, not the table."""
    table = _table(names["TableName"], place)
    return [f"{table}/index/{names['IndexName']}" if "IndexName" in names else table]


def _each_table(names: Names, place: Place) -> Iterable[str]:
    return [_table(name, place) for name in names["RequestItems"]]


def _queue(names: Names, place: Place) -> Iterable[str]:
    return [place.arn("sqs", names["QueueUrl"].rpartition("/")[2])]


def _parameters(names: Names, place: Place) -> Iterable[str]:
    named = names["Names"] if "Names" in names else [names["Name"]]
    return [place.arn("ssm", f"parameter/{name.removeprefix('/')}") for name in named]


def _key(names: Names, place: Place) -> Iterable[str]:
    """A key by its id or address; what an alias leads to is not known here."""
    key = names["KeyId"]
    if "alias/" in key:
        raise Unknown(f"{key}: a key must be called by its id or address")
    return [place.arn("kms", f"key/{key.rpartition('/')[2]}")]


def _configuration(names: Names, place: Place) -> Iterable[str]:
    application, environment = names["ApplicationIdentifier"], names["EnvironmentIdentifier"]
    profile = names["ConfigurationProfileIdentifier"]
    return [place.arn("appconfig", f"application/{application}/environment/{environment}/configuration/{profile}")]


def _bucket(names: Names, place: Place) -> Iterable[str]:
    """A bucket's address holds no region, but its name does: template.yaml ends it with that."""
    name = _REGION.sub(f"-{place.account}-{place.region}", names["Bucket"])
    return [f"arn:{place.partition}:s3:::{name}"]


def _objects(names: Names, place: Place) -> Iterable[str]:
    return [f"{bucket}/*" for bucket in _bucket(names, place)]


def _listed(names: Names, place: Place) -> Iterable[str]:
    return [] if names.get("Signed") else _bucket(names, place)


def _source(names: Names, place: Place) -> Iterable[str]:
    return _bucket({"Bucket": names["CopySource"]}, place)


def _source_objects(names: Names, place: Place) -> Iterable[str]:
    return _objects({"Bucket": names["CopySource"]}, place)


def _bucket_key(names: Names, place: Place) -> Iterable[str]:
    """The key that the bucket's objects are under; none where it is S3's own."""
    buckets = (bucket.rpartition(":")[2] for bucket in _bucket(names, place))
    return [place.keys[bucket] for bucket in buckets if bucket in place.keys]


def _source_key(names: Names, place: Place) -> Iterable[str]:
    return _bucket_key({"Bucket": names["CopySource"]}, place)


type Resources = Callable[[Names, Place], Iterable[str]]

_CALLS: Mapping[str, tuple[str, Resources]] = {
    "dynamodb.GetItem": ("dynamodb:GetItem", _one_table),
    "dynamodb.PutItem": ("dynamodb:PutItem", _one_table),
    "dynamodb.UpdateItem": ("dynamodb:UpdateItem", _one_table),
    "dynamodb.DeleteItem": ("dynamodb:DeleteItem", _one_table),
    "dynamodb.Query": ("dynamodb:Query", _table_or_index),
    "dynamodb.Scan": ("dynamodb:Scan", _table_or_index),
    "dynamodb.BatchGetItem": ("dynamodb:BatchGetItem", _each_table),
    "dynamodb.BatchWriteItem": ("dynamodb:BatchWriteItem", _each_table),
    "sqs.SendMessage": ("sqs:SendMessage", _queue),
    "sqs.SendMessageBatch": ("sqs:SendMessage", _queue),
    "sqs.GetQueueAttributes": ("sqs:GetQueueAttributes", _queue),
    "sqs.ChangeMessageVisibility": ("sqs:ChangeMessageVisibility", _queue),
    "sqs.ChangeMessageVisibilityBatch": ("sqs:ChangeMessageVisibility", _queue),
    "ssm.GetParameter": ("ssm:GetParameter", _parameters),
    "ssm.GetParameters": ("ssm:GetParameters", _parameters),
    "kms.Encrypt": ("kms:Encrypt", _key),
    "kms.Decrypt": ("kms:Decrypt", _key),
    "kms.Sign": ("kms:Sign", _key),
    "kms.GetPublicKey": ("kms:GetPublicKey", _key),
    "kms.GenerateDataKey": ("kms:GenerateDataKey", _key),
    "appconfigdata.StartConfigurationSession": ("appconfig:StartConfigurationSession", _configuration),
    "appconfigdata.GetLatestConfiguration": ("appconfig:GetLatestConfiguration", _configuration),
}

# Whoever reads a file also needs to list: else S3 answers 403, not 404, where there is none. Who follows an address that was signed
# for them has no use for the difference.
_READS: tuple[tuple[str, Resources], ...] = (("s3:GetObject", _objects), ("s3:ListBucket", _listed))
_OBJECTS: Mapping[str, tuple[tuple[str, Resources], ...]] = {
    "s3.GetObject": _READS,
    "s3.HeadObject": _READS,
    "s3.PutObject": (("s3:PutObject", _objects),),
    "s3.DeleteObject": (("s3:DeleteObject", _objects),),
    "s3.CopyObject": (
        ("s3:GetObject", _source_objects), ("s3:ListBucket", _source), ("s3:PutObject", _objects),
    ),
    "s3.HeadBucket": (("s3:ListBucket", _bucket),),
    "s3.ListObjectsV2": (("s3:ListBucket", _bucket),),
}  # fmt: skip

_UNDER_KEY: Mapping[str, tuple[tuple[str, Resources], ...]] = {
    "s3.GetObject": (("kms:Decrypt", _bucket_key),),
    "s3.HeadObject": (("kms:Decrypt", _bucket_key),),
    "s3.PutObject": (("kms:GenerateDataKey", _bucket_key),),
    "s3.CopyObject": (("kms:Decrypt", _source_key), ("kms:GenerateDataKey", _bucket_key)),
}

# A transaction has no action of its own: each action in it needs what it would need alone.
_TRANSACTIONS = ("dynamodb.TransactWriteItems", "dynamodb.TransactGetItems")
_INSIDE = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
