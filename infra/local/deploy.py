"""Brings a blueprint up on moto, and says what came of it: functions, mappings, addresses, routes, flags."""

import copy
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from moto.cloudformation.models import Stack, cloudformation_backends
from moto.cloudformation.parsing import clean_json
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends

from infra.local import buckets
from infra.local.deployment import Deployment, EventSource, Route, Timer
from infra.local.function import ACCOUNT, STACK, Function
from infra.local.gateway import GATEWAY_RESPONSES
from infra.local.resources import Resource
from infra.local.roles import roles
from infra.local.template import BUCKET, Blueprint, TemplateError


class _Deployer:
    def __init__(self, blueprint: Blueprint, parameters: Mapping[str, str], region: str) -> None:
        self.blueprint, self.parameters, self.region = blueprint, parameters, region
        self.stacks: dict[str, Stack] = {}

    def create(self) -> None:
        with self._uploaded():
            self._create_stack()
        backend = cloudformation_backends[ACCOUNT][self.region]
        self.stacks[""] = next(stack for stack in backend.stacks.values() if stack.name == STACK)
        for name in self.blueprint.nested:
            self.stacks[name] = self.stacks[""].resource_map[name]  # type: ignore[assignment]  # moto's type is wide

    @contextmanager
    def _uploaded(self) -> Iterator[None]:
        """Have in S3 what moto looks for there, for as long as it looks."""
        s3 = boto3.client("s3", region_name=self.region)
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": self.region})  # type: ignore[typeddict-item]  # any region
        s3.put_object(Bucket=BUCKET, Key="code.zip", Body=_no_code())
        for name, template in self.blueprint.nested.items():
            s3.put_object(Bucket=BUCKET, Key=f"{name}.json", Body=json.dumps(template))
        try:
            yield
        finally:
            # moto keeps a file open for each object that is not disposed of.
            objects = s3_backends[ACCOUNT]["aws"].buckets[BUCKET].keys
            for key in list(objects.values()):
                key.dispose()
            objects.clear()
            s3.delete_bucket(Bucket=BUCKET)

    def _create_stack(self) -> None:
        root = self.blueprint.root
        declared = root.get("Parameters", {})
        parameters = [
            {"ParameterKey": name, "ParameterValue": value}
            for name, value in self.parameters.items()
            if name in declared
        ]
        boto3.client("cloudformation", region_name=self.region).create_stack(
            StackName=STACK,
            TemplateBody=json.dumps(root),
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters=parameters,  # type: ignore[arg-type]  # plain dictionaries of the right form
        )

    def check(self) -> None:
        """Compare what was asked with what moto made: it leaves things out without a word."""
        missing = []
        for stack, template in (("", self.blueprint.root), *self.blueprint.nested.items()):
            resources = self.stacks[stack].resource_map
            for name, resource in template["Resources"].items():
                if not self.holds(stack, resource.get("Condition")):
                    continue
                if not getattr(resources[name], "physical_resource_id", None):
                    missing.append(f"{stack + '/' if stack else ''}{name} ({resource['Type']})")
        if missing:
            raise TemplateError(f"moto did not make {', '.join(missing)}")

    def has(self, name: str) -> bool:
        """Say whether a resource of the root template is wanted under its condition."""
        return self.holds("", self.blueprint.root["Resources"][name].get("Condition"))

    def holds(self, stack: str, condition: str | None) -> bool:
        return condition is None or bool(self.stacks[stack].resource_map.lazy_condition_map[condition])

    def resolve(self, stack: str, value: Any) -> Any:
        """Put real values in place of Ref, GetAtt, Sub and the like."""
        return clean_json(copy.deepcopy(value), self.stacks[stack].resource_map)

    def own(self, *types: str) -> list[Resource]:
        """Return those resources of the stage's own whose condition holds, with real values in them."""
        return [
            Resource(
                stack=resource.stack,
                logical_id=resource.logical_id,
                type=resource.type,
                properties=self.resolve(resource.stack, resource.properties),
                condition=None,
            )
            for resource in self.blueprint.own
            if resource.type in types and self.holds(resource.stack, resource.condition)
        ]

    def function(self, logical_id: str) -> Function:
        resource: Any = self.stacks[""].resource_map[logical_id]
        properties = self.resolve("", self.blueprint.root["Resources"][logical_id]["Properties"])
        logging = properties.get("LoggingConfig", {})
        variables = properties.get("Environment", {}).get("Variables", {})
        return Function(
            name=self.blueprint.code[logical_id].name,
            logical_id=logical_id,
            physical_name=resource.physical_resource_id,
            arn=resource.get_cfn_attribute("Arn"),
            handler=properties["Handler"],
            code=self.blueprint.code[logical_id],
            layers=tuple(self.blueprint.layers[layer] for layer in self.blueprint.function_layers[logical_id]),
            environment={name: str(value) for name, value in variables.items()},
            timeout=float(properties.get("Timeout", 3)),
            memory=int(properties.get("MemorySize", 128)),
            region=self.region,
            log_format=logging.get("LogFormat", "Text"),
            log_level=logging.get("ApplicationLogLevel"),
            paths=self.blueprint.paths[logical_id],
        )

    def physical(self, kind: str) -> dict[str, str]:
        """Return (stack/logical id -> physical id) of all resources of a type that moto made."""
        found = {}
        for stack, template in (("", self.blueprint.root), *self.blueprint.nested.items()):
            for name, resource in template["Resources"].items():
                made: Any = self.stacks[stack].resource_map[name] if resource["Type"] == kind else None
                if made is not None:
                    found[f"{stack}/{name}" if stack else name] = str(made.physical_resource_id)
        return found

    def set_table_options(self) -> None:
        """Switch on time to live, which moto's CloudFormation passes over."""
        for stack, template in (("", self.blueprint.root), *self.blueprint.nested.items()):
            for name, resource in template["Resources"].items():
                if resource["Type"] != "AWS::DynamoDB::Table":
                    continue
                properties = self.resolve(stack, resource["Properties"])
                made: Any = self.stacks[stack].resource_map[name]
                table = dynamodb_backends[ACCOUNT][self.region].tables[made.physical_resource_id]
                if ttl := properties.get("TimeToLiveSpecification"):
                    table.ttl = {"TimeToLiveStatus": "ENABLED", "AttributeName": ttl["AttributeName"]}

    def set_bucket_options(self) -> None:
        """Let pages of other origins in, which moto's CloudFormation passes over."""
        for stack, template in (("", self.blueprint.root), *self.blueprint.nested.items()):
            for name, resource in template["Resources"].items():
                if resource["Type"] == "AWS::S3::Bucket":
                    made: Any = self.stacks[stack].resource_map[name]
                    crossing = self.resolve(stack, resource["Properties"].get("CorsConfiguration"))
                    buckets.let_in(self.region, made.physical_resource_id, crossing)


