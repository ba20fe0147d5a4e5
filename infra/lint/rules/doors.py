"""Doors: what anyone on the internet may call is named, and nothing else is open."""

from collections.abc import Iterator
from typing import Any

from infra.lint.apis import API, open_routes
from infra.lint.templates import FUNCTION, Finding, House, listed

BUCKET = "AWS::S3::Bucket"
BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
# What may be open to the internet and has no rule here. AWS::Serverless::Api and AWS::S3::Bucket have one.
UNKNOWN = (
    "AWS::Amplify::",
    "AWS::ApiGateway::",
    "AWS::ApiGatewayV2::",
    "AWS::AppSync::",
    "AWS::CloudFront::",
    "AWS::EC2::",
    "AWS::ECS::",
    "AWS::ElasticLoadBalancing",
    "AWS::IoT::",
    "AWS::Lambda::Url",
    "AWS::OpenSearchService::",
    "AWS::RDS::",
    "AWS::Serverless::GraphQLApi",
    "AWS::Serverless::HttpApi",
    "AWS::Serverless::WebSocketApi",
)


def function_urls_are_named_doors(house: House) -> Iterator[Finding]:
    """A function's URL is open to all only if the function names the paths that it serves (`Metadata: HaatPaths`)."""
    for function in house.of(FUNCTION):
        url = function.properties.get("FunctionUrlConfig")
        paths = (function.whole.get("Metadata") or {}).get("HaatPaths")
        if url is not None and url.get("AuthType") != "AWS_IAM" and not paths:
            yield function.breaks(
                "its URL is open to all and it is no named door: Metadata: HaatPaths, or no FunctionUrlConfig"
            )


def buckets_are_closed(house: House) -> Iterator[Finding]:
    """No bucket can be made public."""
    for bucket in house.of(BUCKET):
        block = bucket.properties.get("PublicAccessBlockConfiguration") or {}
        if missing := [name for name in BLOCKS if block.get(name) is not True]:
            yield bucket.breaks(f"could be made public: PublicAccessBlockConfiguration: {', '.join(missing)}: true")


def no_policy_is_for_everyone(house: House) -> Iterator[Finding]:
    """No policy of a resource lets everyone in."""
    for resource in house.resources.values():
        for part in _parts(resource.properties):
            who = part.get("Principal")
            everyone = "*" in (listed(who["AWS"]) if isinstance(who, dict) and "AWS" in who else [who])
            if part.get("Effect", "Allow") == "Allow" and everyone:
                yield resource.breaks("a statement is for everyone (Principal *): name who may")


def routes_ask_who_calls(house: House) -> Iterator[Finding]:
    """An API's route is open to all only where its document says so: `security: []` in that very operation."""
    for api in house.of(API):
        for route in open_routes(house, api):
            yield api.breaks(f"{route} asks nobody who they are: a security scheme, or `security: []` in the operation")


def functions_are_reached_by_known_doors(house: House) -> Iterator[Finding]:
    """A function's HTTP event names the API whose document has the route: SAM would make an open API of its own."""
    for function in house.of(FUNCTION):
        for name, event in (function.properties.get("Events") or {}).items():
            if event["Type"] in {"Api", "HttpApi"} and "RestApiId" not in (event.get("Properties") or {}):
                yield function.breaks(
                    f"event {name} makes an API of its own, open to all: name the one with our document (RestApiId)"
                )


def doors_are_of_known_kinds(house: House) -> Iterator[Finding]:
    """What may be open to the internet is of a kind that these rules can judge."""
    for resource in house.resources.values():
        if resource.type.startswith(UNKNOWN):
            yield resource.breaks(
                f"may be open to all, and no rule judges {resource.type}: write one in infra/lint/rules/doors.py first"
            )


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every mapping in a resource's properties that has a principal."""
    match value:
        case dict():
            if "Principal" in value:
                yield value
            for part in value.values():
                yield from _parts(part)
        case list():
            for part in value:
                yield from _parts(part)
        case _:
            pass
