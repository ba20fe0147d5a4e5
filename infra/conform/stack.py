"""The real `sam build` and `sam deploy` onto ministack, and what stands there afterwards."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from samtranslator.yaml_helper import yaml_parse

from infra.conform.ministack import Ministack
from infra.local.function import STACK
from infra.local.settings import ROOT

SAM = ROOT / ".venv-sam/bin/sam"
# What a build reads, as `make build-check` has it.
PARTS = ("template.yaml", "functions", "layers", "infra")
# What `sam deploy` says of each thing that has not changed, and nobody wants to read.
_UPLOADED = "skipping upload"


class DeployError(Exception):
    """`sam build` or `sam deploy` failed; the text is what it said last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedFunction:
    """One function as it stands: `name` is its folder in functions/, `url` the id of its address, where it has one."""

    name: str
    logical_id: str
    physical_name: str
    log_group: str
    paths: tuple[str, ...]
    url: str | None
    environment: Mapping[str, str]

    @property
    def runtime_environment(self) -> Mapping[str, str]:
        """Its variables, as far as they can be read from outside."""
        return self.environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The stack as it stands; tables, queues and buckets by their physical names, `keys` and `resources` by `nested stack/logical id`."""

    functions: Mapping[str, DeployedFunction]
    tables: tuple[str, ...]
    queues: tuple[str, ...]
    buckets: tuple[str, ...]
    keys: Mapping[str, str]
    outputs: Mapping[str, str]
    resources: Mapping[str, tuple[str, str]]


def build(checkout: Path, into: Path) -> Path:
    """Build a checkout in a copy of it at `into`; return the built template. Raises DeployError."""
    for part in PARTS:
        source = checkout / part
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, into / part)
    environ = {
        **os.environ,
        "SAM_CLI_TELEMETRY": "0",
        "HAAT_PYTHON": str(ROOT / ".venv/bin/python"),
        "HAAT_WHEELS": str(ROOT / ".cache/wheels"),
    }
    _run(["sh", "infra/toolchain/sam-build.sh", str(into)], environ)
    return into / ".aws-sam/build/template.yaml"


def deploy(engine: Ministack, template: Path, parameters: Mapping[str, str]) -> None:
    """Deploy a built template, or update the stack to it. Raises DeployError."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    command = [
        *(str(SAM), "deploy", "--template-file", str(template), "--stack-name", STACK, "--resolve-s3"),
        *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"),
        *("--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"),
        *("--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items())),
    ]
    try:
        _run(command, {**clean, **engine.environ, "SAM_CLI_TELEMETRY": "0"})
    except DeployError as error:
        raise DeployError("\n".join([*_failed(engine), str(error)])) from None
    _mend_mappings(engine)


def tear_down(engine: Ministack) -> None:
    """Delete the stack, through CloudFormation: `sam delete` reads a nested template's address as AWS writes it, and ends there."""
    client = engine.client("cloudformation")
    client.delete_stack(StackName=STACK)
    client.get_waiter("stack_delete_complete").wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


