"""Violations of the rules about functions, alarms and names."""

from tests.unit.lint.plants.planting import Documents, Plant, add, drop, put, resource


def without_log_groups(documents: Documents) -> None:
    """Take away every log group that is AutoReply's, whichever way it is tied to it."""
    resource(documents, "AutoReply")["Properties"]["LoggingConfig"] = {"LogGroup": "elsewhere"}


PLANTS = [
    Plant(
        rule="functions.functions_run_on_the_same",
        edits=(put("AutoReply", "Runtime", value="python3.12"),),
        found=("AutoReply: runs on python3.12 arm64, the others on python3.13 arm64",),
    ),
    Plant(
        rule="functions.functions_run_on_the_same",
        edits=(put("AutoReply", "Architectures", value=["x86_64"]),),
        found=("AutoReply: runs on python3.13 x86_64, the others on python3.13 arm64",),
    ),
    Plant(
        rule="functions.layers_are_built_for_the_functions",
        edits=(put("HotLayer", "Metadata", "BuildArchitecture", value="x86_64"),),
        found=("HotLayer: is built for python3.13 x86_64, the functions run on python3.13 arm64",),
    ),
    Plant(
        rule="functions.functions_have_few_layers",
        edits=(put("MerchantApi", "Layers", value=[{"Ref": "ApiLayer"}] * 4),),
        found=("MerchantApi: has 6 layers, where Lambda allows 5: lay two of them together",),
    ),
    Plant(
        rule="functions.reserved_concurrency_is_a_parameter",
        edits=(put("InboundMessage", "ReservedConcurrentExecutions", value={"Ref": "DoorConcurrency"}),),
        found=(
            (
                "InboundMessage: is a webhook's door: a limit of its own would refuse webhooks;"
                " no ReservedConcurrentExecutions"
            ),
        ),
    ),
    Plant(
        rule="functions.reserved_concurrency_is_a_parameter",
        edits=(put("AutoReply", "ReservedConcurrentExecutions", value=5),),
        found=("AutoReply: ReservedConcurrentExecutions must be a parameter",),
    ),
    Plant(
        rule="functions.functions_have_a_log_group",
        edits=(without_log_groups,),
        found=("AutoReply: has no log group: AWS::Logs::LogGroup, and LoggingConfig: LogGroup in the function",),
    ),
    Plant(
        rule="functions.logs_are_kept_for_30_days",
        edits=(add("More", "AWS::Logs::LogGroup", LogGroupName={"Fn::Sub": "haat-${Stage}-more"}),),
        found=("More: RetentionInDays: 30",),
    ),
    Plant(
        rule="kinds.kinds_are_judged",
        edits=(add("Plain", "AWS::Lambda::Function", file="infra/queues.yaml"),),
        found=(
            "Plain: AWS::Lambda::Function escapes the house rules: write an AWS::Serverless::Function in template.yaml",
        ),
    ),
    Plant(
        rule="kinds.kinds_are_judged",
        edits=(put("AutoReply", "Connectors", value={}),),
        found=("AutoReply: Connectors escape the house rules: write Policies of the function, written out",),
    ),
    *(
        Plant(
            rule="alarms.alarms_act",
            edits=(edit,),
            found=("RelayBehind: rings and nobody hears it: AlarmActions with a topic of these templates",),
        )
        for edit in (
            drop("RelayBehind", "AlarmActions"),
            put("RelayBehind", "ActionsEnabled", value=False),
            put("RelayBehind", "AlarmActions", value=["arn:aws:sns:::elsewhere"]),
        )
    ),
    Plant(
        rule="alarms.alarms_watch_what_is_there",
        edits=(put("RelayBehind", "Dimensions", value=[{"Name": "FunctionName", "Value": "outbox_rely"}]),),
        found=("RelayBehind: watches FunctionName outbox_rely, which these templates do not have",),
    ),
    Plant(
        rule="alarms.alarms_count_what_functions_count",
        edits=(put("RelayNotPublished", "Namespace", value="Hat"),),
        found=("RelayNotPublished: watches the namespace Hat; functions count in Haat/${Stage}",),
    ),
    Plant(
        rule="names.names_begin_with_the_stage",
        edits=(put("TokenKey", "Name", value="tokens"), put("Application", "Name", value="haat-prod")),
        found=(
            "Application: is named haat-prod: begin with haat-${Stage}-",
            "TokenKey: is named tokens: begin with haat-${Stage}-",
        ),
    ),
    Plant(
        rule="names.nested_stacks_know_their_stage",
        edits=(put("Flags", "Parameters", "Stage", value="dev"),),
        found=(
            "Application: is named haat-dev: begin with haat-${Stage}-",
            "Flags: Parameters: Stage: !Ref Stage",
            "Rollout: is named haat-dev-at-once: begin with haat-${Stage}-",
        ),
    ),
]
