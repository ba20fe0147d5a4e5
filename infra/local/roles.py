"""What the template grants each function, with the addresses of this stage in it: moto's own IAM keeps no such thing whole."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.function import Function
from infra.local.template import TemplateError


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A function's role: addresses of AWS's own policies, and the statements that are the template's.

    `vpc`: the function may stand in a VPC, where a parameter says so.
    """

    managed: tuple[str, ...]
    statements: tuple[Mapping[str, Any], ...]
    vpc: bool = False


def roles(
    resources: Mapping[str, Any], functions: Iterable[Function], resolve: Callable[[Any], Any]
) -> dict[str, Role]:
    """Return each function's role, by the function's name; `resources` are those of the translated root template.

    Raises TemplateError for a role that is made elsewhere: nobody could say what it grants.
    """
    return {function.name: _role(resources, function.logical_id, resolve) for function in functions}


def _role(resources: Mapping[str, Any], function: str, resolve: Callable[[Any], Any]) -> Role:
    match resources[function]["Properties"]["Role"]:
        case {"Fn::GetAtt": [str(name), "Arn"]} if name in resources:
            pass
        case other:
            raise TemplateError(f"{function}: the role is not made in this template: {other}")
    own = resolve(resources[name]["Properties"])
    documents = [policy["PolicyDocument"] for policy in own.get("Policies", ())]
    documents += [
        resolve(resource["Properties"])["PolicyDocument"]
        for resource in resources.values()
        if resource["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
        and {"Ref": name} in resource["Properties"].get("Roles", ())
    ]
    statements = [statement for document in documents for statement in listed(document["Statement"])]
    vpc = "VpcConfig" in resources[function]["Properties"]
    return Role(managed=tuple(own.get("ManagedPolicyArns", ())), statements=tuple(statements), vpc=vpc)


def listed(value: Any) -> list[Any]:
    """Return what a policy may write as one value or as a list of them, as a list."""
    return value if isinstance(value, list) else [value]
