"""`make permissions`: for each function, what its code asks of AWS against what its role grants. Exit status 1 where they differ."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from infra.local.buckets import buckets
from infra.local.calls import VARIABLE
from infra.local.function import ACCOUNT
from infra.local.settings import ROOT
from infra.local.stage import Stage
from infra.permissions import report
from infra.permissions.actions import Place, Unknown
from infra.permissions.compare import Finding, compare, compare_with_aws
from infra.permissions.granted import Unreadable, granted
from infra.permissions.recorded import Used, read
from infra.permissions.sources import needed_by_aws

# Every permission is used by one of these. The crash matrices play the same scenes over and over and would only take time.
TESTS = (
    "tests/stack/business",
    "tests/stack/conversation",
    "tests/stack/payment",
    "tests/stack/verification",
    "tests/security",
    "--ignore=tests/stack/conversation/test_crashes.py",
    "--ignore=tests/stack/payment/test_survival.py",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Record if need be, compare, print, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="make permissions", description="Permissions granted against permissions used."
    )
    parser.add_argument(
        "--recorded", type=Path, metavar="DIR", help="what a run of the tests with HAAT_CALLS=DIR has left"
    )
    options = parser.parse_args(arguments)
    try:
        if options.recorded is not None:
            with Stage.in_process() as stage:
                return judge(stage, options.recorded)
        with tempfile.TemporaryDirectory() as folder:
            if status := _record(Path(folder)):
                return status
            with Stage.in_process() as stage:
                return judge(stage, Path(folder))
    except (Unknown, Unreadable) as error:
        print(f"make permissions: {error}", file=sys.stderr)
        return 2


def _record(folder: Path) -> int:
    """Run the tests that use every permission, on stages that write down their calls; return the tests' exit status."""
    command = [sys.executable, "-m", "pytest", "-q", "-m", "not slow and not conform", *TESTS]
    return subprocess.run(command, cwd=ROOT, env=os.environ | {VARIABLE: str(folder)}, check=False).returncode


def judge(stage: Stage, folder: Path) -> int:
    """Compare what lies in `folder` with what the stage's roles grant, print it, and return the exit status.

    0: equal. 1: not equal. 2: what was recorded is of no function of this template, or there is nothing.
    """
    place = Place(region=stage.region, account=ACCOUNT, keys=_keys(stage))
    used = read(folder, os.path.relpath(stage.settings.template, ROOT), place)
    if not used:
        print(f"make permissions: nothing was recorded in {folder}", file=sys.stderr)
        return 2
    if gone := sorted(set(used) - set(stage.functions)):
        print(f"make permissions: recorded for no function of the template: {', '.join(gone)}", file=sys.stderr)
        return 2
    findings = [finding for name in stage.functions for finding in _function(stage, name, used.get(name, Used()))]
    print(
        f"\n{len(findings)} differences"
        if findings
        else "\nEvery permission granted is used, every one used is granted."
    )
    return 1 if findings else 0


def _keys(stage: Stage) -> dict[str, str]:
    """The key of each bucket that is under one."""
    found: dict[str, str] = {}
    for bucket in (bucket.name for bucket in buckets(stage.region)):
        rules = stage.client("s3").get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        for said in (rule["ApplyServerSideEncryptionByDefault"] for rule in rules):
            if "KMSMasterKeyID" in said:
                found[bucket] = said["KMSMasterKeyID"]
    return found


def _function(stage: Stage, name: str, used: Used) -> list[Finding]:
    """Compare one function, and print what came of it."""
    role = stage.deployment.roles[name]
    sources = [source.source_arn for source in stage.deployment.sources if source.function == name]
    grants = granted(role.statements)
    findings = compare(name, grants, used.here, used.elsewhere) + compare_with_aws(
        name, role.managed, sources, vpc=role.vpc
    )
    print(report.function(name, grants, used.here, needed_by_aws(sources, vpc=role.vpc), findings))
    return findings


if __name__ == "__main__":
    sys.exit(main())
