"""Names: one account may hold several stages, so every name says whose it is."""

import re
from collections.abc import Iterator, Mapping

from infra.lint.templates import NESTED, Finding, House
from infra.lint.values import text

# What has its name inside something of ours, which says whose it is.
INSIDE: Mapping[str, str] = {
    "AWS::AppConfig::ConfigurationProfile": "an application",
    "AWS::AppConfig::Environment": "an application",
    "AWS::Lambda::Alias": "a function",
}
# Some kinds of names have to begin with where they are used; Lambda's own name of a function begins with the stack's.
_OURS = re.compile(r"(?:/aws/lambda/|alias/|/)?haat-\$\{Stage\}(?:[-/]|$)|/aws/lambda/\$\{\w+\}$")


def names_begin_with_the_stage(house: House) -> Iterator[Finding]:
    """A name that a template gives begins with haat-${Stage}-."""
    for resource in house.resources.values():
        for key in _name_keys(resource.type):
            value = resource.properties.get(key)
            if value is None or resource.type in INSIDE:
                continue
            if not _OURS.match(name := text(house, resource.stack, value)):
                yield resource.breaks(f"is named {name}: begin with haat-${{Stage}}-")


def nested_stacks_know_their_stage(house: House) -> Iterator[Finding]:
    """Every nested template has the stage of the root."""
    for stack in house.of(NESTED):
        if "Stage" in house.parameters(stack.name) and (stack.properties.get("Parameters") or {}).get("Stage") != {
            "Ref": "Stage"
        }:
            yield stack.breaks("Parameters: Stage: !Ref Stage")


def _name_keys(kind: str) -> tuple[str, ...]:
    """The properties that may hold a resource's name: QueueName of a queue, Name of many others."""
    return "Name", kind.rpartition("::")[2] + "Name"
