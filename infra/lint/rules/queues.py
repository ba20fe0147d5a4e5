"""Queues: what can't be handled is kept apart, and somebody hears of it."""

from collections.abc import Iterator

from infra.lint.alarms import watches
from infra.lint.grants import grants
from infra.lint.templates import FUNCTION, Finding, House, Resource
from infra.lint.values import pointed, text

QUEUE = "AWS::SQS::Queue"
DAY = 86_400
AWS_KEEPS = 4 * DAY  # seconds, where a queue does not say how long
FEWEST_RECEIVES = 5


def working_queues_have_a_dlq(house: House) -> Iterator[Finding]:
    """Every queue has a dead-letter queue of its own, or is one by its name (`-dlq`)."""
    for queue in _working(house):
        dlq = _dlq(house, queue)
        if dlq is None:
            yield queue.breaks("has no dead-letter queue: give it a RedrivePolicy to a queue of the same templates")
        elif _name(house, dlq) != _dlq_name(_name(house, queue)):
            yield queue.breaks(
                f"its dead-letter queue must be named {_dlq_name(_name(house, queue))}: one queue, one DLQ"
            )


def dlqs_are_fed(house: House) -> Iterator[Finding]:
    """Every dead-letter queue gets something: from a queue, or from a function that may send to it."""
    fed = {dlq.key for queue in house.of(QUEUE) if (dlq := _dlq(house, queue))}
    for function in house.of(FUNCTION):
        for grant in grants(function):
            if any(action.lower().startswith("sqs:sendmessage") for action in grant.actions):
                fed |= {found.key for place in grant.resources if (found := pointed(house, function.stack, place))}
    for queue in _dead(house):
        if queue.key not in fed:
            yield queue.breaks("nothing is set aside here: redrive a queue to it, or take it away")


def dlqs_are_of_their_queues_kind(house: House) -> Iterator[Finding]:
    """The dead-letter queue of a FIFO queue is FIFO, and that of another is not."""
    for queue in _working(house):
        dlq = _dlq(house, queue)
        if dlq is not None and _fifo(dlq) != _fifo(queue):
            yield queue.breaks(f"{dlq.name} must be FIFO as its queue is, or not as it is not: SQS refuses the pair")


def dlqs_keep_as_long(house: House) -> Iterator[Finding]:
    """A dead-letter queue keeps messages at least as long as its queue: their age counts from the first queue on."""
    for queue in _working(house):
        dlq = _dlq(house, queue)
        if dlq is not None and _kept(dlq) < _kept(queue):
            yield dlq.breaks(
                f"forgets after {_kept(dlq)} s, {queue.name} after {_kept(queue)} s: raise MessageRetentionPeriod"
            )


def messages_get_their_chances(house: House) -> Iterator[Finding]:
    """A message comes at least five times before it is set aside: a throttled function uses receives up too."""
    for queue in _working(house):
        receives = (queue.properties.get("RedrivePolicy") or {}).get("maxReceiveCount", FEWEST_RECEIVES)
        if int(receives) < FEWEST_RECEIVES:
            yield queue.breaks(f"maxReceiveCount is {receives}: at least {FEWEST_RECEIVES}")


def queues_are_encrypted(house: House) -> Iterator[Finding]:
    """Every queue is encrypted at rest, and says so."""
    for queue in house.of(QUEUE):
        if queue.properties.get("SqsManagedSseEnabled") is not True and "KmsMasterKeyId" not in queue.properties:
            yield queue.breaks("is not encrypted by its template: SqsManagedSseEnabled: true")


def dlqs_ring(house: House) -> Iterator[Finding]:
    """An alarm rings as soon as something lies in a dead-letter queue."""
    for queue in _dead(house):
        if not watches(house, "AWS/SQS", "ApproximateNumberOfMessagesVisible", _name(house, queue), at_most=1):
            yield queue.breaks("no alarm rings when something lies in it: ApproximateNumberOfMessagesVisible >= 1")


def waiting_rings(house: House) -> Iterator[Finding]:
    """An alarm rings when a message waits too long in a queue."""
    for queue in _working(house):
        if not watches(house, "AWS/SQS", "ApproximateAgeOfOldestMessage", _name(house, queue)):
            yield queue.breaks("no alarm on the age of its oldest message: ApproximateAgeOfOldestMessage")


def _dead(house: House) -> Iterator[Resource]:
    return (queue for queue in house.of(QUEUE) if _name(house, queue).removesuffix(".fifo").endswith("-dlq"))


def _working(house: House) -> Iterator[Resource]:
    dead = {queue.key for queue in _dead(house)}
    return (queue for queue in house.of(QUEUE) if queue.key not in dead)


def _dlq(house: House, queue: Resource) -> Resource | None:
    policy = queue.properties.get("RedrivePolicy") or {}
    found = pointed(house, queue.stack, policy.get("deadLetterTargetArn"))
    return found if found is not None and found.type == QUEUE else None


def _name(house: House, queue: Resource) -> str:
    return text(house, queue.stack, queue.properties.get("QueueName", queue.name))


def _dlq_name(queue: str) -> str:
    return f"{queue.removesuffix('.fifo')}-dlq" + (".fifo" if queue.endswith(".fifo") else "")


def _fifo(queue: Resource) -> bool:
    return bool(queue.properties.get("FifoQueue", False))


def _kept(queue: Resource) -> int:
    return int(queue.properties.get("MessageRetentionPeriod", AWS_KEEPS))