def deploy(blueprint: Blueprint, parameters: Mapping[str, str], region: str) -> Deployment:
    """Create the stack; raise TemplateError if moto made less than the template asks."""
    deployer = _Deployer(blueprint, parameters, region)
    deployer.create()
    deployer.check()
    deployer.set_table_options()
    deployer.set_bucket_options()
    functions = {name: deployer.function(name) for name in blueprint.code if deployer.has(name)}
    by_physical_name = {function.physical_name: function.name for function in functions.values()}
    by_arn = {function.arn: function.name for function in functions.values()}
    outputs = deployer.stacks[""].outputs or []
    return Deployment(
        functions={function.name: function for function in functions.values()},
        roles=roles(blueprint.root["Resources"], functions.values(), lambda value: deployer.resolve("", value)),
        sources=tuple(
            EventSource(
                function=by_physical_name.get(
                    mapping.properties["FunctionName"], by_arn.get(mapping.properties["FunctionName"], "?")
                ),
                source_arn=mapping.properties["EventSourceArn"],
                properties=mapping.properties,
            )
            for mapping in deployer.own("AWS::Lambda::EventSourceMapping")
            if mapping.properties.get("Enabled", True) in (True, "true")
        ),
        routes=tuple(_routes(blueprint, functions)),
        gateway=_gateway(blueprint),
        timers=tuple(_timers(deployer, by_arn)),
        profiles=_profiles(deployer),
        tables=tuple(deployer.physical("AWS::DynamoDB::Table").values()),
        queues=tuple(url.rsplit("/", 1)[-1] for url in deployer.physical("AWS::SQS::Queue").values()),
        keys=deployer.physical("AWS::KMS::Key"),
        outputs={output["OutputKey"]: output["OutputValue"] for output in outputs},
        left_out=blueprint.left_out,
    )


