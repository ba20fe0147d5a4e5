"""Violations of the rules about permissions."""

from tests.unit.lint.plants.planting import Plant, add, allow, put

TABLE = {"Fn::GetAtt": ["Stateful", "Outputs.BusinessTableArn"]}

PLANTS = [
    Plant(
        rule="permissions.policies_are_written_out",
        edits=(put("MessageStatus", "Policies", value=["AmazonDynamoDBReadOnlyAccess"]),),
        found=("MessageStatus: policy AmazonDynamoDBReadOnlyAccess is written elsewhere: write its statements out",),
    ),
    Plant(
        rule="permissions.policies_are_written_out",
        edits=(put("MessageStatus", "Policies", value=[{"DynamoDBCrudPolicy": {"TableName": "haat"}}]),),
        found=("MessageStatus: policy DynamoDBCrudPolicy is written elsewhere: write its statements out",),
    ),
    Plant(
        rule="permissions.policies_are_written_out",
        edits=(put("AutoReply", "Role", value="arn:aws:iam::000000000000:role/other"),),
        found=("AutoReply: takes a role from elsewhere: give it Policies, so that the role is its own",),
    ),
    Plant(
        rule="permissions.actions_have_no_wildcard",
        edits=(allow("AutoReply", "dynamodb:*", TABLE),),
        found=("AutoReply: may do dynamodb:*: name each action",),
    ),
    Plant(
        rule="permissions.actions_have_no_wildcard",
        edits=(allow("AutoReply", ["dynamodb:GetItem", "dynamodb:Get?tem"], TABLE),),
        found=("AutoReply: may do dynamodb:Get?tem: name each action",),
    ),
    Plant(
        rule="permissions.resources_have_no_wildcard",
        edits=(allow("AutoReply", "dynamodb:Query", {"Fn::Sub": ["${Table}/index/*", {"Table": TABLE}]}),),
        found=("AutoReply: may act on ${Stateful.BusinessTable.Arn}/index/*: name each resource",),
    ),
    Plant(
        rule="permissions.resources_have_no_wildcard",
        edits=(
            add(
                "Role",
                "AWS::IAM::Role",
                file="infra/stateful.yaml",
                Policies=[{"PolicyDocument": {"Statement": {"Action": "kms:Decrypt", "Resource": "*"}}}],
            ),
        ),
        found=("Role: may act on *: name each resource",),
    ),
    Plant(
        rule="permissions.statements_say_what_is_allowed",
        edits=(allow("AutoReply", None, TABLE), allow("AutoReply", "dynamodb:GetItem", None)),
        found=(
            "AutoReply: a statement names no Action: say what it allows, not what it leaves out",
            "AutoReply: a statement names no Resource: say what it allows, not what it leaves out",
        ),
    ),
]
