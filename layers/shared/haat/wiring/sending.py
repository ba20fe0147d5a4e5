"""Joins outbound_message and message_status to the real tables, keys and Graph."""

from dataclasses import dataclass

import urllib3

from haat.aws import clients
from haat.aws.parameters import Parameters
from haat.aws.sealer import Sealer
from haat.aws.table import Table
from haat.conversation.channels.graph import Graph, action_for
from haat.conversation.rules.sending import Pace
from haat.conversation.service.reporting import Reporting
from haat.conversation.service.sending import Sending
from haat.conversation.store.items import load_outgoing
from haat.conversation.store.lines import DynamoLines
from haat.conversation.store.seen import DynamoMarks
from haat.conversation.store.sends import DynamoReports, DynamoSends
from haat.edge.batch import Outcome
from haat.facts.conversation import DeliveryReported, SeenUpTo, load
from haat.kernel.errors import Rejected
from haat.kernel.time import Instant
from haat.wiring.clock import seconds
from haat.wiring.pepper import read_pepper

# Together with the function's 60 s below the 120 s after which a claim counts as dead (conversation/rules/sending.py).
TIMEOUT = urllib3.Timeout(connect=3, read=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingSettings:
    """What outbound_message needs to know."""

    conversation_table: str
    outbound_queue_url: str
    outbound_dlq_url: str
    profile_queue_url: str
    profile_dlq_url: str
    token_key: str
    graph_url: str
    graph_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingSettings:
    """What message_status needs to know."""

    stage: str
    conversation_table: str
    status_queue_url: str
    status_dlq_url: str
    pepper_parameter: str


def build_sending(settings: SendingSettings) -> Sending:
    """The real thing."""
    table = Table(clients.dynamodb(), settings.conversation_table)
    return Sending(
        sends=DynamoSends(table),
        lines=DynamoLines(table, Sealer(clients.kms(), settings.token_key), seconds),
        speaker=Graph(
            pool=urllib3.PoolManager(), base_url=settings.graph_url, version=settings.graph_version, timeout=TIMEOUT
        ),
        pace=Pace(),
    )


def build_reporting(settings: ReportingSettings) -> Reporting:
    """The real thing."""
    table = Table(clients.dynamodb(), settings.conversation_table)
    pepper = read_pepper(Parameters(clients.ssm(), seconds), settings.pepper_parameter, settings.stage)
    return Reporting(
        reports=DynamoReports(table, pepper),
        marks=DynamoMarks(table, pepper),
        lines=DynamoLines(table, None, seconds),
        action=action_for,
        pepper=pepper,
    )


def take_turn(sending: Sending, body: str, now: Instant) -> Outcome:
    """One record of the outbound queue. Raises Rejected when it is none of ours."""
    outgoing = load_outgoing(body)
    result = sending.send(outgoing, now)
    ids = {
        "merchant": outgoing.merchant,
        "outgoing": outgoing.id,
        "code": result.code,
        "correlation": outgoing.correlation,
    }
    return Outcome(word=result.word, wait_ms=result.wait_ms, ids=ids)


def take_profile(settings: SendingSettings, sending: Sending, body: str, now: Instant) -> Outcome:
    """One record of the profiles' queue. Raises Rejected when it is none of ours."""
    from haat.wiring import sharing  # noqa: PLC0415  # almost no process of this function ever shows a profile

    return sharing.take(settings, sending.lines, body, now)


def take_status(reporting: Reporting, body: str, now: Instant) -> Outcome:
    """One record of the status queue. Raises Rejected when it is none of ours."""
    fact = load(body)
    if isinstance(fact, SeenUpTo):
        return Outcome(word=reporting.see(fact, now), ids={"correlation": fact.correlation})
    if not isinstance(fact, DeliveryReported):
        raise Rejected("no status, in the queue of statuses")
    return Outcome(word=reporting.take(fact, now), ids={"outgoing": fact.outgoing, "correlation": fact.correlation})
