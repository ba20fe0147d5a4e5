"""Makes moto's SQS (5.2.5, pinned) as true as a stage of FIFO queues needs it.

Plain moto gives a group's messages back in the wrong order after a visibility timeout, forgets a deduplication id as
soon as its message is deleted, takes text that AWS refuses, and is not safe between threads. With `receive` below a
message that failed simply stays in its queue, invisible until its time, and shuts its group: redelivery needs no
second place where messages wait, and a handler's own ChangeMessageVisibility is honoured by itself.
"""

import re
import threading
from typing import Any

from moto.core.utils import unix_time_millis
from moto.sqs.exceptions import BatchRequestTooLong, InvalidParameterValue, SQSException
from moto.sqs.models import Message, Queue, SQSBackend, _filter_message_attributes

from infra.local.bell import BELL

LOCK = threading.RLock()
REMEMBER = 300.0  # seconds: AWS drops a repeated deduplication id for five minutes
MAXIMUM = 1024 * 1024
FIRST_SEQUENCE = 18_849_496_460_467_696_128

_BAD_TEXT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ID = re.compile(r"[A-Za-z0-9!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]{1,128}")


class InvalidMessageContents(SQSException):
    """The text holds characters that SQS does not carry."""

    def __init__(self) -> None:
        """Say what AWS says."""
        super().__init__("InvalidMessageContents", "Invalid binary character was found in the message body.")


class _Behaviour:
    """What the stage may switch: it is one for the process, as moto is."""

    def __init__(self) -> None:
        self.deduplicate = True
        self.sequence = 0


BEHAVIOUR = _Behaviour()


def receive(queue: Queue, count: int, visibility: float) -> list[Message]:
    """Take up to `count` messages as AWS would.

    In a FIFO queue a group that has a message in flight, or whose next message is not due, gives none. What was
    received too often goes to the dead-letter queue; what is older than the retention period is dropped.
    """
    now = unix_time_millis()
    shut: set[str | None] = set()
    if queue.fifo_queue:
        shut = {m.group_id for m in queue._messages if m.approximate_receive_count and m.visible_at > now}
    oldest = now - queue.message_retention_period * 1000  # type: ignore[attr-defined]  # moto sets it by name
    limit = queue.redrive_policy["maxReceiveCount"] if queue.dead_letter_queue and queue.redrive_policy else None
    taken: list[Message] = []
    gone: list[Message] = []
    for message in queue._messages:
        if len(taken) == count:
            break
        if message.sent_timestamp < oldest:
            gone.append(message)
        elif queue.fifo_queue and message.group_id in shut:
            continue
        elif message.delayed_until > now or message.visible_at > now:
            if queue.fifo_queue:
                shut.add(message.group_id)
        elif limit is not None and message.approximate_receive_count >= limit:
            gone.append(message)
            message.visible_at = message.delayed_until = 0.0
            queue.dead_letter_queue._messages.append(message)  # type: ignore[union-attr]  # there is one, see limit
        else:
            message.mark_received(visibility_timeout=int(visibility))
            taken.append(message)
    if gone:
        left = set(map(id, gone))
        queue._messages = [message for message in queue._messages if id(message) not in left]
    return taken


def next_due(queue: Queue) -> float | None:
    """Return when, in seconds, the first message that waits may be taken: a group that is shut opens when all of it is back."""
    now = unix_time_millis()
    opens: dict[object, float] = {}
    for number, message in enumerate(queue._messages):
        due = max(message.visible_at, message.delayed_until)
        # Each message of a standard queue is a group of its own.
        group = message.group_id if queue.fifo_queue else number
        if group not in opens:
            opens[group] = due
        elif message.approximate_receive_count and message.visible_at > now:
            opens[group] = max(opens[group], due)
    return min(opens.values()) / 1000 if opens else None


def _receive_message(
    self: SQSBackend,
    queue_name: str,
    count: int,
    wait_seconds_timeout: int,
    visibility_timeout: int,
    message_attribute_names: list[str] | None = None,
) -> list[Message]:
    queue = self.get_queue(queue_name)
    end = unix_time_millis() + 1000 * int(wait_seconds_timeout or 0)
    while True:
        with LOCK:
            found = receive(queue, count, visibility_timeout)
            copies = [_copy(message, message_attribute_names or []) for message in found]
        now = unix_time_millis()
        if copies or now >= end:
            return copies
        with queue._messages_lock:
            queue._messages_lock.wait(0.2)
        if unix_time_millis() == now:
            # A clock that stands still: nothing will come while somebody waits.
            return copies


