"""What is granted against what is used: the same, or findings."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from infra.permissions.permission import Permission
from infra.permissions.sources import needed_by_aws


class Verdict(StrEnum):
    """What is wrong."""

    UNUSED = "granted and never used"
    MISSING = "used and not granted"
    WIDE = "granted wider than used"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong with one function's role."""

    function: str
    verdict: Verdict
    what: str


def compare(
    function: str,
    granted: AbstractSet[Permission],
    used: AbstractSet[Permission],
    elsewhere: AbstractSet[str] = frozenset(),
) -> list[Finding]:
    """Compare both ways. `elsewhere` are actions seen on stages of other names: their resources have no address here."""
    findings = [Finding(function, Verdict.MISSING, str(use)) for use in used if not _covered(use, granted)]
    for grant in granted:
        uses = sorted(use for use in used if grant.covers(use))
        if not uses:
            findings.append(Finding(function, Verdict.UNUSED, str(grant)))
        elif grant not in uses:
            findings.append(Finding(function, Verdict.WIDE, f"{grant}: used is {', '.join(map(str, uses))}"))
    findings += [
        Finding(function, Verdict.MISSING, f"{action}, on a stage of another name")
        for action in elsewhere
        if not any(grant.covers(Permission(action, grant.resource)) for grant in granted)
    ]
    return sorted(findings)


def compare_with_aws(
    function: str, attached: Iterable[str], sources: Iterable[str], *, vpc: bool = False
) -> list[Finding]:
    """Compare the policies of AWS that a role has with those that its log, its events and its place need."""
    has, needs = {_name(address) for address in attached}, needed_by_aws(sources, vpc=vpc)
    findings = [Finding(function, Verdict.UNUSED, f"the policy {name}") for name in has - set(needs)]
    findings += [Finding(function, Verdict.MISSING, f"{name}, {needs[name]}") for name in set(needs) - has]
    return sorted(findings)


def _covered(use: Permission, granted: AbstractSet[Permission]) -> bool:
    return any(grant.covers(use) for grant in granted)


def _name(address: str) -> str:
    """Return the name of a policy that is AWS's own; another's address stays whole, as the name says nothing."""
    head, _, name = address.rpartition("/")
    return name if head.endswith(":iam::aws:policy/service-role") else address
