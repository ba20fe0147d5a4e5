"""How a new version takes over: at once without CodeDeploy, or step by step with alarms that roll back."""

import copy
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.lint.templates import FUNCTION, load
from infra.local.template import translate

ROOT = Path(__file__).parents[2]
HOUSE = load(ROOT)
FUNCTIONS = {function.name for function in HOUSE.of(FUNCTION)}
ROLLOUTS = HOUSE.parameters("")["Rollout"]["AllowedValues"]
GRADUAL = [rollout for rollout in ROLLOUTS if rollout != "AllAtOnce"]
CONFIG = tomllib.loads((ROOT / "samconfig.toml").read_text())
STAGES = [stage for stage in CONFIG if stage != "version"]


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SAM transform wants to know where it is."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")


def packaged() -> dict[str, Any]:
    """The template as `sam package` uploads it: addresses in S3 instead of paths."""
    document: dict[str, Any] = copy.deepcopy(dict(HOUSE.documents["template.yaml"]))
    for resource in document["Resources"].values():
        for name in {"CodeUri", "ContentUri", "Location"} & set(resource["Properties"]):
            resource["Properties"][name] = f"s3://bucket/{resource['Properties'][name]}"
    return document


def deployed(document: dict[str, Any] | None = None, **parameters: str) -> dict[str, Any]:
    """The resources that CloudFormation is asked for."""
    resources: dict[str, Any] = translate(document or packaged(), {"Stage": "dev", **parameters})["Resources"]
    return resources


def of(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    """The resources of one type."""
    return {name: resource for name, resource in resources.items() if resource["Type"] == kind}


def versions(resources: dict[str, Any]) -> dict[str, tuple[str, Any]]:
    """What makes AWS publish a version, for each function: the version's own name, and what describes it."""
    return {
        version["Properties"]["FunctionName"]["Ref"]: (name, version["Properties"].get("Description"))
        for name, version in of(resources, "AWS::Lambda::Version").items()
    }


def test_stage_that_switches_at_once_has_no_codedeploy() -> None:
    """With the parameters' defaults nothing of CodeDeploy is asked for, not even its role."""
    resources = deployed()
    assert not [name for name, resource in resources.items() if "CodeDeploy" in name + resource["Type"]]
    assert {
        alias["Properties"]["FunctionName"]["Ref"] for alias in of(resources, "AWS::Lambda::Alias").values()
    } == FUNCTIONS


@pytest.mark.parametrize("rollout", GRADUAL)
def test_gradual_rollout_watches_alarms_of_the_function(rollout: str) -> None:
    """Each function has a deployment group with alarms that exist and are about that function, and goes back when one rings."""
    resources = deployed(Rollout=rollout)
    alarms = {alarm.properties["AlarmName"]["Fn::Sub"] for alarm in HOUSE.of("AWS::CloudWatch::Alarm")}
    groups = of(resources, "AWS::CodeDeploy::DeploymentGroup")
    assert set(groups) == {f"{function}DeploymentGroup" for function in FUNCTIONS}
    for name, group in groups.items():
        properties = group["Properties"]
        watched = {alarm["Name"]["Fn::Sub"] for alarm in properties["AlarmConfiguration"]["Alarms"]}
        own = HOUSE.resources["", name.removesuffix("DeploymentGroup")].properties["FunctionName"]["Fn::Sub"]
        assert f"{own}-errors" in watched <= alarms
        assert all(alarm.startswith(f"{own}-") for alarm in watched)
        assert "DEPLOYMENT_STOP_ON_ALARM" in properties["AutoRollbackConfiguration"]["Events"]
        assert rollout in str(properties["DeploymentConfigName"])
    for alias in of(resources, "AWS::Lambda::Alias").values():
        assert "CodeDeployLambdaAliasUpdate" in alias["UpdatePolicy"]


def test_nobody_calls_a_function_but_by_its_alias() -> None:
    """Queues, streams and the public door lead to the version that is live, never to one that is on its way."""
    resources = deployed()
    callers = ("AWS::Lambda::EventSourceMapping", "AWS::Lambda::Url", "AWS::Lambda::Permission")
    for kind in callers:
        for name, resource in of(resources, kind).items():
            properties = resource["Properties"]
            called = properties.get("FunctionName") or properties["TargetFunctionArn"]
            assert called["Ref"].removesuffix("Aliaslive") in FUNCTIONS, name
            assert called["Ref"].endswith("Aliaslive"), name


@pytest.mark.parametrize("layer", [layer.name for layer in HOUSE.of("AWS::Serverless::LayerVersion")])
def test_new_layer_is_a_new_version_of_each_function(layer: str) -> None:
    """Our code lies in a layer: a change of it alone must go live, in each function that loads the layer."""
    document = packaged()
    document["Resources"][layer]["Properties"]["ContentUri"] = "s3://bucket/other"
    before, after = versions(deployed()), versions(deployed(document))
    loading = {function.name for function in HOUSE.of(FUNCTION) if layer in str(function.properties["Layers"])}
    assert loading
    assert {function for function in before if before[function] != after[function]} == loading


def parameters_of_functions() -> Iterator[tuple[str, str]]:
    """Each parameter in a function's own properties; the stage's name never changes, and concurrency is the mapping's."""
    for function in HOUSE.of(FUNCTION):
        properties = {
            name: value
            for name, value in function.properties.items()
            if name in ("Environment", "MemorySize", "Timeout")
        }
        for name in HOUSE.parameters(""):
            if name != "Stage" and (f"'Ref': '{name}'" in str(properties) or f"${{{name}}}" in str(properties)):
                yield function.name, name


def test_parameters_of_functions_are_found() -> None:
    """The next test is about something."""
    assert ("OutboundMessage", "GraphVersion") in set(parameters_of_functions())


@pytest.mark.parametrize(("function", "parameter"), list(parameters_of_functions()))
def test_new_value_of_a_parameter_is_a_new_version(function: str, parameter: str) -> None:
    """CloudFormation publishes a version when its description changes; the transform itself sees no new value."""
    _, description = versions(deployed())[function]
    assert f"${{{parameter}}}" in str(description)


@pytest.mark.parametrize("stage", STAGES)
def test_stage_of_samconfig_is_one_of_the_template(stage: str) -> None:
    """Each parameter is one that the template has, with a value that it allows."""
    given = dict(pair.split("=", 1) for pair in CONFIG[stage]["deploy"]["parameters"]["parameter_overrides"])
    declared = HOUSE.parameters("")
    assert given["Stage"] == stage
    assert CONFIG[stage]["deploy"]["parameters"]["stack_name"] == f"haat-{stage}"
    for name, value in given.items():
        assert value in declared[name].get("AllowedValues", [value])
    assert {name for name, parameter in declared.items() if "Default" not in parameter} <= set(given)


def test_samconfig_has_every_stage_but_the_local_one() -> None:
    """A stage that the template allows can be deployed by its name."""
    assert {*STAGES, "local"} == set(HOUSE.parameters("")["Stage"]["AllowedValues"])


def test_prod_is_asked_about_protected_and_gradual() -> None:
    """Nobody's customers meet a new version before a tenth of them did, and nothing happens there without a yes."""
    prod = CONFIG["prod"]["deploy"]["parameters"]
    given = dict(pair.split("=", 1) for pair in prod["parameter_overrides"])
    assert prod["confirm_changeset"] is True
    assert (given["ProtectData"], given["Rollout"] in GRADUAL) == ("true", True)
