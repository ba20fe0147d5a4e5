"""Joins auto_reply to the real tables, flags and secrets."""

import json
from dataclasses import dataclass

from haat.aws import clients
from haat.aws.flags import Flags
from haat.aws.parameters import Parameters
from haat.aws.table import Table
from haat.business.store.merchants import DynamoMerchants
from haat.conversation.service import answering as service
from haat.conversation.service.answering import Answering
from haat.conversation.store.conversations import DynamoConversations
from haat.conversation.store.lines import DynamoTaught
from haat.edge.batch import Outcome
from haat.facts.codec import check_version
from haat.facts.conversation import DeliveryReported, load
from haat.kernel.errors import Rejected
from haat.kernel.ids import CustomerId, Fingerprint, MerchantId
from haat.kernel.time import Instant
from haat.wiring.clock import seconds
from haat.wiring.pepper import read_pepper
from haat.wiring.shops import StoredShops


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What auto_reply needs to know."""

    stage: str
    conversation_table: str
    business_table: str
    inbound_queue_url: str
    inbound_dlq_url: str
    due_queue_url: str
    due_dlq_url: str
    pepper_parameter: str
    flags_application: str
    flags_environment: str
    flags_profile: str


def build(settings: Settings) -> Answering:
    """The real thing."""
    pepper = read_pepper(Parameters(clients.ssm(), seconds), settings.pepper_parameter, settings.stage)
    dynamodb = clients.dynamodb()
    conversation, business = Table(dynamodb, settings.conversation_table), Table(dynamodb, settings.business_table)
    flags = Flags(
        clients.appconfigdata(),
        application=settings.flags_application,
        environment=settings.flags_environment,
        profile=settings.flags_profile,
    )
    shops = StoredShops(DynamoMerchants(business), DynamoTaught(conversation), flags, seconds)
    return Answering(conversations=DynamoConversations(conversation, pepper, seconds), shops=shops, pepper=pepper)


def take(answering: Answering, body: str, now: Instant) -> Outcome:
    """One record of the inbound queue. Raises Rejected when it is none of ours."""
    fact = load(body)
    if isinstance(fact, DeliveryReported):
        raise Rejected("a status in the queue of messages")
    return _logged(answering.receive(fact, now), fact.key)


def take_due(answering: Answering, body: str, now: Instant) -> Outcome:
    """One record of the due queue. Raises Rejected when it is none of ours."""
    try:
        due = json.loads(body)
        if due["fact"] != "look_again":
            raise Rejected("due, but for nothing that this version knows")
        check_version(due, 1)
        who, where, last = (
            (MerchantId(due["merchant"]), CustomerId(due["customer"])),
            str(due["address"]),
            Fingerprint(due["last"]),
        )
    except (ValueError, KeyError, TypeError):
        raise Rejected("not a thing that is due") from None
    return _logged(answering.look_again(*who, where, last, now), last)


def _logged(done: service.Outcome, key: Fingerprint) -> Outcome:
    ids = {"fact": key, "merchant": done.merchant, "conversation": done.conversation, "outgoing": done.outgoing}
    return Outcome(word=done.word, ids=ids)
