"""The templates as they are written: template.yaml, what it nests, and the API documents that it names.

The files themselves are read, before SAM translates them: a finding names the resource that a person wrote. Only `Globals` are
merged into the resources, by SAM's own code.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from samtranslator.plugins.globals.globals import Globals
from samtranslator.yaml_helper import yaml_parse

ROOT = "template.yaml"
FUNCTION = "AWS::Serverless::Function"
NESTED = "AWS::Serverless::Application"


class UnreadableError(Exception):
    """A template is not what these rules can read; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource, with `Globals` in its properties. `stack` is "" or the logical id under which its template is nested."""

    file: str
    stack: str
    name: str
    type: str
    properties: Mapping[str, Any]
    whole: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        """What no other resource has."""
        return self.stack, self.name

    def breaks(self, problem: str) -> "Finding":
        """Return a finding about this resource."""
        return Finding(file=self.file, resource=self.name, problem=problem)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """A rule that does not hold: where, and what to do."""

    file: str
    resource: str
    problem: str

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.file}: {self.resource}: {self.problem}"


@dataclass(frozen=True)
class House:
    """All templates of one application. `documents` are parsed files by their path below `folder`, which holds the functions' code."""

    folder: Path
    documents: Mapping[str, Mapping[str, Any]]

    @cached_property
    def files(self) -> Mapping[str, str]:
        """The template of each stack; "" is the root."""
        resources = self.documents[ROOT]["Resources"]
        nested = {name: resource for name, resource in resources.items() if resource["Type"] == NESTED}
        return {"": ROOT, **{name: str(resource["Properties"]["Location"]) for name, resource in nested.items()}}

    @cached_property
    def resources(self) -> Mapping[tuple[str, str], Resource]:
        """Every resource by its stack and logical id."""
        return {
            (stack, name): Resource(
                file=file,
                stack=stack,
                name=name,
                type=resource["Type"],
                properties=_with_globals(self.documents[file], resource),
                whole=resource,
            )
            for stack, file in self.files.items()
            for name, resource in self.documents[file]["Resources"].items()
        }

    def of(self, *types: str) -> Iterator[Resource]:
        """The resources of these types, in the order in which they are written."""
        return (resource for resource in self.resources.values() if resource.type in types)

    def parameters(self, stack: str) -> Mapping[str, Any]:
        """The parameters that a stack's template declares."""
        declared: Mapping[str, Any] = self.documents[self.files[stack]].get("Parameters") or {}
        return declared


def load(folder: Path) -> House:
    """Read template.yaml in a folder and all that it names. Raises UnreadableError."""
    documents = {ROOT: _parse(folder, ROOT)}
    for name, resource in documents[ROOT]["Resources"].items():
        properties = resource.get("Properties") or {}
        if resource["Type"] == NESTED:
            location = properties.get("Location")
            if not isinstance(location, str):
                raise UnreadableError(
                    f"{ROOT}: {name}: nest a file of this checkout: what lies elsewhere nobody here has read"
                )
            documents[location] = _parse(folder, location)
        elif (document := api_file(properties)) is not None:
            documents[document] = _parse(folder, document)
    return House(folder=folder, documents=documents)


def api_file(properties: Mapping[str, Any]) -> str | None:
    """The file that holds an API's document, if it has one of its own."""
    body = properties.get("DefinitionBody")
    if isinstance(body, dict) and "Fn::Transform" in body:
        return str(body["Fn::Transform"]["Parameters"]["Location"])
    location = properties.get("DefinitionUri")
    return location if isinstance(location, str) else None


def variables(function: Resource) -> Mapping[str, Any]:
    """A function's environment variables, those of `Globals` too."""
    given: Mapping[str, Any] = (function.properties.get("Environment") or {}).get("Variables") or {}
    return given


def listed(value: Any) -> list[Any]:
    """A value as a list: CloudFormation and IAM take one where they take many."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _parse(folder: Path, file: str) -> Mapping[str, Any]:
    try:
        parsed = yaml_parse((folder / file).read_text(encoding="utf-8"))  # type: ignore[no-untyped-call]  # it has no types
    except OSError as error:
        raise UnreadableError(f"{file}: {error.strerror}") from None
    if not isinstance(parsed, dict):
        raise UnreadableError(f"{file}: no template")
    return parsed


def _with_globals(document: Mapping[str, Any], resource: Mapping[str, Any]) -> Mapping[str, Any]:
    own = deepcopy(resource.get("Properties") or {})
    common = Globals(deepcopy({"Globals": document.get("Globals") or {}}))
    merged: Mapping[str, Any] = common.merge(resource["Type"], own, "", resource.get("IgnoreGlobals"))
    return merged
