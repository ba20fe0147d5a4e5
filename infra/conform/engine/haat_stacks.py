"""Keeps what an unchanged resource of a nested stack is known by: ministack 1.5.33 forgets it in an update of that stack.

Whatever refers to it (`Fn::GetAtt`) would then fail the update: "Requested attribute Arn does not exist in schema". AWS keeps it.
"""

from typing import Any

_KNOWN: dict[tuple[str, str | None, str], dict[str, Any]] = {}


def mend() -> None:
    """Remember each resource's attributes when it is made or changed, and give them back where ministack has none."""
    from ministack.services.cloudformation import provisioners  # noqa: PLC0415  # only ministack's own process has it

    make, change = provisioners._provision_resource, provisioners._update_resource

    def provision(kind: str, logical: str, properties: Any, stack: str, *more: Any, **named: Any) -> Any:
        physical, attributes = make(kind, logical, properties, stack, *more, **named)
        _KNOWN[stack, logical, physical] = attributes
        return physical, attributes

    def update(kind: str, was: str, old: Any, new: Any, stack: str, logical: str | None = None, *more: Any) -> Any:
        physical, attributes = change(kind, was, old, new, stack, logical, *more)
        attributes = attributes or _KNOWN.get((stack, logical, physical), {})
        _KNOWN[stack, logical, physical] = attributes
        return physical, attributes

    provisioners._provision_resource, provisioners._update_resource = provision, update
