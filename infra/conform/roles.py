"""What functions' roles grant as they stand on ministack, and one permission taken out of them."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from infra.conform.seen import Seen
from infra.local.roles import listed
from infra.permissions.permission import Permission


class Roles:
    """The roles of a stack's functions."""

    def __init__(self, stage: Seen) -> None:
        """Look at what stands now: a deployment may give functions other roles."""
        client, self._iam = stage.client("lambda"), stage.client("iam")
        self.names = {
            name: str(client.get_function_configuration(FunctionName=function.physical_name)["Role"].rpartition("/")[2])
            for name, function in stage.deployment.functions.items()
        }

    def policies(self, function: str) -> Mapping[str, Mapping[str, Any]]:
        """Return the template's own policies of a function's role, by their names."""
        return self._own(function)

    def granted(self, function: str) -> list[Permission]:
        """Return each pair of an action and a resource that the template's own policies grant, as they say it."""
        return [pair for document in self._own(function).values() for pair, _ in _each(document)]

    def granted_by_aws(self, function: str) -> list[Permission]:
        """Return each such pair of the policies that are AWS's own."""
        attached = self._iam.list_attached_role_policies(RoleName=self.names[function])["AttachedPolicies"]
        return [pair for policy in attached for pair, _ in _each(self._attached(policy["PolicyArn"]))]

    @contextmanager
    def without(self, function: str, permission: Permission) -> Iterator[None]:
        """Take one permission out for the block, and nothing else."""
        role, before = self.names[function], self._own(function)
        for name, document in before.items():
            left = [statement for pair, statement in _each(document) if pair != permission]
            self._put(role, name, {"Version": "2012-10-17", "Statement": left})
        try:
            yield
        finally:
            for name, document in before.items():
                self._put(role, name, document)

    def _own(self, function: str) -> dict[str, Mapping[str, Any]]:
        role = self.names[function]
        names = self._iam.list_role_policies(RoleName=role)["PolicyNames"]
        return {name: self._iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names}

    def _attached(self, address: str) -> Mapping[str, Any]:
        version = self._iam.get_policy(PolicyArn=address)["Policy"]["DefaultVersionId"]
        document: Mapping[str, Any] = self._iam.get_policy_version(PolicyArn=address, VersionId=version)[
            "PolicyVersion"
        ]["Document"]
        return document

    def _put(self, role: str, name: str, document: Mapping[str, Any]) -> None:
        if document["Statement"]:
            self._iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
        else:
            self._iam.delete_role_policy(RoleName=role, PolicyName=name)


def _each(document: Mapping[str, Any]) -> Iterator[tuple[Permission, Mapping[str, Any]]]:
    """Each pair that a policy grants, with the statement that grants it alone, under its condition."""
    for statement in listed(document["Statement"]):
        for action in listed(statement["Action"]):
            for resource in listed(statement["Resource"]):
                yield Permission(action, resource), {**statement, "Action": action, "Resource": resource}
