"""Violations of the rules about what anyone on the internet may call."""

from typing import Any

from tests.unit.lint.plants.planting import Documents, Plant, add, drop, put

API = "AWS::Serverless::Api"
CLOSED = dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls"), True)


def route(**operation: Any) -> dict[str, Any]:
    """A document with one route."""
    return {"security": [{"merchant": []}], "paths": {"/shops": {"get": operation}}}


def beside(documents: Documents) -> None:
    """A document in a file of its own, with an open and a closed route."""
    paths: dict[str, Any] = {"/shops": {"get": {}, "post": {"security": [{"merchant": []}]}}}
    documents["infra/planted.yaml"] = {"openapi": "3.0.1", "paths": paths}


def unnamed(what: str) -> str:
    """What is said of an open route of the API."""
    return f"Api: {what} asks nobody who they are: a security scheme, or `security: []` in the operation"


def include(file: str) -> dict[str, Any]:
    """A document from a file, as SAM includes it."""
    return {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": file}}}


PLANTS = [
    Plant(
        rule="doors.function_urls_are_named_doors",
        edits=(put("AutoReply", "FunctionUrlConfig", value={"AuthType": "NONE"}),),
        found=(
            "AutoReply: its URL is open to all and it is no named door: Metadata: HaatPaths, or no FunctionUrlConfig",
        ),
    ),
    Plant(
        rule="doors.function_urls_are_named_doors",
        edits=(drop("InboundMessage", "Metadata"),),
        found=(
            (
                "InboundMessage: its URL is open to all and it is no named door:"
                " Metadata: HaatPaths, or no FunctionUrlConfig"
            ),
        ),
    ),
    Plant(
        rule="doors.buckets_are_closed",
        edits=(
            add("Pictures", "AWS::S3::Bucket", PublicAccessBlockConfiguration=CLOSED),
            put("Pictures", "DeletionPolicy", value="Retain"),
            put("Pictures", "UpdateReplacePolicy", value="Retain"),
        ),
        found=("Pictures: could be made public: PublicAccessBlockConfiguration: RestrictPublicBuckets: true",),
    ),
    Plant(
        rule="doors.no_policy_is_for_everyone",
        edits=(
            add(
                "Policy",
                "AWS::SQS::QueuePolicy",
                PolicyDocument={
                    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sqs:SendMessage"}]
                },
            ),
        ),
        found=("Policy: a statement is for everyone (Principal *): name who may",),
    ),
    Plant(
        rule="doors.no_policy_is_for_everyone",
        edits=(add("May", "AWS::Lambda::Permission", Action="lambda:InvokeFunction", Principal="*"),),
        found=("May: a statement is for everyone (Principal *): name who may",),
    ),
    Plant(
        rule="doors.routes_ask_who_calls",
        edits=(add("Api", API, DefinitionBody={"paths": {"/shops": {"get": {}}}}),),
        found=(unnamed("GET /shops"),),
    ),
    Plant(
        rule="doors.routes_ask_who_calls",
        edits=(add("Api", API, DefinitionBody=route(security=[{"merchant": []}, {}])),),
        found=(unnamed("GET /shops"),),
    ),
    Plant(
        rule="doors.routes_ask_who_calls",
        edits=(add("Api", API, DefinitionBody=include("infra/planted.yaml")), beside),
        found=(unnamed("GET /shops"),),
    ),
    Plant(rule="doors.routes_ask_who_calls", edits=(add("Api", API),), found=(unnamed("whatever it serves"),)),
    Plant(
        rule="doors.functions_are_reached_by_known_doors",
        edits=(put("AutoReply", "Events", "Web", value={"Type": "Api", "Properties": {"Path": "/", "Method": "get"}}),),
        found=(
            "AutoReply: event Web makes an API of its own, open to all: name the one with our document (RestApiId)",
        ),
    ),
    Plant(
        rule="doors.doors_are_of_known_kinds",
        edits=(add("Web", "AWS::Serverless::HttpApi"),),
        found=(
            (
                "Web: may be open to all, and no rule judges AWS::Serverless::HttpApi:"
                " write one in infra/lint/rules/doors.py first"
            ),
        ),
    ),
]

# What looks like a violation and is none.
HARMLESS = {
    "a route that says itself that it is open": add("Api", API, DefinitionBody=route(security=[])),
    "a route under the document's security": add("Api", API, DefinitionBody=route()),
    "a URL that asks for a signature": put("AutoReply", "FunctionUrlConfig", value={"AuthType": "AWS_IAM"}),
}
