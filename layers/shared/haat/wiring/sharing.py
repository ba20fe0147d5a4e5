"""Joins what is asked of channels about a shop to the real table and to Graph: what outbound_message loads when a profile has changed.

Profiles go out to channels, and `verification` asks by the same queue what channels know of a number.
"""

import urllib3

from haat.aws import clients
from haat.aws.table import Table
from haat.conversation.channels.graph_profile import GraphProfile
from haat.conversation.channels.graph_proving import GraphProving
from haat.conversation.ports import Lines
from haat.conversation.service.proving import Proving
from haat.conversation.service.sharing import Sharing
from haat.conversation.store.profile import DynamoSharedProfiles
from haat.conversation.store.proving import DynamoProofs
from haat.edge.batch import Outcome
from haat.facts.profiles import NumberWanted, load
from haat.kernel.time import Instant
from haat.wiring.sending import TIMEOUT, SendingSettings


def take(settings: SendingSettings, lines: Lines, body: str, now: Instant) -> Outcome:
    """One record of the profiles' queue, on the lines that messages are sent on. Raises Rejected when it is none of ours."""
    fact = load(body)
    # Made for each record: they are rare, and a connection is what one costs more.
    table, pool = Table(clients.dynamodb(), settings.conversation_table), urllib3.PoolManager()
    if isinstance(fact, NumberWanted):
        prover = GraphProving(pool=pool, base_url=settings.graph_url, version=settings.graph_version, timeout=TIMEOUT)
        seen = Proving(proofs=DynamoProofs(table), lines=lines, prover=prover).take(fact, now)
        return Outcome(word=seen.word, wait_ms=seen.wait_ms, ids={"merchant": fact.merchant, "request": fact.request})
    sharing = Sharing(
        profiles=DynamoSharedProfiles(table),
        lines=lines,
        shower=GraphProfile(pool=pool, base_url=settings.graph_url, version=settings.graph_version, timeout=TIMEOUT),
    )
    turn = sharing.take(fact, now)
    return Outcome(word=turn.word, wait_ms=turn.wait_ms, ids={"merchant": fact.merchant, "code": turn.code or None})