def _copy(message: Message, names: list[str]) -> Message:
    """Copy a message with the attributes that were asked for, so that what is in the queue stays whole."""
    twin = Message(message.id, message.body)
    twin.__dict__.update(message.__dict__)
    twin.message_attributes = dict(message.message_attributes)
    _filter_message_attributes(twin, names)
    return twin


def _add_message(self: Queue, message: Message) -> None:
    with LOCK:
        BEHAVIOUR.sequence += 1
        if self.fifo_queue:
            message.sequence_number = str(FIRST_SEQUENCE + BEHAVIOUR.sequence)
            if BEHAVIOUR.deduplicate and (first := _seen_before(self, message)):
                message.id, message.sequence_number = first
                return
        with self._messages_lock:
            self._messages.append(message)
            self._messages_lock.notify_all()
    BELL.ring()


def _seen_before(queue: Queue, message: Message) -> tuple[str, str] | None:
    """Return what the first message of this deduplication id was given, or remember this one as the first."""
    memory: dict[Any, tuple[float, str, str]] = queue.__dict__.setdefault("stage_memory", {})
    now = unix_time_millis() / 1000
    # The oldest come first.
    while memory and now - next(iter(memory.values()))[0] >= REMEMBER:
        del memory[next(iter(memory))]
    by_group = queue.deduplication_scope == "messageGroup"  # type: ignore[attr-defined]  # moto sets it by name
    key = (message.group_id if by_group else None, message.deduplication_id)
    if key in memory:
        return memory[key][1:]
    memory[key] = (now, message.id, str(message.sequence_number))
    return None


def _check(body: str, entry: dict[str, Any]) -> None:
    for name in ("MessageGroupId", "MessageDeduplicationId"):
        if entry.get(name) is not None and not _ID.fullmatch(entry[name]):
            raise InvalidParameterValue(f"Value {entry[name]} for parameter {name} is invalid.")
    if _BAD_TEXT.search(body):
        raise InvalidMessageContents


def install() -> None:
    """Mend moto; a second call changes nothing."""
    if SQSBackend.receive_message is _receive_message:
        return
    plain_send, plain_batch = SQSBackend.send_message, SQSBackend.send_message_batch

    def send_message(self: SQSBackend, queue_name: str, message_body: str, **rest: Any) -> Message:
        _check(
            message_body,
            {"MessageGroupId": rest.get("group_id"), "MessageDeduplicationId": rest.get("deduplication_id")},
        )
        with LOCK:
            return plain_send(self, queue_name, message_body, **rest)

    def send_message_batch(
        self: SQSBackend, queue_name: str, entries: dict[str, dict[str, Any]]
    ) -> tuple[list[Message], list[dict[str, Any]]]:
        size = sum(len(entry["MessageBody"].encode("utf-8", "surrogatepass")) for entry in entries.values())
        if size > MAXIMUM:
            raise BatchRequestTooLong(size)
        good, failed = {}, []
        for key, entry in entries.items():
            try:
                _check(entry["MessageBody"], entry)
                good[key] = entry
            except (InvalidParameterValue, InvalidMessageContents) as error:
                failed.append(
                    {"Id": entry["Id"], "SenderFault": True, "Code": error.code, "Message": str(error.message)}
                )
        with LOCK:
            sent, refused = plain_batch(self, queue_name, good) if good else ([], [])
        return sent, failed + refused

    def locked(name: str) -> None:
        plain = getattr(SQSBackend, name)

        def call(self: SQSBackend, *args: Any, **kwargs: Any) -> Any:
            with LOCK:
                answer = plain(self, *args, **kwargs)
            BELL.ring()
            return answer

        setattr(SQSBackend, name, call)

    for name in ("delete_message", "delete_message_batch", "change_message_visibility",
                 "change_message_visibility_batch", "purge_queue"):  # fmt: skip
        locked(name)
    SQSBackend.send_message = send_message  # type: ignore[method-assign,assignment]  # moto has no other door
    SQSBackend.send_message_batch = send_message_batch  # type: ignore[method-assign]  # moto has no other door
    SQSBackend.receive_message = _receive_message  # type: ignore[method-assign]  # moto has no other door
    Queue.add_message = _add_message  # type: ignore[method-assign]  # moto has no other door
    # A message is visible at its time, not a millisecond after: a clock that stands still would never get there.
    Message.visible = property(lambda self: unix_time_millis() >= self.visible_at)  # type: ignore[method-assign,assignment]  # moto has no other door


def empty(queue: Queue) -> None:
    """Take everything out of a queue, also what it remembers."""
    with LOCK:
        queue._messages = []
        queue._pending_messages = set()
        queue.deleted_messages = set()
        queue.__dict__.pop("stage_memory", None)
