"""Reads template.yaml and sorts its resources: what moto makes, what the stage does itself, what is left out.

samtranslator turns SAM into plain CloudFormation; nested templates are plain already. A type of resource that
`resources.py` does not list stops the stage: a template must never say more than the stage is true to.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from infra.local.resources import DONE_BY_STAGE, LEFT_OUT, MADE_BY_MOTO, Resource
from infra.local.standins import StandIn, replace, stand_in

BUCKET = "haat-stage"

# They complain that nobody collects its usage metrics, and that a switch of AWS's own is not set.
for _name in ("samtranslator.metrics", "samtranslator.feature_toggle.feature_toggle"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class TemplateError(Exception):
    """The template asks for something that this stage can't be true to."""


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


class _NoManagedPolicies(ManagedPolicyLoader):
    """Names of AWS's managed policies are not needed: the template uses none by name."""

    def __init__(self) -> None:
        """Ask nobody: the base class would ask IAM."""

    def load(self) -> dict[str, str]:
        return {}


def read(path: Path, parameters: Mapping[str, str], *, url: str) -> Blueprint:
    """Translate and sort the template; `url` is what the address of a function URL becomes here."""
    folder = path.parent
    document = _yaml(path)
    code, layers, nested = _localise(document, folder)
    paths = {
        name: tuple((resource.get("Metadata") or {}).get("HaatPaths", ()))
        for name, resource in document["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    plain = translate(document, parameters)

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


def translate(document: dict[str, Any], parameters: Mapping[str, str]) -> dict[str, Any]:
    """Make plain CloudFormation of a template whose paths are S3 addresses, as AWS's own transform does; `document` is changed."""
    plain: dict[str, Any] = transform(document, dict(parameters), _NoManagedPolicies())
    return plain


def _yaml(path: Path) -> dict[str, Any]:
    """Read a template with CloudFormation's short forms (`!Ref`) in it."""
    document: dict[str, Any] = yaml_parse(path.read_text(encoding="utf-8"))  # type: ignore[no-untyped-call]  # it has no types
    return document


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
                nested[name] = _yaml(location)
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
        api["DefinitionBody"] = _yaml(folder / location)


def _layer_key(plain: dict[str, Any], layer: Any) -> str:
    """Find the template's name of a layer; samtranslator has given it another one."""
    try:
        content = plain["Resources"][layer["Ref"]]["Properties"]["Content"]
        return str(content["S3Key"])
    except (KeyError, TypeError):
        raise TemplateError(f"a layer that is not made in this template: {layer}") from None


def _sort(stack: str, template: dict[str, Any], own: list[Resource], left_out: dict[str, str], url: str) -> None:
    """Take out of one template what moto must not see; put plain text where it is referred to."""
    stand_ins: dict[str, StandIn] = {}
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
                f"{where}: the stage does not know {kind} ({name}): teach it in infra/local/resources.py,"
                " or put the type on the list of what is left out, with the reason"
            )
        stand_ins[name] = stand_in(name, kind, resource.get("Properties", {}), url)
        del template["Resources"][name]
    for section in ("Resources", "Outputs"):
        template[section] = replace(template.get(section) or {}, stand_ins)
    for index, resource in enumerate(own):
        if resource.stack == stack:
            own[index] = Resource(
                stack=stack,
                logical_id=resource.logical_id,
                type=resource.type,
                properties=replace(resource.properties, stand_ins),
                condition=resource.condition,
            )
    for resource in template["Resources"].values():
        wanted = resource.get("DependsOn", [])
        wanted = [wanted] if isinstance(wanted, str) else wanted
        if kept := [name for name in wanted if name not in stand_ins]:
            resource["DependsOn"] = kept
        else:
            resource.pop("DependsOn", None)
