"""Violations of the rules about queues."""

from tests.unit.lint.plants.planting import Plant, drop, put, silence

PLANTS = [
    Plant(
        rule="queues.working_queues_have_a_dlq",
        edits=(drop("Status", "RedrivePolicy"),),
        found=("Status: has no dead-letter queue: give it a RedrivePolicy to a queue of the same templates",),
    ),
    Plant(
        rule="queues.working_queues_have_a_dlq",
        edits=(put("Status", "RedrivePolicy", "deadLetterTargetArn", value={"Fn::GetAtt": ["DueDlq", "Arn"]}),),
        found=(
            "Status: its dead-letter queue must be named haat-${Stage}-conversation-status-dlq: one queue, one DLQ",
        ),
    ),
    Plant(
        rule="queues.dlqs_are_fed",
        edits=(drop("OutboxRelay", "Policies"),),
        found=("OutboxDlq: nothing is set aside here: redrive a queue to it, or take it away",),
    ),
    Plant(
        rule="queues.dlqs_are_of_their_queues_kind",
        edits=(drop("InboundDlq", "FifoQueue"),),
        found=("Inbound: InboundDlq must be FIFO as its queue is, or not as it is not: SQS refuses the pair",),
    ),
    Plant(
        rule="queues.dlqs_keep_as_long",
        edits=(drop("DueDlq", "MessageRetentionPeriod"),),
        found=("DueDlq: forgets after 345600 s, Due after 1209600 s: raise MessageRetentionPeriod",),
    ),
    Plant(
        rule="queues.messages_get_their_chances",
        edits=(put("Inbound", "RedrivePolicy", "maxReceiveCount", value=4),),
        found=("Inbound: maxReceiveCount is 4: at least 5",),
    ),
    Plant(
        rule="queues.queues_are_encrypted",
        edits=(put("Outbound", "SqsManagedSseEnabled", value=False),),
        found=("Outbound: is not encrypted by its template: SqsManagedSseEnabled: true",),
    ),
    Plant(
        rule="queues.dlqs_ring",
        edits=(silence("conversation-status-dlq", "ApproximateNumberOfMessagesVisible"),),
        found=("StatusDlq: no alarm rings when something lies in it: ApproximateNumberOfMessagesVisible >= 1",),
    ),
    Plant(
        rule="queues.dlqs_ring",
        edits=(put("StatusDlqNotEmpty", "ComparisonOperator", value="GreaterThanThreshold"),),
        found=("StatusDlq: no alarm rings when something lies in it: ApproximateNumberOfMessagesVisible >= 1",),
    ),
    Plant(
        rule="queues.waiting_rings",
        edits=(silence("conversation-due", "ApproximateAgeOfOldestMessage"),),
        found=("Due: no alarm on the age of its oldest message: ApproximateAgeOfOldestMessage",),
    ),
]
