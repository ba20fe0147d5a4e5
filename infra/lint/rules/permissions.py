"""Permissions: written out, each action by its name, on named resources."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.lint.grants import grants
from infra.lint.templates import FUNCTION, Finding, House, Resource, listed
from infra.lint.values import text

# On AWS each is one action, whatever the size of the batch; ministack checks batch calls under names of their own.
WILDCARDS = frozenset({"sqs:SendMessage*", "sqs:ChangeMessageVisibility*"})
_DOCUMENTS = ("AWS::IAM::Group", "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User")


def policies_are_written_out(house: House) -> Iterator[Finding]:
    """A function's role is its own, and each of its statements stands in the template."""
    for function in house.of(FUNCTION):
        if "Role" in function.properties:
            yield function.breaks("takes a role from elsewhere: give it Policies, so that the role is its own")
        for policy in listed(function.properties.get("Policies")):
            if not (isinstance(policy, dict) and "Statement" in policy):
                yield function.breaks(f"policy {_shown(policy)} is written elsewhere: write its statements out")


def actions_have_no_wildcard(house: House) -> Iterator[Finding]:
    """No action has a wildcard, but the two that name one action of AWS with its batch."""
    for resource, statement in _statements(house):
        for action in listed(statement.get("Action")):
            if any(sign in str(action) for sign in "*?") and action not in WILDCARDS:
                yield resource.breaks(f"may do {action}: name each action")


# The files of one bucket: they have no names yet when a permission is written.
FILES = re.compile(r"\$\{[A-Za-z.]+Bucket\.Arn\}/\*")


def resources_have_no_wildcard(house: House) -> Iterator[Finding]:
    """No permission is for a resource with a wildcard, but for all files of one bucket."""
    for resource, statement in _statements(house):
        for place in listed(statement.get("Resource")):
            named = text(house, resource.stack, place)
            if any(sign in named for sign in "*?") and not FILES.fullmatch(named):
                yield resource.breaks(f"may act on {named}: name each resource")


def statements_say_what_is_allowed(house: House) -> Iterator[Finding]:
    """A statement says what it allows: all but something (`NotAction`, `NotResource`) is a wildcard too."""
    for resource, statement in _statements(house):
        for missing in ("Action", "Resource"):
            if not listed(statement.get(missing)):
                yield resource.breaks(f"a statement names no {missing}: say what it allows, not what it leaves out")


def _statements(house: House) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    """What roles may do. A key's own policy is none of these: there `*` is that key and nothing else, and IAM needs the account in it."""
    for function in house.of(FUNCTION):
        yield from ((function, grant.statement) for grant in grants(function))
    for resource in house.of(*_DOCUMENTS):
        documents = [resource.properties.get("PolicyDocument")]
        documents += [policy.get("PolicyDocument") for policy in listed(resource.properties.get("Policies"))]
        for document in documents:
            yield from ((resource, statement) for statement in listed((document or {}).get("Statement")))


def _shown(policy: Any) -> str:
    return ", ".join(policy) if isinstance(policy, dict) else str(policy)
