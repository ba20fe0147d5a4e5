"""What a value of a template means: the resource that it points to, and the text that it becomes.

References are followed into nested templates by their outputs, and out of them by their parameters.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from infra.lint.templates import NESTED, House, Resource

# Properties that hold a resource's name, and what `Ref` or `Fn::GetAtt` call the name. An address or an ARN is no name.
_NAMES = {
    "AWS::DynamoDB::Table": ("TableName", ""),
    "AWS::Logs::LogGroup": ("LogGroupName", ""),
    "AWS::SNS::Topic": ("TopicName", "TopicName"),
    "AWS::SQS::Queue": ("QueueName", "QueueName"),
    "AWS::Serverless::Function": ("FunctionName", ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a reference points to; `attribute` is "" for a plain `Ref`."""

    resource: Resource
    attribute: str


def target(house: House, stack: str, value: Any) -> Target | None:
    """Follow `Ref` or `Fn::GetAtt` to a resource; None if the value is something else."""
    match value:
        case {"Ref": str(name)}:
            return _named(house, stack, name)
        case {"Fn::GetAtt": path}:
            name, _, attribute = (path if isinstance(path, str) else ".".join(path)).partition(".")
            return _attribute(house, stack, name, attribute)
        case _:
            return None


def pointed(house: House, stack: str, value: Any) -> Resource | None:
    """The resource that a reference points to, by whichever attribute."""
    found = target(house, stack, value)
    return found.resource if found else None


def parameter(house: House, stack: str, value: Any) -> dict[str, Any] | None:
    """The root's declaration of the parameter that a value is, through nested templates; None if it is none."""
    if not (isinstance(value, dict) and isinstance(value.get("Ref"), str)):
        return None
    name = value["Ref"]
    if name not in house.parameters(stack):
        return None
    if stack == "":
        return dict(house.parameters("")[name])
    given = _given(house, stack)
    return parameter(house, "", given[name]) if name in given else dict(house.parameters(stack)[name])


def text(house: House, stack: str, value: Any) -> str:
    """The text that a value becomes, with `${...}` where only a deployment knows it. What is no text comes back as JSON."""
    match value:
        case str() | int() | float():
            return str(value)
        case {"Fn::Sub": str(form)}:
            return _substituted(house, stack, form, {})
        case {"Fn::Sub": [str(form), dict(own)]}:
            return _substituted(house, stack, form, own)
        case {"Fn::Join": [str(between), list(parts)]}:
            return between.join(text(house, stack, part) for part in parts)
        case {"Ref": str(name)} if (found := _parameter_text(house, stack, name)) is not None:
            return found
        case _ if (reached := target(house, stack, value)) is not None:
            return _reached(house, reached)
        case _:
            return json.dumps(value, sort_keys=True)


def _named(house: House, stack: str, name: str) -> Target | None:
    if (resource := house.resources.get((stack, name))) is not None:
        return Target(resource=resource, attribute="")
    if stack and name in (given := _given(house, stack)):
        return target(house, "", given[name])
    return None


def _attribute(house: House, stack: str, name: str, attribute: str) -> Target | None:
    resource = house.resources.get((stack, name))
    if resource is None:
        return None
    if resource.type == NESTED and attribute.startswith("Outputs."):
        outputs = house.documents[house.files[name]].get("Outputs") or {}
        output = outputs.get(attribute.removeprefix("Outputs."))
        return target(house, name, output["Value"]) if output else None
    return Target(resource=resource, attribute=attribute)


def _given(house: House, stack: str) -> dict[str, Any]:
    return dict(house.resources["", stack].properties.get("Parameters") or {})


def _parameter_text(house: House, stack: str, name: str) -> str | None:
    if name not in house.parameters(stack):
        return f"${{{name}}}" if name.startswith("AWS::") else None
    given = _given(house, stack) if stack else {}
    return text(house, "", given[name]) if name in given else f"${{{name}}}"


def _substituted(house: House, stack: str, form: str, own: dict[str, Any]) -> str:
    def one(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith("!"):
            return f"${{{name[1:]}}}"
        if name in own:
            return text(house, stack, own[name])
        return text(house, stack, {"Fn::GetAtt": name} if "." in name else {"Ref": name})

    return re.sub(r"\$\{([^}]+)\}", one, form)


def _reached(house: House, reached: Target) -> str:
    resource = reached.resource
    prop, attribute = _NAMES.get(resource.type, ("", None))
    if reached.attribute == attribute and prop in resource.properties:
        return text(house, resource.stack, resource.properties[prop])
    return "${" + ".".join(part for part in (resource.stack, resource.name, reached.attribute) if part) + "}"
