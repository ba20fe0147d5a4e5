"""Joins the outbox relay to the real queues."""

from dataclasses import dataclass

from haat.aws import clients
from haat.aws.outbox import Outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What outbox_relay needs to know."""

    queue_url_prefix: str
    outbox_dlq_url: str
    outbox_queues: str


def build(settings: Settings) -> Outbox:
    """The real thing."""
    names = frozenset(settings.outbox_queues.split(","))
    return Outbox(clients.sqs(), settings.queue_url_prefix, settings.outbox_dlq_url, names)
