"""Reads template.yaml and sorts its resources: what moto makes, what the stage does itself, what is left out.

samtranslator turns SAM into plain CloudFormation; nested templates are plain already. moto leaves out in silence
what it does not know, so every resource type stands on one of three lists here. A type on none stops the stage:
a template must never say more than the stage is true to.
"""

import copy
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samtranslator.translator.transform import transform  # type: ignore[import-untyped]  # it ships no types
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]  # it ships no types

from infra.local.function import ACCOUNT, REGION

BUCKET = "haat-stage"

# It complains that nobody collects its usage metrics.
logging.getLogger("samtranslator.metrics").setLevel(logging.CRITICAL)

MADE_BY_MOTO = frozenset(
    {
        "AWS::CloudFormation::Stack",
        "AWS::DynamoDB::Table",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::KMS::Alias",
        "AWS::KMS::Key",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::SSM::Parameter",
    }
)

# moto can't, or does it in a way that would be in the way: it swallows the messages of a mapping, for one.
DONE_BY_STAGE = frozenset(
    {
        "AWS::ApiGateway::Deployment",
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGateway::Stage",
        "AWS::AppConfig::Application",
        "AWS::AppConfig::ConfigurationProfile",
        "AWS::AppConfig::Deployment",
        "AWS::AppConfig::DeploymentStrategy",
        "AWS::AppConfig::Environment",
        "AWS::AppConfig::HostedConfigurationVersion",
        "AWS::Events::Rule",
        "AWS::Lambda::Alias",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::LayerVersion",
        "AWS::Lambda::Url",
        "AWS::Lambda::Version",
        "AWS::Scheduler::Schedule",
    }
)

LEFT_OUT: Mapping[str, str] = {
    "AWS::ApiGateway::Account": "only says where API Gateway logs",
    "AWS::ApiGateway::GatewayResponse": "the front answers errors as API Gateway does by default",
    "AWS::ApiGateway::UsagePlan": "nothing is throttled here",
    "AWS::CloudWatch::Alarm": "nothing measures here; tests read the alarms from the template",
    "AWS::CloudWatch::CompositeAlarm": "nothing measures here; tests read the alarms from the template",
    "AWS::CloudWatch::Dashboard": "nothing measures here",
    "AWS::Lambda::EventInvokeConfig": "only for asynchronous calls, which nothing makes here",
    "AWS::Lambda::Permission": "who may call a function is not enforced here",
    "AWS::Logs::MetricFilter": "nothing measures here",
    "AWS::S3::BucketPolicy": "access is not enforced here",
    "AWS::SNS::TopicPolicy": "access is not enforced here",
    "AWS::SQS::QueuePolicy": "access is not enforced here",
}


class TemplateError(Exception):
    """The template asks for something that this stage can't be true to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource that the stage does itself; `stack` is "" or the nested stack's logical id."""

    stack: str
    logical_id: str
    type: str
    properties: dict[str, Any]
    condition: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """A template, sorted."""

    root: dict[str, Any]
    nested: dict[str, dict[str, Any]]
    own: tuple[Resource, ...]
    left_out: dict[str, str]
    code: dict[str, Path]
    layers: dict[str, Path]
    paths: dict[str, tuple[str, ...]]
    function_layers: dict[str, tuple[str, ...]]


class _NoManagedPolicies:
    """Names of AWS's managed policies are not needed: the template uses none by name."""

    def load(self) -> dict[str, str]:
        return {}


