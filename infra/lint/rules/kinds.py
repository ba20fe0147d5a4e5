"""Kinds of resources that would escape the other rules."""

from collections.abc import Iterator, Mapping

from infra.lint.templates import Finding, House

INSTEAD: Mapping[str, str] = {
    "AWS::DynamoDB::GlobalTable": "an AWS::DynamoDB::Table; one stack is one region",
    "AWS::Lambda::EventSourceMapping": "an event of the function",
    "AWS::Lambda::Function": "an AWS::Serverless::Function in template.yaml",
    "AWS::Serverless::Connector": "Policies of the function, written out",
    "AWS::Serverless::SimpleTable": "an AWS::DynamoDB::Table",
    "AWS::Serverless::StateMachine": "facts and queues, or rules for it first",
}


def kinds_are_judged(house: House) -> Iterator[Finding]:
    """No resource is of a kind that the rules about functions, tables and permissions do not look at."""
    for resource in house.resources.values():
        if resource.type in INSTEAD:
            yield resource.breaks(f"{resource.type} escapes the house rules: write {INSTEAD[resource.type]}")
        if "Connectors" in resource.whole:
            yield resource.breaks(f"Connectors escape the house rules: write {INSTEAD['AWS::Serverless::Connector']}")
