"""What AWS would make of an update from one version of the stack to another, where ministack is kinder than AWS.

Judged from both versions' templates as they were deployed, nested ones too, by AWS's own description of each resource type
(which of its properties can't be changed without making it anew), as cfn-lint has them for the region.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from infra.conform.seen import Seen
from infra.local.function import REGION, STACK
from infra.local.settings import ROOT

_SCHEMAS = """
import json, sys
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER as known
print(json.dumps({kind: known.get_resource_schema(sys.argv[1], kind).schema for kind in sys.argv[2:]}))
"""
# Made anew, these begin empty or have another address that somebody outside knows.
_PRECIOUS = {
    "AWS::DynamoDB::Table": "what it holds is left behind",
    "AWS::SQS::Queue": "what it holds is left behind",
    "AWS::KMS::Key": "what it sealed can't be opened",
    "AWS::Lambda::Url": "Meta must be given its new address",
}


@dataclass(frozen=True, slots=True)
class Made:
    """One resource of a version: its type, its properties as the template writes them, its physical name, whether it is kept."""

    kind: str
    properties: Mapping[str, Any]
    physical: str
    retained: bool = False


def made(stage: Seen) -> dict[str, Made]:
    """Return what the version that stands is made of, by `nested stack/logical id`."""
    return {
        path: Made(kind, properties, stage.deployment.resources[path][1], retained)
        for path, kind, properties, retained in _written(stage, STACK, "")
        if path in stage.deployment.resources
    }


def judge(before: Mapping[str, Made], after: Mapping[str, Made]) -> list[str]:
    """Return what AWS would refuse, or what would be lost, in an update from `before` to `after`."""
    fixed = _fixed(frozenset(one.kind for one in (*before.values(), *after.values())))
    owners = {
        (one.kind, one.physical): path for path, one in before.items() if one.kind != "AWS::CloudFormation::Stack"
    }
    found = [
        f"{path}: {one.physical} still belongs to {owner}: it already exists"
        for path, one in after.items()
        if (owner := owners.get((one.kind, one.physical), path)) != path
    ]
    for path, why in _anew(before, after, fixed).items():
        one, was = after[path], before[path]
        named = [name for name in fixed[one.kind] if name.endswith("Name") and name in one.properties]
        if named and all(one.properties[name] == was.properties.get(name) for name in named) and why not in named:
            found.append(f"{path}: made anew for {why} under the same name: it already exists")
        if one.kind in _PRECIOUS:
            found.append(f"{path}: made anew for {why}: {_PRECIOUS[one.kind]}")
    return sorted(found)


def stays(before: Mapping[str, Made], after: Mapping[str, Made]) -> list[str]:
    """Return what an update from `before` to `after` leaves behind, as it is to be kept: going forward again makes it anew.

    AWS refuses that for what has a name of its own (it already exists) until it is imported or taken away; what has none is
    forgotten for another of its kind. Versions of functions stay behind each time, as they should.
    """
    return sorted(
        path
        for path, one in before.items()
        if one.retained and path not in after and one.kind != "AWS::Lambda::Version"
    )


def _anew(before: Mapping[str, Made], after: Mapping[str, Made], fixed: Mapping[str, list[str]]) -> dict[str, str]:
    """Return what must be made anew, and for which property: also where that names something that is made anew itself."""
    found: dict[str, str] = {}
    both = [path for path, one in after.items() if path in before and before[path].kind == one.kind]
    while True:
        more = {
            path: name
            for path in both
            if path not in found
            for name in fixed[after[path].kind]
            if before[path].properties.get(name) != after[path].properties.get(name)
            or any(_beside(path, other) in found for other in _names(after[path].properties.get(name)))
        }
        if not more:
            return found
        found |= more


def _beside(path: str, name: str) -> str:
    return f"{path.rpartition('/')[0]}/{name}".lstrip("/")


def _names(value: Any) -> Iterator[str]:
    """The logical ids that a value refers to."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "Ref":
                yield str(inner)
            elif key == "Fn::GetAtt":
                yield str(inner[0] if isinstance(inner, list) else str(inner).partition(".")[0])
            else:
                yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)


def _written(stage: Seen, stack: str, prefix: str) -> Iterator[tuple[str, str, Mapping[str, Any], bool]]:
    body = stage.client("cloudformation").get_template(StackName=stack, TemplateStage="Processed")["TemplateBody"]
    document = yaml_parse(body) if isinstance(body, str) else body  # type: ignore[no-untyped-call]  # it has no types
    for name, resource in document["Resources"].items():
        kind, path = resource["Type"], f"{prefix}{name}"
        kind = "AWS::CloudFormation::Stack" if kind == "AWS::Serverless::Application" else kind
        yield path, kind, resource.get("Properties", {}), resource.get("DeletionPolicy") == "Retain"
        if kind == "AWS::CloudFormation::Stack" and path in stage.deployment.resources:
            yield from _written(stage, stage.deployment.resources[path][1].split("/")[1], f"{path}/")


@cache
def _fixed(kinds: frozenset[str]) -> dict[str, list[str]]:
    """Return, for each type, the properties that can't be changed without making the resource anew."""
    asked = [str(ROOT / ".venv-sam/bin/python"), "-c", _SCHEMAS, REGION, *sorted(kinds)]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    schemas: dict[str, dict[str, Any]] = json.loads(said)
    return {
        kind: [place.split("/")[2] for place in schema.get("createOnlyProperties") or ()]
        for kind, schema in schemas.items()
    }
