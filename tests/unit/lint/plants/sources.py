"""Violations of the rules about event sources."""

from tests.unit.lint.plants.planting import Plant, drop, put

PLANTS = [
    Plant(
        rule="sources.queues_are_consumed",
        edits=(drop("AutoReply", "Events", "Due"),),
        found=("Due: no function takes from it: give one an SQS event, or take the queue away",),
    ),
    Plant(
        rule="sources.sources_are_ours",
        edits=(put("AutoReply", "Events", "Due", "Properties", "Queue", value="arn:aws:sqs:::elsewhere"),),
        found=(
            "AutoReply: event Due: takes from a queue that is not in these templates",
            "Due: no function takes from it: give one an SQS event, or take the queue away",
        ),
    ),
    Plant(
        rule="sources.messages_stay_hidden_long_enough",
        edits=(put("Outbound", "VisibilityTimeout", value=359),),
        found=("Outbound: VisibilityTimeout is 359; OutboundMessage needs 360 (6 timeouts)",),
    ),
    Plant(
        rule="sources.messages_stay_hidden_long_enough",
        edits=(put("MessageStatus", "Events", "Status", "Properties", "MaximumBatchingWindowInSeconds", value=1),),
        found=("Status: VisibilityTimeout is 180; MessageStatus needs 181 (6 timeouts)",),
    ),
    Plant(
        rule="sources.concurrency_is_a_parameter",
        edits=(put("AutoReply", "Events", "Inbound", "Properties", "ScalingConfig", "MaximumConcurrency", value=20),),
        found=("AutoReply: event Inbound: ScalingConfig: MaximumConcurrency must be a parameter",),
    ),
    Plant(
        rule="sources.concurrency_is_a_parameter",
        edits=(lambda documents: documents["template.yaml"]["Parameters"]["DoorConcurrency"].update(MinValue=1),),
        found=tuple(
            f"{function}: event {event}: its concurrency's parameter must have a Default and a MinValue of at least 2"
            for function, event in (
                ("AutoReply", "Inbound"),
                ("AutoReply", "Due"),
                ("OutboundMessage", "Outbound"),
                ("OutboundMessage", "Profile"),
                ("MessageStatus", "Status"),
                ("MerchantNotice", "Notice"),
                ("PaymentSettlement", "Evidence"),
                ("PaymentBankCall", "Bank"),
                ("PaymentReconciler", "Due"),
                ("VerificationRequest", "Request"),
            )
        ),
    ),
    Plant(
        rule="sources.batches_fail_in_part",
        edits=(drop("MessageStatus", "Events", "Status", "Properties", "FunctionResponseTypes"),),
        found=(
            (
                "MessageStatus: event Status: FunctionResponseTypes: [ReportBatchItemFailures];"
                " else one failure repeats its whole batch"
            ),
        ),
    ),
    Plant(
        rule="sources.batches_are_of_a_size_that_aws_takes",
        edits=(put("AutoReply", "Events", "Inbound", "Properties", "BatchSize", value=11),),
        found=("AutoReply: event Inbound: a FIFO queue gives at most 10, and has no MaximumBatchingWindowInSeconds",),
    ),
    Plant(
        rule="sources.batches_are_of_a_size_that_aws_takes",
        edits=(put("AutoReply", "Events", "Due", "Properties", "BatchSize", value=11),),
        found=("AutoReply: event Due: BatchSize 11 needs a MaximumBatchingWindowInSeconds",),
    ),
    *(
        Plant(
            rule="sources.streams_lose_no_row",
            edits=(edit,),
            found=(
                (
                    "OutboxRelay: event ConversationRows: gives rows up: MaximumRetryAttempts: -1 and no"
                    " MaximumRecordAgeInSeconds, or a queue in OnFailure"
                ),
            ),
        )
        for edit in (
            drop("OutboxRelay", "Events", "ConversationRows", "Properties", "MaximumRetryAttempts"),
            put("OutboxRelay", "Events", "ConversationRows", "Properties", "MaximumRecordAgeInSeconds", value=60),
        )
    ),
    Plant(
        rule="sources.streams_start_at_their_beginning",
        edits=(put("OutboxRelay", "Events", "ConversationRows", "Properties", "StartingPosition", value="LATEST"),),
        found=(
            (
                "OutboxRelay: event ConversationRows: StartingPosition: TRIM_HORIZON;"
                " else rows written during a deployment are never seen"
            ),
        ),
    ),
    Plant(
        rule="sources.streams_bisect",
        edits=(drop("OutboxRelay", "Events", "ConversationRows", "Properties", "BisectBatchOnFunctionError"),),
        found=(
            "OutboxRelay: event ConversationRows: BisectBatchOnFunctionError: true; else one row holds up all of its batch",
        ),
    ),
]
