"""Which types of resources moto makes, which the stage does itself, and which are left out on purpose.

moto leaves out in silence what it does not know, so every type of the template stands on one of these lists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MADE_BY_MOTO = frozenset(
    {
        "AWS::CloudFormation::Stack",
        "AWS::DynamoDB::Table",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::KMS::Alias",
        "AWS::KMS::Key",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::SSM::Parameter",
    }
)

# moto can't, or does it in a way that would be in the way: it swallows the messages of a mapping, for one.
DONE_BY_STAGE = frozenset(
    {
        "AWS::ApiGateway::Deployment",
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGateway::Stage",
        "AWS::AppConfig::Application",
        "AWS::AppConfig::ConfigurationProfile",
        "AWS::AppConfig::Deployment",
        "AWS::AppConfig::DeploymentStrategy",
        "AWS::AppConfig::Environment",
        "AWS::AppConfig::HostedConfigurationVersion",
        "AWS::Events::Rule",
        "AWS::Lambda::Alias",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::LayerVersion",
        "AWS::Lambda::Url",
        "AWS::Lambda::Version",
        "AWS::Scheduler::Schedule",
    }
)

LEFT_OUT: Mapping[str, str] = {
    "AWS::ApiGateway::Account": "only says where API Gateway logs",
    "AWS::ApiGateway::GatewayResponse": "the front answers by what the document has for it",
    "AWS::ApiGateway::UsagePlan": "nothing is throttled here but by hand",
    "AWS::CloudWatch::Alarm": "nothing measures here; tests read the alarms from the template",
    "AWS::CloudWatch::CompositeAlarm": "nothing measures here; tests read the alarms from the template",
    "AWS::CloudWatch::Dashboard": "nothing measures here",
    "AWS::Lambda::EventInvokeConfig": "only for asynchronous calls, which nothing makes here",
    "AWS::Lambda::Permission": "who may call a function is not enforced here",
    "AWS::Logs::MetricFilter": "nothing measures here",
    "AWS::S3::BucketPolicy": "access is not enforced here",
    "AWS::SNS::TopicPolicy": "access is not enforced here",
    "AWS::SQS::QueuePolicy": "access is not enforced here",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource that the stage does itself; `stack` is "" or the nested stack's logical id."""

    stack: str
    logical_id: str
    type: str
    properties: dict[str, Any]
    condition: str | None
