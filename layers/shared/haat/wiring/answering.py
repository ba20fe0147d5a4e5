"""Joins auto_reply to the real tables, flags and secrets."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from haat.aws import clients
from haat.aws.flags import Flags
from haat.aws.parameters import Parameters
from haat.aws.table import Table
from haat.business.store.merchants import DynamoMerchants
from haat.conversation.model import Ask, Conversation, Served
from haat.conversation.service import telling
from haat.conversation.service.answering import Answering
from haat.conversation.store.conversations import DynamoConversations
from haat.conversation.store.lines import DynamoTaught
from haat.edge.batch import Outcome
from haat.facts import said
from haat.facts.codec import check_version
from haat.facts.conversation import DeliveryReported, SeenUpTo, load
from haat.kernel.errors import Rejected
from haat.kernel.ids import CustomerId, Fingerprint, MerchantId
from haat.kernel.time import Instant
from haat.wiring.clock import now as clock
from haat.wiring.clock import seconds
from haat.wiring.pepper import read_pepper
from haat.wiring.shops import StoredShops

if TYPE_CHECKING:
    from haat.conversation.ports.counter import Counter
    from haat.conversation.service.commands import Commands
    from haat.conversation.service.erasing import Erasing
    from haat.conversation.service.hearing import Hearing
    from haat.conversation.service.learning import Learning


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


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoReply:
    """What auto_reply does: it answers, looks again at what is due, goes on with erasures, learns, and tells the shop's own people."""

    answering: Answering
    erasing: Callable[[], "Erasing"]
    hearing: Callable[[], "Hearing"]
    learning: Callable[[], "Learning"]


def build(settings: Settings) -> AutoReply:
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
    shops = StoredShops(DynamoMerchants(business, clock), DynamoTaught(conversation), flags, seconds)
    conversations = DynamoConversations(conversation, pepper, seconds)

    @cache
    def commands() -> "Commands":
        from haat.wiring.commands import commands  # noqa: PLC0415  # most processes never meet one of a shop's own people

        return commands(conversation, business, conversations, pepper)

    @cache
    def hearing() -> "Hearing":
        from haat.wiring.commands import hearing  # noqa: PLC0415  # as above

        return hearing(conversation, conversations, shops, pepper)

    answering = Answering(
        conversations=conversations, shops=shops, pepper=pepper, counter=_Counter(business), commands=commands
    )

    def erasing() -> "Erasing":
        from haat.wiring import erasing  # noqa: PLC0415  # almost no process of this function ever needs it

        return erasing.erasing(conversation, business, pepper)

    def learning() -> "Learning":
        from haat.conversation.service.learning import Learning  # noqa: PLC0415  # as above

        return Learning(DynamoTaught(conversation))

    return AutoReply(answering=answering, erasing=erasing, hearing=hearing, learning=learning)


class _Counter:
    """The shop's counter, made when the first customer comes to it: most processes of this function see none for long."""

    def __init__(self, business: Table) -> None:
        self._business = business
        self._made: Counter | None = None

    def serve(self, conversation: Conversation, ask: Ask, key: Fingerprint, at: Instant) -> Served | None:
        """As the port Counter says."""
        if self._made is None:
            from haat.wiring.counter import ChatCounter  # noqa: PLC0415  # as above

            self._made = ChatCounter(self._business)
        return self._made.serve(conversation, ask, key, at)


def take(auto_reply: AutoReply, body: str, now: Instant) -> Outcome:
    """One record of the inbound queue. Raises Rejected when it is none of ours."""
    if said.is_one(body):
        says = said.load(body)
        if isinstance(says, said.StaffHears):
            return _logged(auto_reply.hearing().hear(says, now), says.key)
        return _logged(auto_reply.answering.say(says, now), says.key)
    fact = load(body)
    if isinstance(fact, DeliveryReported | SeenUpTo):
        raise Rejected("a status in the queue of messages")
    return _logged(auto_reply.answering.receive(fact, now), fact.key)


def take_due(auto_reply: AutoReply, body: str, now: Instant) -> Outcome:
    """One record of the due queue. Raises Rejected when it is none of ours."""
    try:
        due = json.loads(body)
        look = {"look_again": _look_again, "erase_more": _erase_more, "learn": _learn}[due["fact"]](due)
        check_version(due, 1)
    except (ValueError, KeyError, TypeError):
        raise Rejected("not a thing that is due, or not of this version") from None
    return look(auto_reply, now)


Look = Callable[[AutoReply, Instant], Outcome]


def _look_again(due: Mapping[str, Any]) -> Look:
    merchant, customer, address = MerchantId(due["merchant"]), CustomerId(due["customer"]), str(due["address"])
    last = Fingerprint(due["last"])
    return lambda it, now: _logged(it.answering.look_again(merchant, customer, address, last, now), last)


def _erase_more(due: Mapping[str, Any]) -> Look:
    merchant, customer, step = MerchantId(due["merchant"]), CustomerId(due["customer"]), int(due["step"])
    ids = {"merchant": merchant, "step": step}
    return lambda it, now: Outcome(word=it.erasing().look_again(merchant, customer, step, now), ids=ids)


def _learn(due: Mapping[str, Any]) -> Look:
    merchant, version = MerchantId(due["merchant"]), int(due["version"])
    ids = {"merchant": merchant, "version": version}
    return lambda it, _: Outcome(word=it.learning().learn(merchant, version), ids=ids)


def _logged(done: telling.Outcome, key: Fingerprint) -> Outcome:
    ids = {"fact": key, "merchant": done.merchant, "conversation": done.conversation, "outgoing": done.outgoing}
    return Outcome(word=done.word, ids=ids)
