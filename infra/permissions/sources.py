"""What AWS itself needs of a function's role: for its log, to bring events, to stand in a VPC. No code of ours makes these calls.

SAM attaches AWS's own policies for that, and they hold for every queue, stream and log of the account. Their actions are
those of the "AWS Managed Policy Reference".
"""

from collections.abc import Iterable, Mapping

_LOG = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")

BASIC, VPC = "AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole"
BY_SERVICE: Mapping[str, str] = {
    "sqs": "AWSLambdaSQSQueueExecutionRole",
    "dynamodb": "AWSLambdaDynamoDBExecutionRole",
}
ACTIONS: Mapping[str, tuple[str, ...]] = {
    BASIC: _LOG,
    "AWSLambdaSQSQueueExecutionRole": (*_LOG, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "AWSLambdaDynamoDBExecutionRole": (
        *_LOG, "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
    ),
    VPC: (
        *_LOG, "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets",
        "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
    ),
}  # fmt: skip


def needed_by_aws(sources: Iterable[str], *, vpc: bool = False) -> dict[str, str]:
    """Return the policies that a function must have, and what each is for; `sources` are addresses of what wakes it.

    `vpc`: it may stand in a VPC. SAM attaches that policy whatever the parameter says.
    """
    found = {BASIC: "to write its log"} | ({VPC: "to stand in a VPC, where a parameter says so"} if vpc else {})
    for source in sources:
        service, name = source.split(":")[2], source.split(":", 5)[5]
        policy = BY_SERVICE.get(service, f"a policy for {service}, which infra/permissions/sources.py does not know")
        told = name.partition("/stream/")[0] + " stream" if "/stream/" in name else name
        found[policy] = f"{found[policy]}, {told}" if policy in found else f"to be woken by {told}"
    return found