def left(engine: Ministack) -> set[str]:
    """Return the names of all that stands in the account: functions and their sources, queues, tables, logs, alarms, roles."""
    asked = (
        ("lambda", "list_functions", "Functions", "FunctionName"),
        ("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
        ("dynamodb", "list_tables", "TableNames", None),
        ("sqs", "list_queues", "QueueUrls", None),
        ("sns", "list_topics", "Topics", "TopicArn"),
        ("logs", "describe_log_groups", "logGroups", "logGroupName"),
        ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
        ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
        ("iam", "list_roles", "Roles", "RoleName"),
        ("appconfig", "list_applications", "Items", "Id"),
    )
    found: set[str] = set()
    for service, operation, listed, named in asked:
        for page in engine.client(service).get_paginator(operation).paginate():
            found |= {str(one[named]) if named else str(one) for one in page.get(listed, ())}
    return found


def standing(engine: Ministack, template: Path) -> Standing:
    """Return what stands, read from ministack; folders and public paths from the template that it was built from."""
    resources = dict(_resources(engine, STACK, ""))
    document = yaml_parse(template.read_text(encoding="utf-8"))  # type: ignore[no-untyped-call]  # it has no types
    client = engine.client("lambda")
    functions = {}
    for logical_id, resource in document["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function" and logical_id in resources:
            paths = tuple(resource.get("Metadata", {}).get("HaatPaths", ()))
            name = Path(resource["Properties"]["CodeUri"]).name
            functions[name] = _function(client, name, logical_id, resources[logical_id][1], paths)
    (stack,) = engine.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    made = list(resources.values())
    return Standing(
        functions=functions,
        tables=tuple(name for kind, name in made if kind == "AWS::DynamoDB::Table"),
        queues=tuple(url.rsplit("/", 1)[-1] for kind, url in made if kind == "AWS::SQS::Queue"),
        buckets=tuple(name for kind, name in made if kind == "AWS::S3::Bucket"),
        keys={path: id for path, (kind, id) in resources.items() if kind == "AWS::KMS::Key"},
        outputs={output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", ())},
        resources=resources,
    )


def _resources(engine: Ministack, stack: str, prefix: str) -> Iterator[tuple[str, tuple[str, str]]]:
    pages = engine.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    for resource in (resource for page in pages for resource in page["StackResourceSummaries"]):
        name, kind, physical = resource["LogicalResourceId"], resource["ResourceType"], resource["PhysicalResourceId"]
        yield f"{prefix}{name}", (kind, physical)
        if kind == "AWS::CloudFormation::Stack":
            yield from _resources(engine, physical.split("/")[1], f"{prefix}{name}/")


def _function(client: Any, name: str, logical_id: str, physical: str, paths: tuple[str, ...]) -> DeployedFunction:
    configuration = client.get_function_configuration(FunctionName=physical)
    urls = client.list_function_url_configs(FunctionName=physical)["FunctionUrlConfigs"]
    hosts = [urlsplit(url["FunctionUrl"]).hostname or "" for url in urls]
    return DeployedFunction(
        name=name,
        logical_id=logical_id,
        physical_name=physical,
        log_group=configuration.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{physical}",
        paths=paths,
        url=hosts[0].split(".")[0] if hosts else None,
        environment=configuration["Environment"]["Variables"],
    )


def _failed(engine: Ministack) -> Iterator[str]:
    """Each resource that failed, in any stack, and why: `sam deploy` shows it only in a table, cut to pieces."""
    client = engine.client("cloudformation")
    for stack in client.list_stacks()["StackSummaries"]:
        for event in client.describe_stack_events(StackName=stack["StackId"])["StackEvents"]:
            if "FAILED" in event["ResourceStatus"] and "ResourceStatusReason" in event:
                yield f"{stack['StackName']} {event['LogicalResourceId']}: {event['ResourceStatusReason']}"


def _mend_mappings(engine: Ministack) -> None:
    """Give each queue's mapping its concurrency as a number.

    A parameter of type Number is text to ministack's CloudFormation, and text makes its poller stumble over every queue.
    """
    client = engine.client("lambda")
    for page in client.get_paginator("list_event_source_mappings").paginate():
        for mapping in page["EventSourceMappings"]:
            if most := mapping.get("ScalingConfig", {}).get("MaximumConcurrency"):
                scaling = {"MaximumConcurrency": int(most)}
                client.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig=scaling)


def _run(command: list[str], environ: Mapping[str, str]) -> None:
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = (line for line in (done.stdout + done.stderr).splitlines() if line.strip() and _UPLOADED not in line)
        said = "\n".join(lines)[-4000:]
        raise DeployError(
            f"{Path(command[0]).name} {command[1]} ended after {time.monotonic() - started:.0f} s:\n{said}"
        )
