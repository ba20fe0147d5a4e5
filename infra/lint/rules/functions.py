"""Functions: alike where they can be, and each with its log."""

from collections import Counter
from collections.abc import Iterator

from infra.lint.templates import FUNCTION, Finding, House, Resource, listed
from infra.lint.values import parameter, pointed, text

LAYER = "AWS::Serverless::LayerVersion"
LOGS = "AWS::Logs::LogGroup"
DAYS = 30
LAYERS = 5


def functions_run_on_the_same(house: House) -> Iterator[Finding]:
    """Every function has the same runtime and architecture: the layers are built for one."""
    functions = list(house.of(FUNCTION))
    if not functions:
        return
    (usual, _), *_ = Counter(_machine(function) for function in functions).most_common(1)
    for function in functions:
        if _machine(function) != usual:
            yield function.breaks(f"runs on {_machine(function)}, the others on {usual}")


def layers_are_built_for_the_functions(house: House) -> Iterator[Finding]:
    """Every layer is built for the runtime and the architecture of the functions."""
    wanted = {_machine(function) for function in house.of(FUNCTION)}
    for layer in house.of(LAYER):
        runtime = ",".join(map(str, listed(layer.properties.get("CompatibleRuntimes"))))
        machine = f"{runtime} {(layer.whole.get('Metadata') or {}).get('BuildArchitecture')}"
        if machine not in wanted:
            yield layer.breaks(f"is built for {machine}, the functions run on {', '.join(sorted(wanted))}")


def functions_have_few_layers(house: House) -> Iterator[Finding]:
    """No function has more than five layers: AWS refuses the sixth, and says so when it is deployed."""
    for function in house.of(FUNCTION):
        if (many := len(listed(function.properties.get("Layers")))) > LAYERS:
            yield function.breaks(f"has {many} layers, where Lambda allows {LAYERS}: lay two of them together")


def reserved_concurrency_is_a_parameter(house: House) -> Iterator[Finding]:
    """Concurrency is reserved by a parameter or not at all, and never for a door of webhooks: who calls there is not ours to slow."""
    for function in house.of(FUNCTION):
        reserved = function.properties.get("ReservedConcurrentExecutions")
        if reserved is None:
            continue
        if "FunctionUrlConfig" in function.properties:
            yield function.breaks(
                "is a webhook's door: a limit of its own would refuse webhooks; no ReservedConcurrentExecutions"
            )
        elif parameter(house, function.stack, reserved) is None:
            yield function.breaks("ReservedConcurrentExecutions must be a parameter")


def functions_have_a_log_group(house: House) -> Iterator[Finding]:
    """Every function writes to a log group of these templates; one that Lambda makes by itself keeps everything for ever."""
    for function in house.of(FUNCTION):
        if _log_group(house, function) is None:
            yield function.breaks("has no log group: AWS::Logs::LogGroup, and LoggingConfig: LogGroup in the function")


def logs_are_kept_for_30_days(house: House) -> Iterator[Finding]:
    """Every log group forgets after thirty days."""
    for group in house.of(LOGS):
        if group.properties.get("RetentionInDays") != DAYS:
            yield group.breaks(f"RetentionInDays: {DAYS}")


def _machine(function: Resource) -> str:
    architectures = ",".join(map(str, listed(function.properties.get("Architectures")) or ["x86_64"]))
    return f"{function.properties.get('Runtime')} {architectures}"


def _log_group(house: House, function: Resource) -> Resource | None:
    """The group that a function names, or the one that has the name which Lambda would choose."""
    named = (function.properties.get("LoggingConfig") or {}).get("LogGroup")
    if (found := pointed(house, function.stack, named)) is not None and found.type == LOGS:
        return found
    own = text(house, function.stack, {"Ref": function.name})
    name = f"/aws/lambda/{own}" if named is None else text(house, function.stack, named)
    return next((group for group in house.of(LOGS) if _name(house, group) == name), None)


def _name(house: House, group: Resource) -> str:
    return text(house, group.stack, group.properties.get("LogGroupName"))
