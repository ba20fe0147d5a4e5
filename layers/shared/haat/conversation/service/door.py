"""What a webhook brought is put where it cannot be lost."""

from collections.abc import Sequence

from haat.conversation.ports import Entry, Queue, Reports
from haat.facts.conversation import AnyFact, DeliveryReported, Inbound, SeenUpTo, dump
from haat.kernel.ids import Fingerprint, Pepper

WRITTEN_HERE = 3  # so many statuses are cheaper written at once than sent through a queue


def group_of(fact: Inbound, pepper: Pepper) -> Fingerprint:
    """The FIFO group: one customer at one address, by the name that changes least. Order holds inside it."""
    contact = getattr(fact, "contact", None)
    who = (contact.user_id or contact.phone or "") if contact is not None else fact.account
    return pepper.fingerprint("group", fact.channel, fact.address, who)


def take(
    facts: Sequence[Inbound],
    statuses: Sequence[DeliveryReported | SeenUpTo],
    *,
    inbound: Queue,
    crowd: Queue,
    reports: Reports,
    pepper: Pepper,
) -> None:
    """Keep everything, or raise Unavailable: the provider then brings the whole webhook again.

    A failed status, and one that names no message, always go through the queue: what follows from them needs more than one write.
    """
    if facts:
        inbound.put([Entry(body=dump(fact), group=group_of(fact, pepper), dedupe=fact.key) for fact in facts])
    few = len(statuses) <= WRITTEN_HERE
    queued: list[AnyFact] = []
    for status in statuses:
        if few and isinstance(status, DeliveryReported) and status.status != "failed":
            reports.report(status)
        else:
            queued.append(status)
    if queued:
        crowd.put([Entry(body=dump(status)) for status in queued])