def _no_code() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("app.py", "# The local stage loads the code from the checkout.")
    return file.getvalue()


def _routes(blueprint: Blueprint, functions: Mapping[str, Function]) -> list[Route]:
    """Read the operations of the REST API from its OpenAPI body."""
    routes = []
    for resource in blueprint.own:
        if resource.type != "AWS::ApiGateway::RestApi":
            continue
        for path, operations in (resource.properties.get("Body") or {}).get("paths", {}).items():
            for verb, operation in operations.items():
                if not isinstance(operation, dict):
                    continue
                uri = json.dumps(operation.get("x-amazon-apigateway-integration", {}).get("uri", ""))
                named = re.search(r"\$\{(\w+)\.Arn\}", uri) or re.search(r'"Fn::GetAtt": \["(\w+)", "Arn"\]', uri)
                if named is None or named[1] not in functions:
                    raise TemplateError(f"REST API: {verb} {path} has no function of this template behind it")
                method = "ANY" if verb == "x-amazon-apigateway-any-method" else verb.upper()
                routes.append(Route(method=method, path=path, function=functions[named[1]].name))
    return routes


def _gateway(blueprint: Blueprint) -> Mapping[str, Any]:
    """Read what the REST API answers by itself from its OpenAPI body."""
    bodies = (one.properties.get("Body") or {} for one in blueprint.own if one.type == "AWS::ApiGateway::RestApi")
    return {kind: said for body in bodies for kind, said in body.get(GATEWAY_RESPONSES, {}).items()}


def _timers(deployer: _Deployer, by_arn: Mapping[str, str]) -> list[Timer]:
    """Read schedules of both kinds: EventBridge Scheduler's and the older rules."""
    timers = []
    for schedule in deployer.own("AWS::Scheduler::Schedule"):
        target = schedule.properties["Target"]
        if schedule.properties.get("State", "ENABLED") == "ENABLED":
            event = json.loads(target["Input"]) if "Input" in target else {}
            timers.append(_timer(schedule, by_arn[target["Arn"]], event))
    for rule in deployer.own("AWS::Events::Rule"):
        if "ScheduleExpression" not in rule.properties:
            raise TemplateError(f"{rule.logical_id}: the stage carries schedules, not event patterns")
        if rule.properties.get("State", "ENABLED") == "ENABLED":
            for target in rule.properties["Targets"]:
                event = json.loads(target["Input"]) if "Input" in target else None
                timers.append(_timer(rule, by_arn[target["Arn"]], event))
    return timers


def _timer(resource: Resource, function: str, event: Any) -> Timer:
    return Timer(
        name=resource.logical_id,
        function=function,
        expression=resource.properties["ScheduleExpression"],
        zone=resource.properties.get("ScheduleExpressionTimezone", "UTC"),
        event=event,
    )


def _profiles(deployer: _Deployer) -> dict[str, bytes]:
    """Return the hosted content of each AppConfig profile, under the profile's id and its name."""
    names = {}
    kinds = {}
    for profile in deployer.own("AWS::AppConfig::ConfigurationProfile"):
        names[profile.logical_id] = profile.properties["Name"]
        kinds[profile.logical_id] = profile.properties.get("Type", "AWS.Freeform")
    contents: dict[str, bytes] = {}
    for version in deployer.own("AWS::AppConfig::HostedConfigurationVersion"):
        profile_id = version.properties["ConfigurationProfileId"]
        content = version.properties["Content"]
        if kinds[profile_id] == "AWS.AppConfig.FeatureFlags":
            content = json.dumps(json.loads(content)["values"])
        contents[profile_id] = contents[names[profile_id]] = content.encode()
    return contents
