"""Mends moto's CloudFormation (moto 5.2.5, pinned): keys as the template says, outputs of nested stacks.

A key's id follows from its place in the template. So ciphertexts of an earlier run name a key that exists again,
and a changed template does not shift the ids of what stayed.
"""

import json
import uuid
from typing import Any

from moto.cloudformation.models import Stack
from moto.kms.models import Key, kms_backends

_NAMESPACE = uuid.UUID("5d0cf3a2-3d0c-4f0e-9f3c-0d8f7d1c8a10")


def key_id(stack: str, logical_id: str) -> str:
    """Return the id of the key that stands at this place of the template."""
    return str(uuid.uuid5(_NAMESPACE, f"{stack}/{logical_id}"))


def _stack_path(stack_id: str) -> str:
    """Take the random end off a nested stack's name."""
    name = stack_id.split("/")[1]
    return name.rsplit("-", 1)[0]


def _create_key(
    cls: type[Key], resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
) -> Key:
    """Make a key of the asked kind; plain moto always makes a symmetric one and can't describe it afterwards."""
    properties = cloudformation_json["Properties"]
    policy = properties.get("KeyPolicy")
    backend = kms_backends[account_id][region_name]
    key = backend.create_key(
        policy=policy if policy is None or isinstance(policy, str) else json.dumps(policy),
        key_usage=properties.get("KeyUsage", "ENCRYPT_DECRYPT"),
        key_spec=properties.get("KeySpec", "SYMMETRIC_DEFAULT"),
        description=properties.get("Description", ""),
        tags=properties.get("Tags", []),
    )
    del backend.keys[key.id]
    key.id = key_id(_stack_path(kwargs["StackId"]), kwargs["LogicalId"])
    key.arn = f"{key.arn.rsplit('/', 1)[0]}/{key.id}"
    backend.keys[key.id] = key
    key.key_rotation_status = properties.get("EnableKeyRotation", False)
    key.enabled = properties.get("Enabled", True)
    return key


def _nested_output(self: Stack, name: str) -> Any:
    """Answer `!GetAtt Nested.Outputs.Name`, which plain moto can't."""
    output = self.output_map[name.removeprefix("Outputs.")]
    return None if output is None else output.value


def install() -> None:
    """Mend moto; a second call changes nothing."""
    Key.create_from_cloudformation_json = classmethod(_create_key)  # type: ignore[method-assign,assignment,arg-type]  # moto has no other door
    Stack.get_cfn_attribute = _nested_output  # type: ignore[attr-defined]  # moto has none
