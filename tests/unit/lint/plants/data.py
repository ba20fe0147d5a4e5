"""Violations of the rules about tables, keys and what else must not be lost."""

from tests.unit.lint.plants.planting import Plant, add, drop, put

UNPROTECTED = 'can be deleted: DeletionProtectionEnabled: true, or a parameter with the default "true"'

PLANTS = [
    Plant(
        rule="data.tables_are_encrypted",
        edits=(put("BusinessTable", "SSESpecification", "SSEEnabled", value=False),),
        found=("BusinessTable: is not encrypted with a KMS key: SSESpecification: {SSEEnabled: true}",),
    ),
    Plant(
        rule="data.tables_are_protected",
        edits=(drop("ConversationTable", "DeletionProtectionEnabled"),),
        found=(f"ConversationTable: {UNPROTECTED}",),
    ),
    Plant(
        rule="data.tables_are_protected",
        edits=(lambda documents: documents["template.yaml"]["Parameters"]["ProtectData"].update(Default="false"),),
        found=tuple(
            f"{table}Table: {UNPROTECTED}" for table in ("Conversation", "Business", "Payment", "Verification")
        ),
    ),
    Plant(
        rule="data.tables_are_backed_up",
        edits=(drop("ConversationTable", "PointInTimeRecoverySpecification"),),
        found=(
            "ConversationTable: has no backup: PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}",
        ),
    ),
    Plant(
        rule="data.keys_rotate",
        edits=(drop("TokenKey", "EnableKeyRotation"),),
        found=("TokenKey: does not rotate: EnableKeyRotation: true",),
    ),
    Plant(
        rule="data.data_is_kept",
        edits=(drop("ConversationTable", "DeletionPolicy"),),
        found=("ConversationTable: would be lost with its stack: DeletionPolicy: Retain",),
    ),
    Plant(
        rule="data.data_is_kept",
        edits=(put("TokenKey", "UpdateReplacePolicy", value="Delete"),),
        found=("TokenKey: would be lost with its stack: UpdateReplacePolicy: Retain",),
    ),
    Plant(
        rule="data.data_is_kept",
        edits=(add("Secret", "AWS::SecretsManager::Secret"),),
        found=(
            "Secret: would be lost with its stack: DeletionPolicy: Retain",
            "Secret: would be lost with its stack: UpdateReplacePolicy: Retain",
        ),
    ),
]
