"""References to resources that moto does not make: what is put in their place before moto sees the template."""

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.function import ACCOUNT, REGION

VERSION = "1"  # of each function: the stage publishes none


@dataclass(frozen=True, slots=True)
class StandIn:
    """What a reference to a resource that moto does not make becomes: text, or a reference to another one."""

    ref: Any
    attribute: Callable[[str], str]


def stand_in(name: str, kind: str, properties: dict[str, Any], url: str) -> StandIn:
    """Return what stands in for one resource; `url` is the address of function URLs."""

    def attribute(wanted: str) -> str:
        if kind == "AWS::Lambda::Url" and wanted == "FunctionUrl":
            return f"{url}/"
        if wanted == "Arn":
            service = kind.split("::")[1].lower()
            return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"
        return f"{name}.{wanted}"

    match kind:
        case "AWS::Lambda::Alias" | "AWS::Lambda::Version":
            return StandIn(_arn_of(properties["FunctionName"]), lambda _: VERSION)
        case "AWS::Lambda::LayerVersion":
            return StandIn(f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:{name}:1", attribute)
        case "AWS::AppConfig::HostedConfigurationVersion":
            return StandIn("1", attribute)
        case _:
            return StandIn(name, attribute)


def _arn_of(function: Any) -> Any:
    """An alias is referred to by an ARN, as on AWS; here one version of each function runs, so it is the function's own."""
    match function:
        case {"Ref": str(name)}:
            return {"Fn::GetAtt": [name, "Arn"]}
        case _:
            return copy.deepcopy(function)


def replace(value: Any, stand_ins: Mapping[str, StandIn]) -> Any:
    """Return `value` with each Ref, GetAtt and Sub of such a resource replaced by its stand-in."""
    if isinstance(value, list):
        return [replace(item, stand_ins) for item in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Ref": str(name)} if name in stand_ins:
            return replace(stand_ins[name].ref, stand_ins)
        case {"Fn::GetAtt": [str(name), str(attribute)]} if name in stand_ins:
            return stand_ins[name].attribute(attribute)
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": _replace_in_text(text, stand_ins)}
        case {"Fn::Sub": [str(text), dict(variables)]}:
            return {"Fn::Sub": [_replace_in_text(text, stand_ins), replace(variables, stand_ins)]}
        case _:
            return {key: replace(item, stand_ins) for key, item in value.items()}


def _replace_in_text(text: str, stand_ins: Mapping[str, StandIn]) -> str:
    def one(match: re.Match[str]) -> str:
        name, _, attribute = match[1].partition(".")
        if name not in stand_ins:
            return match[0]
        if attribute:
            return stand_ins[name].attribute(attribute)
        match replace(stand_ins[name].ref, stand_ins):
            case {"Ref": str(other)}:
                return f"${{{other}}}"
            case {"Fn::GetAtt": [str(other), str(attribute)]}:
                return f"${{{other}.{attribute}}}"
            case text:
                return str(text)

    return re.sub(r"\$\{([A-Za-z0-9.]+)\}", one, text)