def read(path: Path, parameters: Mapping[str, str], *, url: str) -> Blueprint:
    """Translate and sort the template; `url` is what the address of a function URL becomes here."""
    folder = path.parent
    document = yaml_parse(path.read_text(encoding="utf-8"))
    code, layers, nested = _localise(document, folder)
    paths = {
        name: tuple((resource.get("Metadata") or {}).get("HaatPaths", ()))
        for name, resource in document["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    plain: dict[str, Any] = transform(document, dict(parameters), _NoManagedPolicies())

    own: list[Resource] = []
    left_out: dict[str, str] = {}
    function_layers = {
        name: tuple(_layer_key(plain, layer) for layer in resource["Properties"].pop("Layers", ()))
        for name, resource in plain["Resources"].items()
        if resource["Type"] == "AWS::Lambda::Function"
    }
    for stack, template in (("", plain), *nested.items()):
        _sort(stack, template, own, left_out, url)
    return Blueprint(
        root=plain,
        nested=nested,
        own=tuple(own),
        left_out=left_out,
        code=code,
        layers=layers,
        paths=paths,
        function_layers=function_layers,
    )


def _localise(
    document: dict[str, Any], folder: Path
) -> tuple[dict[str, Path], dict[str, Path], dict[str, dict[str, Any]]]:
    """Replace local paths by S3 addresses, as `sam package` does, and remember what they stand for."""
    code: dict[str, Path] = {}
    layers: dict[str, Path] = {}
    nested: dict[str, dict[str, Any]] = {}
    shared = (document.get("Globals") or {}).get("Function") or {}
    for name, resource in document["Resources"].items():
        properties = resource.setdefault("Properties", {})
        match resource["Type"]:
            case "AWS::Serverless::Function":
                code[name] = (folder / properties.get("CodeUri", shared.get("CodeUri", "."))).resolve()
                properties["CodeUri"] = f"s3://{BUCKET}/code.zip"
            case "AWS::Serverless::LayerVersion":
                layers[name] = (folder / properties["ContentUri"]).resolve()
                properties["ContentUri"] = f"s3://{BUCKET}/{name}"
            case "AWS::Serverless::Application":
                location = folder / properties["Location"]
                nested[name] = yaml_parse(location.read_text(encoding="utf-8"))
                if "Transform" in nested[name]:
                    raise TemplateError(f"{location}: a nested template must be plain CloudFormation, not SAM")
                properties["Location"] = f"https://s3.amazonaws.com/{BUCKET}/{name}.json"
            case "AWS::Serverless::Api":
                _inline_definition(properties, folder)
            case _:
                pass
    return code, layers, nested


def _inline_definition(api: dict[str, Any], folder: Path) -> None:
    """Put an OpenAPI document that lies in a file of its own into the template."""
    location = api.pop("DefinitionUri", None)
    body = api.get("DefinitionBody")
    if isinstance(body, dict) and "Fn::Transform" in body:
        location = body["Fn::Transform"]["Parameters"]["Location"]
    if location is not None:
        api["DefinitionBody"] = yaml_parse((folder / location).read_text(encoding="utf-8"))


def _layer_key(plain: dict[str, Any], layer: Any) -> str:
    """Find the template's name of a layer; samtranslator has given it another one."""
    try:
        content = plain["Resources"][layer["Ref"]]["Properties"]["Content"]
        return str(content["S3Key"])
    except (KeyError, TypeError):
        raise TemplateError(f"a layer that is not made in this template: {layer}") from None


def _sort(stack: str, template: dict[str, Any], own: list[Resource], left_out: dict[str, str], url: str) -> None:
    """Take out of one template what moto must not see; put plain text where it is referred to."""
    stand_ins: dict[str, _StandIn] = {}
    for name, resource in list(template["Resources"].items()):
        kind = resource["Type"]
        if kind in MADE_BY_MOTO:
            continue
        if kind in DONE_BY_STAGE:
            own.append(
                Resource(
                    stack=stack,
                    logical_id=name,
                    type=kind,
                    properties=resource.get("Properties", {}),
                    condition=resource.get("Condition"),
                )
            )
        elif kind in LEFT_OUT:
            left_out[f"{stack}/{name}" if stack else name] = LEFT_OUT[kind]
        else:
            where = f"infra stack {stack}" if stack else "template.yaml"
            raise TemplateError(
                f"{where}: the stage does not know {kind} ({name}): teach it in infra/local/template.py,"
                " or put the type on the list of what is left out, with the reason"
            )
        stand_ins[name] = _stand_in(name, kind, resource.get("Properties", {}), url)
        del template["Resources"][name]
    for section in ("Resources", "Outputs"):
        template[section] = _replace(template.get(section) or {}, stand_ins)
    for index, resource in enumerate(own):
        if resource.stack == stack:
            own[index] = Resource(
                stack=stack,
                logical_id=resource.logical_id,
                type=resource.type,
                properties=_replace(resource.properties, stand_ins),
                condition=resource.condition,
            )
    for resource in template["Resources"].values():
        wanted = resource.get("DependsOn", [])
        wanted = [wanted] if isinstance(wanted, str) else wanted
        if kept := [name for name in wanted if name not in stand_ins]:
            resource["DependsOn"] = kept
        else:
            resource.pop("DependsOn", None)


@dataclass(frozen=True, slots=True)
class _StandIn:
    """What a reference to a resource that moto does not make becomes: text, or a reference to another one."""

    ref: Any
    attribute: Callable[[str], str]


def _stand_in(name: str, kind: str, properties: dict[str, Any], url: str) -> _StandIn:
    def attribute(wanted: str) -> str:
        if kind == "AWS::Lambda::Url" and wanted == "FunctionUrl":
            return f"{url}/"
        if wanted == "Arn":
            service = kind.split("::")[1].lower()
            return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"
        return f"{name}.{wanted}"

    match kind:
        case "AWS::Lambda::Alias" | "AWS::Lambda::Version":
            return _StandIn(copy.deepcopy(properties["FunctionName"]), attribute)
        case "AWS::Lambda::LayerVersion":
            return _StandIn(f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:{name}:1", attribute)
        case "AWS::AppConfig::HostedConfigurationVersion":
            return _StandIn("1", attribute)
        case _:
            return _StandIn(name, attribute)


def _replace(value: Any, stand_ins: Mapping[str, _StandIn]) -> Any:
    """Return `value` with each Ref, GetAtt and Sub of such a resource replaced by its stand-in."""
    if isinstance(value, list):
        return [_replace(item, stand_ins) for item in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Ref": str(name)} if name in stand_ins:
            return _replace(stand_ins[name].ref, stand_ins)
        case {"Fn::GetAtt": [str(name), str(attribute)]} if name in stand_ins:
            return stand_ins[name].attribute(attribute)
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": _replace_in_text(text, stand_ins)}
        case {"Fn::Sub": [str(text), dict(variables)]}:
            return {"Fn::Sub": [_replace_in_text(text, stand_ins), _replace(variables, stand_ins)]}
        case _:
            return {key: _replace(item, stand_ins) for key, item in value.items()}


def _replace_in_text(text: str, stand_ins: Mapping[str, _StandIn]) -> str:
    def one(match: re.Match[str]) -> str:
        name, _, attribute = match[1].partition(".")
        if name not in stand_ins:
            return match[0]
        if attribute:
            return stand_ins[name].attribute(attribute)
        ref = _replace(stand_ins[name].ref, stand_ins)
        return f"${{{ref['Ref']}}}" if isinstance(ref, dict) else str(ref)

    return re.sub(r"\$\{([A-Za-z0-9.]+)\}", one, text)
