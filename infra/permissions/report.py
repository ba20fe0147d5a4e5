"""The comparison as text for a terminal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from infra.permissions.compare import Finding
from infra.permissions.permission import Permission
from infra.permissions.sources import ACTIONS


def function(
    name: str,
    granted: Iterable[Permission],
    used: Iterable[Permission],
    own: Mapping[str, str],
    findings: Sequence[Finding],
) -> str:
    """One function: a line for each permission with what is true of it, AWS's own policies apart, and the verdict."""
    lines = [f"\n{name}", *_table(set(granted), set(used)), "  AWS's own needs, on every resource:"]
    lines += [f"    {policy} {purpose}: {', '.join(ACTIONS.get(policy, ()))}" for policy, purpose in own.items()]
    lines += [f"  ! {finding.verdict}: {finding.what}" for finding in findings]
    lines.append("  = not equal" if findings else "  = equal")
    return "\n".join(lines)


def _table(granted: set[Permission], used: set[Permission]) -> Iterator[str]:
    every = sorted(granted | used)
    width = max((len(permission.action) for permission in every), default=0)
    for permission in every:
        marks = ("granted" if permission in granted else "", "used" if permission in used else "")
        short = permission.resource.split(":", 5)[-1]
        yield f"    {permission.action.ljust(width)}  {marks[0]:7}  {marks[1]:4}  {short}"
