"""Each permission of each function taken out, one at a time: the refusal is seen where it must be, and nothing is lost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import pytest

from infra.conform.deployed import Deployed
from infra.conform.ministack import Asked
from infra.conform.roles import Roles
from infra.local.settings import ROOT
from infra.permissions.permission import Permission
from tests.conform.ways import HOUR_S, WAYS, Way, answered, open_market
from tests.conform.ways_files import filed
from tests.conform.ways_http import WAYS_HTTP, pictured
from tests.conform.ways_messenger import WAYS_MESSENGER
from tests.conform.ways_verification import verified

pytestmark = pytest.mark.conform
FUNCTIONS = sorted(app.parent.name for app in ROOT.glob("functions/*/app.py"))
# What the second judge never asks a role for, and why (docs/conform.md).
OF_FLAGS = "ministack lets everybody whom it knows read AppConfig's data"
OF_FILES = "ministack says that a file is not there to everybody who may read it"
OF_SEALED_FILES = "ministack's S3 asks for no key, whatever its bucket is under"
OF_AWS = "ministack carries queues, streams and logs itself and asks no role for it"
# Each with a way that would be hindered without it, were it asked.
NEVER_ASKED: Mapping[tuple[str, str], tuple[str, Way]] = {
    ("auto_reply", "appconfig:StartConfigurationSession"): (OF_FLAGS, answered),
    ("auto_reply", "appconfig:GetLatestConfiguration"): (OF_FLAGS, answered),
    ("merchant_api", "s3:ListBucket"): (OF_FILES, pictured),
    ("payment_reconciler", "s3:ListBucket"): (OF_FILES, filed),
    ("verification_request", "s3:ListBucket"): (OF_FILES, verified),
    ("merchant_api", "kms:GenerateDataKey"): (OF_SEALED_FILES, verified),
    ("verification_request", "kms:GenerateDataKey"): (OF_SEALED_FILES, verified),
}
# What no log tells: an operator is shown that a queue's depth is not known, and S3 refuses the form of whoever uploads, or the address of
# whoever looks.
SHOWN_INSTEAD = {"sqs:GetQueueAttributes", "s3:PutObject", "s3:GetObject"}


@dataclass(frozen=True, slots=True)
class Need:
    """A way that needed a permission, and what was asked for there: one action may cover two of ministack's."""

    way: Way
    actions: frozenset[str]


# The plainest way first. In one of them a permission may have been needed by chance, where two things met: then it need not be again.
type Needs = Mapping[tuple[str, Permission], Sequence[Need]]


@pytest.fixture(scope="module")
def turns() -> Iterator[int]:
    """Return numbers, each once: for customers who have not written yet."""
    return iter(range(1, 50_000))


@pytest.fixture(scope="module")
def needs(deployed: Deployed, turns: Iterator[int]) -> Needs:
    """Return what each permission is needed for, seen on a market where nothing is missing and nobody remembers anything."""
    deployed.reset()
    open_market(deployed)
    roles, found = Roles(deployed), dict[tuple[str, Permission], list[Need]]()
    for stands in deployed.functions.values():
        deployed.engine.restart(stands.physical_name)
    for way in (*WAYS, *WAYS_MESSENGER, *WAYS_HTTP):
        deployed.engine.asked()
        ended = way(deployed, next(turns))
        asked = deployed.engine.asked()
        deployed.run_for(HOUR_S)
        assert ended(), f"{way.__name__} does not even end well where nothing is missing"
        assert all(one.granted for one in asked)
        for function in roles.names:
            for grant in roles.granted(function):
                if covered := _covered(grant, asked, roles.names[function]):
                    found.setdefault((function, grant), []).append(Need(way, frozenset(one.action for one in covered)))
    return found


@pytest.mark.parametrize("function", FUNCTIONS)
def test_permission_taken_out_is_refused_where_it_is_needed_and_nothing_is_lost(
    stage: Deployed, needs: Needs, turns: Iterator[int], subtests: pytest.Subtests, function: str
) -> None:
    """Without one permission the call that needs it is denied, in the function's log too; with it again all ends well."""
    open_market(stage)
    roles = Roles(stage)
    for grant in roles.granted(function):
        with subtests.test(str(grant)):
            known = needs.get((function, grant), ())
            if not known:
                _is_never_asked(stage, roles, function, grant, next(turns))
            assert any(_is_refused(stage, roles, function, grant, need, next(turns)) for need in known), (
                "no way was refused"
            )


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_aws_itself_needs_is_never_asked_here(
    stage: Deployed, turns: Iterator[int], subtests: pytest.Subtests, function: str
) -> None:
    """The permissions of AWS's own policies, for logs and event sources, are listed as not enforced: one that is must be played."""
    open_market(stage)
    answered(stage, next(turns))
    roles = Roles(stage)
    asked = stage.engine.asked()
    for grant in roles.granted_by_aws(function):
        with subtests.test(grant.action):
            assert not _covered(grant, asked, roles.names[function]), "it is asked now: take it out like the others"
            pytest.skip(OF_AWS)


def _is_refused(stage: Deployed, roles: Roles, function: str, grant: Permission, need: Need, turn: int) -> bool:
    """Play a way without a permission: whether it was refused, as it must be and nothing else; in any case all ends well."""
    stage.engine.restart(stage.functions[function].physical_name)
    before = set(said(stage, function))
    stage.failures.clear()
    stage.engine.asked()
    with roles.without(function, grant):
        ended = need.way(stage, turn)
        denied = {one for one in stage.engine.asked() if not one.granted}
    new = [line for line in said(stage, function) if line not in before]
    stage.run_for(HOUR_S)
    assert ended(), "something was lost"
    if not denied:
        return False
    assert {one.action for one in denied} == need.actions
    assert all(grant.covers(Permission(one.action, one.resource)) for one in denied)
    assert {one.role for one in denied} == {roles.names[function]}
    told = any("AccessDenied" in line for line in new)
    assert told or grant.action in SHOWN_INSTEAD, f"its log does not say so: {new}"
    return True


def said(stage: Deployed, function: str) -> list[str]:
    """What a function has logged, and what ended it while it was starting: on AWS its log holds that too."""
    ended = [f"{failure}" for failure in stage.failures if failure.function == function]
    return stage.logs.lines(function) + ended


def _is_never_asked(stage: Deployed, roles: Roles, function: str, grant: Permission, turn: int) -> NoReturn:
    """Skip, where it is known that nobody asks for this; else no way of ours needs it, and that is a gap."""
    assert (function, grant.action) in NEVER_ASKED, "no way here needs it: write one"
    reason, way = NEVER_ASKED[function, grant.action]
    with roles.without(function, grant):
        stage.engine.restart(stage.functions[function].physical_name)
        ended = way(stage, turn)
        stage.run_for(HOUR_S)
        assert ended(), "it is enforced now: take it out of NEVER_ASKED"
    pytest.skip(reason)


def _covered(grant: Permission, asked: list[Asked], role: str) -> frozenset[Permission]:
    """What was asked of a role that this one grant of it allows."""
    pairs = (Permission(one.action, one.resource) for one in asked if one.role == role)
    return frozenset(pair for pair in pairs if grant.covers(pair))
