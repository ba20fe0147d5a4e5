"""What must never be lost: encrypted, protected, backed up, and kept when its stack goes."""

from collections.abc import Iterator

from infra.lint.templates import Finding, House
from infra.lint.values import parameter

TABLE = "AWS::DynamoDB::Table"
KEY = "AWS::KMS::Key"
# What nobody can make again from the checkout.
STATEFUL = (
    TABLE,
    KEY,
    "AWS::Cognito::UserPool",
    "AWS::EFS::FileSystem",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
)


def tables_are_encrypted(house: House) -> Iterator[Finding]:
    """Every table is encrypted with a KMS key: its use can be audited."""
    for table in house.of(TABLE):
        if (table.properties.get("SSESpecification") or {}).get("SSEEnabled") is not True:
            yield table.breaks("is not encrypted with a KMS key: SSESpecification: {SSEEnabled: true}")


def tables_are_protected(house: House) -> Iterator[Finding]:
    """Every table is protected from deletion, unless a parameter of the deployment says otherwise; the default protects."""
    for table in house.of(TABLE):
        value = table.properties.get("DeletionProtectionEnabled")
        declared = parameter(house, table.stack, value)
        if value is not True and (declared is None or str(declared.get("Default")).lower() != "true"):
            yield table.breaks(
                'can be deleted: DeletionProtectionEnabled: true, or a parameter with the default "true"'
            )


def tables_are_backed_up(house: House) -> Iterator[Finding]:
    """Every table can be put back to any second of the last weeks: the backup that docs/operate.md restores from."""
    for table in house.of(TABLE):
        if (table.properties.get("PointInTimeRecoverySpecification") or {}).get(
            "PointInTimeRecoveryEnabled"
        ) is not True:
            yield table.breaks("has no backup: PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}")


def keys_rotate(house: House) -> Iterator[Finding]:
    """Every key that can rotate by itself does."""
    for key in house.of(KEY):
        symmetric = key.properties.get("KeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
        if symmetric and key.properties.get("EnableKeyRotation") is not True:
            yield key.breaks("does not rotate: EnableKeyRotation: true")


def data_is_kept(house: House) -> Iterator[Finding]:
    """What holds state stays when it falls out of its template, is replaced, or its stack is deleted."""
    for resource in house.of(*STATEFUL):
        for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
            if resource.whole.get(policy) != "Retain":
                yield resource.breaks(f"would be lost with its stack: {policy}: Retain")
